// The deletion of a group. ZPA refuses it while the group has machines; those that are disconnected may go with it.

import type { EnrolledMachine, EnrolledMachines, ProvisioningKey, Scope } from "../../sdk";
import { type Machines, mayBeConnected } from "../model/machines";
import { allPages } from "../model/pages";
import { isRetired } from "../model/retired";
import { listOf } from "../model/words";
import { sdk } from "./session";

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
  /** The keys that belong to the group. */
  readonly keys: () => Promise<readonly ProvisioningKey[]>;
  /** One DELETE. */
  readonly remove: () => Promise<boolean>;
}

/**
 * Deletes a group: with `forceDestroy` its machines first, when all of them are disconnected and no key is in the way, too.
 * Asks for them only when ZPA refuses the deletion.
 *
 * @returns whether ZPA has confirmed it
 * @throws with the machines or the keys that are in the way
 */
export async function removeGroup(removal: Removal): Promise<boolean> {
  const { forceDestroy, group, machines, remove } = removal;
  const attempt = async () => {
    try {
      return { isConfirmed: await remove() };
    } catch (refusal) {
      if (!(refusal instanceof sdk().ValidationError)) throw refusal;
      return { refusal, inside: await machinesIn(removal) };
    }
  };
  const first = await attempt();
  if (first.inside === undefined) return first.isConfirmed;
  const { inside } = first;
  const { items, unreadable } = inside;
  const isAnyInTheWay = items.length > 0 && (!forceDestroy || unreadable.length > 0 || items.some(mayBeConnected));
  if (isAnyInTheWay) throw machinesInTheWay(removal, inside);
  const keys = await removal.keys();
  if (keys.length > 0) throw keysInTheWay(removal, keys, first.refusal);
  if (items.length === 0) throw othersInTheWay(removal, inside, first.refusal);
  console.log(`zpa: ${group} is deleted with its disconnected ${machines} ${listed(items)}.`);
  await removeMachines(removal, items);
  const second = await attempt();
  if (second.inside === undefined) return second.isConfirmed;
  if (second.inside.items.length === 0) throw othersInTheWay(removal, second.inside, second.refusal);
  throw machinesInTheWay(removal, second.inside);
}

/** The machines of the group, and those that cannot be read: they may be in it. */
async function machinesIn({ id, api, scope }: Removal): Promise<Machines> {
  const { items, unreadable } = await allPages((number) => api.page(number, scope));
  return { items: items.filter(({ groupId }) => groupId === id), unreadable };
}

/** Others may delete them meanwhile, and the answer may be lost: what is still there shows when the group is deleted. */
async function removeMachines({ api, scope }: Removal, machines: readonly EnrolledMachine[]): Promise<void> {
  const { NotFoundError, ZpaError } = sdk();
  try {
    const ids = machines.map(({ id }) => id);
    await api.deleteAll(ids, scope);
  } catch (error) {
    const isDone = error instanceof NotFoundError || (error instanceof ZpaError && error.mayHaveHappened);
    if (!isDone) throw error;
  }
}

function keysInTheWay({ group }: Removal, keys: readonly ProvisioningKey[], { message }: Error): Error {
  const named = listOf(keys, ({ name, id }) => `"${name}" (${id})`);
  const how = keys.some(isRetired) ? "; npx pulumi-zpa-dynamic keys --retired --delete deletes retired ones" : "";
  return new Error(
    `${message} ${group} has provisioning key${keys.length === 1 ? "" : "s"} ${named}. Delete ` +
      `${keys.length === 1 ? "it" : "them"}, then run the same command again${how}.`,
  );
}

/** Neither keys nor machines that can be read are in the group. */
function othersInTheWay(removal: Removal, inside: Machines, { message }: Error): Error {
  if (inside.unreadable.length > 0) return machinesInTheWay(removal, inside);
  const { group, machines } = removal;
  return new Error(
    `${message} ${group} has no ${machines} and no keys: a server group or a policy uses it. Remove it there, then run the ` +
      "same command again.",
  );
}

function machinesInTheWay({ group, machines, forceDestroy }: Removal, { items, unreadable }: Machines): Error {
  const remedy = items.some(mayBeConnected)
    ? "Take the connected ones out of service, or move them to another group: forceDestroy deletes disconnected ones only"
    : unreadable.length > 0
      ? "Look at those that cannot be read in the Admin Portal: they may be in the group, and connected"
      : forceDestroy
        ? "Some have come meanwhile"
        : "Delete them with npx pulumi-zpa-dynamic connectors --group … --delete; or, unless this run replaces the group, set forceDestroy to true and run pulumi up"; // prettier-ignore
  const odd = listOf(unreadable, ({ name, id }) => `"${name}" (${id}), of which ZPA's answer cannot be read`);
  const all = [listed(items), odd].filter((text) => text !== "").join(", ");
  return new Error(
    `${group} cannot be deleted: it has ${machines} ${all}. ${remedy}. Then run the same command again.`,
  );
}

function listed(machines: readonly EnrolledMachine[]): string {
  return listOf(machines, ({ name, id, isConnected }) => {
    return `"${name}" (${id}, ${isConnected ? "connected" : "disconnected"})`;
  });
}
