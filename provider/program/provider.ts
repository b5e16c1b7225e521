// An explicit provider: a tenant of its own beside the one that the stack's configuration names.

import * as pulumi from "@pulumi/pulumi";
import type { SettingName } from "../../sdk";
import { isSet } from "../model/fields";
import { mappingsKey } from "../model/notes";
import { isMocked } from "./mocks";

/**
 * The settings of the README's table, under the same names. What is left out comes from the environment, and nothing from
 * the stack's `zpa:` configuration: that may be another tenant's.
 */
type Setting = pulumi.Input<string | number | boolean>;
export type ProviderArgs = { [Name in SettingName]?: Setting };

/** Options of a {@link Provider}. */
export interface ProviderOptions extends pulumi.ResourceOptions {
  /**
   * Environment variables that stand for others, as in `{ TENANT_B_SECRET: "ZSCALER_CLIENT_SECRET" }`. What they hold
   * counts as given here, and never enters state. One that is not set is an error.
   */
  envVarMappings?: Record<string, string>;
}

/**
 * A ZPA tenant to pass as `provider` in the options of resources and look-ups.
 *
 * Its settings are stored in the stack's state, the secret ones encrypted. To keep the API credential out of state
 * altogether leave it out here and map an environment variable of its own to it with the option `envVarMappings`:
 * `{ envVarMappings: { TENANT_B_SECRET: "ZSCALER_CLIENT_SECRET" } }`. A change of settings changes no resource.
 *
 * @example
 * const emea = new zpa.Provider("emea", { clientId: "…", vanityDomain: "acme-emea" }, {
 *   envVarMappings: { EMEA_CLIENT_SECRET: "ZSCALER_CLIENT_SECRET" },
 * });
 */
export class Provider extends pulumi.ProviderResource {
  /** @internal what look-ups in the program need of it; not known before the values are that it is made from */
  readonly settings: pulumi.Output<Record<string, string | undefined>>;
  /** @internal */
  readonly environment: Record<string, string>;

  /** @throws RunError naming a setting that does not exist, or a variable of `envVarMappings` that is not set */
  constructor(name: string, args: ProviderArgs = {}, opts: ProviderOptions = {}) {
    const { settingFacts, settingNames } = require("../../sdk") as typeof import("../../sdk");
    const given = Object.entries((args ?? {}) as Record<string, Setting | undefined>).filter(([, value]) =>
      isSet(value),
    );
    const unknown = given.find(([key]) => !(settingNames as string[]).includes(key));
    if (unknown !== undefined) {
      throw new pulumi.RunError(
        `Provider "${name}": ${unknown[0]} is not a setting. Settings are ${settingNames.join(", ")}.`,
      );
    }
    const mappings = opts?.envVarMappings ?? {};
    requireVariables(name, mappings);
    // the runtime hands settings over as texts, under the names of the configuration
    const settings = given.map(([key, value]): [string, pulumi.Output<string | undefined>] => {
      const text = pulumi.output(value).apply((known) => (isSet(known) ? String(known) : undefined));
      return [key, settingFacts(key as SettingName).secret ? pulumi.secret(text) : text];
    });
    const config = Object.fromEntries(settings.map(([key, text]) => [`zpa:${key}`, text]));
    super("pulumi-nodejs", name, { ...config, [`zpa:${mappingsKey}`]: JSON.stringify(mappings) }, opts ?? {});
    this.settings = pulumi.output(Object.fromEntries(settings));
    this.environment = mappings;
  }
}

/** Without its variable a provider would sign in with another tenant's secret. */
function requireVariables(name: string, mappings: Record<string, string>): void {
  if (isMocked()) return;
  for (const [from, to] of Object.entries(mappings)) {
    if ((process.env[from] ?? "").trim() !== "") continue;
    throw new pulumi.RunError(
      `Provider "${name}": the environment variable ${from}, which envVarMappings names for ${to}, is not set. ` +
        "Set it, or remove it from envVarMappings.",
    );
  }
}
