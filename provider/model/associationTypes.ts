// The two kinds of machines that enroll with keys. Not the client's own constant: nothing of the client is loaded with the
// package.

import type { AssociationType } from "../../sdk";

/** What an association type may be. */
export const associationTypes = ["CONNECTOR_GRP", "SERVICE_EDGE_GRP"] as const satisfies readonly AssociationType[];

/** What the groups are called that keys belong to. */
export const groupKinds: Readonly<Record<AssociationType, string>> = {
  CONNECTOR_GRP: "App Connector Group",
  SERVICE_EDGE_GRP: "Service Edge Group",
};
