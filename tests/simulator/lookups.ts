import { duplicateName, groupInUse, limitExceeded, missingParams } from "./errors";
import { escapeTexts } from "./htmlEscape";
import { checkGroup, groupFields, mandatoryFields, readOnlyFields, refuseManaged, serverGroupsOf } from "./groups";
import type { Wire } from "./htmlEscape";
import type { Body, Reply } from "./http";
import { text } from "./http";
import { page } from "./paging";
import type { EnrollmentCertificateRecord, GenericRecord, MachineRecord } from "./records";
import type { Call } from "./routes";
import { find, inScope, microtenantFields, nameTaken } from "./scope";
import type { Tenant } from "./tenant";
import { store } from "./tenant";

/** Certificates belong to the whole tenant: they are there for every microtenant. */
export function listCertificates({ tenant, query }: Call): Reply {
  const rows = [...tenant.enrollmentCertificates.values()].map((certificate) => certificateAnswer(tenant, certificate));
  return page(rows, query, tenant.settings);
}

export function getCertificate({ tenant }: Call, id: string): Reply {
  const certificate = find(tenant, tenant.enrollmentCertificates, id, { all: true });
  return { status: 200, body: escapeTexts(certificateAnswer(tenant, certificate), tenant.settings) };
}

function certificateAnswer(tenant: Tenant, certificate: EnrollmentCertificateRecord): Wire {
  return {
    id: certificate.id,
    modifiedTime: certificate.modifiedTime,
    creationTime: certificate.creationTime,
    modifiedBy: certificate.modifiedBy,
    name: certificate.name,
    description: certificate.description,
    allowSigning: certificate.privateKeyPresent,
    privateKeyPresent: certificate.privateKeyPresent,
    clientCertType: certificate.clientCertType,
    ...microtenantFields(tenant, certificate),
  };
}

/** The groups and the microtenants. */
export type GenericKind = GroupKind | "microtenants";
export type GroupKind = "appConnectorGroup" | "serviceEdgeGroup";

const recordsOf = (tenant: Tenant, kind: GenericKind): Map<string, GenericRecord> =>
  ({
    appConnectorGroup: tenant.appConnectorGroups,
    serviceEdgeGroup: tenant.serviceEdgeGroups,
    microtenants: tenant.microtenants,
  })[kind];

export function listGeneric({ tenant, scope, query }: Call, kind: GenericKind): Reply {
  const records = [...recordsOf(tenant, kind).values()];
  const rows = records
    .filter((record) => kind === "microtenants" || inScope(record, scope))
    .map((record) => genericAnswer(tenant, kind, record));
  if (kind === "microtenants" && tenant.settings.defaultMicrotenant === "listed") rows.push(defaultMicrotenant);
  return page(rows, query, tenant.settings);
}

/** The groups' ids and names, in pages. */
export function summariseGroups({ tenant, scope, query }: Call, kind: GroupKind): Reply {
  const groups = [...recordsOf(tenant, kind).values()].filter((record) => inScope(record, scope));
  return page(groups.map(summary), query, tenant.settings);
}

/** The microtenants' ids and names, Default always among them: an array without pages. */
export function summariseMicrotenants({ tenant }: Call): Reply {
  const rows = [...[...tenant.microtenants.values()].map(summary), defaultMicrotenant];
  return { status: 200, body: rows.map((row) => escapeTexts(row, tenant.settings)) };
}

const summary = ({ id, name, enabled }: GenericRecord): Wire => ({ id, name, enabled });

const defaultMicrotenant: Wire = { id: "0", name: "Default", enabled: true };

export function getGeneric({ tenant, scope }: Call, kind: GenericKind, id: string): Reply {
  // The Default microtenant can be read, though it is not listed.
  if (kind === "microtenants" && id === "0") return { status: 200, body: defaultMicrotenant };
  const record = find(tenant, recordsOf(tenant, kind), id, kind === "microtenants" ? { all: true } : scope);
  const answer = genericAnswer(tenant, kind, record);
  if (tenant.settings.lssInSingleReads === "wrong" && "lssAppConnectorGroup" in answer) {
    answer["lssAppConnectorGroup"] = false;
  }
  return { status: 200, body: escapeTexts(answer, tenant.settings) };
}

/** The version profiles of the tenant, in pages. */
export function listVersionProfiles({ tenant, query }: Call): Reply {
  const rows = [...tenant.versionProfiles.values()].map(({ id, name }) => ({ id, name, visibilityScope: "ALL" }));
  return page(rows, query, tenant.settings);
}

export function createGeneric({ tenant, scope, body }: Call, kind: GenericKind): Reply {
  const name = text(body, "name");
  if (name === undefined) throw missingParams(["name"]);
  const { settings } = tenant;
  const records = recordsOf(tenant, kind);
  if (kind !== "microtenants") checkGroup(tenant, body);
  if (settings.refuseDuplicateNames && nameTaken(records.values(), name, scope)) throw duplicateName(name);
  const limit = kind === "microtenants" ? settings.limits.microtenants : settings.limits.groups;
  if (records.size >= limit) throw limitExceeded(kind, limit);
  const record = store(records, {
    ...writable(body),
    ...tenant.created(),
    id: tenant.bigId(),
    name,
    microtenantId: kind === "microtenants" || scope.all ? undefined : scope.microtenantId,
  });
  return { status: settings.createStatus, body: escapeTexts(genericAnswer(tenant, kind, record), settings) };
}

export function updateGeneric({ tenant, scope, body }: Call, kind: GenericKind, id: string): Reply {
  const records = recordsOf(tenant, kind);
  const record = find(tenant, records, id, kind === "microtenants" ? { all: true } : scope);
  const { putDropsAbsentFields, refuseDuplicateNames } = tenant.settings;
  const { description, enabled, fields } = writable(body);
  const name = text(body, "name") ?? record.name;
  if (kind !== "microtenants") {
    refuseManaged(record);
    checkGroup(tenant, body);
    if (refuseDuplicateNames && nameTaken(records.values(), name, scope, id)) throw duplicateName(name);
  }
  const lasting = [...mandatoryFields, ...readOnlyFields];
  const kept = Object.entries(record.fields).filter(([field]) => !putDropsAbsentFields || lasting.includes(field));
  record.name = name;
  record.description = description ?? (putDropsAbsentFields ? undefined : record.description);
  record.enabled = "enabled" in body || putDropsAbsentFields ? enabled : record.enabled;
  record.fields = { ...Object.fromEntries(kept), ...fields };
  record.modifiedTime = tenant.time();
  return { status: 204 };
}

export function deleteGeneric({ tenant, scope }: Call, kind: GenericKind, id: string): Reply {
  const records = recordsOf(tenant, kind);
  const record = find(tenant, records, id, kind === "microtenants" ? { all: true } : scope);
  refuseManaged(record);
  const keys = [...tenant.keys.values()].filter((key) => key.zcomponentId === id);
  const users = [...keys, ...machinesIn(tenant, kind, id), ...serverGroupsOf(record)].map((user) => user.id);
  if (users.length > 0) throw groupInUse(id, users);
  records.delete(id);
  return { status: 204 };
}

function genericAnswer(tenant: Tenant, kind: GenericKind, record: GenericRecord): Wire {
  return {
    ...groupFields(tenant, record),
    id: record.id,
    modifiedTime: record.modifiedTime,
    creationTime: record.creationTime,
    modifiedBy: record.modifiedBy,
    name: record.name,
    description: record.description,
    enabled: record.enabled,
    ...(kind === "microtenants" ? {} : microtenantFields(tenant, record)),
  };
}

/** The machines of a group. */
function machinesIn(tenant: Tenant, kind: GenericKind, id: string): MachineRecord[] {
  if (kind === "microtenants") return [];
  const machines = tenant.machinesOf(kind === "appConnectorGroup" ? "CONNECTOR_GRP" : "SERVICE_EDGE_GRP");
  return [...machines.values()].filter((machine) => machine.groupId === id);
}

const serverFields = ["id", "name", "description", "enabled", "creationTime", "modifiedTime", "modifiedBy"];
serverFields.push(...readOnlyFields);

function writable(body: Body): Pick<GenericRecord, "description" | "enabled" | "fields"> {
  const fields = Object.entries(body).filter(
    ([field, value]) =>
      !serverFields.includes(field) && !field.startsWith("microtenant") && value !== null && value !== "",
  );
  return {
    description: text(body, "description"),
    enabled: body["enabled"] !== false,
    fields: Object.fromEntries(fields),
  };
}
