// A ZPA that only counts, and clients that send through the limiter as the transport does.

import { RateLimiter, type RateLimiterOptions, windowMs } from "../../sdk/rateLimit/limiter";
import type { FakeClock } from "./fakeClock";

export interface CountingServerOptions {
  /** `phase`: when a fixed window begins, from 0 to 10 000. */
  window: { kind: "sliding" } | { kind: "fixed"; phase: number };
  scope: "tenant" | "endpoint";
  limit: number;
  /** Milliseconds to announce; `exact` until the window has room. */
  retryAfter: number | "exact";
}

/** Counts what it lets through, as the API does for one kind of request. */
export class CountingServer {
  refusals = 0;
  private readonly accepted = new Map<string, number[]>();

  constructor(
    private readonly options: CountingServerOptions,
    private readonly clock: FakeClock,
  ) {}

  /** @returns undefined when the request passes, else the milliseconds to wait. */
  take(family: string): number | undefined {
    const { window, scope, limit, retryAfter } = this.options;
    const now = this.clock.now();
    const counter = scope === "tenant" ? "" : family;
    const times = this.accepted.get(counter) ?? [];
    const since = window.kind === "sliding" ? now - windowMs : now - ((now - window.phase + windowMs) % windowMs);
    const counted = times.filter((time) => (window.kind === "sliding" ? time > since : time >= since));
    if (counted.length < limit) {
      times.push(now);
      this.accepted.set(counter, times);
      return undefined;
    }
    this.refusals += 1;
    if (retryAfter !== "exact") return retryAfter;
    return (window.kind === "sliding" ? counted[0]! : since) + windowMs - now;
  }
}

/** One process: its limiter, and what it saw. */
export class SimulatedClient {
  readonly limiter: RateLimiter;
  /** When each request left, and for how long the server refused it (undefined: not at all). */
  readonly departures: { at: number; ticket: number; family: string }[] = [];
  /** From when to when nobody may leave. */
  readonly pauses: { from: number; until: number }[] = [];
  private isKilled = false;

  constructor(
    private readonly server: CountingServer,
    private readonly clock: FakeClock,
    private readonly latency: () => number,
    options: Partial<RateLimiterOptions> = {},
  ) {
    this.limiter = new RateLimiter({ kind: "writes", limit: 10, scope: "tenant", clock, ...options });
  }

  /** The process ends: what is on its way may still arrive, but nothing more leaves, and nobody takes the answers. */
  kill(): void {
    this.isKilled = true;
  }

  /** Sends a request until the server takes it. */
  async send(family = "key", signal?: AbortSignal): Promise<void> {
    const ticket = this.limiter.ticket();
    for (;;) {
      const permit = await this.limiter.acquire(ticket, family, signal);
      if (this.isKilled) return;
      this.departures.push({ at: this.clock.now(), ticket, family });
      const latency = this.latency();
      // the server counts it somewhere on its way
      const out = Math.round(latency * ((this.departures.length % 11) / 10));
      await this.clock.sleep(out);
      const retryAfter = this.server.take(family);
      await this.clock.sleep(latency - out);
      if (this.isKilled) return;
      permit.release();
      if (retryAfter === undefined) return;
      const now = this.clock.now();
      this.pauses.push({ from: now, until: now + retryAfter });
      this.limiter.refused(retryAfter + this.latency());
    }
  }
}
