// What may be concluded of machines before something goes that they need.

import type { EnrolledMachine, Page } from "../../sdk";

/** The machines of one type; of those that cannot be read nobody knows their group, their key or their connection. */
export type Machines = Pick<Page<EnrolledMachine>, "items" | "unreadable">;

/** Whether a machine is connected, or ZPA does not tell and its connection is the last thing that is known of it. */
export function mayBeConnected(machine: EnrolledMachine): boolean {
  const { isConnected, controlChannelStatus, lastBrokerConnectTime, lastBrokerDisconnectTime } = machine;
  if (controlChannelStatus !== undefined) return isConnected;
  return Number(lastBrokerConnectTime ?? 0) > Number(lastBrokerDisconnectTime ?? 0);
}
