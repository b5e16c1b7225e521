// The tenant's rate limit, kept on our side so that alone we are never refused, and obeyed by everybody when ZPA does
// refuse. A request occupies a slot from the moment it leaves until a whole window after its answer came: whichever
// moment the server counts it at lies in between, so all that a server can have counted within one of its windows,
// sliding or fixed and whenever it began, occupied slots at one and the same time. A refused request occupies its slot
// like any other, for nobody knows whether the server counts it.

import type { Clock } from "../clock";
import type { ForeignSlot, Others, RateLedger } from "./sharedLedger";
import { type WaitNotice, WaitTeller } from "./waits";

/** ZPA counts over 10 s ("Understanding Rate Limiting" in Zscaler's help: 20 GET, 10 POST/PUT/DELETE). */
export const windowMs = 10_000;

/** A place on the wire. Give it back when the answer is there, whatever it says. */
export interface Permit {
  release(): void;
}

/** Of a request: `freeAt` is undefined while it is under way. */
type Slot = ForeignSlot;

interface Waiter {
  bucket: string;
  ticket: number;
  admit(permit: Permit): void;
}

/** Milliseconds that a process whose own requests fill the window leaves a free slot to others; fewer requests, less. */
const longestYield = 20;

/** Milliseconds between two looks at requests of other processes that are under way. */
const lookEvery = 200;

export interface RateLimiterOptions {
  kind: "reads" | "writes";
  /** Requests in 10 s; 0 for no limit. */
  limit: number;
  /** One count for all, or one for each family of endpoints until ZPA refuses a request. */
  scope: "tenant" | "endpoint";
  clock: Clock;
  onWait?: ((notice: WaitNotice) => void) | undefined;
  /** Shared with other processes. */
  ledger?: RateLedger | undefined;
}

export class RateLimiter {
  private slots: Slot[] = [];
  /** Of other processes, as last read. */
  private foreign: Slot[] = [];
  private readonly queue: Waiter[] = [];
  private scope: "tenant" | "endpoint";
  private pausedUntil = Number.NEGATIVE_INFINITY;
  private lastTicket = 0;
  /** The end of the pause after which one request goes ahead to try, and the rest follow once it is through. */
  private probed = Number.NEGATIVE_INFINITY;
  private probe: Slot | undefined;
  private cancelTimer: (() => void) | undefined;
  private readonly teller: WaitTeller;

  constructor(private readonly options: RateLimiterOptions) {
    this.scope = options.scope;
    this.teller = new WaitTeller(options.clock, options.onWait, () => this.notice());
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
    if (ledger !== undefined && this.foreign.length > 0) this.noteOthers(ledger.others(kind));
    this.slots = this.slots.filter((slot) => slot.freeAt === undefined || slot.freeAt > now);
    if (now >= this.pausedUntil) this.admit();
    if (this.queue.length > 0) this.wait(now);
    this.teller.consider();
  }

  private noteOthers({ slots, pausedUntil }: Others): void {
    this.foreign = slots;
    // after a pause of others that is over, nobody has to try first
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

  /** Undefined when another process was faster. */
  private occupy(bucket: string): Permit | undefined {
    const { clock, ledger, kind, limit } = this.options;
    const claim = limit > 0 ? ledger?.claim(kind, bucket) : undefined;
    if (claim !== undefined) {
      this.noteOthers(claim.before);
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
    const next = Math.min(
      ...this.slots.map((slot) => slot.freeAt ?? Number.POSITIVE_INFINITY),
      ...this.foreign.map((slot) => slot.freeAt ?? now + lookEvery),
    );
    return next + this.yieldTime();
  }

  /** Whoever has sent less goes first, so that processes that share the limit take turns. */
  private yieldTime(): number {
    const { ledger, limit } = this.options;
    return ledger === undefined ? 0 : longestYield * Math.min(1, this.slots.length / limit);
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

  private notice(): WaitNotice | undefined {
    if (this.queue.length === 0) return undefined;
    const now = this.options.clock.now();
    const next = this.nextAt(now);
    return {
      waiting: this.queue.length,
      resumesIn: Math.max(0, (Number.isFinite(next) ? next : now + windowMs) - now),
      endsIn: this.lastAt(now) - now,
      kind: this.options.kind,
      cause: now < this.pausedUntil ? "refused" : "limit",
    };
  }
}
