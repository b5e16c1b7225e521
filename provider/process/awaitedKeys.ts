// With --continue-on-error the engine deletes what it has replaced although the wait for the new machines has failed. A key whose
// replacement is not proved stays.

import { enrolledConnectorsFields as fields } from "../model/enrolledConnectors";
import { canonical, type Inputs, type State } from "../model/fields";
import { stateNotes } from "../model/notes";
import { refOf, type Session } from "./session";

/** Runs a wait for machines; its key counts as proved once it has succeeded. */
export async function proving<T>(session: Session, inputs: Inputs, wait: () => Promise<T>): Promise<T> {
  // two with the same arguments see the same
  const which = canonical(fields.map(({ name }) => inputs[name]));
  session.awaited.set(which, String(inputs["provisioningKeyId"]));
  const seen = await wait();
  session.awaited.delete(which);
  return seen;
}

/** @throws where this run has waited in vain for machines of the key that replaces this one */
export function refuseUnproved(session: Session, id: string, state: State): void {
  const refTo = (key: string) => refOf("provisioning key", key);
  const seedOf = (key: string) => session.holders.get(refTo(key));
  // state has the seed of before a rename
  const seed = seedOf(id) ?? stateNotes(state).seed;
  const pastOf = (key: string) => stateNotes(session.compared.get(refTo(key))?.state ?? {}).past ?? [];
  const replaces = (key: string) => key !== id && ((seed !== undefined && seedOf(key) === seed) || pastOf(key).includes(id)); // prettier-ignore
  const next = [...session.awaited.values()].find(replaces);
  if (next === undefined) return;
  throw new Error(
    `Provisioning key "${String(state["name"])}" (${id}) was not deleted: EnrolledConnectors has waited in vain for machines of ` +
      `${next}, which replaces it. Run pulumi up again, which goes on waiting.`,
  );
}
