// https://help.zscaler.com/zpa/about-zpa-private-service-edge-groups

import * as pulumi from "@pulumi/pulumi";
import type { DistanceUnit, PublicAccess } from "../../sdk";
import { groupKinds } from "../model/associationTypes";
import { parseId } from "../model/ids";
import { serviceEdgeGroupFields } from "../model/serviceEdgeGroup";
import { MachineGroup, type MachineGroupArgs, type MachineGroupState } from "./machineGroup";
import { idParts } from "./registration";

/** Arguments of a {@link ServiceEdgeGroup}. */
export interface ServiceEdgeGroupArgs extends MachineGroupArgs {
  /** City. Default: ZPA's own. */
  city?: pulumi.Input<string>;
  /** Whether clients outside of trusted networks can use it; `DEFAULT` leaves it to the tenant. Default: ZPA's own. */
  isPublic?: pulumi.Input<boolean | PublicAccess>;
  /** Ids of the trusted networks whose clients use it. Default: none. */
  trustedNetworks?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether its edges come before nearer public ones that are within the grace distance. Needs `graceDistanceValue` and
   * `graceDistanceValueUnit`. Default false.
   */
  graceDistanceEnabled?: pulumi.Input<boolean>;
  /** The grace distance, from 0 to 25000. */
  graceDistanceValue?: pulumi.Input<number | string>;
  /** Its unit: miles or kilometres. */
  graceDistanceValueUnit?: pulumi.Input<DistanceUnit>;
  /** Another cloud that it belongs to. */
  altCloud?: pulumi.Input<string>;
  /** Whether it is for business continuity only. Default: ZPA's own. */
  exclusiveForBusinessContinuity?: pulumi.Input<boolean>;
}

/** What state holds of a group of Private Service Edges: its arguments, adjusted by ZPA, and its outputs. */
export interface ServiceEdgeGroupState extends MachineGroupState {
  /** City. */
  city: string | undefined;
  /** Whether clients outside of trusted networks can use it. */
  isPublic: PublicAccess | undefined;
  /** Ids of the trusted networks whose clients use it. */
  trustedNetworks: string[];
  /** Whether its edges come before nearer public ones that are within the grace distance. */
  graceDistanceEnabled: boolean;
  /** The grace distance. */
  graceDistanceValue: string | undefined;
  /** Its unit. */
  graceDistanceValueUnit: DistanceUnit | undefined;
  /** Another cloud that it belongs to. */
  altCloud: string | undefined;
  /** Whether it is for business continuity only. */
  exclusiveForBusinessContinuity: boolean | undefined;
}

/**
 * A group of Private Service Edges, to which keys of type `SERVICE_EDGE_GRP` belong. ZPA does not delete a group that has
 * edges or keys; see `forceDestroy`.
 *
 * @example
 * const group = new zpa.ServiceEdgeGroup("frankfurt", {
 *   latitude: 50.1109,
 *   longitude: 8.6821,
 *   location: "Frankfurt, Germany",
 *   isPublic: false,
 *   trustedNetworks: ["216199618143191061"],
 * });
 */
export class ServiceEdgeGroup extends MachineGroup {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/zpa:ServiceEdgeGroup";

  /** City. */
  declare readonly city: pulumi.Output<ServiceEdgeGroupState["city"]>;
  /** Whether clients outside of trusted networks can use it. */
  declare readonly isPublic: pulumi.Output<ServiceEdgeGroupState["isPublic"]>;
  /** Ids of the trusted networks whose clients use it. */
  declare readonly trustedNetworks: pulumi.Output<ServiceEdgeGroupState["trustedNetworks"]>;
  /** Whether its edges come before nearer public ones that are within the grace distance. */
  declare readonly graceDistanceEnabled: pulumi.Output<ServiceEdgeGroupState["graceDistanceEnabled"]>;
  /** The grace distance. */
  declare readonly graceDistanceValue: pulumi.Output<ServiceEdgeGroupState["graceDistanceValue"]>;
  /** Its unit. */
  declare readonly graceDistanceValueUnit: pulumi.Output<ServiceEdgeGroupState["graceDistanceValueUnit"]>;
  /** Another cloud that it belongs to. */
  declare readonly altCloud: pulumi.Output<ServiceEdgeGroupState["altCloud"]>;
  /** Whether it is for business continuity only. */
  declare readonly exclusiveForBusinessContinuity: pulumi.Output<
    ServiceEdgeGroupState["exclusiveForBusinessContinuity"]
  >;

  constructor(name: string, args: ServiceEdgeGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super({ type: "ServiceEdgeGroup", fields: serviceEdgeGroupFields }, name, args, opts);
  }

  /**
   * A group that is managed elsewhere: it is read, and never changed or deleted. Fails if there is no such group.
   *
   * @param id - `216199618143191058` or `<microtenantId>/216199618143191058`. The resource's `id` is the bare id.
   * @example
   * const shared = zpa.ServiceEdgeGroup.get("shared", "216199618143191058");
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): ServiceEdgeGroup {
    const parts = idParts("ServiceEdgeGroup", name, id, (text) => parseId(text, groupKinds.SERVICE_EDGE_GRP));
    const where = { microtenantId: parts.microtenantId };
    return new ServiceEdgeGroup(name, where as unknown as ServiceEdgeGroupArgs, { ...opts, id: parts.id });
  }

  /** Whether a value is a ServiceEdgeGroup, also one of another copy of this package. */
  static override isInstance(value: unknown): value is ServiceEdgeGroup {
    return (
      pulumi.CustomResource.isInstance(value) && (value as { __pulumiType?: string }).__pulumiType === this.__pulumiType
    );
  }
}
