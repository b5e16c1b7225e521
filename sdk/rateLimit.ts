// The tenant's rate limit, kept on our side so that alone we are never refused, and obeyed by everybody when ZPA does
// refuse. A request occupies a slot from the moment it leaves until a whole window after its answer came: whichever
// moment the server counts it at lies in between, so both sliding and fixed windows of the server hold.

import type { Clock } from "./clock";

/** ZPA counts over 10 s ("Understanding Rate Limiting" in Zscaler's help: 20 GET, 10 POST/PUT/DELETE). */
export const windowMs = 10_000;

/** What waits, and for how long: told when the next request will not leave for some seconds. */
export interface WaitNotice {
  /** Requests in the queue. */
  waiting: number;
  /** Milliseconds until the next one leaves. */
  resumesIn: number;
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
/** At most one notice in this time. */
const tellEvery = 10_000;

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
  private pausedUntil = Number.NEGATIVE_INFINITY;
  private lastTold = Number.NEGATIVE_INFINITY;
  private lastTicket = 0;
  private cancelTimer: (() => void) | undefined;
  private scope: "tenant" | "endpoint";

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

  /** ZPA refused a request: nobody leaves for `milliseconds`, and families are no longer counted apart. */
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
    if (now >= this.pausedUntil) {
      for (const waiter of [...this.queue]) {
        if (this.isFull(waiter.bucket)) {
          if (this.scope === "tenant") break;
          continue;
        }
        this.queue.splice(this.queue.indexOf(waiter), 1);
        waiter.admit(this.occupy(waiter.bucket));
      }
    }
    if (this.queue.length > 0) this.wait(now);
  }

  private isFull(bucket: string): boolean {
    const { limit } = this.options;
    if (limit === 0) return false;
    return (this.scope === "tenant" ? this.slots : this.slots.filter((slot) => slot.bucket === bucket)).length >= limit;
  }

  private occupy(bucket: string): Permit {
    const slot: Slot = { bucket, freeAt: undefined };
    this.slots.push(slot);
    return {
      release: () => {
        slot.freeAt ??= this.options.clock.now() + windowMs;
        this.pump();
      },
    };
  }

  /** Comes back when the next slot gets free; a slot whose request is under way calls `pump` itself. */
  private wait(now: number): void {
    const paused = now < this.pausedUntil;
    const freeAt = this.slots.map((slot) => slot.freeAt).filter((time) => time !== undefined);
    const next = paused ? this.pausedUntil : Math.min(...freeAt);
    if (!Number.isFinite(next)) return;
    this.cancelTimer = this.options.clock.schedule(() => this.pump(), Math.max(1, Math.ceil(next - now)));
    if (next - now < tellFrom || now - this.lastTold < tellEvery) return;
    this.lastTold = now;
    this.options.onWait?.({
      waiting: this.queue.length,
      resumesIn: next - now,
      kind: this.options.kind,
      cause: paused ? "refused" : "limit",
    });
  }
}
