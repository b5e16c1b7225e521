// What the families of App Connectors and of Private Service Edges share: the machines that have enrolled.

import { z } from "zod";
import { type Scope, send } from "./collection";
import { LookUps } from "./lookUps";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, plainText, readerOf, wireFlag, wireId, wireMoment, wireText, wireTime } from "./wireTypes";

/**
 * An App Connector or a Private Service Edge as ZPA returns it, including fields that are not listed here. Times are
 * seconds since 1970.
 */
export interface EnrolledMachine {
  /** ZPA's id. */
  id: string;
  /** Name: that of its key and a number, unless others have changed it; its id where ZPA tells none. */
  name: string;
  /** Free text. */
  description: string | undefined;
  /** Whether it takes connections of users. */
  enabled: boolean | undefined;
  /** Id of the App Connector Group or Service Edge Group that it belongs to. */
  groupId: string | undefined;
  /** Name of that group. */
  groupName: string | undefined;
  /** Id of the key that it has enrolled with. */
  provisioningKeyId: string | undefined;
  /** Name of the key that it has enrolled with. */
  provisioningKeyName: string | undefined;
  /** `ZPN_STATUS_AUTHENTICATED` while its control connection stands; otherwise another word. */
  controlChannelStatus: string | undefined;
  /** Whether its control connection stands. */
  isConnected: boolean;
  /** When it last connected. */
  lastBrokerConnectTime: string | undefined;
  /** When its connection last ended. */
  lastBrokerDisconnectTime: string | undefined;
  /** Version of its software. */
  currentVersion: string | undefined;
  /** Version that ZPA will bring it to. */
  expectedVersion: string | undefined;
  /** Its address in its own network. */
  privateIp: string | undefined;
  /** The address that ZPA sees. */
  publicIp: string | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
  /** Name of its microtenant. */
  microtenantName: string | undefined;
  /** When it enrolled. */
  creationTime: string | undefined;
  /** When its settings were last changed; undefined if never. */
  modifiedTime: string | undefined;
  [field: string]: unknown;
}

/** Status of a machine whose control connection stands; every other one counts as not connected. */
const connected = "ZPN_STATUS_AUTHENTICATED";

const schema = z.looseObject({
  id: wireId,
  // a machine is not left out for its name
  name: maybe(wireText),
  description: maybe(wireText),
  enabled: maybe(wireFlag),
  appConnectorGroupId: maybe(wireId),
  appConnectorGroupName: maybe(wireText),
  serviceEdgeGroupId: maybe(wireId),
  serviceEdgeGroupName: maybe(wireText),
  provisioningKeyId: maybe(wireId),
  provisioningKeyName: maybe(wireText),
  controlChannelStatus: maybe(plainText),
  lastBrokerConnectTime: maybe(wireMoment),
  lastBrokerDisconnectTime: maybe(wireMoment),
  currentVersion: maybe(plainText),
  expectedVersion: maybe(plainText),
  privateIp: maybe(plainText),
  publicIp: maybe(plainText),
  microtenantId: maybe(wireId),
  microtenantName: maybe(wireText),
  creationTime: maybe(wireTime),
  modifiedTime: maybe(wireTime),
});
const machine = schema.transform(
  ({ appConnectorGroupId, appConnectorGroupName, serviceEdgeGroupId, serviceEdgeGroupName, ...row }) => ({
    ...row,
    name: row.name ?? row.id,
    groupId: appConnectorGroupId ?? serviceEdgeGroupId,
    groupName: appConnectorGroupName ?? serviceEdgeGroupName,
    isConnected: row.controlChannelStatus === connected,
  }),
);
const reader: Reader<Same<EnrolledMachine, z.output<typeof machine>>> = readerOf(machine);

/** Which machines to return; without any of these, all. */
export interface MachineFilter {
  /** Id of their group. */
  groupId?: string | undefined;
  /** Id of the key that they have enrolled with. */
  provisioningKeyId?: string | undefined;
  /** Whether their control connection stands. */
  connected?: boolean | undefined;
}

/** The fields that can be written. A machine as it was read has them all. */
export interface MachineBody {
  /** Name of the machine. */
  name: string;
  /** Free text. */
  description?: string | undefined;
  /** Whether it takes connections of users. A disabled machine keeps its control connection. */
  enabled?: boolean | undefined;
  /** Other settings of the machine, which an update that omits them may lose. */
  [field: string]: unknown;
}

const writable = ["name", "description", "enabled", "ipAcl", "latitude", "longitude", "location"];
/** Only Private Service Edges have these. */
writable.push("listenIps", "publishIps", "publishIpv6");

/** The most machines of one deletion; nobody documents how many ZPA takes, and a tenant has a hundred by default. */
const perRequest = 100;

/** Machines of one kind. They come by enrolling, so that none can be created here. */
export class EnrolledMachines extends LookUps<EnrolledMachine> {
  constructor(sender: Sender, { path, ...names }: { path: string; singular: string; plural: string }) {
    super(sender, { version: "v1", path: [path], ...names }, reader);
  }

  /**
   * The machines of a group, of a key, or with or without a connection. Reads the whole list: one GET per 500.
   *
   * @example
   * const old = await zpa.appConnectors.matching({ provisioningKeyId: key.id, connected: true });
   */
  async matching(filter: MachineFilter, scope: Scope = {}): Promise<EnrolledMachine[]> {
    const { groupId, provisioningKeyId, connected: wanted } = filter;
    const found: EnrolledMachine[] = [];
    for await (const one of this.list(scope)) {
      if (groupId !== undefined && one.groupId !== groupId) continue;
      if (provisioningKeyId !== undefined && one.provisioningKeyId !== provisioningKeyId) continue;
      if (wanted !== undefined && one.isConnected !== wanted) continue;
      found.push(one);
    }
    return found;
  }

  /**
   * Enables, disables, renames or describes a machine. One PUT. Fields that the body omits may be lost.
   *
   * @throws NotFoundError if it does not exist
   *
   * @example
   * const connector = await zpa.appConnectors.get(id);
   * await zpa.appConnectors.update(id, { ...connector, enabled: false });
   */
  async update(id: string, body: MachineBody, scope: Scope = {}): Promise<void> {
    const path = [...this.endpoint.path, { id }];
    const known = Object.fromEntries(writable.map((field) => [field, body[field]]));
    const operation = `updating ${this.endpoint.singular} ${id}`;
    await send(this.sender, scope, { method: "PUT", path, body: known, replay: "safe", operation });
  }

  /**
   * Deletes a machine: it loses its connection for good, and has to enroll again. One DELETE.
   *
   * @returns true if ZPA has confirmed it; false if it no longer finds the machine after the response to an earlier
   * attempt was lost
   * @throws NotFoundError if it does not exist
   */
  async delete(id: string, scope: Scope = {}): Promise<boolean> {
    const path = [...this.endpoint.path, { id }];
    const operation = `deleting ${this.endpoint.singular} ${id}`;
    const { isPresumed } = await send(this.sender, scope, { method: "DELETE", path, replay: "safe", operation });
    return isPresumed !== true;
  }

  /**
   * Deletes several machines. One POST for each hundred, which is never repeated once it may have been applied; none
   * without ids.
   *
   * @throws NotFoundError if one does not exist; ZPA may then have deleted none of its hundred
   * @throws AmbiguousOutcomeError, or another error with `mayHaveHappened`, if they may be deleted nevertheless
   */
  async deleteAll(ids: readonly string[], scope: Scope = {}): Promise<void> {
    const path = [...this.endpoint.path, "bulkDelete"];
    for (let from = 0; from < ids.length; from += perRequest) {
      const some = ids.slice(from, from + perRequest);
      const operation = `deleting ${some.length} ${this.endpoint.plural}`;
      await send(this.sender, scope, { method: "POST", path, body: { ids: some }, replay: "never", operation });
    }
  }
}
