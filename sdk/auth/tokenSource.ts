// The token that all requests of a client share: requested once, however many wait for it, and renewed before it
// expires.

import { abortable, type Clock } from "../clock";
import type { TokenResponse } from "./signIn";

export interface Token extends TokenResponse {
  /** When to renew it, on the monotonic clock. */
  renewAt: number;
}

/** Milliseconds before its expiry at which a token is renewed; one that lives under two minutes is renewed halfway. */
const renewBefore = 60_000;

interface Renewal {
  token: Promise<Token>;
  waiters: number;
  abort: AbortController;
}

export class TokenSource {
  /** The tenant id in the latest token, even if that token has expired. */
  customerId: string | undefined;
  private current: Token | undefined;
  private renewal: Renewal | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly signIn: (signal: AbortSignal) => Promise<TokenResponse>,
  ) {}

  /**
   * Returns the token; signs in if there is none or it is due for renewal. Concurrent callers share one sign-in, which
   * is aborted when all of them have given up.
   */
  async get(signal?: AbortSignal): Promise<Token> {
    signal?.throwIfAborted();
    if (this.current !== undefined && this.clock.now() < this.current.renewAt) return this.current;
    const renewal = (this.renewal ??= this.renew());
    renewal.waiters += 1;
    try {
      return await abortable(renewal.token, signal);
    } finally {
      renewal.waiters -= 1;
      if (renewal.waiters === 0 && this.renewal === renewal) {
        this.renewal = undefined;
        renewal.abort.abort(signal?.reason);
      }
    }
  }

  /** ZPA refused this token: the next request signs in again, unless another request already has. */
  discard(token: Token | undefined): void {
    if (this.current === token) this.current = undefined;
  }

  /** Returns the current token for signing out, and forgets it. */
  release(): Token | undefined {
    const token = this.current;
    this.current = undefined;
    return token;
  }

  private renew(): Renewal {
    const abort = new AbortController();
    const requestedAt = this.clock.now();
    const token = this.signIn(abort.signal).then((response) => {
      abort.signal.throwIfAborted();
      this.customerId = response.customerId ?? this.customerId;
      return (this.current = {
        ...response,
        renewAt: requestedAt + Math.max(response.lifetime - renewBefore, response.lifetime / 2),
      });
    });
    const renewal: Renewal = { token, waiters: 0, abort };
    // runs before the waiters continue: a failed sign-in is not kept, and a successful one is not aborted
    const settled = () => {
      if (this.renewal === renewal) this.renewal = undefined;
    };
    token.then(settled, settled);
    return renewal;
  }
}
