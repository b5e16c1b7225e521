// Decides whether a resource stays, is updated or is replaced. Makes no requests; records what it learns of the run.

import { type Inputs, isSet, isUnknown, type State } from "../model/fields";
import { logicalName } from "../model/names";
import { inputNotes, stateNotes } from "../model/notes";
import { planOf } from "../model/plan";
import type { RemoteObject, ResourceDefinition } from "./definition";
import { refuseForRetained } from "./groupReplacement";
import { noteInState, refuse, refuseOtherTenant } from "./record";
import { refOf, type Session } from "./session";
import { refuseLosing } from "./takenNames";
import { tell } from "./tell";

export function diff<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session | undefined,
  id: string,
  state: State,
  inputs: Inputs,
) {
  const { seed, generated, retain, first, replaceOn = [] } = inputNotes(inputs);
  const { tenant, retain: wasRetained, past = [] } = stateNotes(state);
  const ref = refOf(definition.kind, id);
  session?.inState.add(ref);
  noteInState(definition.kind, id, state);
  const what = `${definition.kind} "${String(state["name"])}"`;
  refuseOtherTenant(what, tenant, session?.client.knownTenantFingerprint);
  if (tenant !== undefined) session?.tenants.set(tenant, what);
  const target = definition.adjust(inputs, state, id);
  const plan = planOf(definition.fields, state, target);
  const isReplaced = plan.replaces.length > 0;
  // names are unique: an object that keeps the name of the old one needs the old one deleted first
  const needsName = isReplaced && generated === undefined && inputs["name"] === state["name"];
  // A refresh compares with the old arguments. Before it replaces a resource, the engine also compares its dependents, with
  // old arguments of which some are unknown. Neither decides anything, so neither may record anything, nor refuse what others
  // than the engine decide.
  const isTentative = isUnknown(inputs);
  // where the engine compares in parallel, it may delete a dependent that it has just compared with its own arguments
  if (isTentative && isReplaced) session?.kept.delete(ref);
  const isOfRefresh = session?.takeRead(ref) === true;
  // one that goes because of something else goes, whatever its own arguments come to in parallel
  const { isTentative: wasTentative = false, replaces: before = [] } = session?.compared.get(ref) ?? {};
  const isGoing = wasTentative && before.length > 0 && !isTentative;
  if (session !== undefined && !isOfRefresh && !isGoing) {
    const foresee = () => refuseLosing(definition, session, id, state);
    const goesFirst = isReplaced && !isTentative && (first ?? needsName);
    session.compared.set(ref, { id, state, inputs, replaces: plan.replaces, isTentative, goesFirst, foresee });
    // the engine drops what the last up has retained, without asking
    if (isTentative && isReplaced && wasRetained === true) refuseForRetained(session, id, state);
  }
  const isOfProgram = !isOfRefresh && !isTentative;
  if (isOfProgram) {
    refuse(definition.objection(state, target, plan, id));
    if (needsName && retain === true) refuse(retainedName(definition.kind, String(state["name"])));
    // the engine itself replaces an incomplete object where replaceOnChanges lists every change
    if (isReplaced || replaceOn.includes("*") || replaceOn.includes("#initerror")) session?.kept.delete(ref);
    else if (!isGoing) session?.kept.add(ref);
    if (!isReplaced) tellSpentAdoption(definition.kind, id, inputs);
    if (session !== undefined && seed !== undefined) {
      tellShared(session, definition.kind, id, seed);
      if (isReplaced) session.replacing.set(seed, [...past, id].slice(-mostPast));
    }
  }
  // a refresh, which brings old inputs back, gets them from outputs
  const isStateOld = definition.isIncomplete?.(state) === true || retain !== wasRetained;
  return {
    changes: plan.changed.length > 0 || (isOfProgram && isStateOld),
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

/** Warns if two resources hold the same object, as after `--target` or a take-over on another machine. */
function tellShared(session: Session, kind: string, id: string, seed: string): void {
  const ref = refOf(kind, id);
  const holder = session.holders.get(ref) ?? seed;
  session.holders.set(ref, holder);
  if (holder === seed) return;
  tell(
    `zpa: warning: the resources "${logicalName(holder)}" and "${logicalName(seed)}" of this stack hold the same ${kind} ` +
      `(${id}). Remove one of them with pulumi state delete, and run pulumi up again to create an object of its own.`,
  );
}

/** Warns of an `adopt` that has no effect: a forced replacement, which the provider cannot see, would adopt after all. */
function tellSpentAdoption(kind: string, id: string, inputs: Inputs): void {
  const { adopt } = inputs;
  const { seed } = inputNotes(inputs);
  if (seed === undefined || !isSet(adopt) || isUnknown(adopt) || adopt === id) return;
  tell(
    `zpa: warning: resource "${logicalName(seed)}" holds ${kind} ${id} and does not take ${String(adopt)} over: adopt counts ` +
      "at creation alone. Remove it from the arguments.",
  );
}

/** The most ids that state remembers; older ones matter only for objects that were retained. */
const mostPast = 50;
