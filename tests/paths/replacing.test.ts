import assert from "node:assert/strict";
import { programFolder } from "./folder";
import { anotherMachine, chapter, type Scene } from "./walk";

chapter("replacing", ({ together, alone }) => {
  const urnOf = async (scene: Scene, name: string) => (await scene.kept()).get(name)!.urn;
  const taint = async (scene: Scene, ...names: string[]) => {
    for (const name of names) await scene.stack.cli("state", "taint", "--yes", await urnOf(scene, name));
  };
  const daysAgo = (scene: Scene, days: number) => String(scene.world.simulator.clock.epochSeconds() - days * 86_400);

  together(
    "what the engine replaces of its own accord",
    { acts: 2 },
    {
      "replace-generated": {
        program(_act, scene) {
          scene.key("replace-key");
          scene.credential("replace-login");
          scene.connectorGroup("replace-group");
          scene.edgeGroup("replace-edges");
        },
        replace: () => ["replace-key", "replace-login", "replace-group", "replace-edges"],
        check(scene) {
          for (const name of ["replace-key", "replace-login", "replace-group", "replace-edges"]) {
            scene.assertReplaced(name);
            assert.notEqual(scene.object(1, name)["name"], scene.object(0, name)["name"]);
          }
        },
      },
      "replace-explicit": {
        program(_act, scene) {
          scene.key("named-key", { name: "Named key" });
          scene.credential("named-login", { name: "Named login" });
          scene.connectorGroup("named-group", { name: "Named group" }, { deleteBeforeReplace: true });
          scene.edgeGroup("named-edges", { name: "Named group" }, { deleteBeforeReplace: true });
        },
        replace: () => ["named-key", "named-login", "named-group", "named-edges"],
        check(scene) {
          for (const name of ["named-key", "named-login", "named-group", "named-edges"]) {
            scene.assertReplaced(name);
            assert.equal(scene.object(1, name)["name"], scene.object(0, name)["name"]);
          }
        },
      },
      "replace-used": {
        program: (_act, scene) => void scene.key("used-key"),
        before(_act, scene) {
          scene.world.simulator.enroll(scene.world.simulator.keys.get(scene.at(0, "used-key").id)!.provisioningKey);
        },
        replace: () => ["used-key"],
        check: (scene) => scene.assertReplaced("used-key"),
      },
      trigger: {
        program(act, scene) {
          scene.key("trigger-key", {}, { replacementTrigger: act });
          scene.credential("trigger-login", { name: "Triggered" }, { replacementTrigger: act });
          scene.connectorGroup("trigger-group", {}, { replacementTrigger: act });
        },
        check(scene) {
          scene.assertReplaced("trigger-group");
          scene.assertReplaced("trigger-key");
          scene.assertReplaced("trigger-login");
        },
      },
    },
  );

  together(
    "what state or another resource asks to be replaced",
    { acts: 2 },
    {
      "replace-old": {
        program(_act, scene) {
          scene.key("old-key");
          scene.credential("old-login");
          scene.connectorGroup("old-group");
        },
        before(_act, scene) {
          const { keys, credentials, appConnectorGroups } = scene.world.simulator;
          keys.get(scene.at(0, "old-key").id)!.creationTime = daysAgo(scene, 2);
          credentials.get(scene.at(0, "old-login").id)!.creationTime = daysAgo(scene, 2);
          appConnectorGroups.get(scene.at(0, "old-group").id)!.creationTime = daysAgo(scene, 2);
        },
        replace: () => ["old-key", "old-login", "old-group"],
        check(scene) {
          scene.assertReplaced("old-group");
          scene.assertReplaced("old-key");
          scene.assertReplaced("old-login");
        },
      },
      taint: {
        program(_act, scene) {
          scene.key("taint-key");
          scene.credential("taint-login", { name: "Tainted" });
          scene.edgeGroup("taint-edges");
        },
        before: (_act, scene) => taint(scene, "taint-key", "taint-login", "taint-edges"),
        check(scene) {
          scene.assertReplaced("taint-edges");
          scene.assertReplaced("taint-key");
          scene.assertReplaced("taint-login");
        },
      },
      untaint: {
        program: (_act, scene) => void scene.key("untaint-key"),
        async before(_act, scene) {
          await taint(scene, "untaint-key");
          await scene.stack.cli("state", "untaint", "--yes", scene.at(0, "untaint-key").urn);
        },
        check: (scene) => scene.assertSame("untaint-key"),
      },
      "replace-with": {
        program(act, scene) {
          const first = scene.key("first-key", { keepers: { act: String(act) } });
          scene.credential("with-login", {}, { replaceWith: [first] });
          scene.edgeGroup("with-edges", {}, { replaceWith: [first] });
        },
        check(scene) {
          scene.assertReplaced("first-key");
          scene.assertReplaced("with-login");
          scene.assertReplaced("with-edges");
        },
      },
    },
  );

  together(
    "what the program replaces, and what is replaced again",
    { acts: 3 },
    {
      "replace-twice": {
        program(_act, scene) {
          scene.key("twice-key");
          scene.credential("twice-login", { name: "Twice" });
          scene.connectorGroup("twice-group");
          scene.edgeGroup("twice-edges", { name: "Twice" }, { deleteBeforeReplace: true });
        },
        replace: () => ["twice-key", "twice-login", "twice-group", "twice-edges"],
        check(scene) {
          for (const name of ["twice-key", "twice-login", "twice-group", "twice-edges"]) {
            scene.assertReplaced(name, 0, 1);
            scene.assertReplaced(name, 1, 2);
          }
        },
      },
      "delete-first": {
        program(act, scene) {
          const options = { deleteBeforeReplace: true };
          scene.key("first-key", { keepers: { act: String(Math.min(act, 1)) } }, options);
          scene.credential("first-login", { keepers: { act: String(Math.min(act, 1)) } }, options);
          scene.connectorGroup("first-group", { keepers: { act: String(Math.min(act, 1)) } }, options);
        },
        check(scene) {
          for (const name of ["first-key", "first-login", "first-group"]) {
            scene.assertReplaced(name, 0, 1);
            scene.assertSame(name, 1, 2);
            const ops = scene.acts[1]!.steps.filter((step) => step.name === name).map(({ op }) => op);
            assert.ok(ops.indexOf("delete-replaced") < ops.indexOf("create-replacement"), ops.join());
          }
        },
      },
      "keepers-objects": {
        program(act, scene) {
          const keepers = { image: { digest: String(Math.min(act, 1)), tags: ["latest"] } } as never;
          scene.key("object-key", { keepers });
          scene.credential("object-login", { keepers });
          scene.edgeGroup("object-edges", { keepers });
        },
        check(scene) {
          for (const name of ["object-key", "object-login", "object-edges"]) {
            scene.assertReplaced(name, 0, 1);
            scene.assertSame(name, 1, 2);
          }
        },
      },
    },
  );

  alone("replace-elsewhere", async (scene) => {
    await scene.open(async () => {
      scene.key("key");
      scene.credential("login");
      scene.connectorGroup("group");
    });
    await scene.play();
    const urns = [...scene.acts[0]!.kept.values()].map(({ urn }) => urn);
    scene.stack.setEnvironment(anotherMachine(scene));
    const { printed } = await scene.play({ replace: urns });
    for (const name of ["key", "login", "group"]) scene.object(1, name);
    assert.doesNotMatch(printed, /error:/);
    await scene.assertInvariants();
  });

  alone("create-first-explicit", async (scene) => {
    await scene.open(async () => {
      scene.key("key", { name: "Key" }, { deleteBeforeReplace: false });
      scene.credential("login", { name: "Login" }, { deleteBeforeReplace: false });
      scene.edgeGroup("edges", { name: "Edges" });
    });
    await scene.play();
    for (const name of ["key", "login", "edges"]) {
      const { printed } = await scene.play({ replace: [scene.at(0, name).urn] });
      const { id } = scene.at(0, name);
      assert.match(printed, new RegExp(`id ${id}[^]*aliases[^]*adopt: "${id}"`));
    }
    for (const name of ["key", "login", "edges"]) scene.assertSame(name, 0, 3);
    assert.deepEqual(scene.world.writes.filter(({ method }) => method !== "POST").length, 0);
    await scene.assertInvariants();
  });

  alone("retained-replace", async (scene) => {
    let suffix = "";
    await scene.open(async () => {
      scene.key("key", { name: `Key${suffix}` }, { retainOnDelete: true });
      scene.credential("login", { name: `Login${suffix}` }, { retainOnDelete: true });
      scene.connectorGroup("group", { name: `Group${suffix}` }, { retainOnDelete: true });
    });
    await scene.play();
    const old = ["key", "login", "group"].map((name) => scene.at(0, name));
    const { printed } = await scene.play({ replace: old.map(({ urn }) => urn), continueOnError: true });
    const refusals =
      printed.match(/error: .*retainOnDelete keeps the old one and its name: change the name too/g) ?? [];
    assert.equal(new Set(refusals).size, 3, printed);
    suffix = " 2";
    scene.released.push(...old.map(({ ref }) => ref));
    await scene.play({ replace: old.map(({ urn }) => urn) });
    for (const { name, id } of old) {
      assert.notEqual(scene.at(2, name).id, id);
      scene.object(2, name);
    }
    await scene.assertInvariants();
  });

  alone("retained-adopt", async (scene) => {
    let adopt: Record<string, string> = {};
    await scene.open(async () => {
      scene.key("key", { name: "Key", ...(adopt.key ? { adopt: adopt.key } : {}) }, { retainOnDelete: true });
      scene.credential(
        "login",
        { name: "Login", ...(adopt.login ? { adopt: adopt.login } : {}) },
        { retainOnDelete: true },
      );
      const group = { name: "Group", ...(adopt.group ? { adopt: adopt.group } : {}) };
      scene.connectorGroup("group", group, { retainOnDelete: true });
    });
    await scene.play();
    const old = ["key", "login", "group"].map((name) => scene.at(0, name));
    await scene.play({ replace: old.map(({ urn }) => urn), continueOnError: true });
    adopt = Object.fromEntries(old.map(({ name, id }) => [name, id]));
    await scene.play({ replace: old.map(({ urn }) => urn) });
    for (const name of ["key", "login", "group"]) scene.assertSame(name, 0, 2);
    await scene.assertInvariants();
  });

  alone("target-replace", async (scene) => {
    const program = async () => {
      scene.key("key");
      scene.key("other-key");
      scene.credential("login");
      scene.connectorGroup("group");
    };
    const folder = programFolder(`
      const zpa = require("pulumi-zpa-dynamic");
      const key = { associationType: "CONNECTOR_GRP", zcomponentId: ${JSON.stringify(scene.group)}, maxUsage: 10 };
      new zpa.ProvisioningKey("key", key);
      new zpa.ProvisioningKey("other-key", key);
      const password = process.env.LOGIN_PASSWORD;
      new zpa.PrivilegedCredential("login", { credentialType: "PASSWORD", password });
      new zpa.AppConnectorGroup("group", { latitude: 52.52, longitude: 13.405, location: "Berlin" });
    `);
    try {
      await scene.open(program, { workDir: folder.path, env: { LOGIN_PASSWORD: scene.password } });
      await scene.play();
      const urns = ["key", "login", "group"].map((name) => scene.at(0, name).urn);
      await scene.stack.cli("up", "--yes", "--skip-preview", ...urns.flatMap((urn) => ["--target-replace", urn]));
      await scene.play();
      scene.assertReplaced("key");
      scene.assertReplaced("login");
      scene.assertReplaced("group");
      scene.assertSame("other-key");
      await scene.assertInvariants();
    } finally {
      folder.remove();
    }
  });
});
