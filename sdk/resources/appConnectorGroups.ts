// https://help.zscaler.com/zpa/configuring-app-connector-groups-using-api
// The answer to a GET by id may have a wrong lssAppConnectorGroup; the list has the right one (terraform-provider-zpa #590).

import { z } from "zod";
import { groupWireBody, type MachineGroup, type MachineGroupBody, MachineGroups } from "./groups";
import { groupSchema } from "./groupSchema";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, plainText, readerOf, wireFlag } from "./wireTypes";

/** What App Connectors can ask name servers for. */
export const dnsQueryTypes = ["IPV4_IPV6", "IPV4", "IPV6"] as const;
/** One of {@link dnsQueryTypes}. */
export type DnsQueryType = (typeof dnsQueryTypes)[number];

/** A group of App Connectors as ZPA returns it, including fields that are not listed here, such as `connectors`. */
export interface AppConnectorGroup extends MachineGroup {
  /** What its connectors ask name servers for, such as `IPV4_IPV6`. */
  dnsQueryType: string | undefined;
  /** Whether TCP Quick Acknowledgement is on between connectors and applications. */
  tcpQuickAckApp: boolean | undefined;
  /** Whether it is on between connectors and clients. */
  tcpQuickAckAssistant: boolean | undefined;
  /** Whether it is on for what connectors read. */
  tcpQuickAckReadAssistant: boolean | undefined;
  /** Whether the group is for the Log Streaming Service. `get` may return it wrong, `list` and `find` do not. */
  lssAppConnectorGroup: boolean | undefined;
  /** Whether the group is for Privileged Remote Access. */
  praEnabled: boolean | undefined;
  /** Whether AppProtection is off. */
  wafDisabled: boolean | undefined;
  /** What is known of the data centre. */
  dcHostingInfo: string | undefined;
}

const schema = z.looseObject({
  ...groupSchema,
  dnsQueryType: maybe(plainText),
  tcpQuickAckApp: maybe(wireFlag),
  tcpQuickAckAssistant: maybe(wireFlag),
  tcpQuickAckReadAssistant: maybe(wireFlag),
  lssAppConnectorGroup: maybe(wireFlag),
  praEnabled: maybe(wireFlag),
  wafDisabled: maybe(wireFlag),
  dcHostingInfo: maybe(plainText),
});
const reader: Reader<Same<AppConnectorGroup, z.output<typeof schema>>> = readerOf(schema);

/** The fields that can be written. ZPA demands that the three `tcpQuickAck…` have one value. */
export interface AppConnectorGroupBody extends MachineGroupBody {
  /** What its connectors ask name servers for. */
  dnsQueryType?: DnsQueryType | undefined;
  /** Whether TCP Quick Acknowledgement is on between connectors and applications. */
  tcpQuickAckApp?: boolean | undefined;
  /** Whether it is on between connectors and clients. */
  tcpQuickAckAssistant?: boolean | undefined;
  /** Whether it is on for what connectors read. */
  tcpQuickAckReadAssistant?: boolean | undefined;
  /** Whether the group is for the Log Streaming Service. */
  lssAppConnectorGroup?: boolean | undefined;
  /** Whether the group is for Privileged Remote Access. */
  praEnabled?: boolean | undefined;
  /** Whether AppProtection is off. */
  wafDisabled?: boolean | undefined;
  /** What is known of the data centre; at most 64 characters. */
  dcHostingInfo?: string | undefined;
}

function wireBody(body: AppConnectorGroupBody) {
  const { dnsQueryType, tcpQuickAckApp, tcpQuickAckAssistant, tcpQuickAckReadAssistant } = body;
  const { lssAppConnectorGroup, praEnabled, wafDisabled, dcHostingInfo } = body;
  const quickAck = { tcpQuickAckApp, tcpQuickAckAssistant, tcpQuickAckReadAssistant };
  const uses = { lssAppConnectorGroup, praEnabled, wafDisabled };
  return { ...groupWireBody(body), dnsQueryType, ...quickAck, ...uses, dcHostingInfo };
}

/**
 * App Connector Groups, which keys of type CONNECTOR_GRP belong to.
 *
 * @example
 * const group = await zpa.appConnectorGroups.find("Frankfurt");
 */
export class AppConnectorGroups extends MachineGroups<AppConnectorGroup, AppConnectorGroupBody> {
  constructor(sender: Sender) {
    const names = { singular: "App Connector Group", plural: "App Connector Groups" };
    super(sender, { path: "appConnectorGroup", ...names, reader, wireBody });
  }
}
