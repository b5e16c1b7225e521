import assert from "node:assert/strict";
import { ZpaSimulator } from "../simulator";
import { runMocked } from "./mockedProgram";

const functions = [
  "getAppConnectorGroup",
  "getEnrollmentCertificate",
  "getMicrotenant",
  "getPrivilegedCredential",
  "getProvisioningKey",
  "getServiceEdgeGroup",
];

describe("Look-ups in a user's unit test", function () {
  this.timeout(60_000);

  let tenant: ZpaSimulator;
  before(async () => {
    tenant = await ZpaSimulator.start();
  });
  after(() => tenant.close());

  const callAll = `
    const args = (name) => ({ name: "Frankfurt", ...(name.includes("Key") ? { associationType: "CONNECTOR_GRP" } : {}) });
    const results = {};
    for (const name of ${JSON.stringify(functions)}) {
      results[name] = (await zpa[name](args(name))).name;
      results[name + "Output"] = (await known(zpa[name + "Output"](args(name)))).value.name;
    }
    return results;`;
  const answers = Object.fromEntries(functions.flatMap((name) => [name, `${name}Output`]).map((n) => [n, "mocked"]));

  for (const isPreview of [false, true]) {
    it(`reach the mocks and send nothing, with credentials in the environment${isPreview ? ", at preview" : ""}`, async () => {
      const { calls, result } = await runMocked(callAll, { env: tenant.legacyEnvironment(), isPreview });
      assert.deepEqual(result, answers);
      const tokens = functions.flatMap((name) => [`zpa:index:${name}`, `zpa:index:${name}`]);
      assert.deepEqual(
        calls.map(({ token }) => token),
        tokens,
      );
      for (const { token, inputs } of calls) {
        const type = token.endsWith("Key") ? { associationType: "CONNECTOR_GRP" } : {};
        assert.deepEqual(inputs, { name: "Frankfurt", ...type });
      }
      assert.equal(tenant.log.length, 0);
    });
  }

  it("need no settings", async () => {
    assert.deepEqual((await runMocked(callAll)).result, answers);
  });

  it("reach a monitor that the test has written itself, too", async () => {
    const body = `
      const asked = [];
      const invoke = (request, callback) => { asked.push(request.getTok()); callback(new Error("no answer")); };
      pulumi.runtime.setMockOptions({ invoke, supportsFeature: (_, done) => done(null, { getHassupport: () => false }) });
      await zpa.getAppConnectorGroup({ name: "Frankfurt" }).catch(() => undefined);
      return asked;`;
    const { result } = await runMocked(body, { env: tenant.legacyEnvironment(), withoutMocks: true });
    assert.deepEqual(result, ["zpa:index:getAppConnectorGroup"]);
    assert.equal(tenant.log.length, 0);
  });

  it("say what is missing, and send nothing, where there are neither mocks nor an engine", async () => {
    for (const call of ["getAppConnectorGroup", "getAppConnectorGroupOutput"]) {
      const body = `return await zpa.${call}({ name: "Frankfurt" });`;
      const { result } = await runMocked(body, { env: tenant.legacyEnvironment(), withoutMocks: true });
      const error =
        "getAppConnectorGroup: no Pulumi engine runs this program: start it with pulumi, or in a unit test call pulumi.runtime.setMocks first";
      assert.deepEqual(result, { error, isRunError: true });
    }
    assert.equal(tenant.log.length, 0);
  });

  it("hand the provider that is passed to the mocks, and that which the parent has", async () => {
    const body = `
      class Component extends pulumi.ComponentResource {
        constructor(name, opts) { super("test:index:Component", name, {}, opts); }
      }
      const provider = new zpa.Provider("emea", { vanityDomain: "acme-emea" });
      const args = { name: "Frankfurt" };
      const parents = [
        new Component("a", { provider }),
        new Component("b", { providers: [provider] }),
        new Component("c", { providers: { "pulumi-nodejs": provider } }),
      ];
      parents.push(new Component("d", { parent: parents[2] }));
      for (const options of [{ provider }, ...parents.map((parent) => ({ parent })), { parent: new Component("e") }]) {
        await zpa.getAppConnectorGroup(args, options);
        await known(zpa.getAppConnectorGroupOutput(args, options));
      }`;
    const { calls } = await runMocked(body);
    const providers = calls.map(({ provider }) => provider.replace(/^.*::emea::/, ""));
    assert.deepEqual(providers, [...Array.from({ length: 10 }, () => "emea-id"), "", ""]);
  });

  it("refuse a provider of another package, passed or inherited", async () => {
    const other = 'const provider = new pulumi.ProviderResource("pulumi-nodejs", "other", {});';
    const parent =
      'const parent = new pulumi.ComponentResource("test:index:Component", "c", {}, { providers: [provider] });';
    const passed = await runMocked(`${other} await zpa.getMicrotenant({ id: "0" }, { provider });`);
    const inherited = await runMocked(`${other} ${parent} await zpa.getMicrotenant({ id: "0" }, { parent });`);
    const error = (whose: string) => ({
      error: `getMicrotenant: ${whose} must be a Provider of pulumi-zpa-dynamic`,
      isRunError: true,
    });
    assert.deepEqual(passed.result, error("the option provider"));
    assert.deepEqual(inherited.result, error("the provider of its parent"));
    assert.deepEqual([...passed.calls, ...inherited.calls], []);
  });

  it("take what mocks return for an id, and an output that they leave out", async () => {
    const body = `
      const group = new zpa.AppConnectorGroup("group", { latitude: 50.1, longitude: 8.7, location: "Frankfurt" });
      const args = { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 10 };
      const key = new zpa.ProvisioningKey("key", args);
      await known(zpa.getAppConnectorsOutput({ groupId: group.id, provisioningKeyId: key.id }));
      await known(zpa.getProvisioningKeyOutput({ associationType: "CONNECTOR_GRP", name: key.name }));`;
    const { calls } = await runMocked(body);
    assert.deepEqual(
      calls.map(({ inputs }) => inputs),
      [{ groupId: "group-id", provisioningKeyId: "key-id" }, { associationType: "CONNECTOR_GRP" }],
    );
  });

  it("refuse in one sentence arguments that the types would have refused", async () => {
    const refusals: [string, string][] = [
      ["", "give exactly one of name and id, not none"],
      ["null", "give exactly one of name and id, not none"],
      ['"Frankfurt"', "give exactly one of name and id, not none"],
      ["{ name: null, id: undefined }", "give exactly one of name and id, not none"],
      ['{ name: "Frankfurt", id: "1" }', "give exactly one of name and id, not both"],
      ['{ name: "" }', "name must be a non-empty string"],
      ["{ id: 72058304855015425 }", "id must be a non-empty string"],
      ['{ id: "1", microtenantId: 5 }', "microtenantId must be a non-empty string"],
      ['{ id: "1", group: "2" }', "group is no argument; valid arguments are name, id, microtenantId, associationType"],
      ['{ id: "1" }', "associationType must be CONNECTOR_GRP or SERVICE_EDGE_GRP"],
      ['{ id: "1", associationType: "connector" }', "associationType must be CONNECTOR_GRP or SERVICE_EDGE_GRP"],
    ];
    const body = `
      // a failed output rejects in several promises; Pulumi's own runner ends the program with the first
      process.on("unhandledRejection", () => {});
      const results = [];
      const report = (error) => results.push([error.message, pulumi.RunError.isInstance(error)]);
      ${refusals.map(([args]) => `await zpa.getProvisioningKey(${args}).catch(report);`).join("\n")}
      ${refusals.map(([args]) => `await zpa.getProvisioningKeyOutput(${args}).promise().catch(report);`).join("\n")}
      return results;`;
    const { result, calls } = await runMocked(body);
    const sentences = refusals.map(([, sentence]) => [`getProvisioningKey: ${sentence}`, true]);
    assert.deepEqual(result, [...sentences, ...sentences]);
    assert.deepEqual(calls, []);
  });

  it("of machines take any filter or none, and refuse what is none", async () => {
    const refusals: [string, string][] = [
      ["{ connected: 1 }", "connected must be true or false"],
      ["{ groupId: 7 }", "groupId must be a non-empty string"],
      ['{ groupId: "Frankfurt" }', "groupId must be a ZPA id, digits only"],
      [
        '{ name: "one" }',
        "name is no argument; valid arguments are microtenantId, groupId, provisioningKeyId, connected",
      ],
    ];
    const body = `
      const results = [];
      ${refusals.map(([args]) => `await zpa.getServiceEdges(${args}).catch((error) => results.push(error.message));`).join("\n")}
      await zpa.getAppConnectors();
      await zpa.getAppConnectors({ connected: false, groupId: null });
      await known(zpa.getServiceEdgesOutput({ provisioningKeyId: pulumi.output("7"), connected: true }));
      return results;`;
    const { result, calls } = await runMocked(body);
    assert.deepEqual(
      result,
      refusals.map(([, sentence]) => `getServiceEdges: ${sentence}`),
    );
    assert.deepEqual(
      calls.map(({ token, inputs }) => [token, inputs]),
      [
        ["zpa:index:getAppConnectors", {}],
        ["zpa:index:getAppConnectors", { connected: false }],
        ["zpa:index:getServiceEdges", { provisioningKeyId: "7", connected: true }],
      ],
    );
  });

  it("leave out arguments that are undefined or null", async () => {
    const { calls } = await runMocked(`
      const args = { name: "Frankfurt", id: undefined, microtenantId: null };
      await zpa.getServiceEdgeGroup(args);
      await known(zpa.getServiceEdgeGroupOutput({ ...args, microtenantId: pulumi.output(undefined) }));`);
    assert.deepEqual(
      calls.map(({ inputs }) => inputs),
      [{ name: "Frankfurt" }, { name: "Frankfurt" }],
    );
  });

  it("give the text of a key as a secret, and nothing else as one", async () => {
    const { result } = await runMocked(`
      const key = zpa.getProvisioningKeyOutput({ associationType: "CONNECTOR_GRP", name: "Frankfurt" });
      const group = zpa.getAppConnectorGroupOutput({ name: "Frankfurt" });
      const secretArgument = zpa.getAppConnectorGroupOutput({ name: pulumi.secret("Frankfurt") });
      return await Promise.all([known(key.provisioningKey), known(group.id), known(secretArgument.id)]);`);
    const expected = [
      { isKnown: true, isSecret: true, value: "mocked text" },
      { isKnown: true, isSecret: false, value: "72058304855015425" },
      { isKnown: true, isSecret: true, value: "72058304855015425" },
    ];
    assert.deepEqual(result, expected);
  });

  it("are unknown at preview until all that they depend on exists, and are then made", async () => {
    const body = `
      class Made extends pulumi.CustomResource {
        constructor(name, opts) { super("test:index:Made", name, { title: "Frankfurt" }, opts); }
      }
      class Component extends pulumi.ComponentResource {
        constructor(name, child) {
          super("test:index:Component", name, {});
          new Made(child, { parent: this });
          this.registerOutputs({});
        }
      }
      const [there, missing] = [new Made("there"), new Made("new")];
      Object.assign(there, { title: there.urn.apply(() => "Frankfurt") });
      Object.assign(missing, { title: missing.urn.apply(() => "Frankfurt") });
      const find = (args, options) => known(zpa.getAppConnectorGroupOutput(args, options)).then(({ isKnown }) => isKnown);
      const name = "Frankfurt";
      return {
        resource: [await find({ name }, { dependsOn: there }), await find({ name }, { dependsOn: [there, missing] })],
        promise: [
          await find({ name }, { dependsOn: Promise.resolve([there]) }),
          await find({ name }, { dependsOn: pulumi.output([missing]) }),
        ],
        component: [
          await find({ name }, { dependsOn: new Component("one", "child") }),
          await find({ name }, { dependsOn: [new Component("other", "new child")] }),
        ],
        argument: [await find({ name: there.title }), await find({ name: missing.title })],
      };`;
    const names = ["resource", "promise", "component", "argument"];
    const preview = await runMocked(body, { isPreview: true });
    assert.deepEqual(preview.result, Object.fromEntries(names.map((name) => [name, [true, false]])));
    assert.equal(preview.calls.length, 4);
    const up = await runMocked(body);
    assert.deepEqual(up.result, Object.fromEntries(names.map((name) => [name, [true, true]])));
  });
});
