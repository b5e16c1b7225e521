// The fields of ZPA's clean-up of machines that stay disconnected.

import { associationTypes } from "./associationTypes";
import type { FieldTable } from "./fields";

export const connectorScheduleFields: FieldTable = [
  {
    name: "associationType",
    kind: "choice",
    choices: associationTypes,
    fallback: "CONNECTOR_GRP",
    replaces: true,
    note: 'Whose clean-up: "CONNECTOR_GRP", the default, for App Connectors, "SERVICE_EDGE_GRP" for Private Service Edges',
  },
  {
    name: "frequencyInterval",
    kind: "choice",
    // https://help.zscaler.com/zpa/configuring-app-connector-settings-using-api
    choices: [5, 7, 14, 30, 60, 90],
    required: true,
    note: "Days without a connection after which ZPA deletes a machine: 5, 7, 14, 30, 60 or 90",
  },
  { name: "enabled", kind: "flag", fallback: true, note: "Whether ZPA deletes machines at all; default true" },
  {
    name: "deleteDisabled",
    kind: "flag",
    fallback: false,
    note: "Whether it also deletes machines that are disabled; default false",
  },
];
