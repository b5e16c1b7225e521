// The shapes in which ZPA writes ids, counts, times, flags and names. Where another writing can mean one thing only (a
// number where a text is usual, null for what is absent) it is taken: other clients write objects too.

import { z } from "zod";
import type { Reader } from "./reader";
import { unescapeHtml } from "../text";

/** Ids are text: they exceed 2^53. */
export const wireId = z.union([z.string(), z.number()]).transform(String);

/** Counts come as text ("300") although the documents call them integers. */
export const wireCount = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);

/** Times are seconds since 1970, as text. */
export const wireTime = z.union([z.string(), z.number()]).transform(String);

/** Flags are the only fields that are not text. */
export const wireFlag = z.union([
  z.boolean(),
  z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(z.stringbool({ truthy: ["true", "1"], falsy: ["false", "0"] })),
]);

/** A text that ZPA gives back as it got it. */
export const plainText = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** A name or a description: comes back HTML-escaped. */
export const wireText = plainText.transform(unescapeHtml);

/** A field that ZPA may leave out, or write as null. */
export const maybe = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => (value === null ? undefined : value) as z.output<T> | undefined);

/** How many unreadable fields a message names. */
const mostFields = 5;

export function readerOf<T>(schema: z.ZodType<T>): Reader<T> {
  return (written) => {
    const parsed = schema.safeParse(written);
    if (parsed.success) return { read: parsed.data };
    // never the error of zod: it may hold what was written
    const fields = parsed.error.issues.map((issue) => issue.path.join("."));
    return { unreadable: [...new Set(fields)].slice(0, mostFields) };
  };
}
