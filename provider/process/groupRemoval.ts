// The deletion of a group. ZPA refuses it while the group has machines; those that are disconnected may go with it.

import type { EnrolledMachine, EnrolledMachines, MachineGroup, ProvisioningKey, Scope, WholeList } from "../../sdk";
import { type Machines, mayBeConnected } from "../model/machines";
import { isRetired } from "../model/retired";
import { listOf, nameOf } from "../model/words";
import { microtenantIn } from "./definition";
import { sdk } from "./session";
import { tell } from "./tell";

/** A group, and what is needed to delete it. */
export interface Removal {
  /** As in `App Connector Group "frankfurt" (216199618143191058)`. */
  readonly group: string;
  readonly id: string;
  /** As in `App Connectors`. */
  readonly machines: string;
  readonly api: EnrolledMachines;
  readonly scope: Scope;
  /** Whether disconnected machines go with the group. */
  readonly forceDestroy: boolean;
  /** Waits for the deletions of keys that are under way in this run. Whether there were any. */
  readonly keyDeletions: () => Promise<boolean>;
  /** The keys that belong to the group, and all that cannot be read. */
  readonly keys: () => Promise<WholeList<ProvisioningKey>>;
  /** Deletes those of these retired keys that no connected machine needs. Those that may still be there. */
  readonly removeRetired: (keys: readonly ProvisioningKey[]) => Promise<ProvisioningKey[]>;
  /** The names of the server groups that use it. One GET. */
  readonly serverGroups: () => Promise<readonly string[]>;
  /** One DELETE. */
  readonly remove: () => Promise<boolean>;
}

/**
 * Deletes a group: with `forceDestroy` its retired keys and its machines first, when all of them are disconnected and nothing
 * else is in the way. Asks for them only when ZPA refuses the deletion.
 *
 * @returns whether ZPA has confirmed it
 * @throws with the machines, the keys or the server groups that are in the way
 */
export async function removeGroup(removal: Removal): Promise<boolean> {
  const { forceDestroy } = removal;
  let first = await attempt(removal);
  // a key that names its group by a literal id goes beside it
  if (first.refusal !== undefined && (await removal.keyDeletions())) first = await attempt(removal);
  if (first.refusal === undefined) return first.isConfirmed;
  // read before the machines, which may connect meanwhile
  const others = forceDestroy ? await othersOf(removal) : undefined;
  const inside = await machinesIn(removal);
  const { items, unreadable } = inside;
  const isAnyInTheWay = items.length > 0 && (!forceDestroy || unreadable.length > 0 || items.some(mayBeConnected));
  if (isAnyInTheWay) throw machinesInTheWay(removal, inside, remedyFor(removal, inside));
  refuseForOthers(removal, others ? await withoutRetired(removal, others) : await othersOf(removal), first.refusal);
  if (items.length === 0) return removeOnceMore(removal, inside);
  const trouble = await removeMachines(removal, items);
  if (trouble === undefined) tellDeleted(removal, items);
  const second = await attempt(removal).catch(async (error: unknown) => {
    if (trouble !== undefined) await tellGone(removal, items);
    throw error;
  });
  if (second.refusal === undefined) {
    if (trouble !== undefined) tellDeleted(removal, items);
    return second.isConfirmed;
  }
  const now = await machinesIn(removal);
  if (trouble !== undefined) tellDeleted(removal, without(items, now));
  if (now.items.length === 0) {
    refuseForOthers(removal, await othersOf(removal), second.refusal);
    throw nothingKnown(removal, now, second.refusal);
  }
  const isAnyNew = now.items.some(({ id }) => items.every((one) => one.id !== id));
  throw machinesInTheWay(removal, now, isAnyNew ? remedyFor(removal, now, "Some have come meanwhile") : `ZPA still has them${trouble === undefined ? "" : `: ${trouble.message.replace(/\.$/, "")}`}`); // prettier-ignore
}

/** Nothing that is known is in the way any more, as a key that this run has deleted meanwhile. */
async function removeOnceMore(removal: Removal, inside: Machines): Promise<boolean> {
  const again = await attempt(removal);
  if (again.refusal !== undefined) throw nothingKnown(removal, inside, again.refusal);
  return again.isConfirmed;
}

async function attempt({
  remove,
}: Removal): Promise<{ isConfirmed: boolean; refusal?: undefined } | { refusal: Error }> {
  try {
    return { isConfirmed: await remove() };
  } catch (refusal) {
    if (!(refusal instanceof sdk().ValidationError)) throw refusal;
    return { refusal };
  }
}

/** What uses a group beside its machines. */
interface Others {
  keys: WholeList<ProvisioningKey>;
  serverGroups: readonly string[];
}

async function othersOf({ keys, serverGroups }: Removal): Promise<Others> {
  return { keys: await keys(), serverGroups: await serverGroups() };
}

/** What is left where retired keys alone are in the way. */
async function withoutRetired({ removeRetired }: Removal, { keys, serverGroups }: Others): Promise<Others> {
  const isAlone = keys.items.every(isRetired) && keys.unreadable.length + serverGroups.length === 0;
  return { serverGroups, keys: isAlone ? { ...keys, items: await removeRetired(keys.items) } : keys };
}

/** The machines of a group, and those that cannot be read: they may be in it. */
interface Inside extends Machines {
  /** The ids of all machines, also of those that others have moved to another group. */
  present: ReadonlySet<string>;
}

async function machinesIn({ id, api }: Removal): Promise<Inside> {
  // machines are in the microtenant of their key
  const { items, unreadable } = await api.listWhole({ microtenantId: "all" });
  const present = new Set([...items, ...unreadable].map((one) => one.id));
  return { items: items.filter(({ groupId }) => groupId === id), unreadable, present };
}

/**
 * Others may delete them meanwhile, and the answer may be lost: what is still there shows when the group is deleted.
 *
 * @returns why they may still be there
 */
async function removeMachines(removal: Removal, machines: readonly EnrolledMachine[]): Promise<Error | undefined> {
  const { NotFoundError, ZpaError } = sdk();
  const { api, scope } = removal;
  const deleteAll = async (some: readonly EnrolledMachine[]) => {
    const placeOf = (machine: EnrolledMachine) => microtenantIn(machine, scope.microtenantId) as string | undefined;
    try {
      for (const microtenantId of new Set(some.map(placeOf))) {
        const here = some.filter((machine) => placeOf(machine) === microtenantId);
        await api.deleteAll(here.map(({ id }) => id), { microtenantId }); // prettier-ignore
      }
      return undefined;
    } catch (error) {
      const isKnown = error instanceof ZpaError && (error.mayHaveHappened || error instanceof NotFoundError);
      if (isKnown) return error;
      // earlier requests have deleted some of many
      await tellGone(removal, some);
      throw error;
    }
  };
  const trouble = await deleteAll(machines);
  if (!(trouble instanceof NotFoundError)) return trouble;
  // one was gone already, for which ZPA has deleted none
  const { items, unreadable } = await machinesIn(removal);
  const left = items.filter(({ id }) => machines.some((one) => one.id === id));
  return unreadable.length === 0 && !items.some(mayBeConnected) ? deleteAll(left) : trouble;
}

function without(machines: readonly EnrolledMachine[], { present }: Inside): EnrolledMachine[] {
  return machines.filter(({ id }) => !present.has(id));
}

/** Says which of the machines are gone, where it is not known. One GET. */
async function tellGone(removal: Removal, machines: readonly EnrolledMachine[]): Promise<void> {
  try {
    tellDeleted(removal, without(machines, await machinesIn(removal)));
  } catch {
    const { group, machines: kind } = removal;
    tell(`zpa: warning: the disconnected ${kind} ${listOf(machines, nameOf)} of ${group} may be deleted.`);
  }
}

/** Said as soon as it is known, for the group may stay. */
function tellDeleted({ group, machines: kind }: Removal, machines: readonly EnrolledMachine[]): void {
  if (machines.length === 0) return;
  tell(`zpa: the disconnected ${kind} ${listOf(machines, nameOf)} of ${group} are deleted.`);
}

/** @throws where keys or server groups use the group, or may use it */
function refuseForOthers(removal: Removal, { keys, serverGroups }: Others, { message }: Error): void {
  const { group } = removal;
  if (keys.items.length > 0) throw keysInTheWay(removal, keys.items, message);
  if (serverGroups.length > 0) {
    const named = listOf(serverGroups, (name) => `"${name}"`);
    throw new Error(
      `${message} ${group} is used by server group${serverGroups.length === 1 ? "" : "s"} ${named}. Remove it there, then ` +
        "run the same command again.",
    );
  }
  if (keys.unreadable.length === 0) return;
  const odd = listOf(keys.unreadable, nameOf);
  throw new Error(
    `${message} Provisioning keys ${odd} may belong to ${group}: ZPA's answer about them cannot be read. Look at them in ` +
      "the Admin Portal, then run the same command again.",
  );
}

function keysInTheWay({ group }: Removal, keys: readonly ProvisioningKey[], refusal: string): Error {
  const named = listOf(keys, nameOf);
  const how = keys.some(isRetired)
    ? ", and retired ones, once no connected machine needs them, with npx pulumi-zpa-dynamic keys --retired --delete"
    : "";
  return new Error(
    `${refusal} ${group} has provisioning key${keys.length === 1 ? "" : "s"} ${named}. A key whose zcomponentId is the id of ` +
      "the group's resource goes before it, unless --target leaves it out or retainOnDelete keeps it. If it moves to another " +
      "group while this one is replaced, or was imported just now, undo what replaces this group, run pulumi up, and make that change again. Delete " +
      `other keys where they are managed${how}, then run the same command again.`,
  );
}

/** No machine that can be read is in the group, no key and no server group uses it. */
function nothingKnown(removal: Removal, inside: Machines, { message }: Error): Error {
  if (inside.unreadable.length > 0) return machinesInTheWay(removal, inside, remedyFor(removal, inside));
  const { group, machines } = removal;
  return new Error(
    `${message} ${group} has no ${machines} and no keys: a policy uses it. Remove it there, then run the same command again.`,
  );
}

/** @param otherwise - where the machines are disconnected, and may be deleted with the group */
function remedyFor({ forceDestroy, id }: Removal, { items, unreadable }: Machines, otherwise = ""): string {
  if (items.some(mayBeConnected)) {
    return "Take the connected ones out of service, or move them to another group: forceDestroy deletes disconnected ones only";
  }
  if (unreadable.length > 0) {
    return "Look at those that cannot be read in the Admin Portal: they may be in the group, and connected";
  }
  if (forceDestroy) return otherwise;
  return (
    `Delete them with npx pulumi-zpa-dynamic connectors --group ${id} --delete, or set forceDestroy to true ` +
    "and run pulumi up, unless the group is what a replacement has left"
  );
}

function machinesInTheWay({ group, machines }: Removal, { items, unreadable }: Machines, remedy: string): Error {
  const odd = listOf(unreadable, (one) => `${nameOf(one)}, of which ZPA's answer cannot be read`);
  const all = [listed(items), odd].filter((text) => text !== "").join(", ");
  return new Error(
    `${group} cannot be deleted: it has ${machines} ${all}. ${remedy}. Then run the same command again.`,
  );
}

function listed(machines: readonly EnrolledMachine[]): string {
  return listOf(machines, (machine) => {
    const state = machine.isConnected ? "connected" : mayBeConnected(machine) ? "perhaps connected" : "disconnected";
    return `"${machine.name}" (${machine.id}, ${state})`;
  });
}

/** The names of the server groups that use this group. */
export function serverGroupsOf(group: MachineGroup | undefined): string[] {
  return listedIn(group, "serverGroups").map(({ name, id }) => String(name ?? id));
}

/** What a group lists under this name. */
export function listedIn(group: MachineGroup | undefined, name: string): { name?: unknown; id?: unknown }[] {
  const list = group?.[name];
  return Array.isArray(list) ? (list as object[]) : [];
}
