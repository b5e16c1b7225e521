// The settings by name, as programs and the rest of the package know them. What each may hold stands in the schema.

import { settingsSchema, type TiedSettings } from "./schema";

/** The settings of a client, as a program passes them. Every one may be left out; the README tells what each means. */
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

/** What a setting is, beside its type. */
export interface SettingFacts {
  /** Environment variables, the first one that is set counts. */
  env: readonly string[];
  /** Kept out of messages and logs; in Pulumi config it belongs under `--secret`. */
  secret?: boolean;
  /** Who has to set it. */
  required: string;
  /** With unit and default. */
  description: string;
}

/** The names of all settings. */
export const settingNames: SettingName[] = Object.keys(settingsSchema.shape) as (keyof TiedSettings)[];

/** What the schema knows of a setting beside its type. */
export function settingFacts(name: SettingName): SettingFacts {
  return settingsSchema.shape[name].meta() as unknown as SettingFacts;
}
