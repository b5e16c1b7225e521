import assert from "node:assert/strict";
import { tooOld } from "../../provider/model/nodeVersion";
import { registration } from "../../provider/program/registration";
import { type MockedOptions, runMocked } from "./mockedProgram";

const key = '{ associationType: "CONNECTOR_GRP", zcomponentId: "1", maxUsage: 5 }';

describe("A resource under a user's mocks", function () {
  this.timeout(60_000);

  it("registers without an organization, from any working folder, with its secrets as secrets", async () => {
    const { resources, result } = await runMocked(`
      const made = new zpa.ProvisioningKey("connectors", ${key});
      const jump = new zpa.PrivilegedCredential("jump", { credentialType: "PASSWORD", password: "made up" });
      await known(jump.urn);
      return { id: await known(made.id), text: await known(made.provisioningKey), password: await known(jump.password) };
    `);
    assert.deepEqual(resources.map(({ type }) => type.replace("pulumi-nodejs:dynamic/zpa:", "")).sort(), [
      "PrivilegedCredential",
      "ProvisioningKey",
    ]);
    const { id, text, password } = result as Record<string, { value: unknown; isSecret: boolean }>;
    assert.deepEqual([id!.value, text!.isSecret, password!.isSecret], ["connectors-id", true, true]);
  });

  it("keeps its notes in one property of its inputs, and gives none as a member", async () => {
    const { resources, result } = await runMocked(`
      const made = new zpa.ProvisioningKey("connectors", ${key}, { replaceOnChanges: ["maxUsage"] });
      await known(made.urn);
      return Object.keys(made).filter((name) => /seed|managedFields|generated|written|offset/i.test(name));
    `);
    const { __zpa: notes, ...inputs } = resources[0]!.inputs as { __zpa: Record<string, unknown> };
    assert.match(`${String(notes.seed)} ${String(notes.place)}`, /^connectors-[0-9a-f]{7} [0-9a-f]{7}$/);
    assert.deepEqual(
      { ...notes, seed: "", place: "" },
      { seed: "", place: "", generated: true, replaceOn: ["maxUsage"] },
    );
    assert.deepEqual(Object.keys(inputs).sort(), ["__provider", "associationType", "maxUsage", "zcomponentId"]);
    assert.deepEqual(result, []);
  });

  const idsOf = (expression: string, options?: MockedOptions) => runMocked(`return known(${expression}.id);`, options);
  for (const [what, expression, id] of [
    ["a bare id", 'zpa.ProvisioningKey.get("theirs", "61001")', "61001"],
    ["an id with its type", 'zpa.ProvisioningKey.get("theirs", "CONNECTOR_GRP/61001")', "61001"],
    ["a full id", 'zpa.ProvisioningKey.get("theirs", pulumi.output("72/SERVICE_EDGE_GRP/61001"))', "61001"],
    ["a credential's full id", 'zpa.PrivilegedCredential.get("theirs", "72/11410")', "11410"],
    ["a group's bare id", 'zpa.AppConnectorGroup.get("theirs", "216199618143191058")', "216199618143191058"],
    ["a group's full id", 'zpa.ServiceEdgeGroup.get("theirs", "72/216199618143191058")', "216199618143191058"],
  ] as const) {
    it(`is got by ${what}, and has the bare id`, async () => {
      const { result } = await idsOf(expression);
      assert.equal((result as { value: unknown }).value, id);
    });
  }

  it("is known for what it is, whatever copy of the package it comes from", async () => {
    const { result } = await runMocked(`
      const place = { latitude: 1, longitude: 2, location: "here" };
      const group = new zpa.AppConnectorGroup("a", place);
      const edges = new zpa.ServiceEdgeGroup("b", place);
      const types = [zpa.AppConnectorGroup, zpa.ServiceEdgeGroup, zpa.ProvisioningKey];
      return [group, edges].map((one) => types.map((type) => type.isInstance(one)));
    `);
    assert.deepEqual(result, [[true, false, false], [false, true, false]]); // prettier-ignore
  });

  it("of a group is refused in another form, in one sentence", async () => {
    const { result } = await runMocked('zpa.AppConnectorGroup.get("theirs", "Frankfurt");');
    const words =
      /^AppConnectorGroup.get\("theirs"\): "Frankfurt" is not the id of an App Connector Group. Write "11410"/;
    assert.match((result as { error: string }).error, words);
  });

  const refusals: Record<string, { body: string; reason: RegExp }> = {
    "the resource option import": {
      body: `new zpa.ProvisioningKey("connectors", ${key}, { import: "61001" });`,
      reason:
        /^ProvisioningKey "connectors": the resource option import.*adopt: "61001".*npx pulumi-zpa-dynamic import/,
    },
    "no arguments": {
      body: 'new zpa.PrivilegedCredential("jump");',
      reason: /^PrivilegedCredential "jump": the arguments are missing/,
    },
    "null for arguments": { body: 'new zpa.ProvisioningKey("connectors", null);', reason: /the arguments are missing/ },
    "a keeper that JavaScript cannot hold": {
      body: `new zpa.ProvisioningKey("connectors", { ...${key}, keepers: JSON.parse('{ "__proto__": "2026" }') });`,
      reason: /^ProvisioningKey "connectors": keepers: "__proto__" cannot be the name of a keeper/,
    },
    "a name with a line break": {
      body: `new zpa.ProvisioningKey("two\\nlines", ${key});`,
      reason: /the resource name must be a non-empty string on one line/,
    },
  };
  for (const [what, { body, reason }] of Object.entries(refusals)) {
    it(`refuses ${what} in one sentence`, async () => {
      const { result, resources } = await runMocked(body);
      const { error, isRunError } = result as { error: string; isRunError: boolean };
      assert.match(error, reason);
      assert.equal(isRunError, true);
      assert.deepEqual(resources, []);
    });
  }
});

describe("The options of a resource with a name of its own", () => {
  const facts = {
    type: "ProvisioningKey",
    fields: [],
    outputs: [],
    secretOutputs: [],
  } as const;
  const optionsWith = (args: object, options: object) => registration(facts, "connectors", args, options)[3];

  it("delete before they replace, also where a wrapper passes the option on without a value", () => {
    assert.equal(optionsWith({ name: "zurich" }, { deleteBeforeReplace: undefined }).deleteBeforeReplace, true);
    assert.equal(optionsWith({ name: "zurich" }, { deleteBeforeReplace: false }).deleteBeforeReplace, false);
    assert.equal(optionsWith({}, {}).deleteBeforeReplace, undefined);
  });

  it("delete nothing first that retainOnDelete keeps", () => {
    const options = { retainOnDelete: true, deleteBeforeReplace: true };
    assert.equal(optionsWith({ name: "zurich" }, options).deleteBeforeReplace, false);
  });

  it("leave a group, which machines and keys live in, to the program", () => {
    const [named, group] = [{ name: "zurich" }, { ...facts, type: "AppConnectorGroup", holdsOthers: true } as const];
    assert.equal(registration(group, "connectors", named, {})[3].deleteBeforeReplace, undefined);
    assert.equal(registration(group, "connectors", named, { deleteBeforeReplace: true })[3].deleteBeforeReplace, true);
  });
});

describe("A Node.js that is too old", () => {
  it("is told in one sentence what is needed", () => {
    assert.equal(tooOld("22.19.0", ">=22.19"), undefined);
    assert.equal(tooOld("24.0.1", ">=22.19"), undefined);
    const sentence = "pulumi-zpa-dynamic needs Node.js >=22.19, and this is 22.18.4. Install a newer Node.js.";
    assert.equal(tooOld("22.18.4", ">=22.19"), sentence);
    assert.match(tooOld("20.20.2")!, /needs Node\.js >=\d+\.\d+, and this is 20\.20\.2/);
  });
});
