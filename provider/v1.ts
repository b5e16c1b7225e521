// The run-time contract: every stack's state refers to this path and to these names. Nothing here is ever renamed or
// removed.

import "./model/nodeVersion";
import type * as pulumi from "@pulumi/pulumi";
import { handler as appConnectorGroups } from "./process/appConnectorGroup";
import { handler as connectorSchedules } from "./process/connectorSchedule";
import { handler as waits } from "./process/enrolledConnectors";
import { handler as credentials } from "./process/privilegedCredential";
import { handler as keys } from "./process/provisioningKey";
import { handler as serviceEdgeGroups } from "./process/serviceEdgeGroup";

type Handler = pulumi.dynamic.ResourceProvider;

// with types of their own, so that the package needs no declarations of what they are made of
export const provisioningKey: Handler = keys;
export const connectorSchedule: Handler = connectorSchedules;
export const enrolledConnectors: Handler = waits;
export const privilegedCredential: Handler = credentials;
export const appConnectorGroup: Handler = appConnectorGroups;
export const serviceEdgeGroup: Handler = serviceEdgeGroups;
