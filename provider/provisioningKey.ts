// ZPA's provisioning key: the text with which App Connectors and Private Service Edges enroll.
// https://help.zscaler.com/zpa/about-provisioning-keys
// The trap: a key that is not exportable shows its text once, in the answer to its creation.

import * as pulumi from "@pulumi/pulumi";
import type { ProvisioningKey as Wire, ProvisioningKeyBody } from "../sdk";
import { concernsZpa, type FieldTable, fromWire, isSet, same, target, type Values } from "./fields";
import { handlerOf, microtenantOf, type ResourceDefinition } from "./handler";
import { registration } from "./resource";
import type { Session } from "./session";

/** What a key enrolls: App Connectors, or Private Service Edges. */
export type AssociationType = "CONNECTOR_GRP" | "SERVICE_EDGE_GRP";

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
  maxUsage: pulumi.Input<number | string>;
  /** Id of the certificate that signs what enrolls. Default: the built-in `Connector` or `Service Edge`. */
  enrollmentCertId?: pulumi.Input<string>;
  /** Whether machines may enroll with the key. Default true. */
  enabled?: pulumi.Input<boolean | string>;
  /** Whether the key's text can be read again after its creation. Default true. Changing false to true replaces the key. */
  exportable?: pulumi.Input<boolean | string>;
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
  headroom?: pulumi.Input<number | string>;
  /** Warn when at most this part of the uses remains, in percent; default 10, and 0 for never. */
  warnAtPercent?: pulumi.Input<number | string>;
  /** Any texts. A change makes a new key before the old one goes. */
  keepers?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Id of a key that is there already, to be taken over instead of making one. No effect afterwards. */
  adopt?: pulumi.Input<string>;
}

const fields: FieldTable = [
  { name: "name", kind: "text", note: "Name of the key; made from the logical name when left out" },
  {
    name: "associationType",
    kind: "choice",
    choices: ["CONNECTOR_GRP", "SERVICE_EDGE_GRP"],
    required: true,
    replaces: true,
    notAlwaysEchoed: true,
    note: '"CONNECTOR_GRP" for App Connectors or "SERVICE_EDGE_GRP" for Private Service Edges',
  },
  {
    name: "zcomponentId",
    kind: "id",
    required: true,
    replaces: true,
    note: "Id of the App Connector Group or Service Edge Group that machines join",
  },
  { name: "maxUsage", kind: "count", required: true, note: "How many machines may enroll with the key" },
  {
    name: "enrollmentCertId",
    kind: "id",
    computed: true,
    notAlwaysEchoed: true,
    note: "Id of the signing certificate; default is the built-in one of the association type",
  },
  { name: "enabled", kind: "flag", fallback: true, note: "Whether machines may enroll with the key; default true" },
  {
    name: "exportable",
    kind: "flag",
    fallback: true,
    replaces: (old, now) => old === false && now === true,
    note: "Whether the text can be read again after creation; default true, and only true can be changed",
  },
  { name: "ipAcl", kind: "texts", fallback: [], note: "Addresses that may enroll; default any" },
  { name: "uiConfig", kind: "text", maxLength: 4096, fallback: "", note: "Free text of the Admin Portal" },
  {
    name: "microtenantId",
    kind: "id",
    replaces: true,
    computed: true,
    notAlwaysEchoed: true,
    note: "Microtenant; `0` is Default; default is that of the settings",
  },
  { name: "headroom", kind: "count", local: true, note: "Uses that must remain; raises `maxUsage` in place" },
  {
    name: "warnAtPercent",
    kind: "percent",
    local: true,
    note: "Warn when so many percent of the uses remain; default 10",
  },
  { name: "keepers", kind: "keepers", local: true, replaces: true, note: "Any texts whose change makes a new key" },
  {
    name: "adopt",
    kind: "id",
    local: true,
    onlyAtCreate: true,
    note: "Id of a key that is there already, to be taken over; no effect afterwards",
  },
];

const outputs = [
  "provisioningKey",
  "usageCount",
  "remainingUses",
  "readOnly",
  "zscalerManaged",
  "creationTime",
] as const;

/**
 * A provisioning key of App Connectors or Private Service Edges.
 *
 * `provisioningKey`, the text that machines enroll with, is a Pulumi secret.
 */
export class ProvisioningKey extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/zpa:ProvisioningKey";

  declare readonly name: pulumi.Output<string>;
  declare readonly associationType: pulumi.Output<AssociationType>;
  declare readonly zcomponentId: pulumi.Output<string>;
  /** The limit that holds: what the program says, or more when `headroom` has raised it. */
  declare readonly maxUsage: pulumi.Output<number>;
  declare readonly enrollmentCertId: pulumi.Output<string>;
  declare readonly enabled: pulumi.Output<boolean>;
  declare readonly exportable: pulumi.Output<boolean>;
  declare readonly ipAcl: pulumi.Output<string[]>;
  declare readonly uiConfig: pulumi.Output<string | undefined>;
  declare readonly microtenantId: pulumi.Output<string | undefined>;
  declare readonly headroom: pulumi.Output<number | undefined>;
  declare readonly keepers: pulumi.Output<Record<string, string> | undefined>;
  /** Secret. The text that machines enroll with: some 430 characters, among them `/ + = | -`. */
  declare readonly provisioningKey: pulumi.Output<string>;
  /** Machines that have enrolled with the key, as of the last refresh. Never falls. */
  declare readonly usageCount: pulumi.Output<number>;
  /** `maxUsage` less `usageCount`. */
  declare readonly remainingUses: pulumi.Output<number>;
  /** The API refuses to change or delete the key. */
  declare readonly readOnly: pulumi.Output<boolean>;
  /** The key belongs to Zscaler Deception. */
  declare readonly zscalerManaged: pulumi.Output<boolean>;
  /** Seconds since 1970. */
  declare readonly creationTime: pulumi.Output<string | undefined>;

  constructor(name: string, args: ProvisioningKeyArgs, opts?: pulumi.CustomResourceOptions) {
    const facts = {
      type: "ProvisioningKey",
      handler: "provisioningKey",
      fields,
      outputs,
      secretOutputs: ["provisioningKey"],
    } as const;
    super(...registration(facts, name, args, opts));
    // under pulumi's mocks, and in what depends on it before it is known
    this.provisioningKey = pulumi.secret(this.provisioningKey);
    warnWhenRunningDry(this, args.warnAtPercent);
  }

  /**
   * A key that is there already and stays the business of others: it can be read, and is never changed or deleted here.
   *
   * @param id - `61001`, `CONNECTOR_GRP/61001` or `<microtenantId>/CONNECTOR_GRP/61001`; without the type both are looked at.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): ProvisioningKey {
    return new ProvisioningKey(name, {} as ProvisioningKeyArgs, { ...opts, id });
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

/** Said on the resource, at preview and at up, by what the last refresh saw. */
function warnWhenRunningDry(key: ProvisioningKey, warnAtPercent: ProvisioningKeyArgs["warnAtPercent"]): void {
  pulumi
    .all([key.name, key.maxUsage, key.remainingUses, pulumi.output(warnAtPercent)])
    .apply(([name, maxUsage, remaining, percent]) => {
      const threshold = percent === undefined ? defaultWarnAtPercent : Number(percent);
      if (threshold === 0 || typeof remaining !== "number" || remaining > (maxUsage * threshold) / 100) return;
      const remedy = `Raise maxUsage, set headroom, or silence this with warnAtPercent: 0.`;
      const text = `Provisioning key "${name}" has ${remaining} of ${maxUsage} uses left`;
      if (remaining > 0) void pulumi.log.warn(`${text}. ${remedy}`, key);
      else void pulumi.log.error(`${text}: no machine can enroll with it. ${remedy}`, key);
    });
}

const definition: ResourceDefinition<Wire> = {
  kind: "provisioning key",
  fields,

  place: ({ associationType, microtenantId }) => ({ associationType, microtenantId }),

  check: () => [],

  refusal(olds, news, changed) {
    if (olds["readOnly"] === true || olds["zscalerManaged"] === true) {
      return (
        `Provisioning key "${String(olds["name"])}" belongs to Zscaler Deception and cannot be changed or deleted by the API. ` +
        `Take it out of the stack with pulumi state delete, or leave it as it is.`
      );
    }
    const maxUsage = news?.["maxUsage"];
    const used = olds["usageCount"];
    if (changed.includes("maxUsage") && typeof maxUsage === "number" && typeof used === "number" && maxUsage < used) {
      return (
        `maxUsage must not be below what is spent: it is ${maxUsage}, and ${used} machines have enrolled with ` +
        `"${String(olds["name"])}". Set it to ${used} or more.`
      );
    }
    return undefined;
  },

  /** With headroom the limit only ever grows: to what the program says, or to what the spent uses call for. */
  effective(olds, news) {
    const { headroom, maxUsage } = news;
    const [limit, used] = [olds["maxUsage"], olds["usageCount"]].map(Number) as [number, number];
    if (typeof headroom !== "number" || typeof maxUsage !== "number" || Number.isNaN(limit + used)) return news;
    const holds = Math.max(maxUsage, limit);
    return { ...news, maxUsage: holds - used < headroom ? used + headroom : holds };
  },

  snapshot: (session, values) => session.provisioningKeys(typeOf(values), session.microtenantOf(values)),

  async post(session, inputs) {
    const body = await bodyOf(session, {}, inputs);
    return session.client.provisioningKeys.create(typeOf(inputs), body, scopeOf(session, inputs));
  },

  async settle(session, item, inputs, origin) {
    if (!isSet(item.provisioningKey) && origin !== "adopted") return remake(session, item, inputs);
    const outs = definition.outputs(item, { ...inputs, microtenantId: session.microtenantOf(inputs) });
    if (origin === "created" || origin === "recovered") return { item, outs };
    const body = await bodyOf(session, outs, inputs);
    const differs = Object.entries(body).some(([name, value]) => isSet(value) && !same(value, outs[name]));
    if (!differs) return { item, outs };
    await session.client.provisioningKeys.update(typeOf(inputs), item.id, body, scopeOf(session, outs));
    return { item: { ...item, ...body } as Wire, outs: { ...outs, ...body } };
  },

  async put(session, id, olds, news, changed) {
    const wanted = target(fields, olds, news);
    if (concernsZpa(fields, changed)) {
      const body = await bodyOf(session, olds, news);
      await session.client.provisioningKeys.update(typeOf(olds), id, body, scopeOf(session, olds));
      definition.snapshot(session, olds).updated(id);
    }
    return withRemaining({ ...olds, ...wanted });
  },

  async remove(session, id, olds) {
    await session.client.provisioningKeys.delete(typeOf(olds), id, scopeOf(session, olds));
    definition.snapshot(session, olds).deleted(id);
  },

  async find(session, id, props) {
    for (const where of placesOf(id, props)) {
      const item = await definition.snapshot(session, where).read(where.id);
      if (item !== undefined) return { item, where: { associationType: where.associationType } };
    }
    return undefined;
  },

  outputs(item, olds) {
    const { usageCount = 0, readOnly = false, zscalerManaged = false, creationTime } = item;
    return withRemaining({
      ...fromWire(fields, olds, item),
      microtenantId: microtenantOf(item, olds["microtenantId"]),
      provisioningKey: item.provisioningKey ?? olds["provisioningKey"],
      usageCount,
      readOnly,
      zscalerManaged,
      creationTime,
    });
  },
};

/** What the run-time contract of `provider/v1` hands out. */
export const handler = handlerOf(definition);

/** The field table and how an object becomes outputs, for the import and the README. */
export const provisioningKeyDefinition = definition;

const idForms = '"61001", "CONNECTOR_GRP/61001" or "<microtenantId>/CONNECTOR_GRP/61001"';

/** Where the key of an id may be: `get` takes it with or without type and microtenant, state knows both. */
function placesOf(
  id: string,
  props: Values,
): { id: string; associationType: AssociationType; microtenantId?: unknown }[] {
  const match = /^(?:(?:(\d+)\/)?(CONNECTOR_GRP|SERVICE_EDGE_GRP)\/)?(\d+)$/.exec(id);
  if (match === null) throw new Error(`"${id}" is no id of a provisioning key. Write ${idForms}.`);
  const [, microtenantId = props["microtenantId"], type = props["associationType"], number] = match;
  const types = isSet(type) ? [type as AssociationType] : (["CONNECTOR_GRP", "SERVICE_EDGE_GRP"] as const);
  return types.map((associationType) => ({ id: number!, associationType, microtenantId }));
}

function typeOf(values: Values): AssociationType {
  return values["associationType"] as AssociationType;
}

function scopeOf(session: Session, values: Values) {
  return { microtenantId: session.microtenantOf(values) };
}

async function bodyOf(session: Session, olds: Values, news: Values): Promise<ProvisioningKeyBody> {
  const wanted = target(fields, olds, news);
  const { name, maxUsage, zcomponentId, enabled, exportable, ipAcl, uiConfig } =
    wanted as unknown as ProvisioningKeyBody;
  const given = wanted["enrollmentCertId"] as string | undefined;
  const enrollmentCertId = given ?? (await session.builtInCertificate(typeOf(news)));
  return { name, maxUsage, enrollmentCertId, zcomponentId, enabled, exportable, ipAcl, uiConfig };
}

function withRemaining(values: Values): Values {
  return { ...values, remainingUses: Number(values["maxUsage"]) - Number(values["usageCount"]) };
}

/**
 * The key is ours, but its text went with the answer that was lost, and of a key that is not exportable it never comes
 * again. One that nobody has used can be made anew.
 */
async function remake(session: Session, lost: Wire, inputs: Values): Promise<{ item: Wire; outs: Values }> {
  if ((lost.usageCount ?? 0) > 0) {
    throw new Error(
      `Provisioning key "${lost.name}" (id ${lost.id}) was made by an earlier run whose answer was lost, its text with it, ` +
        `and ${lost.usageCount} machines have used it since. Delete it in the Admin Portal, or rename it there, and run again.`,
    );
  }
  await definition.remove(session, lost.id, inputs);
  const item = await definition.post(session, inputs);
  return definition.settle(session, item, inputs, "created");
}
