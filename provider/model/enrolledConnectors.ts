// The fields of the resource that waits for machines to enroll, and what else a program sees of it.

import { associationTypes } from "./associationTypes";
import type { FieldTable } from "./fields";

/** Minutes to wait where the program does not say. */
export const defaultMinutes = 15;

export const enrolledConnectorsFields: FieldTable = [
  {
    name: "associationType",
    kind: "choice",
    choices: associationTypes,
    required: true,
    note: '"CONNECTOR_GRP" for App Connectors or "SERVICE_EDGE_GRP" for Private Service Edges',
  },
  { name: "provisioningKeyId", kind: "id", required: true, note: "Id of the key that the machines enroll with" },
  { name: "groupId", kind: "id", note: "Count only machines of this group; default: any" },
  { name: "atLeast", kind: "count", required: true, note: "How many machines must be connected" },
  {
    name: "withinMinutes",
    kind: "minutes",
    fallback: defaultMinutes,
    note: `Minutes to wait, up to a day; default ${defaultMinutes}`,
  },
  { name: "triggers", kind: "keepers", note: "Map of strings; a change waits once more" },
  { name: "microtenantId", kind: "id", note: "Microtenant of the key and the machines; default: that of the settings" },
];

/** Outputs beside the arguments. */
export const enrolledConnectorsOutputs = ["connected", "connectedNames"] as const;
