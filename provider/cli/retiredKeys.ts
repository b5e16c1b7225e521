// Keys that `retire: "when-unused"` has left in place: which of them connected machines have enrolled with, and their end.

import { type AssociationType, type ZpaClient } from "../../sdk";
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

/** How many connected machines have enrolled with each key, by its id. One GET for each type and 500 machines. */
export async function countUsers(client: ZpaClient, keys: readonly RetiredKey[]): Promise<Map<string, number>> {
  const users = new Map(keys.map(({ id }) => [id, 0]));
  for (const type of new Set(keys.map(({ associationType }) => associationType))) {
    const api = type === "CONNECTOR_GRP" ? client.appConnectors : client.serviceEdges;
    for (const { provisioningKeyId: id = "" } of await api.matching({ connected: true }, { microtenantId: "all" })) {
      if (users.has(id)) users.set(id, users.get(id)! + 1);
    }
  }
  return users;
}

/** Deletes those that no connected machine has enrolled with. */
export async function deleteUnused(
  client: ZpaClient,
  keys: readonly RetiredKey[],
  users: ReadonlyMap<string, number>,
  yes: true | undefined,
): Promise<void> {
  const unused = keys.filter(({ id }) => users.get(id) === 0);
  for (const { id, name } of keys.filter((key) => !unused.includes(key))) {
    const count = users.get(id);
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
