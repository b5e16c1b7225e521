// How a provisioning key is created, read, updated and deleted.

import type { AssociationType, ProvisioningKey as Wire, ProvisioningKeyBody } from "../../sdk";
import { keeping, plainError } from "../model/errors";
import { concernsZpa, type Field, type Inputs, isSet, same, type State, type Values } from "../model/fields";
import { parseKeyId } from "../model/ids";
import { inputNotes, stateNotes, withNotes } from "../model/notes";
import { leavesAlone, targetOf } from "../model/plan";
import { provisioningKeyFields as fields } from "../model/provisioningKey";
import { hasRetiredName, isRetired } from "../model/retired";
import { refuseUnproved } from "./awaitedKeys";
import { asPosted, fromAnswer, microtenantIn, type ResourceDefinition } from "./definition";
import { refuseForGroup } from "./groupReplacement";
import { handlerOf } from "./lifecycle";
import { retire } from "./retirement";
import { type Endpoint, gone, type Session } from "./session";

/** The fields of a PUT. It always sends all of them, because ZPA may drop the others. */
const writable = ["name", "maxUsage", "enrollmentCertId", "enabled", "exportable", "ipAcl", "uiConfig"] as const;

const definition: ResourceDefinition<Wire> = {
  kind: "provisioning key",
  fields,
  secretOutputs: ["provisioningKey"],

  nameScope: ({ associationType }) => ({ associationType }),

  check: () => [],

  /** `headroom` raises the limit to `maxUsage` or to what the spent uses require. It never lowers it. */
  adjust(given, state, id) {
    // one that a run has retired, without an answer, and that the program wants again
    const isWanted = state !== undefined && isRetiredState(id, state) && !isSet(given["enabled"]);
    const inputs = isWanted ? { ...given, enabled: true } : given;
    const { headroom, maxUsage } = inputs;
    if (typeof headroom !== "number" || typeof maxUsage !== "number") return inputs;
    const { maxUsage: limit, usageCount: used } = { maxUsage: 0, usageCount: 0, ...state } as Record<string, number>;
    const needed = Math.max(maxUsage, Number(limit) || 0, (Number(used) || 0) + headroom);
    if (needed === maxUsage) return inputs;
    return withNotes({ ...inputs, maxUsage: needed }, { ...inputNotes(inputs), raised: ["maxUsage"] });
  },

  objection(state, inputs, plan, id) {
    const named = `Provisioning key "${String(state["name"])}"`;
    const isChanged =
      plan === undefined || plan.isAdoption || plan.replaces.length > 0 || concernsZpa(fields, plan.changed);
    if (isChanged && (state["readOnly"] === true || state["zscalerManaged"] === true)) {
      const remedy = plan?.isAdoption
        ? "Read it with ProvisioningKey.get instead of adopting it."
        : "Remove it from the stack with pulumi state delete, or leave it as it is.";
      return `${named} belongs to Zscaler Deception: the API cannot change or delete it. ${remedy}`;
    }
    // a new key has spent nothing
    if (inputs === undefined || plan === undefined || plan.replaces.length > 0) return undefined;
    if (plan.isAdoption && !isSet(state["provisioningKey"])) {
      return `adopt: ${named} is not exportable: nobody can read its text any more. Remove adopt to create a new key.`;
    }
    const isLeftRetired = isRetiredState(id, state) && inputs["enabled"] !== true;
    if (plan.isAdoption && id !== undefined && (isLeftRetired || hasRetiredName(id, String(plan.target["name"])))) {
      return (
        `adopt: ${named} was retired: the next run that deletes a key with retire: "when-unused" may delete it. Set enabled ` +
        "to true and name to another name to use it again, or remove adopt to create a new key."
      );
    }
    if (isRetiredState(id, plan.target) && !isRetiredState(id, state)) {
      return (
        `enabled: ${named} has the name of a retired key: once it is disabled, the next run that deletes a key with ` +
        'retire: "when-unused" may delete it. Set name to another name.'
      );
    }
    const [limit, used] = [Number(plan.target["maxUsage"]), Number(state["usageCount"] ?? 0)];
    if (plan.changed.includes("maxUsage") && limit < used) return belowSpent(limit, used, state);
    // with one that is disabled no machine shall enroll
    if (inputs["failWhenExhausted"] === true && limit <= used && plan.target["enabled"] !== false) {
      return (
        `${named} has no uses left (${used} of ${limit}), so no machine can enroll with it. ` +
        "Raise maxUsage, set headroom, or change keepers for a new key; where another key follows it, set failWhenExhausted to false."
      );
    }
    return undefined;
  },

  objects(session, values) {
    const [type, keys] = [typeOf(values), session.client.provisioningKeys];
    const endpoint: Endpoint<Wire> = {
      page: (number, scope) => keys.page(type, number, scope),
      get: (id, scope) => keys.get(type, id, scope),
      named: (name, scope) => keys.named(type, name, scope),
    };
    return session.objects(definition.kind, session.microtenantOf(values), endpoint, type);
  },

  async post(session, inputs) {
    const body = await bodyOf(session, targetOf(fields, {}, inputs), inputs, inputs);
    return asPosted(
      fields,
      body,
      await session.client.provisioningKeys.create(typeOf(inputs), body, scopeOf(session, inputs)),
    );
  },

  isIncomplete: lacksText,

  isShownOnce: (values) => (values as Values)["exportable"] === false,

  complete: (session, item, inputs) => complete(session, item, inputs, true),

  async isUntouched(session, item, inputs) {
    const body: Values = { ...(await bodyOf(session, targetOf(fields, {}, inputs), inputs, inputs)) };
    // fields that ZPA does not return cannot be compared
    const outs = definition.outputs(item, { ...inputs, ...body });
    const isAsPosted = (field: Field) => !(field.name in body) || same(field, outs[field.name], body[field.name]);
    return (item.usageCount ?? 0) === 0 && fields.every(isAsPosted);
  },

  async bringTo(session, item, outs, inputs) {
    const target = targetOf(fields, outs, inputs);
    const all = { ...outs, ...target };
    if (differing(outs, target).length === 0) return withRemaining(all);
    return withRemaining({ ...all, ...(await put(session, item.id, outs, target, inputs)) });
  },

  async update(session, id, state, inputs, plan) {
    const isPut = concernsZpa(fields, plan.changed);
    const isIncomplete = lacksText(state);
    if (!isPut && !isIncomplete) return withRemaining({ ...state, ...plan.target });
    const isRead = isIncomplete || leavesAlone(fields, writable, state, inputs);
    const now = isRead ? await current(session, id, state) : state;
    if (isIncomplete && !isSet(now["provisioningKey"])) throw new Error(withoutText(now["name"], id));
    // with the uses that have been spent since the last refresh, for the next up knows of them
    const target = targetOf(fields, state, definition.adjust(inputs, now, id), now);
    // what has been read may differ from state, by which the plan went
    const [limit, used] = [Number(target["maxUsage"]), Number(now["usageCount"] ?? 0)];
    if (limit < Math.min(used, Number(now["maxUsage"]))) throw new Error(belowSpent(limit, used, now));
    if (!isPut && differing(now, target).length === 0) return withRemaining({ ...now, ...target });
    return withRemaining({ ...now, ...target, ...(await put(session, id, now, target, inputs)) });
  },

  async remove(session, id, state) {
    refuseUnproved(session, id, state);
    await refuseForGroup(session, id, state);
    const going = removeOrRetire(session, id, state);
    session.keyDeletions.add(going);
    try {
      return await going;
    } finally {
      session.keyDeletions.delete(going);
    }
  },

  async find(session, id, values) {
    for (const where of candidatesOf(id, values)) {
      const item = await definition.objects(session, where).read(where.id);
      if (item !== undefined) return { item, where };
    }
    return undefined;
  },

  outputs(item, known) {
    const { usageCount = 0, readOnly = false, zscalerManaged = false, creationTime } = item;
    return withRemaining({
      ...fromAnswer(fields, known, item),
      microtenantId: microtenantIn(item, known["microtenantId"]),
      // an empty text is none
      provisioningKey: item.provisioningKey || known["provisioningKey"],
      usageCount,
      readOnly,
      zscalerManaged,
      creationTime,
    });
  },
};

/** What the run-time contract of `provider/v1` hands out. */
export const handler = handlerOf(definition);

/** The field table and how an object becomes outputs, for the import. */
export const provisioningKeyDefinition = definition;

/** The places where a key may be: `get` accepts an id without type and microtenant, state knows both. */
function candidatesOf(id: string, props: Values) {
  const { microtenantId = props["microtenantId"], associationType: type = props["associationType"], ...parts } = parseKeyId(id); // prettier-ignore
  const types = isSet(type) ? [type as AssociationType] : (["CONNECTOR_GRP", "SERVICE_EDGE_GRP"] as const);
  return types.map((associationType) => ({ ...parts, associationType, microtenantId }));
}

function typeOf(values: Values): AssociationType {
  return values["associationType"] as AssociationType;
}

function scopeOf(session: Session, values: Values) {
  return { microtenantId: session.microtenantOf(values) };
}

/**
 * @param inputs - the association type decides which certificate signs when nobody has named one
 * @param where - tells the microtenant of the key
 */
async function bodyOf(session: Session, target: Values, inputs: Values, where: Values): Promise<ProvisioningKeyBody> {
  const { name, maxUsage, zcomponentId, enabled, exportable, ipAcl, uiConfig } =
    target as unknown as ProvisioningKeyBody;
  const given = target["enrollmentCertId"] as string | undefined;
  const enrollmentCertId = given ?? (await session.builtInCertificate(typeOf(inputs), scopeOf(session, where)));
  return { name, maxUsage, enrollmentCertId, zcomponentId, enabled, exportable, ipAcl, uiConfig };
}

function belowSpent(limit: number, used: number, { name }: State): string {
  return (
    `maxUsage must not be lower than the uses already spent: it is ${limit}, and ${used} machines have enrolled with ` +
    `"${String(name)}". Set it to ${used} or more.`
  );
}

/** The fields of ZPA that differ. */
function differing(now: State, target: Values): Field[] {
  return fields.filter((field) => !field.local && !same(field, now[field.name], target[field.name]));
}

/** One PUT of all that can be written; what was sent. @param now - where the key is */
async function put(session: Session, id: string, now: State, target: Values, inputs: Values) {
  const body = await bodyOf(session, target, inputs, now);
  // its text may have been read in this run
  session.client.conceal(now);
  await session.client.provisioningKeys.update(typeOf(now), id, body, scopeOf(session, now));
  definition.objects(session, now).updated(id);
  return body;
}

/** Whether ZPA has confirmed it. */
function removeOrRetire(session: Session, id: string, state: State): Promise<boolean> {
  const remove = () => removeAtOnce(session, id, state);
  if (state["retire"] !== "when-unused") return remove();
  const key = { id, name: String(state["name"]), type: typeOf(state), ...scopeOf(session, state) };
  return retire(session, key, { remove, disable: (name) => disable(session, id, state, name) });
}

/** One DELETE. Whether ZPA has confirmed it. */
async function removeAtOnce(session: Session, id: string, state: State): Promise<boolean> {
  const isConfirmed = await session.client.provisioningKeys.delete(typeOf(state), id, scopeOf(session, state));
  definition.objects(session, state).deleted(id);
  return isConfirmed;
}

/** Disables a key under another name, and leaves the rest as ZPA has it now. */
async function disable(session: Session, id: string, state: State, name: string): Promise<void> {
  const now = await current(session, id, state);
  if (now["name"] === name && now["enabled"] === false) return;
  await put(session, id, now, { ...now, name, enabled: false }, now);
}

/** The key as ZPA has it now, with the notes of its state. */
async function current(session: Session, id: string, state: State): Promise<State> {
  const found = await definition.find(session, id, state);
  if (found === undefined) throw gone(`reading provisioning key ${id}`);
  const now = definition.outputs(found.item, state);
  // uses never decrease, and state may be newer than what was read earlier in this run
  const usageCount = Math.max(Number(now["usageCount"]), Number(state["usageCount"] ?? 0));
  return { ...state, ...now, usageCount };
}

function withRemaining(values: Values): State {
  return { ...values, remainingUses: Number(values["maxUsage"]) - Number(values["usageCount"] ?? 0) };
}

/** Gets the text of a new key if the response lacks it: reads an exportable key, creates any other one again. */
async function complete(
  session: Session,
  item: Wire,
  inputs: Inputs,
  mayRepeat: boolean,
): Promise<{ item: Wire; outs: State }> {
  const outs = definition.outputs(item, { ...inputs, microtenantId: session.microtenantOf(inputs) });
  if (isSet(item.provisioningKey)) return { item, outs };
  if (item.exportable !== false) {
    return keeping(item.id, outs, async () => {
      if (!mayRepeat) throw new Error(withoutText(item.name, item.id));
      const read = await session.client.provisioningKeys.get(typeOf(inputs), item.id, scopeOf(session, inputs));
      return complete(session, read, inputs, false);
    });
  }
  await keeping(item.id, withNotes(outs, { ...stateNotes(outs), replaceFor: "exportable" }), async () => {
    try {
      await removeAtOnce(session, item.id, outs);
    } catch (error) {
      throw new Error(
        `Provisioning key "${item.name}" (${item.id}) was created, but ZPA did not return its text, which nobody can read ` +
          `later, and deleting it failed: ${plainError(error).message} The next pulumi up replaces it.`,
      );
    }
  });
  if (mayRepeat) return complete(session, await definition.post(session, inputs), inputs, false);
  throw new Error(
    `Provisioning key "${item.name}" was created twice, and each time ZPA did not return its text, which nobody can ` +
      "read later. Both keys were deleted again. Run pulumi up again, or set exportable to true.",
  );
}

/** An incomplete create, or an import, leaves a key without its text. */
function lacksText(state: State): boolean {
  return !isSet(state["provisioningKey"]) && state["exportable"] !== false;
}

function withoutText(name: unknown, id: string): string {
  return (
    `Provisioning key "${String(name)}" (${id}) exists, but ZPA does not return its text, which state does not have. Run ` +
    "pulumi up again; if that does not help, change keepers to replace the key."
  );
}

function isRetiredState(id: string | undefined, { name, enabled }: State): boolean {
  return id !== undefined && isRetired({ id, name: String(name), enabled: enabled === true });
}
