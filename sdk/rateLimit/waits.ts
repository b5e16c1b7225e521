// Waits: the notices that users get, the backoffs before a retry, and how long to keep retrying after 429: long,
// because other clients may be using the tenant, but not forever.

import { type Clock, sleep } from "../clock";
import { maxBlockTime, type RateLedger } from "./sharedLedger";

/** How many requests wait, and for how long. Passed to the client's `onWait`. */
export interface WaitNotice {
  /** Number of waiting requests. */
  waiting: number;
  /** Milliseconds until the next one is sent. */
  resumesIn: number;
  /** Milliseconds until the last one is sent, if ZPA refuses none. */
  endsIn: number;
  /** `reads` (GET) and `writes` (all other methods) are in the rate limit's queue; `requests` wait for a retry. */
  kind: "reads" | "writes" | "requests";
  /**
   * `limit`: the client keeps the rate limit. `refused`: ZPA refused a request (429). `failed`: a request is retried.
   */
  cause: "limit" | "refused" | "failed";
}

/** Milliseconds. Shorter waits cause no notice. */
const minNotifiedWait = 3_000;
/** Milliseconds between two notices: 10 s, plus a margin for timers that fire early. */
const noticeInterval = 10_100;
/** Milliseconds before the first notice, so that it counts all requests of a burst. */
const noticeDelay = 500;

/** Sends the notices of one queue. */
export class WaitNotifier {
  private lastNotice = Number.NEGATIVE_INFINITY;
  private cancel: (() => void) | undefined;

  /** @param current - returns the current waits; undefined if nothing waits */
  constructor(
    private readonly clock: Clock,
    private readonly onWait: ((notice: WaitNotice) => void) | undefined,
    private readonly current: () => WaitNotice | undefined,
  ) {}

  /** Call this whenever the waits may have changed. */
  update(): void {
    if (this.onWait === undefined) return;
    if (this.longWait() === undefined) {
      this.cancel?.();
      this.cancel = undefined;
      return;
    }
    if (this.cancel !== undefined) return;
    const after = Math.ceil(Math.max(noticeDelay, this.lastNotice + noticeInterval - this.clock.now()));
    this.cancel = this.clock.schedule(() => {
      this.cancel = undefined;
      const notice = this.longWait();
      if (notice !== undefined) {
        this.lastNotice = this.clock.now();
        this.onWait?.(notice);
      }
      this.update();
    }, after);
  }

  private longWait(): WaitNotice | undefined {
    const notice = this.current();
    return notice !== undefined && notice.endsIn >= minNotifiedWait ? notice : undefined;
  }
}

interface Pause {
  until: number;
  cause: WaitNotice["cause"];
}

export class Pauses {
  private readonly active = new Set<Pause>();
  private readonly notifier: WaitNotifier;

  constructor(
    private readonly clock: Clock,
    onWait: ((notice: WaitNotice) => void) | undefined,
  ) {
    this.notifier = new WaitNotifier(clock, onWait, () => this.notice());
  }

  /** Resolves after `milliseconds`; rejects with the signal's reason if it aborts first. */
  async wait(milliseconds: number, cause: WaitNotice["cause"], signal: AbortSignal): Promise<void> {
    const pause = { until: this.clock.now() + milliseconds, cause };
    this.active.add(pause);
    this.notifier.update();
    try {
      await sleep(this.clock, milliseconds, signal);
    } finally {
      this.active.delete(pause);
      this.notifier.update();
    }
  }

  private notice(): WaitNotice | undefined {
    const [next, ...others] = [...this.active].sort((one, other) => one.until - other.until);
    if (next === undefined) return undefined;
    const last = others.at(-1) ?? next;
    const now = this.clock.now();
    const [resumesIn, endsIn] = [next.until - now, last.until - now];
    return { waiting: this.active.size, resumesIn, endsIn, kind: "requests", cause: last.cause };
  }
}

/**
 * Milliseconds of uninterrupted 429s after which operations give up. An hour is our choice: a thousand writes of another
 * client take 17 minutes.
 */
const maxRefusalTime = 3_600_000;

/** Milliseconds. A 429 later than this after the previous wait starts a new run of 429s. */
const retryGrace = 60_000;

/** Kinds of requests that ZPA limits independently. */
export type RequestKind = "reads" | "writes" | "sign-in";

/** A wait before the next attempt. */
export interface Wait {
  milliseconds: number;
  /** Milliseconds that ZPA's Retry-After asks for; undefined if the client chose the wait. */
  requested: number | undefined;
}

/** Tracks 429s, and decides how long to keep retrying. */
export class Refusals {
  /** For each kind, when its current run of 429s began, and when the wait after the latest one ends. */
  private readonly runs = new Map<RequestKind, { since: number; until: number }>();
  private block = { until: Number.NEGATIVE_INFINITY, isRequested: false };

  /**
   * @param longestWait - the longest single wait of an operation, in milliseconds
   * @param ledger - tells other processes of a block, and of theirs
   */
  constructor(
    private readonly clock: Clock,
    private readonly longestWait: number,
    private readonly ledger: RateLedger | undefined,
  ) {}

  /**
   * Records a 429 after which the request would be retried after this wait.
   *
   * @returns undefined if the operation should wait; else why it should give up, and later operations are blocked
   */
  reasonToGiveUp(kind: RequestKind, wait: Wait): string | undefined {
    const now = this.clock.now();
    const run = this.runs.get(kind);
    const since = run !== undefined && now <= run.until + retryGrace ? run.since : now;
    const until = now + wait.milliseconds;
    this.runs.set(kind, { since, until });
    const isTooLong = wait.milliseconds > this.longestWait;
    if (!isTooLong && until - since <= maxRefusalTime) return undefined;
    const blockedUntil = Math.min(until, now + maxBlockTime);
    if (blockedUntil > this.block.until) {
      this.block = { until: blockedUntil, isRequested: wait.requested !== undefined };
      this.ledger?.block(blockedUntil);
    }
    if (isTooLong) return waitTooLong(wait);
    return `ZPA has refused all requests for ${Math.floor((now - since) / 60_000)} min: other clients use up the tenant's rate limit; run it again when they are done`;
  }

  /** ZPA accepted a request: ends the run of 429s. */
  accepted(kind: RequestKind): void {
    this.runs.delete(kind);
  }

  /**
   * Milliseconds for which requests are held back, 0 if they are not; and why they fail at once where that is too long for
   * this client. A wait that was too long for another process may be short enough for this one.
   */
  get hold(): { wait: number; reason?: string } {
    const now = this.clock.now();
    const until = Math.max(this.block.until, this.ledger?.blocked ?? Number.NEGATIVE_INFINITY);
    const [wait, isOwn] = [Math.max(0, until - now), this.block.until > now];
    if (!isOwn && wait <= this.longestWait) return { wait };
    const seconds = Math.ceil(wait / 1000);
    if (!isOwn) {
      const reason = `ZPA refused a request of another process on this machine, and accepts none for another ${seconds} s`;
      return { wait, reason };
    }
    const reason = this.block.isRequested
      ? `ZPA refused an earlier request and asks to wait another ${seconds} s`
      : `ZPA refused earlier requests because of its rate limit, and the next retry is due in ${seconds} s`;
    return { wait, reason };
  }
}

/** The hint for a wait that exceeds the operation's deadline. */
export function waitTooLong({ milliseconds, requested }: Wait): string {
  const seconds = Math.ceil((requested ?? milliseconds) / 1000);
  return requested === undefined
    ? `the next retry is due in ${seconds} s, but this operation times out sooner: run it again later, or raise zpa:operationTimeout`
    : `ZPA asks to wait ${seconds} s, but this operation times out sooner: run it again then, or raise zpa:operationTimeout`;
}
