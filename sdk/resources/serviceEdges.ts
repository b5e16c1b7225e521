// https://help.zscaler.com/zpa/configuring-zpa-private-service-edges-using-api

import { EnrolledMachines } from "./enrolledMachines";
import type { Sender } from "../request/apiRequest";

/**
 * Private Service Edges: the machines that have enrolled with keys of type SERVICE_EDGE_GRP.
 *
 * @example
 * const edges = await zpa.serviceEdges.matching({ groupId: group.id });
 */
export class ServiceEdges extends EnrolledMachines {
  constructor(sender: Sender) {
    super(sender, { path: "serviceEdge", singular: "Private Service Edge", plural: "Private Service Edges" });
  }
}
