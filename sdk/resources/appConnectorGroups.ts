// https://help.zscaler.com/zpa/configuring-app-connector-groups-using-api

import { z } from "zod";
import { LookUps } from "./lookUps";
import type { Transport } from "../request/transport";
import { maybe, wireFlag, wireId, wireText } from "./wireTypes";

export const appConnectorGroupSchema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  enabled: maybe(wireFlag),
  microtenantId: maybe(wireId),
});

/** A group of App Connectors, as ZPA has it; fields that are not named here come along. */
export type AppConnectorGroup = z.output<typeof appConnectorGroupSchema>;

/** App Connector Groups: what keys of the type CONNECTOR_GRP belong to. */
export class AppConnectorGroups extends LookUps<AppConnectorGroup> {
  constructor(transport: Transport) {
    const names = { singular: "App Connector Group", plural: "App Connector Groups" };
    super(transport, { version: "v1", path: ["appConnectorGroup"], ...names }, appConnectorGroupSchema);
  }
}
