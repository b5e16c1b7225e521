import assert from "node:assert/strict";
import { chapter, type Scene } from "./walk";

chapter("adopting", ({ together, alone }) => {
  const password = "PASSWORD" as const;
  /** Ids of what is there before the first up, by logical name. */
  const there = new Map<string, string>();
  const existingKey = (scene: Scene, name: string, more: object = {}) => {
    const id =
      there.get(name) ?? scene.world.simulator.addKey({ name: `old ${name}`, zcomponentId: scene.group, ...more }).id;
    there.set(name, id);
    return id;
  };
  const existingCredential = (scene: Scene, name: string) => {
    const id =
      there.get(name) ?? scene.world.simulator.addCredential({ name: `old ${name}`, credentialType: password }).id;
    there.set(name, id);
    return id;
  };
  const existingGroup = (scene: Scene, name: string) => {
    const id = there.get(name) ?? scene.world.simulator.addAppConnectorGroup({ name: `old ${name}` }).id;
    scene.world.give(`connectorGroup ${id}`);
    there.set(name, id);
    return id;
  };
  const assertReplaced = (scene: Scene, ...names: string[]) => {
    for (const name of names) {
      assert.equal(scene.at(0, name).id, there.get(name), "adopted");
      scene.assertReplaced(name);
    }
  };

  together(
    "adopt left in the program",
    { acts: 2 },
    {
      "adopt-keepers": {
        program(act, scene) {
          const keepers = { act: String(act) };
          scene.key("keepers-key", { keepers, adopt: existingKey(scene, "keepers-key") });
          scene.credential("keepers-login", {
            name: "Keepers",
            keepers,
            adopt: existingCredential(scene, "keepers-login"),
          });
          scene.connectorGroup("keepers-group", { keepers, adopt: existingGroup(scene, "keepers-group") });
        },
        check: (scene) => assertReplaced(scene, "keepers-key", "keepers-login", "keepers-group"),
      },
      "adopt-group": {
        program(act, scene) {
          const zcomponentId = act === 0 ? scene.group : scene.otherGroup;
          scene.key("group-key", { zcomponentId, adopt: existingKey(scene, "group-key") });
          scene.key("group-named", { name: "Group", zcomponentId, adopt: existingKey(scene, "group-named") });
        },
        check: (scene) => assertReplaced(scene, "group-key", "group-named"),
      },
      "adopt-replace": {
        program(_act, scene) {
          scene.key("forced-key", { name: "Forced", adopt: existingKey(scene, "forced-key") });
          scene.credential("forced-login", { adopt: existingCredential(scene, "forced-login") });
          scene.connectorGroup("forced-group", { adopt: existingGroup(scene, "forced-group") });
        },
        replace: () => ["forced-key", "forced-login", "forced-group"],
        check(scene) {
          assertReplaced(scene, "forced-key");
          // by force, and with no name that would have to go first: the engine does not tell a replacement from a creation,
          // and the program says to adopt
          for (const name of ["forced-login", "forced-group"]) {
            scene.assertSame(name);
            assert.match(scene.acts[1]!.printed, new RegExp(`"old ${name}" \\(\\d+\\) was not deleted`));
          }
        },
      },
      "adopt-headroom": {
        program(_act, scene) {
          const adopt = existingKey(scene, "headroom-key", { maxUsage: "5", usageCount: "4" });
          scene.key("headroom-key", { name: "Headroom", maxUsage: 5, headroom: 10, adopt });
        },
        check(scene) {
          assert.equal(scene.object(0, "headroom-key")["maxUsage"], "14");
          assert.equal(scene.at(0, "headroom-key").outputs["remainingUses"], 10);
          assert.deepEqual(
            scene.acts[1]!.steps.filter(({ name }) => name === "headroom-key").map(({ op }) => op),
            ["same"],
          );
        },
      },
    },
  );

  alone("adopt-refused", async (scene) => {
    const { simulator } = scene.world;
    const microtenant = simulator.addMicrotenant({ name: "Scope C" });
    const keys = {
      "other-microtenant": simulator.addKey({
        name: "scoped",
        zcomponentId: scene.group,
        microtenantId: microtenant.id,
      }),
      "other-group": simulator.addKey({ name: "grouped", zcomponentId: scene.otherGroup }),
      "not-exportable": simulator.addKey({ name: "hidden", zcomponentId: scene.group, exportable: false }),
      "other-kind": simulator.addKey({
        name: "edge",
        associationType: "SERVICE_EDGE_GRP",
        zcomponentId: simulator.addServiceEdgeGroup({ name: "Edges" }).id,
      }),
    };
    const login = simulator.addCredential({ name: "ssh", credentialType: "SSH_KEY", userName: "backup" });
    const scoped = simulator.addAppConnectorGroup({ name: "scoped group", microtenantId: microtenant.id });
    scene.world.protect();
    await scene.open(async () => {
      for (const [name, { id, name: called }] of Object.entries(keys)) {
        scene.key(name, { name: called, microtenantId: "0", adopt: id });
      }
      scene.credential("other-type", { name: "ssh", adopt: login.id });
      scene.connectorGroup("scoped-group", { name: "scoped group", microtenantId: "0", adopt: scoped.id });
    });
    const { printed, kept } = await scene.play({ continueOnError: true });
    const words = {
      scoped: "microtenant",
      grouped: "zcomponentId",
      hidden: "exportable",
      edge: "associationType|no provisioning key",
      ssh: "credentialType",
      "scoped group": "microtenant",
    };
    for (const [name, field] of Object.entries(words)) {
      assert.match(printed, new RegExp(`error: adopt: [^\\n]*"${name}"[^\\n]*(?:${field})[^\\n]*remove adopt`, "i"));
    }
    assert.equal(kept.size, 0);
    assert.equal(scene.world.writes.length, 0);
    await scene.assertInvariants();
  });
});
