// Waits outside of the queue: what users learn of them, the pauses before a retry, and how long ZPA's refusals are worth
// waiting for: long while others use the tenant too, but not for ever.

import { type Clock, sleep } from "../clock";

/** What waits, and for how long: told when requests will not leave for some seconds. */
export interface WaitNotice {
  /** How many wait. */
  waiting: number;
  /** Milliseconds until the next one leaves. */
  resumesIn: number;
  /** Milliseconds until the last one of them leaves, if ZPA refuses none. */
  endsIn: number;
  /** Reads are GETs and writes the rest, in the queue for the limit; requests are those that are to be repeated. */
  kind: "reads" | "writes" | "requests";
  /** Our own counting holds them back, or ZPA refused a request (429), or one failed and is to be repeated. */
  cause: "limit" | "refused" | "failed";
}

/** Waits shorter than this are not worth a word. */
const tellFrom = 3_000;
/** At most one notice in 10 s, however early a timer fires. */
const tellEvery = 10_100;
/** A wave of requests is told as one number, so the notice waits for it to arrive. */
const tellAfter = 500;

/** Tells of one kind of waits. */
export class WaitTeller {
  private lastTold = Number.NEGATIVE_INFINITY;
  private cancel: (() => void) | undefined;

  /** @param current - the waits as they are, undefined when there are none */
  constructor(
    private readonly clock: Clock,
    private readonly onWait: ((notice: WaitNotice) => void) | undefined,
    private readonly current: () => WaitNotice | undefined,
  ) {}

  /** To be called whenever the waits may have changed. */
  consider(): void {
    if (this.onWait === undefined) return;
    if (this.longWait() === undefined) {
      this.cancel?.();
      this.cancel = undefined;
      return;
    }
    if (this.cancel !== undefined) return;
    const after = Math.ceil(Math.max(tellAfter, this.lastTold + tellEvery - this.clock.now()));
    this.cancel = this.clock.schedule(() => {
      this.cancel = undefined;
      const notice = this.longWait();
      if (notice !== undefined) {
        this.lastTold = this.clock.now();
        this.onWait?.(notice);
      }
      this.consider();
    }, after);
  }

  private longWait(): WaitNotice | undefined {
    const notice = this.current();
    return notice !== undefined && notice.endsIn >= tellFrom ? notice : undefined;
  }
}

interface Pause {
  until: number;
  cause: WaitNotice["cause"];
}

export class Pauses {
  private readonly under = new Set<Pause>();
  private readonly teller: WaitTeller;

  constructor(
    private readonly clock: Clock,
    onWait: ((notice: WaitNotice) => void) | undefined,
  ) {
    this.teller = new WaitTeller(clock, onWait, () => this.notice());
  }

  /** Ends after `milliseconds`, or rejects with the signal's reason as soon as that is given. */
  async wait(milliseconds: number, cause: WaitNotice["cause"], signal: AbortSignal): Promise<void> {
    const pause = { until: this.clock.now() + milliseconds, cause };
    this.under.add(pause);
    this.teller.consider();
    try {
      await sleep(this.clock, milliseconds, signal);
    } finally {
      this.under.delete(pause);
      this.teller.consider();
    }
  }

  private notice(): WaitNotice | undefined {
    const [next, ...others] = [...this.under].sort((one, other) => one.until - other.until);
    if (next === undefined) return undefined;
    const last = others.at(-1) ?? next;
    const now = this.clock.now();
    const [resumesIn, endsIn] = [next.until - now, last.until - now];
    return { waiting: this.under.size, resumesIn, endsIn, kind: "requests", cause: last.cause };
  }
}

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
