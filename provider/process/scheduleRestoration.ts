// What becomes of a clean-up schedule when its resource goes. What others have configured meanwhile stays.

import type { CleanUpBody, CleanUpSchedule } from "../../sdk";
import { bodyOf, isAs, isOn, partOf, whatOf } from "../model/connectorSchedule";
import { canonical, type State, type Values } from "../model/fields";
import { stateNotes } from "../model/notes";
import { configuredBy, noteGivenBack } from "./machineNotes";
import { stayInItsTenant } from "./record";
import { current, keyOf, type Place, placeOf, put, resourceAt } from "./schedulePlace";
import { sdk, type Session } from "./session";
import { tell } from "./tell";

/** A resource that has gone, and whose schedule somebody else had configured. */
interface Left {
  configured: readonly CleanUpBody[];
  before: CleanUpBody;
}

/** What this run has done to one schedule. Two resources have one after a rename without an alias that was interrupted. */
export interface Restoration {
  /** One resource after the other: each goes by what the one before has brought back. */
  turn: Promise<void>;
  left: readonly Left[];
  restored?: CleanUpBody;
}

/** Brings back what was there before the resource; where there was nothing, ZPA no longer deletes machines. */
export async function restore(session: Session, state: State): Promise<void> {
  await stayInItsTenant(whatOf(state), session, state);
  const place = placeOf(session, state);
  const notes = stateNotes(state);
  const { seed = "" } = notes.noted ?? notes;
  const resource = await resourceAt(session, place, seed);
  const run = session.restorations.get(resource.schedule) ?? { turn: Promise.resolve(), left: [] };
  session.restorations.set(resource.schedule, run);
  const unrecorded = configuredBy(resource, notes.noted?.id).map(({ body }) => body);
  const turn = run.turn.then(() => giveBack(session, state, place, unrecorded, run));
  run.turn = turn.catch(() => undefined);
  await turn;
  noteGivenBack(resource);
}

/** @param unrecorded - what killed runs may have configured without the knowledge of state */
async function giveBack(
  session: Session,
  state: State,
  place: Place,
  unrecorded: readonly CleanUpBody[],
  run: Restoration,
): Promise<void> {
  const { seed, previous, configured: recorded = [bodyOf(state)], ignored = [] } = stateNotes(state);
  const configured = [...recorded, ...unrecorded];
  // one that was off may have had no interval
  const before = { ...(configured.at(-1) ?? bodyOf(state)), enabled: false, ...previous };
  const holder = session.scheduled.get(keyOf(session, place));
  const another = holder?.seed === seed ? undefined : holder;
  const isOffAnyway = !before.enabled && configured.every(({ enabled }) => !enabled);
  if (another === undefined && (isOffAnyway || configured.every((body) => isSame(before, body)))) return;
  const now = await current(session, place);
  if (now === undefined) return;
  if (another !== undefined && isAs(now, another.body)) return tellTakenOver(state, before);
  if (another === undefined && isAs(now, before)) return;
  const isOurs = (body: CleanUpBody) => isAs(now, body.enabled ? { ...body, ...partOf(now, ignored) } : body);
  if (!configured.some(isOurs)) {
    if (run.restored !== undefined && isAs(now, run.restored)) return;
    run.left = [...run.left, { configured, before }];
    return tellLeft(state, now, before);
  }
  // what is left to others, and others have changed
  const theirs = Object.entries(partOf(now, ignored)).filter(([name, value]) => configured.every((body) => (body as object as Values)[name] !== value)); // prettier-ignore
  const wanted = another?.body ?? beforeAll(before, run.left);
  const target = { ...wanted, ...(Object.fromEntries(theirs) as Partial<CleanUpBody>) };
  if (!isOn(now) && !target.enabled) return tellLeft(state, now, before);
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
    if (!(error instanceof sdk().ValidationError)) throw error;
    throw new Error(
      `${error.message} It was to become ${textOf(target)}: configure that in the Admin Portal, then take the resource out ` +
        "of the stack with pulumi state delete.",
    );
  }
}

/** What was there before those too that have configured what this resource has found. */
function beforeAll(before: CleanUpBody, left: readonly Left[]): CleanUpBody {
  const earlier = left.find(({ configured }) => configured.some((body) => isSame(body, before)));
  if (earlier === undefined) return before;
  return beforeAll(earlier.before, left.filter((one) => one !== earlier)); // prettier-ignore
}

function isSame(one: CleanUpBody, other: CleanUpBody): boolean {
  return canonical(one) === canonical(other);
}

function tellLeft(state: State, now: CleanUpSchedule, before: CleanUpBody): void {
  tell(
    `zpa: warning: the ${whatOf(state)} stays as others have configured it meanwhile: ${textOf(bodyOf(now))}. Before this ` +
      `resource it was ${textOf(before)}.`,
  );
}

/** Another resource of this run has the schedule now, as one has that was renamed without an alias. */
function tellTakenOver(state: State, before: CleanUpBody): void {
  tell(
    `zpa: warning: the ${whatOf(state)} stays as another resource of this run has configured it. When that one goes, it ` +
      `brings back what it has found. Before this resource it was ${textOf(before)}. To rename a ` +
      "resource and keep what it remembers, give it its old name in aliases.",
  );
}

function textOf({ enabled, deleteDisabled, frequencyInterval }: CleanUpBody): string {
  return `enabled ${enabled}, deleteDisabled ${deleteDisabled}, frequencyInterval ${frequencyInterval}`;
}
