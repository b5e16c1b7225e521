// Resolves the settings of all sources into how to reach one tenant.

import { legacyBaseUrl, oneApiBaseUrl, oneApiTokenUrl, parseCloud, type ZpaCloud } from "./clouds";
import { ConfigurationError } from "../errors";
import { settingsSchema } from "./schema";
import { type SettingName, settingNames } from "./settings";
import {
  howToSet,
  readSources,
  isTenantSetting,
  type SettingSources,
  type Source,
  firstSet,
  trustedSources,
  type Values,
} from "./sources";
import { parseVanityDomain } from "./urls";

/** How to reach one tenant, with all defaults applied. Contains secrets. */
export interface ResolvedSettings {
  /** `legacy` signs in with a legacy ZPA API key, `oneApi` with a ZIdentity API client. */
  mode: "legacy" | "oneApi";
  /** Scheme and host, plus the `/zpa` prefix for OneAPI; no trailing slash. */
  baseUrl: string;
  /** URL of the token endpoint. */
  tokenUrl: string;
  /** Client id of the API client or API key. */
  clientId: string;
  /** Client secret; undefined with a private key. */
  clientSecret: string | undefined;
  /** PEM text or the path of a PEM file. */
  privateKey: string | undefined;
  /** Undefined if it is read from the OneAPI token. */
  customerId: string | undefined;
  /** Microtenant of all requests that name none. */
  microtenantId: string | undefined;
  /** PEM text of a CA to trust besides the usual ones. */
  caCertificate: string | undefined;
  /** GET requests per 10 s; 0 for no limit. */
  readsPer10s: number;
  /** POST, PUT and DELETE requests per 10 s; 0 for no limit. */
  writesPer10s: number;
  /** Whether the rate limit holds for the tenant or for each endpoint family. */
  rateLimitScope: "tenant" | "endpoint";
  /** Milliseconds for one operation with all its retries. */
  operationTimeout: number;
  /** Milliseconds for the response headers, and between two chunks of the body. */
  requestTimeout: number;
}

const oneApiKeys = ["clientId", "clientSecret", "privateKey", "vanityDomain"] as const;
const legacyKeys = ["zpaClientId", "zpaClientSecret"] as const;
const reading = "reading the settings";

/**
 * Reads the settings from their sources and decides how to sign in. Sends nothing.
 *
 * @throws ConfigurationError naming the settings that are missing, invalid or contradictory, and how to set them
 *
 * @example
 * const { mode, baseUrl } = resolveSettings({ explicit: { vanityDomain: "acme" }, env: process.env });
 */
export function resolveSettings(sources: SettingSources): ResolvedSettings {
  const all = readSources(sources);
  const found = trustedSources(all);
  const values = Object.assign({}, ...found.map((source) => source.values).toReversed()) as Values;
  const settings = parse(values);
  const mode = decideMode(settings.useLegacyClient, found);
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
  const need = (name: SettingName, value: string | undefined) => value ?? missing(name, mode, found, all);
  // both names mean the same: the source of highest precedence wins
  const customerId = (...names: CustomerIdName[]) => settings[firstSet(found, names) ?? "customerId"];

  if (mode === "legacy") {
    const baseUrl = base ?? legacyBaseUrl(parseCloud("zpaCloud", settings.zpaCloud));
    return {
      ...common,
      baseUrl,
      tokenUrl: `${baseUrl}/signin`,
      clientId: need("zpaClientId", settings.zpaClientId),
      clientSecret: need("zpaClientSecret", settings.zpaClientSecret),
      privateKey: undefined,
      customerId: need("zpaCustomerId", customerId("zpaCustomerId", "customerId")),
    };
  }
  onlyOne(found, ["clientSecret", "privateKey"], "both are set, but only one of them can be used");
  const usesKey = firstSet(found, ["clientSecret", "privateKey"]) === "privateKey";
  const vanity = settings.vanityDomain === undefined ? undefined : parseVanityDomain(settings.vanityDomain);
  const cloud = oneApiCloud(settings.zscalerCloud, vanity?.cloud);
  return {
    ...common,
    baseUrl: `${base ?? oneApiBaseUrl(cloud)}/zpa`,
    tokenUrl: settings.tokenUrl ?? oneApiTokenUrl(cloud, need("vanityDomain", vanity?.label)),
    clientId: need("clientId", settings.clientId),
    clientSecret: usesKey ? undefined : need("clientSecret", settings.clientSecret),
    privateKey: usesKey ? settings.privateKey : undefined,
    customerId: customerId("customerId", "zpaCustomerId"),
  };
}

type CustomerIdName = "customerId" | "zpaCustomerId";

function onlyOne(found: readonly Source[], names: readonly SettingName[], reason: string): void {
  for (const { values, nameOf } of found) {
    const set = names.filter((name) => values[name] !== undefined);
    if (set.length === 0) continue;
    if (set.length === 1) return;
    throw new ConfigurationError({ operation: reading, params: set.map(nameOf), reason, hint: "remove one of them" });
  }
}

function parse(values: Values) {
  const parsed = settingsSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  throw new ConfigurationError({
    operation: reading,
    params: [unknown ?? String(issue.path[0])],
    reason: unknown === undefined ? issue.message : "no such setting",
    hint:
      unknown === undefined ? howToSet(issue.path[0] as SettingName) : `valid settings are ${settingNames.join(", ")}`,
    // never the error of zod: it may quote the value
  });
}

/** `useLegacyClient` if set, else the credentials in the source of highest precedence that has any. */
function decideMode(useLegacyClient: boolean | undefined, found: readonly Source[]): "legacy" | "oneApi" {
  if (useLegacyClient !== undefined) return useLegacyClient ? "legacy" : "oneApi";
  for (const { values, nameOf, howToSet } of found) {
    const oneApi = oneApiKeys.filter((key) => values[key] !== undefined);
    const legacy = legacyKeys.filter((key) => values[key] !== undefined);
    if (oneApi.length > 0 && legacy.length > 0) {
      throw new ConfigurationError({
        operation: reading,
        params: [...oneApi, ...legacy].map(nameOf),
        reason: `${oneApi.map(nameOf).join(", ")} are for OneAPI, ${legacy.map(nameOf).join(", ")} for the legacy API`,
        hint: `remove one group, or choose one with useLegacyClient (${howToSet("useLegacyClient")})`,
      });
    }
    if (oneApi.length > 0) return "oneApi";
    if (legacy.length > 0) return "legacy";
  }
  throw new ConfigurationError({
    operation: reading,
    reason: "no credentials are configured",
    hint:
      "set clientId, clientSecret and vanityDomain for OneAPI, or zpaClientId, zpaClientSecret and zpaCustomerId for " +
      `a legacy API key; for example clientId with ${howToSet("clientId")}`,
  });
}

function oneApiCloud(setting: string | undefined, pasted: ZpaCloud | undefined): ZpaCloud {
  if (setting === undefined) return pasted ?? "PRODUCTION";
  const cloud = parseCloud("zscalerCloud", setting);
  if (pasted === undefined || pasted === cloud) return cloud;
  throw new ConfigurationError({
    operation: reading,
    params: ["vanityDomain", "zscalerCloud"],
    reason: `the host belongs to the cloud ${pasted}, but zscalerCloud is ${cloud}`,
    hint: `set vanityDomain to the first label of the host only, or zscalerCloud to ${pasted}`,
  });
}

/** @param all - the sources with the settings that must not be used */
function missing(
  name: SettingName,
  mode: "legacy" | "oneApi",
  found: readonly Source[],
  all: readonly Source[],
): never {
  const [kind, own, other] =
    mode === "legacy"
      ? (["a legacy API key", legacyKeys, oneApiKeys] as const)
      : (["OneAPI", oneApiKeys, legacyKeys] as const);
  const where = (key: SettingName, sources = found) => sources.find(({ values }) => values[key] !== undefined);
  const anchor = firstSet(found, own);
  const home = anchor && where(anchor);
  const withWhat = home === undefined ? "" : ` with ${home.nameOf(anchor!)}, which is set in ${home.label}`;
  const ignored = where(name, all);
  const whyNot =
    ignored === undefined
      ? ""
      : `; ${ignored.nameOf(name)} in ${ignored.label} is ignored because it may belong to another tenant`;
  const identity = where(own[0]);
  const mustBeInSource = ignored !== undefined || isTenantSetting(name);
  const remedy = identity !== undefined && mustBeInSource ? identity.howToSet(name) : howToSet(name);
  const decided = where("useLegacyClient")?.values.useLegacyClient;
  const wasDecided = decided !== undefined && firstSet(found, other) !== undefined;
  throw new ConfigurationError({
    operation: reading,
    params: [name],
    reason: `not set, but ${kind} requires it${withWhat}${whyNot}`,
    hint: wasDecided
      ? `useLegacyClient is ${decided as boolean | string}: remove it to use the credentials that are set, or ${remedy}`
      : remedy,
  });
}
