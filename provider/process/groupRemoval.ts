// The deletion of a group. ZPA refuses it while the group has machines; those that are disconnected may go with it.

import type { EnrolledMachine, EnrolledMachines, Scope } from "../../sdk";
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
  /** One DELETE. */
  readonly remove: () => Promise<boolean>;
}

/**
 * Deletes a group: with `forceDestroy` its machines first, when all of them are disconnected. Asks for them only when ZPA
 * refuses the deletion.
 *
 * @returns whether ZPA has confirmed it
 * @throws with the machines that are in the way
 */
export async function removeGroup(removal: Removal): Promise<boolean> {
  const { forceDestroy, group, id, machines, api, scope, remove } = removal;
  const attempt = async () => {
    try {
      return { isConfirmed: await remove() };
    } catch (refusal) {
      if (!(refusal instanceof sdk().ValidationError)) throw refusal;
      return { refusal, inside: await api.matching({ groupId: id }, scope) };
    }
  };
  const first = await attempt();
  if (first.inside === undefined) return first.isConfirmed;
  const { inside } = first;
  if (!forceDestroy || inside.length === 0 || inside.some(({ isConnected }) => isConnected)) {
    throw inTheWay(removal, inside, first.refusal);
  }
  console.log(`zpa: ${group} is deleted with its disconnected ${machines} ${listed(inside)}.`);
  await removeMachines(removal, inside);
  const second = await attempt();
  if (second.inside === undefined) return second.isConfirmed;
  throw inTheWay(removal, second.inside, second.refusal);
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

function inTheWay(
  { group, machines, forceDestroy }: Removal,
  inside: readonly EnrolledMachine[],
  refusal: Error,
): Error {
  if (inside.length === 0) {
    return new Error(
      `${refusal.message} ${group} has no ${machines}: a provisioning key, a server group or a policy uses it. Remove it ` +
        "there, then run the same command again.",
    );
  }
  const connected = inside.filter(({ isConnected }) => isConnected);
  const remedy =
    connected.length > 0
      ? "Take the connected ones out of service, or move them to another group: forceDestroy deletes disconnected ones only"
      : forceDestroy
        ? "Some have come meanwhile"
        : "Delete them, or set forceDestroy to true and run pulumi up";
  return new Error(
    `${group} cannot be deleted: it has ${machines} ${listed(inside)}. ${remedy}. Then run the same command again.`,
  );
}

function listed(machines: readonly EnrolledMachine[]): string {
  return listOf(machines, ({ name, id, isConnected }) => {
    return `"${name}" (${id}, ${isConnected ? "connected" : "disconnected"})`;
  });
}
