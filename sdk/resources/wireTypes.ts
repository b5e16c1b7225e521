// Schemas for the ids, counts, times, flags and names in ZPA's responses. Other clients write objects too, so
// unambiguous variants are accepted: a number for a string, null for an absent field.

import { z } from "zod";
import type { Reader } from "./reader";
import { unescapeHtml } from "../text";

/** Ids are strings: they exceed 2^53. */
export const wireId = z.union([z.string(), z.number()]).transform(String);

/** Counts are strings ("300"), although the documentation says integer. */
export const wireCount = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);

/** Times are seconds since 1970, as strings. */
export const wireTime = z.union([z.string(), z.number()]).transform(String);

/** The same, although some samples have milliseconds or microseconds. */
export const wireMoment = wireTime.transform((time) => {
  const digits = /^\d{12,}$/.test(time) ? 10 : time.length;
  return time.slice(0, digits);
});

/** Flags are the only scalar fields that are not strings. */
export const wireFlag = z.union([
  z.boolean(),
  z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(z.stringbool({ truthy: ["true", "1"], falsy: ["false", "0"] })),
]);

/** A string that ZPA returns as it was written. */
export const plainText = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** A name or a description, which ZPA returns HTML-escaped. */
export const wireText = plainText.transform(unescapeHtml);

/** A field that ZPA may omit or set to null. */
export const maybe = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => (value === null ? undefined : value) as z.output<T> | undefined);

/** Maximum number of unreadable fields that a message names. */
const maxNamedFields = 5;

/** A reader for a schema. */
export function readerOf<T>(schema: z.ZodType<T>): Reader<T> {
  return (body) => {
    const parsed = schema.safeParse(body);
    if (parsed.success) return { read: parsed.data };
    // never the error of zod: it may quote values
    const fields = parsed.error.issues.map((issue) => issue.path.join("."));
    return { unreadable: [...new Set(fields)].slice(0, maxNamedFields) };
  };
}
