// Every setting in one schema: its Pulumi config key (the property), its environment variables, whether it is secret,
// what it means. The loader, the TypeScript type and the README's table all come from here.

import { z } from "zod";
import { clouds, legacyBaseUrl, oneApiUrls, parseCloud } from "./clouds";
import { ConfigurationError } from "./errors";

interface SettingFacts {
  env: readonly string[];
  secret?: boolean;
  required: string;
  description: string;
}

const setting = (facts: SettingFacts) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ ...facts });

const flag = (facts: SettingFacts) =>
  z
    .preprocess(
      (value) =>
        typeof value === "string" ? { true: true, "1": true, false: false, "0": false }[value.toLowerCase()] : value,
      z.boolean("must be true or false").optional(),
    )
    .meta({ ...facts });

const number = (facts: SettingFacts, schema: z.ZodNumber) =>
  z.preprocess((value) => (typeof value === "string" ? Number(value) : value), schema.optional()).meta({ ...facts });

const id = (facts: SettingFacts) =>
  z
    .string()
    .regex(/^\d+$/, "must be an id, digits only")
    .optional()
    .meta({ ...facts });

const origin = (facts: SettingFacts, path: "none" | "any") =>
  z
    .string()
    .optional()
    .superRefine((value, context) => {
      const problem = value === undefined ? undefined : urlProblem(value, path);
      if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
    })
    .meta({ ...facts });

/** Loopback hosts, the only ones that plain http may talk to. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function urlProblem(value: string, path: "none" | "any"): string | undefined {
  if (!URL.canParse(value)) return "must be a URL such as https://api.zsapi.net";
  const url = new URL(value);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "must start with https://";
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return "must be https; plain http is only for loopback hosts such as 127.0.0.1";
  }
  if (url.username !== "" || url.password !== "") return "must not hold a user name or a password";
  if (path === "none" && (url.pathname !== "/" || url.search !== "" || url.hash !== "")) {
    return "must be a scheme and a host only; the API's paths are added to it";
  }
  return undefined;
}

export const settingsSchema = z.strictObject({
  clientId: setting({
    env: ["ZSCALER_CLIENT_ID"],
    required: "OneAPI",
    description: "Client id of the API client in ZIdentity",
  }),
  clientSecret: setting({
    env: ["ZSCALER_CLIENT_SECRET"],
    secret: true,
    required: "OneAPI, unless `privateKey`",
    description: "Client secret of that API client",
  }),
  privateKey: setting({
    env: ["ZSCALER_PRIVATE_KEY"],
    secret: true,
    required: "OneAPI, unless `clientSecret`",
    description: "RSA private key of that API client: PEM text or the path of a PEM file, PKCS#1 or PKCS#8",
  }),
  vanityDomain: setting({
    env: ["ZSCALER_VANITY_DOMAIN"],
    required: "OneAPI, unless `tokenUrl`",
    description: "The organisation's ZIdentity domain: `acme` for acme.zslogin.net",
  }),
  zscalerCloud: setting({
    env: ["ZSCALER_CLOUD"],
    required: "no",
    description: `Cloud of a OneAPI tenant, default PRODUCTION: ${clouds.join(", ")}`,
  }),
  customerId: id({
    env: ["ZPA_CUSTOMER_ID", "ZSCALER_CUSTOMER_ID"],
    required: "legacy",
    description: "ZPA tenant id; OneAPI reads it from the token when it is left out",
  }),
  microtenantId: id({
    env: ["ZPA_MICROTENANT_ID"],
    required: "no",
    description: "Microtenant of all objects that name none themselves; `0` is Default",
  }),
  useLegacyClient: flag({
    env: ["ZSCALER_USE_LEGACY_CLIENT"],
    required: "no",
    description: "`true` for a legacy ZPA API key, `false` for OneAPI; default: whichever is configured",
  }),
  zpaClientId: setting({ env: ["ZPA_CLIENT_ID"], required: "legacy", description: "Client id of the legacy API key" }),
  zpaClientSecret: setting({
    env: ["ZPA_CLIENT_SECRET"],
    secret: true,
    required: "legacy",
    description: "Client secret of the legacy API key",
  }),
  zpaCustomerId: id({
    env: ["ZPA_CUSTOMER_ID", "ZSCALER_CUSTOMER_ID"],
    required: "legacy, or `customerId`",
    description: "The same as `customerId`, under the legacy name",
  }),
  zpaCloud: setting({
    env: ["ZPA_CLOUD"],
    required: "no",
    description: "Cloud of a legacy API key, default PRODUCTION, from the same list",
  }),
  baseUrl: origin(
    {
      env: ["ZPA_BASE_URL"],
      required: "no",
      description: "Scheme and host in place of the cloud's API; OneAPI's `/zpa` prefix stays",
    },
    "none",
  ),
  tokenUrl: origin(
    {
      env: ["ZPA_TOKEN_URL"],
      required: "no",
      description: "URL in place of ZIdentity's token endpoint; OneAPI only",
    },
    "any",
  ),
  caCertificate: setting({
    env: ["ZPA_CA_CERTIFICATE"],
    required: "no",
    description:
      "CA to trust besides the usual ones, for a proxy that inspects TLS: PEM text or the path of a PEM file",
  }),
  readsPer10s: number(
    {
      env: ["ZPA_READS_PER_10S"],
      required: "no",
      description: "Reads (GET) per 10 s, default 20 as documented by Zscaler; 0 for no limit",
    },
    z.int("must be a whole number").min(0, "must be 0 or more"),
  ),
  writesPer10s: number(
    {
      env: ["ZPA_WRITES_PER_10S"],
      required: "no",
      description: "Writes (POST, PUT, DELETE) per 10 s, default 10 as documented by Zscaler; 0 for no limit",
    },
    z.int("must be a whole number").min(0, "must be 0 or more"),
  ),
  rateLimitScope: z
    .enum(["tenant", "endpoint"], "must be tenant or endpoint")
    .optional()
    .meta({
      env: ["ZPA_RATE_LIMIT_SCOPE"],
      required: "no",
      description:
        "`tenant` (documented, the default): one limit for all; `endpoint`: keys and credentials counted apart, until ZPA refuses a request",
    }),
  operationTimeout: number(
    {
      env: ["ZPA_OPERATION_TIMEOUT"],
      required: "no",
      description:
        "Seconds that one operation may take with all its retries, default 300, not counting its place in the queue",
    },
    z.number("must be a number of seconds").positive("must be more than 0"),
  ),
  requestTimeout: number(
    {
      env: ["ZPA_REQUEST_TIMEOUT"],
      required: "no",
      description: "Seconds that one answer may take, default 30",
    },
    z.number("must be a number of seconds").positive("must be more than 0"),
  ),
});

/** The settings of a client, as a program passes them. Every one may be left out. */
export type ZpaSettings = z.input<typeof settingsSchema>;
export type SettingName = keyof typeof settingsSchema.shape;

export const settingNames = Object.keys(settingsSchema.shape) as SettingName[];

/** What the schema knows of a setting beside its type. */
export function settingFacts(name: SettingName): SettingFacts {
  return settingsSchema.shape[name].meta() as unknown as SettingFacts;
}

/** Where settings come from, the strongest first: explicit, then Pulumi config, then the environment. */
export interface SettingSources {
  explicit?: { readonly [K in SettingName]?: unknown };
  config?: (name: SettingName) => string | undefined;
  env?: Readonly<Record<string, string | undefined>>;
}

/** How to reach one tenant: what the transport and the sign-in need, with nothing left to decide. */
export interface ResolvedSettings {
  mode: "legacy" | "oneApi";
  /** Scheme, host and OneAPI's prefix; no slash at the end. */
  baseUrl: string;
  /** Where a token is asked for. */
  tokenUrl: string;
  clientId: string;
  clientSecret: string | undefined;
  privateKey: string | undefined;
  /** Undefined when the OneAPI token has to tell it. */
  customerId: string | undefined;
  microtenantId: string | undefined;
  caCertificate: string | undefined;
  readsPer10s: number;
  writesPer10s: number;
  rateLimitScope: "tenant" | "endpoint";
  /** Milliseconds. */
  operationTimeout: number;
  /** Milliseconds. */
  requestTimeout: number;
}

const oneApiKeys = ["clientId", "clientSecret", "privateKey", "vanityDomain"] as const;
const legacyKeys = ["zpaClientId", "zpaClientSecret"] as const;
const reading = "reading the settings";

/**
 * Reads the settings and decides how to sign in.
 *
 * @throws ConfigurationError naming the settings that are missing, wrong or contradict each other, and how to set them.
 */
export function resolveSettings(sources: SettingSources): ResolvedSettings {
  const { values, bySource } = read(sources);
  const parsed = settingsSchema.safeParse(values);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const name = (issue.path[0] ?? (issue.code === "unrecognized_keys" ? issue.keys[0] : "")) as SettingName;
    throw new ConfigurationError({
      operation: reading,
      params: [name],
      reason: issue.code === "unrecognized_keys" ? "there is no such setting" : issue.message,
      hint: `${howToSet(name)}; the README lists all settings`,
      // never the error of zod itself: it may quote the value
    });
  }
  const settings = parsed.data;
  const mode = decideMode(settings.useLegacyClient, bySource);
  const common = {
    mode,
    microtenantId: settings.microtenantId,
    caCertificate: settings.caCertificate,
    readsPer10s: settings.readsPer10s ?? 20,
    writesPer10s: settings.writesPer10s ?? 10,
    rateLimitScope: settings.rateLimitScope ?? "tenant",
    operationTimeout: (settings.operationTimeout ?? 300) * 1000,
    requestTimeout: (settings.requestTimeout ?? 30) * 1000,
  } as const;
  const base = settings.baseUrl === undefined ? undefined : new URL(settings.baseUrl).origin;
  if (mode === "legacy") {
    const baseUrl = base ?? legacyBaseUrl(parseCloud("zpaCloud", settings.zpaCloud));
    return {
      ...common,
      baseUrl,
      tokenUrl: `${baseUrl}/signin`,
      clientId: settings.zpaClientId ?? missing("zpaClientId"),
      clientSecret: settings.zpaClientSecret ?? missing("zpaClientSecret"),
      privateKey: undefined,
      customerId: settings.zpaCustomerId ?? settings.customerId ?? missing("zpaCustomerId"),
    };
  }
  if (settings.clientSecret !== undefined && settings.privateKey !== undefined) {
    throw new ConfigurationError({
      operation: reading,
      params: ["clientSecret", "privateKey"],
      reason: "both are set, and only one can sign in",
      hint: "remove one of them",
    });
  }
  const cloud = parseCloud("zscalerCloud", settings.zscalerCloud);
  const urls = oneApiUrls(
    cloud,
    settings.vanityDomain ?? (settings.tokenUrl !== undefined ? "" : missing("vanityDomain")),
  );
  return {
    ...common,
    baseUrl: `${base ?? urls.baseUrl}/zpa`,
    tokenUrl: settings.tokenUrl ?? urls.tokenUrl,
    clientId: settings.clientId ?? missing("clientId"),
    clientSecret: settings.clientSecret ?? (settings.privateKey === undefined ? missing("clientSecret") : undefined),
    privateKey: settings.privateKey,
    customerId: settings.customerId ?? settings.zpaCustomerId,
  };
}

type Values = Partial<Record<SettingName, unknown>>;

function read(sources: SettingSources): { values: Values; bySource: Values[] } {
  const present = (value: unknown) => value !== undefined && value !== null && value !== "";
  const pick = (get: (name: SettingName) => unknown): Values =>
    Object.fromEntries(settingNames.map((name) => [name, get(name)] as const).filter(([, value]) => present(value)));
  const env = sources.env ?? {};
  const explicit: Values = Object.fromEntries(
    Object.entries(sources.explicit ?? {}).filter(([, value]) => present(value)),
  );
  const bySource = [
    explicit,
    pick((name) => sources.config?.(name)),
    pick((name) =>
      settingFacts(name)
        .env.map((variable) => env[variable])
        .find(present),
    ),
  ];
  return { values: Object.assign({}, ...bySource.toReversed()) as Values, bySource };
}

/** Explicit, else by the strongest source that says anything about signing in. */
function decideMode(useLegacyClient: boolean | undefined, bySource: readonly Values[]): "legacy" | "oneApi" {
  if (useLegacyClient !== undefined) return useLegacyClient ? "legacy" : "oneApi";
  for (const source of bySource) {
    const oneApi = oneApiKeys.filter((key) => source[key] !== undefined);
    const legacy = legacyKeys.filter((key) => source[key] !== undefined);
    if (oneApi.length > 0 && legacy.length > 0) {
      throw new ConfigurationError({
        operation: reading,
        params: [...oneApi, ...legacy],
        reason: "OneAPI and the legacy API are both configured",
        hint: `remove one group, or decide with useLegacyClient (${howToSet("useLegacyClient")})`,
      });
    }
    if (oneApi.length > 0) return "oneApi";
    if (legacy.length > 0) return "legacy";
  }
  throw new ConfigurationError({
    operation: reading,
    reason: "nothing says how to sign in",
    hint:
      "set clientId, clientSecret and vanityDomain for OneAPI, or zpaClientId, zpaClientSecret and zpaCustomerId for " +
      `a legacy API key; ${howToSet("clientId")}, and so on`,
  });
}

function missing(name: SettingName): never {
  throw new ConfigurationError({ operation: reading, params: [name], reason: "it is not set", hint: howToSet(name) });
}

function howToSet(name: SettingName): string {
  if (!(name in settingsSchema.shape)) return "check its spelling";
  const { env, secret } = settingFacts(name);
  return `pulumi config set ${secret === true ? "--secret " : ""}zpa:${name} …, or the environment variable ${env.join(" or ")}`;
}
