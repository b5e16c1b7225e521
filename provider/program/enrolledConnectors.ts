// A wait in the program: until the machines of a fleet have enrolled and are connected.
// The trap: Pulumi deletes what it replaces after everything else, so that a key which is rotated goes only if the wait for
// the machines of its successor ends well.

import * as pulumi from "@pulumi/pulumi";
import { enrolledConnectorsFields, enrolledConnectorsOutputs } from "../model/enrolledConnectors";
import type { AssociationType } from "./provisioningKey";
import { registration } from "./registration";

/** Arguments of {@link EnrolledConnectors}. */
export interface EnrolledConnectorsArgs {
  /** `CONNECTOR_GRP` for App Connectors, `SERVICE_EDGE_GRP` for Private Service Edges. A change waits once more. */
  associationType: pulumi.Input<AssociationType>;
  /** Id of the provisioning key that the machines enroll with. A change, as by a rotation, waits once more. */
  provisioningKeyId: pulumi.Input<string>;
  /** Counts only machines of this App Connector Group or Service Edge Group. Default: of any. */
  groupId?: pulumi.Input<string>;
  /** How many machines must be connected, from 1 up. A change waits once more. */
  atLeast: pulumi.Input<number>;
  /** Minutes to wait, fractions allowed, up to 1440; default 15. */
  withinMinutes?: pulumi.Input<number>;
  /** Any values, such as the id of the image that the machines boot. A change waits once more. */
  triggers?: pulumi.Input<Record<string, pulumi.Input<unknown>>>;
  /** Microtenant of the key and its machines; `0` is Default. Default: that of the settings. */
  microtenantId?: pulumi.Input<string>;
}

/** What state holds of the last wait. */
export interface EnrolledConnectorsState {
  /** Which machines it waited for. */
  associationType: AssociationType;
  /** Id of the key that they have enrolled with. */
  provisioningKeyId: string;
  /** How many had to be connected. */
  atLeast: number;
  /** How many were connected when the wait ended. */
  connected: number;
  /** The names of those. */
  connectedNames: string[];
}

/**
 * Waits until machines that have enrolled with a provisioning key are connected: `pulumi up` fails if they are not in time,
 * and tells what it saw. Make it depend on the resource that starts the machines. Nothing in ZPA belongs to it, so that
 * `destroy` has nothing to delete; `refresh` and `preview` send nothing.
 *
 * Its state says what the last wait saw. An up without changes does not wait again; change `triggers` for that.
 *
 * Errors: there is no such key; time is over, with the number of machines that have enrolled, those that are not connected,
 * and the uses left. The next up goes on waiting, and until then what the run would have deleted stays.
 *
 * @example
 * const fleet = new aws.autoscaling.Group("connectors", { minSize: 2, maxSize: 4 });
 * new zpa.EnrolledConnectors(
 *   "connectors",
 *   { associationType: "CONNECTOR_GRP", provisioningKeyId: key.id, atLeast: 2 },
 *   { dependsOn: fleet },
 * );
 */
export class EnrolledConnectors extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/zpa:EnrolledConnectors";

  /** Which machines it waited for. */
  declare readonly associationType: pulumi.Output<EnrolledConnectorsState["associationType"]>;
  /** Id of the key that they have enrolled with. */
  declare readonly provisioningKeyId: pulumi.Output<EnrolledConnectorsState["provisioningKeyId"]>;
  /** How many had to be connected. */
  declare readonly atLeast: pulumi.Output<EnrolledConnectorsState["atLeast"]>;
  /** How many were connected when the last wait ended. */
  declare readonly connected: pulumi.Output<EnrolledConnectorsState["connected"]>;
  /** The names of those. */
  declare readonly connectedNames: pulumi.Output<EnrolledConnectorsState["connectedNames"]>;

  constructor(name: string, args: EnrolledConnectorsArgs, opts?: pulumi.CustomResourceOptions) {
    const facts = {
      type: "EnrolledConnectors",
      fields: enrolledConnectorsFields,
      outputs: enrolledConnectorsOutputs,
      secretOutputs: [],
    } as const;
    super(...registration(facts, name, args, opts));
  }

  /** Whether a value is an EnrolledConnectors, also one of another copy of this package. */
  static override isInstance(value: unknown): value is EnrolledConnectors {
    return (
      pulumi.CustomResource.isInstance(value) && (value as { __pulumiType?: string }).__pulumiType === this.__pulumiType
    );
  }
}
