// https://help.zscaler.com/zpa/configuring-app-connector-groups-using-api

import { z } from "zod";
import { LookUps } from "./lookUps";
import type { Transport } from "./transport";
import { maybe, wireId, wireText } from "./wire";

export const appConnectorGroupSchema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  enabled: maybe(z.boolean()),
  microtenantId: maybe(wireId),
});
export type AppConnectorGroup = z.output<typeof appConnectorGroupSchema>;

export class AppConnectorGroups extends LookUps<AppConnectorGroup> {
  constructor(transport: Transport) {
    const names = { singular: "App Connector Group", plural: "App Connector Groups" };
    super(transport, { version: "v1", path: ["appConnectorGroup"], ...names }, appConnectorGroupSchema);
  }
}
