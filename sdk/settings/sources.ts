// The sources of settings, and which of them may be combined. An API client's secret must never be sent to another
// tenant. So the settings that select the tenant must come from the source that sets the client id, or from one of
// higher precedence: a source of lower precedence may describe another tenant.

import { ConfigurationError } from "../errors";
import { settingFacts, type SettingName, settingNames } from "./settings";

/** Where settings come from, highest precedence first: explicit values, then Pulumi config, then the environment. */
export interface SettingSources {
  /** Values that a program passes. `undefined` and `null` mean not set. */
  explicit?: Readonly<Partial<Record<SettingName, unknown>>>;
  /** Reads a setting from a configuration, such as Pulumi's; returns undefined if it is not set. */
  config?: (name: SettingName) => string | undefined;
  /** Environment variables. */
  env?: Readonly<Record<string, string | undefined>>;
  /**
   * Environment variables to read instead of the usual ones: `{ TENANT_B_SECRET: "ZSCALER_CLIENT_SECRET" }` reads the
   * client secret from `TENANT_B_SECRET`. Their values count as explicit. A mapped variable that is not set is an
   * error; there is no fallback to the usual one.
   */
  envVarMappings?: Readonly<Record<string, string>> | undefined;
}

export type Values = Partial<Record<SettingName, unknown>>;

/** One source of settings, and what the settings are called there. */
export interface Source {
  /** The name of the source in messages. */
  label: string;
  values: Values;
  nameOf: (name: SettingName) => string;
  /** How to set a setting in this source, as the beginning of a hint. */
  howToSet: (name: SettingName) => string;
}

/** The settings that select the tenant, and so the hosts, that an API client signs in to. */
const tenantSettings: readonly SettingName[] = [
  "vanityDomain",
  "zscalerCloud",
  "zpaCloud",
  "baseUrl",
  "tokenUrl",
  "customerId",
  "zpaCustomerId",
  "microtenantId",
  "useLegacyClient",
];

/** The settings that identify an API client. */
const clientIdSettings: readonly SettingName[] = ["clientId", "zpaClientId"];

/** The client id that each secret belongs to. */
const clientIdOf: { readonly [K in SettingName]?: SettingName } = {
  clientSecret: "clientId",
  privateKey: "clientId",
  zpaClientSecret: "zpaClientId",
};

/** @throws ConfigurationError for a mapped variable that is not set */
export function readSources({ explicit = {}, config, env = {}, envVarMappings = {} }: SettingSources): Source[] {
  const pick = (get: (name: SettingName) => unknown) =>
    normalize(settingNames.map((name) => [name, get(name)] as const));
  const passed = normalize(Object.entries(explicit));
  const mapped = mappedVariables(env, envVarMappings);
  const mappedFrom = (variable: string) =>
    Object.keys(envVarMappings).find((from) => envVarMappings[from] === variable);
  const nameOfMapped = (name: SettingName) => mappedFrom(variableOf(name, mapped) ?? "");
  return [
    {
      label: "the program",
      values: { ...pick((name) => mapped[variableOf(name, mapped) ?? ""]), ...passed },
      nameOf: (name) => (passed[name] === undefined ? nameOfMapped(name) : undefined) ?? name,
      howToSet: (name) => `pass ${name} too`,
    },
    {
      label: "the configuration",
      values: pick((name) => config?.(name)),
      nameOf: (name) => `zpa:${name}`,
      howToSet: (name) => `${inConfiguration(name)} (or pass ${name} to an explicit Provider)`,
    },
    {
      label: "the environment",
      values: pick((name) => env[variableOf(name, env) ?? ""]),
      nameOf: (name) => variableOf(name, env) ?? name,
      howToSet: (name) => `set ${inEnvironment(name)}`,
    },
  ];
}

/**
 * The environment after `envVarMappings` are applied.
 *
 * @throws ConfigurationError for a mapped variable that is not set
 */
export function mapEnvironment({ env = {}, envVarMappings = {} }: SettingSources): Record<string, string | undefined> {
  return { ...env, ...mappedVariables(env, envVarMappings) };
}

/** The same sources without the settings that may belong to another tenant. */
export function trustedSources(sources: readonly Source[]): Source[] {
  const owner = sources.findIndex(({ values }) => clientIdSettings.some((name) => values[name] !== undefined));
  if (owner === -1) return [...sources];
  const identity = (name: SettingName) =>
    sources.slice(0, owner + 1).find(({ values }) => values[name] !== undefined)?.values[name];
  const mayUse = (name: SettingName, { values }: Source) => {
    if (isTenantSetting(name) || clientIdSettings.includes(name)) return false;
    const belongsTo = clientIdOf[name];
    // a secret next to another client id belongs to that client
    return belongsTo === undefined || values[belongsTo] === undefined || values[belongsTo] === identity(belongsTo);
  };
  return sources.map((source, index) => {
    if (index <= owner) return source;
    const entries = Object.entries(source.values).filter(([name]) => mayUse(name as SettingName, source));
    return { ...source, values: Object.fromEntries(entries) };
  });
}

/**
 * A setting that is ignored because it may belong to another tenant: its name, its source and how to set it instead.
 */
export function ignoredSetting(
  sources: SettingSources,
  name: SettingName,
): { name: string; source: string; howToSet: string } | undefined {
  const all = readSources(sources);
  const sourceOf = (among: readonly Source[]) => among.find(({ values }) => values[name] !== undefined);
  const found = sourceOf(all);
  if (found === undefined || sourceOf(trustedSources(all)) !== undefined) return undefined;
  const owner = all.find(({ values }) => clientIdSettings.some((identity) => values[identity] !== undefined));
  return { name: found.nameOf(name), source: found.label, howToSet: owner!.howToSet(name) };
}

/** Whether a setting selects the tenant, and so must be set in the source of the client id or above it. */
export function isTenantSetting(name: SettingName): boolean {
  return tenantSettings.includes(name);
}

/** How to set a setting that may come from any source. */
export function howToSet(name: SettingName): string {
  return `${inConfiguration(name)}, or ${inEnvironment(name)}`;
}

function inConfiguration(name: SettingName): string {
  return `pulumi config set ${settingFacts(name).secret === true ? "--secret " : ""}zpa:${name} …`;
}

function inEnvironment(name: SettingName): string {
  return `the environment variable ${settingFacts(name).env.join(" or ")}`;
}

/** The one of these settings that the source of highest precedence sets; the first, if it sets several. */
export function firstSet<N extends SettingName>(sources: readonly Source[], names: readonly N[]): N | undefined {
  return sources.flatMap(({ values }) => names.filter((name) => values[name] !== undefined))[0];
}

function normalize(entries: readonly (readonly [string, unknown])[]): Values {
  return Object.fromEntries(
    entries
      // secrets written with `echo` end in a line break
      .map(([name, value]) => [name, typeof value === "string" ? value.trim() : value] as const)
      // an unset value that was converted to a string reads "undefined"
      .filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== "undefined"),
  );
}

/** The first of a setting's environment variables that is set. */
function variableOf(name: SettingName, env: Readonly<Record<string, string | undefined>>): string | undefined {
  return settingFacts(name).env.find((variable) => (env[variable] ?? "").trim());
}

function mappedVariables(
  env: Readonly<Record<string, string | undefined>>,
  mappings: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(mappings).map(([from, to]) => {
      const value = env[from]?.trim() ?? "";
      if (value !== "") return [to, value];
      throw new ConfigurationError({
        operation: "reading the settings",
        params: [from],
        reason: `not set, but envVarMappings reads ${to} from it`,
        hint: `set the environment variable ${from}, or remove it from envVarMappings`,
      });
    }),
  );
}
