// How long it is worth waiting for the rate limit: long for others who use the tenant too, not at all for ever.

import type { Clock } from "../clock";

/**
 * Milliseconds without one request let through after which nobody waits any longer, and for which a longer Retry-After
 * keeps later operations from being sent at all. A choice of ours: a thousand writes of somebody else take 17 minutes.
 */
const longestRefusal = 3_600_000;

/** Milliseconds after a wait within which somebody tries again; who comes later knows nothing of the time between. */
const nextTry = 60_000;

/** What is refused and let through independently of the others. */
export type Lane = "reads" | "writes" | "sign-in";

export class Refusals {
  /** Since when all was refused, and until when the last refusal said to wait. */
  private readonly runs = new Map<Lane, { since: number; until: number }>();
  private bannedUntil = Number.NEGATIVE_INFINITY;

  /** @param longestWait - milliseconds that an operation waits at a time */
  constructor(
    private readonly clock: Clock,
    private readonly longestWait: number,
  ) {}

  /**
   * ZPA refused a request for its rate, and asks for so many milliseconds.
   *
   * @returns undefined when it is worth waiting; else why not, and until then nothing shall be sent
   */
  whyNotWait(lane: Lane, milliseconds: number): string | undefined {
    const now = this.clock.now();
    const run = this.runs.get(lane);
    const since = run !== undefined && now <= run.until + nextTry ? run.since : now;
    this.runs.set(lane, { since, until: now + milliseconds });
    const isTooLong = milliseconds > this.longestWait;
    if (!isTooLong && now + milliseconds - since <= longestRefusal) return undefined;
    this.bannedUntil = Math.max(this.bannedUntil, now + Math.min(milliseconds, longestRefusal));
    if (isTooLong) return tooLong(milliseconds);
    return `ZPA has let nothing through for ${Math.floor((now - since) / 60_000)} min: others use up the tenant's rate limit; run it again when they are done`;
  }

  /** A request was let through. */
  passed(lane: Lane): void {
    this.runs.delete(lane);
  }

  /** Milliseconds for which nothing shall be sent; 0 for none. */
  get banLeft(): number {
    return Math.max(0, this.bannedUntil - this.clock.now());
  }
}

/** What to say of a wait that ZPA asks for and an operation has no time for. */
export function tooLong(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return `ZPA asks to wait ${seconds} s, longer than this operation may take: run it again then, or raise zpa:operationTimeout`;
}
