// What the endpoint families share: v1 unless they say otherwise, the scope's microtenant and signal on every call, and
// the answer read as an object.

import type { ApiAnswer, ApiRequest, Sender } from "../request/apiRequest";
import { parseAnswer, type Reader } from "./reader";

/** Where an object is, and until when it is waited for. */
export interface Scope {
  /**
   * The id of a microtenant, `0` for Default, or `all` (reads only). Left out it is the microtenant of the settings; where
   * they name none, ZPA writes to Default and reads from all.
   */
  microtenantId?: string | undefined;
  /** Ends the call, wherever it is, with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** A request as an endpoint family writes it. */
export type Call = Omit<ApiRequest, "version" | "microtenantId"> & { version?: ApiRequest["version"] };

/** Sends one request in a scope. */
export function send(sender: Sender, scope: Scope, call: Call): Promise<ApiAnswer> {
  return sender.send({ version: "v1", ...call, microtenantId: scope.microtenantId }, scope.signal);
}

/** Sends one request in a scope, for an answer of this form. */
export async function fetchAs<T>(reader: Reader<T>, sender: Sender, scope: Scope, call: Call): Promise<T> {
  return parseAnswer(reader, await send(sender, scope, call));
}
