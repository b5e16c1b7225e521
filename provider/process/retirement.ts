// Deletes keys only when no connected machine has enrolled with them: `retire: "when-unused"`.

import type { AssociationType, ProvisioningKey } from "../../sdk";
import { plainError } from "../model/errors";
import { defaultMicrotenant } from "../model/fields";
import { hasEnrolledWith, type Machines, mayBeConnected } from "../model/machines";
import { isRetired, retiredName } from "../model/retired";
import { refOf, sdk, type Session } from "./session";
import { isInMicrotenant } from "./takenNames";
import { tell } from "./tell";

/** A key that is to go. */
export interface Leaving {
  id: string;
  name: string;
  type: AssociationType;
  microtenantId: string | undefined;
}

/** How one key is treated. */
export interface Disposal {
  /** One DELETE. Whether ZPA has confirmed it. */
  remove: () => Promise<boolean>;
  /** Disables it under this name. */
  disable: (name: string) => Promise<void>;
}

/** Milliseconds for which a list of machines serves several deletions of a run. */
export const listAge = 10_000;
/** The most machines that a message names. */
const mostNamed = 5;

/**
 * Deletes the key, or disables it where connected machines have enrolled with it. Then deletes the keys that earlier runs have
 * left in place and that no connected machine has enrolled with.
 *
 * @returns whether ZPA has confirmed it
 */
export async function retire(session: Session, key: Leaving, { remove, disable }: Disposal): Promise<boolean> {
  const reason = reasonToKeep(key, await machinesFor(session, key));
  let isConfirmed = true;
  if (reason === undefined) {
    isConfirmed = await remove();
  } else {
    const name = retiredName(key.name, key.id);
    await disable(name).catch((error: unknown) => {
      throw notSure(error, key, name);
    });
    tell(
      `zpa: warning: provisioning key "${key.name}" (${key.id}) was not deleted, because ${reason}. It is disabled, and ` +
        `named "${name}". When no connected machine has enrolled with it any more, the next run that deletes a key with ` +
        'retire: "when-unused" deletes it, and so does npx pulumi-zpa-dynamic keys --retired --delete.',
    );
  }
  const place = `${key.type} ${key.microtenantId ?? defaultMicrotenant}`;
  if (!session.swept.has(place)) {
    session.swept.add(place);
    await sweep(session, key);
  }
  return isConfirmed;
}

/** The key may be disabled where its answer is lost: state does not tell. */
function notSure(error: unknown, { id, name }: Leaving, retired: string): unknown {
  const { NotFoundError, ZpaError } = sdk();
  if (!(error instanceof ZpaError) || !error.mayHaveHappened || error instanceof NotFoundError) return error;
  return new Error(
    `Provisioning key "${name}" (${id}) may be disabled and named "${retired}". ${error.message} Run the same command again, or ` +
      "pulumi up --refresh if the program keeps the key after all.",
  );
}

/** Deletes what earlier runs have left. What goes wrong is told, for it concerns no resource of this run. */
async function sweep(session: Session, { id: own, type, microtenantId = defaultMicrotenant }: Leaving): Promise<void> {
  const { provisioningKeys } = session.client;
  try {
    const left: ProvisioningKey[] = [];
    for await (const key of provisioningKeys.list(type, { microtenantId })) {
      if (isRetired(key) && key.id !== own && isInMicrotenant(key, microtenantId)) left.push({ ...key, microtenantId });
    }
    await removeRetired(session, type, left, listAge);
  } catch (error) {
    tell(`zpa: warning: retired provisioning keys may be left: ${plainError(error).message}`);
  }
}

/**
 * Deletes those of these keys, which earlier runs have retired, that no connected machine has enrolled with. One that this
 * stack has adopted is the program's.
 *
 * @param maxAge - milliseconds: how old what this run knows of the machines may be
 * @returns those that may still be there
 */
export async function removeRetired(
  session: Session,
  type: AssociationType,
  keys: readonly ProvisioningKey[],
  maxAge = 0,
): Promise<ProvisioningKey[]> {
  if (keys.length === 0) return [];
  const machines = await session.machines(type, "all", maxAge);
  const left: ProvisioningKey[] = [];
  for (const key of keys) {
    const { id, name, microtenantId = defaultMicrotenant } = key;
    const isNeeded = session.inState.has(refOf("provisioning key", id)) || reasonToKeep(key, machines) !== undefined;
    if (isNeeded || !(await isDeleted(session.client.provisioningKeys.delete(type, id, { microtenantId })))) {
      left.push(key);
      continue;
    }
    tell(
      `zpa: provisioning key "${name}" (${id}), which an earlier run has retired, is deleted: no connected machine has ` +
        "enrolled with it.",
    );
  }
  return left;
}

/** False where ZPA does not know it, as where another run has been faster. */
async function isDeleted(deletion: Promise<unknown>): Promise<boolean> {
  try {
    await deletion;
    return true;
  } catch (error) {
    if (error instanceof sdk().NotFoundError) return false;
    throw error;
  }
}

async function machinesFor(session: Session, { id, name, type }: Leaving): Promise<Machines> {
  try {
    return await session.machines(type, "all", listAge);
  } catch (error) {
    const { PermissionError, ZpaError } = sdk();
    if (!(error instanceof ZpaError)) throw error;
    const remedy =
      error instanceof PermissionError
        ? 'The API client needs to read App Connectors and Private Service Edges, or set retire: "at-once".'
        : "Run the same command again.";
    throw new Error(
      `Provisioning key "${name}" (${id}) was not deleted: whether machines have enrolled with it could not be found out. ` +
        `${error.message} ${remedy}`,
    );
  }
}

/** Why a key may not be deleted; undefined where no machine needs it. */
export function reasonToKeep(key: { id: string; name: string }, { items, unreadable }: Machines): string | undefined {
  const users = items.filter((machine) => hasEnrolledWith(machine, key) && mayBeConnected(machine));
  if (users.length > 0) return `connected machines have enrolled with it: ${namesOf(users)}`;
  if (unreadable.length === 0) return undefined;
  return `machines may have enrolled with it, and be connected, of which ZPA's answer cannot be read: ${namesOf(unreadable)}`;
}

function namesOf(machines: readonly { name: string }[]): string {
  const names = machines.slice(0, mostNamed).map(({ name }) => name);
  const others = machines.length - names.length;
  return `${names.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
}
