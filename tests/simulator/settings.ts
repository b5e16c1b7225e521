/** How much of the API's documented rate is enforced, and what a refusal looks like. */
export interface RateLimitSettings {
  /** `fixed` counts in windows that begin at multiples of `windowMs`; `sliding` looks back from each request. */
  windows: "off" | "sliding" | "fixed";
  /** Who shares a count: the whole tenant, or each endpoint family (keys, credentials, each look-up) for itself. */
  scope: "tenant" | "endpoint";
  reads: number;
  writes: number;
  windowMs: number;
  retryAfterFormat: "13s" | "13" | "http-date" | "absent";
  /** Seconds to announce, or `window`: until there is room again, rounded up. */
  retryAfterSeconds: number | "window";
}

/** What can be changed while the simulator runs: the points where live systems differ or the documents are silent. */
export interface SimulatorSettings {
  rateLimits: RateLimitSettings;
  /** Milliseconds of real time before a request is carried out. */
  latencyMs: number;
  /** Life of the tokens that are issued from now on, in seconds: an hour is documented, 84 000 s were seen. */
  tokenLifeSeconds: { legacy: number; oneApi: number };
  /** Status of `resource.not.found`. */
  notFoundStatus: 400 | 404;
  /** Status of a successful create: 201 in the documents, 200 in recordings. */
  createStatus: 200 | 201;
  refuseDuplicateNames: boolean;
  /** Optional fields that a PUT leaves out are dropped; otherwise they keep their value. */
  putDropsAbsentFields: boolean;
  /** A PUT of a credential without its secret is refused; otherwise the old secret stays. */
  putDemandsSecret: boolean;
  /** What a page size beyond 500 does. */
  oversizedPage: "clamp" | "refuse";
  /** The documents show right counts, a `"0"` beside rows, and lists without a count. */
  totalCount: "right" | "zero" | "absent";
  /** `userDomain` is not always echoed. */
  echoUserDomain: boolean;
  /** Objects per tenant; keys and groups are counted per kind. */
  limits: { keys: number; groups: number; credentials: number; microtenants: number };
}

export type DeepPartial<T> = { [K in keyof T]?: T[K] extends object ? Partial<T[K]> : T[K] };

export function settingsWith(overrides: DeepPartial<SimulatorSettings> = {}): SimulatorSettings {
  return {
    latencyMs: 0,
    notFoundStatus: 400,
    createStatus: 201,
    refuseDuplicateNames: true,
    putDropsAbsentFields: true,
    putDemandsSecret: false,
    oversizedPage: "clamp",
    totalCount: "right",
    echoUserDomain: true,
    ...overrides,
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
    limits: { keys: 100, groups: 100, credentials: 10_000, microtenants: 500, ...overrides.limits },
  };
}
