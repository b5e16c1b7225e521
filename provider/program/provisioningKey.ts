// ZPA's provisioning key: the text with which App Connectors and Private Service Edges enroll.
// https://help.zscaler.com/zpa/about-provisioning-keys
// The trap: a key that is not exportable shows its text once, in the answer to its creation.

import * as pulumi from "@pulumi/pulumi";
import type { AssociationType } from "../../sdk";
import { isSet } from "../model/fields";
import { provisioningKeyFields, provisioningKeyOutputs } from "../model/provisioningKey";
import type { Retire } from "../model/retired";
import { parseKeyId } from "../model/ids";
import { asObjectHas, idParts, nameAsObjectHas, registration } from "./registration";

export type { AssociationType, Retire };

/** Arguments of a {@link ProvisioningKey}. */
export interface ProvisioningKeyArgs {
  /**
   * Name of the key, and the first part of the names of the connectors that enroll with it; at most 255 characters.
   * Default: the logical name and a short hash. With a name of your own a replacement deletes the old key first.
   */
  name?: pulumi.Input<string>;
  /** `CONNECTOR_GRP` or `SERVICE_EDGE_GRP`. Changing it replaces the key. */
  associationType: pulumi.Input<AssociationType>;
  /** Id of the App Connector Group or Service Edge Group that machines join. Changing it replaces the key. */
  zcomponentId: pulumi.Input<string>;
  /**
   * How many machines may enroll with the key, from 1 up. Every machine that an autoscaling group replaces takes one
   * more. Can be changed at any time, but not below the uses that are spent.
   */
  maxUsage: pulumi.Input<number>;
  /** Id of the certificate that signs what enrolls. Default: the built-in `Connector` or `Service Edge`. */
  enrollmentCertId?: pulumi.Input<string>;
  /** Whether machines may enroll with the key. Default true. */
  enabled?: pulumi.Input<boolean>;
  /** Whether the key's text can be read again after its creation. Default true. Changing false to true replaces the key. */
  exportable?: pulumi.Input<boolean>;
  /** Addresses that may enroll. Default: any. */
  ipAcl?: pulumi.Input<pulumi.Input<string>[]>;
  /** Free text of the Admin Portal. */
  uiConfig?: pulumi.Input<string>;
  /** Microtenant of the key; `0` is Default. Default: that of the settings. Changing it replaces the key. */
  microtenantId?: pulumi.Input<string>;
  /**
   * Uses that must always remain: whenever fewer do, `maxUsage` is raised in place to what is spent plus this. It is
   * never lowered; `maxUsage` is then the limit to begin with. Spent uses are known from the last refresh.
   */
  headroom?: pulumi.Input<number>;
  /** Warn when at most this part of the uses remains, in percent; 0 for never. Default 10, and 0 with `headroom`. */
  warnAtPercent?: pulumi.Input<number>;
  /** Fail preview and up, instead of warning, when no use is left, as of the last refresh. Default false. */
  failWhenExhausted?: pulumi.Input<boolean>;
  /** Any values. A change replaces the key: the new one is created before the old one is deleted. */
  keepers?: pulumi.Input<Record<string, pulumi.Input<unknown>>>;
  /**
   * How the key goes when it is deleted or replaced. `at-once`, the default: always. `when-unused`: while connected machines
   * have enrolled with it, it stays in ZPA, disabled and with `-retired-<id>` behind its name, and leaves state; a later
   * deletion of such a key, or `npx pulumi-zpa-dynamic keys --retired --delete`, deletes it. Takes one GET for the machines
   * and one for the keys. Zscaler names a deleted key as a cause of App Connector upgrades that fail.
   */
  retire?: pulumi.Input<Retire>;
  /** Id of an existing key to take over instead of creating one. No effect afterwards. */
  adopt?: pulumi.Input<string>;
}

/** What state holds of a key: its arguments, adjusted by ZPA, and its outputs. */
export interface ProvisioningKeyState {
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** Which machines enroll with it: App Connectors or Private Service Edges. */
  associationType: AssociationType;
  /** Id of the App Connector Group or Service Edge Group that machines join. */
  zcomponentId: string;
  /** The limit that holds: what the program says, or more when `headroom` has raised it. */
  maxUsage: number;
  /** Id of the certificate that signs it. */
  enrollmentCertId: string;
  /** Whether machines may enroll with it. */
  enabled: boolean;
  /** Whether the text can be read after the creation. */
  exportable: boolean;
  /** IP addresses that may enroll; empty for any. */
  ipAcl: string[];
  /** Free text of the Admin Portal. */
  uiConfig: string | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
  /** Uses that are to remain: the next up raises `maxUsage` to that. */
  headroom: number | undefined;
  /** Whether preview and up fail when no use is left. */
  failWhenExhausted: boolean | undefined;
  /** Any texts. A change replaces the object. */
  keepers: Record<string, string> | undefined;
  /** How the key goes when it is deleted or replaced; undefined is `at-once`. */
  retire: Retire | undefined;
  /**
   * Secret. The text that machines enroll with: some 430 characters, among them `/ + = | -`. Undefined for a key that is
   * not exportable and was created elsewhere.
   */
  provisioningKey: string;
  /** Machines that have enrolled with the key, as of the last refresh. Never falls. */
  usageCount: number;
  /** `maxUsage` less `usageCount`. */
  remainingUses: number;
  /** The API refuses to change or delete the key. */
  readOnly: boolean;
  /** The key belongs to Zscaler Deception. */
  zscalerManaged: boolean;
  /** Seconds since 1970. */
  creationTime: string | undefined;
}

/**
 * A provisioning key of App Connectors or Private Service Edges.
 *
 * `provisioningKey`, the text that machines enroll with, is a Pulumi secret.
 *
 * @example
 * const key = new zpa.ProvisioningKey("connectors", {
 *   associationType: "CONNECTOR_GRP",
 *   zcomponentId: group.id,
 *   maxUsage: 100,
 * });
 */
export class ProvisioningKey extends pulumi.CustomResource {
  /** @internal */
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/zpa:ProvisioningKey";

  /** Name, unique among the objects of its kind in a microtenant. */
  declare readonly name: pulumi.Output<ProvisioningKeyState["name"]>;
  /** Which machines enroll with it: App Connectors or Private Service Edges. */
  declare readonly associationType: pulumi.Output<ProvisioningKeyState["associationType"]>;
  /** Id of the App Connector Group or Service Edge Group that machines join. */
  declare readonly zcomponentId: pulumi.Output<ProvisioningKeyState["zcomponentId"]>;
  /** The limit that holds: what the program says, or more when `headroom` has raised it. */
  declare readonly maxUsage: pulumi.Output<ProvisioningKeyState["maxUsage"]>;
  /** Id of the certificate that signs it. */
  declare readonly enrollmentCertId: pulumi.Output<ProvisioningKeyState["enrollmentCertId"]>;
  /** Whether machines may enroll with it. */
  declare readonly enabled: pulumi.Output<ProvisioningKeyState["enabled"]>;
  /** Whether the text can be read after the creation. */
  declare readonly exportable: pulumi.Output<ProvisioningKeyState["exportable"]>;
  /** IP addresses that may enroll; empty for any. */
  declare readonly ipAcl: pulumi.Output<ProvisioningKeyState["ipAcl"]>;
  /** Free text of the Admin Portal. */
  declare readonly uiConfig: pulumi.Output<ProvisioningKeyState["uiConfig"]>;
  /** Id of its microtenant; undefined for Default. */
  declare readonly microtenantId: pulumi.Output<ProvisioningKeyState["microtenantId"]>;
  /** Uses that are to remain: the next up raises `maxUsage` to that. */
  declare readonly headroom: pulumi.Output<ProvisioningKeyState["headroom"]>;
  /** Whether preview and up fail when no use is left. */
  declare readonly failWhenExhausted: pulumi.Output<ProvisioningKeyState["failWhenExhausted"]>;
  /** Any texts. A change replaces the object. */
  declare readonly keepers: pulumi.Output<ProvisioningKeyState["keepers"]>;
  /** How the key goes when it is deleted or replaced; undefined is `at-once`. */
  declare readonly retire: pulumi.Output<ProvisioningKeyState["retire"]>;
  /** Secret. The text that machines enroll with: some 430 characters, among them `/ + = | -`. */
  declare readonly provisioningKey: pulumi.Output<ProvisioningKeyState["provisioningKey"]>;
  /** Machines that have enrolled with the key, as of the last refresh. Never falls. */
  declare readonly usageCount: pulumi.Output<ProvisioningKeyState["usageCount"]>;
  /** `maxUsage` less `usageCount`. */
  declare readonly remainingUses: pulumi.Output<ProvisioningKeyState["remainingUses"]>;
  /** The API refuses to change or delete the key. */
  declare readonly readOnly: pulumi.Output<ProvisioningKeyState["readOnly"]>;
  /** The key belongs to Zscaler Deception. */
  declare readonly zscalerManaged: pulumi.Output<ProvisioningKeyState["zscalerManaged"]>;
  /** Seconds since 1970. */
  declare readonly creationTime: pulumi.Output<ProvisioningKeyState["creationTime"]>;

  constructor(name: string, args: ProvisioningKeyArgs, opts?: pulumi.CustomResourceOptions) {
    const facts = {
      type: "ProvisioningKey",
      fields: provisioningKeyFields,
      outputs: provisioningKeyOutputs,
      secretOutputs: ["provisioningKey"],
    } as const;
    super(...registration(facts, name, args, opts));
    this.name = nameAsObjectHas(this, args);
    if (isSet(args.headroom)) this.maxUsage = asObjectHas(this.maxUsage, this);
    // under pulumi's mocks, and in what depends on it before it is known
    this.provisioningKey = pulumi.secret(this.provisioningKey);
    warnWhenRunningDry(this, args, opts?.id !== undefined);
  }

  /**
   * A key that is managed elsewhere: it is read, and never changed or deleted. Fails if there is no such key.
   *
   * @param id - `61001`, `CONNECTOR_GRP/61001` or `<microtenantId>/CONNECTOR_GRP/61001`; without the type both are looked at.
   *   The resource's `id` is the bare id.
   * @example
   * const shared = zpa.ProvisioningKey.get("shared", "CONNECTOR_GRP/61001");
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): ProvisioningKey {
    const parts = idParts("ProvisioningKey", name, id, parseKeyId);
    const where = { associationType: parts.associationType, microtenantId: parts.microtenantId };
    return new ProvisioningKey(name, where as unknown as ProvisioningKeyArgs, { ...opts, id: parts.id });
  }

  /** Whether a value is a ProvisioningKey, also one of another copy of this package. */
  static override isInstance(value: unknown): value is ProvisioningKey {
    return (
      pulumi.CustomResource.isInstance(value) && (value as { __pulumiType?: string }).__pulumiType === this.__pulumiType
    );
  }
}

/** Share of the uses, in percent, from which on a key counts as running dry. */
const defaultWarnAtPercent = 10;

/** Said on the resource, at preview and at up, by what the last refresh saw. @param isRead - by `get` */
function warnWhenRunningDry(key: ProvisioningKey, args: ProvisioningKeyArgs, isRead: boolean): void {
  const { warnAtPercent, headroom } = args;
  pulumi
    .all([key.name, key.maxUsage, key.remainingUses, key.enabled, pulumi.output({ warnAtPercent, headroom })])
    .apply(([name, maxUsage, remaining, enabled, asked]) => {
      // headroom raises the limit by itself
      const usual = isSet(asked.headroom) ? 0 : defaultWarnAtPercent;
      const threshold = asked.warnAtPercent === undefined ? usual : Number(asked.warnAtPercent);
      if (threshold === 0 || enabled === false || typeof remaining !== "number") return;
      if (remaining > (maxUsage * threshold) / 100) return;
      const remedy = isRead
        ? "Raise maxUsage where the key is managed."
        : "Raise maxUsage, set headroom, or silence this with warnAtPercent: 0.";
      const text = `Provisioning key "${name}" has ${remaining} of ${maxUsage} uses left`;
      void pulumi.log.warn(
        remaining > 0 ? `${text}. ${remedy}` : `${text}: no machine can enroll with it. ${remedy}`,
        key,
      );
    });
}
