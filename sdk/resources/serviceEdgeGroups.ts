// https://help.zscaler.com/zpa/configuring-zpa-private-service-edge-groups-using-api

import { z } from "zod";
import { LookUps } from "./lookUps";
import type { Transport } from "../request/transport";
import { maybe, wireFlag, wireId, wireText } from "./wireTypes";

export const serviceEdgeGroupSchema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  enabled: maybe(wireFlag),
  microtenantId: maybe(wireId),
});

/** A group of Private Service Edges, as ZPA has it; fields that are not named here come along. */
export type ServiceEdgeGroup = z.output<typeof serviceEdgeGroupSchema>;

/** Service Edge Groups: what keys of the type SERVICE_EDGE_GRP belong to. */
export class ServiceEdgeGroups extends LookUps<ServiceEdgeGroup> {
  constructor(transport: Transport) {
    const names = { singular: "Service Edge Group", plural: "Service Edge Groups" };
    super(transport, { version: "v1", path: ["serviceEdgeGroup"], ...names }, serviceEdgeGroupSchema);
  }
}
