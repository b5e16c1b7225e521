// What this machine remembers of the writes to clean-up schedules until the engine has recorded them: a run that is killed
// in between leaves a schedule configured without the knowledge of state.

import type { CleanUpBody } from "../../sdk";
import { atOrderlyEnd, noteOpen, openNotes, settle, settledLine } from "./noteStore";

/** What a resource was about to configure. */
export interface ScheduleWrite {
  body: CleanUpBody;
  /** What it is to bring back when it goes; undefined where there was nothing. */
  previous?: CleanUpBody | undefined;
  /** The part of the body that it has left to others. */
  ignored?: readonly string[] | undefined;
}

/**
 * Notes immediately that a schedule is about to be configured.
 *
 * @param of - which one, of which tenant
 * @returns to be called where ZPA has refused it
 */
export function noteWrite(of: string, write: ScheduleWrite): () => void {
  const id = noteOpen(of, JSON.stringify(write));
  return () => settle([id]);
}

/** Records that state will know of all these writes, unless the run is killed before. */
export function noteRecorded(of: string): void {
  atOrderlyEnd(openNotes(of).map(({ id }) => settledLine(id)));
}

/** Notes that none of them counts any more. */
export function settleWrites(of: string): void {
  settle(openNotes(of).map(({ id }) => id));
}

/** The writes that state does not know of, the oldest first. */
export function unrecordedWrites(of: string): ScheduleWrite[] {
  return openNotes(of).flatMap(({ text }) => parsed(text));
}

/** Nothing of a line that is torn because its process was killed. */
function parsed(text: string): ScheduleWrite[] {
  try {
    return [JSON.parse(text) as ScheduleWrite];
  } catch {
    return [];
  }
}
