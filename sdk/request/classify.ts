// Classifies error responses: which error to throw, whether a retry can help, and a hint for the user. One list of
// rules is for the API, another for the sign-in.

import type { ZpaFault } from "../http/responses";
import {
  AlreadyExistsError,
  AuthenticationError,
  NotFoundError,
  PermissionError,
  ProtocolError,
  RateLimitError,
  UnavailableError,
  ValidationError,
  type ZpaError,
  type ZpaErrorDetails,
} from "../errors";
import type { ResolvedSettings } from "../settings/resolve";

export interface Decision {
  action: Action;
  /** The error to throw if it is not retried, or if the retries do not help. */
  error: new (details: ZpaErrorDetails) => ZpaError;
  hint?: string;
}

type Action =
  | "fail"
  /** Not applied, whatever the method: retry after a backoff. */
  | "retry"
  /** May have been applied: retry after a backoff, but only if the request is idempotent. */
  | "retryIfSafe"
  /** Not applied, rate-limited: all requests wait as long as ZPA says, then retry. */
  | "waitAll"
  /** The token is no longer valid: sign in again and retry, once. */
  | "renewToken"
  /** The session is lost, or ZPA is overloaded and says 401: retry with a new token after a backoff. */
  | "pauseAndRenewToken";

const moveToOneApi =
  "this tenant accepts OneAPI only: create an API client in ZIdentity, set clientId, clientSecret and vanityDomain " +
  "(pulumi config set zpa:clientId … or ZSCALER_CLIENT_ID, and so on), and remove the legacy API key";

const notZpa = "check baseUrl and the cloud, and whether a proxy or a login page responds instead of ZPA";
const notZpa404 = `a 404 without ZPA's own resource.not.found does not mean that the object is gone: ${notZpa}`;

/** Classifies an error response of the API. */
export function classify(method: string, status: number, fault: ZpaFault): Decision {
  const id = fault.id ?? "";
  const isClientError = status >= 400 && status < 500;
  if (id === "authz.featureflag.permission.denied") {
    const hint = "the tenant's licence does not include the named feature: ask Zscaler to enable it";
    return { action: "fail", error: PermissionError, hint };
  }
  if (isClientError && isOneApiOnly(fault)) return { action: "fail", error: AuthenticationError, hint: moveToOneApi };
  if (status === 401) return classifyUnauthorized(id, fault.text);
  if (status === 429) {
    const hint =
      "other clients use this tenant's rate limit too: lower zpa:readsPer10s and zpa:writesPer10s, or run it again later";
    return { action: "waitAll", error: RateLimitError, hint };
  }
  if (id === "api.concurrent.access.error" || id === "db.simultaneous.request") {
    const hint = "another client changed the same objects at the same time: run it again";
    return { action: "retry", error: UnavailableError, hint };
  }
  // any other 404 (a gateway, a login page, an unknown endpoint) does not mean that the object is gone
  if ((status === 400 || status === 404) && fault.isNotFound) {
    return { action: "fail", error: NotFoundError, hint: notFoundHint(method, fault) };
  }
  if (status === 403) return { action: "fail", error: PermissionError, hint: forbiddenHint(fault) };
  if (isClientError && /read.?only|zscaler.?managed|deception/i.test(id)) {
    const hint = "Zscaler manages this object: the API cannot change or delete it";
    return { action: "fail", error: PermissionError, hint };
  }
  if ((status === 400 || status === 409) && isDuplicate(method, status, fault)) {
    const hint =
      "names must be unique within a microtenant: choose another name, or adopt or delete the existing object";
    return { action: "fail", error: AlreadyExistsError, hint };
  }
  if (status >= 500 || status === 408 || id === "retryable.server.error") {
    const hint = "ZPA is overloaded or down: check https://trust.zscaler.com and run it again later";
    return { action: "retryIfSafe", error: UnavailableError, hint };
  }
  if (isClientError && fault.form === "json" && status !== 404 && status !== 405) {
    const hint = validationHint(id, fault.params);
    return { action: "fail", error: ValidationError, ...(hint === undefined ? {} : { hint }) };
  }
  return { action: "fail", error: ProtocolError, hint: status === 404 ? notZpa404 : notZpa };
}

/** ZPA sends 401 for an expired token, a lost session, an overload and missing permissions alike. */
function classifyUnauthorized(id: string, text: string): Decision {
  if (id === "invalid_client") {
    return { action: "fail", error: AuthenticationError, hint: "check the client id and the client secret" };
  }
  if (/Resource Access Blocked/i.test(text)) {
    const hint = "ZPA sends this when it is overloaded: run it again later";
    return { action: "pauseAndRenewToken", error: AuthenticationError, hint };
  }
  return {
    action: /SESSION_NOT_VALID|Session already invalidated/i.test(text) ? "pauseAndRenewToken" : "renewToken",
    error: AuthenticationError,
    hint: "ZPA also refused a new token: check that customerId is this API client's tenant, and that the client is enabled and has a ZPA role",
  };
}

/** Classifies an error response of the sign-in. Never a NotFoundError, which means that an object is gone. */
export function classifySignIn(settings: ResolvedSettings, status: number, fault: ZpaFault): Decision {
  if (isOneApiOnly(fault)) return { action: "fail", error: AuthenticationError, hint: moveToOneApi };
  if (status === 429)
    return { action: "waitAll", error: RateLimitError, hint: "too many sign-ins: run it again later" };
  if (status === 401 && /Resource Access Blocked|SESSION_NOT_VALID|Session already invalidated/i.test(fault.text)) {
    return { action: "retry", error: AuthenticationError, hint: "ZPA is overloaded: run it again later" };
  }
  if (status >= 500 || status === 408) {
    const hint = "the sign-in service is overloaded or down: check https://trust.zscaler.com and run it again later";
    return { action: "retryIfSafe", error: UnavailableError, hint };
  }
  if ([400, 401, 403].includes(status))
    return { action: "fail", error: AuthenticationError, hint: credentialHint(settings) };
  const where =
    settings.mode === "legacy" ? "zpaCloud (or baseUrl)" : "vanityDomain and zscalerCloud (or tokenUrl and baseUrl)";
  const hint = `${new URL(settings.tokenUrl).host} does not serve ZPA sign-ins: check ${where}`;
  return { action: "fail", error: ProtocolError, hint };
}

function credentialHint({ mode, privateKey }: ResolvedSettings): string {
  const names =
    mode === "legacy"
      ? "zpaClientId and zpaClientSecret, and that zpaCloud is the tenant's cloud"
      : privateKey === undefined
        ? "clientId, clientSecret and vanityDomain"
        : "clientId, privateKey and vanityDomain, that the API client in ZIdentity has the matching public key, and this machine's clock";
  return (
    `check ${names}. After a rotation, set the new values: pulumi refresh, destroy and up --refresh use those of the last ` +
    "update, unless you pass --run-program or set environment variables"
  );
}

function isOneApiOnly(fault: ZpaFault): boolean {
  return /only through zscaler oneapi/i.test(fault.text);
}

function isDuplicate(method: string, status: number, { id = "", reason = "" }: ZpaFault): boolean {
  if (method !== "POST" && method !== "PUT") return false;
  if (status === 409 && id === "") return true;
  return /duplicate|already|not\.?unique|name\.exists/i.test(id) || /already (?:exists|in use)|duplicate/i.test(reason);
}

function notFoundHint(method: string, { params }: ZpaFault): string {
  if (params.includes("microtenantId")) return "the microtenant does not exist: check microtenantId";
  return method === "GET" || method === "DELETE"
    ? "the object was deleted or is in another microtenant"
    : "the object, or one that it refers to, was deleted or is in another microtenant: check zcomponentId, enrollmentCertId and microtenantId, and run pulumi up --refresh if the program makes what they name";
}

function forbiddenHint({ id = "", text }: ZpaFault): string {
  if (/LIMIT_EXCEEDED/i.test(`${id} ${text}`)) {
    return "a tenant can have 100 keys of each type, 100 groups of each kind, 10 000 credentials and 500 microtenants: delete some, or ask Zscaler for a higher limit";
  }
  return "check that customerId is this API client's tenant, and that its ZPA role allows this operation in this microtenant";
}

/** Explanations of ZPA's field names. */
const fieldNotes = new Map([
  ["enrollmentCertId", "enrollmentCertId is the id of the enrollment certificate, usually Connector or Service Edge"],
  [
    "maxUsage",
    "maxUsage cannot be lower than the uses already spent: pulumi refresh reads how many they are (usageCount)",
  ],
  ["zcomponentId", "zcomponentId is the id of the App Connector Group or Service Edge Group"],
]);

function validationHint(id: string, params: readonly string[]): string | undefined {
  const notes = params.map((param) => fieldNotes.get(param)).filter((note) => note !== undefined);
  if (id === "missing.mandatory.params") return ["set the named fields", ...notes].join("; ");
  if (/(?:^|\.)in\.use$/.test(id)) return "take it out of whatever uses it, such as a policy rule, and run it again";
  if (id === "filtering.input.invalid.operand") {
    return "the search accepts plain words only, as in maxUsage EQ 2; for other characters, list all objects and compare the names";
  }
  return notes.length > 0 ? notes.join("; ") : undefined;
}
