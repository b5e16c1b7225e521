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
  const { seed } = stateNotes(state);
  if (seed === undefined) return;
  const holderOf = (key: string) => session.holders.get(refOf("provisioning key", key));
  const next = [...session.awaited.values()].find((key) => key !== id && holderOf(key) === seed);
  if (next === undefined) return;
  throw new Error(
    `Provisioning key "${String(state["name"])}" (${id}) was not deleted: EnrolledConnectors has waited in vain for machines of ` +
      `${next}, which replaces it. Run pulumi up again, which goes on waiting.`,
  );
}
