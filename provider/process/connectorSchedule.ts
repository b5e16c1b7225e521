// How ZPA's clean-up of disconnected machines is configured. A tenant has one for each type, which cannot be created twice
// and not be deleted: create takes over what is there, and delete brings that back.

import type * as pulumi from "@pulumi/pulumi";
import type { CleanUpBody, CleanUpSchedule } from "../../sdk";
import { bodyOf, connectorScheduleFields as fields, isAs, isAsLeft, isOn, partOf, typeOf, whatOf } from "../model/connectorSchedule"; // prettier-ignore
import { PartialFailure, plainError } from "../model/errors";
import {
  canonical,
  clean,
  defaultMicrotenant,
  type Inputs,
  isUnknown,
  same,
  setByProgram,
  type State,
  type Values,
} from "../model/fields";
import { inputNotes, isNote, stateNotes, type StateNotes, withNotes } from "../model/notes";
import { isListed } from "../model/plan";
import { handlerBase } from "./handlerBase";
import { refuseOtherTenant, stayInItsTenant, stayInTenantOfState } from "./record";
import { noteRecorded, noteWrite, type ScheduleWrite, unrecordedWrites } from "./scheduleNotes";
import { current, inTurn, noteNameOf, ofRun, type Place, placeOf, put } from "./schedulePlace";
import { mayHave, restore, textOf, wasBefore } from "./scheduleRestoration";
import { refOf, sdk, type Session } from "./session";
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
    const { tenant, ignored = [], configured = [bodyOf(state)] } = stateNotes(state);
    refuseOtherTenant(whatOf(state), tenant, session?.client.knownTenantFingerprint);
    if (tenant !== undefined) session?.tenants.set(tenant, whatOf(state));
    const changed = changedFields(state, inputs);
    const isReplaced = changed.some(({ replaces }) => replaces === true);
    // a refresh compares what may have left the program
    const isOfProgram = session?.takeRead(refOf("clean-up schedule", id)) !== true;
    if (session !== undefined && isOfProgram && !isReplaced) {
      ofRun(session, placeOf(session, state)).holder = {
        body: configured.at(-1)!,
        notes: canonical(stateNotes(state)),
      };
    }
    // a destroy, which sees state alone, has to know what is the program's and what is left to others
    const isLeftAnew = canonical(inputNotes(inputs).ignored ?? []) !== canonical(ignored);
    const isRecorded = isCertain(state) && isAs(configured[0]!, programOf(inputs, state, configured));
    return Promise.resolve({
      changes: changed.length > 0 || isLeftAnew || !isRecorded,
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
  const { microtenantId } = session.client;
  const place: Place = { type: typeOf(inputs), scope: { microtenantId } };
  const run = ofRun(session, place);
  return await inTurn(run, async () => {
    const body = bodyOf(inputs);
    const [found, name] = [await current(session, place), await noteNameOf(session, place)];
    // a killed run may have configured what is there
    const own = found && unrecordedWrites(name).findLast((write) => isAs(found, write.body));
    const previous = own === undefined ? found && bodyOf(found) : own.previous;
    const tenant = await session.client.tenantFingerprint();
    const notes: StateNotes = {
      tenant,
      microtenantId: microtenantId ?? defaultMicrotenant,
      ...(previous && { previous }),
    };
    // nothing else keeps it if the engine cannot record this run
    const say = (is: string) => tell(`zpa: the ${whatOf(inputs)} ${is} ${textOf(body)}. ${wasBefore(previous)}`);
    const configure = async (): Promise<{ id: string }> => {
      if (found === undefined) return await post(session, place, body);
      await put(session, found.id, place, body, isOn(found)).catch((error) => {
        if (isRefused(error)) throw error;
        say("may be");
        run.holder = { body };
        noteRecorded(name);
        throw new PartialFailure(error, found.id, outputs(notes, inputs, [bodyOf(found), body]));
      });
      return found;
    };
    const isThere = found !== undefined && isAs(found, body);
    const { id } = isThere ? found : await sendNoted(name, { body, previous }, configure);
    if (!isThere || own !== undefined) say("is");
    run.holder = { body };
    noteRecorded(name);
    return { id, outs: outputs(notes, inputs, [body]) };
  });
}

async function update(session: Session, id: string, state: State, inputs: Inputs): Promise<{ outs: State }> {
  await stayInItsTenant(whatOf(state), session, state);
  const { ignored = [] } = inputNotes(inputs);
  const notes = stateNotes(state);
  const { previous, configured = [bodyOf(state)] } = notes;
  if (isCertain(state) && changedFields(state, inputs).length === 0) {
    const target = { ...inputs, ...partOf(state, ignored) };
    return { outs: outputs(notes, target, [programOf(inputs, state, configured)]) };
  }
  const place = placeOf(session, state);
  const run = ofRun(session, place);
  return await inTurn(run, async () => {
    const name = await noteNameOf(session, place);
    const known = mayHave(state, name);
    // after a creation whose answer was lost: what others have configured since was there before this resource
    const isNew = !isCertain(state) && previous !== undefined && isAs(configured[0]!, previous);
    // a PUT has all of them: what is left to others is as they have it now
    const now = ignored.length === 0 && !isNew ? undefined : await current(session, place);
    const target = { ...inputs, ...partOf(now ?? {}, ignored) };
    const ours = now && ownOf(known, now, [...(notes.ignored ?? []), ...ignored]);
    const before = isNew && now !== undefined && ours === undefined ? bodyOf(now) : previous;
    const body = programOf(inputs, now ?? {}, ours === undefined ? configured : [ours]);
    const isOnNow = now === undefined ? isOn(state) || known.some(({ enabled }) => enabled) : isOn(now);
    const configure = () => put(session, id, place, bodyOf(target), isOnNow);
    try {
      await sendNoted(name, { body, previous: before, ignored }, configure);
    } catch (error) {
      if (error instanceof sdk().NotFoundError) throw new Error(`The ${whatOf(state)} does not exist any more. Run pulumi up --refresh, which configures it anew.`); // prettier-ignore
      if (isRefused(error)) throw error;
      noteRecorded(name);
      const half = { ...notes, previous: before, configured: [...known, body] };
      const left = [...(notes.ignored ?? []), ...ignored];
      throw new PartialFailure(error, id, withNotes(state, { ...half, ignored: left }));
    }
    const outs = outputs({ ...notes, previous: before }, target, [body]);
    run.holder = { body: bodyOf(target), notes: canonical(stateNotes(outs)) };
    noteRecorded(name);
    return { outs };
  });
}

/** Sends a write, which this machine remembers until the engine has recorded it, or ZPA has refused it. */
async function sendNoted<T>(name: string, write: ScheduleWrite, send: () => Promise<T>): Promise<T> {
  const withdraw = noteWrite(name, write);
  try {
    return await send();
  } catch (error) {
    if (isRefused(error)) withdraw();
    throw error;
  }
}

/** Whether ZPA has refused a write, so that nothing is configured. */
function isRefused(error: unknown): boolean {
  return error instanceof sdk().ZpaError && !error.mayHaveHappened;
}

/**
 * What the program configures. For what ignoreChanges lists, the engine hands out what others have set, after a refresh.
 *
 * @param theirs - as ZPA has it
 */
function programOf(inputs: Inputs, theirs: Values, configured: readonly CleanUpBody[]): CleanUpBody {
  const { ignored = [] } = inputNotes(inputs);
  const last = configured.at(-1)!;
  // as long as others have it off, nothing is sent
  if (isListed(ignored, "enabled") && !isOn(theirs)) return last;
  return { ...bodyOf(inputs), ...partOf(last, ignored) };
}

/** Which of those that ZPA may have of this resource it has. What others have in the place of these paths tells nothing. */
function ownOf(known: readonly CleanUpBody[], now: CleanUpSchedule, paths: readonly string[]): CleanUpBody | undefined {
  return known.findLast((one) => isAs(now, one)) ?? known.findLast((one) => isAsLeft(now, one, paths));
}

/** Whether no answer was lost since the last certain one. */
function isCertain(state: State): boolean {
  return stateNotes(state).configured?.length === 1;
}

/** One POST. Where its answer is lost and there is a schedule as it was sent, there was none before. */
async function post(session: Session, place: Place, body: CleanUpBody): Promise<{ id: string }> {
  try {
    return await session.client.cleanUpSchedules.create(place.type, body, place.scope);
  } catch (error) {
    if (!(error instanceof sdk().ZpaError && error.mayHaveHappened)) throw error;
    const made = await look(session, place, error);
    if (made === undefined || !isAs(made, body)) throw error;
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

async function read(session: Session, props: State): Promise<{ id: string; props: State; inputs?: Inputs }> {
  await stayInItsTenant(whatOf(props), session, props);
  const found = await current(session, placeOf(session, props));
  if (found === undefined) return { id: "", props: {} };
  session.noteRead(refOf("clean-up schedule", found.id));
  // of one that is off ZPA may tell no interval
  const body = { ...bodyOf(props), ...clean({ ...bodyOf(found) }) };
  const { seed, ignored, managed = fields.map((field) => field.name) } = stateNotes(props);
  const outs = clean({ ...props, ...body });
  const ofProgram = Object.fromEntries(managed.map((name) => [name, outs[name]]));
  return { id: found.id, props: outs, inputs: clean(withNotes(ofProgram, { seed, ignored })) };
}

function changedFields(state: State, inputs: Inputs) {
  const { ignored = [] } = inputNotes(inputs);
  const own = fields.filter(({ name }) => !isListed(ignored, name));
  const changed = own.filter((field) => !same(field, state[field.name], inputs[field.name]));
  // what a schedule that is off would do makes no difference
  const staysOff = !isOn(state) && (inputs["enabled"] === false || isListed(ignored, "enabled"));
  return staysOff ? changed.filter(({ replaces }) => replaces === true) : changed;
}

/**
 * @param notes - that remain
 * @param inputs - as ZPA has them now
 * @param configured - what the program says, where others have a part of it; several where an answer was lost
 */
function outputs(notes: StateNotes, inputs: Inputs, configured: CleanUpBody[]): State {
  const { seed, ignored } = inputNotes(inputs);
  const values = { associationType: typeOf(inputs), ...bodyOf(inputs) };
  return clean(withNotes(values, { ...notes, seed, managed: setByProgram(fields, inputs), configured, ignored }));
}
