// One token for the whole process: asked for once however many requests wait for it, renewed before it expires.

import type { Clock } from "./clock";
import type { TokenAnswer } from "./signIn";

export interface Token extends TokenAnswer {
  /** On the monotonic clock. */
  renewAt: number;
}

/** A token is renewed this long before it expires; a very short-lived one at half of its life. */
const renewBefore = 60_000;

export class TokenSource {
  private current: Token | undefined;
  private renewal: Promise<Token> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly signIn: () => Promise<TokenAnswer>,
  ) {}

  /** The token, signing in when there is none that is good for a while. */
  async get(signal?: AbortSignal): Promise<Token> {
    signal?.throwIfAborted();
    if (this.current !== undefined && this.clock.now() < this.current.renewAt) return this.current;
    // whoever comes while the sign-in is under way shares it; one that failed is not kept
    this.renewal ??= this.renew().finally(() => (this.renewal = undefined));
    return signal === undefined ? this.renewal : await Promise.race([this.renewal, rejection(signal)]);
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

  private async renew(): Promise<Token> {
    const asked = this.clock.now();
    const answer = await this.signIn();
    this.current = { ...answer, renewAt: asked + Math.max(answer.life - renewBefore, answer.life / 2) };
    return this.current;
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
