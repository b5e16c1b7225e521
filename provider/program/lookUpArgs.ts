// The arguments and options of look-ups.

import type * as pulumi from "@pulumi/pulumi";
import type { AssociationType } from "./provisioningKey";

/** What to look for: exactly one of `name` and `id`. */
export type LookUpArgs = {
  /** Microtenant to look in; `0` is Default. Default: that of the settings, else all. */
  microtenantId?: string | undefined;
} & (
  | {
      /** The exact name, case and blanks included. */
      name: string;
      /** Not beside a name. */
      id?: never;
    }
  | {
      /** Not beside an id. */
      name?: never;
      /** ZPA's id. */
      id: string;
    }
);

/** The same with values that may not be known yet. */
export type LookUpOutputArgs = {
  /** Microtenant to look in; `0` is Default. Default: that of the settings, else all. */
  microtenantId?: pulumi.Input<string | undefined>;
} & (
  | {
      /** The exact name, case and blanks included. */
      name: pulumi.Input<string>;
      /** Not beside a name. */
      id?: never;
    }
  | {
      /** Not beside an id. */
      name?: never;
      /** ZPA's id. */
      id: pulumi.Input<string>;
    }
);

/** {@link LookUpArgs} of a provisioning key. */
export type ProvisioningKeyLookUpArgs = LookUpArgs & {
  /** `CONNECTOR_GRP` or `SERVICE_EDGE_GRP`: keys of different types may have the same name. */
  associationType: AssociationType;
};

/** The same with values that may not be known yet. */
export type ProvisioningKeyLookUpOutputArgs = LookUpOutputArgs & {
  /** `CONNECTOR_GRP` or `SERVICE_EDGE_GRP`: keys of different types may have the same name. */
  associationType: pulumi.Input<AssociationType>;
};

/**
 * Pulumi's options of a function: `provider`, the tenant to look in, or `parent`, whose provider is taken. Default: the
 * tenant of the stack's configuration.
 */
export type LookUpOptions = pulumi.InvokeOptions;
/** The same, and `dependsOn`: resources that must exist before. Until they do, the result is unknown at preview. */
export type LookUpOutputOptions = pulumi.InvokeOutputOptions;
