// Which setting comes from where, for people who look for a mistake. Never the value of a secret.

import { settingFacts, type SettingName, settingNames } from "./settings";
import { readSources, type SettingSources, trustedSources } from "./sources";

/** Where a setting comes from. */
export interface SettingOrigin {
  /** Name of the setting. */
  setting: SettingName;
  /** What it is called there: `zpa:clientId`, `ZSCALER_CLIENT_ID`. */
  name: string;
  /** `the program`, `the configuration` or `the environment`. */
  source: string;
  /** Undefined for a secret. */
  value: string | undefined;
  /** Why it is not used; undefined if it is. */
  ignored: "overridden" | "may belong to another tenant" | undefined;
}

/**
 * Every setting that a source sets, in the order of the README's table, the value that is used first. Checks no value.
 *
 * @throws ConfigurationError for a mapped variable that is not set
 *
 * @example
 * for (const { setting, name, source } of settingOrigins({ env: process.env })) console.log(setting, name, source);
 */
export function settingOrigins(sources: SettingSources): SettingOrigin[] {
  const all = readSources(sources);
  const trusted = trustedSources(all);
  return settingNames.flatMap((setting) => {
    const used = trusted.findIndex(({ values }) => values[setting] !== undefined);
    return all.flatMap(({ values, label, nameOf }, index): SettingOrigin[] => {
      if (values[setting] === undefined) return [];
      const whyNot = used !== -1 && used < index ? "overridden" : "may belong to another tenant";
      const given = values[setting] as string | number | boolean;
      const value = settingFacts(setting).secret === true ? undefined : String(given);
      return [{ setting, name: nameOf(setting), source: label, value, ignored: index === used ? undefined : whyNot }];
    });
  });
}
