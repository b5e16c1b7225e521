// What becomes of a clean-up schedule when its resource goes. What others have configured meanwhile stays.

import type { CleanUpBody, CleanUpSchedule } from "../../sdk";
import { bodyOf, isAs, isAsLeft, isOn, theirPartOf, whatOf } from "../model/connectorSchedule";
import { canonical, type State, type Values } from "../model/fields";
import { stateNotes } from "../model/notes";
import { stayInItsTenant } from "./record";
import { type ScheduleWrite, settleWrites, unrecordedWrites } from "./scheduleNotes";
import { current, inTurn, type Left, noteNameOf, ofRun, type Place, placeOf, put, type ScheduleOfRun } from "./schedulePlace"; // prettier-ignore
import { sdk, type Session } from "./session";
import { tell } from "./tell";

/** Brings back what was there before the resource; where there was nothing, ZPA no longer deletes machines. */
export async function restore(session: Session, state: State): Promise<void> {
  await stayInItsTenant(whatOf(state), session, state);
  const place = placeOf(session, state);
  const run = ofRun(session, place);
  await inTurn(run, async () => {
    const name = await noteNameOf(session, place);
    await giveBack(session, state, place, unrecordedOf(state, name), run);
    if (anotherOf(run, state) === undefined) settleWrites(name);
  });
}

/** The other resource that the program has for the schedule. */
function anotherOf({ holder }: ScheduleOfRun, state: State): ScheduleOfRun["holder"] {
  return holder?.notes === canonical(stateNotes(state)) ? undefined : holder;
}

/** What ZPA may have of a resource: what state knows, and what killed runs have sent in its place. */
export function mayHave(state: State, name: string): CleanUpBody[] {
  const { configured = [bodyOf(state)] } = stateNotes(state);
  return [...configured, ...unrecordedOf(state, name).map(({ body }) => body)];
}

/** What killed runs have sent in the place of a resource. */
function unrecordedOf(state: State, name: string): ScheduleWrite[] {
  const { previous, configured = [bodyOf(state)] } = stateNotes(state);
  // one has found what this resource has configured, or is of this resource
  const isAfterIt = (found: CleanUpBody | undefined) =>
    found === undefined ? previous === undefined : [previous, ...configured].some((body) => body && isAs(found, body));
  return unrecordedWrites(name).filter((write) => isAfterIt(write.previous));
}

async function giveBack(
  session: Session,
  state: State,
  place: Place,
  unrecorded: readonly ScheduleWrite[],
  run: ScheduleOfRun,
): Promise<void> {
  const { previous, configured: recorded = [bodyOf(state)], ignored: left = [] } = stateNotes(state);
  const configured = [...recorded, ...unrecorded.map(({ body }) => body)];
  const ignored = [...left, ...unrecorded.flatMap((write) => write.ignored ?? [])];
  // one that was off may have had no interval
  const before = { ...configured.at(-1)!, enabled: false, ...previous };
  const another = anotherOf(run, state);
  if (another === undefined && configured.every((body) => isAs(before, body))) return tellKept(state, previous);
  const now = await current(session, place);
  if (now === undefined) return;
  if (another !== undefined && isAs(now, another.body)) return tellTakenOver(state, previous);
  if (another === undefined && isAs(now, before)) return;
  if (!configured.some((body) => isAsLeft(now, body, ignored))) {
    if (run.restored !== undefined && isAs(now, run.restored)) return;
    run.left = [...run.left, { configured, before }];
    return tellLeft(state, now, previous);
  }
  // what is left to others, and others have changed
  const isTheirs = ([name, value]: [string, unknown]) => configured.every((body) => (body as object as Values)[name] !== value); // prettier-ignore
  const theirs = Object.entries(theirPartOf(now, ignored)).filter(isTheirs);
  const wanted = another?.body ?? beforeAll(before, run.left);
  const target = { ...wanted, ...(Object.fromEntries(theirs) as Partial<CleanUpBody>) };
  if (!isOn(now) && !target.enabled) return tellLeft(state, now, previous);
  await writeBack(session, now, place, target);
  run.restored = target;
  const but = theirs.length === 0 ? "" : ", but for what others have changed";
  const whose = another === undefined ? "again as it was before this resource" : "as the other resource has it";
  tell(`zpa: the ${whatOf(state)} is ${target.enabled ? `${whose}${but}: ${textOf(target)}` : "off again"}.`);
}

/** One PUT. @throws with what to do where ZPA does not take it back */
async function writeBack(session: Session, now: CleanUpSchedule, place: Place, target: CleanUpBody): Promise<void> {
  try {
    await put(session, now.id, place, target, isOn(now));
  } catch (error) {
    const { ValidationError, ZpaError } = sdk();
    if (!(error instanceof ZpaError)) throw error;
    const portal =
      ": configure that in the Admin Portal, then take the resource out of the stack with pulumi state delete";
    const remedy = error instanceof ValidationError ? portal : "";
    throw new Error(`${error.message} It was to become ${textOf(target)}${remedy}.`);
  }
}

/** What was there before those too that have configured what this resource has found. */
function beforeAll(before: CleanUpBody, left: readonly Left[]): CleanUpBody {
  const earlier = left.find(({ configured }) => configured.some((body) => isAs(body, before)));
  if (earlier === undefined) return before;
  return beforeAll(earlier.before, left.filter((one) => one !== earlier)); // prettier-ignore
}

/** It may be on, and nothing says so otherwise. */
function tellKept(state: State, before: CleanUpBody | undefined): void {
  tell(`zpa: the ${whatOf(state)} is left as it is. ${wasBefore(before)}`);
}

function tellLeft(state: State, now: CleanUpSchedule, before: CleanUpBody | undefined): void {
  tell(
    `zpa: warning: the ${whatOf(state)} stays as others, or another resource, have configured it meanwhile: ` +
      `${textOf(bodyOf(now))}. ${wasBefore(before)}`,
  );
}

/** Another resource of this run has the schedule now, as one has that was renamed without an alias. */
function tellTakenOver(state: State, before: CleanUpBody | undefined): void {
  tell(
    `zpa: warning: the ${whatOf(state)} stays as another resource of this run has configured it. When that one goes, it ` +
      `brings back what it has found. ${wasBefore(before)} To rename a resource and keep what it remembers, give it its ` +
      "old name in aliases.",
  );
}

export function wasBefore(before: CleanUpBody | undefined): string {
  return `Before this resource ${before === undefined ? "there was none" : `it was ${textOf(before)}`}.`;
}

/** What one that is off would do makes no difference. */
export function textOf({ enabled, deleteDisabled, frequencyInterval }: CleanUpBody): string {
  return enabled ? `on, with deleteDisabled ${deleteDisabled} and frequencyInterval ${frequencyInterval}` : "off";
}
