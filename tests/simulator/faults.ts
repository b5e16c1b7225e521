import type { Reply } from "./http";
import { matches } from "./requestLog";
import type { RequestMatch } from "./requestLog";

/**
 * What goes wrong. "Commit" is the moment at which the request is carried out:
 * - `resetBeforeCommit`, `resetAfterCommit`: the connection is reset
 * - `hang`, `hangAfterCommit`: no answer until the simulator closes
 * - `status`, `statusAfterCommit`: `status`, `headers` and `body` are answered instead
 * - `body`: the request is carried out and answered, but with this `body` (and `headers`)
 * - `omit`: the request is carried out and answered, but without these `fields`, in lists too
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
  | "omit"
  | "pause"
  | "pauseAfterCommit";

/** What goes wrong, with which requests, and how often. */
export interface FaultOptions {
  /** What goes wrong. */
  kind: FaultKind;
  /** Left out: every request, sign-in included. `nth` is the first matching request to hit, from 1. */
  match?: RequestMatch & {
    /** The first matching request to hit, from 1. */
    nth?: number;
  };
  /** How many requests are hit: default 1; `Infinity` for all. */
  times?: number;
  /** Default 503. */
  status?: number;
  /** Headers of the answer. */
  headers?: Record<string, string>;
  /** Text goes out as it is, `""` as an empty body, anything else as JSON. Left out, the API's usual words for a 503. */
  body?: unknown;
  /** What `omit` takes out of the answer. */
  fields?: readonly string[];
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

  /** @param options - as planned */
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

  /** Waits until {@link resume} or {@link clear}. */
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

  /** What goes out in place of `carriedOut`, the answer to a request that was carried out. */
  replyAfter(carriedOut: Reply): Reply {
    const { kind, status = carriedOut.status, fields = [] } = this.options;
    if (kind === "statusAfterCommit") return this.reply();
    if (kind === "body") return { ...carriedOut, ...this.reply(), status };
    if (kind === "omit") return { ...carriedOut, body: without(carriedOut.body, fields) };
    return carriedOut;
  }

  /** The answer in place of the usual one. */
  reply(): Reply {
    const { status = 503, headers, body = { id: "retryable.server.error", reason: "Please retry." } } = this.options;
    return { status, body, ...(headers ? { headers } : {}) };
  }
}

function without(body: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(body)) return body.map((row) => without(row, fields));
  if (typeof body !== "object" || body === null) return body;
  const kept = Object.entries(body).filter(([field]) => !fields.includes(field));
  return Object.fromEntries(kept.map(([field, value]) => [field, field === "list" ? without(value, fields) : value]));
}
