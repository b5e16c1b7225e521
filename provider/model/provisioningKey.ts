// The fields of a provisioning key, and what else a program sees of it.

import { defaultMicrotenant, type FieldTable } from "./fields";

export const provisioningKeyFields: FieldTable = [
  { name: "name", kind: "text", note: "Name of the key; made from the logical name when left out" },
  {
    name: "associationType",
    kind: "choice",
    choices: ["CONNECTOR_GRP", "SERVICE_EDGE_GRP"],
    required: true,
    replaces: true,
    notAlwaysEchoed: true,
    note: '"CONNECTOR_GRP" for App Connectors or "SERVICE_EDGE_GRP" for Private Service Edges',
  },
  {
    name: "zcomponentId",
    kind: "id",
    required: true,
    replaces: true,
    note: "Id of the App Connector Group or Service Edge Group that machines join",
  },
  { name: "maxUsage", kind: "count", required: true, note: "How many machines may enroll with the key" },
  {
    name: "enrollmentCertId",
    kind: "id",
    computed: true,
    notAlwaysEchoed: true,
    note: "Id of the signing certificate; default is the built-in one of the association type",
  },
  { name: "enabled", kind: "flag", fallback: true, note: "Whether machines may enroll with the key; default true" },
  {
    name: "exportable",
    kind: "flag",
    fallback: true,
    replaces: (old, now) => old === false && now === true,
    note: "Whether the text can be read again after creation; default true, and only true can be changed",
  },
  { name: "ipAcl", kind: "texts", fallback: [], unordered: true, note: "Addresses that may enroll; default any" },
  { name: "uiConfig", kind: "text", maxLength: 4096, fallback: "", note: "Free text of the Admin Portal" },
  {
    name: "microtenantId",
    kind: "id",
    fallback: defaultMicrotenant,
    replaces: true,
    computed: true,
    notAlwaysEchoed: true,
    note: "Microtenant; `0` is Default; default is that of the settings",
  },
  { name: "headroom", kind: "count", local: true, note: "Uses that must remain; raises `maxUsage` in place" },
  {
    name: "warnAtPercent",
    kind: "percent",
    local: true,
    note: "Warn when so many percent of the uses remain; default 10",
  },
  {
    name: "failWhenExhausted",
    kind: "flag",
    local: true,
    note: "Fail preview and up when no use is left, by the last refresh; default false",
  },
  { name: "keepers", kind: "keepers", local: true, replaces: true, note: "Any texts whose change makes a new key" },
  {
    name: "adopt",
    kind: "id",
    local: true,
    onlyAtCreate: true,
    note: "Id of a key that is there already, to be taken over; no effect afterwards",
  },
];

/** Outputs beside the arguments. */
export const provisioningKeyOutputs = [
  "provisioningKey",
  "usageCount",
  "remainingUses",
  "readOnly",
  "zscalerManaged",
  "creationTime",
] as const;
