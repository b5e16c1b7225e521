// The methods that the engine calls, shared by all resources that are objects of ZPA: check, diff, create, read, update, delete. The differences
// are in each resource's own file. Every write can be repeated: a run that is interrupted anywhere creates no duplicates and
// loses nothing.

import type * as pulumi from "@pulumi/pulumi";
import { clean, defaultMicrotenant, type Inputs, isSet, type State, unknownValue, type Values } from "../model/fields";
import { notesKey, stateNotes, withNotes } from "../model/notes";
import { planOf } from "../model/plan";
import { marked } from "../model/secrets";
import type { check } from "./check";
import { create } from "./create";
import { type Found, isSameMicrotenant, type RemoteObject, type ResourceDefinition } from "./definition";
import { diff } from "./diff";
import { handlerBase } from "./handlerBase";
import { isAdoptedBeside } from "./machineNotes";
import { inputsOf, noted, noteInState, refuse, stayInTenant } from "./record";
import { holderOf, refOf, sdk, type Session } from "./session";
import { nameTakenAtUpdate, refuseLosing, resourceOf } from "./takenNames";
import { tell } from "./tell";

/** The dynamic provider of a resource. */
export function handlerOf<T extends RemoteObject>(definition: ResourceDefinition<T>): pulumi.dynamic.ResourceProvider {
  const secrets = [...definition.fields.filter((field) => field.secret).map(({ name }) => name), ...definition.secretOutputs]; // prettier-ignore
  const { configure, session, sessionIfSet, microtenantIfSet, guarded } = handlerBase(secrets);
  return {
    configure,
    check: guarded((olds: Inputs, news: Inputs) => {
      const microtenantId = isSet(news["microtenantId"]) ? String(news["microtenantId"]) : microtenantIfSet();
      const { inputs, failures } = checker().check(definition, microtenantId ?? unknownValue, olds, news);
      // with transforms in the program, the engine loses which arguments are secret
      return Promise.resolve({ inputs: marked(inputs, secrets), failures });
    }),
    diff: guarded((id: string, state: State, inputs: Inputs) =>
      Promise.resolve(diff(definition, sessionIfSet(state, inputs), id, state, inputs)),
    ),
    create: guarded(async (inputs: Inputs) => {
      const { id, outs } = await create(definition, session(inputs), inputs);
      return { id, outs: marked(outs, secrets) };
    }),
    read: guarded(async (id: string, props: State = {}) => {
      const seen = await read(definition, session(props), id, props);
      return { ...seen, props: marked(seen.props, secrets), ...(seen.inputs && { inputs: marked(seen.inputs, secrets) }) }; // prettier-ignore
    }),
    update: guarded(async (id: string, state: State, inputs: Inputs) => ({
      outs: marked(await update(definition, session(state, inputs), id, state, inputs), secrets),
    })),
    delete: guarded(async (id: string, state: State) => {
      const run = session(state);
      await remove(definition, run, id, state);
      run.dropped.add(refOf(definition.kind, id));
    }),
  };
}

async function read<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  id: string,
  props: State,
): Promise<{ id: string; props: State; inputs?: Values }> {
  await stayInTenant(definition, session, props);
  // the first read of a `get`; its id may name a microtenant. If a later read finds nothing, the object leaves state
  const isFirst = !isSet(props[notesKey]) && !isSet(props["creationTime"]);
  const known = isFirst ? props : session.located(props);
  const found = await definition.find(session, id, known);
  const isElsewhere = isFirst && found !== undefined && !isWhereAsked(found, { ...props, ...found.where });
  if (found === undefined || isElsewhere) {
    if (isFirst) throw new Error(`There is no ${definition.kind} ${id}. Check the id, the microtenant and the tenant.`);
    return { id: "", props: {} };
  }
  const state = { ...known, ...definition.outputs(found.item, { ...known, ...found.where }) };
  const tenant = await session.client.tenantFingerprint();
  const outs = clean(withNotes(state, { ...stateNotes(state), tenant }));
  session.inState.add(refOf(definition.kind, found.item.id));
  // a `get` is never compared, and no stack owns its object; one that was imported has no seed until its first update
  const { seed, managed } = stateNotes(props);
  if (seed !== undefined || managed !== undefined) {
    session.noteRead(refOf(definition.kind, found.item.id));
    noteInState(definition.kind, found.item.id, outs);
  }
  const inputs = inputsOf(definition.fields, props, outs);
  return { id: found.item.id, props: outs, ...(inputs && { inputs }) };
}

function isWhereAsked({ item }: Found<RemoteObject>, { microtenantId }: Values): boolean {
  return !isSet(microtenantId) || isSameMicrotenant(item.microtenantId, microtenantId);
}

async function update<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  id: string,
  recorded: State,
  inputs: Inputs,
): Promise<State> {
  const state = session.located(recorded);
  session.inState.add(refOf(definition.kind, id));
  await stayInTenant(definition, session, state);
  const target = definition.adjust(inputs, state, id);
  const plan = planOf(definition.fields, state, target);
  refuse(definition.objection(state, target, plan, id));
  try {
    const outs = await definition.update(session, id, state, target, plan);
    return await noted(definition, session, outs, inputs, stateNotes(outs));
  } catch (error) {
    const { AlreadyExistsError, NotFoundError } = sdk();
    if (error instanceof AlreadyExistsError) throw nameTakenAtUpdate(definition.kind, id, state, target);
    if (!(error instanceof NotFoundError)) throw error;
    throw new Error(
      `${error.message} If ${definition.kind} ${id} was deleted or moved outside of Pulumi, run pulumi up --refresh: ` +
        "it finds the object, or creates it again.",
    );
  }
}

async function remove<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  id: string,
  recorded: State,
): Promise<void> {
  const { kind } = definition;
  const state = session.located(recorded);
  await stayInTenant(definition, session, state);
  const ref = refOf(kind, id);
  if (session.answered.has(ref)) {
    tell(
      `zpa: warning: ${kind} "${String(state["name"])}" (${id}) was not deleted: this run has taken it over. If a new ` +
        "object was wanted, change keepers.",
    );
    return;
  }
  if (isAdoptedBeside({ ...(await session.identityOf(kind)), id })) {
    tell(
      `zpa: warning: ${kind} "${String(state["name"])}" (${id}) was not deleted: another Provider of this run has just ` +
        "adopted it.",
    );
    return;
  }
  // an earlier run may have taken the object over and ended before the engine dropped the old entry
  const seed = session.holders.get(ref) ?? stateNotes(state).seed;
  const isRecreated = session.created.has(resourceOf(definition, session, seed, state));
  if (session.kept.has(ref) && !isRecreated) {
    tell(
      `zpa: warning: ${kind} "${String(state["name"])}" (${id}) was not deleted: another entry of this stack holds it.`,
    );
    return;
  }
  refuse(definition.objection(state));
  await refuseLosing(definition, session, id, state);
  const refusal = await removeThere(definition, session, id, state);
  if (refusal !== undefined) {
    // it may have been moved to another microtenant since it was listed
    definition.objects(session, state).updated(id);
    const found = await definition.find(session, id, state);
    if (found !== undefined) {
      const where = definition.outputs(found.item, { ...state, ...found.where });
      const isSame = isSameMicrotenant(where["microtenantId"], state["microtenantId"]);
      if (isSame && refusal instanceof Error) {
        // ZPA does not always name Default
        const mayBeInDefault =
          !isSet(found.item.microtenantId) && !isSameMicrotenant(where["microtenantId"], undefined);
        if (!mayBeInDefault) throw refusal;
        where["microtenantId"] = defaultMicrotenant;
      }
      await definition.remove(session, id, where);
    }
  }
  session.deleted.add(ref);
  session.freed.set(holderOf(seed, state["name"]), id);
}

/** Deletes the object where state says that it is. What makes it doubtful that it was there, if anything does. */
async function removeThere<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  id: string,
  state: State,
): Promise<Error | "unconfirmed" | undefined> {
  try {
    return (await definition.remove(session, id, state)) ? undefined : "unconfirmed";
  } catch (error) {
    if (error instanceof sdk().NotFoundError) return error;
    throw error;
  }
}

/** Loaded with the first check, because zod takes a while to load. */
function checker(): { check: typeof check } {
  return require("./check") as typeof import("./check");
}
