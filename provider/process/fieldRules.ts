// The rules of each kind of field, in zod.

import { z } from "zod";
import { type Failure, failure } from "../model/failure";
import {
  canonical,
  type Field,
  type FieldTable,
  isSet,
  isUnknown,
  providerKey,
  unknownValue,
  type Values,
} from "../model/fields";

const trimmed = (schema: z.ZodString) =>
  schema.refine((text) => text.trim() === text, "has leading or trailing whitespace; remove it");

/** ZPA's names and other short texts; the Admin Portal takes 255 characters. */
const defaultMaxLength = 255;

const digitsOnly = "must be a ZPA id, digits only; look up an id by name with the get… functions";

/** Accepts any value and keeps it as a string. Unknown values stay unknown beside known ones. */
const keeper = z
  .unknown()
  .transform((value) => (isUnknown(value) ? unknownValue : typeof value === "string" ? value : canonical(value)));

function schemaOf(field: Field): z.ZodType {
  switch (field.kind) {
    case "id":
      return z.preprocess(
        (value) => (Number.isSafeInteger(value) ? String(value) : value),
        z.string("must be a string: ZPA's ids exceed JavaScript's safe integers").regex(/^\d+$/, digitsOnly),
      );
    case "ids":
      return z.array(z.string("must be an array of strings").regex(/^\d+$/, digitsOnly), {
        error: "must be an array of strings",
      });
    case "text":
      return trimmed(z.string("must be a string").min(1, "must not be empty; leave it out instead"))
        .max(field.maxLength ?? defaultMaxLength, `must have at most ${field.maxLength ?? defaultMaxLength} characters`)
        .regex(field.format?.pattern ?? /^/, field.format?.says);
    case "secret":
      // leading and trailing whitespace may be part of a password
      return z.string("must be a string").min(1, "must not be empty");
    case "pem":
      return z.string("must be a PEM string").min(1, "must not be empty");
    case "count":
      return z.preprocess(
        (value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
        z.int("must be an integer of at least 1").min(1, "must be an integer of at least 1"),
      );
    case "integer": {
      const [least, most] = field.range!;
      const words = `must be an integer from ${least} to ${most}`;
      return z.preprocess(
        (value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
        z.int(words).min(least, words).max(most, words),
      );
    }
    case "decimal": {
      const [least, most] = field.range!;
      const words = `must be a number from ${least} to ${most}, as in "12.5"`;
      return z.preprocess(
        (value) => (typeof value === "number" ? String(value) : value),
        z
          .string(words)
          .regex(/^-?\d+(?:\.\d+)?$/, words)
          .refine((text) => Number(text) >= least && Number(text) <= most, words),
      );
    }
    case "minutes":
      return z.preprocess(
        (value) => (typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value),
        z.number(minutes).gt(0, minutes).max(longestWait, minutes),
      );
    case "flag":
      return z.preprocess(
        (value) => (value === "true" ? true : value === "false" ? false : value),
        z.boolean("must be true or false"),
      );
    case "choice":
      return z.preprocess(
        (value) => choiceOf(field, value),
        z.literal([...(field.choices ?? [])], `must be ${(field.choices ?? []).map((one) => JSON.stringify(one)).join(" or ")}`), // prettier-ignore
      );
    case "texts":
      return z.array(trimmed(z.string("must be an array of strings").min(1, "must not contain an empty string")), {
        error: "must be an array of strings",
      });
    case "keepers":
      return z.record(z.string(), keeper, 'must be a map of strings, such as { rotation: "2026-01" }');
  }
}

/** Minutes in a day. */
const longestWait = 1440;
const minutes = `must be a number of minutes, above 0 and up to ${longestWait}`;

/** The choice that a value stands for, also as a text or, where ZPA keeps a flag as a text, as a flag. */
function choiceOf({ choices = [] }: Field, value: unknown): unknown {
  const text = choices.includes("TRUE") && /^(?:true|false)$/.test(String(value)) ? String(value).toUpperCase() : value;
  return choices.find((choice) => choice === text || String(choice) === text) ?? value;
}

const schemas = new WeakMap<Field, z.ZodType>();

function schemaFor(field: Field): z.ZodType {
  const known = schemas.get(field) ?? schemaOf(field);
  schemas.set(field, known);
  return known;
}

/**
 * Validates the arguments against the table. Unknown values pass, and those that are as they were: an imported object may
 * have one that this package would not write, and others may have set one that `ignoreChanges` leaves to them.
 *
 * @param isOurs - whether a property that is no argument is one of this package's own
 */
export function checkFields(
  table: FieldTable,
  isOurs: (name: string) => boolean,
  news: Values,
  olds: Values = {},
): { values: Values; failures: Failure[] } {
  const failures: Failure[] = [];
  const values: Values = {};
  for (const field of table) {
    const value = news[field.name];
    if (!isSet(value)) {
      if (field.required) failures.push(failure(field.name, `is required: ${field.note}`));
      continue;
    }
    const isPartlyKnown = field.kind === "keepers" && value !== unknownValue;
    // what kind of object it is decides about other fields
    const isKind = field.kind === "choice" && field.replaces === true;
    const isOld = isSet(olds[field.name]) && canonical(value) === canonical(olds[field.name]);
    const isUnchanged = isOld && !isKind;
    const parsed = isUnchanged || (isUnknown(value) && !isPartlyKnown) ? undefined : schemaFor(field).safeParse(value);
    values[field.name] = parsed?.success ? parsed.data : value;
    if (parsed?.success === false) failures.push(failure(field.name, parsed.error.issues[0]!.message));
  }
  const known = new Set([...table.map((field) => field.name), providerKey]);
  for (const name of Object.keys(news).filter((candidate) => !known.has(candidate) && !isOurs(candidate))) {
    failures.push(failure(name, `is not a valid argument; ${suggestion(name, table)}`));
  }
  return { values, failures };
}

function suggestion(name: string, table: FieldTable): string {
  const names = table.map((field) => field.name);
  const [nearest] = names
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return nearest !== undefined && nearest.distance <= Math.max(2, name.length / 3)
    ? `did you mean ${nearest.candidate}?`
    : `valid arguments are ${names.join(", ")}`;
}

/** Levenshtein's distance, by the two-row table. */
function editDistance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const substitution = above[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[other.length]!;
}
