// Parses ZPA's responses: JSON, and the error in the body of a failure.

import { ProtocolError, type ZpaErrorDetails } from "../errors";
import type { HttpResponse } from "./connection";
import { withoutSecrets } from "./redact";
import { oneLine, unescapeHtml } from "../text";

/**
 * Parses JSON. An integer beyond 2^53 becomes a string with its exact digits: ZPA's ids have 18 digits, and one that is
 * not quoted must not lose precision.
 */
export function parseJson(text: string): unknown {
  const exact = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? (context?.source ?? value)
      : value;
  return JSON.parse(text, exact);
}

/** The error that ZPA reports in the body of a response; fields that it does not report are undefined. */
export interface ZpaFault {
  id: string | undefined;
  reason: string | undefined;
  params: string[];
  /**
   * Whether ZPA itself says that an object does not exist: only the field `id` counts, since gateways send codes too.
   */
  isNotFound: boolean;
  /** The first 4096 characters of the body: to search for known phrases, never to show. */
  text: string;
  /** Whether the body is a JSON object, something else, or empty. */
  form: "json" | "other" | "empty";
}

/** Characters. Larger than any error of ZPA; a longer body is not parsed. */
const maxFaultLength = 64 * 1024;

export function readFault(response: HttpResponse): ZpaFault {
  const text = response.text.slice(0, 4096);
  const form = response.text.trim() === "" ? "empty" : "other";
  const nothing: ZpaFault = { id: undefined, reason: undefined, params: [], isNotFound: false, text, form };
  if (form === "empty" || response.text.length > maxFaultLength) return nothing;
  let body: unknown;
  try {
    body = parseJson(response.text);
  } catch {
    return nothing;
  }
  if (typeof body !== "object" || body === null) return nothing;
  const { params, ...fields } = body as Record<string, unknown>;
  const first = (...names: string[]) =>
    names.map((name) => fields[name]).find((value): value is string => typeof value === "string" && value !== "");
  return {
    id: first("id", "code", "error", "exception"),
    reason: first("reason", "message", "error_description", "detail", "title"),
    params: (Array.isArray(params) ? params : [params])
      .filter((param) => typeof param === "string" || typeof param === "number")
      .map(String),
    isNotFound: fields["id"] === "resource.not.found",
    text,
    form: "json",
  };
}

/** The error details in a response, with secrets masked and lengths bounded. */
export function faultDetails(response: HttpResponse, fault: ZpaFault, secrets: readonly string[]): ZpaErrorDetails {
  const clean = (text: string) => shown(text, 300, secrets);
  const hasNoDetails = fault.id === undefined && fault.reason === undefined && fault.params.length === 0;
  const reason = hasNoDetails ? describeBody(response, fault) : fault.reason;
  return {
    ...responseFacts(response, secrets),
    ...(fault.id === undefined ? {} : { id: clean(fault.id) }),
    ...(reason === undefined ? {} : { reason: clean(reason) }),
    params: fault.params.slice(0, 20).map(clean),
  };
}

/** More than any message shows. */
const maxCleaned = 4096;

/** A text of the server as a message may show it: on one line, no longer than `length`, and without secrets. */
function shown(text: string, length: number, secrets: readonly string[]): string {
  const masked = withoutSecrets(text, secrets, maxCleaned);
  // a token that only its pattern tells, and that is cut off at the end, goes with its word
  const beginning = text.length <= maxCleaned ? masked : masked.replace(/\S{1,4096}$/, "");
  return oneLine(withoutSecrets(unescapeHtml(beginning), secrets), length);
}

/** The status and, if present, the request id of a response. */
export function responseFacts({ status, headers }: HttpResponse, secrets: readonly string[]): ZpaErrorDetails {
  const requestId =
    headers["x-request-id"] ??
    headers["x-oneapi-request-id"] ??
    headers["x-zscaler-request-id"] ??
    headers["x-transaction-id"];
  return requestId === undefined ? { status } : { status, requestId: shown(requestId, 100, secrets) };
}

function describeBody(response: HttpResponse, fault: ZpaFault): string {
  if (fault.form === "empty") return "the response is empty";
  if (fault.form === "json") return "the response is JSON, but not an error of ZPA";
  return `the response is ${/^\s*</.test(fault.text) ? "an HTML page" : "not JSON"} (${response.text.length} characters)`;
}

/**
 * The parsed JSON of a successful response, or undefined if its body is empty.
 *
 * @param facts - details of the request for the error
 * @param secrets - of the exchange, which no error may show
 * @throws ProtocolError if the body is not JSON
 */
export function readSuccess(response: HttpResponse, facts: ZpaErrorDetails, secrets: readonly string[]): unknown {
  if (response.text.trim() === "") return undefined;
  const fail = (reason: string) =>
    new ProtocolError({
      ...facts,
      reason,
      hint: "check baseUrl, and whether a proxy or a login page responds instead of ZPA",
    });
  const contentType = response.headers["content-type"];
  if (contentType !== undefined && !/\bjson\b/i.test(contentType)) {
    const type = shown(contentType, 300, secrets).split(";")[0]!;
    throw fail(`the response's content type is ${oneLine(type, 60)}, not JSON`);
  }
  try {
    return parseJson(response.text);
  } catch {
    throw fail(`the response is not valid JSON, or is truncated (${response.text.length} characters)`);
  }
}
