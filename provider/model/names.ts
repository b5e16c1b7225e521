// Names of objects whose program gives none: the logical name and a short hash. The same program asks for the same name
// on every run, so a create that is repeated after a crash finds its own object.

import { createHash } from "node:crypto";
import { canonical, defaultMicrotenant, type FieldTable, isSet, isUnknown, unknownValue, type Values } from "./fields";

/** Longest name that is generated: leaves room under the 255 characters of the Admin Portal. */
const longest = 200;
const hashLength = 7;

/** What tells one resource from another, of all stacks of an organization. */
export function nameSeed(name: string, organization: string, urn: string): string {
  return `${name}-${digest(`${organization}\n${urn}`)}`;
}

/** What tells one resource from another in its stack, and stays when the stack is renamed. */
export function placeOf(urn: string): string {
  return digest(urn.split("::").slice(2).join("::"));
}

/** The resource's logical name, out of its seed. */
export function logicalName(seed: string): string {
  return seed.slice(0, seed.lastIndexOf("-"));
}

/**
 * The name of an object whose program gives none: another as soon as an argument differs that replaces the object.
 * Unknown while any such argument is.
 *
 * @param avoided - id of the object that has the name without it and that belongs to somebody else: the next name to
 *   try, the same again when the run is repeated
 */
export function generatedName(table: FieldTable, inputs: Values, seed: string, avoided?: string): string {
  const decisive = table
    .filter((field) => field.replaces !== undefined && isSet(inputs[field.name]))
    .map((field) => [field.name, inputs[field.name]] as const)
    // Default, written or not, is the same microtenant
    .filter(([name, value]) => name !== "microtenantId" || value !== defaultMicrotenant);
  if (decisive.some(([, value]) => isUnknown(value))) return unknownValue;
  const facts = [seed, ...decisive, ...(avoided === undefined ? [] : [avoided])];
  return `${logicalName(seed).slice(0, longest).trim()}-${digest(canonical(facts))}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, hashLength);
}
