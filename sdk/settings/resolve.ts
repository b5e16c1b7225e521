// From the settings that stand somewhere to a decision how to reach one tenant.

import { legacyBaseUrl, oneApiBaseUrl, oneApiTokenUrl, parseCloud, type ZpaCloud } from "./clouds";
import { ConfigurationError } from "../errors";
import { settingsSchema } from "./schema";
import { type SettingName, settingNames } from "./settings";
import {
  howToSet,
  readSources,
  saysWhere,
  type SettingSources,
  type Source,
  strongest,
  usable,
  type Values,
} from "./sources";
import { parseVanityDomain } from "./urls";

/** How to reach one tenant: what the transport and the sign-in need, with nothing left to decide. Holds secrets. */
export interface ResolvedSettings {
  /** A legacy ZPA API key, or an API client of ZIdentity. */
  mode: "legacy" | "oneApi";
  /** Scheme, host and OneAPI's prefix; no slash at the end. */
  baseUrl: string;
  /** Where a token is asked for. */
  tokenUrl: string;
  clientId: string;
  clientSecret: string | undefined;
  /** PEM text or the path of a PEM file. */
  privateKey: string | undefined;
  /** Undefined when the OneAPI token has to tell it. */
  customerId: string | undefined;
  microtenantId: string | undefined;
  caCertificate: string | undefined;
  /** 0 for no limit. */
  readsPer10s: number;
  /** 0 for no limit. */
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
  const all = readSources(sources);
  const found = usable(all);
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
  // where two settings stand for the same, the one in the strongest source counts
  const customerId = (...names: CustomerIdName[]) => settings[strongest(found, names) ?? "customerId"];

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
  onlyOne(found, ["clientSecret", "privateKey"], "both are set, and only one can sign in");
  const usesKey = strongest(found, ["clientSecret", "privateKey"]) === "privateKey";
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
    reason: unknown === undefined ? issue.message : "there is no such setting",
    hint: unknown === undefined ? howToSet(issue.path[0] as SettingName) : `there are ${settingNames.join(", ")}`,
    // never the error of zod itself: it may quote the value
  });
}

/** As useLegacyClient says, else by the strongest source that says anything about signing in. */
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
    reason: `the host is one of the cloud ${pasted}, and zscalerCloud is ${cloud}`,
    hint: "give vanityDomain without its domain, or the cloud that it belongs to",
  });
}

/** @param all - the sources, with what may not be used of them */
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
  const anchor = strongest(found, own);
  const home = anchor && where(anchor);
  const beside = home === undefined ? "" : ` beside ${home.nameOf(anchor!)}, which is set in ${home.place}`;
  const passedOver = where(name, all);
  const whyNot =
    passedOver === undefined
      ? ""
      : `; ${passedOver.nameOf(name)} in ${passedOver.place} is not used, for it may belong to another tenant`;
  const identity = where(own[0]);
  const mustStandThere = passedOver !== undefined || saysWhere(name);
  const remedy = identity !== undefined && mustStandThere ? identity.howToSet(name) : howToSet(name);
  const decided = where("useLegacyClient")?.values.useLegacyClient;
  const wasDecided = decided !== undefined && strongest(found, other) !== undefined;
  throw new ConfigurationError({
    operation: reading,
    params: [name],
    reason: `not set, and ${kind} needs it${beside}${whyNot}`,
    hint: wasDecided
      ? `useLegacyClient is ${decided as boolean | string}: remove it to sign in with what is set, or ${remedy}`
      : remedy,
  });
}
