// What a program wants of an object that is there: the one comparison that diff, update and adoption go by.

import {
  type Field,
  type FieldTable,
  forcesReplacement,
  type Inputs,
  isSet,
  isUnknown,
  same,
  type State,
  type Values,
} from "./fields";
import { inputNotes, stateNotes } from "./notes";

export interface Plan {
  /** Names of the fields that differ, unknown ones among them. */
  changed: string[];
  /** Those of them that take a new object. */
  replaces: string[];
  /** What every field is to be. */
  target: Values;
  /** The object is there already, and is to be taken over. */
  isAdoption?: true;
}

/** Compares what the program says with the object as state has it. */
export function planOf(table: FieldTable, state: State, inputs: Inputs): Plan {
  const { replaceOn = [], raised = [] } = inputNotes(inputs);
  const { replaceFor } = stateNotes(state);
  const plan: Plan = { changed: [], replaces: [], target: targetOf(table, state, inputs) };
  for (const field of table) {
    if (field.onlyAtCreate) continue;
    const [old, now] = [state[field.name], plan.target[field.name]];
    const isForced = field.name === replaceFor;
    if (same(field, old, now) && !isForced) continue;
    plan.changed.push(field.name);
    const isOfProgram = !isForgotten(field, state) && !raised.includes(field.name);
    const isListedChange = isListed(replaceOn, field.name) && isOfProgram;
    if (isForced || isListedChange || forcesReplacement(field, old, now)) plan.replaces.push(field.name);
  }
  return plan;
}

/**
 * Whether the object has a secret that state does not know: it was imported, or others have set it. That the program gives
 * one is then no change of the program, for which an object would have to go.
 */
function isForgotten(field: Field, state: State): boolean {
  const { seed, managed = [] } = stateNotes(state);
  return field.secret === true && !isSet(state[field.name]) && (seed === undefined || managed.includes(field.name));
}

/**
 * What every field is to be: as the program says; its fallback, where the program has said something earlier and no
 * longer does; else as the object has it.
 *
 * @param current - the object as ZPA has it now, where that was read
 */
export function targetOf(table: FieldTable, state: State, inputs: Inputs, current: Values = state): Values {
  return Object.fromEntries(table.map((field) => [field.name, wanted(field, state, inputs, current)]));
}

/** Whether an update depends on what others may have set: on fields that the program or `ignoreChanges` leaves alone. */
export function leavesAlone(table: FieldTable, names: readonly string[], state: State, inputs: Inputs): boolean {
  return table.some(
    (field) =>
      names.includes(field.name) &&
      (isIgnored(field, inputs) || (!isSet(inputs[field.name]) && !isTakenOut(field, state, inputs))),
  );
}

function wanted(field: Field, state: State, inputs: Inputs, current: Values): unknown {
  // an object that is being created has nothing yet
  if (isIgnored(field, inputs) && isSet(current[field.name])) return current[field.name];
  if (field.name === "name") return wantedName(state, inputs, current);
  const value = inputs[field.name];
  if (isSet(value)) return value;
  return isTakenOut(field, state, inputs) ? field.fallback : current[field.name];
}

/** A generated name is given once, at creation, and stays. */
function wantedName(state: State, inputs: Inputs, current: Values): unknown {
  const { name, managed = [] } = stateNotes(state);
  const isGenerated = inputNotes(inputs).generated === true;
  if (isGenerated && name !== undefined) return name;
  // a name that the program has taken out gives way to a generated one; an adopted object keeps its own
  const isGiven = !isGenerated || (managed.includes("name") && !isUnknown(inputs["name"]));
  return isGiven ? inputs["name"] : (current["name"] ?? inputs["name"]);
}

/**
 * Whether `ignoreChanges` leaves an argument of an object to others: in its place, the engine passes what state had at the
 * last refresh. Secrets are left out of requests instead, since nobody can read them.
 */
function isIgnored(field: Field, inputs: Inputs): boolean {
  const { ignored = [], raised = [], leavesName = false } = inputNotes(inputs);
  if (field.name === "name" && leavesName) return true;
  return field.secret === undefined && isListed(ignored, field.name) && !raised.includes(field.name);
}

function isTakenOut(field: Field, state: State, inputs: Inputs): boolean {
  const { managed = [] } = stateNotes(state);
  return !isSet(inputs[field.name]) && managed.includes(field.name) && field.computed === undefined;
}

/** Whether property paths of Pulumi, as in `ignoreChanges`, list an argument or a part of it. */
export function isListed(paths: readonly string[], name: string): boolean {
  return paths.some((path) => path === "*" || rootOf(path) === name);
}

/** The argument that a property path of Pulumi begins with: `keepers` of `keepers.rotation` and of `["keepers"]`. */
function rootOf(path: string): string {
  return /^\[?"?([^.["\]]+)/.exec(path)?.[1] ?? path;
}
