// How an answer, or a row of it, becomes an object of the client. The library that does it stays behind this type, so that
// no declaration of the package mentions it.

import type { ApiAnswer } from "../request/apiRequest";
import { ProtocolError } from "../errors";

/** Reads what ZPA wrote, or names the fields that are not of the form that this client knows; never their values. */
export type Reader<T> = (written: unknown) => { read: T } | { unreadable: string[] };

/** @throws ProtocolError naming the fields that are not as ZPA writes them; never their values. */
export function parseAnswer<T>(reader: Reader<T>, answer: ApiAnswer): T {
  const result = reader(answer.body);
  if ("read" in result) return result.read;
  throw new ProtocolError({
    ...answer.facts,
    params: result.unreadable.map((field) => field || "the whole answer"),
    reason: answer.body === undefined ? "the answer is empty" : "not of the form that ZPA documents",
    hint: "check baseUrl, and whether a proxy answers in place of ZPA",
  });
}
