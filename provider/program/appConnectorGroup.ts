// https://help.zscaler.com/zpa/about-app-connector-groups

import * as pulumi from "@pulumi/pulumi";
import type { DnsQueryType } from "../../sdk";
import { appConnectorGroupFields } from "../model/appConnectorGroup";
import { groupKinds } from "../model/associationTypes";
import { parseId } from "../model/ids";
import { MachineGroup, type MachineGroupArgs, type MachineGroupState } from "./machineGroup";
import { idParts } from "./registration";

/** Arguments of an {@link AppConnectorGroup}. */
export interface AppConnectorGroupArgs extends MachineGroupArgs {
  /** What the connectors ask name servers for. Default `IPV4_IPV6`. */
  dnsQueryType?: pulumi.Input<DnsQueryType>;
  /**
   * Whether TCP Quick Acknowledgement is on between connectors and applications. The three `tcpQuickAck…` must have one
   * value: set all of them, or none. Default false.
   */
  tcpQuickAckApp?: pulumi.Input<boolean>;
  /** Whether it is on between connectors and clients; see `tcpQuickAckApp`. */
  tcpQuickAckAssistant?: pulumi.Input<boolean>;
  /** Whether it is on for what connectors read; see `tcpQuickAckApp`. */
  tcpQuickAckReadAssistant?: pulumi.Input<boolean>;
  /** Whether the group is for the Log Streaming Service. Default false. */
  lssAppConnectorGroup?: pulumi.Input<boolean>;
  /** Whether the group is for Privileged Remote Access. Default: ZPA's own. */
  praEnabled?: pulumi.Input<boolean>;
  /** Whether AppProtection is off. Default: ZPA's own. */
  wafDisabled?: pulumi.Input<boolean>;
  /** What is known of the data centre; at most 64 characters. */
  dcHostingInfo?: pulumi.Input<string>;
}

/** What state holds of a group of App Connectors: its arguments, adjusted by ZPA, and its outputs. */
export interface AppConnectorGroupState extends MachineGroupState {
  /** What the connectors ask name servers for. */
  dnsQueryType: DnsQueryType;
  /** Whether TCP Quick Acknowledgement is on between connectors and applications. */
  tcpQuickAckApp: boolean;
  /** Whether it is on between connectors and clients. */
  tcpQuickAckAssistant: boolean;
  /** Whether it is on for what connectors read. */
  tcpQuickAckReadAssistant: boolean;
  /** Whether the group is for the Log Streaming Service. */
  lssAppConnectorGroup: boolean;
  /** Whether the group is for Privileged Remote Access. */
  praEnabled: boolean | undefined;
  /** Whether AppProtection is off. */
  wafDisabled: boolean | undefined;
  /** What is known of the data centre. */
  dcHostingInfo: string | undefined;
}

/**
 * A group of App Connectors, to which keys of type `CONNECTOR_GRP` belong. ZPA does not delete a group that has
 * connectors or keys; see `forceDestroy`.
 *
 * @example
 * const group = new zpa.AppConnectorGroup("frankfurt", {
 *   latitude: 50.1109,
 *   longitude: 8.6821,
 *   location: "Frankfurt, Germany",
 *   countryCode: "DE",
 * });
 * const key = new zpa.ProvisioningKey("frankfurt", {
 *   associationType: "CONNECTOR_GRP",
 *   zcomponentId: group.id,
 *   maxUsage: 10,
 * });
 */
export class AppConnectorGroup extends MachineGroup {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/zpa:AppConnectorGroup";

  /** What the connectors ask name servers for. */
  declare readonly dnsQueryType: pulumi.Output<AppConnectorGroupState["dnsQueryType"]>;
  /** Whether TCP Quick Acknowledgement is on between connectors and applications. */
  declare readonly tcpQuickAckApp: pulumi.Output<AppConnectorGroupState["tcpQuickAckApp"]>;
  /** Whether it is on between connectors and clients. */
  declare readonly tcpQuickAckAssistant: pulumi.Output<AppConnectorGroupState["tcpQuickAckAssistant"]>;
  /** Whether it is on for what connectors read. */
  declare readonly tcpQuickAckReadAssistant: pulumi.Output<AppConnectorGroupState["tcpQuickAckReadAssistant"]>;
  /** Whether the group is for the Log Streaming Service. */
  declare readonly lssAppConnectorGroup: pulumi.Output<AppConnectorGroupState["lssAppConnectorGroup"]>;
  /** Whether the group is for Privileged Remote Access. */
  declare readonly praEnabled: pulumi.Output<AppConnectorGroupState["praEnabled"]>;
  /** Whether AppProtection is off. */
  declare readonly wafDisabled: pulumi.Output<AppConnectorGroupState["wafDisabled"]>;
  /** What is known of the data centre. */
  declare readonly dcHostingInfo: pulumi.Output<AppConnectorGroupState["dcHostingInfo"]>;

  constructor(name: string, args: AppConnectorGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super({ type: "AppConnectorGroup", fields: appConnectorGroupFields }, name, args, opts);
  }

  /**
   * A group that is managed elsewhere: it is read, and never changed or deleted. Fails if there is no such group.
   *
   * @param id - `216199618143191058` or `<microtenantId>/216199618143191058`. The resource's `id` is the bare id.
   * @example
   * const shared = zpa.AppConnectorGroup.get("shared", "216199618143191058");
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): AppConnectorGroup {
    const parts = idParts("AppConnectorGroup", name, id, (text) => parseId(text, groupKinds.CONNECTOR_GRP));
    const where = { microtenantId: parts.microtenantId };
    return new AppConnectorGroup(name, where as unknown as AppConnectorGroupArgs, { ...opts, id: parts.id });
  }

  /** Whether a value is an AppConnectorGroup, also one of another copy of this package. */
  static override isInstance(value: unknown): value is AppConnectorGroup {
    return (
      pulumi.CustomResource.isInstance(value) && (value as { __pulumiType?: string }).__pulumiType === this.__pulumiType
    );
  }
}
