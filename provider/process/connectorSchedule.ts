// How ZPA's clean-up of disconnected machines is configured. A tenant has one for each type, which cannot be created twice
// and not be deleted: create takes over what is there, and delete brings that back.

import type * as pulumi from "@pulumi/pulumi";
import type { CleanUpBody, CleanUpSchedule } from "../../sdk";
import { bodyOf, connectorScheduleFields as fields, isAs, isOn, partOf, typeOf, whatOf } from "../model/connectorSchedule"; // prettier-ignore
import { PartialFailure, plainError } from "../model/errors";
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
} from "../model/fields";
import { inputNotes, isNote, stateNotes, type StateNotes, withNotes } from "../model/notes";
import { isListed } from "../model/plan";
import { handlerBase } from "./handlerBase";
import { configuredBy, noteConfigured } from "./machineNotes";
import { refuseOtherTenant, stayInItsTenant, stayInTenantOfState } from "./record";
import { current, keyOf, type Place, placeOf, put, resourceAt } from "./schedulePlace";
import { restore } from "./scheduleRestoration";
import { refOf, sdk, type Session } from "./session";

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
      session.scheduled.set(keyOf(session, placeOf(session, state)), { seed, body: bodyOf(state) });
    }
    // a destroy, which sees state alone, has to know what is the program's and what is left to others
    const isLeftAnew = canonical(inputNotes(inputs).ignored ?? []) !== canonical(ignored);
    return Promise.resolve({
      changes: changed.length > 0 || isLeftAnew || !isRecorded(state, programOf(state, inputs)),
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
  const resource = await resourceAt(session, place, seed);
  // a killed run of this resource may have configured what is there
  const own = found && configuredBy(resource).findLast((one) => isAs(found, one.body));
  const previous = own === undefined ? found && bodyOf(found) : own.previous;
  const { id: note, withdraw } = noteConfigured(resource, { body, previous });
  const noted = { id: note, seed };
  const { id } = found ?? (await post(session, place, body).catch(withdrawing(withdraw)));
  const notes: StateNotes = {
    ...{ tenant: resource.tenant, microtenantId: microtenantId ?? defaultMicrotenant, noted },
    ...(previous === undefined ? {} : { previous }),
  };
  if (found !== undefined && !isAs(found, body)) {
    // what was there before must not be forgotten; whether it is still there is not known
    const told = { associationType: type, [providerKey]: inputs[providerKey] };
    try {
      await put(session, id, place, body, isOn(found));
    } catch (error) {
      const configured = [...(own === undefined ? [] : [own.body]), ...(isRefused(error) ? [] : [body])];
      if (!isRefused(error)) session.scheduled.set(resource.schedule, { body });
      throw new PartialFailure(error, id, clean(withNotes(told, { ...notes, seed, configured })));
    }
  }
  session.scheduled.set(resource.schedule, { body });
  return { id, outs: outputs(withNotes({}, notes), inputs) };
}

async function update(session: Session, id: string, state: State, inputs: Inputs): Promise<{ outs: State }> {
  await stayInItsTenant(whatOf(state), session, state);
  const { ignored = [] } = inputNotes(inputs);
  const body = programOf(state, inputs);
  if (isWhole(state) && changedFields(state, inputs).length === 0) {
    return { outs: outputs(state, { ...inputs, ...partOf(state, ignored) }, body) };
  }
  const place = placeOf(session, state);
  const notes = stateNotes(state);
  // where ZPA has refused the creation, what is there now is what was there before
  const isFirst = notes.configured?.length === 0;
  // a PUT has all of them: what is left to others is as they have it now
  const now = ignored.length === 0 && !isFirst ? undefined : await current(session, place);
  const target = { ...inputs, ...partOf(now ?? {}, ignored) };
  const previous = isFirst && now !== undefined ? bodyOf(now) : notes.previous;
  const { seed = "" } = notes.noted ?? notes;
  const resource = await resourceAt(session, place, seed);
  const { id: note, withdraw } = noteConfigured(resource, { body, previous, after: notes.noted?.id });
  const recorded = withNotes(state, { ...notes, previous, noted: { id: note, seed } });
  const isOnNow = now === undefined ? !isWhole(state) || isOn(state) : isOn(now);
  try {
    await put(session, id, place, bodyOf(target), isOnNow).catch(withdrawing(withdraw));
  } catch (error) {
    throw failedUpdate(error, id, recorded, body);
  }
  session.scheduled.set(resource.schedule, { seed: notes.seed, body: bodyOf(target) });
  return { outs: outputs(recorded, target, body) };
}

/** Whether ZPA has refused a write, so that nothing is configured. */
function isRefused(error: unknown): boolean {
  return error instanceof sdk().ZpaError && !error.mayHaveHappened;
}

function withdrawing(withdraw: () => void): (error: unknown) => never {
  return (error) => {
    if (isRefused(error)) withdraw();
    throw error;
  };
}

/** What the program says. For what ignoreChanges lists, the engine hands out what others have set, after a refresh. */
function programOf(state: State, inputs: Inputs): CleanUpBody {
  const { ignored = [] } = inputNotes(inputs);
  return { ...bodyOf(inputs), ...partOf(stateNotes(state).configured?.at(-1) ?? {}, ignored) };
}

/** Whether state knows that this is what the program has configured, and nothing else. */
function isRecorded(state: State, body: CleanUpBody): boolean {
  const { configured = [body] } = stateNotes(state);
  return configured.length === 1 && configured.every((one) => isAs(one, body));
}

/** Whether nothing is left of a write that has failed. */
function isWhole(state: State): boolean {
  return isSet(state["frequencyInterval"]) && stateNotes(state).configured?.length === 1;
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
  const body = bodyOf(found);
  const { seed, ignored } = stateNotes(props);
  // with ignoreChanges for all, the engine takes them for the program's
  const inputs = clean(withNotes({ associationType: typeOf(props), ...body }, { seed, ignored }));
  return { id: found.id, props: clean({ ...props, ...body }), inputs };
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
 * @param state - whose notes remain
 * @param configured - what the program says, where others have a part of it
 */
function outputs(state: State, inputs: Inputs, configured = bodyOf(inputs)): State {
  const [body, { seed, ignored }] = [bodyOf(inputs), inputNotes(inputs)];
  const notes = { ...stateNotes(state), seed, configured: [configured], ignored };
  return clean(withNotes({ associationType: typeOf(inputs), ...body }, notes));
}
