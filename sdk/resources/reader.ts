// Turns a response, or a row of it, into an object. This type hides zod, so that no published declaration mentions it.

import type { ApiResponse } from "../request/apiRequest";
import { ProtocolError } from "../errors";

/** Returns the parsed object, or the names of the fields that are not in the expected form; never their values. */
export type Reader<T> = (body: unknown) => { read: T } | { unreadable: string[] };

/** @throws ProtocolError naming the fields that are not in the expected form; never their values */
export function parseResponse<T>(reader: Reader<T>, response: ApiResponse): T {
  const result = reader(response.body);
  if ("read" in result) return result.read;
  throw new ProtocolError({
    ...response.facts,
    params: result.unreadable.map((field) => field || "the whole response"),
    reason: response.body === undefined ? "the response is empty" : "not in the form that ZPA documents",
    hint: "check baseUrl, and whether a proxy responds instead of ZPA",
  });
}
