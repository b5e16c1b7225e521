// Keeps the tenant's rate limit on the client's side, so that a client that is alone never gets a 429, and pauses all
// requests when ZPA does send one.
//
// A request occupies a slot from when it is sent until a whole window after its response. The server counts it at some
// moment before the response. So all requests that the server counts within one window, fixed or sliding, occupy slots
// at the same time. A refused request occupies its slot too, because the server may count it.

import type { Clock } from "../clock";
import type { ForeignSlot, Others, RateLedger } from "./sharedLedger";
import { type WaitNotice, WaitNotifier } from "./waits";

/**
 * Milliseconds of ZPA's window: 20 GET and 10 POST/PUT/DELETE per 10 s ("Understanding Rate Limiting", Zscaler's help).
 */
export const windowMs = 10_000;

/** Permission to send one request. Release it after the response, whatever its status. */
export interface Permit {
  release(): void;
}

/** What the rate limit leaves for requests that are sent now. */
export interface Headroom {
  /** Requests per 10 s; 0 for no limit. */
  limit: number;
  /** How many can be sent at once; undefined if there is no limit. */
  free: number | undefined;
  /** Milliseconds for which ZPA has asked all requests to wait; 0 if it has not. */
  pausedFor: number;
}

/** The slot of one request. `freeAt` is undefined while the request is in flight. */
type Slot = ForeignSlot;

interface Waiter {
  bucket: string;
  ticket: number;
  admit(permit: Permit): void;
}

/** Milliseconds for which a process that fills the window leaves a free slot to others; less if it uses fewer slots. */
const maxYield = 20;

/** Milliseconds between two checks of other processes' requests in flight. */
const pollInterval = 200;

export interface RateLimiterOptions {
  kind: "reads" | "writes";
  /** Requests per 10 s; 0 for no limit. */
  limit: number;
  /** `tenant`: one count for all. `endpoint`: one count per endpoint family, until ZPA refuses a request. */
  scope: "tenant" | "endpoint";
  clock: Clock;
  onWait?: ((notice: WaitNotice) => void) | undefined;
  /** Shares the counts with other processes. */
  ledger?: RateLedger | undefined;
}

export class RateLimiter {
  private slots: Slot[] = [];
  /** Slots of other processes, as last read. */
  private foreign: Slot[] = [];
  private readonly queue: Waiter[] = [];
  private scope: "tenant" | "endpoint";
  private pausedUntil = Number.NEGATIVE_INFINITY;
  private lastTicket = 0;
  /**
   * End of the latest pause that was probed: after a pause, one request goes first, and the rest wait for its response.
   */
  private probed = Number.NEGATIVE_INFINITY;
  private probe: Slot | undefined;
  private cancelTimer: (() => void) | undefined;
  private readonly notifier: WaitNotifier;

  constructor(private readonly options: RateLimiterOptions) {
    this.scope = options.scope;
    this.notifier = new WaitNotifier(options.clock, options.onWait, () => this.notice());
  }

  /** A position in the queue. A refused request keeps its ticket, so it stays ahead of later ones. */
  ticket(): number {
    return ++this.lastTicket;
  }

  /** Waits for a slot: first in, first out within a family. Rejects with the signal's reason when it aborts. */
  acquire(ticket: number, family: string, signal?: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = () => {
        this.queue.splice(this.queue.indexOf(waiter), 1);
        reject(signal?.reason as Error);
        this.pump();
      };
      const waiter: Waiter = {
        bucket: family,
        ticket,
        admit: (permit) => {
          signal?.removeEventListener("abort", onAbort);
          resolve(permit);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      const index = this.queue.findIndex((other) => other.ticket > ticket);
      this.queue.splice(index === -1 ? this.queue.length : index, 0, waiter);
      this.pump();
    });
  }

  /** What is free now: without the requests of this client and, with a ledger, of this user's other processes. */
  headroom(): Headroom {
    const { clock, ledger, kind, limit } = this.options;
    const now = clock.now();
    if (ledger !== undefined && limit > 0) this.applyOthers(ledger.others(kind));
    this.slots = this.slots.filter((slot) => slot.freeAt === undefined || slot.freeAt > now);
    const buckets = [...new Set([...this.slots, ...this.foreign].map(({ bucket }) => bucket))];
    const taken = Math.max(0, ...buckets.map((bucket) => this.slotsOf(bucket).length));
    const free = limit === 0 ? undefined : Math.max(0, limit - taken);
    return { limit, free, pausedFor: this.pausedFor };
  }

  /** Milliseconds for which this client sends nothing; 0 if it does. */
  get pausedFor(): number {
    return Math.max(0, this.pausedUntil - this.options.clock.now());
  }

  /**
   * ZPA refused a request: sends nothing for `milliseconds`, and counts all families together from now on. Call this on
   * the limiter of the other kind too: the response does not say which limit was exceeded, and OneAPI's gateway counts
   * all methods together.
   */
  refused(milliseconds: number): void {
    this.scope = "tenant";
    const { clock, ledger, kind } = this.options;
    this.pausedUntil = Math.max(this.pausedUntil, clock.now() + milliseconds);
    ledger?.pause(kind, this.pausedUntil);
    this.pump();
  }

  private pump(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const { clock, ledger, kind } = this.options;
    const now = clock.now();
    if (ledger !== undefined && this.foreign.length > 0) this.applyOthers(ledger.others(kind));
    this.slots = this.slots.filter((slot) => slot.freeAt === undefined || slot.freeAt > now);
    if (now >= this.pausedUntil) this.admit();
    if (this.queue.length > 0) this.scheduleNext(now);
    this.notifier.update();
  }

  private applyOthers({ slots, pausedUntil }: Others): void {
    this.foreign = slots;
    // another process has already probed after a pause that is over
    if (pausedUntil > this.options.clock.now()) this.pausedUntil = Math.max(this.pausedUntil, pausedUntil);
  }

  private admit(): void {
    for (const waiter of [...this.queue]) {
      if (this.probe !== undefined || this.options.clock.now() < this.pausedUntil) return;
      const permit = this.isFull(waiter.bucket) ? undefined : this.occupy(waiter.bucket);
      if (permit !== undefined) {
        this.queue.splice(this.queue.indexOf(waiter), 1);
        waiter.admit(permit);
      } else if (this.scope === "tenant") return;
    }
  }

  private isFull(bucket: string): boolean {
    const { limit } = this.options;
    return limit > 0 && this.slotsOf(bucket).length >= limit;
  }

  private slotsOf(bucket: string): Slot[] {
    const slots = [...this.slots, ...this.foreign];
    return this.scope === "tenant" ? slots : slots.filter((slot) => slot.bucket === bucket);
  }

  /** Occupies a slot; returns undefined if another process took it first. */
  private occupy(bucket: string): Permit | undefined {
    const { clock, ledger, kind, limit } = this.options;
    const claim = limit > 0 ? ledger?.claim(kind, bucket) : undefined;
    if (claim !== undefined) {
      this.applyOthers(claim.before);
      if (this.isFull(bucket) || clock.now() < this.pausedUntil) {
        claim.release(clock.now());
        return undefined;
      }
    }
    const slot: Slot = { bucket, freeAt: undefined };
    this.slots.push(slot);
    if (this.pausedUntil > this.probed) {
      this.probed = this.pausedUntil;
      this.probe = slot;
    }
    return {
      release: () => {
        slot.freeAt = clock.now() + windowMs;
        claim?.release(slot.freeAt);
        if (this.probe !== slot) return this.pump();
        // the sender may report another 429 next: the rest must not be sent before that
        clock.schedule(() => {
          this.probe = undefined;
          this.pump();
        }, 1);
      },
    };
  }

  /** Runs `pump` when the next slot becomes free; requests in flight call it themselves. */
  private scheduleNext(now: number): void {
    const next = this.nextDeparture(now);
    if (!Number.isFinite(next)) return;
    this.cancelTimer = this.options.clock.schedule(() => this.pump(), Math.max(1, Math.ceil(next - now)));
  }

  private nextDeparture(now: number): number {
    if (now < this.pausedUntil) return this.pausedUntil;
    const next = Math.min(
      ...this.slots.map((slot) => slot.freeAt ?? Number.POSITIVE_INFINITY),
      ...this.foreign.map((slot) => slot.freeAt ?? now + pollInterval),
    );
    return next + this.yieldTime();
  }

  /** Milliseconds to leave a free slot to processes that have sent less, so that they take turns. */
  private yieldTime(): number {
    const { ledger, limit } = this.options;
    return ledger === undefined ? 0 : maxYield * Math.min(1, this.slots.length / limit);
  }

  /** When the last request in the queue will be sent, as far as known now. */
  private lastDeparture(now: number): number {
    const { limit } = this.options;
    const start = Math.max(now, this.pausedUntil);
    if (limit === 0) return start;
    const last = (bucket: string) => {
      const ahead = this.scope === "tenant" ? this.queue : this.queue.filter((one) => one.bucket === bucket);
      const taken = this.slotsOf(bucket).map((slot) => Math.max(start, slot.freeAt ?? now + windowMs));
      const free = Array.from({ length: Math.max(0, limit - taken.length) }, () => start);
      const frees = [...free, ...taken].sort((one, other) => one - other).slice(-limit);
      const position = ahead.length - 1;
      return frees[position % limit]! + Math.floor(position / limit) * windowMs;
    };
    return Math.max(...[...new Set(this.queue.map((waiter) => waiter.bucket))].map(last));
  }

  private notice(): WaitNotice | undefined {
    if (this.queue.length === 0) return undefined;
    const now = this.options.clock.now();
    const next = this.nextDeparture(now);
    return {
      waiting: this.queue.length,
      resumesIn: Math.max(0, (Number.isFinite(next) ? next : now + windowMs) - now),
      endsIn: this.lastDeparture(now) - now,
      kind: this.options.kind,
      cause: now < this.pausedUntil ? "refused" : "limit",
    };
  }
}
