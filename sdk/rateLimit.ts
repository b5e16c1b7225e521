// The tenant's rate limit, kept on our side so that alone we are never refused, and obeyed by everybody when ZPA does
// refuse. A request occupies a slot from the moment it leaves until a whole window after its answer came: whichever
// moment the server counts it at lies in between, so all that a server can have counted within one of its windows,
// sliding or fixed and whenever it began, occupied slots at one and the same time. A refused request occupies its slot
// like any other, for nobody knows whether the server counts it.

import type { Clock } from "./clock";

/** ZPA counts over 10 s ("Understanding Rate Limiting" in Zscaler's help: 20 GET, 10 POST/PUT/DELETE). */
export const windowMs = 10_000;

/** What waits, and for how long: told when requests will not leave for some seconds. */
export interface WaitNotice {
  /** Requests in the queue. */
  waiting: number;
  /** Milliseconds until the next one leaves. */
  resumesIn: number;
  /** Milliseconds until the last one of them leaves, if ZPA refuses none. */
  endsIn: number;
  /** Reads are GETs, writes the rest. */
  kind: "reads" | "writes";
  /** Our own counting holds them back, or ZPA refused a request (429). */
  cause: "limit" | "refused";
}

/** A place on the wire. Give it back when the answer is there, whatever it says. */
export interface Permit {
  release(): void;
}

interface Slot {
  bucket: string;
  /** Undefined while its request is under way. */
  freeAt: number | undefined;
}

interface Waiter {
  bucket: string;
  ticket: number;
  admit(permit: Permit): void;
}

/** Waits shorter than this are not worth a word. */
const tellFrom = 3_000;
/** At most one notice in 10 s, however early a timer fires. */
const tellEvery = 10_100;
/** A wave of requests is told as one number, so the notice waits for it to arrive. */
const tellAfter = 500;

export interface RateLimiterOptions {
  kind: "reads" | "writes";
  /** Requests in 10 s; 0 for no limit. */
  limit: number;
  /** One count for all, or one for each family of endpoints until ZPA refuses a request. */
  scope: "tenant" | "endpoint";
  clock: Clock;
  onWait?: ((notice: WaitNotice) => void) | undefined;
}

export class RateLimiter {
  private slots: Slot[] = [];
  private readonly queue: Waiter[] = [];
  private scope: "tenant" | "endpoint";
  private pausedUntil = Number.NEGATIVE_INFINITY;
  private lastTold = Number.NEGATIVE_INFINITY;
  private lastTicket = 0;
  /** The end of the pause after which one request goes ahead to try, and the rest follow once it is through. */
  private probed = Number.NEGATIVE_INFINITY;
  private probe: Slot | undefined;
  private cancelTimer: (() => void) | undefined;
  private cancelNotice: (() => void) | undefined;

  constructor(private readonly options: RateLimiterOptions) {
    this.scope = options.scope;
  }

  /** A place in the queue. A request that was refused comes back with its old ticket, and so before those behind it. */
  ticket(): number {
    return ++this.lastTicket;
  }

  /** Waits for a place on the wire: first come, first served within a family. Rejects when the signal is given. */
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
      const place = this.queue.findIndex((other) => other.ticket > ticket);
      this.queue.splice(place === -1 ? this.queue.length : place, 0, waiter);
      this.pump();
    });
  }

  /**
   * ZPA refused a request: nobody leaves for `milliseconds`, and families are no longer counted apart. Tell the limiter
   * of the other kind too: the answer does not say which count was full, and OneAPI's gateway counts all methods together.
   */
  refused(milliseconds: number): void {
    this.scope = "tenant";
    this.pausedUntil = Math.max(this.pausedUntil, this.options.clock.now() + milliseconds);
    this.pump();
  }

  private pump(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const now = this.options.clock.now();
    this.slots = this.slots.filter((slot) => slot.freeAt === undefined || slot.freeAt > now);
    if (now >= this.pausedUntil) this.admit();
    if (this.queue.length > 0) this.wait(now);
    this.considerNotice(now);
  }

  private admit(): void {
    for (const waiter of [...this.queue]) {
      if (this.probe !== undefined) return;
      if (this.isFull(waiter.bucket)) {
        if (this.scope === "tenant") return;
        continue;
      }
      this.queue.splice(this.queue.indexOf(waiter), 1);
      waiter.admit(this.occupy(waiter.bucket));
    }
  }

  private isFull(bucket: string): boolean {
    const { limit } = this.options;
    return limit > 0 && this.slotsOf(bucket).length >= limit;
  }

  private slotsOf(bucket: string): Slot[] {
    return this.scope === "tenant" ? this.slots : this.slots.filter((slot) => slot.bucket === bucket);
  }

  private occupy(bucket: string): Permit {
    const { clock } = this.options;
    const slot: Slot = { bucket, freeAt: undefined };
    this.slots.push(slot);
    if (this.pausedUntil > this.probed) {
      this.probed = this.pausedUntil;
      this.probe = slot;
    }
    return {
      release: () => {
        slot.freeAt ??= clock.now() + windowMs;
        if (this.probe !== slot) return this.pump();
        // whoever sent it says next whether it was refused again: the rest must not leave before
        clock.schedule(() => {
          this.probe = undefined;
          this.pump();
        }, 1);
      },
    };
  }

  /** Comes back when the next slot gets free; a slot whose request is under way calls `pump` itself. */
  private wait(now: number): void {
    const next = this.nextAt(now);
    if (!Number.isFinite(next)) return;
    this.cancelTimer = this.options.clock.schedule(() => this.pump(), Math.max(1, Math.ceil(next - now)));
  }

  private nextAt(now: number): number {
    if (now < this.pausedUntil) return this.pausedUntil;
    return Math.min(...this.slots.map((slot) => slot.freeAt ?? Number.POSITIVE_INFINITY));
  }

  /** When the last one in the queue leaves, by what is known now. */
  private lastAt(now: number): number {
    const { limit } = this.options;
    const start = Math.max(now, this.pausedUntil);
    if (limit === 0) return start;
    const last = (bucket: string) => {
      const ahead = this.scope === "tenant" ? this.queue : this.queue.filter((one) => one.bucket === bucket);
      const taken = this.slotsOf(bucket).map((slot) => Math.max(start, slot.freeAt ?? now + windowMs));
      const free = Array.from({ length: Math.max(0, limit - taken.length) }, () => start);
      const frees = [...free, ...taken].sort((one, other) => one - other).slice(-limit);
      const place = ahead.length - 1;
      return frees[place % limit]! + Math.floor(place / limit) * windowMs;
    };
    return Math.max(...[...new Set(this.queue.map((waiter) => waiter.bucket))].map(last));
  }

  private considerNotice(now: number): void {
    if (this.options.onWait === undefined) return;
    if (!this.isLong(now)) {
      this.cancelNotice?.();
      this.cancelNotice = undefined;
      return;
    }
    if (this.cancelNotice !== undefined) return;
    const after = Math.ceil(Math.max(tellAfter, this.lastTold + tellEvery - now));
    this.cancelNotice = this.options.clock.schedule(() => {
      this.cancelNotice = undefined;
      const then = this.options.clock.now();
      if (this.isLong(then)) this.tell(then);
      this.considerNotice(then);
    }, after);
  }

  private isLong(now: number): boolean {
    return this.queue.length > 0 && this.lastAt(now) - now >= tellFrom;
  }

  private tell(now: number): void {
    this.lastTold = now;
    const next = this.nextAt(now);
    this.options.onWait?.({
      waiting: this.queue.length,
      resumesIn: Math.max(0, (Number.isFinite(next) ? next : now + windowMs) - now),
      endsIn: this.lastAt(now) - now,
      kind: this.options.kind,
      cause: now < this.pausedUntil ? "refused" : "limit",
    });
  }
}
