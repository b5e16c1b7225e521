// ZPA's own clean-up of machines that stay disconnected: one for App Connectors and one for Private Service Edges.
// https://help.zscaler.com/zpa/configuring-app-connector-settings-using-api

import { z } from "zod";
import { type AssociationType, checkType } from "./associationTypes";
import { fetchAs, type Scope, send } from "./collection";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, readerOf, wireCount, wireFlag, wireId } from "./wireTypes";

/** Days without a connection after which ZPA can delete a machine. */
export const cleanUpIntervals = [5, 7, 14, 30, 60, 90] as const;
/** One of {@link cleanUpIntervals}. */
export type CleanUpInterval = (typeof cleanUpIntervals)[number];

/** The clean-up of a tenant, as ZPA returns it. */
export interface CleanUpSchedule {
  /** ZPA's id. */
  id: string;
  /** Whether ZPA deletes machines at all. */
  enabled: boolean | undefined;
  /** Whether it also deletes machines that are disabled. */
  deleteDisabled: boolean | undefined;
  /** Days without a connection after which a machine is deleted. */
  frequencyInterval: number | undefined;
  [field: string]: unknown;
}

const schema = z.looseObject({
  id: wireId,
  enabled: maybe(wireFlag),
  deleteDisabled: maybe(wireFlag),
  frequencyInterval: maybe(wireCount),
});
const reader: Reader<Same<CleanUpSchedule, z.output<typeof schema>>> = readerOf(schema);

/** The fields that can be written. */
export interface CleanUpBody {
  /** Whether ZPA deletes machines at all. ZPA may refuse to change a disabled schedule without enabling it. */
  enabled: boolean;
  /** Whether to delete disabled machines, too. */
  deleteDisabled: boolean;
  /** Days without a connection after which a machine is deleted. */
  frequencyInterval: CleanUpInterval;
}

/** The clean-up schedules of a tenant. They cannot be deleted, only disabled. */
export class CleanUpSchedules {
  constructor(
    private readonly sender: Sender,
    private readonly customerId: (signal?: AbortSignal) => Promise<string>,
  ) {}

  /**
   * Reads the schedule for the machines of this type. One GET.
   *
   * @throws NotFoundError if none was ever configured
   */
  async get(type: AssociationType, scope: Scope = {}): Promise<CleanUpSchedule> {
    const operation = `reading ${nameOf(type)}`;
    checkType(type, operation);
    return fetchAs(reader, this.sender, scope, { method: "GET", path: [pathOf(type)], replay: "safe", operation });
  }

  /**
   * Configures a schedule for the first time. One POST.
   *
   * @throws AlreadyExistsError if there is one: update it
   */
  async create(type: AssociationType, body: CleanUpBody, scope: Scope = {}): Promise<CleanUpSchedule> {
    const operation = `creating ${nameOf(type)}`;
    checkType(type, operation);
    const call = { method: "POST", path: [pathOf(type)], replay: "never", operation } as const;
    return fetchAs(reader, this.sender, scope, { ...call, body: await this.wireBody(body, scope) });
  }

  /** Changes a schedule. One PUT. @throws NotFoundError if it does not exist */
  async update(type: AssociationType, id: string, body: CleanUpBody, scope: Scope = {}): Promise<void> {
    const operation = `updating ${nameOf(type)}`;
    checkType(type, operation);
    const call = { method: "PUT", path: [pathOf(type), { id }], replay: "safe", operation } as const;
    await send(this.sender, scope, { ...call, body: { id, ...(await this.wireBody(body, scope)) } });
  }

  private async wireBody({ enabled, deleteDisabled, frequencyInterval }: CleanUpBody, { signal }: Scope) {
    const customerId = await this.customerId(signal);
    return { customerId, enabled, deleteDisabled, frequency: "days", frequencyInterval: String(frequencyInterval) };
  }
}

function pathOf(type: AssociationType): string {
  return type === "CONNECTOR_GRP" ? "connectorSchedule" : "serviceEdgeSchedule";
}

function nameOf(type: AssociationType): string {
  return `the clean-up schedule of ${type === "CONNECTOR_GRP" ? "App Connectors" : "Private Service Edges"}`;
}
