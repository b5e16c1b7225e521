import type { Reply } from "./http";
import { matches } from "./requestLog";
import type { RequestMatch } from "./requestLog";

/**
 * What goes wrong. "Commit" is the moment at which the request is carried out:
 * - `resetBeforeCommit`, `resetAfterCommit`: the connection is reset
 * - `hang`, `hangAfterCommit`: no answer until the simulator closes
 * - `status`, `statusAfterCommit`: `status`, `headers` and `body` are answered instead
 * - `body`: the request is carried out and answered, but with this `body` (and `headers`)
 * - `pause`, `pauseAfterCommit`: held until `resume()` or `clear()`, then it goes on as if nothing had been
 */
export type FaultKind =
  | "resetBeforeCommit"
  | "resetAfterCommit"
  | "hang"
  | "hangAfterCommit"
  | "status"
  | "statusAfterCommit"
  | "body"
  | "pause"
  | "pauseAfterCommit";

export interface FaultOptions {
  kind: FaultKind;
  /** Left out: every request, sign-in included. `nth` is the first matching request to hit, from 1. */
  match?: RequestMatch & { nth?: number };
  /** How many requests are hit: default 1; `Infinity` for all. */
  times?: number;
  /** Default 503. */
  status?: number;
  headers?: Record<string, string>;
  /** Text goes out as it is, anything else as JSON. Left out, the API's usual words for a 503. */
  body?: unknown;
}

/** A fault that was planned: requests refused for their token or by the rate limits do not reach it. */
export class Fault {
  /** How many requests were hit. */
  fired = 0;
  #seen = 0;
  #taken = 0;
  #cleared = false;
  readonly #waiting: (() => void)[] = [];
  readonly #held: (() => void)[] = [];

  constructor(readonly options: Readonly<FaultOptions>) {}

  /** Whether this fault takes the request; counts it. */
  takes(request: { method: string; path: string }): boolean {
    const { match = {}, times = 1 } = this.options;
    if (this.#cleared || !matches(request, match)) return false;
    this.#seen += 1;
    if (this.#seen < (match.nth ?? 1) || this.#taken >= times) return false;
    this.#taken += 1;
    return true;
  }

  /** Marks the fault as fired: the request is now at the point where the fault hits. */
  fire(): void {
    this.fired += 1;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Settles when the fault has hit a request: for the `…AfterCommit` kinds, when that request is committed. */
  waitUntilFired(): Promise<void> {
    if (this.fired > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  hold(): Promise<void> {
    return new Promise((resolve) => this.#held.push(resolve));
  }

  /** Lets the requests go on that a pause holds. */
  resume(): void {
    for (const release of this.#held.splice(0)) release();
  }

  /** Hits no further request, and lets go what is paused. */
  clear(): void {
    this.#cleared = true;
    this.resume();
  }

  reply(): Reply {
    const { status = 503, headers, body = { id: "retryable.server.error", reason: "Please retry." } } = this.options;
    return { status, body, ...(headers ? { headers } : {}) };
  }
}
