// How App Connector Groups and Service Edge Groups are created, read, updated and deleted.

import type {
  AssociationType,
  MachineGroup,
  MachineGroupBody,
  MachineGroups,
  ProvisioningKey,
  WholeList,
  ZpaClient,
} from "../../sdk";
import { groupKinds } from "../model/associationTypes";
import type { ObjectType } from "../model/entry";
import { type Failure, failure } from "../model/failure";
import {
  concernsZpa,
  type Field,
  type FieldTable,
  type Inputs,
  isSet,
  isUnknown,
  same,
  type State,
  type Values,
} from "../model/fields";
import { parseId } from "../model/ids";
import { machinesOf } from "../model/machines";
import { inputNotes } from "../model/notes";
import { isListed, leavesAlone, targetOf } from "../model/plan";
import { asPosted, fromAnswer, microtenantIn, type ResourceDefinition } from "./definition";
import { listedIn, removeGroup, serverGroupsOf } from "./groupRemoval";
import { removeRetired } from "./retirement";
import { type Endpoint, gone, type Session, unlessGone } from "./session";

/** What one kind of groups has of its own. */
interface GroupKind<T extends MachineGroup, B extends MachineGroupBody> {
  readonly type: ObjectType;
  /** Of the keys that machines join it with. */
  readonly associationType: AssociationType;
  /** As in `App Connectors`. */
  readonly machines: string;
  readonly fields: FieldTable;
  readonly groupsOf: (client: ZpaClient) => Pick<MachineGroups<T, B>, "create" | "update" | "delete"> & Endpoint<T>;
  /** The group as it is listed, with fields in the form of arguments. */
  readonly fromWire?: (item: T) => object;
  /** Fields in the form of the API. */
  readonly toWire?: (target: Values) => Values;
  /** Rules between the fields of this kind. */
  readonly check: (inputs: Inputs) => Failure[];
}

export function machineGroupDefinition<T extends MachineGroup, B extends MachineGroupBody>(
  facts: GroupKind<T, B>,
): ResourceDefinition<T> {
  const kind = groupKinds[facts.associationType];
  const { type, fields, groupsOf, fromWire = (item) => item, toWire = (target) => target } = facts;
  // the name of the profile stands for its id; the microtenant travels beside the body
  const sent = fields.filter(
    ({ name, local }) => local === undefined && name !== "versionProfileName" && name !== "microtenantId",
  );
  const writable = sent.map(({ name }) => name);
  const scopeOf = (session: Session, values: Values) => ({ microtenantId: session.microtenantOf(values) });

  /** All that can be written, as arguments. @param inputs - name a profile, or leave it to the target */
  const writtenBy = async (session: Session, target: Values, inputs: Inputs): Promise<Values> => {
    const { versionProfileName: profile } = inputs;
    const { ignored = [] } = inputNotes(inputs);
    const isTheirs = isListed(ignored, "versionProfileName") && isSet(target["versionProfileId"]);
    const isNamed = isSet(profile) && !isTheirs;
    const versionProfileId = isNamed ? await session.versionProfile(String(profile)) : target["versionProfileId"];
    // ZPA answers with an empty text where there is none, and may not take it back
    const valueOf = ({ name, computed }: Field) => (computed && target[name] === "" ? undefined : target[name]);
    return { ...Object.fromEntries(sent.map((field) => [field.name, valueOf(field)])), versionProfileId };
  };

  /** One PUT of all that can be written; what was sent, as arguments. @param now - where the group is */
  const put = async (session: Session, id: string, now: State, target: Values, inputs: Inputs): Promise<Values> => {
    const written = await writtenBy(session, target, inputs);
    await groupsOf(session.client).update(id, toWire(written) as unknown as B, scopeOf(session, now));
    definition.objects(session, now).updated(id);
    if (isSet(inputs["versionProfileName"]) || written["versionProfileId"] === now["versionProfileId"]) return written;
    // what the other profile is called is known after the next refresh
    return { ...written, versionProfileName: undefined };
  };

  const definition: ResourceDefinition<T> = {
    kind,
    fields,
    secretOutputs: [],

    nameScope: () => ({}),

    check: (inputs) => [...checkVersionProfile(inputs), ...facts.check(inputs)],

    adjust: (inputs) => inputs,

    objection(state, _inputs, plan) {
      const isChanged =
        plan === undefined || plan.isAdoption || plan.replaces.length > 0 || concernsZpa(fields, plan.changed);
      if (!isChanged || (state["readOnly"] !== true && state["zscalerManaged"] !== true)) return undefined;
      const remedy = plan?.isAdoption
        ? `Read it with ${type}.get instead of adopting it.`
        : "Remove it from the stack with pulumi state delete, or leave it as it is.";
      return `${kind} "${String(state["name"])}" belongs to Zscaler: the API cannot change or delete it. ${remedy}`;
    },

    objects: (session, values) => session.objects(kind, session.microtenantOf(values), groupsOf(session.client)),

    async post(session, inputs) {
      const body = toWire(await writtenBy(session, targetOf(fields, {}, inputs), inputs));
      const answer = await groupsOf(session.client).create(body as unknown as B, scopeOf(session, inputs));
      return asPosted(fields, body, answer);
    },

    async foresee(session, { versionProfileName: profile }) {
      if (isSet(profile)) await session.versionProfile(String(profile));
    },

    isShownOnce: () => false,

    complete(session, item, inputs) {
      const outs = definition.outputs(item, { ...inputs, microtenantId: session.microtenantOf(inputs) });
      return Promise.resolve({ item, outs });
    },

    async isUntouched(session, item, inputs) {
      const posted = await writtenBy(session, targetOf(fields, {}, inputs), inputs);
      const outs = definition.outputs(item, inputs);
      // what ZPA fills in by itself is as it has it
      const isAsPosted = (field: Field) =>
        (field.computed === true && !isSet(posted[field.name])) || same(field, outs[field.name], posted[field.name]);
      return sent.every(isAsPosted) && !isInUse(item) && (await hasNoKeys(session, item.id));
    },

    async bringTo(session, item, outs, inputs) {
      const target = targetOf(fields, outs, inputs);
      const changed = fields.filter((field) => !field.local && !same(field, outs[field.name], target[field.name]));
      const all = { ...outs, ...target };
      return changed.length === 0 ? all : { ...all, ...(await put(session, item.id, outs, target, inputs)) };
    },

    async update(session, id, state, inputs, plan) {
      if (!concernsZpa(fields, plan.changed)) return { ...state, ...plan.target };
      const now = leavesAlone(fields, writable, state, inputs) ? await current(session, id, state) : state;
      const target = targetOf(fields, state, inputs, now);
      return { ...now, ...target, ...(await put(session, id, now, target, inputs)) };
    },

    async remove(session, id, state) {
      const scope = scopeOf(session, state);
      const isConfirmed = await removeGroup({
        group: `${kind} "${String(state["name"])}" (${id})`,
        id,
        machines: facts.machines,
        api: machinesOf(session.client, facts.associationType),
        scope,
        forceDestroy: state["forceDestroy"] === true,
        keyDeletions: async () => {
          const going = [...session.keyDeletions];
          await Promise.allSettled(going);
          return going.length > 0;
        },
        keys: () => keysOf(session, id),
        removeRetired: (keys) => removeRetired(session, facts.associationType, keys),
        serverGroups: async () => serverGroupsOf(await unlessGone(groupsOf(session.client).get(id, scope))),
        remove: () => groupsOf(session.client).delete(id, scope),
      });
      definition.objects(session, state).deleted(id);
      return isConfirmed;
    },

    async find(session, id, values) {
      const { id: number, microtenantId = values["microtenantId"] } = parseId(id, kind);
      const item = await definition.objects(session, { microtenantId }).read(number);
      return item === undefined ? undefined : { item, where: { microtenantId } };
    },

    outputs(item, known) {
      const { readOnly = false, zscalerManaged = false, creationTime, versionProfileId } = item;
      const outs = fromAnswer(fields, known, fromWire(item));
      // a name that ZPA leaves out is that of the program's profile, until somebody sets another one
      const isOther = isSet(known["versionProfileId"]) && versionProfileId !== known["versionProfileId"];
      return {
        ...outs,
        ...(isOther && !isSet(item.versionProfileName) ? { versionProfileName: undefined } : {}),
        microtenantId: microtenantIn(item, known["microtenantId"]),
        ...{ readOnly, zscalerManaged, creationTime },
      };
    },
  };

  /** The keys of a group, wherever they are, and all that cannot be read: one GET for 500 keys of the tenant. */
  const keysOf = async (session: Session, id: string): Promise<WholeList<ProvisioningKey>> => {
    const all = await session.client.provisioningKeys.listWhole(facts.associationType, { microtenantId: "all" });
    return { ...all, items: all.items.filter(({ zcomponentId }) => zcomponentId === id) };
  };

  const hasNoKeys = async (session: Session, id: string): Promise<boolean> => {
    const { items, unreadable } = await keysOf(session, id);
    return items.length + unreadable.length === 0;
  };

  /** The group as ZPA has it now, with the notes of its state. */
  const current = async (session: Session, id: string, state: State): Promise<State> => {
    const found = await definition.find(session, id, state);
    if (found === undefined) throw gone(`reading ${kind} ${id}`);
    return { ...state, ...definition.outputs(found.item, state) };
  };

  return definition;
}

/** Whether a group lists machines, or server groups that it serves. */
function isInUse(group: MachineGroup): boolean {
  return ["connectors", "serviceEdges", "serverGroups"].some((name) => listedIn(group, name).length > 0);
}

function checkVersionProfile(inputs: Inputs): Failure[] {
  const { overrideVersionProfile: override, versionProfileId: id, versionProfileName: name } = inputs;
  if (isUnknown([override, id, name])) return [];
  if (isSet(id) && isSet(name))
    return [failure("versionProfileName", "cannot stand beside versionProfileId; remove one")];
  const given = isSet(id) ? "versionProfileId" : isSet(name) ? "versionProfileName" : undefined;
  if (given === undefined && override === true) {
    return [failure("overrideVersionProfile", "needs versionProfileName or versionProfileId; set one, or remove it")];
  }
  if (given === undefined || override === true) return [];
  return [failure("overrideVersionProfile", `must be true for ${given} to count; set it, or remove ${given}`)];
}
