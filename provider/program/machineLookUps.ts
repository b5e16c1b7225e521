// Look-ups of the machines that have enrolled: all that fit, with what ZPA knows of each.

import type * as pulumi from "@pulumi/pulumi";
import type { EnrolledMachine, EnrolledMachines, ZpaClient } from "../../sdk";
import { type KnownArgs, lookUp } from "./lookUp";
import type { LookUpOptions, LookUpOutputOptions } from "./lookUpArgs";

/** Which machines to look for; without any of these, all. */
export interface MachineLookUpArgs {
  /** Id of the App Connector Group or Service Edge Group that they belong to. */
  groupId?: string | undefined;
  /** Id of the provisioning key that they have enrolled with. */
  provisioningKeyId?: string | undefined;
  /** Whether their control connection stands. */
  connected?: boolean | undefined;
  /** Microtenant to look in; `0` is Default. Default: that of the settings, else all. */
  microtenantId?: string | undefined;
}

/** The same with values that may not be known yet. */
export type MachineLookUpOutputArgs = { [K in keyof MachineLookUpArgs]: pulumi.Input<MachineLookUpArgs[K]> };

/** An App Connector or a Private Service Edge. Times are seconds since 1970. */
export interface MachineResult {
  /** ZPA's id. */
  id: string;
  /** Name: that of its key and a number, unless others have changed it. */
  name: string;
  /** Free text. */
  description: string | undefined;
  /** Whether it takes connections of users. */
  enabled: boolean;
  /** Id of its group. */
  groupId: string | undefined;
  /** Name of its group. */
  groupName: string | undefined;
  /** Id of the key that it has enrolled with. */
  provisioningKeyId: string | undefined;
  /** Name of the key that it has enrolled with. */
  provisioningKeyName: string | undefined;
  /** Whether its control connection stands. */
  connected: boolean;
  /** ZPA's word for the state of its control connection, such as `ZPN_STATUS_AUTHENTICATED`. */
  controlChannelStatus: string | undefined;
  /** When it last connected. */
  lastBrokerConnectTime: string | undefined;
  /** When its connection last ended. */
  lastBrokerDisconnectTime: string | undefined;
  /** Version of its software. */
  currentVersion: string | undefined;
  /** Its address in its own network. */
  privateIp: string | undefined;
  /** The address that ZPA sees. */
  publicIp: string | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
}

/** The machines that fit. */
export interface MachinesResult {
  /** One entry a machine, in ZPA's order; empty where none fits. */
  machines: MachineResult[];
}

function result(machine: EnrolledMachine): MachineResult {
  const { id, name, description, enabled, groupId, groupName, provisioningKeyId, provisioningKeyName } = machine;
  const { controlChannelStatus, lastBrokerConnectTime, lastBrokerDisconnectTime } = machine;
  const { currentVersion, privateIp, publicIp, microtenantId, isConnected } = machine;
  return {
    ...{ id, name, description, enabled: enabled ?? true, groupId, groupName, provisioningKeyId, provisioningKeyName },
    ...{ connected: isConnected, controlChannelStatus, lastBrokerConnectTime, lastBrokerDisconnectTime },
    ...{ currentVersion, privateIp, publicIp, microtenantId },
  };
}

type Filter = Omit<MachineLookUpArgs, "microtenantId">;

function machines(functionName: string, apiOf: (client: ZpaClient) => EnrolledMachines) {
  return lookUp<MachineLookUpArgs | undefined, MachineLookUpOutputArgs | undefined, MachinesResult, KnownArgs & Filter>(
    {
      functionName,
      finds: "all",
      args: { groupId: "id", provisioningKeyId: "id", connected: "flag" },
      find: async (client, { microtenantId, ...filter }) => {
        const found = await apiOf(client).matching(filter, { microtenantId });
        return { machines: found.map(result) };
      },
    },
  );
}

const connectors = machines("getAppConnectors", (client) => client.appConnectors);
const edges = machines("getServiceEdges", (client) => client.serviceEdges);

/**
 * The App Connectors of a group or key, or all of them; none is no error.
 *
 * @example
 * const { machines } = await zpa.getAppConnectors({ connected: false });
 * if (machines.length > 0) await pulumi.log.warn(`${machines.length} App Connectors are not connected`);
 */
export const getAppConnectors: (args?: MachineLookUpArgs, options?: LookUpOptions) => Promise<MachinesResult> =
  connectors.plain;
/**
 * {@link getAppConnectors} for values that may not be known yet.
 *
 * @example
 * export const connected = zpa.getAppConnectorsOutput({ provisioningKeyId: key.id, connected: true }).machines.length;
 */
export const getAppConnectorsOutput: (
  args?: MachineLookUpOutputArgs,
  options?: LookUpOutputOptions,
) => pulumi.Output<MachinesResult> = connectors.output;

/**
 * The Private Service Edges of a group or key, or all of them; none is no error.
 *
 * @example
 * const { machines } = await zpa.getServiceEdges({ connected: true });
 */
export const getServiceEdges: (args?: MachineLookUpArgs, options?: LookUpOptions) => Promise<MachinesResult> =
  edges.plain;
/**
 * {@link getServiceEdges} for values that may not be known yet.
 *
 * @example
 * export const versions = zpa
 *   .getServiceEdgesOutput({ groupId: group.id })
 *   .apply(({ machines }) => machines.map(({ name, currentVersion }) => `${name} ${currentVersion}`));
 */
export const getServiceEdgesOutput: (
  args?: MachineLookUpOutputArgs,
  options?: LookUpOutputOptions,
) => pulumi.Output<MachinesResult> = edges.output;
