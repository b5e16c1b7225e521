import {
  duplicateName,
  invalidParam,
  limitExceeded,
  managedByZscaler,
  missingParams,
  noSuchReference,
  notFound,
} from "./errors";
import { escapeTexts, withRaw } from "./htmlEscape";
import type { Wire } from "./htmlEscape";
import type { Body, Reply } from "./http";
import { text } from "./http";
import { page } from "./paging";
import type { AssociationType, ProvisioningKeyRecord } from "./records";
import type { Call } from "./routes";
import { find, inScope, microtenantFields, nameTaken } from "./scope";
import type { Scope } from "./scope";
import type { Tenant } from "./tenant";
import { newKeyText, store } from "./tenant";

export function listKeys({ tenant, query, scope }: Call, associationType: AssociationType): Reply {
  const rows = keysOf(tenant, associationType)
    .filter((key) => inScope(key, scope))
    .map((key) => answer(tenant, key));
  return page(rows, query, tenant.settings);
}

/** All keys of a group: an array without pages. */
export function keysOfGroup({ tenant, scope }: Call, associationType: AssociationType, groupId: string): Reply {
  const keys = keysOf(tenant, associationType).filter((key) => inScope(key, scope) && key.zcomponentId === groupId);
  return { status: 200, body: keys.map((key) => escapeTexts(answer(tenant, key), tenant.settings)) };
}

export function getKey({ tenant, scope }: Call, associationType: AssociationType, id: string): Reply {
  const key = findKey(tenant, associationType, id, scope);
  return { status: 200, body: escapeTexts(answer(tenant, key), tenant.settings) };
}

export function createKey({ tenant, scope, body }: Call, associationType: AssociationType): Reply {
  const missing = ["name", "maxUsage", "enrollmentCertId", "zcomponentId"].filter((field) => !text(body, field));
  if (missing.length > 0) throw missingParams(missing);
  const { settings } = tenant;
  const siblings = keysOf(tenant, associationType);
  const key: ProvisioningKeyRecord = {
    ...optionalFields(body),
    ...tenant.created(),
    ...signedBy(tenant, body, text(body, "enrollmentCertId") ?? ""),
    id: tenant.smallId(),
    associationType,
    name: text(body, "name") ?? "",
    maxUsage: maxUsage(body) ?? "",
    usageCount: "0",
    zcomponentId: group(tenant, associationType, text(body, "zcomponentId") ?? "", scope),
    provisioningKey: newKeyText(),
    enabled: flag(body, "enabled") ?? true,
    exportable: flag(body, "exportable") ?? true,
    readOnly: false,
    zscalerManaged: false,
    microtenantId: scope.all ? undefined : scope.microtenantId,
  };
  if (settings.refuseDuplicateNames && nameTaken(siblings, key.name, scope)) throw duplicateName(key.name);
  if (siblings.length >= settings.limits.keys) throw limitExceeded("provisioning keys", settings.limits.keys);
  store(tenant.keys, key);
  // The answer to a create always has the key's text, and never the names of what it refers to.
  const created: Wire = { ...answer(tenant, key), provisioningKey: key.provisioningKey };
  for (const field of ["autoSign", "enrollmentCertName", "zcomponentName", "appConnectorGroupName"]) {
    delete created[field];
  }
  return { status: settings.createStatus, body: escapeTexts(created, settings) };
}

export function updateKey({ tenant, scope, body }: Call, associationType: AssociationType, id: string): Reply {
  const key = findKey(tenant, associationType, id, scope);
  if (key.readOnly || key.zscalerManaged) throw managedByZscaler(id);
  const { settings } = tenant;
  const name = text(body, "name") ?? key.name;
  if (settings.refuseDuplicateNames && nameTaken(keysOf(tenant, associationType), name, scope, id)) {
    throw duplicateName(name);
  }
  const zcomponentId = text(body, "zcomponentId") ?? key.zcomponentId;
  if (zcomponentId !== key.zcomponentId) throw invalidParam("zcomponentId", "The group of a key cannot be changed.");
  const limit = maxUsage(body) ?? key.maxUsage;
  if (BigInt(limit) < BigInt(key.usageCount)) throw invalidParam("maxUsage", "maxUsage is below usageCount.");
  const exportable = flag(body, "exportable") ?? true;
  if (exportable && !key.exportable) throw invalidParam("exportable", "exportable cannot become true again.");
  const certificateId = text(body, "enrollmentCertId");
  const signing = certificateId === undefined ? {} : signedBy(tenant, body, certificateId);
  const enabled = flag(body, "enabled") ?? (settings.putDropsAbsentFields ? true : key.enabled);
  const optional = settings.putDropsAbsentFields
    ? { ipAcl: undefined, uiConfig: undefined, ...optionalFields(body) }
    : optionalFields(body);
  Object.assign(key, signing, optional, { name, maxUsage: limit, exportable, enabled, modifiedTime: tenant.time() });
  return { status: 204 };
}

export function deleteKey({ tenant, scope }: Call, associationType: AssociationType, id: string): Reply {
  const key = findKey(tenant, associationType, id, scope);
  if (key.readOnly || key.zscalerManaged) throw managedByZscaler(id);
  tenant.keys.delete(id);
  return { status: 204 };
}

const keysOf = (tenant: Tenant, associationType: AssociationType): ProvisioningKeyRecord[] =>
  [...tenant.keys.values()].filter((key) => key.associationType === associationType);

function findKey(tenant: Tenant, associationType: AssociationType, id: string, scope: Scope): ProvisioningKeyRecord {
  const key = find(tenant, tenant.keys, id, scope);
  if (key.associationType !== associationType) throw notFound(tenant.settings.notFoundStatus, [id]);
  return key;
}

function answer(tenant: Tenant, key: ProvisioningKeyRecord): Wire {
  const groupName = tenant.groupsOf(key.associationType).get(key.zcomponentId)?.name;
  const usual: Wire = {
    id: key.id,
    modifiedTime: key.modifiedTime,
    creationTime: key.creationTime,
    modifiedBy: key.modifiedBy,
    name: key.name,
    usageCount: key.usageCount,
    maxUsage: key.maxUsage,
    autoSign: "1",
    zcomponentId: key.zcomponentId,
    enabled: key.enabled,
    exportable: key.exportable,
    enrollmentCertName: tenant.enrollmentCertificates.get(key.enrollmentCertId)?.name,
    zcomponentName: groupName,
    provisioningKey: key.exportable ? key.provisioningKey : undefined,
    enrollmentCertId: key.enrollmentCertId,
    appConnectorGroupName: key.associationType === "CONNECTOR_GRP" ? groupName : undefined,
    ipAcl: key.ipAcl,
    uiConfig: key.uiConfig,
    expirationInEpochSec: key.expirationInEpochSec,
    readOnly: key.readOnly,
    zscalerManaged: key.zscalerManaged,
    ...microtenantFields(tenant, key),
  };
  return withRaw(usual, key.raw);
}

function optionalFields(body: Body): Pick<ProvisioningKeyRecord, "ipAcl" | "uiConfig"> {
  const ipAcl = body["ipAcl"];
  const uiConfig = text(body, "uiConfig");
  if (ipAcl != null && !(Array.isArray(ipAcl) && ipAcl.every((entry) => typeof entry === "string"))) {
    throw invalidParam("ipAcl", "ipAcl is not a list of addresses.");
  }
  return {
    ...(ipAcl != null && ipAcl.length > 0 ? { ipAcl } : {}),
    ...(uiConfig === undefined ? {} : { uiConfig }),
  };
}

function maxUsage(body: Body): string | undefined {
  const value = text(body, "maxUsage");
  if (value !== undefined && !/^[1-9]\d{0,17}$/.test(value)) {
    throw invalidParam("maxUsage", "maxUsage is not a positive whole number.");
  }
  return value;
}

/** Flags are booleans; some clients send them as text. */
function flag(body: Body, field: string): boolean | undefined {
  const value = body[field];
  if (value == null || value === "") return undefined;
  if (value !== true && value !== false && value !== "true" && value !== "false") {
    throw invalidParam(field, `${field} is neither true nor false.`);
  }
  return String(value) === "true";
}

/** A key belongs to a group of its own microtenant or of the Default one. */
function group(tenant: Tenant, associationType: AssociationType, id: string, scope: Scope): string {
  const found = tenant.groupsOf(associationType).get(id);
  if (!found || (found.microtenantId !== undefined && !inScope(found, scope))) throw noSuchReference("zcomponentId");
  return id;
}

function signedBy(
  tenant: Tenant,
  body: Body,
  id: string,
): Pick<ProvisioningKeyRecord, "enrollmentCertId" | "wrongCertificate"> {
  const certificate = tenant.enrollmentCertificates.get(id);
  if (!certificate) throw noSuchReference("enrollmentCertId");
  if (!certificate.privateKeyPresent) {
    throw invalidParam("enrollmentCertId", "The enrollment certificate has no private key and cannot sign keys.");
  }
  if (text(body, "signingCertId") === undefined) return { enrollmentCertId: id, wrongCertificate: false };
  // As seen on live tenants: signingCertId beside enrollmentCertId silently selects another certificate.
  const client = tenant.builtInCertificate("Client");
  return { enrollmentCertId: id === client ? tenant.builtInCertificate("Connector") : client, wrongCertificate: true };
}
