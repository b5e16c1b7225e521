// One token for the whole process: asked for once however many requests wait for it, renewed before it expires.

import { abortable, type Clock } from "../clock";
import type { TokenAnswer } from "./signIn";

export interface Token extends TokenAnswer {
  /** On the monotonic clock. */
  renewAt: number;
}

/** A token is renewed this long before it expires; one that lives for less than two minutes, at half of its life. */
const renewBefore = 60_000;

interface Renewal {
  token: Promise<Token>;
  waiters: number;
  abort: AbortController;
}

export class TokenSource {
  /** The tenant that the last token named, which may have expired since. */
  customerId: string | undefined;
  private current: Token | undefined;
  private renewal: Renewal | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly signIn: (signal: AbortSignal) => Promise<TokenAnswer>,
  ) {}

  /**
   * The token, signing in when there is none that is good for a while. Whoever comes while a sign-in is under way shares
   * it; when all have left, it ends.
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

  /** ZPA refused this token: the next request signs in again, unless somebody has already. */
  discard(token: Token): void {
    if (this.current === token) this.current = undefined;
  }

  /** The token that is held, to sign out with; afterwards there is none. */
  release(): Token | undefined {
    const token = this.current;
    this.current = undefined;
    return token;
  }

  private renew(): Renewal {
    const abort = new AbortController();
    const asked = this.clock.now();
    const token = this.signIn(abort.signal).then((answer) => {
      abort.signal.throwIfAborted();
      this.customerId = answer.customerId;
      return (this.current = { ...answer, renewAt: asked + Math.max(answer.life - renewBefore, answer.life / 2) });
    });
    const renewal: Renewal = { token, waiters: 0, abort };
    // before those who wait go on: a sign-in that failed is not kept, and one that succeeded is not aborted
    const over = () => {
      if (this.renewal === renewal) this.renewal = undefined;
    };
    token.then(over, over);
    return renewal;
  }
}
