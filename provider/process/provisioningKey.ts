// How a provisioning key is created, read, updated and deleted.

import type { AssociationType, ProvisioningKey as Wire, ProvisioningKeyBody } from "../../sdk";
import { concernsZpa, fromWire, isSet, same, target, type Values } from "../model/fields";
import { provisioningKeyFields as fields } from "../model/provisioningKey";
import { handlerOf, microtenantOf, type ResourceDefinition } from "./lifecycle";
import type { Session } from "./session";

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
