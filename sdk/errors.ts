// What can go wrong when talking to ZPA, as classes. Nobody has to parse a message: `kind`, `id`, `params` and
// `mayHaveHappened` say what a program needs to know. The message is for people.

const brand = Symbol.for("pulumi-zpa-dynamic.error");

/** What sort of error it is: one for each subclass of {@link ZpaError}. */
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

/** What an error is made of. Every text in it is free of secrets and fits on a line. */
export interface ZpaErrorDetails {
  /** What was being done, as in `creating provisioning key "edge"`. */
  operation?: string;
  /** HTTP status of the answer; absent when none came. */
  status?: number;
  /** ZPA's dotted error id, such as `missing.mandatory.params`. */
  id?: string;
  /** ZPA's explanation, with secrets taken out. */
  reason?: string;
  /** What the explanation is about: field names, ids. */
  params?: readonly string[];
  /** How often the request was sent. */
  attempts?: number;
  /** The id under which Zscaler's support finds the request, when the answer carried one. */
  requestId?: string;
  /** What to do about it. */
  hint?: string;
  /** The write may have been carried out although no usable answer came. */
  mayHaveHappened?: boolean;
  cause?: unknown;
}

/**
 * The base of every error of this package. `instanceof` goes by a registered symbol, so it also holds between two
 * copies of the package in one process.
 */
export class ZpaError extends Error {
  /** What a subclass stands for; the base stands for all. */
  static readonly kind: ZpaErrorKind | undefined = undefined;
  /** Which subclass it is: for `switch`. */
  readonly kind: ZpaErrorKind;
  /** What was being done, as in `creating provisioning key "edge"`. */
  readonly operation: string | undefined;
  /** HTTP status of the answer; undefined when none came. */
  readonly status: number | undefined;
  /** ZPA's dotted error id, such as `missing.mandatory.params`; undefined when the answer had none. */
  readonly id: string | undefined;
  /** ZPA's explanation, or the client's own. */
  readonly reason: string | undefined;
  /** What the explanation is about: field names, ids. */
  readonly params: readonly string[];
  /** How often the request was sent; 0 when it never was. */
  readonly attempts: number;
  /** The id under which Zscaler's support finds the request; undefined when the answer carried none. */
  readonly requestId: string | undefined;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** The write may have been carried out although no usable answer came: look before repeating it. */
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

/** The settings do not say how to reach ZPA, or contradict each other. Nothing was sent. */
export class ConfigurationError extends ZpaError {
  static override readonly kind = "configuration";
  constructor(details: ZpaErrorDetails) {
    super("configuration", details);
  }
}

/** ZPA does not accept the API credential or its token; or the tenant has moved to OneAPI. */
export class AuthenticationError extends ZpaError {
  static override readonly kind = "authentication";
  constructor(details: ZpaErrorDetails) {
    super("authentication", details);
  }
}

/** Signed in, but not allowed: a role, a licence, a tenant limit, or an object that others manage. */
export class PermissionError extends ZpaError {
  static override readonly kind = "permission";
  constructor(details: ZpaErrorDetails) {
    super("permission", details);
  }
}

/**
 * The object is not there: HTTP 400 or 404 with ZPA's own id `resource.not.found`. Of a write it may also be an object that
 * the body refers to. Any other 404 (of a gateway, of an unknown endpoint, empty) is a {@link ProtocolError}: it says
 * nothing of the object.
 */
export class NotFoundError extends ZpaError {
  static override readonly kind = "notFound";
  constructor(details: ZpaErrorDetails) {
    super("notFound", details);
  }
}

/** An object of that name is there already. */
export class AlreadyExistsError extends ZpaError {
  static override readonly kind = "alreadyExists";
  constructor(details: ZpaErrorDetails) {
    super("alreadyExists", details);
  }
}

/** ZPA refused a request for its rate (429), and asks to wait longer than the operation may take. It was not carried out. */
export class RateLimitError extends ZpaError {
  static override readonly kind = "rateLimit";
  constructor(details: ZpaErrorDetails) {
    super("rateLimit", details);
  }
}

/** ZPA refused what was asked for; asking again will not help. */
export class ValidationError extends ZpaError {
  static override readonly kind = "validation";
  constructor(details: ZpaErrorDetails) {
    super("validation", details);
  }
}

/** ZPA could not be reached or could not answer, and went on so for all the retries; or the client was closed. */
export class UnavailableError extends ZpaError {
  static override readonly kind = "unavailable";
  constructor(details: ZpaErrorDetails) {
    super("unavailable", details);
  }
}

/**
 * An answer came that is not ZPA's: HTML, broken JSON, a missing field, a redirect, far too much. Where `mayHaveHappened`
 * is true a write may have been carried out nevertheless: look before repeating it.
 */
export class ProtocolError extends ZpaError {
  static override readonly kind = "protocol";
  constructor(details: ZpaErrorDetails) {
    super("protocol", details);
  }
}

/** A create or a move was sent and no answer came: it may or may not have been carried out. Look before repeating it. */
export class AmbiguousOutcomeError extends ZpaError {
  static override readonly kind = "ambiguousOutcome";
  constructor(details: ZpaErrorDetails) {
    super("ambiguousOutcome", { ...details, mayHaveHappened: true });
  }
}
