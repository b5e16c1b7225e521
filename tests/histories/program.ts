// The programs of a history: what they say of each resource, and how its object has to look then.

import assert from "node:assert/strict";
import type { Properties } from "../harness/providerProcess";
import type { Resource } from "../protocol/driver";
import type { CredentialRecord, GenericRecord, ProvisioningKeyRecord } from "../simulator/records";
import type { Entry, Goal } from "./engineModel";

/** A resource in a program. What it does not say is undefined. */
export interface Planned {
  readonly type: PlannedType;
  name: string;
  /** A name of its own for the object. */
  explicit?: string | undefined;
  keepers?: string | undefined;
  aliases: string[];
  /** The resource option. */
  deleteBeforeReplace?: true | undefined;
  /** Of a key. */
  exportable: boolean;
  maxUsage: number;
  headroom?: number | undefined;
  enabled?: boolean | undefined;
  /** Of a key: which of the groups. */
  group: number;
  /** Of a credential: which of the passwords; of a group: which of the places. */
  password: number;
  description?: string | undefined;
  /** Of a credential and a group: whether in the second microtenant. */
  isElsewhere: boolean;
}

/** Values of the tenant that programs name. */
export interface Surroundings {
  readonly groups: readonly string[];
  readonly microtenantId: string;
  readonly passwords: readonly string[];
}

export function newPlanned(type: PlannedType, name: string): Planned {
  const key = { exportable: true, maxUsage: 10, group: 0 };
  return { type, name, aliases: [], ...key, password: 0, isElsewhere: false };
}

export function goalOf(planned: Planned, around: Surroundings): Goal {
  const { type, name, explicit, keepers, aliases, deleteBeforeReplace } = planned;
  const common = { name: explicit, keepers: keepers === undefined ? undefined : { rotation: keepers } };
  const set = Object.entries({ ...common, ...argsOf[type](planned, around) }).filter(
    ([, value]) => value !== undefined,
  );
  // registration asks for it where the program gives a name to what holds no others
  const isNamedAlone = explicit !== undefined && type !== "AppConnectorGroup";
  const deletesFirst = deleteBeforeReplace ?? (isNamedAlone ? true : undefined);
  return {
    ...{ type, name, args: Object.fromEntries(set), aliases: [...aliases] },
    ...(deletesFirst === undefined ? {} : { deleteBeforeReplace: deletesFirst }),
  };
}

function keyArgs({ exportable, maxUsage, headroom, enabled, group }: Planned, { groups }: Surroundings): Properties {
  const zcomponentId = groups[group];
  return { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage, headroom, enabled, exportable };
}

function credentialArgs(
  { password, description, isElsewhere }: Planned,
  { passwords, microtenantId }: Surroundings,
): Properties {
  return {
    ...{ credentialType: "USERNAME_PASSWORD", userName: "svc", password: passwords[password], description },
    microtenantId: isElsewhere ? microtenantId : "0",
  };
}

function groupArgs(
  { password, description, enabled, isElsewhere }: Planned,
  { microtenantId }: Surroundings,
): Properties {
  const place = { latitude: "50.1", longitude: "8.6", location: placeOf(password) };
  return { ...place, description, enabled, microtenantId: isElsewhere ? microtenantId : "0" };
}

const placeOf = (index: number) => `Place ${index}`;

const argsOf = {
  ProvisioningKey: keyArgs,
  PrivilegedCredential: credentialArgs,
  AppConnectorGroup: groupArgs,
} as const satisfies Partial<Record<Resource, unknown>>;

/** The types of resources in a history. */
export type PlannedType = keyof typeof argsOf;

export const plannedTypes = Object.keys(argsOf) as PlannedType[];

export type RemoteRecord = ProvisioningKeyRecord | CredentialRecord | GenericRecord;

/**
 * Whether an object is what the program says.
 *
 * @param isTouched - others have changed it: what the program does not set is theirs
 */
export function assertAsPlanned(
  planned: Planned,
  entry: Entry,
  record: RemoteRecord,
  { groups, microtenantId }: Surroundings,
  isTouched: boolean,
): void {
  const what = `${planned.type} ${planned.name} (${record.id})`;
  const expect = (field: string, actual: unknown, expected: unknown) =>
    assert.deepEqual(actual, expected, `${field} of ${what} is not what the program says`);
  expect("name", record.name, planned.explicit ?? entry.outputs["name"]);
  if ("associationType" in record) {
    const { exportable, enabled, group, maxUsage, headroom } = planned;
    expect("exportable", record.exportable, exportable);
    if (enabled !== undefined || !isTouched) expect("enabled", record.enabled, enabled ?? true);
    expect("zcomponentId", record.zcomponentId, groups[group]);
    if (headroom === undefined) expect("maxUsage", record.maxUsage, String(maxUsage));
    const used = Number(entry.outputs["usageCount"] ?? 0);
    const least = Math.max(maxUsage, used + (headroom ?? 0));
    assert.ok(Number(record.maxUsage) >= least, `maxUsage of ${what} is below what the program asks for`);
  } else {
    const { description, isElsewhere } = planned;
    if ("fields" in record) {
      expect("location", record.fields["location"], placeOf(planned.password));
      if (planned.enabled !== undefined || !isTouched) expect("enabled", record.enabled, planned.enabled ?? true);
    } else expect("userName", record.userName, "svc");
    if (description !== undefined || !isTouched) expect("description", record.description ?? "", description ?? "");
    expect("microtenantId", record.microtenantId, isElsewhere ? microtenantId : undefined);
  }
}

/** The same for what is secret, which is compared and never shown. */
export function assertSecretsAsPlanned(
  planned: Planned,
  entry: Entry,
  record: RemoteRecord,
  around: Surroundings,
): void {
  const what = `${planned.type} ${planned.name} (${record.id})`;
  if ("associationType" in record) {
    assert.ok(entry.outputs["provisioningKey"] === record.provisioningKey, `state has not the text of ${what}`);
  } else if ("password" in record) {
    assert.ok(record.password === around.passwords[planned.password], `${what} has not the program's password`);
    assert.ok(entry.outputs["password"] === record.password, `state has not the password of ${what}`);
  }
}
