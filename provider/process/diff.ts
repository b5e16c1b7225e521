// What the engine has to do for a resource: nothing, an update, or a replacement. Pure, but for what it notes of the run.

import { type Inputs, isSet, isUnknown, type State } from "../model/fields";
import { logicalName } from "../model/names";
import { inputNotes, stateNotes } from "../model/notes";
import { planOf } from "../model/plan";
import type { RemoteObject, ResourceDefinition } from "./definition";
import { noteInState, refuse, refuseOtherTenant } from "./record";
import { refOf, type Session } from "./session";

export function diff<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session | undefined,
  id: string,
  state: State,
  inputs: Inputs,
) {
  const { seed, generated, retain } = inputNotes(inputs);
  const { tenant, past = [] } = stateNotes(state);
  const ref = refOf(definition.kind, id);
  session?.inState.add(ref);
  noteInState(definition.kind, id, state);
  refuseOtherTenant(definition, state, tenant, session?.client.knownTenantFingerprint);
  const target = definition.adjust(inputs, state);
  const plan = planOf(definition.fields, state, target);
  const isReplaced = plan.replaces.length > 0;
  // a name must be unique: where the new object has the old one's, the old one has to go first
  const needsName = isReplaced && generated === undefined && inputs["name"] === state["name"];
  // A refresh compares what it has read with the old arguments, and before a resource is replaced the engine compares what
  // depends on it with old arguments, of which some are unknown: neither decides anything, and nothing may block them.
  const isTentative = isUnknown(inputs);
  if (session?.takeRead(ref) !== true && !isTentative) {
    refuse(definition.objection(state, target, plan));
    if (needsName && retain === true) refuse(retainedName(definition.kind, String(state["name"])));
    if (isReplaced) session?.kept.delete(ref);
    else session?.kept.add(ref);
    if (!isReplaced) tellSpentAdoption(definition.kind, id, inputs);
    if (session !== undefined && seed !== undefined) tellShared(session, definition.kind, id, seed);
  }
  if (isReplaced && seed !== undefined) session?.replacing.set(seed, { past: [...past, id].slice(-mostPast), state });
  return {
    changes: plan.changed.length > 0,
    replaces: plan.replaces,
    deleteBeforeReplace: needsName,
  };
}

function retainedName(kind: string, name: string): string {
  return (
    `name: with retainOnDelete the old ${kind} keeps the name "${name}", which the new one needs. Change the name too, or ` +
    "leave it out to have one generated."
  );
}

/** State that holds an object twice deletes it twice: after an up with --target, or a take-over on another machine. */
function tellShared(session: Session, kind: string, id: string, seed: string): void {
  const ref = refOf(kind, id);
  const holder = session.holders.get(ref) ?? seed;
  session.holders.set(ref, holder);
  if (holder === seed) return;
  console.log(
    `zpa: warning: the resources "${logicalName(holder)}" and "${logicalName(seed)}" of this stack hold the same ${kind} ` +
      `(${id}). Remove one of them with pulumi state delete, and run pulumi up again to create an object of its own.`,
  );
}

/** A forced replacement, of which the engine does not tell the provider, would adopt again. */
function tellSpentAdoption(kind: string, id: string, inputs: Inputs): void {
  const { adopt } = inputs;
  const { seed } = inputNotes(inputs);
  if (seed === undefined || !isSet(adopt) || isUnknown(adopt) || adopt === id) return;
  console.log(
    `zpa: warning: resource "${logicalName(seed)}" holds ${kind} ${id}, which has replaced ${String(adopt)}: remove ` +
      "adopt from its arguments.",
  );
}

/** More would only matter for an object that was retained so many replacements ago. */
const mostPast = 50;
