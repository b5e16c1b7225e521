// What becomes of a clean-up schedule when its resource goes. What others have configured meanwhile stays.

import type { CleanUpBody, CleanUpSchedule } from "../../sdk";
import { bodyOf, isAs, isOn, partOf, whatOf } from "../model/connectorSchedule";
import { canonical, type State, type Values } from "../model/fields";
import { stateNotes } from "../model/notes";
import { configuredBy, noteConfigured } from "./machineNotes";
import { stayInItsTenant } from "./record";
import { current, keyOf, placeOf, put } from "./schedulePlace";
import type { Session } from "./session";
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
  const schedule = keyOf(session, placeOf(session, state));
  const run = session.restorations.get(schedule) ?? { turn: Promise.resolve(), left: [] };
  session.restorations.set(schedule, run);
  const { seed = "" } = stateNotes(state);
  const tenant = await session.client.tenantFingerprint();
  const turn = run.turn.then(() => giveBack(session, state, configuredBy(tenant, schedule, seed).at(-1)?.body, run));
  run.turn = turn.catch(() => undefined);
  await turn;
  noteConfigured({ tenant, schedule, seed });
}

/** @param last - what a killed run may have configured without the knowledge of state */
async function giveBack(session: Session, state: State, last: CleanUpBody | undefined, run: Restoration) {
  const place = placeOf(session, state);
  const { seed, previous, configured: recorded = [], ignored = [] } = stateNotes(state);
  const configured = [...recorded, ...(last === undefined ? [] : [last])];
  // one that was off may have had no interval
  const before = { ...(configured.at(-1) ?? bodyOf(state)), enabled: false, ...previous };
  const holder = session.scheduled.get(keyOf(session, place));
  if (holder !== undefined && holder.seed !== seed) return tellTakenOver(state, before);
  const isOffAnyway = !before.enabled && configured.every(({ enabled }) => !enabled);
  if (isOffAnyway || configured.every((body) => isSame(before, body))) return;
  const now = await current(session, place);
  if (now === undefined || isAs(now, before)) return;
  const isOurs = (body: CleanUpBody) => isAs(now, body.enabled ? { ...body, ...partOf(now, ignored) } : body);
  if (!configured.some(isOurs)) {
    if (run.restored !== undefined && isAs(now, run.restored)) return;
    run.left = [...run.left, { configured, before }];
    return tellLeft(state, now, before);
  }
  // what is left to others, and others have changed
  const theirs = Object.entries(partOf(now, ignored)).filter(([name, value]) => configured.every((body) => (body as object as Values)[name] !== value)); // prettier-ignore
  const target = { ...beforeAll(before, run.left), ...(Object.fromEntries(theirs) as Partial<CleanUpBody>) };
  await put(session, now.id, place, target, isOn(now));
  run.restored = target;
  const but = theirs.length === 0 ? "" : ", but for what others have changed";
  const end = target.enabled ? `again as it was before this program${but}: ${textOf(target)}` : "off again";
  tell(`zpa: the ${whatOf(state)} is ${end}.`);
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
      `program it was ${textOf(before)}.`,
  );
}

/** Another resource of this run has the schedule now, as one has that was renamed without an alias. */
function tellTakenOver(state: State, before: CleanUpBody): void {
  tell(
    `zpa: warning: the ${whatOf(state)} stays as another resource of this run has configured it. When that one goes, it ` +
      `brings back what it has found: ${textOf(bodyOf(state))}. Before this program it was ${textOf(before)}. To rename a ` +
      "resource and keep what it remembers, give it its old name in aliases.",
  );
}

function textOf({ enabled, deleteDisabled, frequencyInterval }: CleanUpBody): string {
  return `enabled ${enabled}, deleteDisabled ${deleteDisabled}, frequencyInterval ${frequencyInterval}`;
}
