// The settings by name. The schema validates their values.

import { settingsSchema, type TiedSettings } from "./schema";

/**
 * Settings of a client. All are optional: what is not set comes from the configuration, if any, or the environment. The
 * README lists each with its environment variables and default.
 */
export interface ZpaSettings {
  /** Client id of a ZIdentity API client. */
  clientId?: string | undefined;
  /** Client secret of that API client. Secret. */
  clientSecret?: string | undefined;
  /** RSA private key of that API client, instead of a client secret: PEM text or the path of a PEM file. Secret. */
  privateKey?: string | undefined;
  /** The organisation's ZIdentity domain: `acme` for acme.zslogin.net. */
  vanityDomain?: string | undefined;
  /** Cloud of a OneAPI tenant; one of {@link clouds}. Default: that of a full `vanityDomain` host, else PRODUCTION. */
  zscalerCloud?: string | undefined;
  /** ZPA tenant id. Default for OneAPI: the one in the token. */
  customerId?: string | undefined;
  /** Microtenant of calls that name none; `0` for Default. Default: ZPA reads from all and writes to Default. */
  microtenantId?: string | undefined;
  /** `true` to use the legacy API key, `false` to use OneAPI. Default: whichever is configured. */
  useLegacyClient?: boolean | string | undefined;
  /** Client id of a legacy API key. */
  zpaClientId?: string | undefined;
  /** Client secret of that legacy API key. Secret. */
  zpaClientSecret?: string | undefined;
  /** ZPA tenant id; the legacy name of `customerId`. */
  zpaCustomerId?: string | undefined;
  /** Cloud of a legacy API key; one of {@link clouds}. Default: PRODUCTION. */
  zpaCloud?: string | undefined;
  /** Scheme and host of the API, instead of the cloud's. */
  baseUrl?: string | undefined;
  /** URL of the token endpoint, instead of ZIdentity's. OneAPI only. */
  tokenUrl?: string | undefined;
  /** CA to trust in addition to the default ones: PEM text or the path of a PEM file. */
  caCertificate?: string | undefined;
  /** Maximum GET requests per 10 s; 0 for no limit. Default: 20, as documented by Zscaler. */
  readsPer10s?: number | string | undefined;
  /** Maximum POST, PUT and DELETE requests per 10 s; 0 for no limit. Default: 10, as documented by Zscaler. */
  writesPer10s?: number | string | undefined;
  /** `tenant`: one limit for all requests, as documented. `endpoint`: one per endpoint family. Default: `tenant`. */
  rateLimitScope?: "tenant" | "endpoint" | undefined;
  /** Seconds for one operation with its retries, not counting waits for the rate limit. Default: 300. */
  operationTimeout?: number | string | undefined;
  /** Seconds for the response headers, and between two chunks of the body. Default: 30. */
  requestTimeout?: number | string | undefined;
}

/** The name of a setting: a property of {@link ZpaSettings}, and the key in Pulumi config after `zpa:`. */
export type SettingName = keyof ZpaSettings;

/** Facts about a setting that its type does not express. */
export interface SettingFacts {
  /** Environment variables; the first one that is set is used. */
  env: readonly string[];
  /** The value never appears in messages or logs. Set it with `pulumi config set --secret`. */
  secret?: boolean;
  /** The value is PEM text or the path of a PEM file. */
  pem?: boolean;
  /** When the setting is required, as in `OneAPI`; `no` if never. */
  required: string;
  /** Where an administrator finds the value. */
  found?: string;
  /** What the setting means, with unit and default. */
  description: string;
}

/** The names of all settings. */
export const settingNames: SettingName[] = Object.keys(settingsSchema.shape) as (keyof TiedSettings)[];

/** The facts about one setting. */
export function settingFacts(name: SettingName): SettingFacts {
  return settingsSchema.shape[name].meta() as unknown as SettingFacts;
}
