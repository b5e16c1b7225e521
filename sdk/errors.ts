// The error classes. Programs never need to parse a message: `kind`, `id`, `params` and `mayHaveHappened` carry what
// they need. The message is for people.

const brand = Symbol.for("pulumi-zpa-dynamic.error");

/** The kind of an error: one for each subclass of {@link ZpaError}. */
export type ZpaErrorKind =
  | "configuration"
  | "authentication"
  | "permission"
  | "notFound"
  | "alreadyExists"
  | "rateLimit"
  | "validation"
  | "unavailable"
  | "protocol"
  | "ambiguousOutcome";

/** The parts of an error. They contain no secrets, and each text is a single line. */
export interface ZpaErrorDetails {
  /** The operation that failed, as in `creating provisioning key "edge"`. */
  operation?: string;
  /** HTTP status of the response; absent if there was none. */
  status?: number;
  /** ZPA's dotted error id, such as `missing.mandatory.params`. */
  id?: string;
  /** ZPA's explanation with secrets masked, or the client's own. */
  reason?: string;
  /** The field names or ids that the reason refers to. */
  params?: readonly string[];
  /** How many times the request was sent. */
  attempts?: number;
  /** Request id for Zscaler support, if the response has one. */
  requestId?: string;
  /** How to fix it. */
  hint?: string;
  /** Whether the write may have been applied although there was no usable response. */
  mayHaveHappened?: boolean;
  /** The error that led to this one. */
  cause?: unknown;
}

/**
 * Base class of all errors of this package. `instanceof` checks a registered symbol, so it also works across two copies
 * of the package in one process.
 *
 * @example
 * try {
 *   await zpa.provisioningKeys.get("CONNECTOR_GRP", id);
 * } catch (error) {
 *   if (!(error instanceof ZpaError)) throw error;
 *   console.error(error.kind, error.id, error.hint);
 * }
 */
export class ZpaError extends Error {
  /** The kind of a subclass; undefined for the base class. */
  static readonly kind: ZpaErrorKind | undefined = undefined;
  /** The kind of error, for `switch`. */
  readonly kind: ZpaErrorKind;
  /** The operation that failed, as in `creating provisioning key "edge"`. */
  readonly operation: string | undefined;
  /** HTTP status of the response; undefined if there was none. */
  readonly status: number | undefined;
  /** ZPA's dotted error id, such as `missing.mandatory.params`; undefined if the response has none. */
  readonly id: string | undefined;
  /** ZPA's explanation with secrets masked, or the client's own. */
  readonly reason: string | undefined;
  /** The field names or ids that the reason refers to. */
  readonly params: readonly string[];
  /** How many times the request was sent; 0 if never. */
  readonly attempts: number;
  /** Request id for Zscaler support; undefined if the response has none. */
  readonly requestId: string | undefined;
  /** How to fix it. */
  readonly hint: string | undefined;
  /** Whether the write may have been applied although there was no usable response: check before you repeat it. */
  readonly mayHaveHappened: boolean;

  constructor(kind: ZpaErrorKind, details: ZpaErrorDetails) {
    super(describe(details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.kind = kind;
    this.operation = details.operation;
    this.status = details.status;
    this.id = details.id;
    this.reason = details.reason;
    this.params = details.params ?? [];
    this.attempts = details.attempts ?? 0;
    this.requestId = details.requestId;
    this.hint = details.hint;
    this.mayHaveHappened = details.mayHaveHappened ?? false;
    Object.defineProperty(this, brand, { value: kind });
  }

  /** `instanceof` works across copies of the package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== "object" || value === null || !(brand in value)) return false;
    return this.kind === undefined || (value as Record<symbol, unknown>)[brand] === this.kind;
  }
}

/** `ZPA 400 missing.mandatory.params creating provisioning key "edge": enrollmentCertId (…). Hint: …` */
function describe(details: ZpaErrorDetails): string {
  const head = ["ZPA", details.status, details.id, details.operation].filter((part) => part !== undefined).join(" ");
  const params = (details.params ?? []).join(", ");
  const reason = details.reason?.replace(/[.\s]+$/, "");
  const body = params && reason ? `${params} (${reason})` : params || reason;
  const extras = [
    details.attempts !== undefined && details.attempts > 1 ? `${details.attempts} attempts` : undefined,
    details.requestId === undefined ? undefined : `request id ${details.requestId}`,
  ].filter((extra) => extra !== undefined);
  const tail = extras.length > 0 ? ` [${extras.join(", ")}]` : "";
  const text = sentence(`${head}${body ? `: ${body}` : ""}${tail}`);
  return details.hint === undefined ? text : `${text} Hint: ${sentence(details.hint)}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Settings are missing, invalid or contradictory. */
export class ConfigurationError extends ZpaError {
  static override readonly kind = "configuration";
  constructor(details: ZpaErrorDetails) {
    super("configuration", details);
  }
}

/** ZPA rejected the API client's credentials or its token, or the tenant accepts OneAPI only. */
export class AuthenticationError extends ZpaError {
  static override readonly kind = "authentication";
  constructor(details: ZpaErrorDetails) {
    super("authentication", details);
  }
}

/** Signed in, but not allowed: the role, the licence, a tenant limit, or an object that is managed elsewhere. */
export class PermissionError extends ZpaError {
  static override readonly kind = "permission";
  constructor(details: ZpaErrorDetails) {
    super("permission", details);
  }
}

/**
 * The object does not exist: HTTP 400 or 404 with ZPA's own id `resource.not.found`. For a write, it may also be an
 * object that the body refers to. Any other 404 (from a gateway, for an unknown endpoint, with an empty body) is a
 * {@link ProtocolError}, because it does not mean that the object is gone.
 */
export class NotFoundError extends ZpaError {
  static override readonly kind = "notFound";
  constructor(details: ZpaErrorDetails) {
    super("notFound", details);
  }
}

/** An object with this name already exists. */
export class AlreadyExistsError extends ZpaError {
  static override readonly kind = "alreadyExists";
  constructor(details: ZpaErrorDetails) {
    super("alreadyExists", details);
  }
}

/**
 * ZPA refused requests because of its rate limit (429) for longer than the client waits. The refused request was not
 * applied.
 */
export class RateLimitError extends ZpaError {
  static override readonly kind = "rateLimit";
  constructor(details: ZpaErrorDetails) {
    super("rateLimit", details);
  }
}

/** ZPA, or the client itself, refused the request as invalid. Repeating it does not help. */
export class ValidationError extends ZpaError {
  static override readonly kind = "validation";
  constructor(details: ZpaErrorDetails) {
    super("validation", details);
  }
}

/** ZPA was unreachable or failed on every retry, the operation timed out, or the client was closed. */
export class UnavailableError extends ZpaError {
  static override readonly kind = "unavailable";
  constructor(details: ZpaErrorDetails) {
    super("unavailable", details);
  }
}

/**
 * The response is not one of ZPA: HTML, invalid JSON, a missing field, a redirect, or too large. If `mayHaveHappened`
 * is true, a write may have been applied nevertheless: check before you repeat it.
 */
export class ProtocolError extends ZpaError {
  static override readonly kind = "protocol";
  constructor(details: ZpaErrorDetails) {
    super("protocol", details);
  }
}

/** A create or a move got no usable response: it may or may not have been applied. Check before you repeat it. */
export class AmbiguousOutcomeError extends ZpaError {
  static override readonly kind = "ambiguousOutcome";
  constructor(details: ZpaErrorDetails) {
    super("ambiguousOutcome", { ...details, mayHaveHappened: true });
  }
}
