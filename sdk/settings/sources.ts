// Where settings stand, and which of them may be used together. An API client's secret, and whatever else is sent with it,
// must never reach another tenant: so what says where an identity belongs comes from the source that names the identity,
// or from a stronger one, and never from a weaker one, which may speak of another tenant.

import { ConfigurationError } from "../errors";
import { settingFacts, type SettingName, settingNames } from "./settings";

/** Where settings come from, the strongest first: explicit, then Pulumi config, then the environment. */
export interface SettingSources {
  /** What a program passes. What is undefined or null counts as not passed. */
  explicit?: { readonly [K in SettingName]?: unknown };
  /** Reads a setting of a configuration, such as Pulumi's; undefined where it is not set. */
  config?: (name: SettingName) => string | undefined;
  /** Environment variables. */
  env?: Readonly<Record<string, string | undefined>>;
  /**
   * Variables that stand for others, as in `{ TENANT_B_SECRET: "ZSCALER_CLIENT_SECRET" }`: what they hold counts as
   * explicit. One that is not set is an error; the variable that it stands for is never taken in its place.
   */
  envVarMappings?: Readonly<Record<string, string>> | undefined;
}

export type Values = Partial<Record<SettingName, unknown>>;

/** One place where settings stand, and what they are called there. */
export interface Source {
  /** As a message calls it. */
  place: string;
  values: Values;
  nameOf: (name: SettingName) => string;
  /** As the beginning of a hint. */
  howToSet: (name: SettingName) => string;
}

/** What says where an identity belongs. */
const places: readonly SettingName[] = [
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

/** What names an identity. */
const identities: readonly SettingName[] = ["clientId", "zpaClientId"];

/** The identity that a secret belongs to. */
const identityOf: { readonly [K in SettingName]?: SettingName } = {
  clientSecret: "clientId",
  privateKey: "clientId",
  zpaClientSecret: "zpaClientId",
};

/** @throws ConfigurationError for a mapped variable that is not set */
export function readSources({ explicit = {}, config, env = {}, envVarMappings = {} }: SettingSources): Source[] {
  const pick = (get: (name: SettingName) => unknown) => tidy(settingNames.map((name) => [name, get(name)] as const));
  const passed = tidy(Object.entries(explicit));
  const mapped = mappedVariables(env, envVarMappings);
  const origin = (variable: string) => Object.keys(envVarMappings).find((from) => envVarMappings[from] === variable);
  const nameOfMapped = (name: SettingName) => origin(variableOf(name, mapped) ?? "");
  return [
    {
      place: "the program",
      values: { ...pick((name) => mapped[variableOf(name, mapped) ?? ""]), ...passed },
      nameOf: (name) => (passed[name] === undefined ? nameOfMapped(name) : undefined) ?? name,
      howToSet: (name) => `pass ${name} too`,
    },
    {
      place: "the configuration",
      values: pick((name) => config?.(name)),
      nameOf: (name) => `zpa:${name}`,
      howToSet: (name) => `${inConfiguration(name)} (of an explicit Provider, its argument ${name})`,
    },
    {
      place: "the environment",
      values: pick((name) => env[variableOf(name, env) ?? ""]),
      nameOf: (name) => variableOf(name, env) ?? name,
      howToSet: (name) => `set ${inEnvironment(name)}`,
    },
  ];
}

/** The environment in which the variables that stand for others have taken their places. @throws ConfigurationError */
export function mapEnvironment({ env = {}, envVarMappings = {} }: SettingSources): Record<string, string | undefined> {
  return { ...env, ...mappedVariables(env, envVarMappings) };
}

/** The same sources, each with what may be used of it. */
export function usable(sources: readonly Source[]): Source[] {
  const owner = sources.findIndex(({ values }) => identities.some((name) => values[name] !== undefined));
  if (owner === -1) return [...sources];
  const identity = (name: SettingName) =>
    sources.slice(0, owner + 1).find(({ values }) => values[name] !== undefined)?.values[name];
  const mayUse = (name: SettingName, { values }: Source) => {
    if (saysWhere(name) || identities.includes(name)) return false;
    const belongsTo = identityOf[name];
    // a secret beside another client's id is that client's
    return belongsTo === undefined || values[belongsTo] === undefined || values[belongsTo] === identity(belongsTo);
  };
  return sources.map((source, index) => {
    if (index <= owner) return source;
    const entries = Object.entries(source.values).filter(([name]) => mayUse(name as SettingName, source));
    return { ...source, values: Object.fromEntries(entries) };
  });
}

/** Where a setting stands that is not used, for it may belong to another tenant, and how to set it so that it is. */
export function passedOver(
  sources: SettingSources,
  name: SettingName,
): { called: string; place: string; howToSet: string } | undefined {
  const all = readSources(sources);
  const where = (among: readonly Source[]) => among.find(({ values }) => values[name] !== undefined);
  const found = where(all);
  if (found === undefined || where(usable(all)) !== undefined) return undefined;
  const owner = all.find(({ values }) => identities.some((identity) => values[identity] !== undefined));
  return { called: found.nameOf(name), place: found.place, howToSet: owner!.howToSet(name) };
}

/** Whether a setting that says where an identity belongs has to stand with it. */
export function saysWhere(name: SettingName): boolean {
  return places.includes(name);
}

/** Where a setting may stand that belongs to no place yet. */
export function howToSet(name: SettingName): string {
  return `${inConfiguration(name)}, or ${inEnvironment(name)}`;
}

function inConfiguration(name: SettingName): string {
  return `pulumi config set ${settingFacts(name).secret === true ? "--secret " : ""}zpa:${name} …`;
}

function inEnvironment(name: SettingName): string {
  return `the environment variable ${settingFacts(name).env.join(" or ")}`;
}

/** Whichever of these settings stands in the strongest source; the first one where several do. */
export function strongest<N extends SettingName>(sources: readonly Source[], names: readonly N[]): N | undefined {
  return sources.flatMap(({ values }) => names.filter((name) => values[name] !== undefined))[0];
}

function tidy(entries: readonly (readonly [string, unknown])[]): Values {
  return Object.fromEntries(
    entries
      // a line break at the end is what `echo` leaves in a secret
      .map(([name, value]) => [name, typeof value === "string" ? value.trim() : value] as const)
      // "undefined" is what becomes of an unset value that somebody turned into a text
      .filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== "undefined"),
  );
}

/** Of the variables of a setting, the first one that is set. */
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
        reason: `not set, and envVarMappings takes ${to} from it`,
        hint: `set the environment variable ${from}, or take it out of envVarMappings`,
      });
    }),
  );
}
