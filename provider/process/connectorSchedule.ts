// How ZPA's clean-up of disconnected machines is configured. A tenant has one for each type, which cannot be created twice
// and not be deleted: create takes over what is there, and delete brings that back.

import type * as pulumi from "@pulumi/pulumi";
import type { AssociationType, CleanUpBody, CleanUpSchedule, Scope } from "../../sdk";
import { connectorScheduleFields as fields } from "../model/connectorSchedule";
import { keeping, PartialFailure, plainError } from "../model/errors";
import {
  canonical,
  clean,
  defaultMicrotenant,
  type Inputs,
  isSet,
  isUnknown,
  providerKey,
  same,
  type State,
  type Values,
} from "../model/fields";
import { inputNotes, isNote, stateNotes, type StateNotes, withNotes } from "../model/notes";
import { isListed } from "../model/plan";
import { handlerBase } from "./handlerBase";
import { type Configured, configuredBySeed, noteConfigured } from "./machineNotes";
import { refuseOtherTenant, stayInItsTenant, stayInTenantOfState } from "./record";
import { refOf, sdk, type Session, unlessGone } from "./session";
import { tell } from "./tell";

const { configure, session, sessionIfSet, guarded } = handlerBase([]);

/** What the run-time contract of `provider/v1` hands out. */
export const handler: pulumi.dynamic.ResourceProvider = {
  configure,
  check: guarded((olds: Inputs, news: Inputs) => {
    // loaded with the first check, because zod takes a while to load
    const { checkFields } = require("./fieldRules") as typeof import("./fieldRules");
    const { claim } = require("./claims") as typeof import("./claims");
    const { values, failures } = checkFields(fields, isNote, news, olds);
    const { seed, ignored } = inputNotes(news);
    const type = typeOf(values);
    if (failures.length === 0 && seed !== undefined && !isUnknown(type)) {
      const remedy = "a tenant has one schedule for each type";
      failures.push(...claim("associationType", { kind: "clean-up schedule", type }, seed, remedy));
    }
    return Promise.resolve({ inputs: clean(withNotes(values, { seed, ignored })), failures });
  }),
  diff: guarded((id: string, state: State, inputs: Inputs) => {
    const session = sessionIfSet();
    const { seed, tenant, ignored = [] } = stateNotes(state);
    refuseOtherTenant(whatOf(state), tenant, session?.client.knownTenantFingerprint);
    if (tenant !== undefined) session?.tenants.set(tenant, whatOf(state));
    const changed = changedFields(state, inputs);
    const isReplaced = changed.some(({ replaces }) => replaces === true);
    // a refresh compares what may have left the program
    const isOfProgram = session?.takeRead(refOf("clean-up schedule", id)) !== true;
    if (session !== undefined && seed !== undefined && isOfProgram && !isReplaced) {
      const { previous } = stateNotes(state) as Restorable;
      session.scheduled.set(keyOf(session, placeOf(session, state)), { seed, previous });
    }
    // a destroy, which sees state alone, has to know what is left to others
    const isLeftAnew = canonical(inputNotes(inputs).ignored ?? []) !== canonical(ignored);
    return Promise.resolve({
      changes: changed.length > 0 || isLeftAnew,
      replaces: changed.filter(({ replaces }) => replaces === true).map(({ name }) => name),
      deleteBeforeReplace: false,
    });
  }),
  create: guarded((inputs: Inputs) => create(session(), inputs)),
  read: guarded((_id: string, props: State = {}) => read(session(), props)),
  update: guarded((id: string, state: State, inputs: Inputs) => update(session(), id, state, inputs)),
  delete: guarded((_id: string, state: State) => restore(session(), state)),
};

async function create(session: Session, inputs: Inputs): Promise<{ id: string; outs: State }> {
  await stayInTenantOfState(session);
  const [type, body] = [typeOf(inputs), bodyOf(inputs)];
  const { microtenantId } = session.client;
  const place: Place = { type, scope: { microtenantId } };
  const found = await current(session, place);
  const { seed = "" } = inputNotes(inputs);
  const settings = await settingsOf(session, place);
  // a resource of this machine may have configured what is there: this one after a crash, or one that was renamed
  const own = found && [...configuredBySeed(...settings).values()].find((one) => isAsWanted(found, one.body!));
  const previous = own === undefined ? found && bodyOf(found) : own.previous;
  session.scheduled.set(keyOf(session, place), { previous });
  note(settings, { seed, body, previous });
  const { id } = found ?? (await post(session, place, body));
  const notes: StateNotes = {
    tenant: await session.client.tenantFingerprint(),
    microtenantId: microtenantId ?? defaultMicrotenant,
    ...(previous === undefined ? {} : { previous }),
  };
  if (found !== undefined && !isAsWanted(found, body)) {
    // what was there before must not be forgotten; whether it is still there is not known
    const told = { associationType: type, [providerKey]: inputs[providerKey] };
    const half = clean(withNotes(told, { ...notes, seed, configured: [body] }));
    await keeping(id, half, () => put(session, id, place, body, isOn(found)));
  }
  return { id, outs: outputs(withNotes({}, notes), inputs) };
}

async function update(session: Session, id: string, state: State, inputs: Inputs): Promise<{ outs: State }> {
  await stayInItsTenant(whatOf(state), session, state);
  const { ignored = [], seed: newSeed = "" } = inputNotes(inputs);
  if (stateNotes(state).configured?.length === 1 && changedFields(state, inputs).length === 0) {
    return { outs: outputs(state, { ...inputs, ...partOf(state, ignored) }, bodyOf(inputs)) };
  }
  const place = placeOf(session, state);
  // a PUT has all of them: what is left to others is as they have it now
  const now = ignored.length === 0 ? undefined : await current(session, place);
  const target = { ...inputs, ...partOf(now ?? {}, ignored) };
  const settings = await settingsOf(session, place);
  const { seed = "", previous } = stateNotes(state) as Restorable;
  note(settings, { seed, body: bodyOf(target), previous });
  try {
    await put(session, id, place, bodyOf(target), isOn(state));
  } catch (error) {
    throw failedUpdate(error, id, state, bodyOf(inputs));
  }
  if (newSeed !== seed) {
    note(settings, { seed });
    note(settings, { seed: newSeed, body: bodyOf(target), previous });
  }
  return { outs: outputs(state, target, bodyOf(inputs)) };
}

function failedUpdate(error: unknown, id: string, state: State, body: CleanUpBody): unknown {
  const { NotFoundError, ZpaError } = sdk();
  if (error instanceof NotFoundError) {
    return new Error(
      `The ${whatOf(state)} does not exist any more. Run pulumi up --refresh, which configures it anew.`,
    );
  }
  if (!(error instanceof ZpaError && error.mayHaveHappened)) return error;
  const notes = stateNotes(state);
  return new PartialFailure(error, id, withNotes(state, { ...notes, configured: [...(notes.configured ?? []), body] }));
}

/** One POST. Where its answer is lost and there is a schedule as it was sent, there was none before. */
async function post(session: Session, place: Place, body: CleanUpBody): Promise<{ id: string }> {
  try {
    return await session.client.cleanUpSchedules.create(place.type, body, place.scope);
  } catch (error) {
    if (!(error instanceof sdk().ZpaError && error.mayHaveHappened)) throw error;
    const made = await look(session, place, error);
    if (made === undefined || !isAsWanted(made, body)) throw error;
    return made;
  }
}

/** What is there after a POST failed with this error. */
async function look(session: Session, place: Place, posted: Error): Promise<CleanUpSchedule | undefined> {
  try {
    return await current(session, place);
  } catch (error) {
    throw new Error(
      `${posted.message} Whether there is a schedule now could not be found out: ${plainError(error).message} Run the same ` +
        "command again: it takes the schedule over, or creates it.",
    );
  }
}

async function read(session: Session, props: State): Promise<{ id: string; props: State }> {
  await stayInItsTenant(whatOf(props), session, props);
  const found = await current(session, placeOf(session, props));
  if (found === undefined) return { id: "", props: {} };
  session.noteRead(refOf("clean-up schedule", found.id));
  return { id: found.id, props: clean({ ...props, ...bodyOf(found) }) };
}

/**
 * Brings back what was there before; where there was nothing, ZPA no longer deletes machines. What others have configured
 * meanwhile stays.
 */
async function restore(session: Session, state: State): Promise<void> {
  await stayInItsTenant(whatOf(state), session, state);
  const settings = await settingsOf(session, placeOf(session, state));
  await giveBack(session, state, configuredBySeed(...settings));
  note(settings, { seed: stateNotes(state).seed ?? "" });
}

/** @param notes - of this machine, by seed */
async function giveBack(session: Session, state: State, notes: Map<string, Configured>): Promise<void> {
  const place = placeOf(session, state);
  const { seed = "", previous, configured: recorded, ignored = [] } = stateNotes(state) as Restorable;
  // one that was off may have had no interval
  const before = { ...bodyOf(state), enabled: false, ...previous };
  const holder = session.scheduled.get(keyOf(session, place));
  if (holder !== undefined && holder.seed !== seed) return tellTakenOver(state, holder, before);
  // a killed run may have configured what state does not know
  const configured = [...(recorded ?? []), ...[notes.get(seed)?.body].filter((body) => body !== undefined)];
  const isOffAnyway = !before.enabled && configured.every(({ enabled }) => !enabled);
  if (isOffAnyway || configured.every((body) => isSameBody(before, body))) return;
  const now = await current(session, place);
  if (now === undefined || (!before.enabled && !isOn(now)) || isAsWanted(now, before)) return;
  const another = [...notes.values()].find((one) => one.seed !== seed && isAsWanted(now, one.body!));
  if (another !== undefined) return tellTakenOver(state, another, before);
  // of one that is off ZPA may tell no interval, and it makes no difference
  const isOurs = (body: CleanUpBody) =>
    (!body.enabled && !isOn(now)) || isAsWanted(now, { ...body, ...partOf(now, ignored) });
  if (!configured.some(isOurs)) return tellLeft(state, now, before);
  // what is left to others, and others have changed
  const theirs = Object.entries(partOf(now, ignored)).filter(([name, value]) => configured.every((body) => (body as object as Values)[name] !== value)); // prettier-ignore
  const target = { ...before, ...(Object.fromEntries(theirs) as Partial<CleanUpBody>) };
  const but = theirs.length === 0 ? "" : ", but for what others have changed";
  await put(session, now.id, place, target, isOn(now));
  const end = target.enabled ? `again as it was before this program${but}: ${textOf(target)}` : "off again";
  tell(`zpa: the ${whatOf(state)} is ${end}.`);
}

/** What state remembers for the end. */
interface Restorable {
  seed?: string;
  previous?: CleanUpBody;
  configured?: CleanUpBody[];
  ignored?: string[];
}

/** Those of the values that these paths list. */
function partOf(values: object, paths: readonly string[]): Partial<CleanUpBody> {
  const listed = Object.entries(values).filter(
    ([name, value]) => isSet(value) && isStored(name) && isListed(paths, name),
  );
  return Object.fromEntries(listed);
}

function isStored(name: string): boolean {
  return fields.some((field) => field.name === name && field.replaces !== true);
}

function isSameBody(one: CleanUpBody, other: CleanUpBody): boolean {
  return same({ name: "", kind: "keepers", note: "" }, one, other);
}

function tellLeft(state: State, now: CleanUpSchedule, before: CleanUpBody): void {
  tell(
    `zpa: warning: the ${whatOf(state)} stays as others have configured it meanwhile: ${textOf(bodyOf(now))}. Before this ` +
      `program it was ${textOf(before)}.`,
  );
}

/** Another resource has the schedule now, as one has that was renamed without an alias. */
function tellTakenOver(state: State, { previous }: { previous?: CleanUpBody | undefined }, before: CleanUpBody): void {
  const later = { ...bodyOf(state), enabled: false, ...previous };
  const stays = `the ${whatOf(state)} stays as another resource has configured it. When that one goes, it brings back ${textOf(later)}.`; // prettier-ignore
  if (isSameBody(later, before)) return tell(`zpa: ${stays}`);
  const remedy = "To rename a resource and keep what it remembers, give it its old name in aliases.";
  tell(`zpa: warning: ${stays} Before this one it was ${textOf(before)}. ${remedy}`);
}

function textOf({ enabled, deleteDisabled, frequencyInterval }: CleanUpBody): string {
  return `enabled ${enabled}, deleteDisabled ${deleteDisabled}, frequencyInterval ${frequencyInterval}`;
}

/** One PUT; none where the schedule is off and stays so, which ZPA refuses and which makes no difference. */
async function put(session: Session, id: string, place: Place, body: CleanUpBody, isOnNow: boolean): Promise<void> {
  if (!isOnNow && !body.enabled) return;
  try {
    await session.client.cleanUpSchedules.update(place.type, id, body, place.scope);
  } catch (error) {
    // others may have switched it off
    const mayBeOff = error instanceof sdk().ValidationError && !body.enabled;
    if (!mayBeOff || (await current(session, place))?.enabled !== false) throw error;
  }
}

/** Which schedule of the tenant. */
interface Place {
  type: AssociationType;
  scope: Scope;
}

/** Names the schedule in the notes of this machine. */
async function settingsOf(session: Session, place: Place): Promise<[tenant: string, schedule: string]> {
  return [await session.client.tenantFingerprint(), keyOf(session, place)];
}

function note([tenant, schedule]: [string, string], rest: Omit<Configured, "tenant" | "schedule">): void {
  noteConfigured({ tenant, schedule, ...rest });
}

function keyOf({ client }: Session, { type, scope }: Place): string {
  return `${type} ${scope.microtenantId ?? client.microtenantId ?? defaultMicrotenant}`;
}

/** Where a schedule was found, whatever the settings name since. */
function placeOf(session: Session, state: State): Place {
  const { microtenantId } = stateNotes(state);
  const isSettings = microtenantId === (session.client.microtenantId ?? defaultMicrotenant);
  return { type: typeOf(state), scope: { microtenantId: isSettings ? session.client.microtenantId : microtenantId } };
}

async function current(session: Session, { type, scope }: Place): Promise<CleanUpSchedule | undefined> {
  const found = await unlessGone(session.client.cleanUpSchedules.get(type, scope));
  // one that does not say that it is on is off
  return found && { ...found, enabled: found.enabled === true };
}

function changedFields(state: State, inputs: Inputs) {
  const { ignored = [] } = inputNotes(inputs);
  const own = fields.filter(({ name }) => !isListed(ignored, name));
  const changed = own.filter((field) => !same(field, state[field.name], inputs[field.name]));
  // what a schedule that is off would do makes no difference
  const staysOff = !isOn(state) && (inputs["enabled"] === false || isListed(ignored, "enabled"));
  return staysOff ? changed.filter(({ replaces }) => replaces === true) : changed;
}

function isAsWanted(found: CleanUpSchedule, body: CleanUpBody): boolean {
  return fields.every((field) => field.replaces === true || same(field, found[field.name], (body as object as Values)[field.name])); // prettier-ignore
}

function isOn(state: Values): boolean {
  return state["enabled"] !== false;
}

function typeOf(values: Values): AssociationType {
  return (values["associationType"] ?? "CONNECTOR_GRP") as AssociationType;
}

/** What ZPA stores of these values. */
function bodyOf(values: Values): CleanUpBody {
  const { enabled = true, deleteDisabled = false, frequencyInterval } = values as Partial<CleanUpBody>;
  return { enabled, deleteDisabled, frequencyInterval: frequencyInterval! };
}

/**
 * @param state - whose notes remain
 * @param configured - what the program says, where others have a part of it
 */
function outputs(state: State, inputs: Inputs, configured = bodyOf(inputs)): State {
  const [body, { seed, ignored }] = [bodyOf(inputs), inputNotes(inputs)];
  const notes = { ...stateNotes(state), seed, configured: [configured], ignored };
  return clean(withNotes({ associationType: typeOf(inputs), ...body }, notes));
}

function whatOf(state: State): string {
  return `clean-up schedule of type "${typeOf(state)}"`;
}
