/** How much of the API's documented rate is enforced, and what a refusal looks like. */
export interface RateLimitSettings {
  /** `fixed` counts in windows that begin at multiples of `windowMs`; `sliding` looks back from each request. */
  windows: "off" | "sliding" | "fixed";
  /** Who shares a count: the whole tenant, or each endpoint family (keys, credentials, each look-up) for itself. */
  scope: "tenant" | "endpoint";
  /** Reads in a window. */
  reads: number;
  /** Writes in a window. */
  writes: number;
  /** Length of a window, in milliseconds. */
  windowMs: number;
  /** How a refusal writes its wait. */
  retryAfterFormat: "13s" | "13" | "http-date" | "absent";
  /** Seconds to announce, or `window`: until there is room again, rounded up. */
  retryAfterSeconds: number | "window";
}

/** What can follow the field in a search expression. */
export type SearchOperator = (typeof searchOperators)[number];
const searchOperators = ["EQ", "NE", "LIKE", "GT", "LT", "GE", "LE", "CONTAINS", "STARTSWITH", "ENDSWITH"] as const;

/** Status and error id of the refusals that nobody has recorded. */
const defaultRefusals = {
  missingParams: { status: 400, id: "missing.mandatory.params" },
  invalidParam: { status: 400, id: "invalid.param" },
  invalidJson: { status: 400, id: "invalid.json" },
  noSuchReference: { status: 400, id: "resource.not.found" },
  duplicateName: { status: 400, id: "resource.already.exist" },
  limitExceeded: { status: 403, id: "LIMIT_EXCEEDED" },
  managedByZscaler: { status: 400, id: "resource.readonly" },
  groupInUse: { status: 400, id: "resource.in.use" },
  credentialInUse: { status: 400, id: "resource.in.use" },
  scheduleExists: { status: 400, id: "resource.already.exist" },
  scheduleDisabled: { status: 400, id: "invalid.param" },
  foreignCustomer: { status: 403, id: "authz.customer.permission.denied" },
  bodyTooLarge: { status: 413, id: "request.too.large" },
  unknownRoute: { status: 404, id: "api.endpoint.not.found" },
  unknownMethod: { status: 405, id: "method.not.allowed" },
};
/** What the API can refuse, where its answer is a guess. */
export type RefusalKind = keyof typeof defaultRefusals;

/** How one refusal is answered. */
export interface RefusalSettings {
  /** HTTP status. */
  status: number;
  /** ZPA's dotted error id. */
  id: string;
}

/**
 * What can be changed while the simulator runs: the points where live systems differ or the documents are silent.
 * Which of the defaults are guesses stands in `guesses`.
 */
export interface SimulatorSettings {
  /** The rate limit. */
  rateLimits: RateLimitSettings;
  /** Milliseconds of real time before a request is carried out. */
  latencyMs: number;
  /** Life of the tokens that are issued from now on, in seconds: an hour is documented, 84 000 s were seen. */
  tokenLifeSeconds: {
    /** Of a legacy API key's tokens. */
    legacy: number;
    /** Of OneAPI's tokens. */
    oneApi: number;
  };
  /** Status of `resource.not.found`. */
  notFoundStatus: 400 | 404;
  /** Status of a successful create: 201 in the documents, 200 in recordings. */
  createStatus: 200 | 201;
  /** Whether a name that exists is refused. */
  refuseDuplicateNames: boolean;
  /** Optional fields that a PUT leaves out are dropped; otherwise they keep their value. */
  putDropsAbsentFields: boolean;
  /** `lssAppConnectorGroup` in the answer to a GET by id; the list always has it right (terraform-provider-zpa #590). */
  lssInSingleReads: "right" | "wrong";
  /** A PUT of a credential without its secret is refused; otherwise the old secret stays. */
  putDemandsSecret: boolean;
  /** What a page size beyond 500 does. */
  oversizedPage: "clamp" | "refuse";
  /** The documents show right counts, a `"0"` beside rows, and lists without a count. */
  totalCount: "right" | "zero" | "absent";
  /** `userDomain` is not always echoed, and never for the type `PASSWORD`. */
  echoUserDomain: boolean;
  /** How often names and descriptions are HTML-escaped in answers. The vendor's Go SDK undoes it twice. */
  escapeTexts: "once" | "twice" | "never";
  /** An object has a `modifiedTime` from its creation on, equal to its `creationTime`; otherwise from its first change. */
  stampModifiedOnCreate: boolean;
  /** A `microtenantId` in the body counts when there is none in the query. */
  honourBodyMicrotenant: boolean;
  /** Whether the list of microtenants has the Default one too; it can always be read as `0`. */
  defaultMicrotenant: "hidden" | "listed";
  /** The `audience` in OneAPI's token request; some tenants refuse it (zscaler-sdk-python issue 585). */
  tokenAudience: "required" | "optional" | "refused";
  /** The operators of search expressions; any other word in their place is an invalid operand. */
  searchOperators: readonly SearchOperator[];
  /** Whether a search for odd characters, or for several words without an operator, is an invalid operand. */
  oddSearch: "refuse" | "accept";
  /** What a bulk deletion does about an id that does not exist: all of it is refused, or the rest is deleted. */
  bulkDeleteUnknownIds: "refuse" | "ignore";
  /** How a clean-up schedule that was never configured reads: as not found, or as a disabled one. */
  unsetSchedule: "absent" | "disabled";
  /** Whether a PUT may leave a disabled clean-up schedule disabled. */
  disabledScheduleUpdates: "refuse" | "accept";
  /** Who answers a path that does not exist: ZPA, with an error id, or the gateway in front of it, without one. */
  unknownRoute: "zpa" | "gateway";
  /** Status and error id by what is refused. */
  refusals: Record<RefusalKind, RefusalSettings>;
  /** Request bodies beyond this many bytes are refused and not kept. */
  bodyLimit: number;
  /** Requests that the log holds; the oldest go first. */
  logLimit: number;
  /** Objects per tenant; keys and groups are counted per kind. */
  limits: {
    /** Provisioning keys of each type. */
    keys: number;
    /** Groups of each kind. */
    groups: number;
    /** Privileged credentials. */
    credentials: number;
    /** Microtenants besides Default. */
    microtenants: number;
    /** Machines of each kind, disconnected ones included. */
    machines: number;
  };
}

export type DeepPartial<T> = {
  [K in keyof T]?: T[K] extends readonly unknown[] ? T[K] : T[K] extends object ? Partial<T[K]> : T[K];
};

export function settingsWith(overrides: DeepPartial<SimulatorSettings> = {}): SimulatorSettings {
  return {
    latencyMs: 0,
    notFoundStatus: 400,
    createStatus: 201,
    refuseDuplicateNames: true,
    putDropsAbsentFields: true,
    lssInSingleReads: "wrong",
    putDemandsSecret: false,
    oversizedPage: "clamp",
    totalCount: "right",
    echoUserDomain: true,
    escapeTexts: "once",
    stampModifiedOnCreate: true,
    honourBodyMicrotenant: true,
    defaultMicrotenant: "hidden",
    tokenAudience: "required",
    searchOperators,
    oddSearch: "refuse",
    bulkDeleteUnknownIds: "refuse",
    unsetSchedule: "absent",
    disabledScheduleUpdates: "refuse",
    unknownRoute: "zpa",
    bodyLimit: 1_048_576,
    logLimit: 50_000,
    ...overrides,
    refusals: { ...structuredClone(defaultRefusals), ...overrides.refusals },
    tokenLifeSeconds: { legacy: 3600, oneApi: 84_000, ...overrides.tokenLifeSeconds },
    rateLimits: {
      windows: "sliding",
      scope: "tenant",
      reads: 20,
      writes: 10,
      windowMs: 10_000,
      retryAfterFormat: "13s",
      retryAfterSeconds: 13,
      ...overrides.rateLimits,
    },
    limits: { keys: 100, groups: 100, credentials: 10_000, microtenants: 500, machines: 100, ...overrides.limits },
  };
}
