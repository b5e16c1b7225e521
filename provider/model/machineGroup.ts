// The fields that App Connector Groups and Service Edge Groups share.

import type { UpgradeDay } from "../../sdk";
import { defaultMicrotenant, type Field, type FieldTable, type Values } from "./fields";

const days = [
  ...["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"],
] as const satisfies readonly UpgradeDay[];

/** A text that ZPA may fill in by itself. */
export function filledIn(name: string, note: string, more: Partial<Field> = {}): Field {
  return { name, kind: "text", computed: true, notAlwaysEchoed: true, note, ...more };
}

/**
 * The table of one kind of groups.
 *
 * @param machines - what the group is of, as in `App Connectors`
 * @param own - what only this kind has
 */
export function machineGroupFields(machines: string, own: FieldTable): FieldTable {
  return [
    { name: "name", kind: "text", note: "Name of the group; default: generated from the logical name" },
    { name: "description", kind: "text", maxLength: 1024, fallback: "", note: "Free text" },
    { name: "enabled", kind: "flag", fallback: true, note: "Whether the group is in use; default true" },
    { name: "latitude", kind: "decimal", range: [-90, 90], required: true, note: "Degrees north, from -90 to 90" },
    { name: "longitude", kind: "decimal", range: [-180, 180], required: true, note: "Degrees east, from -180 to 180" },
    { name: "location", kind: "text", required: true, note: "Name of the place, as in `Frankfurt, Germany`" },
    filledIn("cityCountry", "City and country, as in `Frankfurt, DE`; default: ZPA's own"),
    filledIn("countryCode", "Country, two capital letters, as in `DE`; default: ZPA's own", {
      format: { pattern: /^[A-Z]{2}$/, says: 'must be two capital letters of ISO 3166, such as "DE"' },
    }),
    {
      name: "upgradeDay",
      kind: "choice",
      choices: days,
      fallback: "SUNDAY",
      note: `Day on which its ${machines} update their software, as in \`MONDAY\`; default \`SUNDAY\``,
    },
    {
      name: "upgradeTimeInSecs",
      kind: "integer",
      range: [0, 86_399],
      fallback: 66_600,
      note: "When they do, in seconds after midnight, in steps of 15 minutes; default 66600",
    },
    {
      name: "overrideVersionProfile",
      kind: "flag",
      fallback: false,
      note: "Whether the version profile is the group's own instead of the tenant's; default false",
    },
    { name: "versionProfileId", kind: "id", fallback: "0", note: "Id of its version profile; default `0`, Default" },
    filledIn("versionProfileName", "Its name instead of its id, as in `New Release`; looked up once a run"),
    { name: "useInDrMode", kind: "flag", fallback: false, note: "Whether it is for disaster recovery; default false" },
    ...own,
    filledIn("siteId", "Id of the site that it belongs to", { kind: "id" }),
    filledIn("enrollmentCertId", "Id of the certificate for machines that enroll without a key", { kind: "id" }),
    {
      name: "microtenantId",
      kind: "id",
      fallback: defaultMicrotenant,
      replaces: true,
      computed: true,
      notAlwaysEchoed: true,
      note: "Id of the microtenant; `0` is Default; default: that of the settings",
    },
    {
      name: "forceDestroy",
      kind: "flag",
      local: true,
      note: `Whether a deletion also deletes its disconnected ${machines}, as of the last up; default false`,
    },
    {
      name: "keepers",
      kind: "keepers",
      local: true,
      replaces: true,
      note: "Map of strings; a change replaces the group",
    },
    {
      name: "adopt",
      kind: "id",
      local: true,
      onlyAtCreate: true,
      note: "Id of an existing group to take over at creation",
    },
  ];
}

/** Outputs beside the arguments. */
export const machineGroupOutputs = ["readOnly", "zscalerManaged", "creationTime"] as const;

/** What describes a group: one that overrides the profile needs its id, which also says its name; the rest is optional. */
export function needInGroup(outputs: Values, name: string): "required" | "optional" | "none" {
  if (name === "versionProfileName") return "none";
  if (name === "versionProfileId") return outputs["overrideVersionProfile"] === true ? "required" : "none";
  const isDistance = name === "graceDistanceValue" || name === "graceDistanceValueUnit";
  return isDistance && outputs["graceDistanceEnabled"] !== true ? "none" : "optional";
}
