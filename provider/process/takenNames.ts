// Names that another object has.

import { canonical, defaultMicrotenant, type Inputs, isSet, isUnknown, type State, type Values } from "../model/fields";
import { inputNotes, stateNotes } from "../model/notes";
import { capitalized, oneOf } from "../model/words";
import type { RemoteObject, ResourceDefinition } from "./definition";
import { refOf, type Session } from "./session";

/**
 * Whether a listed object belongs to this microtenant. A microtenant also lists objects of Default, which have no
 * microtenant id and mostly a microtenant name.
 */
export function isInMicrotenant(item: RemoteObject, id: string): boolean {
  if (isSet(item.microtenantId)) return item.microtenantId === id;
  return id === defaultMicrotenant || item.microtenantName !== "Default";
}

/** Where an object's name is the only one. */
function claimOf<T extends RemoteObject>(definition: ResourceDefinition<T>, session: Session, values: Values): string {
  const { kind } = definition;
  return canonical({
    kind,
    ...definition.nameScope(values),
    name: values["name"],
    in: session.microtenantIdOf(values),
  });
}

/**
 * What tells a resource apart in a run: its seed, or else the name of its object. Imported resources have no seed with
 * `ignoreChanges: ["*"]`.
 */
export function resourceOf<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  seed: string | undefined,
  values: Values,
): string {
  return seed ?? claimOf(definition, session, values);
}

/** By seed: the arguments of a resource that this run is to create, in place of another object or not. */
const asked = new Map<string, Inputs>();

/**
 * Records the arguments of a check without old inputs. The engine makes it before each creation: for a forced replacement
 * it never calls diff, and for any other one, diff has seen old arguments in place of those in `ignoreChanges`.
 */
export function noteAsked(seed: string, inputs: Inputs): void {
  asked.set(seed, inputs);
}

/** Whether this run is to create an object for the resource with this seed. */
export function isToBeCreated(seed: string | undefined): boolean {
  return seed !== undefined && asked.has(seed);
}

/**
 * Before an object is deleted to be replaced: it must not be known that the new one cannot be created, or the old one would be
 * lost for nothing. A name that the program gives must be free. An object that the program adopts may have it, and where the
 * old one is gone already, as after a crashed run, nothing can be lost.
 *
 * @throws if another object has the name, or the arguments name what there is not
 */
export async function refuseLosing<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  id: string,
  state: State,
): Promise<void> {
  // state has the seed of before a rename with aliases
  const seed = session.holders.get(refOf(definition.kind, id)) ?? stateNotes(state).seed;
  const inputs = seed === undefined ? undefined : asked.get(seed);
  if (inputs === undefined || session.created.has(resourceOf(definition, session, seed, state))) return;
  if (isUnknown(inputs)) return;
  await definition.foresee?.(session, inputs);
  if (inputNotes(inputs).generated === true) return;
  // nobody else can have the name of the old object
  if (claimOf(definition, session, inputs) === claimOf(definition, session, state)) return;
  const [name, microtenantId] = [String(inputs["name"]), session.microtenantIdOf(inputs)];
  const named = await definition.objects(session, inputs).named(name);
  const isInTheWay = (item: T) => item.id !== id && item.id !== inputs["adopt"] && isInMicrotenant(item, microtenantId);
  const others = named.filter(isInTheWay);
  if (others.length === 0 || (await definition.find(session, id, state)) === undefined) return;
  throw nameTaken(definition, inputs, others);
}

export function nameTaken<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  inputs: Inputs,
  existing: readonly T[],
): Error {
  const { kind } = definition;
  const name = String(inputs["name"]);
  const [first, ...others] = existing;
  if (others.length > 0) {
    const ids = existing.map((item) => item.id).join(", ");
    return new Error(
      `Several ${kind}s named "${name}" exist already (ids ${ids}). Delete those that are not needed, then take over the ` +
        'one that is left with adopt: "<id>", or give this resource another name.',
    );
  }
  const id = first!.id;
  const remedy = definition.isShownOnce(first!)
    ? `Nobody can read its text any more, so it cannot be adopted: if nothing uses it, delete it in the Admin Portal.`
    : `If it was created outside of Pulumi, or by a run that was interrupted, take it over with adopt: "${id}".`;
  const replaced =
    inputNotes(inputs).retain === true
      ? "If this resource is being replaced, retainOnDelete keeps the old one and its name: change the name too."
      : "If this resource is being replaced, change its name too, or set deleteBeforeReplace.";
  return new Error(
    `${capitalized(oneOf(kind))} named "${name}" exists already (id ${id}). If this program managed it under another resource name, ` +
      `add that name to the resource option aliases. ${replaced} ${remedy} ` +
      "Otherwise give this resource another name.",
  );
}

/** For an update or a move, which cannot take over another object. */
export function nameTakenAtUpdate(kind: string, id: string, state: State, target: Values): Error {
  const old = `"${String(state["name"])}" (${id})`;
  if (state["name"] === target["name"]) {
    const there = (target["microtenantId"] ?? defaultMicrotenant) as string;
    return new Error(
      `microtenantId: ${oneOf(kind)} named "${String(target["name"])}" exists already in microtenant ${there}, so ${old} cannot ` +
        "be moved there. An interrupted run or somebody else may have left it: if nothing uses it, delete it in the Admin " +
        "Portal, then run pulumi up again. Otherwise give this resource another name.",
    );
  }
  return new Error(
    `name: another ${kind} is named "${String(target["name"])}" already, so ${old} cannot be ` +
      "renamed. Choose another name. To swap the names of two resources, give one of them a temporary name first, and run " +
      "pulumi up twice.",
  );
}
