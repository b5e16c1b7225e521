// What the classes of App Connector Groups and Service Edge Groups share.

import * as pulumi from "@pulumi/pulumi";
import type { UpgradeDay } from "../../sdk";
import { machineGroupOutputs } from "../model/machineGroup";
import { nameAsObjectHas, registration, type Registration } from "./registration";

/** Arguments of {@link AppConnectorGroup} and {@link ServiceEdgeGroup} alike. */
export interface MachineGroupArgs {
  /**
   * Name of the group; at most 255 characters. Default: the logical name and a short hash. A replacement
   * that keeps a name of your own deletes the old group first, and its keys before it.
   */
  name?: pulumi.Input<string>;
  /** Free text; at most 1024 characters. */
  description?: pulumi.Input<string>;
  /** Whether the group is in use. Default true. */
  enabled?: pulumi.Input<boolean>;
  /** Degrees north of the equator, from -90 to 90. Digits beyond the sixth behind the point do not count. */
  latitude: pulumi.Input<number | string>;
  /** Degrees east of Greenwich, from -180 to 180. Digits beyond the sixth behind the point do not count. */
  longitude: pulumi.Input<number | string>;
  /** Name of the place, as in `Frankfurt, Germany`. */
  location: pulumi.Input<string>;
  /** City and country, as in `Frankfurt, DE`. Default: ZPA's own. */
  cityCountry?: pulumi.Input<string>;
  /** Country: two capital letters of ISO 3166, as in `DE`. Default: ZPA's own. */
  countryCode?: pulumi.Input<string>;
  /** Day on which the machines update their software. Default `SUNDAY`. */
  upgradeDay?: pulumi.Input<UpgradeDay>;
  /** When they do: seconds after midnight, from 0 to 86399, in steps of 15 minutes. Default 66600, which is 18:30. */
  upgradeTimeInSecs?: pulumi.Input<number>;
  /** Whether the version profile is the group's own instead of the tenant's. Needs a profile. Default false. */
  overrideVersionProfile?: pulumi.Input<boolean>;
  /** Id of the version profile, with `overrideVersionProfile`: `0` is Default, `1` Previous Default, `2` New Release. */
  versionProfileId?: pulumi.Input<string>;
  /**
   * Name of the version profile instead of its id, as in `New Release`. A run that writes it looks the names up with one
   * GET, and fails with the names that there are when this one is not among them.
   */
  versionProfileName?: pulumi.Input<string>;
  /** Whether the group is one of those for disaster recovery. Default false. */
  useInDrMode?: pulumi.Input<boolean>;
  /** Id of the site that it belongs to. */
  siteId?: pulumi.Input<string>;
  /** Id of the certificate that signs machines which enroll without a key. */
  enrollmentCertId?: pulumi.Input<string>;
  /** Microtenant of the group; `0` is Default. Default: that of the settings. Changing it replaces the group. */
  microtenantId?: pulumi.Input<string>;
  /**
   * Whether a deletion first deletes the machines of the group that are disconnected, which ZPA would refuse it for; never
   * a connected one. It counts as of the last up. Default false: the error names the machines.
   */
  forceDestroy?: pulumi.Input<boolean>;
  /**
   * Any values. A change replaces the group: the new one is created before the old one is deleted, unless it keeps a `name` of
   * your own.
   */
  keepers?: pulumi.Input<Record<string, pulumi.Input<unknown>>>;
  /** Id of an existing group to take over instead of creating one. No effect afterwards. */
  adopt?: pulumi.Input<string>;
}

/** What state holds of a group of either kind: its arguments, adjusted by ZPA, and its outputs. */
export interface MachineGroupState {
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** Free text. */
  description: string;
  /** Whether the group is in use. */
  enabled: boolean;
  /** Degrees north of the equator. */
  latitude: string;
  /** Degrees east of Greenwich. */
  longitude: string;
  /** Name of the place. */
  location: string;
  /** City and country. */
  cityCountry: string | undefined;
  /** Two letters of ISO 3166. */
  countryCode: string | undefined;
  /** Day on which the machines update their software. */
  upgradeDay: UpgradeDay;
  /** When they do, in seconds after midnight. */
  upgradeTimeInSecs: number;
  /** Whether the version profile is the group's own. */
  overrideVersionProfile: boolean;
  /** Id of the version profile. */
  versionProfileId: string;
  /** Name of the version profile; undefined until a refresh where the program gives its id. */
  versionProfileName: string | undefined;
  /** Whether the group is one of those for disaster recovery. */
  useInDrMode: boolean;
  /** Id of the site that it belongs to. */
  siteId: string | undefined;
  /** Id of the certificate that signs machines which enroll without a key. */
  enrollmentCertId: string | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
  /** Whether a deletion also deletes its disconnected machines. */
  forceDestroy: boolean | undefined;
  /** Any texts. A change replaces the object. */
  keepers: Record<string, string> | undefined;
  /** The API refuses to change or delete the group. */
  readOnly: boolean;
  /** The group belongs to Zscaler. */
  zscalerManaged: boolean;
  /** Seconds since 1970. */
  creationTime: string | undefined;
}

/** The outputs of both kinds of groups. */
export abstract class MachineGroup extends pulumi.CustomResource {
  /** Name, unique among the objects of its kind in a microtenant. */
  declare readonly name: pulumi.Output<MachineGroupState["name"]>;
  /** Free text. */
  declare readonly description: pulumi.Output<MachineGroupState["description"]>;
  /** Whether the group is in use. */
  declare readonly enabled: pulumi.Output<MachineGroupState["enabled"]>;
  /** Degrees north of the equator. */
  declare readonly latitude: pulumi.Output<MachineGroupState["latitude"]>;
  /** Degrees east of Greenwich. */
  declare readonly longitude: pulumi.Output<MachineGroupState["longitude"]>;
  /** Name of the place. */
  declare readonly location: pulumi.Output<MachineGroupState["location"]>;
  /** City and country. */
  declare readonly cityCountry: pulumi.Output<MachineGroupState["cityCountry"]>;
  /** Two letters of ISO 3166. */
  declare readonly countryCode: pulumi.Output<MachineGroupState["countryCode"]>;
  /** Day on which the machines update their software. */
  declare readonly upgradeDay: pulumi.Output<MachineGroupState["upgradeDay"]>;
  /** When they do, in seconds after midnight. */
  declare readonly upgradeTimeInSecs: pulumi.Output<MachineGroupState["upgradeTimeInSecs"]>;
  /** Whether the version profile is the group's own. */
  declare readonly overrideVersionProfile: pulumi.Output<MachineGroupState["overrideVersionProfile"]>;
  /** Id of the version profile. */
  declare readonly versionProfileId: pulumi.Output<MachineGroupState["versionProfileId"]>;
  /** Name of the version profile; undefined until a refresh where the program gives its id. */
  declare readonly versionProfileName: pulumi.Output<MachineGroupState["versionProfileName"]>;
  /** Whether the group is one of those for disaster recovery. */
  declare readonly useInDrMode: pulumi.Output<MachineGroupState["useInDrMode"]>;
  /** Id of the site that it belongs to. */
  declare readonly siteId: pulumi.Output<MachineGroupState["siteId"]>;
  /** Id of the certificate that signs machines which enroll without a key. */
  declare readonly enrollmentCertId: pulumi.Output<MachineGroupState["enrollmentCertId"]>;
  /** Id of its microtenant; undefined for Default. */
  declare readonly microtenantId: pulumi.Output<MachineGroupState["microtenantId"]>;
  /** Whether a deletion also deletes its disconnected machines. */
  declare readonly forceDestroy: pulumi.Output<MachineGroupState["forceDestroy"]>;
  /** Any texts. A change replaces the object. */
  declare readonly keepers: pulumi.Output<MachineGroupState["keepers"]>;
  /** The API refuses to change or delete the group. */
  declare readonly readOnly: pulumi.Output<MachineGroupState["readOnly"]>;
  /** The group belongs to Zscaler. */
  declare readonly zscalerManaged: pulumi.Output<MachineGroupState["zscalerManaged"]>;
  /** Seconds since 1970. */
  declare readonly creationTime: pulumi.Output<MachineGroupState["creationTime"]>;

  protected constructor(
    kind: Pick<Registration, "type" | "fields">,
    name: string,
    args: MachineGroupArgs,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    super(
      ...registration(
        { ...kind, outputs: machineGroupOutputs, secretOutputs: [], holdsOthers: true },
        name,
        args,
        opts,
      ),
    );
    this.name = nameAsObjectHas(this, args);
  }
}
