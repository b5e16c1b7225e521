// The run-time contract: every stack's state refers to this path and to these names. Nothing here is ever renamed or
// removed.

import "./model/nodeVersion";

export { handler as provisioningKey } from "./process/provisioningKey";
export { handler as connectorSchedule } from "./process/connectorSchedule";
export { handler as enrolledConnectors } from "./process/enrolledConnectors";
export { handler as privilegedCredential } from "./process/privilegedCredential";
export { handler as appConnectorGroup } from "./process/appConnectorGroup";
export { handler as serviceEdgeGroup } from "./process/serviceEdgeGroup";
