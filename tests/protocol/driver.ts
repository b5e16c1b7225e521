import assert from "node:assert/strict";
import { makeCanaries, makePassword, makePrivateKey } from "../harness/canaries";
import type { CheckFailure, Properties, ProviderProcess, providerTexts } from "../harness/providerProcess";
import { refNames } from "../harness/invariants";
import type { World } from "../harness/world";
import type { GenericRecord, StoredRecord } from "../simulator/records";

/** One of this package's resources that are objects of ZPA. */
export type Resource = keyof typeof refNames;

/** All of them. */
export const resources = Object.keys(refNames) as Resource[];

/** The others too, which are no objects of their own. */
type AnyResource = keyof typeof providerTexts;

/** A resource as the engine keeps it between two runs. */
export interface Made<T extends AnyResource = Resource> {
  type: T;
  id: string;
  inputs: Properties;
  outputs: Properties;
}

/** The object as a world's invariants name it. */
export function refOf({ type, id }: Pick<Made, "type" | "id">): string {
  return `${refNames[type]} ${id}`;
}

/** Check, then create, as the engine does it. */
export async function make<T extends AnyResource>(
  provider: ProviderProcess,
  type: T,
  args: Properties,
): Promise<Made<T>> {
  const { inputs, failures } = await provider.check(type, {}, args);
  assert.deepEqual(failures, []);
  const { id, outputs } = await provider.create(type, inputs);
  return { type, id, inputs, outputs };
}

/** Check, then diff, as every preview and every up does it. */
export async function plan(provider: ProviderProcess, made: Made<AnyResource>, args: Properties) {
  const { inputs, failures } = await provider.check(made.type, made.inputs, args);
  assert.deepEqual(failures, []);
  return { inputs, diff: await provider.diff(made.type, made.id, made.outputs, inputs) };
}

/** The same for a replacement: then the engine checks the arguments once more, without old ones. */
export async function replan(provider: ProviderProcess, made: Made, args: Properties) {
  const planned = await plan(provider, made, args);
  assert.deepEqual((await provider.check(made.type, {}, args)).failures, []);
  return planned;
}

/** Check, diff and, where it calls for one, an update. */
export async function change<T extends AnyResource>(
  provider: ProviderProcess,
  made: Made<T>,
  args: Properties,
): Promise<Made<T>> {
  const { inputs, diff } = await plan(provider, made, args);
  assert.deepEqual(diff.replaces, []);
  if (diff.changes !== true) return { ...made, inputs };
  const { outputs } = await provider.update(made.type, made.id, made.outputs, inputs);
  return { ...made, inputs, outputs };
}

/** A refresh; undefined when the object is gone. Of what is there the engine asks whether it fits the old inputs. */
export async function refresh<T extends AnyResource>(
  provider: ProviderProcess,
  made: Made<T>,
): Promise<Made<T> | undefined> {
  const { id, props, inputs } = await provider.read(made.type, made.id, made.outputs);
  if (id !== "") await provider.diff(made.type, id, props, made.inputs);
  return id === "" ? undefined : { ...made, id, outputs: props, inputs: inputs ?? made.inputs };
}

/** An engine that has not seen a name makes one from this. */
export const nameSeed = "connectors-0a1b2c3";

/** Arguments of a key for the tenant's first App Connector Group, which is made when there is none. */
export function keyArgs(world: World, more: Properties = {}): Properties {
  const [first] = world.simulator.appConnectorGroups.values();
  const { id } = first ?? world.simulator.addAppConnectorGroup({ name: "Connectors" });
  return { associationType: "CONNECTOR_GRP", zcomponentId: id, maxUsage: 10, __zpa: { seed: nameSeed }, ...more };
}

/** The same for a Service Edge Group. */
export function edgeKeyArgs(world: World, more: Properties = {}): Properties {
  const [first] = world.simulator.serviceEdgeGroups.values();
  const { id } = first ?? world.simulator.addServiceEdgeGroup({ name: "Edges" });
  return { associationType: "SERVICE_EDGE_GRP", zcomponentId: id, maxUsage: 10, __zpa: { seed: nameSeed }, ...more };
}

/** Arguments of a group of either kind. */
export function groupArgs(more: Properties = {}): Properties {
  const place = { latitude: "50.1109", longitude: "8.6821", location: "Frankfurt, Germany" };
  return { ...place, __zpa: { seed: "frankfurt-0a1b2c3" }, ...more };
}

let made: ReturnType<typeof makeSecrets> | undefined;

function makeSecrets() {
  const canaries = makeCanaries();
  const encryptedKey = makePrivateKey(canaries.passphrase);
  return { ...canaries, otherPassword: makePassword(), encryptedKey };
}

/** Secrets of this run; making RSA keys takes a while, so they are made once. The world looks for all of them. */
export function secretsFor(world: World): ReturnType<typeof makeSecrets> {
  made ??= makeSecrets();
  Object.assign(world.canaries, made);
  return made;
}

/** Arguments of a credential of each type. */
export function credentialArgs(world: World): Record<"USERNAME_PASSWORD" | "SSH_KEY" | "PASSWORD", Properties> {
  const { password, encryptedKey, passphrase } = secretsFor(world);
  const common = { __zpa: { seed: "jump-0a1b2c3" } };
  return {
    USERNAME_PASSWORD: {
      ...common,
      credentialType: "USERNAME_PASSWORD",
      userName: "svc",
      userDomain: "corp",
      password,
    },
    SSH_KEY: { ...common, credentialType: "SSH_KEY", userName: "svc", privateKey: encryptedKey, passphrase },
    PASSWORD: { ...common, credentialType: "PASSWORD", password },
  };
}

/** Arguments of a resource of any type, all with fields that {@link otherValue} knows to change. */
export function argsOf(world: World, type: Resource): Properties {
  if (type === "ProvisioningKey") return keyArgs(world);
  return type === "PrivilegedCredential" ? credentialArgs(world).USERNAME_PASSWORD : groupArgs();
}

/** An argument with another value than {@link argsOf} gives it; the API has it under the same name. */
export function otherValue(type: Resource): Properties {
  if (type === "ProvisioningKey") return { maxUsage: 20 };
  return type === "PrivilegedCredential" ? { userName: "other" } : { location: "elsewhere" };
}

/** The objects of one type in the tenant. */
export function recordsOf(world: Pick<World, "simulator">, type: Resource): Map<string, StoredRecord> {
  const { keys, credentials, appConnectorGroups, serviceEdgeGroups } = world.simulator;
  const maps = {
    ProvisioningKey: keys,
    PrivilegedCredential: credentials,
    AppConnectorGroup: appConnectorGroups,
    ServiceEdgeGroup: serviceEdgeGroups,
  };
  return maps[type];
}

/** Changes fields of an object behind the API's back, as the API has them. */
export function editRecord(world: World, { type, id }: Pick<Made, "type" | "id">, changes: Properties): void {
  const record = recordsOf(world, type).get(id)!;
  const own = ["name", "description", "enabled", "creationTime", "modifiedTime", "microtenantId"];
  const isGroup = type === "AppConnectorGroup" || type === "ServiceEdgeGroup";
  for (const [field, value] of Object.entries(changes)) {
    const target = isGroup && !own.includes(field) ? (record as GenericRecord).fields : record;
    Object.assign(target, { [field]: typeof value === "number" ? String(value) : value });
  }
}

/** `args` without some of them. */
export function without(args: Properties, ...names: string[]): Properties {
  return Object.fromEntries(Object.entries(args).filter(([name]) => !names.includes(name)));
}

/** The reason of the one failure that `check` tells: it begins with the field's name, and holds the words after it. */
export async function refusal(
  checked: Promise<{ failures: CheckFailure[] }>,
  field: string,
  words: RegExp,
): Promise<string> {
  const { failures } = await checked;
  assert.equal(failures.length, 1);
  const [{ property, reason }] = failures as [CheckFailure];
  assert.equal(property, "", "the engine prints the value of a property that is named");
  assert.match(reason, new RegExp(`^${field} .*${words.source}`));
  assert.doesNotMatch(reason, /\n|\bat .*:\d+|zod/i);
  return reason;
}
