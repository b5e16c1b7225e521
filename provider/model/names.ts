// Names of objects whose program gives none: the logical name and a short hash, the same on every run, another as soon
// as the object has to be replaced. A create that is repeated after a crash asks for the same name and finds its own.

import { createHash } from "node:crypto";
import {
  canonical,
  type Field,
  type FieldTable,
  forcesReplacement,
  isSet,
  isUnknown,
  unknownValue,
  type Values,
} from "./fields";

/** The hidden input that tells resources apart: `<logical name>-<hash of organisation and URN>`. */
export const nameSeedKey = "nameSeed";

/** Longest name that is made: leaves room under the 255 characters of the console. */
const longest = 200;
const hashLength = 7;

export function nameSeed(name: string, organization: string, urn: string): string {
  return `${name}-${digest(`${organization}\n${urn}`)}`;
}

/** The resource's logical name, out of its seed. */
export function logicalName(seed: string): string {
  return seed.slice(0, seed.lastIndexOf("-"));
}

/** The hidden input that holds the name which was made here: what a rename by somebody else is told by. */
export const generatedNameKey = "generatedName";

/**
 * The name of an object whose program gives none, or unknown as long as anything is that decides about replacing it.
 * An object that stays keeps the name that was made for it.
 */
export function generatedName(table: FieldTable, olds: Values, news: Values): string | undefined {
  const seed = news[nameSeedKey];
  if (typeof seed !== "string") return undefined;
  const decisive = table.filter((field) => field.replaces !== undefined && isSet(news[field.name]));
  if (decisive.some((field) => isUnknown(news[field.name]))) return unknownValue;
  const staysPut = (field: Field) => field.computed !== undefined && !isSet(news[field.name]);
  const stays = table.every(
    (field) => staysPut(field) || !forcesReplacement(field, olds[field.name], news[field.name]),
  );
  const earlier = olds[generatedNameKey];
  if (stays && typeof earlier === "string") return earlier;
  const facts = decisive.map((field) => [field.name, news[field.name]]);
  return `${logicalName(seed).slice(0, longest).trim()}-${digest(canonical([seed, ...facts]))}`;
}

/** Whether the name of these inputs was made here: an object that has it can only be ours. */
export function isGenerated(inputs: Values): boolean {
  return isSet(inputs["name"]) && inputs["name"] === inputs[generatedNameKey];
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, hashLength);
}
