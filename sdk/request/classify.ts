// What to do about an answer that is no success: which error it is, whether asking again can help, and what a person
// can do. The API answers by one table, the sign-in by another.

import type { ZpaFault } from "../http/answers";
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

export interface Verdict {
  do: Remedy;
  /** What it is when no remedy helps. */
  error: new (details: ZpaErrorDetails) => ZpaError;
  hint?: string;
}

type Remedy =
  | "fail"
  /** Carried out by nobody, whatever the method: send it again after a pause. */
  | "repeat"
  /** May have been carried out: only what is safe to repeat may be sent again. */
  | "repeatIfSafe"
  /** Carried out by nobody; everybody waits as long as ZPA says. */
  | "waitAll"
  /** The token is no longer good: sign in again and repeat, once. */
  | "renew"
  /** The session is lost, or ZPA is overloaded and says 401: pause, sign in again and repeat. */
  | "renewAfterPause";

const moveToOneApi =
  "this tenant takes OneAPI only: make an API client in ZIdentity, set clientId, clientSecret and vanityDomain " +
  "(pulumi config set zpa:clientId …, or ZSCALER_CLIENT_ID and so on), and remove the legacy API key";

const otherAnswers = "check baseUrl and the cloud, and whether a proxy or a login page answers in place of ZPA";
const otherNotFound = `a 404 without ZPA's own resource.not.found does not mean that an object is gone: ${otherAnswers}`;

/** A refusal by the API. */
export function judge(method: string, status: number, fault: ZpaFault): Verdict {
  const id = fault.id ?? "";
  const isClientError = status >= 400 && status < 500;
  if (id === "authz.featureflag.permission.denied") {
    const hint = "the tenant's licence does not cover the feature that is named: have Zscaler enable it";
    return { do: "fail", error: PermissionError, hint };
  }
  if (isClientError && isOneApiOnly(fault)) return { do: "fail", error: AuthenticationError, hint: moveToOneApi };
  if (status === 401) return judgeUnauthorized(id, fault.text);
  if (status === 429) {
    const hint = "others use this tenant's API too: lower zpa:readsPer10s and zpa:writesPer10s, or run later";
    return { do: "waitAll", error: RateLimitError, hint };
  }
  if (id === "api.concurrent.access.error" || id === "db.simultaneous.request") {
    const hint = "somebody else was changing the same objects; run it again";
    return { do: "repeat", error: UnavailableError, hint };
  }
  // whatever else says 404 (a gateway, a login page, an unknown endpoint) knows nothing of the object
  if ((status === 400 || status === 404) && fault.isNotFound) {
    return { do: "fail", error: NotFoundError, hint: notFoundHint(method, fault) };
  }
  if (status === 403) return { do: "fail", error: PermissionError, hint: forbiddenHint(fault) };
  if (isClientError && /read.?only|zscaler.?managed|deception/i.test(id)) {
    const hint = "Zscaler Deception owns it: it can only be changed there";
    return { do: "fail", error: PermissionError, hint };
  }
  if ((status === 400 || status === 409) && isDuplicate(method, status, fault)) {
    const hint =
      "a name can be taken once in a microtenant: choose another, or take over or delete the one that is there";
    return { do: "fail", error: AlreadyExistsError, hint };
  }
  if (status >= 500 || status === 408 || id === "retryable.server.error") {
    const hint = "ZPA is overloaded or down, which https://trust.zscaler.com may tell; run it again later";
    return { do: "repeatIfSafe", error: UnavailableError, hint };
  }
  if (isClientError && fault.form === "json" && status !== 404 && status !== 405) {
    const hint = validationHint(id, fault.params);
    return { do: "fail", error: ValidationError, ...(hint === undefined ? {} : { hint }) };
  }
  return { do: "fail", error: ProtocolError, hint: status === 404 ? otherNotFound : otherAnswers };
}

/** One status for a stale token, a lost session, an overload and wrong rights. */
function judgeUnauthorized(id: string, text: string): Verdict {
  if (id === "invalid_client") {
    return { do: "fail", error: AuthenticationError, hint: "check the client id and the client secret" };
  }
  if (/Resource Access Blocked/i.test(text)) {
    const hint = "this is how ZPA says that it is overloaded; run it again later";
    return { do: "renewAfterPause", error: AuthenticationError, hint };
  }
  return {
    do: /SESSION_NOT_VALID|Session already invalidated/i.test(text) ? "renewAfterPause" : "renew",
    error: AuthenticationError,
    hint: "a new token was refused too: check that customerId is this API client's tenant, and that the client is enabled and has a ZPA role",
  };
}

/** A refusal by the sign-in. Never a NotFoundError: that would be taken for an object that is gone. */
export function judgeSignIn(settings: ResolvedSettings, status: number, fault: ZpaFault): Verdict {
  if (isOneApiOnly(fault)) return { do: "fail", error: AuthenticationError, hint: moveToOneApi };
  if (status === 429) return { do: "waitAll", error: RateLimitError, hint: "too many sign-ins; run it again later" };
  if (status === 401 && /Resource Access Blocked|SESSION_NOT_VALID|Session already invalidated/i.test(fault.text)) {
    return { do: "repeat", error: AuthenticationError, hint: "ZPA is overloaded; run it again later" };
  }
  if (status >= 500 || status === 408) {
    const hint = "the sign-in is overloaded or down, which https://trust.zscaler.com may tell; run it again later";
    return { do: "repeatIfSafe", error: UnavailableError, hint };
  }
  if ([400, 401, 403].includes(status))
    return { do: "fail", error: AuthenticationError, hint: credentialHint(settings) };
  const where =
    settings.mode === "legacy" ? "zpaCloud (or baseUrl)" : "vanityDomain and zscalerCloud (or tokenUrl and baseUrl)";
  const hint = `nobody signs in at ${new URL(settings.tokenUrl).host}: check ${where}`;
  return { do: "fail", error: ProtocolError, hint };
}

function credentialHint({ mode, privateKey }: ResolvedSettings): string {
  const names =
    mode === "legacy"
      ? "zpaClientId and zpaClientSecret, and that zpaCloud is the tenant's cloud"
      : privateKey === undefined
        ? "clientId, clientSecret and vanityDomain"
        : "clientId, privateKey and vanityDomain, that the API client in ZIdentity has the public key, and this machine's clock";
  return (
    `check ${names}. After a rotation set them anew: pulumi refresh and destroy use what was stored at the last up ` +
    "unless --run-program is given or the environment says otherwise"
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
  if (params.includes("microtenantId")) return "there is no such microtenant: check microtenantId";
  return method === "GET" || method === "DELETE"
    ? "it was deleted, or is in another microtenant"
    : "it, or an object that it refers to, was deleted or is in another microtenant: check zcomponentId, enrollmentCertId and microtenantId";
}

function forbiddenHint({ id = "", text }: ZpaFault): string {
  if (/LIMIT_EXCEEDED/i.test(`${id} ${text}`)) {
    return "a tenant holds 100 keys of each type, 100 groups of each kind, 10 000 credentials and 500 microtenants: delete some, or ask Zscaler for more";
  }
  return "check that customerId is this API client's tenant, and that the client's role in ZPA allows this, in this microtenant";
}

/** What ZPA calls the fields, in words. */
const fieldNotes: Readonly<Record<string, string>> = {
  enrollmentCertId: "enrollmentCertId is the id of the certificate that signs, usually Connector or Service Edge",
  zcomponentId: "zcomponentId is the id of the App Connector Group or Service Edge Group",
};

function validationHint(id: string, params: readonly string[]): string | undefined {
  const notes = params.map((param) => fieldNotes[param]).filter((note) => note !== undefined);
  if (id === "missing.mandatory.params") return ["set the fields that are named", ...notes].join("; ");
  if (id === "filtering.input.invalid.operand") {
    return "the search takes plain words, as in maxUsage EQ 2; for other characters list all and compare the names";
  }
  return notes.length > 0 ? notes.join("; ") : undefined;
}
