// The end of machines that went: `connectors --disable` and `connectors --delete`.

import {
  type AssociationType,
  type EnrolledMachine,
  NotFoundError,
  UnreadableObject,
  type ZpaClient,
  ZpaError,
} from "../../sdk";
import { machinesOf, mayBeConnected } from "../model/machines";
import { visible } from "../model/visible";
import { isConfirmed } from "./confirm";
import { exitCodes } from "./exit";
import { messageOf } from "./finding";
import { unlessGone } from "./gone";

/** A machine as this command shows it. Times are ISO 8601. */
export interface Machine {
  id: string;
  name: string;
  associationType: AssociationType;
  group: { id: string | undefined; name: string | undefined };
  key: { id: string | undefined; name: string | undefined };
  /** `0` is Default. */
  microtenantId: string;
  ip: string | undefined;
  version: string | undefined;
  enabled: boolean;
  connected: boolean;
  /** ZPA's word for the state of the control connection. */
  status: string | undefined;
  /** When its connection began, or ended; undefined if it never had one. */
  lastContact: string | undefined;
}

/** A machine with what ZPA has answered. */
export interface Row {
  machine: Machine;
  read: EnrolledMachine;
}

/** @param now - the machines after the answer, which may have taken a while */
export async function disable(
  client: ZpaClient,
  rows: readonly Row[],
  yes: true | undefined,
  now: () => Promise<readonly Row[]>,
) {
  const enabled = rows.filter(({ machine }) => machine.enabled);
  if (enabled.length === 0) return void process.stderr.write("There is nothing to disable.\n");
  if (!(await isConfirmed(`Disable ${count(enabled)}?`, yes))) return void (process.exitCode = exitCodes.found);
  for (const { machine, read } of stillThere(enabled, await now())) {
    const { id, name, associationType } = machine;
    if (name === id) {
      process.stderr.write(
        `${id}: left alone, because ZPA does not tell its name, which the change would overwrite.\n`,
      );
      process.exitCode = exitCodes.found;
      continue;
    }
    const call = machinesOf(client, associationType).update(
      id,
      { ...read, enabled: false },
      { microtenantId: machine.microtenantId },
    );
    process.stderr.write(`${visible(name)}: ${await unlessGone("disabled", call)}\n`);
  }
}

/** The confirmed rows as they are now. */
function stillThere(confirmed: readonly Row[], now: readonly Row[]): Row[] {
  const byId = new Map(now.map((row) => [row.machine.id, row]));
  for (const { machine } of confirmed) {
    if (byId.has(machine.id)) continue;
    process.stderr.write(`${visible(machine.name)}: is not one of these machines any more; left alone.\n`);
    process.exitCode = exitCodes.found;
  }
  return confirmed.flatMap(({ machine }) => byId.get(machine.id) ?? []);
}

/** Those that may be deleted. Names the others. */
function deletable(rows: readonly Row[]): Row[] {
  const inUse = rows.filter(({ machine, read }) => machine.enabled && mayBeConnected(read));
  for (const { machine } of inUse) {
    process.stderr.write(
      `${visible(machine.name)}: ${machine.connected ? "" : "may be "}connected; left alone. Disable it first, and let its sessions end.\n`, // prettier-ignore
    );
  }
  if (inUse.length > 0) process.exitCode = exitCodes.found;
  return rows.filter((row) => !inUse.includes(row));
}

/** @param now - the machines after the answer, which may have taken a while */
export async function remove(
  client: ZpaClient,
  rows: readonly Row[],
  yes: true | undefined,
  now: () => Promise<readonly Row[]>,
) {
  const shown = deletable(rows);
  if (shown.length === 0) return void process.stderr.write("There is nothing to delete.\n");
  if (!(await isConfirmed(`Delete ${count(shown)}?`, yes))) return void (process.exitCode = exitCodes.found);
  const going = deletable(stillThere(shown, await now()));
  for (const place of new Set(going.map(placeOf))) {
    const machines = going.filter((row) => placeOf(row) === place).map(({ machine }) => machine);
    const [{ associationType, microtenantId }] = machines as [Machine];
    const [api, scope] = [machinesOf(client, associationType), { microtenantId }];
    const ids = machines.map(({ id }) => id);
    const isWhole = (await unlessGone("deleted", allOf(api.deleteAll(ids, scope)))) === "deleted";
    // where others have deleted one, ZPA deletes none of that request
    const now = isWhole ? undefined : await api.listWhole(scope);
    const left = new Map(now && [...now.items, ...now.unreadable].map((one) => [one.id, one]));
    for (const { id, name, enabled } of machines) {
      process.stderr.write(
        `${visible(name)}: ${await deletedOf(left.get(id), enabled, () => api.delete(id, scope))}\n`,
      );
    }
  }
}

/**
 * What becomes of one; the others are deleted all the same.
 *
 * @param left - as ZPA has it now; undefined where it is gone
 */
async function deletedOf(
  left: EnrolledMachine | UnreadableObject | undefined,
  wasEnabled: boolean,
  remove: () => Promise<unknown>,
): Promise<string> {
  if (left === undefined) return "deleted";
  if (wasEnabled && (left instanceof UnreadableObject || mayBeConnected(left))) {
    process.exitCode ??= exitCodes.found;
    return "may be connected; left alone. Disable it first, and let its sessions end.";
  }
  try {
    return await unlessGone("deleted", remove());
  } catch (error) {
    process.exitCode = exitCodes.failed;
    return `not deleted: ${messageOf(error)}`;
  }
}

/** @throws with what to do, for an earlier request may have deleted some */
async function allOf(deletion: Promise<void>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof ZpaError) || error instanceof NotFoundError) throw error;
    throw new Error(`${error.message} Some of the machines may be deleted: run the same command again to see which are left.`); // prettier-ignore
  }
}

/** One request deletes machines of one type and one microtenant. */
function placeOf({ machine: { associationType, microtenantId } }: Row): string {
  return `${associationType} ${microtenantId}`;
}

function count(rows: readonly Row[]): string {
  return rows.length === 1 ? "1 machine" : `${rows.length} machines`;
}
