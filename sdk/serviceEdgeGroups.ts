// https://help.zscaler.com/zpa/configuring-zpa-private-service-edge-groups-using-api

import { z } from "zod";
import { LookUps } from "./lookUps";
import type { Transport } from "./transport";
import { maybe, wireId, wireText } from "./wire";

export const serviceEdgeGroupSchema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  enabled: maybe(z.boolean()),
  microtenantId: maybe(wireId),
});
export type ServiceEdgeGroup = z.output<typeof serviceEdgeGroupSchema>;

export class ServiceEdgeGroups extends LookUps<ServiceEdgeGroup> {
  constructor(transport: Transport) {
    const names = { singular: "Service Edge Group", plural: "Service Edge Groups" };
    super(transport, { version: "v1", path: ["serviceEdgeGroup"], ...names }, serviceEdgeGroupSchema);
  }
}
