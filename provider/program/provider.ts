// An explicit provider: a tenant of its own beside the one that the stack's configuration names.

import * as pulumi from "@pulumi/pulumi";
import type { SettingName } from "../../sdk";
import { isSet } from "../model/fields";
import { mappingsKey } from "../model/notes";
import { runsOnEngine } from "./engine";

/** Every setting, and whether it is kept in state as ciphertext even where the program passes it as a plain text. */
const settings = {
  clientId: "plain",
  clientSecret: "secret",
  privateKey: "secret",
  vanityDomain: "plain",
  zscalerCloud: "plain",
  customerId: "plain",
  microtenantId: "plain",
  useLegacyClient: "plain",
  zpaClientId: "plain",
  zpaClientSecret: "secret",
  zpaCustomerId: "plain",
  zpaCloud: "plain",
  baseUrl: "plain",
  tokenUrl: "plain",
  caCertificate: "plain",
  readsPer10s: "plain",
  writesPer10s: "plain",
  rateLimitScope: "plain",
  operationTimeout: "plain",
  requestTimeout: "plain",
  // a table of its own, for that of the sdk takes zod to load; the compiler keeps the two together
} as const satisfies Record<SettingName, "plain" | "secret">;

/** A setting that is undefined or null, or an output of it, counts as left out. */
type Setting = pulumi.Input<string | number | boolean | null | undefined>;

/**
 * The settings of the README's table, under the same names. What is left out comes from the environment, and nothing from
 * the stack's `zpa:` configuration: that may be another tenant's.
 */
export type ProviderArgs = { [Name in keyof typeof settings]?: Setting };

/** Pulumi's options of a provider. */
export interface ProviderOptions extends pulumi.ResourceOptions {
  /**
   * Environment variables that stand for others in this provider: `{ TENANT_B_SECRET: "ZSCALER_CLIENT_SECRET" }`. They
   * count as if they were passed as arguments, and are not stored in state. One that is not set is an error.
   */
  envVarMappings?: Record<string, string>;
}

/**
 * A ZPA tenant to pass as `provider` in the options of resources and look-ups, or in the `providers` of a component.
 *
 * Its settings are stored in the stack's state, the secret ones encrypted. To keep the API credential out of state
 * altogether leave it out here and map an environment variable of its own to it with the option `envVarMappings`. A change
 * of settings changes no resource.
 *
 * @example
 * const emea = new zpa.Provider(
 *   "emea",
 *   { clientId: "…", vanityDomain: "acme-emea" },
 *   { envVarMappings: { EMEA_CLIENT_SECRET: "ZSCALER_CLIENT_SECRET" } },
 * );
 * const group = zpa.getAppConnectorGroupOutput({ name: "Frankfurt" }, { provider: emea });
 */
export class Provider extends pulumi.ProviderResource {
  /** @internal what look-ups in the program need of it */
  readonly settings: pulumi.Output<Record<string, string | undefined>>;
  /** @internal */
  readonly envVarMappings: Readonly<Record<string, string>>;

  /**
   * @throws RunError for an argument that is no setting, and for a variable of `envVarMappings` that is not set
   */
  constructor(name: string, args?: ProviderArgs, opts?: ProviderOptions) {
    const given = textsOf(name, args ?? {});
    const mappings = opts?.envVarMappings ?? {};
    requireVariables(name, mappings);
    const inputs: pulumi.Inputs = Object.fromEntries(Object.entries(given).map(([key, text]) => [`zpa:${key}`, text]));
    // the engine changes the process's environment, which does not tell these variables from the others
    if (Object.keys(mappings).length > 0) inputs[`zpa:${mappingsKey}`] = JSON.stringify(mappings);
    super("pulumi-nodejs", name, inputs, opts ?? {});
    this.settings = pulumi.output(given);
    this.envVarMappings = mappings;
  }

  /** Whether a value is a Provider, also one of another copy of this package. */
  static override isInstance(value: unknown): value is Provider {
    return pulumi.ProviderResource.isInstance(value) && pulumi.Output.isInstance((value as Partial<Provider>).settings);
  }
}

/** The settings that are given, as texts: the runtime takes no others, under the names of the configuration. */
function textsOf(provider: string, args: ProviderArgs): Record<string, pulumi.Output<string | undefined>> {
  const given = Object.entries(args).filter(([, value]) => isSet(value));
  const unknown = given.map(([key]) => key).filter((key) => !Object.hasOwn(settings, key));
  if (unknown.length > 0) {
    const known = Object.keys(settings).join(", ");
    throw new pulumi.RunError(
      `Provider "${provider}": ${unknown.join(", ")}: no such setting; valid settings are ${known}`,
    );
  }
  return Object.fromEntries(
    given.map(([key, value]) => {
      const isSecret = settings[key as keyof typeof settings] === "secret";
      const text = pulumi.output(value).apply((known) => {
        if (!isSet(known)) return undefined;
        return isSecret ? pulumi.secret(String(known)) : pulumi.output(String(known));
      });
      return [key, text as pulumi.Output<string | undefined>];
    }),
  );
}

/** Else the variable that is mapped to, and with it another tenant's secret, would be sent in its place. */
function requireVariables(provider: string, mappings: Readonly<Record<string, string>>): void {
  // a unit test needs no credentials
  if (!runsOnEngine()) return;
  for (const [from, to] of Object.entries(mappings)) {
    if ((process.env[from] ?? "").trim() !== "") continue;
    throw new pulumi.RunError(
      `Provider "${provider}": the environment variable ${from}, which envVarMappings maps to ${to}, is not set for this program: set it, or remove it from envVarMappings`,
    );
  }
}
