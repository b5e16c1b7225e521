// ANSWERS_SEED and ANSWERS_PATH, which a failure prints as seed and path, play that one again; ANSWERS sets how many.

import assert from "node:assert/strict";
import { inspect } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import * as provider from "../../provider/v1";
import { UnreadableObject, type ZpaClient, ZpaError } from "../../sdk";
import { plain, type Properties } from "../harness/providerProcess";
import { Double, keyBody } from "../sdk/double";
import { TestClock } from "../sdk/testClock";
import { anyAnswers } from "./anyAnswer";

const { ANSWERS: count = "150", ANSWERS_SEED: given, ANSWERS_PATH: path } = process.env;
const seed = given === undefined ? (Date.now() ^ (Math.random() * 0x100000000)) | 0 : Number(given);
const runs = { numRuns: Number(count), seed, includeErrorInReport: true, ...(path === undefined ? {} : { path }) };

const type = "CONNECTOR_GRP";
const login = { name: "edge", credentialType: "PASSWORD", password: "a password of no use" } as const;

const callsOfClient: Readonly<Record<string, (client: ZpaClient) => Promise<unknown>>> = {
  "sign in": (client) => client.signIn(),
  tenant: (client) => client.tenantFingerprint(),
  "create a key": (client) => client.provisioningKeys.create(type, keyBody),
  "read a key": (client) => client.provisioningKeys.get(type, "6211"),
  "update a key": (client) => client.provisioningKeys.update(type, "6211", keyBody),
  "delete a key": (client) => client.provisioningKeys.delete(type, "6211"),
  "list keys": (client) => Array.fromAsync(client.provisioningKeys.list(type)),
  "read a page of keys": (client) => client.provisioningKeys.page(type, 1),
  "look for a key": (client) => client.provisioningKeys.named(type, "edge"),
  "find a key": (client) => client.provisioningKeys.find(type, "edge"),
  "create a credential": (client) => client.credentials.create(login),
  "read a credential": (client) => client.credentials.get("6307"),
  "update a credential": (client) => client.credentials.update("6307", login),
  "move a credential": (client) => client.credentials.move("6307", "0", "1"),
  "delete a credential": (client) => client.credentials.delete("6307"),
  "list credentials": (client) => Array.fromAsync(client.credentials.list()),
  "find a credential": (client) => client.credentials.find("edge"),
  "find a certificate": (client) => client.enrollmentCertificates.find("Connector"),
  "list certificates": (client) => Array.fromAsync(client.enrollmentCertificates.list()),
  "find a group": (client) => client.appConnectorGroups.find("Berlin"),
  "read a group": (client) => client.appConnectorGroups.get("6217"),
  "list edges": (client) => Array.fromAsync(client.serviceEdgeGroups.list()),
  "find a microtenant": (client) => client.microtenants.find("EMEA"),
};

type Handler = pulumi.dynamic.ResourceProvider<Properties, Properties>;

/** One resource, as the engine has it. */
interface Kind {
  readonly handler: Handler;
  readonly args: Properties;
  readonly changed: Properties;
}

const keyArgs = { associationType: type, zcomponentId: "6216", maxUsage: 10, __zpa: { seed: "edge-0a1b2c3" } };
const loginArgs = { credentialType: "PASSWORD", password: "a password of no use", __zpa: { seed: "edge-0a1b2c3" } };
const kinds: Readonly<Record<string, Kind>> = {
  "a key": { handler: provider.provisioningKey as Handler, args: keyArgs, changed: { ...keyArgs, maxUsage: 20 } },
  "a key whose text is shown once": {
    handler: provider.provisioningKey as Handler,
    args: { ...keyArgs, exportable: false, name: "edge" },
    changed: { ...keyArgs, enabled: false },
  },
  "a credential": {
    handler: provider.privilegedCredential as Handler,
    args: loginArgs,
    changed: { ...loginArgs, password: "another one", microtenantId: "6290" },
  },
};

describe("Any answer whatever", function () {
  this.timeout(180_000);
  let double: Double;
  beforeEach(async () => (double = await Double.start()));
  afterEach(() => double.close());

  const outcomeOf = (promise: Promise<unknown>): Promise<{ value?: unknown; error?: unknown }> =>
    promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );

  it(`ends each operation of the client in a result or in one of its errors (seed ${seed})`, async () => {
    const call = fc.constantFrom(...Object.keys(callsOfClient));
    const property = fc.asyncProperty(call, anyAnswers, async (name, { signIn, script }) => {
      Object.assign(double, { signIn: [...signIn], script: [...script] });
      const clock = new TestClock({ skip: 60_000 });
      const client = double.client({ requestTimeout: 0.2 }, { clock });
      const { value, error } = await outcomeOf(callsOfClient[name]!(client));
      assertReadable(value);
      if (error !== undefined) assert.ok(error instanceof ZpaError, inspect(error));
      if (error !== undefined) assertSentence((error as Error).message);
    });
    await fc.assert(property, runs);
  });

  it(`ends each step of the provider in a result that state can hold or in a sentence (seed ${seed})`, async () => {
    let clients = 0;
    const steps = fc.record({
      kind: fc.constantFrom(...Object.keys(kinds)),
      step: fc.constantFrom("create", "read", "read the first time", "update", "delete"),
      answers: anyAnswers,
    });
    const property = fc.asyncProperty(steps, async ({ kind, step, answers }) => {
      const { handler, args, changed } = kinds[kind]!;
      Object.assign(double, { signIn: [...answers.signIn], script: [...answers.script] });
      // each has a session of its own
      const settings: Record<string, unknown> = { ...double.settings, zpaClientId: `client ${(clients += 1)}` };
      Object.assign(settings, { requestTimeout: 0.2, operationTimeout: 0.4 });
      const get = (key: string) => settings[key.replace("zpa:", "")]?.toString();
      await handler.configure!({ config: { get, require: (key) => get(key)! } });
      const inputs = checked(await handler.check!({}, args));
      const news = checked(await handler.check!(inputs, changed));
      const state = { ...inputs, name: "edge", provisioningKey: "text", creationTime: "1700000000" };
      const { value, error } = await outcomeOf(
        {
          create: () => handler.create(inputs),
          read: () => handler.read!("6211", state),
          "read the first time": () => handler.read!("6211", { associationType: type }),
          update: () => handler.update!("6211", state, news),
          delete: () => handler.delete!("6211", state),
        }[step](),
      );
      if (error !== undefined) {
        assert.ok(error instanceof Error && !/^(?:Type|Range|Syntax|Reference)Error$/.test(error.name), inspect(error));
        assertSentence(error.message);
      }
      const kept = value ?? error ?? {};
      const { id, outs, props, properties } = kept as Record<string, unknown>;
      if (step === "create" && error === undefined) assert.match(String(id), /^\S+$/);
      for (const values of [outs, props, properties]) {
        if (values !== undefined) assert.deepEqual(JSON.parse(JSON.stringify(values)), values);
      }
    });
    await fc.assert(property, runs);
  });
});

/** What a call gives has the types that it promises: an object an id and a name, a page its objects. */
function assertReadable(value: unknown): void {
  if (Array.isArray(value)) return value.forEach(assertReadable);
  if (typeof value !== "object" || value === null || value instanceof UnreadableObject) return;
  if ("items" in value && "totalPages" in value) {
    assert.equal(typeof value.totalPages, "number");
    return assertReadable(value.items);
  }
  const { id, name } = value as Properties;
  assert.deepEqual([typeof id, typeof name], ["string", "string"]);
}

/** The inputs as the engine sends them back, without the wrappers of secrets. */
function checked({ inputs = {}, failures = [] }: pulumi.dynamic.CheckResult<Properties>): Properties {
  assert.deepEqual(failures, []);
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, plain(value)]));
}

/** Words of this package, and no trace of its code. */
function assertSentence(text: string): void {
  assert.match(text, /^[A-Za-z]/);
  assert.doesNotMatch(text, /\n\s+at |Cannot read propert|is not a function|is not iterable|\[object|\bNaN\b/);
  assert.ok(text.length < 5_000, `${text.length} characters`);
}
