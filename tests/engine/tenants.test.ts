import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";
import { assertNoSecrets, makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import { createStack, type TestStack } from "../harness/stack";
import { ZpaSimulator } from "../simulator";

describe("Several tenants in one program", function () {
  needsEngine();
  this.timeout(120_000);

  let emea: ZpaSimulator;
  let apac: ZpaSimulator;
  const stacks: TestStack[] = [];
  beforeEach(async () => {
    // of letters and digits, so that it can be found in the JSON of a state
    const start = () =>
      ZpaSimulator.start({ rateLimits: { windows: "off" }, clientSecret: randomBytes(12).toString("hex") });
    [emea, apac] = await Promise.all([start(), start()]);
  });
  afterEach(async () => {
    for (const stack of stacks.splice(0)) stack.dispose();
    await Promise.all([emea.close(), apac.close()]);
  });
  const stackOf = async (args: Parameters<typeof createStack>[0]) => {
    const stack = await createStack(args);
    stacks.push(stack);
    return stack;
  };

  const legacy = (tenant: ZpaSimulator): zpa.ProviderArgs => ({
    useLegacyClient: true,
    zpaClientId: tenant.clientId,
    zpaCustomerId: tenant.customerId,
    baseUrl: tenant.url,
  });

  it("keeps them apart, looks up in each, and stores no API credential that is mapped from the environment", async () => {
    const groups = [emea, apac].map((tenant) => tenant.addAppConnectorGroup({ name: "Connectors" }));
    let rotated = "";
    const env = { APAC_SECRET: apac.clientSecret };
    const stack = await stackOf({
      env,
      program: async () => {
        const first = new zpa.Provider("emea", {
          ...legacy(emea),
          zpaClientSecret: pulumi.secret(emea.clientSecret),
          ...(rotated ? { operationTimeout: 200 } : {}),
        });
        const second = new zpa.Provider("apac", legacy(apac), { envVarMappings: { APAC_SECRET: "ZPA_CLIENT_SECRET" } });
        const ids = [first, second].map((provider, index) => {
          const group = zpa.getAppConnectorGroupOutput({ name: "Connectors" }, { provider });
          const key = new zpa.ProvisioningKey(
            `key-${index}`,
            { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 1 },
            { provider },
          );
          return key.zcomponentId;
        });
        return { ids };
      },
    });
    const { outputs } = await stack.up();
    assert.deepEqual(
      outputs.ids!.value,
      groups.map(({ id }) => id),
    );
    assert.deepEqual([emea.keys.size, apac.keys.size], [1, 1]);
    const secrets = { "API secret of emea": emea.clientSecret, "API secret of apac": apac.clientSecret };
    assertNoSecrets(stack.storedText() + stack.transcript(), secrets, "what the stack stored and printed");
    const state = JSON.stringify(await stack.exportState({ showSecrets: true }));
    assert.ok(state.includes(emea.clientSecret), "the one that is passed is stored, encrypted");
    assert.ok(!state.includes(apac.clientSecret), "the one that is mapped is not stored at all");

    rotated = "yes";
    const { steps } = await stack.up();
    assert.deepEqual([...new Set(steps.map(({ op }) => op))], ["same"], "other settings are no change of a resource");
    await stack.destroy();
    assert.deepEqual([emea.keys.size, apac.keys.size], [0, 0]);
  });

  it("destroys with a rotated API credential from the environment, and says what to do where the stored one is stale", async () => {
    const group = emea.addAppConnectorGroup({ name: "Connectors" });
    const program = async () => {
      new zpa.ProvisioningKey("key", { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 1 });
      new zpa.PrivilegedCredential("credential", { credentialType: "PASSWORD", password: makePassword() });
    };
    const { ZPA_CLIENT_SECRET: current, ...rest } = emea.legacyEnvironment();
    const stale = randomBytes(12).toString("hex");

    const configured = await stackOf({
      program,
      env: rest,
      config: { "zpa:zpaClientSecret": { value: current!, secret: true } },
    });
    await configured.up();
    const text = JSON.stringify(await configured.exportState({ showSecrets: true }))
      .split(current!)
      .join(stale);
    await configured.importState(JSON.parse(text) as Parameters<TestStack["importState"]>[0]);
    await assert.rejects(configured.destroy(), /invalid_client signing in.*--run-program.*environment/s);

    await configured.destroy({ runProgram: true });
    assert.equal(emea.keys.size + emea.credentials.size, 0);
  });

  it("leaves a look-up unknown while a setting of its Provider is, and makes it once all are known", async () => {
    const group = apac.addAppConnectorGroup({ name: "Connectors" });
    const program = async () => {
      const first = new zpa.PrivilegedCredential("first", { credentialType: "PASSWORD", password: makePassword() });
      const provider = new zpa.Provider("apac", {
        ...legacy(apac),
        zpaClientSecret: apac.clientSecret,
        zpaCustomerId: first.id.apply(() => apac.customerId),
        // none of these counts
        clientId: undefined,
        privateKey: pulumi.secret(undefined),
        vanityDomain: pulumi.output(undefined),
      });
      const found = zpa.getAppConnectorGroupOutput({ name: "Connectors" }, { provider });
      const facts = { associationType: "CONNECTOR_GRP", zcomponentId: found.id, maxUsage: 1 } as const;
      new zpa.ProvisioningKey("key", facts, { provider });
      return { id: found.id };
    };
    const stack = await stackOf({ program, env: emea.legacyEnvironment() });
    const { steps } = await stack.preview();
    assert.deepEqual(
      steps.map(({ op, name }) => `${op} ${name}`),
      ["create first", "create key"],
    );
    assert.equal(apac.log.length, 0);

    const { outputs } = await stack.up();
    assert.deepEqual(outputs.id, { value: group.id, secret: false });
    assert.equal(apac.keys.size, 1);
    const state = JSON.stringify(await stack.exportState({ showSecrets: true }));
    assert.ok(!/zpa:(?:clientId|vanityDomain)|"undefined"/.test(state), "what is not set is not sent");
    await stack.destroy();
    assert.equal(apac.keys.size, 0);
  });

  it("says in a sentence that a look-up of plain values cannot wait for a setting that is unknown at preview", async () => {
    const program = async () => {
      const first = new zpa.PrivilegedCredential("first", { credentialType: "PASSWORD", password: makePassword() });
      const zpaCustomerId = first.id.apply(() => apac.customerId);
      const provider = new zpa.Provider("apac", { ...legacy(apac), zpaClientSecret: apac.clientSecret, zpaCustomerId });
      // a registration that is under way when the program fails would be reported to the test that comes next
      await new Promise((resolve) => provider.urn.apply(resolve));
      await zpa.getAppConnectorGroup({ name: "Connectors" }, { provider });
    };
    const stack = await stackOf({ program, env: emea.legacyEnvironment() });
    const sentence =
      /getAppConnectorGroup: a setting of its provider is not known at preview: use getAppConnectorGroupO/;
    await assert.rejects(stack.preview(), sentence);
  });

  it("lets a component's look-ups and resources share its tenant, and keeps the text of a key that is looked up secret", async () => {
    const group = apac.addAppConnectorGroup({ name: "Connectors" });
    const shared = apac.addKey({
      associationType: "CONNECTOR_GRP",
      name: "Shared",
      zcomponentId: group.id,
      maxUsage: "5",
    });
    class Site extends pulumi.ComponentResource {
      readonly groupId: pulumi.Output<string>;
      readonly shared: pulumi.Output<zpa.ProvisioningKeyResult>;
      constructor(name: string, opts: pulumi.ComponentResourceOptions) {
        super("test:index:Site", name, {}, opts);
        const options = { parent: this };
        this.groupId = zpa.getAppConnectorGroupOutput({ name: "Connectors" }, options).id;
        const associationType = "CONNECTOR_GRP";
        this.shared = zpa.getProvisioningKeyOutput({ associationType, name: "Shared" }, options);
        new zpa.ProvisioningKey(`${name}-key`, { associationType, zcomponentId: this.groupId, maxUsage: 1 }, options);
        this.registerOutputs({});
      }
    }
    const program = async () => {
      const provider = new zpa.Provider("apac", { ...legacy(apac), zpaClientSecret: apac.clientSecret });
      const site = new Site("site", { providers: { "pulumi-nodejs": provider } });
      return {
        groupId: site.groupId,
        text: site.shared.provisioningKey,
        left: pulumi.unsecret(site.shared.remainingUses),
      };
    };
    const stack = await stackOf({ program, env: emea.legacyEnvironment() });
    const { outputs } = await stack.up();
    assert.deepEqual(outputs.groupId, { value: group.id, secret: false });
    assert.deepEqual(outputs.text, { value: shared.provisioningKey, secret: true });
    assert.deepEqual(outputs.left, { value: 5, secret: false });
    assert.deepEqual([emea.keys.size, apac.keys.size, emea.log.length], [0, 2, 0]);
  });

  it("refuses a mapped variable that is not set, in the program and in the provider process", async () => {
    const group = apac.addAppConnectorGroup({ name: "Connectors" });
    const program = async () => {
      const provider = new zpa.Provider("apac", legacy(apac), { envVarMappings: { APAC_SECRET: "ZPA_CLIENT_SECRET" } });
      const facts = { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 1 } as const;
      new zpa.ProvisioningKey("key", facts, { provider });
    };
    const home = emea.legacyEnvironment();
    const stack = await stackOf({ program, env: { ...home, APAC_SECRET: apac.clientSecret } });
    await stack.up();
    // the same stack, where the variable is missing
    const elsewhere = await stackOf({ program, env: home, backend: stack.backend });
    const requests = apac.log.length;
    const inProgram =
      /Provider "apac": the environment variable APAC_SECRET, which envVarMappings maps to ZPA_CLIENT_SECRET, is not set/;
    await assert.rejects(elsewhere.up(), inProgram);
    await assert.rejects(elsewhere.destroy(), /APAC_SECRET/);
    assert.equal(apac.log.length, requests, "nothing was sent");
    await stack.destroy();
    assert.equal(apac.keys.size, 0);
  });
});
