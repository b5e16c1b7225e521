// What may be concluded of machines before something goes that they need.

import type { AssociationType, EnrolledMachine, EnrolledMachines, WholeList, ZpaClient } from "../../sdk";
import { retiredName } from "./retired";

/** The machines of one type; of those that cannot be read nobody knows their group, their key or their connection. */
export type Machines = WholeList<EnrolledMachine>;

/** The machines that have enrolled with keys of this type. */
export function machinesOf(client: ZpaClient, type: AssociationType): EnrolledMachines {
  return type === "CONNECTOR_GRP" ? client.appConnectors : client.serviceEdges;
}

/** The status of a machine that has no connection; others, which nobody documents, may be on the way to one. */
const disconnected = "ZPN_STATUS_DISCONNECTED";

/** Whether a machine is connected, or ZPA tells neither that it is not nor when its connection ended. */
export function mayBeConnected(machine: EnrolledMachine): boolean {
  const { isConnected, controlChannelStatus } = machine;
  return isConnected || (controlChannelStatus !== disconnected && connectionEnd(machine) === undefined);
}

/**
 * Whether a machine has enrolled with this key. Without the key's id its name tells, that of before or after it was retired; one
 * without both has enrolled without a key.
 */
export function hasEnrolledWith(machine: EnrolledMachine, { id, name }: { id: string; name: string }): boolean {
  const { provisioningKeyId, provisioningKeyName } = machine;
  if (provisioningKeyId) return provisioningKeyId === id;
  // loaded when it is needed, as all of the client
  const { sameName } = require("../../sdk/text") as typeof import("../../sdk/text");
  return Boolean(provisioningKeyName) && sameName(retiredName(name, id), retiredName(provisioningKeyName!, id));
}

/** The end of the times that JavaScript knows, in seconds since 1970. */
const endOfTime = 8.64e12;

/** When a connection last began or ended, in seconds since 1970; undefined where the machine never had one. */
export function lastContactOf({
  lastBrokerConnectTime,
  lastBrokerDisconnectTime,
}: EnrolledMachine): number | undefined {
  const times = [lastBrokerConnectTime, lastBrokerDisconnectTime].map(Number);
  const known = times.filter((time) => time > 0 && time <= endOfTime);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** When the last connection of a machine ended, in seconds since 1970; undefined where ZPA does not tell. */
export function connectionEnd(machine: EnrolledMachine): number | undefined {
  const { lastBrokerConnectTime, lastBrokerDisconnectTime } = machine;
  const [began, ended] = [Number(lastBrokerConnectTime ?? 0), Number(lastBrokerDisconnectTime ?? 0)];
  return ended > 0 && ended >= began ? ended : undefined;
}
