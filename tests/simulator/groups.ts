// What the API knows of App Connector Groups and Service Edge Groups beyond what every generic object has.

import { invalidParam, managedByZscaler, noSuchReference } from "./errors";
import type { Body } from "./http";
import { text } from "./http";
import type { GenericRecord } from "./records";
import type { Tenant } from "./tenant";

/** The version profiles that Zscaler gives to every tenant. */
export const builtInVersionProfiles = ["Default", "Previous Default", "New Release"];

/** Fields that a PUT keeps when it leaves them out. */
export const mandatoryFields = ["latitude", "longitude", "location"];
/** Fields that only the API writes. */
export const readOnlyFields = ["readOnly", "zscalerManaged", "restrictionType", "versionProfileName"];
readOnlyFields.push("connectors", "serviceEdges", "serverGroups", "geoLocationId", "nameWithoutTrim");

const quickAck = ["tcpQuickAckApp", "tcpQuickAckAssistant", "tcpQuickAckReadAssistant"];
const mostDegrees = { latitude: 90, longitude: 180 };

/** @throws Refusal for values that the API does not take */
export function checkGroup(tenant: Tenant, body: Body): void {
  for (const [field, most] of Object.entries(mostDegrees)) {
    const value = text(body, field);
    if (value !== undefined && !(Math.abs(Number(value)) <= most)) {
      throw invalidParam(field, `${field} is not within -${most} and ${most}.`);
    }
  }
  if (new Set(quickAck.map((flag) => body[flag] === true)).size > 1) {
    throw invalidParam("tcpQuickAckApp", "The values of the tcpQuickAck flags must be the same.");
  }
  const profile = text(body, "versionProfileId");
  if (profile !== undefined && !tenant.versionProfiles.has(profile)) throw noSuchReference("versionProfileId");
  const networks = body["trustedNetworks"];
  const isNetwork = (one: unknown) => typeof (one as { id?: unknown } | null)?.id === "string";
  if (networks != null && !(Array.isArray(networks) && networks.every(isNetwork))) {
    throw invalidParam("trustedNetworks", "trustedNetworks is not an array of objects with an id.");
  }
}

/** @throws Refusal for a group that belongs to Zscaler */
export function refuseManaged({ id, fields }: GenericRecord): void {
  if (fields["readOnly"] === true || fields["zscalerManaged"] === true) throw managedByZscaler(id);
}

/** The server groups that a group lists: it is not deleted while it has any. */
export function serverGroupsOf({ fields }: GenericRecord): { id: string }[] {
  const groups = fields["serverGroups"];
  return Array.isArray(groups) ? (groups as { id: string }[]) : [];
}

/** The fields of a group as they are answered. */
export function groupFields(tenant: Tenant, { fields }: GenericRecord): Record<string, unknown> {
  const profile = tenant.versionProfiles.get(String(fields["versionProfileId"]));
  return profile === undefined ? fields : { ...fields, versionProfileName: profile.name };
}
