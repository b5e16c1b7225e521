// An explicit provider: a tenant of its own beside the one that the stack's configuration names.

import * as pulumi from "@pulumi/pulumi";
import type { SettingName } from "../../sdk";

/**
 * The settings of the README's table, under the same names. What is left out comes from the environment, and nothing from
 * the stack's `zpa:` configuration: that may be another tenant's.
 */
type Setting = pulumi.Input<string | number | boolean>;
export type ProviderArgs = { [Name in SettingName]?: Setting };

/** Kept in state as ciphertext, whether the program passes them as secrets or not. */
const secretSettings: readonly string[] = ["clientSecret", "privateKey", "zpaClientSecret"];

/**
 * A ZPA tenant to pass as `provider` in the options of resources and look-ups.
 *
 * Its settings are stored in the stack's state, the secret ones encrypted. To keep the API credential out of state
 * altogether leave it out here and map an environment variable of its own to it with the option `envVarMappings`:
 * `{ envVarMappings: { TENANT_B_SECRET: "ZSCALER_CLIENT_SECRET" } }`. A change of settings changes no resource.
 */
export class Provider extends pulumi.ProviderResource {
  /** @internal what look-ups in the program need of it */
  readonly settings: pulumi.Output<Record<string, string>>;
  /** @internal */
  readonly environment: Record<string, string>;

  constructor(
    name: string,
    args: ProviderArgs = {},
    opts: pulumi.ResourceOptions & { envVarMappings?: Record<string, string> } = {},
  ) {
    // the runtime hands settings over as texts, under the names of the configuration
    const settings = Object.entries(args as Record<string, pulumi.Input<string> | undefined>)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, pulumi.Output<string>] => {
        const text = pulumi.output(value!).apply((known) => String(known));
        return [key, secretSettings.includes(key) ? pulumi.secret(text) : text];
      });
    super("pulumi-nodejs", name, Object.fromEntries(settings.map(([key, text]) => [`zpa:${key}`, text])), opts);
    this.settings = pulumi.output(Object.fromEntries(settings));
    this.environment = opts.envVarMappings ?? {};
  }
}
