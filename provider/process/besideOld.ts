// What is deleted because of another resource, which goes before its replacement is made, is created after that if it still
// depends on it. Where it does not, the engine deletes and creates at once, and cannot read its state any more if it records the
// new object while it has the old one.

import type { Inputs } from "../model/fields";
import { logicalName } from "../model/names";
import { type InputNotes, inputNotes, stateNotes } from "../model/notes";
import { capitalized } from "../model/words";
import type { RemoteObject, ResourceDefinition } from "./definition";
import { goesAfter } from "./groupReplacement";
import { type Comparison, refOf, type Session } from "./session";

/**
 * @param there - the objects with the name of the new one
 * @throws until the object that this resource has had is deleted, and where an earlier run may have created the new one
 */
export function refuseBesideOld<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  inputs: Inputs,
  there: readonly T[],
): void {
  const notes = inputNotes(inputs);
  const which = `${capitalized(definition.kind)} "${String(inputs["name"])}"`;
  for (const [ref, old] of session.compared) {
    const { id, state, inputs: olds, isTentative, replaces } = old;
    if (ref !== refOf(definition.kind, id) || !isTentative || replaces.length === 0 || !mayBeOf(notes, old)) continue;
    // only what keeps a key for its group tells when a retained one is dropped
    const last = inputNotes(olds).retain === true ? goesAfter(session, id, state) : ref;
    if (last === undefined) continue;
    const replaced = `"${String(state["name"])}" (${id})`;
    const made = notes.generated === true ? there.find((one) => one.id !== id) : undefined;
    if (made !== undefined) {
      throw new Error(
        `${which} was not created: it exists already (id ${made.id}), and an earlier run may have put it in the place of ${replaced}, ` +
          "which goes in this run because of a resource that is deleted before its replacement is made. Undo what replaces " +
          "that resource, run pulumi up, and make that change again.",
      );
    }
    if (session.dropped.has(last)) continue;
    throw new Error(
      `${which} was not created: ${replaced}, which it replaces, is not deleted yet. It goes in this run because of a resource that ` +
        "is deleted before its replacement is made, and on which the new one does not depend. Add that resource to dependsOn, " +
        "then run pulumi up again.",
    );
  }
}

/** Whether a resource has had this object, or may have had it: a refresh leaves few notes. */
function mayBeOf({ seed, place }: InputNotes, { state, inputs }: Comparison): boolean {
  if (seed === undefined) return false;
  // the engine compares with old inputs, whose seed may be that of before a rename of the stack
  const { seed: old = stateNotes(state).seed, place: oldPlace, refreshed } = inputNotes(inputs);
  if (old === seed || (oldPlace !== undefined && oldPlace === place)) return true;
  return refreshed === true && old !== undefined && logicalName(old) === logicalName(seed);
}
