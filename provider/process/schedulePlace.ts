// One of a tenant's clean-up schedules, and its requests.

import type { AssociationType, CleanUpBody, CleanUpSchedule, Scope } from "../../sdk";
import { typeOf } from "../model/connectorSchedule";
import { defaultMicrotenant, type State } from "../model/fields";
import { stateNotes } from "../model/notes";
import type { Configuring } from "./machineNotes";
import { sdk, type Session, unlessGone } from "./session";

/** Which schedule of the tenant. */
export interface Place {
  type: AssociationType;
  scope: Scope;
}

/** Names the place. */
export function keyOf({ client }: Session, { type, scope }: Place): string {
  return `${type} ${scope.microtenantId ?? client.microtenantId ?? defaultMicrotenant}`;
}

/** A resource as the notes of this machine know it. */
export async function resourceAt(session: Session, place: Place, seed: string): Promise<Configuring> {
  return { tenant: await session.client.tenantFingerprint(), schedule: keyOf(session, place), seed };
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
