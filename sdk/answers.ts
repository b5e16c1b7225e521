// What an answer of ZPA means: JSON out of bytes, an error class out of a status, and whether asking again can help.

import {
  AlreadyExistsError,
  AmbiguousOutcomeError,
  AuthenticationError,
  NotFoundError,
  PermissionError,
  ProtocolError,
  RateLimitError,
  UnavailableError,
  ValidationError,
  type ZpaError,
  type ZpaErrorDetails,
} from "./errors";
import type { HttpAnswer } from "./http";
import { withoutSecrets } from "./redact";

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

/** What ZPA says in an error's body, as far as it says anything. */
export interface ZpaFault {
  id: string | undefined;
  reason: string | undefined;
  params: string[];
  /** The body's text when it is not ZPA's JSON: only to look for known phrases, never to show. */
  text: string;
}

export function readFault(answer: HttpAnswer): ZpaFault {
  const text = answer.text.slice(0, 4096);
  const fault: ZpaFault = { id: undefined, reason: undefined, params: [], text };
  if (answer.text.length > 64 * 1024) return fault;
  let body: unknown;
  try {
    body = parseJson(answer.text);
  } catch {
    return fault;
  }
  if (typeof body !== "object" || body === null) return fault;
  const {
    id,
    error,
    exception,
    reason,
    detail,
    error_description: description,
    params,
  } = body as Record<string, unknown>;
  const firstText = (...candidates: unknown[]) =>
    candidates.find((candidate): candidate is string => typeof candidate === "string" && candidate !== "");
  return {
    ...fault,
    id: firstText(id, error, exception),
    reason: firstText(reason, description, detail),
    params: Array.isArray(params)
      ? params.filter((param) => ["string", "number"].includes(typeof param)).map(String)
      : [],
  };
}

/** What to do about an answer that is no success. */
export type Verdict =
  | { do: "fail"; error: (details: ZpaErrorDetails) => ZpaError; hint?: string }
  /** Carried out by nobody, whatever the method: send it again after a pause. */
  | { do: "repeat"; error: (details: ZpaErrorDetails) => ZpaError; hint?: string }
  /** The same, after everybody has waited as long as ZPA says. */
  | { do: "waitAll"; error: (details: ZpaErrorDetails) => ZpaError; hint?: string }
  /** The token is no longer good: sign in again, then send it again. */
  | { do: "renew"; backOff: boolean; error: (details: ZpaErrorDetails) => ZpaError; hint?: string }
  /** May have been carried out: only what is safe to repeat may be repeated. */
  | { do: "repeatIfSafe"; error: (details: ZpaErrorDetails) => ZpaError; hint?: string };

const authentication = (details: ZpaErrorDetails) => new AuthenticationError(details);
const permission = (details: ZpaErrorDetails) => new PermissionError(details);
const validation = (details: ZpaErrorDetails) => new ValidationError(details);

const moveToOneApi =
  "this tenant takes OneAPI only: set clientId, clientSecret and vanityDomain (zpa:clientId …, or ZSCALER_CLIENT_ID …) " +
  "of an API client in ZIdentity, and no legacy API key";

export function judge(status: number, fault: ZpaFault): Verdict {
  const id = fault.id ?? "";
  if (status === 401) return judgeUnauthorized(id, fault.text);
  if (status === 429) return { do: "waitAll", error: (details) => new RateLimitError(details) };
  if (status === 404 || (status === 400 && id === "resource.not.found")) {
    return { do: "fail", error: (details) => new NotFoundError(details) };
  }
  if (id === "api.concurrent.access.error" || id === "db.simultaneous.request") {
    return { do: "repeat", error: (details) => new UnavailableError(details) };
  }
  if (status === 403) {
    const hint = /LIMIT_EXCEEDED/i.test(`${id} ${fault.text}`)
      ? "a tenant holds 100 keys of each type, 100 groups of each kind, 10 000 credentials and 500 microtenants: delete some, or ask Zscaler for more"
      : "give the API client's role the right to do this";
    return { do: "fail", error: permission, hint };
  }
  if (/duplicate|already.?exist|not\.unique|name\.exists/i.test(`${id} ${status === 409 ? "duplicate" : ""}`)) {
    return { do: "fail", error: (details) => new AlreadyExistsError(details) };
  }
  if (status >= 500 || status === 408) return { do: "repeatIfSafe", error: (details) => new UnavailableError(details) };
  if (status >= 400) {
    const hint = id === "missing.mandatory.params" ? "set the fields that are named" : undefined;
    return { do: "fail", error: validation, ...(hint === undefined ? {} : { hint }) };
  }
  return {
    do: "fail",
    error: (details) => new ProtocolError(details),
    hint: "the API never redirects: check the base URL, and whether a proxy stands in between",
  };
}

/** The table of 401s: one status for a stale token, an overload, a missing licence and a tenant that has moved. */
function judgeUnauthorized(id: string, text: string): Verdict {
  if (id === "authz.featureflag.permission.denied") {
    return {
      do: "fail",
      error: permission,
      hint: "the tenant's licence does not cover this feature; ask Zscaler to enable it",
    };
  }
  if (id === "invalid_client") {
    return { do: "fail", error: authentication, hint: "check the client id and the client secret" };
  }
  if (/only through zscaler oneapi/i.test(text)) return { do: "fail", error: authentication, hint: moveToOneApi };
  return {
    do: "renew",
    backOff: /Resource Access Blocked/i.test(text),
    error: authentication,
    hint: "the token was renewed and still refused: check that the API client is enabled and may use this tenant",
  };
}

/** The parts of an error message that an answer gives, free of secrets and of anything unbounded. */
export function faultDetails(answer: HttpAnswer, fault: ZpaFault, secrets: readonly string[]): ZpaErrorDetails {
  const clean = (text: string) => {
    const line = withoutSecrets(text, secrets)
      .replace(/[\p{Cc}\s]+/gu, " ")
      .trim();
    return line.length > 300 ? `${line.slice(0, 300)}…` : line;
  };
  const requestId =
    answer.headers["x-request-id"] ?? answer.headers["x-oneapi-request-id"] ?? answer.headers["x-zscaler-request-id"];
  return {
    status: answer.status,
    ...(fault.id === undefined ? {} : { id: clean(fault.id) }),
    ...(fault.reason === undefined ? {} : { reason: clean(fault.reason) }),
    params: fault.params.slice(0, 20).map(clean),
    ...(requestId === undefined ? {} : { requestId: clean(requestId) }),
  };
}

/**
 * The JSON of a success, or undefined where its body is empty.
 *
 * @throws ProtocolError when the body is anything else than JSON. A write may then have been carried out.
 */
export function readSuccess(answer: HttpAnswer, operation: string, isWrite: boolean): unknown {
  if (answer.text.trim() === "") return undefined;
  const fail = (reason: string) =>
    new ProtocolError({
      operation,
      status: answer.status,
      reason,
      hint: "check the base URL, and whether a proxy or a login page answers in place of ZPA",
      mayHaveHappened: isWrite,
    });
  const contentType = answer.headers["content-type"];
  if (contentType !== undefined && !/\bjson\b/i.test(contentType)) {
    throw fail(`the answer's content type is ${contentType.split(";")[0]!.slice(0, 60)}, not JSON`);
  }
  try {
    return parseJson(answer.text);
  } catch {
    throw fail(`the answer is not JSON (${answer.text.length} characters)`);
  }
}

export function ambiguous(details: ZpaErrorDetails): AmbiguousOutcomeError {
  return new AmbiguousOutcomeError({
    ...details,
    hint: "it may or may not have been carried out: look for the object before trying again",
  });
}
