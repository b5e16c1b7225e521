// Keys that `retire: "when-unused"` has left in place: which of them connected machines have enrolled with, and their end.

import type { AssociationType, ZpaClient } from "../../sdk";
import { hasEnrolledWith, machinesOf, mayBeConnected } from "../model/machines";
import { visible } from "../model/visible";
import { isConfirmed } from "./confirm";
import { exitCodes } from "./exit";
import { unlessGone } from "./gone";

/** A key that was retired. */
export interface RetiredKey {
  id: string;
  name: string;
  associationType: AssociationType;
  microtenantId: string;
}

/** Who uses keys. */
export interface KeyUsers {
  /** How many connected machines have enrolled with each key, by its id. */
  counts: ReadonlyMap<string, number>;
  /** The names of machines that cannot be read: they may use any key. */
  unreadable: readonly string[];
}

/** One GET for each type and 500 machines. */
export async function usersOf(client: ZpaClient, keys: readonly RetiredKey[]): Promise<KeyUsers> {
  const counts = new Map<string, number>();
  const unreadable: string[] = [];
  for (const type of new Set(keys.map(({ associationType }) => associationType))) {
    const all = await machinesOf(client, type).listWhole({ microtenantId: "all" });
    const connected = all.items.filter(mayBeConnected);
    for (const key of keys.filter(({ associationType }) => associationType === type)) {
      counts.set(key.id, connected.filter((machine) => hasEnrolledWith(machine, key)).length);
    }
    unreadable.push(...all.unreadable.map(({ name }) => name));
  }
  return { counts, unreadable };
}

/** Retired keys, and who uses them. */
export interface Retired {
  keys: readonly RetiredKey[];
  users: KeyUsers;
}

/**
 * Deletes those that no connected machine has enrolled with.
 *
 * @param now - the same after the answer, which may have taken a while
 */
export async function deleteUnused(
  client: ZpaClient,
  shown: Retired,
  yes: true | undefined,
  now: () => Promise<Retired>,
): Promise<void> {
  const asked = unusedOf(shown);
  if (asked === undefined) return;
  if (asked.length === 0) return void process.stderr.write("There is nothing to delete.\n");
  const question = `Delete ${asked.length} retired provisioning key${asked.length === 1 ? "" : "s"}?`;
  if (!(await isConfirmed(question, yes))) return void (process.exitCode = exitCodes.found);
  const unused = yes ? asked : unusedOf(stillThere(asked, await now()));
  for (const { id, name, associationType, microtenantId } of unused ?? []) {
    const done = await unlessGone("deleted", client.provisioningKeys.delete(associationType, id, { microtenantId }));
    process.stderr.write(`${visible(name)}: ${done}\n`);
  }
}

/** The confirmed keys as they are now. */
function stillThere(confirmed: readonly RetiredKey[], now: Retired): Retired {
  const keys = now.keys.filter(({ id }) => confirmed.some((key) => key.id === id));
  for (const { id, name } of confirmed) {
    if (keys.some((key) => key.id === id)) continue;
    process.stderr.write(`${visible(name)}: is not one of these keys any more; left alone.\n`);
    process.exitCode = exitCodes.found;
  }
  return { ...now, keys };
}

/** Those that no connected machine has enrolled with; undefined where nobody knows. Names the others. */
function unusedOf({ keys, users: { counts, unreadable } }: Retired): RetiredKey[] | undefined {
  if (keys.length > 0 && unreadable.length > 0) {
    for (const name of unreadable) {
      process.stderr.write(`${visible(name)}: ZPA's answer cannot be read, so that nobody knows which keys it has enrolled with.\n`); // prettier-ignore
    }
    process.stderr.write("Nothing was deleted.\n");
    process.exitCode = exitCodes.failed;
    return undefined;
  }
  const unused = keys.filter(({ id }) => counts.get(id) === 0);
  for (const { id, name } of keys.filter((key) => !unused.includes(key))) {
    const count = counts.get(id);
    process.stderr.write(`${visible(name)}: ${count} connected machine${count === 1 ? " has" : "s have"} enrolled with it; left alone.\n`); // prettier-ignore
  }
  return unused;
}
