import { notFound, noSuchReference } from "./errors";
import type { StoredRecord } from "./records";
import type { Tenant } from "./tenant";

/** Which microtenants a request is about: every one, the Default one (`undefined`), or the one of that id. */
export type Scope = { all: true } | { all: false; microtenantId: string | undefined };

/**
 * Left out, a read is about all microtenants and a write about the Default one.
 *
 * @param value - a microtenant's id, `0` for the Default one
 * @param parameter - where it stood
 */
export function scopeOf(
  tenant: Tenant,
  value: string | undefined,
  access: "read" | "write",
  parameter = "microtenantId",
): Scope {
  if (value === undefined || value === "" || value === "null") {
    return access === "read" ? { all: true } : { all: false, microtenantId: undefined };
  }
  if (value === "0") return { all: false, microtenantId: undefined };
  if (!tenant.microtenants.has(value)) throw noSuchReference(parameter);
  return { all: false, microtenantId: value };
}

export const inScope = (record: StoredRecord, scope: Scope): boolean =>
  scope.all || record.microtenantId === scope.microtenantId;

/** @throws resource.not.found, also when the object is in another microtenant. */
export function find<R extends StoredRecord>(tenant: Tenant, records: Map<string, R>, id: string, scope: Scope): R {
  const record = records.get(id);
  if (!record || !inScope(record, scope)) throw notFound(tenant.settings.notFoundStatus, [id]);
  return record;
}

/** The microtenant fields of an answer: an object of the Default microtenant has only the name. */
export const microtenantFields = (tenant: Tenant, record: StoredRecord): Record<string, unknown> => ({
  microtenantId: record.microtenantId,
  microtenantName: tenant.microtenantName(record.microtenantId),
});

/** Whether another object of the same microtenant has that name. */
export const nameTaken = (records: Iterable<StoredRecord>, name: string, scope: Scope, exceptId?: string): boolean =>
  [...records].some((record) => record.name === name && inScope(record, scope) && record.id !== exceptId);
