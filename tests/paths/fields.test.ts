import assert from "node:assert/strict";
import { makePassword } from "../harness/canaries";
import { chapter, type Scene, type Walk } from "./walk";

chapter("fields", ({ together, alone }) => {
  const theirs = { enabled: false, ipAcl: ["192.0.2.0/24"], uiConfig: "theirs" };
  const passwords = [0, 1, 2].map(() => makePassword());
  const opsOf = (scene: Scene, act: number, name: string) =>
    scene.acts[act]!.steps.filter((step) => step.name === name).map(({ op }) => op);
  const assertUntouched = (scene: Scene, ...names: string[]) => {
    for (const name of names) {
      for (const act of [1, 2]) {
        assert.deepEqual(opsOf(scene, act, name), ["same"], `${name} in act ${act}`);
        assert.deepEqual(scene.object(act, name), scene.object(0, name));
      }
    }
  };

  /** Others change what the program does not name, before this act; the program changes something else in it. */
  const unrelated = (prefix: string, when: number): Walk => ({
    program(act, scene) {
      scene.key(`${prefix}-key`, { maxUsage: act < when ? 10 : 20 });
      scene.credential(`${prefix}-login`, { password: act < when ? passwords[0]! : passwords[1]! });
      const upgradeDay = act < when ? "MONDAY" : "FRIDAY";
      scene.connectorGroup(`${prefix}-group`, { upgradeDay });
      scene.edgeGroup(`${prefix}-edges`, { upgradeDay });
    },
    before(act, scene) {
      passwords.forEach((password, index) => (scene.world.canaries[`password ${index}`] = password));
      if (act !== when) return;
      scene.world.simulator.editKey(scene.at(0, `${prefix}-key`).id, theirs);
      scene.world.simulator.editCredential(scene.at(0, `${prefix}-login`).id, { description: "theirs" });
      const fields = { useInDrMode: true };
      for (const name of [`${prefix}-group`, `${prefix}-edges`]) {
        scene.world.simulator.editGroup(scene.at(0, name).id, { description: "theirs", fields });
      }
    },
    check(scene) {
      const { enabled, ipAcl, uiConfig, maxUsage } = scene.object(when, `${prefix}-key`);
      assert.equal(maxUsage, "20");
      assert.deepEqual({ enabled, ipAcl, uiConfig }, theirs);
      const { description, password } = scene.object(when, `${prefix}-login`);
      assert.ok(password === passwords[1], "the password is the program's");
      assert.equal(description, "theirs");
      for (const name of [`${prefix}-group`, `${prefix}-edges`]) {
        const group = scene.object(when, name) as { description: string; fields: Record<string, unknown> };
        const { upgradeDay, useInDrMode } = group.fields;
        assert.deepEqual([group.description, upgradeDay, useInDrMode], ["theirs", "FRIDAY", true]);
      }
    },
  });

  together(
    "what the program does not set",
    { acts: 3, refreshed: [2] },
    {
      "others-fields": unrelated("plain", 1),
      "others-fields-refreshed": unrelated("refreshed", 2),
      "spent-keepers": {
        program: (act, scene) =>
          void scene.key("spent-key", { maxUsage: act < 2 ? 20 : 10, keepers: { act: act < 2 ? "A" : "B" } }),
        before(act, scene) {
          if (act === 1) scene.world.simulator.keys.get(scene.at(0, "spent-key").id)!.usageCount = "13";
        },
        check(scene) {
          scene.assertReplaced("spent-key", 1, 2);
          assert.equal(scene.object(2, "spent-key")["maxUsage"], "10");
        },
      },
      "headroom-above": {
        program: (_act, scene) => void scene.key("headroom-key", { maxUsage: 5, headroom: 10 }),
        check(scene) {
          assert.equal(scene.object(0, "headroom-key")["maxUsage"], "10");
          assertUntouched(scene, "headroom-key");
        },
      },
      "microtenant-zero": {
        program(act, scene) {
          const given = act === 1 ? { microtenantId: "0" } : {};
          scene.key("zero-key", given);
          scene.credential("zero-login", given);
          scene.connectorGroup("zero-group", given);
          const other = act === 1 ? {} : { microtenantId: "0" };
          scene.key("unset-key", other);
          scene.credential("unset-login", other);
          scene.edgeGroup("unset-edges", other);
        },
        check(scene) {
          for (const name of ["zero-key", "zero-login", "zero-group", "unset-key", "unset-login", "unset-edges"]) {
            for (const act of [1, 2]) assert.deepEqual(scene.object(act, name), scene.object(0, name));
          }
          for (const { path } of scene.world.writes) assert.doesNotMatch(path, /\/move$/);
        },
      },
    },
  );

  alone("microtenant-own", async (scene) => {
    const own = scene.world.simulator.addMicrotenant({ name: "Own" });
    let given = {};
    await scene.open(
      async () => {
        scene.key("key", given);
        scene.credential("login", given);
        scene.connectorGroup("group", given);
      },
      { env: { ZPA_MICROTENANT_ID: own.id } },
    );
    await scene.play();
    for (const next of [{ microtenantId: own.id }, {}]) {
      given = next;
      const writes = scene.world.writes.length;
      await scene.play();
      assert.equal(scene.world.writes.length, writes);
      await scene.stack.refresh();
    }
    for (const name of ["key", "login", "group"]) scene.assertSame(name, 0, 2);
    await scene.assertInvariants();
  });

  alone("ignore-password", async (scene) => {
    const theirPassword = (scene.world.canaries.theirs = makePassword());
    await scene.open(async () => {
      scene.credential("login", {}, { ignoreChanges: ["password"] });
    });
    await scene.play();
    scene.world.simulator.editCredential(scene.at(0, "login").id, { password: theirPassword });
    await scene.stack.refresh();
    const writes = scene.world.writes.length;
    const { printed } = await scene.play();
    assert.doesNotMatch(printed, /error:/);
    assert.equal(scene.world.writes.length, writes);
    assert.ok(scene.object(1, "login")["password"] === theirPassword, "the password is theirs");
    await scene.assertInvariants();
  });

  alone("ignore-all", async (scene) => {
    let change = 0;
    await scene.open(async () => {
      const options = { ignoreChanges: ["*"] };
      scene.key("key", { maxUsage: 10 + change }, options);
      scene.key("named-key", { name: `Key ${change}` }, options);
      scene.credential("login", { description: `${change}` }, options);
      scene.credential("named-login", { name: `Login ${change}` }, options);
      scene.connectorGroup("group", { latitude: change }, options);
      scene.edgeGroup("named-edges", { name: `Edges ${change}` }, options);
    });
    await scene.play();
    const writes = scene.world.writes.length;
    for (change of [1, 2]) {
      const { printed } = await scene.play();
      assert.doesNotMatch(printed, /error:/);
    }
    await scene.stack.refresh();
    await scene.play();
    assert.equal(scene.world.writes.length, writes);
    for (const name of scene.acts[0]!.kept.keys()) scene.assertSame(name, 0, 3);
    await scene.assertInvariants();
  });
});
