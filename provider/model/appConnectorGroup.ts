// The fields of an App Connector Group.

import type { DnsQueryType } from "../../sdk";
import type { Field, FieldTable } from "./fields";
import { filledIn, machineGroupFields } from "./machineGroup";

const together = "; the three `tcpQuickAck…` have one value; default false";

/** Names of the flags of which ZPA refuses one without the others. */
export const quickAckFields = ["tcpQuickAckApp", "tcpQuickAckAssistant", "tcpQuickAckReadAssistant"] as const;

/** A flag that only some tenants have: it stays as it is where the program says nothing. */
const optional = (name: string, note: string): Field => filledIn(name, note, { kind: "flag" });

export const appConnectorGroupFields: FieldTable = machineGroupFields("App Connectors", [
  {
    name: "dnsQueryType",
    kind: "choice",
    choices: ["IPV4_IPV6", "IPV4", "IPV6"] satisfies DnsQueryType[],
    fallback: "IPV4_IPV6",
    note: "What its connectors ask name servers for; default `IPV4_IPV6`",
  },
  {
    name: "tcpQuickAckApp",
    kind: "flag",
    fallback: false,
    note: `Whether TCP Quick Acknowledgement is on towards applications${together}`,
  },
  { name: "tcpQuickAckAssistant", kind: "flag", fallback: false, note: `The same towards clients${together}` },
  { name: "tcpQuickAckReadAssistant", kind: "flag", fallback: false, note: `The same for reads${together}` },
  {
    name: "lssAppConnectorGroup",
    kind: "flag",
    fallback: false,
    notAlwaysEchoed: true,
    note: "Whether it is for the Log Streaming Service; default false",
  },
  optional("praEnabled", "Whether it is for Privileged Remote Access"),
  optional("wafDisabled", "Whether AppProtection is off"),
  filledIn("dcHostingInfo", "What is known of its data centre", { maxLength: 64 }),
]);
