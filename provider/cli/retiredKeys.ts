// Keys that `retire: "when-unused"` has left in place: which of them connected machines have enrolled with, and their end.

import { type AssociationType, type ZpaClient } from "../../sdk";
import { mayBeConnected } from "../model/machines";
import { allPages } from "../model/pages";
import { isConfirmed } from "./confirm";
import { exitCodes } from "./exit";
import { visible } from "./terminal";

/** A key that was retired. */
export interface RetiredKey {
  id: string;
  name: string;
  associationType: AssociationType;
  microtenantId: string | undefined;
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
  const counts = new Map(keys.map(({ id }) => [id, 0]));
  const unreadable: string[] = [];
  for (const type of new Set(keys.map(({ associationType }) => associationType))) {
    const api = type === "CONNECTOR_GRP" ? client.appConnectors : client.serviceEdges;
    const all = await allPages((number) => api.page(number, { microtenantId: "all" }));
    for (const { provisioningKeyId: id = "" } of all.items.filter(mayBeConnected)) {
      if (counts.has(id)) counts.set(id, counts.get(id)! + 1);
    }
    unreadable.push(...all.unreadable.map(({ name }) => name));
  }
  return { counts, unreadable };
}

/** Deletes those that no connected machine has enrolled with. */
export async function deleteUnused(
  client: ZpaClient,
  keys: readonly RetiredKey[],
  { counts, unreadable }: KeyUsers,
  yes: true | undefined,
): Promise<void> {
  if (keys.length > 0 && unreadable.length > 0) {
    for (const name of unreadable) {
      process.stderr.write(`${visible(name)}: ZPA's answer cannot be read, so that nobody knows which keys it has enrolled with.\n`); // prettier-ignore
    }
    process.stderr.write("Nothing was deleted.\n");
    return void (process.exitCode = exitCodes.failed);
  }
  const unused = keys.filter(({ id }) => counts.get(id) === 0);
  for (const { id, name } of keys.filter((key) => !unused.includes(key))) {
    const count = counts.get(id);
    process.stderr.write(`${visible(name)}: ${count} connected machine${count === 1 ? " has" : "s have"} enrolled with it; left alone.\n`); // prettier-ignore
  }
  if (unused.length === 0) return void process.stderr.write("There is nothing to delete.\n");
  const question = `Delete ${unused.length} retired provisioning key${unused.length === 1 ? "" : "s"}?`;
  if (!(await isConfirmed(question, yes))) return void (process.exitCode = exitCodes.found);
  for (const { id, name, associationType, microtenantId = "0" } of unused) {
    await client.provisioningKeys.delete(associationType, id, { microtenantId });
    process.stderr.write(`${visible(name)}: deleted\n`);
  }
}
