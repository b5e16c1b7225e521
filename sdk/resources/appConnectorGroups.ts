// https://help.zscaler.com/zpa/configuring-app-connector-groups-using-api

import { z } from "zod";
import { LookUps } from "./lookUps";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, readerOf, wireFlag, wireId, wireText } from "./wireTypes";

/** A group of App Connectors as ZPA returns it, including fields that are not listed here. */
export interface AppConnectorGroup {
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
const reader: Reader<Same<AppConnectorGroup, z.output<typeof schema>>> = readerOf(schema);

/**
 * App Connector Groups, which keys of type CONNECTOR_GRP belong to. Read-only.
 *
 * @example
 * const group = await zpa.appConnectorGroups.find("Frankfurt");
 */
export class AppConnectorGroups extends LookUps<AppConnectorGroup> {
  constructor(sender: Sender) {
    const names = { singular: "App Connector Group", plural: "App Connector Groups" };
    super(sender, { version: "v1", path: ["appConnectorGroup"], ...names }, reader);
  }
}
