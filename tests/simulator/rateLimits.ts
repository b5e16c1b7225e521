import type { Clock } from "./clock";
import type { Reply } from "./http";
import type { RateLimitSettings, SimulatorSettings } from "./settings";

/** Counts the requests that were let through, and refuses those that are too many. */
export class RateLimits {
  readonly #times = new Map<string, number[]>();

  constructor(
    private readonly settings: SimulatorSettings,
    private readonly clock: Clock,
  ) {}

  /** @returns the refusal, or `undefined` when the request may pass, which counts it. */
  refusal(method: string, family: string): Reply | undefined {
    const limits = this.settings.rateLimits;
    if (limits.windows === "off") return undefined;
    const now = this.clock.now();
    const read = method === "GET";
    const counter = `${read ? "read" : "write"} ${limits.scope === "tenant" ? "" : family}`;
    const since = limits.windows === "fixed" ? now - (now % limits.windowMs) : now - limits.windowMs;
    const times = (this.#times.get(counter) ?? []).filter((time) =>
      limits.windows === "fixed" ? time >= since : time > since,
    );
    this.#times.set(counter, times);
    if (times.length < (read ? limits.reads : limits.writes)) {
      times.push(now);
      return undefined;
    }
    const freeAt = (limits.windows === "fixed" ? since : (times[0] ?? now)) + limits.windowMs;
    return {
      status: 429,
      headers: this.#retryAfter(limits, freeAt - now),
      body: {
        exception: "invalid.toomanyrequests",
        id: "invalid.toomanyrequests",
        reason: "Exceeded the number of requests allowed.",
      },
    };
  }

  #retryAfter(limits: RateLimitSettings, untilFreeMs: number): Record<string, string> {
    const seconds = limits.retryAfterSeconds === "window" ? Math.ceil(untilFreeMs / 1000) : limits.retryAfterSeconds;
    switch (limits.retryAfterFormat) {
      case "13s":
        return { "retry-after": `${seconds}s` };
      case "13":
        return { "retry-after": String(seconds) };
      case "http-date":
        return { "retry-after": new Date(this.clock.epochMs() + seconds * 1000).toUTCString() };
      case "absent":
        return {};
    }
  }
}
