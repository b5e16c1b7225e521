// One of a tenant's clean-up schedules: its requests, and what this run knows of it.

import type { AssociationType, CleanUpBody, CleanUpSchedule, Scope } from "../../sdk";
import { typeOf } from "../model/connectorSchedule";
import { defaultMicrotenant, type State } from "../model/fields";
import { stateNotes } from "../model/notes";
import { sdk, type Session, unlessGone } from "./session";

/** Which schedule of the tenant. */
export interface Place {
  type: AssociationType;
  scope: Scope;
}

/** What this run knows of a schedule. */
export interface ScheduleOfRun {
  /** One write after the other: each goes by what the one before has left. */
  turn: Promise<unknown>;
  /** The resource that the program has for it: what it has configured, and its notes in state unless it is new. */
  holder?: { body: CleanUpBody; notes?: string };
  /** The resources that went and whose schedule somebody else had configured. */
  left: readonly Left[];
  /** What one that went has brought back. */
  restored?: CleanUpBody;
}

/** A resource that has gone: what it had configured, or may have, and what was there before. */
export interface Left {
  configured: readonly CleanUpBody[];
  before: CleanUpBody;
}

export function ofRun(session: Session, place: Place): ScheduleOfRun {
  const key = keyOf(session, place);
  const run = session.schedules.get(key) ?? { turn: Promise.resolve(), left: [] };
  session.schedules.set(key, run);
  return run;
}

/** Two resources of a run may have one schedule, as after a rename without an alias that was interrupted. */
export function inTurn<T>(run: ScheduleOfRun, action: () => Promise<T>): Promise<T> {
  const turn = run.turn.then(action);
  run.turn = turn.catch(() => undefined);
  return turn;
}

/** Names the schedule in the notes of this machine. */
export async function noteNameOf(session: Session, place: Place): Promise<string> {
  return `${await session.client.tenantFingerprint()} clean-up ${keyOf(session, place)}`;
}

function keyOf({ client }: Session, { type, scope }: Place): string {
  return `${type} ${scope.microtenantId ?? client.microtenantId ?? defaultMicrotenant}`;
}

/** Where a schedule was found, whatever the settings name since. */
export function placeOf(session: Session, state: State): Place {
  const { microtenantId } = stateNotes(state);
  const isSettings = microtenantId === (session.client.microtenantId ?? defaultMicrotenant);
  return { type: typeOf(state), scope: { microtenantId: isSettings ? session.client.microtenantId : microtenantId } };
}

/** One GET. Undefined where there is none. */
export async function current(session: Session, { type, scope }: Place): Promise<CleanUpSchedule | undefined> {
  const found = await unlessGone(session.client.cleanUpSchedules.get(type, scope));
  // one that does not say that it is on is off
  return found && { ...found, enabled: found.enabled === true };
}

/** One PUT; none where the schedule is off and stays so, which ZPA refuses and which makes no difference. */
export async function put(
  session: Session,
  id: string,
  place: Place,
  body: CleanUpBody,
  isOnNow: boolean,
): Promise<void> {
  if (!isOnNow && !body.enabled) return;
  try {
    await session.client.cleanUpSchedules.update(place.type, id, body, place.scope);
  } catch (error) {
    // others may have switched it off
    const mayBeOff = error instanceof sdk().ValidationError && !body.enabled;
    if (!mayBeOff || (await current(session, place))?.enabled !== false) throw error;
  }
}
