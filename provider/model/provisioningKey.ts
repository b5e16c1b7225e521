// The fields of a provisioning key, and what else a program sees of it.

import { associationTypes } from "./associationTypes";
import { retireChoices } from "./retired";
import { defaultMicrotenant, type FieldTable } from "./fields";

export const provisioningKeyFields: FieldTable = [
  { name: "name", kind: "text", note: "Name of the key; default: generated from the logical name" },
  {
    name: "associationType",
    kind: "choice",
    choices: associationTypes,
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
    notAlwaysEchoed: true,
    note: "Id of the App Connector Group or Service Edge Group that machines join",
  },
  { name: "maxUsage", kind: "count", required: true, note: "How many machines may enroll with the key" },
  {
    name: "enrollmentCertId",
    kind: "id",
    computed: true,
    notAlwaysEchoed: true,
    note: "Id of the signing certificate; default: the built-in one of the association type",
  },
  { name: "enabled", kind: "flag", fallback: true, note: "Whether machines may enroll with the key; default true" },
  {
    name: "exportable",
    kind: "flag",
    fallback: true,
    replaces: (old, now) => old === false && now === true,
    note: "Whether the text can be read after creation; default true; false cannot be changed back",
  },
  { name: "ipAcl", kind: "texts", fallback: [], unordered: true, note: "IP addresses that may enroll; default: any" },
  { name: "uiConfig", kind: "text", maxLength: 4096, fallback: "", note: "Free text of the Admin Portal" },
  {
    name: "microtenantId",
    kind: "id",
    fallback: defaultMicrotenant,
    replaces: true,
    computed: true,
    notAlwaysEchoed: true,
    note: "Id of the microtenant; `0` is Default; default: that of the settings",
  },
  { name: "headroom", kind: "count", local: true, note: "Minimum of remaining uses; raises `maxUsage` in place" },
  {
    name: "warnAtPercent",
    kind: "integer",
    range: [0, 100],
    local: true,
    note: "Warn when at most this percentage of uses remains; default 10, none with `headroom`",
  },
  {
    name: "failWhenExhausted",
    kind: "flag",
    local: true,
    note: "Fail preview and up when no use is left, as of the last refresh; default false",
  },
  { name: "keepers", kind: "keepers", local: true, replaces: true, note: "Map of strings; a change replaces the key" },
  {
    name: "retire",
    kind: "choice",
    choices: retireChoices,
    fallback: "at-once",
    local: true,
    note: 'How the key is deleted: "at-once", the default, or "when-unused": disabled while connected machines have enrolled with it',
  },
  {
    name: "adopt",
    kind: "id",
    local: true,
    onlyAtCreate: true,
    note: "Id of an existing key to take over at creation",
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
