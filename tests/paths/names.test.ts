import assert from "node:assert/strict";
import type { Deployment } from "@pulumi/pulumi/automation";
import { chapter, type Scene } from "./walk";

chapter("names", ({ together, alone }) => {
  const refusals = new Map<string, { clear(): void }>();

  together(
    "names that come back",
    { acts: 3 },
    {
      "alias-revert": {
        program(act, scene) {
          const [name, aliases] = act === 1 ? ["b", [{ name: "revert-a" }]] : ["a", []];
          scene.key(`revert-${name}`, {}, { aliases });
          scene.credential(`revert-login-${name}`, {}, { aliases: aliases.map(() => ({ name: "revert-login-a" })) });
          scene.edgeGroup(`revert-edges-${name}`, {}, { aliases: aliases.map(() => ({ name: "revert-edges-a" })) });
        },
        check(scene) {
          for (const name of ["revert", "revert-login", "revert-edges"]) {
            assert.equal(scene.at(1, `${name}-b`).id, scene.at(0, `${name}-a`).id, "the alias keeps the object");
            scene.object(2, `${name}-a`);
            assert.notEqual(scene.at(2, `${name}-a`).id, scene.at(1, `${name}-b`).id);
            assert.ok(
              !scene.acts[2]!.tenant.has(scene.at(1, `${name}-b`).ref),
              "what no longer is in the program is gone",
            );
          }
        },
      },
      "alias-explicit": {
        program(act, scene) {
          const [name, aliases] = act === 0 ? ["a", []] : ["b", ["a"]];
          scene.key(
            `explicit-${name}`,
            { name: "Explicit key" },
            { aliases: aliases.map(() => ({ name: "explicit-a" })) },
          );
          const loginAliases = aliases.map(() => ({ name: "explicit-login-a" }));
          scene.credential(`explicit-login-${name}`, { name: "Explicit login" }, { aliases: loginAliases });
          const groupAliases = aliases.map(() => ({ name: "explicit-group-a" }));
          scene.connectorGroup(`explicit-group-${name}`, { name: "Explicit group" }, { aliases: groupAliases });
        },
        check(scene) {
          for (const name of ["explicit", "explicit-login", "explicit-group"]) {
            assert.equal(scene.at(1, `${name}-b`).id, scene.at(0, `${name}-a`).id);
            scene.assertSame(`${name}-b`, 1, 2);
          }
        },
      },
      "keepers-back": {
        program(act, scene) {
          const keepers = { act: act === 1 ? "B" : "A" };
          scene.key("back-key", { keepers });
          scene.credential("back-login", { keepers });
          scene.connectorGroup("back-group", { keepers });
        },
        before(act, scene) {
          for (const name of ["back-key", "back-login", "back-group"]) {
            const match = { method: "DELETE", path: new RegExp(`/${scene.at(0, name).id}$`) };
            const body = { id: "authz.permission.denied", reason: "Not now." };
            if (act === 1) {
              refusals.set(name, scene.world.fault({ kind: "status", status: 403, body, match, times: Infinity }));
            } else {
              refusals.get(name)!.clear();
            }
          }
        },
        check(scene) {
          for (const name of ["back-key", "back-login", "back-group"]) {
            assert.ok(scene.acts[1]!.tenant.has(scene.at(0, name).ref), "the old object could not be deleted");
            scene.object(2, name);
            for (const act of [0, 1]) {
              const { id, ref } = scene.at(act, name);
              assert.notEqual(scene.at(2, name).id, id, `${name} has come back to an object that was to be deleted`);
              assert.ok(!scene.acts[2]!.tenant.has(ref), `${ref}, of act ${act}, is still there`);
            }
          }
        },
      },
      "keepers-retained": {
        program(act, scene) {
          const keepers = { act: act === 1 ? "B" : "A" };
          scene.key("retained-key", { keepers }, { retainOnDelete: true });
          scene.credential("retained-login", { keepers }, { retainOnDelete: true });
          scene.connectorGroup("retained-group", { keepers }, { retainOnDelete: true });
        },
        check(scene) {
          for (const name of ["retained-key", "retained-login", "retained-group"]) {
            const refs = [0, 1, 2].map((act) => scene.at(act, name).ref);
            assert.equal(new Set(refs).size, 3, `${name} has come back to an object that may be known to others`);
            for (const ref of refs) assert.ok(scene.acts[2]!.tenant.has(ref), `${ref} is retained`);
            assert.match(scene.acts[2]!.printed, new RegExp(`warning:[^\\n]*${scene.at(0, name).id}`));
            scene.released.push(...refs.slice(0, 2));
          }
        },
      },
      "old-name-again": {
        program(act, scene) {
          const names = [["a"], ["b"], ["b", "a"]][act]!;
          for (const name of names) {
            const isRenamed = act === 1;
            scene.key(`again-${name}`, {}, isRenamed ? { aliases: [{ name: "again-a" }] } : {});
            scene.credential(`again-login-${name}`, {}, isRenamed ? { aliases: [{ name: "again-login-a" }] } : {});
            scene.edgeGroup(`again-edges-${name}`, {}, isRenamed ? { aliases: [{ name: "again-edges-a" }] } : {});
          }
        },
        check(scene) {
          for (const name of ["again", "again-login", "again-edges"]) {
            assert.equal(scene.at(1, `${name}-b`).id, scene.at(0, `${name}-a`).id);
            scene.assertSame(`${name}-b`, 1, 2);
            assert.notEqual(scene.at(2, `${name}-a`).id, scene.at(2, `${name}-b`).id);
            scene.object(2, `${name}-a`);
          }
        },
      },
    },
  );

  alone("old-name-target", async (scene) => {
    let names = ["a"];
    await scene.open(async () => {
      for (const name of names) {
        const isRenamed = names.length === 1 && name === "b";
        scene.key(name, {}, isRenamed ? { aliases: [{ name: "a" }] } : {});
        scene.credential(`login-${name}`, {}, isRenamed ? { aliases: [{ name: "login-a" }] } : {});
        scene.connectorGroup(`group-${name}`, {}, isRenamed ? { aliases: [{ name: "group-a" }] } : {});
      }
    });
    await scene.play();
    names = ["b"];
    await scene.play();
    names = ["a", "b"];
    await scene.play({ target: ["a", "login-a", "group-a"].map((name) => scene.at(0, name).urn) });
    await scene.play();
    for (const name of ["a", "b", "login-a", "login-b", "group-a", "group-b"]) scene.object(3, name);
    assert.equal(new Set([...scene.acts[3]!.kept.values()].map(({ ref }) => ref)).size, 6);
    await scene.assertInvariants();
  });

  alone("renamed-explicit", async (scene) => {
    const suffixes = { key: "a", login: "a", group: "a" };
    await scene.open(async () => {
      scene.key(`key-${suffixes.key}`, { name: "Key" });
      scene.credential(`login-${suffixes.login}`, { name: "Login" });
      scene.connectorGroup(`group-${suffixes.group}`, { name: "Group" });
    });
    await scene.play();
    for (const name of ["key", "login", "group"] as const) {
      suffixes[name] = "b";
      const { printed, tenant } = await scene.play();
      const { id, ref } = scene.at(0, `${name}-a`);
      assert.match(printed, new RegExp(`id ${id}[^\\n]*aliases[^\\n]*adopt: "${id}"`));
      assert.ok(tenant.has(ref));
      suffixes[name] = "a";
    }
    await scene.play();
    for (const name of ["key-a", "login-a", "group-a"]) scene.assertSame(name, 0, 4);
    await scene.assertInvariants();
  });

  const each = (scene: Scene) => async () => {
    scene.key("key");
    scene.credential("login");
    scene.connectorGroup("group");
  };

  alone("stack-rename", async (scene) => {
    const prod = await scene.open(each(scene), { stackName: "dev" });
    const { kept: before } = await scene.play();
    await prod.rename("prod");
    const dev = await scene.world.stack(each(scene), { stackName: "dev", backend: prod.backend });
    await dev.up();
    for (const { ref } of (await scene.kept(dev)).values()) {
      assert.ok(![...before.values()].some((one) => one.ref === ref), `${ref} is prod's`);
    }
    await prod.up();
    await dev.destroy();
    for (const { ref } of (await scene.kept(prod)).values()) {
      assert.ok(
        scene.world.made().some((one) => one.ref === ref),
        `prod's ${ref} is gone`,
      );
    }
    await scene.assertInvariants();
  });

  alone("state-move", async (scene) => {
    const source = await scene.open(each(scene), { stackName: "source" });
    await scene.play();
    const target = await scene.world.stack(each(scene), { stackName: "target", backend: source.backend });
    const urns = [...scene.acts[0]!.kept.values()].map(({ urn }) => urn);
    const stacks = ["--source", source.fullName, "--dest", target.fullName];
    await source.cli("state", "move", "--yes", ...stacks, ...urns);
    await scene.play();
    assert.equal(scene.world.made().length, 6);
    for (const name of ["key", "login", "group"]) {
      assert.equal((await scene.kept(target)).get(name)!.id, scene.at(0, name).id);
      assert.notEqual(scene.at(1, name).id, scene.at(0, name).id);
    }
    await scene.assertInvariants();
  });

  alone("state-rename", async (scene) => {
    let suffix = "a";
    await scene.open(async () => {
      scene.key(`key-${suffix}`);
      scene.credential(`login-${suffix}`, { name: "Login" });
      scene.edgeGroup(`edges-${suffix}`);
    });
    await scene.play();
    suffix = "b";
    for (const name of ["key", "login", "edges"]) {
      await scene.stack.cli("state", "rename", "--yes", scene.at(0, `${name}-a`).urn, `${name}-b`);
    }
    await scene.play();
    for (const name of ["key", "login", "edges"])
      assert.equal(scene.at(1, `${name}-b`).id, scene.at(0, `${name}-a`).id);
    await scene.assertInvariants();
  });

  alone("state-remove", async (scene) => {
    await scene.open(each(scene));
    await scene.play();
    const before = [...scene.acts[0]!.kept.values()];
    for (const { urn } of before) await scene.stack.cli("state", "remove", "--yes", urn);
    const { printed } = await scene.play();
    for (const { name, id, ref } of before) {
      assert.notEqual(scene.at(1, name).id, id);
      assert.match(printed, new RegExp(`warning:[^\\n]*${id}`));
      scene.released.push(ref);
    }
    await scene.assertInvariants();
  });

  alone("stack-import", async (scene) => {
    let rotation = "1";
    await scene.open(async () => {
      scene.key("key", { keepers: { rotation } });
      scene.credential("login", { keepers: { rotation } });
      scene.connectorGroup("group", { keepers: { rotation } });
    });
    await scene.play();
    const exported = async (): Promise<Deployment> => await scene.stack.exportState({ showSecrets: true });
    const earlier = await exported();
    rotation = "2";
    await scene.play();
    await scene.stack.importState(await exported());
    await scene.play();
    for (const name of ["key", "login", "group"]) scene.assertSame(name, 1, 2);

    await scene.stack.importState(earlier);
    await scene.stack.refresh();
    await scene.play();
    // what the earlier state does not know of is nobody's any more
    scene.released.push(...["key", "login", "group"].map((name) => scene.at(2, name).ref));
    for (const name of ["key", "login", "group"]) scene.object(3, name);
    await scene.assertInvariants();
  });
});
