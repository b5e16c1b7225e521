// What an answer of ZPA says: JSON out of bytes, a fault out of a refusal.

import { ProtocolError, type ZpaErrorDetails } from "../errors";
import type { HttpAnswer } from "./connection";
import { withoutSecrets } from "./redact";
import { oneLine, unescapeHtml } from "../text";

/**
 * Parses JSON. A whole number past 2^53 becomes its exact text: ids of ZPA have 18 digits, and a server that writes one
 * without quotes must not cost us its last ones.
 */
export function parseJson(text: string): unknown {
  const exact = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? (context?.source ?? value)
      : value;
  return JSON.parse(text, exact);
}

/** What ZPA says in the body of a refusal, as far as it says anything. */
export interface ZpaFault {
  id: string | undefined;
  reason: string | undefined;
  params: string[];
  /** ZPA's own word that an object is not there: the field `id` and no other, for gateways have error codes too. */
  isNotFound: boolean;
  /** The beginning of the body: only to look for known phrases, never to show. */
  text: string;
  /** Whether the body is a JSON object, anything else, or not there. */
  form: "json" | "other" | "empty";
}

/** More than any refusal needs. */
const maxFaultLength = 64 * 1024;

export function readFault(answer: HttpAnswer): ZpaFault {
  const text = answer.text.slice(0, 4096);
  const form = answer.text.trim() === "" ? "empty" : "other";
  const nothing: ZpaFault = { id: undefined, reason: undefined, params: [], isNotFound: false, text, form };
  if (form === "empty" || answer.text.length > maxFaultLength) return nothing;
  let body: unknown;
  try {
    body = parseJson(answer.text);
  } catch {
    return nothing;
  }
  if (typeof body !== "object" || body === null) return nothing;
  const { params, ...said } = body as Record<string, unknown>;
  const first = (...names: string[]) =>
    names.map((name) => said[name]).find((value): value is string => typeof value === "string" && value !== "");
  return {
    id: first("id", "code", "error", "exception"),
    reason: first("reason", "message", "error_description", "detail", "title"),
    params: (Array.isArray(params) ? params : [params])
      .filter((param) => typeof param === "string" || typeof param === "number")
      .map(String),
    isNotFound: said["id"] === "resource.not.found",
    text,
    form: "json",
  };
}

/** The parts of an error message that an answer gives, free of secrets and of anything unbounded. */
export function faultDetails(answer: HttpAnswer, fault: ZpaFault, secrets: readonly string[]): ZpaErrorDetails {
  const clean = (text: string) => oneLine(withoutSecrets(unescapeHtml(withoutSecrets(text, secrets)), secrets), 300);
  const silent = fault.id === undefined && fault.reason === undefined && fault.params.length === 0;
  const reason = silent ? whatItIs(answer, fault) : fault.reason;
  return {
    ...answerFacts(answer, secrets),
    ...(fault.id === undefined ? {} : { id: clean(fault.id) }),
    ...(reason === undefined ? {} : { reason: clean(reason) }),
    params: fault.params.slice(0, 20).map(clean),
  };
}

/** The status, and the request id where the answer carries one. */
export function answerFacts({ status, headers }: HttpAnswer, secrets: readonly string[]): ZpaErrorDetails {
  const requestId =
    headers["x-request-id"] ??
    headers["x-oneapi-request-id"] ??
    headers["x-zscaler-request-id"] ??
    headers["x-transaction-id"];
  return requestId === undefined ? { status } : { status, requestId: oneLine(withoutSecrets(requestId, secrets), 100) };
}

function whatItIs(answer: HttpAnswer, fault: ZpaFault): string {
  if (fault.form === "empty") return "the answer is empty";
  if (fault.form === "json") return "the answer is JSON, but not in ZPA's form";
  return `the answer is ${/^\s*</.test(fault.text) ? "an HTML page" : "no JSON"} (${answer.text.length} characters)`;
}

/**
 * The JSON of a success, or undefined where its body is empty.
 *
 * @param facts - what else is known of the request
 * @throws ProtocolError when the body is anything else than JSON
 */
export function readSuccess(answer: HttpAnswer, facts: ZpaErrorDetails): unknown {
  if (answer.text.trim() === "") return undefined;
  const fail = (reason: string) =>
    new ProtocolError({
      ...facts,
      reason,
      hint: "check baseUrl, and whether a proxy or a login page answers in place of ZPA",
    });
  const contentType = answer.headers["content-type"];
  if (contentType !== undefined && !/\bjson\b/i.test(contentType)) {
    throw fail(`the answer's content type is ${oneLine(contentType.split(";")[0]!, 60)}, not JSON`);
  }
  try {
    return parseJson(answer.text);
  } catch {
    throw fail(`the answer is not JSON, or cut off (${answer.text.length} characters)`);
  }
}
