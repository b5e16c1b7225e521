import { invalidParam, missingParams, notFound, scheduleDisabled, scheduleExists } from "./errors";
import type { Body, Reply } from "./http";
import { text } from "./http";
import type { ScheduleRecord } from "./records";
import type { Call } from "./routes";
import type { Tenant } from "./tenant";

export type ScheduleKind = "connectorSchedule" | "serviceEdgeSchedule";

/** Days without a connection after which ZPA can delete a machine. */
const intervals = ["5", "7", "14", "30", "60", "90"];

export function getSchedule({ tenant }: Call, kind: ScheduleKind): Reply {
  return { status: 200, body: answer(tenant, existing(tenant, kind)) };
}

export function createSchedule({ tenant, body }: Call, kind: ScheduleKind): Reply {
  const schedule = tenant[kind];
  if (schedule !== undefined) throw scheduleExists(schedule.id);
  const created = { id: tenant.smallId(), ...written(body) };
  tenant[kind] = created;
  return { status: tenant.settings.createStatus, body: answer(tenant, created) };
}

export function updateSchedule({ tenant, body }: Call, kind: ScheduleKind, id: string): Reply {
  const schedule = existing(tenant, kind);
  if (schedule.id !== id) throw notFound(tenant.settings.notFoundStatus, [id]);
  const next = written(body);
  const staysDisabled = !schedule.enabled && !next.enabled;
  if (staysDisabled && tenant.settings.disabledScheduleUpdates === "refuse") throw scheduleDisabled(id);
  tenant[kind] = { id, ...next };
  return { status: 204 };
}

/** @throws resource.not.found where it was never configured, and does not read as a disabled one */
function existing(tenant: Tenant, kind: ScheduleKind): ScheduleRecord {
  if (tenant[kind] === undefined && tenant.settings.unsetSchedule === "disabled") {
    tenant[kind] = { id: tenant.smallId(), enabled: false, deleteDisabled: false, frequencyInterval: "90" };
  }
  const schedule = tenant[kind];
  if (schedule === undefined) throw notFound(tenant.settings.notFoundStatus, [kind]);
  return schedule;
}

function written(body: Body): Omit<ScheduleRecord, "id"> {
  const [frequency, frequencyInterval] = [text(body, "frequency"), text(body, "frequencyInterval")];
  if (frequency === undefined || frequencyInterval === undefined)
    throw missingParams(["frequency", "frequencyInterval"]);
  if (frequency !== "days") throw invalidParam("frequency", "frequency is not days.");
  if (!intervals.includes(frequencyInterval)) throw invalidParam("frequencyInterval", `Not ${intervals.join(", ")}.`);
  return { enabled: body["enabled"] === true, deleteDisabled: body["deleteDisabled"] === true, frequencyInterval };
}

function answer(tenant: Tenant, schedule: ScheduleRecord) {
  return { ...schedule, customerId: tenant.customerId, frequency: "days" };
}
