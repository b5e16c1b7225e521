// ZPA's clean-up of machines that stay disconnected: "App Connector Settings" in the Admin Portal.
// https://help.zscaler.com/zpa/configuring-app-connector-settings-using-api
// The trap: a tenant has one for each type, which others may have configured before.

import * as pulumi from "@pulumi/pulumi";
import type { CleanUpInterval } from "../../sdk";
import { connectorScheduleFields } from "../model/connectorSchedule";
import type { AssociationType } from "./provisioningKey";
import { registration } from "./registration";

export type { CleanUpInterval };

/** Arguments of a {@link ConnectorSchedule}. */
export interface ConnectorScheduleArgs {
  /**
   * Whose clean-up: `CONNECTOR_GRP` for App Connectors, `SERVICE_EDGE_GRP` for Private Service Edges. Default
   * `CONNECTOR_GRP`. Changing it restores the schedule of the one type and takes over that of the other.
   */
  associationType?: pulumi.Input<AssociationType>;
  /** Days without a connection after which ZPA deletes a machine: 5, 7, 14, 30, 60 or 90. */
  frequencyInterval: pulumi.Input<CleanUpInterval>;
  /** Whether ZPA deletes machines at all. Default true. */
  enabled?: pulumi.Input<boolean>;
  /** Whether it also deletes machines that are disabled. Default false. */
  deleteDisabled?: pulumi.Input<boolean>;
}

/** What state holds of a schedule. */
export interface ConnectorScheduleState {
  /** Whose clean-up it is. */
  associationType: AssociationType;
  /** Days without a connection after which ZPA deletes a machine. */
  frequencyInterval: CleanUpInterval;
  /** Whether ZPA deletes machines at all. */
  enabled: boolean;
  /** Whether it also deletes machines that are disabled. */
  deleteDisabled: boolean;
}

/**
 * ZPA's own clean-up of App Connectors or Private Service Edges that stay disconnected, such as those that an autoscaling
 * group has terminated. A tenant has one for each type: creation takes over what is configured, and `destroy` brings that
 * back, or disables the clean-up where none was configured.
 *
 * @example
 * new zpa.ConnectorSchedule("clean-up", { frequencyInterval: 5 });
 */
export class ConnectorSchedule extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/zpa:ConnectorSchedule";

  /** Whose clean-up it is. */
  declare readonly associationType: pulumi.Output<ConnectorScheduleState["associationType"]>;
  /** Days without a connection after which ZPA deletes a machine. */
  declare readonly frequencyInterval: pulumi.Output<ConnectorScheduleState["frequencyInterval"]>;
  /** Whether ZPA deletes machines at all. */
  declare readonly enabled: pulumi.Output<ConnectorScheduleState["enabled"]>;
  /** Whether it also deletes machines that are disabled. */
  declare readonly deleteDisabled: pulumi.Output<ConnectorScheduleState["deleteDisabled"]>;

  constructor(name: string, args: ConnectorScheduleArgs, opts?: pulumi.CustomResourceOptions) {
    const facts = {
      type: "ConnectorSchedule",
      fields: connectorScheduleFields,
      outputs: [],
      secretOutputs: [],
    } as const;
    // the new one of a forced replacement would take over what the old one has configured, and then see it restored
    super(...registration(facts, name, args, { ...opts, deleteBeforeReplace: true }));
  }

  /** Whether a value is a ConnectorSchedule, also one of another copy of this package. */
  static override isInstance(value: unknown): value is ConnectorSchedule {
    return (
      pulumi.CustomResource.isInstance(value) && (value as { __pulumiType?: string }).__pulumiType === this.__pulumiType
    );
  }
}
