import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";
import { assertNoBookkeeping, chapter, type Scene } from "./walk";

/** A component that never registers its children would hold a run for ever. */
const bounded = () => ({ signal: AbortSignal.timeout(40_000) });

class Pair extends pulumi.ComponentResource {
  constructor(name: string, scene: Scene, options?: pulumi.ComponentResourceOptions) {
    super("test:index:Pair", name, {}, options);
    const parent = { parent: this };
    const key = scene.key(`${name}-key`, {}, parent);
    scene.credential(`${name}-login`, {}, { ...parent, dependsOn: key });
    scene.key(`${name}-other`, {}, parent);
    const group = scene.connectorGroup(`${name}-group`, {}, parent);
    scene.key(`${name}-grouped`, { zcomponentId: group.id }, parent);
    this.registerOutputs({ key: key.id });
  }
}

/** A resource of another package, as a cloud's secret is one. */
class Sink extends pulumi.CustomResource {
  constructor(name: string, text: pulumi.Input<string>, options?: pulumi.CustomResourceOptions) {
    const create = `exports.handler = () => ({ create: async (inputs) => ({ id: "sink", outs: inputs }) });`;
    super("pulumi-nodejs:dynamic/test:Sink", name, { text: pulumi.secret(text), __provider: create }, options);
  }
}

chapter("holding", ({ together, alone }) => {
  alone("component", async (scene) => {
    await scene.open(async () => {
      const { simulator } = scene.world;
      const provider = new zpa.Provider("zpa", {
        useLegacyClient: true,
        zpaClientId: simulator.clientId,
        zpaClientSecret: simulator.clientSecret,
        zpaCustomerId: simulator.customerId,
        baseUrl: simulator.url,
      });
      const outer = new Pair("outer", scene);
      const inner = new Pair("inner", scene, { parent: outer, providers: { "pulumi-nodejs": provider } });
      scene.key("after", {}, { dependsOn: inner });
    });
    const { kept, printed } = await scene.play(bounded());
    assert.equal(kept.size, 11, printed);
    for (const name of kept.keys()) scene.object(0, name);
    await scene.assertInvariants();
    await scene.stack.destroy();
    assert.deepEqual(scene.world.made(), []);
  });

  alone("component-sibling", async (scene) => {
    await scene.open(async () => {
      const parent = new pulumi.ComponentResource("test:index:Store", "store");
      const key = scene.key("key", {}, { parent });
      new Sink("sink", key.provisioningKey, { parent });
    });
    await scene.play(bounded());
    scene.object(0, "key");
    await scene.assertInvariants();
  });

  alone("component-moved", async (scene) => {
    let isMoved = false;
    await scene.open(async () => {
      const parent = isMoved ? new pulumi.ComponentResource("test:index:Store", "store") : undefined;
      const options = { ...(parent ? { parent } : {}), aliases: [{ parent: pulumi.rootStackResource }] };
      scene.key("key", {}, options);
      scene.credential("login", {}, options);
      scene.connectorGroup("group", {}, options);
    });
    await scene.play();
    isMoved = true;
    await scene.play(bounded());
    for (const name of ["key", "login", "group"]) scene.assertSame(name);
    await scene.assertInvariants();
  });

  alone("get-missing", async (scene) => {
    const key = scene.world.simulator.addKey({ name: "theirs", zcomponentId: scene.group });
    const login = scene.world.simulator.addCredential({ name: "theirs", credentialType: "PASSWORD" });
    scene.world.protect();
    const missing = "4711";
    await scene.open(async () => {
      zpa.ProvisioningKey.get("missing-key", missing);
      zpa.ProvisioningKey.get("key-of-credential", login.id);
      zpa.PrivilegedCredential.get("missing-login", missing);
      zpa.PrivilegedCredential.get("credential-of-key", key.id);
      zpa.AppConnectorGroup.get("missing-group", missing);
      zpa.ServiceEdgeGroup.get("edges-of-connectors", scene.group);
    });
    const { printed } = await scene.play({ continueOnError: true });
    for (const kind of ["provisioning key", "privileged credential", "App Connector Group"]) {
      assert.match(printed, new RegExp(`error: [^\\n]*${kind}[^\\n]*${missing}`));
    }
    for (const id of [key.id, login.id, scene.group]) assert.match(printed, new RegExp(`error: [^\\n]*${id}`));
    assert.equal(scene.world.writes.length, 0);
    await scene.assertInvariants({ steadyBy: [] });
  });

  alone("import-option", async (scene) => {
    const key = scene.world.simulator.addKey({ name: "theirs", zcomponentId: scene.group });
    const login = scene.world.simulator.addCredential({ name: "theirs", credentialType: "PASSWORD" });
    scene.world.protect();
    for (const declare of [
      () => scene.key("key", { name: "theirs" }, { import: key.id }),
      () => scene.credential("login", { name: "theirs" }, { import: login.id }),
      () => scene.connectorGroup("group", { name: "Berlin" }, { import: scene.group }),
    ]) {
      const refused: unknown = await scene.open(async () => void declare()).then((stack) => stack.up().catch(String));
      assert.match(String(refused), /import[^\n]*adopt/);
      assert.doesNotMatch(String(refused), /\n\s+at .*(?:provider|cmd\/dynamic-provider)\//, "no stack trace");
    }
    assert.equal(scene.world.requests.length, 0);
    await scene.assertInvariants();
  });

  let isPrinted = false;
  together(
    "options",
    { acts: 3 },
    {
      "plain-options": {
        program(act, scene) {
          const first = scene.key("plain-first");
          const common: pulumi.CustomResourceOptions = {
            dependsOn: [first],
            additionalSecretOutputs: ["name"],
            customTimeouts: { create: "5m", update: "5m", delete: "5m" },
            hideDiffs: ["keepers"],
          };
          const options: pulumi.CustomResourceOptions = {
            ...common,
            hooks: { afterCreate: [() => void (isPrinted = true)] },
            transforms: [async ({ props, opts }) => ({ props: { ...props, keepers: { transformed: "1" } }, opts })],
            transformations: [({ props, opts }) => ({ props, opts: pulumi.mergeOptions(opts, { version: "" }) })],
          };
          scene.key("plain-key", {}, options);
          scene.credential("plain-login", {}, act === 1 ? {} : options);
          scene.edgeGroup("plain-edges", {}, options);
        },
        check(scene) {
          assert.ok(isPrinted, "the hook was called");
          for (const act of [0, 1, 2]) scene.object(act, "plain-login");
          scene.assertSame("plain-key", 0, 2);
          scene.assertSame("plain-edges", 0, 2);
          assert.deepEqual(scene.at(2, "plain-key").outputs["keepers"], { transformed: "1" });
        },
      },
      retain: {
        program(act, scene) {
          if (act === 2) return;
          scene.key("retain-key", {}, { retainOnDelete: true });
          scene.credential("retain-login", {}, { retainOnDelete: true });
          scene.connectorGroup("retain-group", {}, { retainOnDelete: true });
        },
        check(scene) {
          for (const name of ["retain-key", "retain-login", "retain-group"]) {
            const { ref } = scene.at(1, name);
            assert.ok(!scene.acts[2]!.kept.has(name));
            assert.ok(scene.acts[2]!.tenant.has(ref));
            scene.released.push(ref);
          }
        },
      },
    },
  );

  alone("protect", async (scene) => {
    let protect = true;
    let rotation = "1";
    await scene.open(async () => {
      scene.key("key", { keepers: { rotation } }, { protect });
      scene.credential("login", { name: "Login", keepers: { rotation } }, { protect });
      scene.connectorGroup("group", { keepers: { rotation } }, { protect });
    });
    await scene.play();
    await assert.rejects(scene.stack.destroy(), /protect/);
    rotation = "2";
    await assert.rejects(scene.stack.up(), /protect/);
    rotation = "1";
    await assert.rejects(scene.stack.up({ replace: [scene.at(0, "key").urn] }), /protect/);
    await scene.play();
    for (const name of ["key", "login", "group"]) scene.assertSame(name);
    [protect, rotation] = [false, "2"];
    await scene.play();
    for (const name of ["key", "login", "group"]) scene.assertReplaced(name, 1);
    await scene.assertInvariants();
  });

  alone("deleted-with", async (scene) => {
    await scene.open(async () => {
      const key = scene.key("key");
      scene.credential("login", {}, { deletedWith: key });
      const login = scene.credential("other-login");
      scene.key("other-key", {}, { deletedWith: login });
      scene.connectorGroup("group", {}, { deletedWith: key });
    });
    await scene.play();
    await scene.stack.destroy();
    const left = ["login", "other-key", "group"].map((name) => scene.at(0, name).ref);
    assert.deepEqual(
      scene.world
        .made()
        .map(({ ref }) => ref)
        .sort(),
      [...left].sort(),
    );
    scene.released.push(...left);
    await scene.assertInvariants();
  });

  alone("exported-whole", async (scene) => {
    await scene.open(async () => ({
      key: scene.key("key"),
      login: scene.credential("login"),
      group: scene.connectorGroup("group"),
    }));
    const { printed } = await scene.play();
    assertNoBookkeeping(printed, "what up prints");
    const outputs = JSON.parse(await scene.stack.cli("stack", "output", "--json")) as Record<string, object>;
    // with two underscores before the name the engine itself knows it as bookkeeping
    for (const [name, value] of Object.entries(outputs)) {
      const shown = Object.keys(value).filter((property) => !property.startsWith("__"));
      assertNoBookkeeping(shown.join("\n"), `the output ${name}`);
    }
    for (const { name, inputs, outputs: outs } of (await scene.kept()).values()) {
      for (const [what, values] of Object.entries({ inputs, outputs: outs })) {
        const hidden = Object.keys(values).filter((property) => property.startsWith("__"));
        assert.deepEqual(hidden.sort(), ["__provider", "__zpa"], `bookkeeping among the ${what} of ${name}`);
        const others = Object.keys(values).filter((property) => !property.startsWith("__"));
        assertNoBookkeeping(others.join("\n"), `the ${what} of ${name} in state`);
      }
    }
    await scene.assertInvariants();
  });
});
