// What the engine calls, alike for both resources: check, diff, create, read, update, delete. What differs stands in the
// resource's own file. Calls that change something are repeatable: a run that breaks off anywhere leaves nothing double
// and nothing lost.

import type * as pulumi from "@pulumi/pulumi";
import { PartialFailure, plainError } from "../model/errors";
import type { Failure } from "../model/failure";
import {
  clean,
  defaultMicrotenant,
  type FieldTable,
  fromWire,
  type Inputs,
  isSet,
  isUnknown,
  setByProgram,
  type State,
  unknownValue,
  type Values,
} from "../model/fields";
import { logicalName } from "../model/names";
import { inputNotes, notesKey, stateNotes, type StateNotes, withNotes } from "../model/notes";
import { type Plan, planOf } from "../model/plan";
import { marked } from "../model/secrets";
import type { check } from "./check";
import { create } from "./create";
import { handOver } from "./machineNotes";
import { microtenantOfSettings, openSession, refOf, sdk, type Session } from "./session";
import type { Snapshot } from "./snapshot";

/** Every object of ZPA that a resource stands for. */
export interface RemoteObject {
  id: string;
  name: string;
  microtenantId?: string | undefined;
  microtenantName?: string | undefined;
  creationTime?: string | undefined;
  modifiedTime?: string | undefined;
}

/** An object, and where it was found as far as its answer does not tell. */
export interface Found<T> {
  item: T;
  where: Values;
}

/** What is special about one kind of resource. */
export interface ResourceDefinition<T extends RemoteObject> {
  /** As in `provisioning key`. */
  readonly kind: string;
  readonly fields: FieldTable;
  /** Names of the outputs that are secret, beside the secret arguments. */
  readonly secretOutputs: readonly string[];
  /** What else than the microtenant makes up the scope in which a name must be unique. */
  nameScope(inputs: Inputs): Values;
  /** Rules between the fields. @param olds - the old inputs; empty at creation */
  check(inputs: Inputs, olds: Inputs): Failure[];
  /** The arguments adjusted by what the object has been through; at creation there is no state. */
  adjust(inputs: Inputs, state?: State): Inputs;
  /** Why this change, or without inputs this deletion, cannot be made: one sentence. */
  objection(state: State, inputs?: Inputs, plan?: Plan): string | undefined;
  objects(session: Session, values: Values): Snapshot<T>;
  /** One POST. */
  post(session: Session, inputs: Inputs): Promise<T>;
  /**
   * Outputs of an object that this program's POST has created; may have to create it once more to get at its secret.
   *
   * @throws PartialFailure as soon as anything fails while the object exists
   */
  complete(session: Session, item: T, inputs: Inputs): Promise<{ item: T; outs: State }>;
  /** Whether the answer to the creation of such an object shows what nobody can read again. */
  isShownOnce(values: object): boolean;
  /** Whether an object is as a POST of these inputs would have made it, as far as can be compared, and unused. */
  isUntouched(session: Session, item: T, inputs: Inputs): Promise<boolean>;
  /** Brings an object to the inputs and returns its outputs; `outs` are those that it has now. */
  bringTo(session: Session, item: T, outs: State, inputs: Inputs): Promise<State>;
  /** Outputs after an update. */
  update(session: Session, id: string, state: State, inputs: Inputs, plan: Plan): Promise<State>;
  /** One DELETE. */
  remove(session: Session, id: string, state: State): Promise<void>;
  /** Looks wherever the object may be; undefined when ZPA says that it is gone. */
  find(session: Session, id: string, values: Values): Promise<Found<T> | undefined>;
  /** Outputs of an object as ZPA has it. */
  outputs(item: T, known: Values): State;
}

/** The dynamic provider of a resource. */
export function handlerOf<T extends RemoteObject>(definition: ResourceDefinition<T>): pulumi.dynamic.ResourceProvider {
  let config: { get(key: string): string | undefined } | undefined;
  const setting = (name: string) => config?.get(`zpa:${name}`);
  // read by the first call that needs them: the runtime does not wait for `configure`
  const fromSettings = () => ({
    session: lazy(() => openSession(setting)),
    microtenant: lazy(() => microtenantOfSettings(setting)),
  });
  let { session, microtenant } = fromSettings();
  const secrets = [...definition.fields.filter((field) => field.secret).map(({ name }) => name), ...definition.secretOutputs]; // prettier-ignore
  /** Every error leaves as one sentence, without a stack. */
  const guarded = <A extends unknown[], R>(step: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      try {
        return await step(...args);
      } catch (error) {
        if (error instanceof PartialFailure) throw error.with(marked(error.properties, secrets));
        throw plainError(error);
      }
    };
  };
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- the interface wants a promise, the runtime a result at once
    async configure(request) {
      config = request.config;
      ({ session, microtenant } = fromSettings());
    },
    check: guarded((olds: Inputs, news: Inputs) => {
      const microtenantId = isSet(news["microtenantId"]) ? String(news["microtenantId"]) : unlessUnset(microtenant);
      const { inputs, failures } = checker().check(definition, microtenantId ?? unknownValue, olds, news);
      // the engine forgets which arguments are secret where the program has transforms
      return Promise.resolve({ inputs: marked(inputs, secrets), failures });
    }),
    diff: guarded((id: string, state: State, inputs: Inputs) =>
      Promise.resolve(diff(definition, session, id, state, inputs)),
    ),
    create: guarded(async (inputs: Inputs) => {
      const { id, outs } = await create(definition, session(), inputs);
      return { id, outs: marked(outs, secrets) };
    }),
    read: guarded(async (id: string, props: State = {}) => {
      const seen = await read(definition, session(), id, props);
      return { ...seen, props: marked(seen.props, secrets), ...(seen.inputs && { inputs: marked(seen.inputs, secrets) }) }; // prettier-ignore
    }),
    update: guarded(async (id: string, state: State, inputs: Inputs) => ({
      outs: marked(await update(definition, session(), id, state, inputs), secrets),
    })),
    delete: guarded((id: string, state: State) => remove(definition, session(), id, state)),
  };
}

function diff<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  open: () => Session,
  id: string,
  state: State,
  inputs: Inputs,
) {
  const session = unlessUnset(open);
  const { seed, generated, retain } = inputNotes(inputs);
  const { tenant, past = [] } = stateNotes(state);
  const ref = refOf(definition.kind, id);
  session?.inState.add(ref);
  noteInState(definition.kind, id, state);
  refuseOtherTenant(definition, state, tenant, session?.client.knownTenantFingerprint);
  const target = definition.adjust(inputs, state);
  const plan = planOf(definition.fields, state, target);
  const isReplaced = plan.replaces.length > 0;
  // a refresh compares what it has read with the old arguments: what is wrong with them must not keep it from that
  if (session?.takeRead(ref) !== true) {
    refuse(definition.objection(state, target, plan));
    if (isReplaced) session?.kept.delete(ref);
    else session?.kept.add(ref);
    if (!isReplaced) tellSpentAdoption(definition.kind, id, inputs);
    if (session !== undefined && seed !== undefined) tellShared(session, definition.kind, id, seed);
  }
  // a name must be unique: where the new object has the old one's, the old one has to go first
  const needsName = isReplaced && generated === undefined && inputs["name"] === state["name"];
  if (needsName && retain === true) refuse(retainedName(definition.kind, String(state["name"])));
  if (isReplaced && seed !== undefined) session?.replacing.set(seed, { past: [...past, id].slice(-mostPast), state });
  return {
    changes: plan.changed.length > 0,
    replaces: plan.replaces,
    deleteBeforeReplace: needsName,
  };
}

function retainedName(kind: string, name: string): string {
  return (
    `name: with retainOnDelete the old ${kind} keeps the name "${name}", which the new one needs. Change the name too, or ` +
    "leave it out to have one generated."
  );
}

/** State that holds an object twice deletes it twice: after an up with --target, or a take-over on another machine. */
function tellShared(session: Session, kind: string, id: string, seed: string): void {
  const ref = refOf(kind, id);
  const holder = session.holders.get(ref) ?? seed;
  session.holders.set(ref, holder);
  if (holder === seed) return;
  console.log(
    `zpa: warning: the resources "${logicalName(holder)}" and "${logicalName(seed)}" of this stack hold the same ${kind} ` +
      `(${id}). Remove one of them with pulumi state delete, and run pulumi up again to create an object of its own.`,
  );
}

/** A create of a later run must not take the object for one that a crashed run has left. */
function noteInState(kind: string, id: string, state: State): void {
  const { tenant } = stateNotes(state);
  if (tenant !== undefined) handOver({ tenant, kind, id, creationTime: state["creationTime"] as string | undefined });
}

/** A forced replacement, of which the engine does not tell the provider, would adopt again. */
function tellSpentAdoption(kind: string, id: string, inputs: Inputs): void {
  const { adopt } = inputs;
  const { seed } = inputNotes(inputs);
  if (seed === undefined || !isSet(adopt) || isUnknown(adopt) || adopt === id) return;
  console.log(
    `zpa: warning: resource "${logicalName(seed)}" holds ${kind} ${id}, which has replaced ${String(adopt)}: remove ` +
      "adopt from its arguments.",
  );
}

/** More would only matter for an object that was retained so many replacements ago. */
const mostPast = 50;

/** A preview needs no credentials: what the settings would tell is then not known. */
function unlessUnset<T>(tell: () => T): T | undefined {
  const { ConfigurationError } = require("../../sdk/errors") as typeof import("../../sdk/errors");
  try {
    return tell();
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

async function read<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  id: string,
  props: State,
): Promise<{ id: string; props: State; inputs?: Values }> {
  await stayInTenant(definition, session, props);
  // a get, whose id may name a microtenant; what was read before and is not there any more leaves state
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
  // a get is read and never compared
  if (!isFirst) session.noteRead(refOf(definition.kind, found.item.id));
  if (!isFirst) noteInState(definition.kind, found.item.id, outs);
  return { id: found.item.id, props: outs, inputs: inputsOf(definition.fields, outs) };
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
  const target = definition.adjust(inputs, state);
  const plan = planOf(definition.fields, state, target);
  refuse(definition.objection(state, target, plan));
  try {
    const outs = await definition.update(session, id, state, target, plan);
    return await noted(definition, session, outs, inputs, stateNotes(outs));
  } catch (error) {
    if (!(error instanceof sdk().NotFoundError)) throw error;
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
    console.log(
      `zpa: warning: ${kind} "${String(state["name"])}" (${id}) was not deleted: this run has taken it over. If a new ` +
        "object was wanted, change keepers.",
    );
    return;
  }
  // an earlier run that took the object over may have ended before the engine had dropped the old entry
  const isRecreated = session.created.has(stateNotes(state).seed ?? "");
  if (session.kept.has(ref) && !isRecreated) {
    console.log(
      `zpa: warning: ${kind} "${String(state["name"])}" (${id}) was not deleted: another entry of this stack holds it.`,
    );
    return;
  }
  refuse(definition.objection(state));
  const { NotFoundError } = sdk();
  try {
    await definition.remove(session, id, state);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    // it may have been moved to another microtenant; what was listed of it earlier in this run does not tell
    definition.objects(session, state).updated(id);
    const found = await definition.find(session, id, state);
    if (found !== undefined) {
      const where = definition.outputs(found.item, { ...state, ...found.where });
      if (isSameMicrotenant(where["microtenantId"], state["microtenantId"])) throw error;
      await definition.remove(session, id, where);
    }
  }
  session.deleted.add(ref);
}

/** Whether two microtenants are one; Default may be named or not. */
export function isSameMicrotenant(one: unknown, other: unknown): boolean {
  return (one ?? defaultMicrotenant) === (other ?? defaultMicrotenant);
}

/** Adds the notes that the next runs go by. */
export async function noted<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  outs: State,
  inputs: Inputs,
  notes: StateNotes,
): Promise<State> {
  const { seed, generated } = inputNotes(inputs);
  const managed = setByProgram(definition.fields, inputs).filter((name) => name !== "name" || !generated);
  const tenant = await session.client.tenantFingerprint();
  const name = generated === undefined ? undefined : (outs["name"] as string);
  return clean(withNotes(outs, { ...notes, seed, managed, tenant, name }));
}

/** The inputs that fit these outputs: what the program had set, as ZPA has it now. */
function inputsOf(fields: FieldTable, outs: State): Values {
  const { seed, managed, name } = stateNotes(outs);
  const names = managed ?? fields.map((field) => field.name);
  const inputs = Object.fromEntries(names.filter((one) => isSet(outs[one])).map((one) => [one, outs[one]]));
  const notes = {
    seed,
    ...(name === undefined ? {} : { generated: true }),
  };
  return clean({ ...inputs, ...(name === undefined ? {} : { name }), [notesKey]: notes });
}

/** @throws where the settings name another tenant than the one that the object lives in */
export async function stayInTenant<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  state: State,
): Promise<void> {
  const { tenant } = stateNotes(state);
  if (tenant === undefined) return;
  refuseOtherTenant(definition, state, tenant, await session.client.tenantFingerprint());
}

function refuseOtherTenant<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  state: State,
  tenant: string | undefined,
  settings: string | undefined,
): void {
  if (tenant === undefined || settings === undefined || tenant === settings) return;
  throw new Error(
    `The ${definition.kind} "${String(state["name"])}" belongs to a different ZPA tenant than the one that is configured. ` +
      "Configure the customer id and the API client of its tenant (pulumi refresh and destroy use the configuration of " +
      "the last up unless --run-program is given), or remove the resource from the stack without deleting it in ZPA: " +
      "pulumi state delete.",
  );
}

/** @throws with this sentence, where there is one */
export function refuse(reason: string | undefined): void {
  if (reason !== undefined) throw new Error(reason);
}

/** The fields as ZPA's answer has them. A text that ZPA has escaped twice is the one that was written. */
export function fromAnswer(fields: FieldTable, known: Values, item: object): Values {
  const outs = fromWire(fields, known, item as Values);
  for (const { name, kind } of fields) {
    const [was, is] = [known[name], outs[name]];
    if (kind === "text" && typeof was === "string" && typeof is === "string" && sdk().sameName(was, is))
      outs[name] = was;
  }
  return outs;
}

/** The microtenant of a read object as far as its answer tells: Default often comes as a name alone, or not at all. */
export function microtenantIn(item: RemoteObject, known: unknown): unknown {
  if (isSet(item.microtenantId)) return item.microtenantId;
  return item.microtenantName === "Default" && isSet(known) ? defaultMicrotenant : known;
}

/** Loaded with the first check, for zod takes a while to load. */
function checker(): { check: typeof check } {
  return require("./check") as typeof import("./check");
}

/** Makes once what it tells, or the error that keeps it from that. */
function lazy<T>(make: () => T): () => T {
  let made: { value: T } | { error: unknown } | undefined;
  return () => {
    made ??= attempt(make);
    if ("error" in made) throw made.error;
    return made.value;
  };
}

function attempt<T>(make: () => T): { value: T } | { error: unknown } {
  try {
    return { value: make() };
  } catch (error) {
    return { error };
  }
}
