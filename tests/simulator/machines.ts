import { randomInt } from "node:crypto";
import type { Tenant } from "./tenant";
import { store } from "./tenant";
import type { AssociationType, MachineRecord, ProvisioningKeyRecord } from "./records";

/** What a machine is. */
export type ComponentKind = "appConnector" | "serviceEdge";

/** Why a machine could not enroll; a real one is only told "http status(401)". */
export type EnrollmentRefusal =
  "unknownKey" | "disabled" | "exhausted" | "wrongComponent" | "wrongCertificate" | "tooManyMachines";

/** A machine was refused. */
export class EnrollmentError extends Error {
  /** @param refusal - why */
  constructor(readonly refusal: EnrollmentRefusal) {
    super(`Login request failed - http status(401): ${refusal}`);
    this.name = "EnrollmentError";
  }
}

/** How a machine enrolls. */
export interface EnrollmentOptions {
  /** What the machine is. Default: what the key is for. */
  componentKind?: ComponentKind | undefined;
  /** Whether its control connection stands afterwards. Default true. */
  connected?: boolean | undefined;
}

const connectedStatus = "ZPN_STATUS_AUTHENTICATED";
const disconnectedStatus = "ZPN_STATUS_DISCONNECTED";

/**
 * A machine enrolls with the text of a provisioning key; white space around the text is harmless.
 *
 * @returns the key, whose `usageCount` has grown by one, and the machine
 * @throws EnrollmentError
 */
export function enroll(
  tenant: Tenant,
  keyText: string,
  { componentKind, connected = true }: EnrollmentOptions = {},
): { key: ProvisioningKeyRecord; machine: MachineRecord } {
  const key = [...tenant.keys.values()].find((candidate) => candidate.provisioningKey === keyText.trim());
  if (!key) throw new EnrollmentError("unknownKey");
  const kind: ComponentKind = key.associationType === "CONNECTOR_GRP" ? "appConnector" : "serviceEdge";
  if (componentKind !== undefined && componentKind !== kind) throw new EnrollmentError("wrongComponent");
  if (!key.enabled) throw new EnrollmentError("disabled");
  if (kind === "serviceEdge" && key.wrongCertificate) throw new EnrollmentError("wrongCertificate");
  if (BigInt(key.usageCount) >= BigInt(key.maxUsage)) throw new EnrollmentError("exhausted");
  const machines = tenant.machinesOf(key.associationType);
  if (machines.size >= tenant.settings.limits.machines) throw new EnrollmentError("tooManyMachines");
  key.usageCount = String(BigInt(key.usageCount) + 1n);
  const machine = store(machines, {
    ...tenant.created(),
    id: tenant.bigId(),
    // as ZPA names them: the key's name and a number
    name: `${key.name}-${tenant.time()}${randomInt(100_000, 1_000_000)}`,
    microtenantId: key.microtenantId,
    groupId: key.zcomponentId,
    provisioningKeyId: key.id,
    provisioningKeyName: key.name,
    enabled: true,
    controlChannelStatus: disconnectedStatus,
    currentVersion: "25.100.2",
    privateIp: `10.0.${machines.size >> 8}.${(machines.size % 256) + 4}`,
  });
  if (connected) setConnected(tenant, machine.id, true);
  return { key, machine };
}

/** A machine gets its control connection, or has lost it some seconds ago. */
export function setConnected(tenant: Tenant, id: string, connected: boolean, secondsAgo = 0): MachineRecord {
  const machine = machineOf(tenant, id);
  const time = String(tenant.clock.epochSeconds() - secondsAgo);
  if (connected) return Object.assign(machine, { controlChannelStatus: connectedStatus, lastBrokerConnectTime: time });
  // it has not connected after that
  const { lastBrokerConnectTime: began = time } = machine;
  machine.lastBrokerConnectTime = Number(began) > Number(time) ? time : began;
  return Object.assign(machine, { controlChannelStatus: disconnectedStatus, lastBrokerDisconnectTime: time });
}

function machineOf(tenant: Tenant, id: string): MachineRecord {
  const types: readonly AssociationType[] = ["CONNECTOR_GRP", "SERVICE_EDGE_GRP"];
  const machines = types.map((type) => tenant.machinesOf(type));
  const machine = machines.map((records) => records.get(id)).find((record) => record !== undefined);
  if (machine) return machine;
  const ids = machines.flatMap((records) => [...records.keys()]);
  throw new Error(`No machine with the id ${id} has enrolled: there are ${ids.join(", ") || "none"}.`);
}
