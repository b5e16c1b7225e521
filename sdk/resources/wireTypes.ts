// The shapes in which ZPA writes ids, counts, times, flags and names, and how an answer is held against its schema.

import { z } from "zod";
import { ProtocolError } from "../errors";
import { unescapeHtml } from "../text";
import type { ApiAnswer } from "../request/transport";

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
export const wireFlag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

/** What people typed: comes back HTML-escaped. */
export const wireText = z.string().transform(unescapeHtml);

/** A field that ZPA may leave out, or write as null. */
export const maybe = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => (value === null ? undefined : value) as z.output<T> | undefined);

/** @throws ProtocolError naming the fields that are not as ZPA writes them; never their values. */
export function parseAnswer<T extends z.ZodType>(schema: T, answer: ApiAnswer): z.output<T> {
  const parsed = schema.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  throw new ProtocolError({
    ...answer.facts,
    params: parsed.error.issues.slice(0, 5).map((issue) => issue.path.join(".") || "the whole answer"),
    reason: answer.body === undefined ? "the answer is empty" : "not of the form that ZPA documents",
    hint: "check baseUrl, and whether a proxy answers in place of ZPA",
    // never the error of zod: it may hold the answer
  });
}
