import { missingParams, notFound } from "./errors";
import { escapeTexts, withRaw } from "./htmlEscape";
import type { Wire } from "./htmlEscape";
import type { Reply } from "./http";
import { text } from "./http";
import { page } from "./paging";
import type { AssociationType, MachineRecord } from "./records";
import type { Call } from "./routes";
import { find, inScope, microtenantFields } from "./scope";
import type { Tenant } from "./tenant";

export function listMachines({ tenant, scope, query }: Call, type: AssociationType): Reply {
  const machines = [...tenant.machinesOf(type).values()].filter((machine) => inScope(machine, scope));
  return page(
    machines.map((machine) => answer(tenant, type, machine)),
    query,
    tenant.settings,
  );
}

export function getMachine({ tenant, scope }: Call, type: AssociationType, id: string): Reply {
  const machine = find(tenant, tenant.machinesOf(type), id, scope);
  return { status: 200, body: escapeTexts(answer(tenant, type, machine), tenant.settings) };
}

export function updateMachine({ tenant, scope, body }: Call, type: AssociationType, id: string): Reply {
  const machine = find(tenant, tenant.machinesOf(type), id, scope);
  const keeps = !tenant.settings.putDropsAbsentFields;
  machine.name = text(body, "name") ?? machine.name;
  machine.description = text(body, "description") ?? (keeps ? machine.description : undefined);
  machine.enabled = typeof body["enabled"] === "boolean" ? body["enabled"] : keeps && machine.enabled;
  machine.modifiedTime = tenant.laterThan(machine.creationTime);
  return { status: 204 };
}

export function deleteMachine({ tenant, scope }: Call, type: AssociationType, id: string): Reply {
  find(tenant, tenant.machinesOf(type), id, scope);
  tenant.machinesOf(type).delete(id);
  return { status: 204 };
}

/** Deletes all machines of these ids, or none. */
export function deleteMachines({ tenant, scope, body }: Call, type: AssociationType): Reply {
  const { ids } = body;
  if (!Array.isArray(ids) || ids.length === 0) throw missingParams(["ids"]);
  const machines = tenant.machinesOf(type);
  const known = ids.map(String).filter((id) => machines.has(id) && inScope(machines.get(id)!, scope));
  const { bulkDeleteUnknownIds, notFoundStatus } = tenant.settings;
  const unknown = ids.map(String).filter((id) => !known.includes(id));
  if (unknown.length > 0 && bulkDeleteUnknownIds === "refuse") throw notFound(notFoundStatus, unknown);
  for (const id of known) machines.delete(id);
  return { status: 204 };
}

function answer(tenant: Tenant, type: AssociationType, machine: MachineRecord): Wire {
  const group = type === "CONNECTOR_GRP" ? "appConnectorGroup" : "serviceEdgeGroup";
  const { groupId, lastBrokerConnectTime, lastBrokerDisconnectTime } = machine;
  const usual: Wire = {
    id: machine.id,
    modifiedTime: machine.modifiedTime,
    creationTime: machine.creationTime,
    modifiedBy: machine.modifiedBy,
    name: machine.name,
    description: machine.description,
    enabled: machine.enabled,
    [`${group}Id`]: groupId,
    [`${group}Name`]: tenant.groupsOf(type).get(groupId)?.name,
    provisioningKeyId: machine.provisioningKeyId,
    provisioningKeyName: machine.provisioningKeyName,
    controlChannelStatus: machine.controlChannelStatus,
    lastBrokerConnectTime,
    lastBrokerDisconnectTime,
    currentVersion: machine.currentVersion,
    expectedVersion: machine.currentVersion,
    upgradeStatus: "COMPLETE",
    platform: "el9",
    privateIp: machine.privateIp,
    ...microtenantFields(tenant, machine),
  };
  return withRaw(usual, machine.raw);
}
