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

/** A pause before another try. */
export interface Wait {
  milliseconds: number;
  /** The milliseconds that ZPA's Retry-After asks for; undefined where the length is our own choice. */
  asked: number | undefined;
}

export class Refusals {
  /** Since when all was refused, and until when the last refusal said to wait. */
  private readonly runs = new Map<Lane, { since: number; until: number }>();
  private ban = { until: Number.NEGATIVE_INFINITY, isAsked: false };

  /** @param longestWait - milliseconds that an operation waits at a time */
  constructor(
    private readonly clock: Clock,
    private readonly longestWait: number,
  ) {}

  /**
   * ZPA refused a request for its rate, and it would be tried again after this wait.
   *
   * @returns undefined when it is worth waiting; else why not, and until then nothing shall be sent
   */
  whyNotWait(lane: Lane, wait: Wait): string | undefined {
    const now = this.clock.now();
    const run = this.runs.get(lane);
    const since = run !== undefined && now <= run.until + nextTry ? run.since : now;
    const until = now + wait.milliseconds;
    this.runs.set(lane, { since, until });
    const isTooLong = wait.milliseconds > this.longestWait;
    if (!isTooLong && until - since <= longestRefusal) return undefined;
    const banned = Math.min(until, now + longestRefusal);
    if (banned > this.ban.until) this.ban = { until: banned, isAsked: wait.asked !== undefined };
    if (isTooLong) return tooLong(wait);
    return `ZPA has let nothing through for ${Math.floor((now - since) / 60_000)} min: others use up the tenant's rate limit; run it again when they are done`;
  }

  /** A request was let through. */
  passed(lane: Lane): void {
    this.runs.delete(lane);
  }

  /** Why nothing shall be sent now; undefined when it may. */
  get whyNothing(): string | undefined {
    const left = this.ban.until - this.clock.now();
    if (left <= 0) return undefined;
    const seconds = Math.ceil(left / 1000);
    return this.ban.isAsked
      ? `ZPA refused an earlier request and asks to wait ${seconds} s more`
      : `ZPA refused earlier requests for their rate, and the next try is due in ${seconds} s`;
  }
}

/** What to say of a wait that an operation has no time for. */
export function tooLong({ milliseconds, asked }: Wait): string {
  const seconds = Math.ceil((asked ?? milliseconds) / 1000);
  return asked === undefined
    ? `the next try is due in ${seconds} s, later than this operation may last: run it again later, or raise zpa:operationTimeout`
    : `ZPA asks to wait ${seconds} s, longer than this operation may take: run it again then, or raise zpa:operationTimeout`;
}
