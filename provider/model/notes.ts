// What the package remembers about a resource beside its arguments and outputs. It stands in one property whose name
// begins with two underscores: the CLI does not display it.

import type { CleanUpBody } from "../../sdk";
import { isSet, type Values } from "./fields";

/** The property of inputs and of outputs that holds the notes. */
export const notesKey = "__zpa";

/**
 * The setting in which an explicit provider tells its process of `envVarMappings`, as JSON. The process of the default
 * provider has none.
 */
export const mappingsKey = "envVarMappings";

/** Notes in a resource's inputs. */
export interface InputNotes {
  /** Tells resources apart: `<logical name>-<hash of organization and URN>`. */
  seed?: string;
  /** Tells the resources of a stack apart, whatever it is called: hash of the URN without stack and project. */
  place?: string;
  /** Arguments whose change replaces the object, from the resource option `replaceOnChanges`. */
  replaceOn?: string[];
  /** The program gives no name: where there is one, it was generated. */
  generated?: true;
  /** Arguments that `headroom` has raised above those of the program; not stored. */
  raised?: string[];
  /** The name is the old one because of `ignoreChanges`: where others have changed it, it stays theirs. */
  leavesName?: true;
  /** The resource option `retainOnDelete`. */
  retain?: true;
  /** The resource option `deleteBeforeReplace`, of what keys live in. */
  first?: boolean;
  /** The resource option `ignoreChanges`. */
  ignored?: string[];
  /** A refresh has made the inputs of outputs: their place is lost, and their seed may be that of before a rename. */
  refreshed?: true;
}

/** Notes in a resource's outputs. */
export interface StateNotes {
  seed?: string;
  /** The resource option `retainOnDelete`: a change of it alone is an update, which sends nothing. */
  retain?: true;
  /** Names of the arguments that the program has set: one that is taken away later is noticed by it. */
  managed?: string[];
  /** The name that was generated for the object: a rename by others is noticed by it. */
  name?: string;
  /** Fingerprint of the tenant that the object lives in. */
  tenant?: string;
  /** The argument because of which the object must be replaced: with it, a secret output was lost at the creation. */
  replaceFor?: string;
  /** Ids of the objects that this resource had before: none of them is ever taken for a new one. */
  past?: string[];
  /** What the resource took over, to be brought back when it goes. */
  previous?: CleanUpBody | undefined;
  /** What it has configured in its place; several where answers were lost, of which ZPA may have any. */
  configured?: CleanUpBody[];
  /** Arguments that the program leaves to others. */
  ignored?: string[];
  /** Id of the microtenant whose settings it has changed; `0` is Default. */
  microtenantId?: string;
  /** When this program last wrote the secret (seconds since 1970), until a refresh has seen the time that ZPA gave it. */
  secretWrittenAt?: string;
  /** Seconds by which ZPA's reset times differ from the times of its answers, as seen at earlier writes. */
  resetClockOffset?: number;
}

/** Release 0.1.0 kept its notes in properties of their own; state that it wrote is still read. */
const flatKeys = ["nameSeed", "generatedName", "managedFields", "secretWrittenAt", "resetClockOffset"];

/** The notes in a resource's inputs, as the program, or an earlier check, wrote them. */
export function inputNotes(inputs: Values): InputNotes {
  const { nameSeed, generatedName, name } = inputs;
  const flat: InputNotes = {};
  if (typeof nameSeed === "string") flat.seed = nameSeed;
  if (isSet(generatedName) && generatedName === name) flat.generated = true;
  return { ...flat, ...(inputs[notesKey] as InputNotes | undefined) };
}

/** The notes in a resource's outputs. */
export function stateNotes(state: Values): StateNotes {
  const { nameSeed, generatedName, managedFields, secretWrittenAt, resetClockOffset } = state;
  const flat = {
    seed: nameSeed,
    managed: managedFields,
    name: generatedName,
    secretWrittenAt,
    resetClockOffset,
  } as StateNotes;
  return (state[notesKey] as StateNotes | undefined) ?? flat;
}

/** Whether a property holds notes, of this release or of an earlier one. */
export function isNote(name: string): boolean {
  return name === notesKey || flatKeys.includes(name);
}

/** The values without notes of an earlier release, with these notes. */
export function withNotes(values: Values, notes: InputNotes | StateNotes): Values {
  const plain = Object.entries(values).filter(([name]) => !isNote(name));
  return { ...Object.fromEntries(plain), [notesKey]: notes };
}
