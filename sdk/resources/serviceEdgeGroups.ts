// https://help.zscaler.com/zpa/configuring-zpa-private-service-edge-groups-using-api

import { z } from "zod";
import { LookUps } from "./lookUps";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, readerOf, wireFlag, wireId, wireText } from "./wireTypes";

/** A group of Private Service Edges as ZPA returns it, including fields that are not listed here. */
export interface ServiceEdgeGroup {
  /** ZPA's id. */
  id: string;
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** Free text. */
  description: string | undefined;
  /** Whether it is in use. */
  enabled: boolean | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
  [field: string]: unknown;
}

const schema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  enabled: maybe(wireFlag),
  microtenantId: maybe(wireId),
});
const reader: Reader<Same<ServiceEdgeGroup, z.output<typeof schema>>> = readerOf(schema);

/**
 * Service Edge Groups, which keys of type SERVICE_EDGE_GRP belong to. Read-only.
 *
 * @example
 * const group = await zpa.serviceEdgeGroups.find("Frankfurt");
 */
export class ServiceEdgeGroups extends LookUps<ServiceEdgeGroup> {
  constructor(sender: Sender) {
    const names = { singular: "Service Edge Group", plural: "Service Edge Groups" };
    super(sender, { version: "v1", path: ["serviceEdgeGroup"], ...names }, reader);
  }
}
