// The server's time. The age of an object is computed with the clock that dated it, not with this machine's.

import type { Clock } from "../clock";
import type { HttpResponse } from "../http/connection";

export class ServerClock {
  /** The latest server time in milliseconds since 1970, and when it was received on the monotonic clock. */
  private latest: { time: number; at: number } | undefined;

  constructor(private readonly clock: Clock) {}

  update(response: HttpResponse): void {
    const time = dateOf(response);
    if (time !== undefined) this.latest = { time, at: this.clock.now() };
  }

  /** Seconds since 1970; undefined before the first response with a `Date` header. */
  now(): number | undefined {
    return this.latest && Math.floor((this.latest.time + this.clock.now() - this.latest.at) / 1000);
  }
}

/** Server time of a response in seconds since 1970; undefined if it has no `Date` header. */
export function serverTimeOf(response: HttpResponse): number | undefined {
  const time = dateOf(response);
  return time && Math.floor(time / 1000);
}

function dateOf({ headers }: HttpResponse): number | undefined {
  const time = Date.parse(headers["date"] ?? "");
  return Number.isNaN(time) ? undefined : time;
}
