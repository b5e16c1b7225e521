// The settings by name. The schema validates their values.

import { settingsSchema, type TiedSettings } from "./schema";

/**
 * Settings of a client. All are optional: what is not set comes from Pulumi config or the environment. The README lists
 * each with its environment variables and default.
 */
export interface ZpaSettings {
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  privateKey?: string | undefined;
  vanityDomain?: string | undefined;
  zscalerCloud?: string | undefined;
  customerId?: string | undefined;
  microtenantId?: string | undefined;
  useLegacyClient?: boolean | string | undefined;
  zpaClientId?: string | undefined;
  zpaClientSecret?: string | undefined;
  zpaCustomerId?: string | undefined;
  zpaCloud?: string | undefined;
  baseUrl?: string | undefined;
  tokenUrl?: string | undefined;
  caCertificate?: string | undefined;
  readsPer10s?: number | string | undefined;
  writesPer10s?: number | string | undefined;
  rateLimitScope?: "tenant" | "endpoint" | undefined;
  operationTimeout?: number | string | undefined;
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
  /** When the setting is required, as in `OneAPI`; `no` if never. */
  required: string;
  /** What the setting means, with unit and default. */
  description: string;
}

/** The names of all settings. */
export const settingNames: SettingName[] = Object.keys(settingsSchema.shape) as (keyof TiedSettings)[];

/** The facts about one setting. */
export function settingFacts(name: SettingName): SettingFacts {
  return settingsSchema.shape[name].meta() as unknown as SettingFacts;
}
