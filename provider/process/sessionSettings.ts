// The settings of a session, from the configuration of the stack, the arguments of an explicit provider, or the environment.

import type { SettingSources, ZpaSettings } from "../../sdk";
import { defaultMicrotenant } from "../model/fields";
import { mappingsKey } from "../model/notes";
import { tell } from "./tell";

/** Reads a `zpa:` setting of Pulumi's configuration. */
export type ConfigReader = (name: string) => string | undefined;

/**
 * Id of the microtenant that the settings name for objects without one. Loads no HTTP client, because check calls it.
 *
 * @throws ConfigurationError
 */
export function microtenantOfSettings(read: ConfigReader): string {
  const { resolveSettings } = require("../../sdk/settings/resolve") as typeof import("../../sdk/settings/resolve");
  return resolveSettings(sourcesOf(read).sources).microtenantId ?? defaultMicrotenant;
}

/** The sources of the settings. The arguments of an explicit provider arrive as configuration. */
export function sourcesOf(read: ConfigReader): { key: string; sources: SettingSources & { explicit: ZpaSettings } } {
  const { settingNames } = require("../../sdk/settings/settings") as typeof import("../../sdk/settings/settings");
  // an unset secret arrives as null
  const settings = Object.fromEntries(settingNames.map((name) => [name, read(name) ?? undefined]));
  const mappings = read(mappingsKey);
  const key = JSON.stringify([settings, mappings]);
  const { env } = process;
  if (mappings === undefined) return { key, sources: { explicit: {}, config: (name) => settings[name], env } };
  const envVarMappings = parseMappings(mappings);
  return { key, sources: { explicit: settings, env, envVarMappings } };
}

function parseMappings(text: string): Record<string, string> {
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    throw new Error(
      `zpa:${mappingsKey} is not meant for the configuration of a stack: set it in the options of a Provider.`,
    );
  }
}

/** Warns of a microtenant that is ignored: users would notice only by where objects are created. */
export function warnAboutIgnoredMicrotenant(sources: SettingSources): void {
  const { ignoredSetting } = require("../../sdk/settings/sources") as typeof import("../../sdk/settings/sources");
  const found = ignoredSetting(sources, "microtenantId");
  if (found === undefined) return;
  tell(
    `zpa: warning: ${found.name} in ${found.source} is not used, because the API client is set elsewhere and may belong ` +
      `to another tenant: ${found.howToSet}, or remove it.`,
  );
}
