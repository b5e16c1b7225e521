import assert from "node:assert/strict";
import path from "node:path";
import { programFolder } from "./folder";
import { assertNoBookkeeping, chapter } from "./walk";

chapter("commands", ({ alone }) => {
  alone("plan", async (scene) => {
    let rotation = "1";
    await scene.open(async () => {
      const first = scene.key("first", { keepers: { rotation } });
      const keepers = { first: first.id };
      scene.key("key", { keepers });
      scene.credential("login", { keepers });
      scene.connectorGroup("group", { keepers });
    });
    const plan = path.join(scene.stack.backend.folder, "..", "plan.json");
    await scene.stack.preview({ plan });
    await scene.play({ plan });
    rotation = "2";
    await scene.stack.preview({ plan });
    const { printed } = await scene.play({ plan });
    assert.doesNotMatch(printed, /error:/);
    for (const name of ["first", "key", "login", "group"]) scene.assertReplaced(name);
    await scene.assertInvariants();
  });

  alone("up-target", async (scene) => {
    let maxUsage = 10;
    await scene.open(async () => {
      for (const name of ["a", "b"]) {
        scene.key(`key-${name}`, { maxUsage });
        scene.credential(`login-${name}`, { description: String(maxUsage) });
        scene.connectorGroup(`group-${name}`, { description: String(maxUsage) });
      }
    });
    await scene.play();
    const urnsOf = (name: string) => ["key", "login", "group"].map((kind) => scene.at(0, `${kind}-${name}`).urn);
    const stand = (act: number) => [
      ...["key-a", "key-b"].map((name) => scene.object(act, name)["maxUsage"]),
      ...["login-a", "login-b", "group-a", "group-b"].map((name) => scene.object(act, name)["description"]),
    ];
    maxUsage = 20;
    await scene.play({ target: urnsOf("a") });
    assert.deepEqual(stand(1), ["20", "10", "20", "10", "20", "10"]);
    maxUsage = 30;
    await scene.play({ exclude: urnsOf("a") });
    assert.deepEqual(stand(2), ["20", "30", "20", "30", "20", "30"]);
    await scene.play();
    await scene.assertInvariants();
  });

  alone("up-refresh", async (scene) => {
    await scene.open(async () => {
      scene.key("key");
      scene.credential("login");
      scene.connectorGroup("group");
      scene.key("kept");
    });
    await scene.play();
    scene.world.simulator.removeKey(scene.at(0, "key").id);
    scene.world.simulator.removeCredential(scene.at(0, "login").id);
    scene.world.simulator.removeGroup(scene.at(0, "group").id);
    await scene.play({ refresh: true });
    scene.assertReplaced("key");
    scene.assertReplaced("login");
    scene.assertReplaced("group");
    scene.assertSame("kept");
    await scene.assertInvariants();
  });

  alone("refresh-program", async (scene) => {
    let maxUsage = 10;
    await scene.open(async () => {
      scene.key("key", { maxUsage });
      scene.credential("login", { description: "ours" });
      scene.credential("other", { description: "ours" });
      scene.connectorGroup("group", { description: "ours" });
    });
    await scene.play();
    const { simulator } = scene.world;
    simulator.editKey(scene.at(0, "key").id, { maxUsage: "99" });
    for (const name of ["login", "other"]) {
      simulator.editCredential(scene.at(0, name).id, { description: "theirs" });
    }
    simulator.editGroup(scene.at(0, "group").id, { description: "theirs" });
    await scene.stack.refresh({ target: [scene.at(0, "login").urn] });
    const outputsOf = async (name: string) => (await scene.kept()).get(name)!.outputs;
    assert.equal((await outputsOf("login"))["description"], "theirs");
    assert.equal((await outputsOf("other"))["description"], "ours");
    maxUsage = 20;
    await scene.stack.refresh({ runProgram: true });
    assert.equal((await outputsOf("key"))["maxUsage"], 99);
    assert.equal((await outputsOf("group"))["description"], "theirs");
    assert.equal(scene.world.writes.filter(({ method }) => method !== "POST").length, 0);
    await scene.play();
    assert.equal(scene.object(1, "key")["maxUsage"], "20");
    for (const name of ["login", "other", "group"]) assert.equal(scene.object(1, name)["description"], "ours");
    await scene.assertInvariants();
  });

  alone("continue", async (scene) => {
    const { simulator } = scene.world;
    const theirKey = simulator.addKey({ name: "Taken", zcomponentId: scene.group });
    const theirLogin = simulator.addCredential({ name: "Taken", credentialType: "PASSWORD" });
    const theirGroup = simulator.addAppConnectorGroup({ name: "Taken" });
    let name = "Taken";
    scene.world.protect();
    await scene.open(async () => {
      scene.key("taken-key", { name });
      scene.credential("taken-login", { name });
      scene.connectorGroup("taken-group", { name });
      scene.key("key");
      scene.credential("login");
      scene.connectorGroup("group");
    });
    const { kept, printed } = await scene.play({ continueOnError: true });
    assert.deepEqual([...kept.keys()].sort(), ["group", "key", "login"]);
    for (const { id } of [theirKey, theirLogin, theirGroup]) assert.match(printed, new RegExp(`adopt: "${id}"`));
    name = "Free";
    await scene.play();
    for (const one of ["key", "login", "group"]) scene.assertSame(one);
    for (const one of ["taken-key", "taken-login", "taken-group"]) assert.equal(scene.object(1, one)["name"], "Free");
    await scene.assertInvariants();
  });

  alone("destroy-target", async (scene) => {
    await scene.open(async () => {
      for (const name of ["a", "b", "c"]) {
        const options = { protect: name === "c" };
        scene.key(`key-${name}`, {}, options);
        scene.credential(`login-${name}`, {}, options);
        scene.connectorGroup(`group-${name}`, {}, options);
      }
    });
    await scene.play();
    const there = () =>
      scene.world
        .made()
        .map(({ ref }) => ref)
        .sort();
    const those = (name: string) => ["key", "login", "group"].map((kind) => scene.at(0, `${kind}-${name}`));
    const refsOf = (...names: string[]) => names.flatMap((name) => those(name).map(({ ref }) => ref)).sort();
    await scene.stack.destroy({ target: those("a").map(({ urn }) => urn) });
    assert.deepEqual(there(), refsOf("b", "c"));
    await scene.stack.destroy({ excludeProtected: true });
    assert.deepEqual(there(), refsOf("c"));
    const urns = those("c").map(({ urn }) => urn);
    await scene.stack.cli("state", "unprotect", "--yes", ...urns);
    await scene.stack.destroy({ runProgram: true }).catch(() => undefined);
    // a program that still says protect protects again
    assert.deepEqual(there(), refsOf("c"));
    await scene.stack.cli("state", "unprotect", "--yes", ...urns);
    await scene.stack.destroy();
    assert.deepEqual(there(), []);
    await scene.assertInvariants();
  });

  alone("diff-display", async (scene) => {
    const folder = programFolder(`
      const zpa = require("pulumi-zpa-dynamic");
      const { GROUP, LOGIN_PASSWORD: password, ROTATION: rotation, LIMIT } = process.env;
      const key = { associationType: "CONNECTOR_GRP", zcomponentId: GROUP, maxUsage: Number(LIMIT), keepers: { rotation } };
      const login = { credentialType: "PASSWORD", password, description: LIMIT, keepers: { rotation } };
      exports.key = new zpa.ProvisioningKey("key", key).id;
      exports.login = new zpa.PrivilegedCredential("login", login).id;
      new zpa.ProvisioningKey("named-key", { ...key, name: "Key" });
      new zpa.PrivilegedCredential("named-login", { ...login, name: "Login" });
      const place = { latitude: 52.52, longitude: 13.405, location: "Berlin" };
      new zpa.AppConnectorGroup("group", { ...place, description: LIMIT, keepers: { rotation } });
    `);
    const env = { GROUP: scene.group, LOGIN_PASSWORD: scene.password, ROTATION: "1", LIMIT: "10" };
    try {
      const stack = await scene.open(async () => undefined, { workDir: folder.path, env });
      for (const [what, change] of Object.entries({
        creation: {},
        "an update": { LIMIT: "20" },
        "a replacement": { LIMIT: "20", ROTATION: "2" },
        nothing: { LIMIT: "20", ROTATION: "2" },
      })) {
        stack.setEnvironment({ ...scene.world.env, ...env, ...change });
        const printed = await stack.cli("up", "--yes", "--diff", "--show-full-output");
        assertNoBookkeeping(printed, `the diff of ${what}`);
        assert.match(printed, what === "nothing" ? /6 unchanged/ : /ROTATION|rotation|maxUsage/);
      }
      assert.equal(scene.world.made().length, 5);
      await stack.cli("destroy", "--yes", "--diff");
      await scene.assertInvariants();
    } finally {
      folder.remove();
    }
  });

  alone("state-protect", async (scene) => {
    await scene.open(async () => {
      scene.key("key");
      scene.credential("login");
      scene.connectorGroup("group");
    });
    await scene.play();
    const urns = ["key", "login", "group"].map((name) => scene.at(0, name).urn);
    await scene.stack.cli("state", "protect", "--yes", ...urns);
    await assert.rejects(scene.stack.destroy(), /protected/);
    assert.equal(scene.world.made().length, 3);
    await scene.stack.cli("state", "unprotect", "--yes", ...urns);
    await scene.stack.destroy();
    assert.equal(scene.world.made().length, 0);
    await scene.assertInvariants();
  });
});
