// The time as the server has it: ages of objects are counted by the clock that dated them, not by this machine's.

import type { Clock } from "../clock";
import type { HttpAnswer } from "../http/connection";

export class ServerClock {
  /** Milliseconds since 1970 by the server, and when it said so on the monotonic clock. */
  private told: { time: number; at: number } | undefined;

  constructor(private readonly clock: Clock) {}

  heard(answer: HttpAnswer): void {
    const time = dateOf(answer);
    if (time !== undefined) this.told = { time, at: this.clock.now() };
  }

  /** Seconds since 1970; undefined before the first answer that told the time. */
  now(): number | undefined {
    return this.told && Math.floor((this.told.time + this.clock.now() - this.told.at) / 1000);
  }
}

/** The server's own time of an answer, seconds since 1970, when it told it. */
export function serverTimeOf(answer: HttpAnswer): number | undefined {
  const time = dateOf(answer);
  return time && Math.floor(time / 1000);
}

function dateOf({ headers }: HttpAnswer): number | undefined {
  const time = Date.parse(headers["date"] ?? "");
  return Number.isNaN(time) ? undefined : time;
}
