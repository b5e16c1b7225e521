// The pauses of operations before they are tried again, outside of the queue for the rate limit.

import { type Clock, sleep } from "../clock";
import { type WaitNotice, WaitTeller } from "./waitNotice";

interface Pause {
  until: number;
  cause: WaitNotice["cause"];
}

export class Pauses {
  private readonly under = new Set<Pause>();
  private readonly teller: WaitTeller;

  constructor(
    private readonly clock: Clock,
    onWait: ((notice: WaitNotice) => void) | undefined,
  ) {
    this.teller = new WaitTeller(clock, onWait, () => this.notice());
  }

  /** Ends after `milliseconds`, or rejects with the signal's reason as soon as that is given. */
  async wait(milliseconds: number, cause: WaitNotice["cause"], signal: AbortSignal): Promise<void> {
    const pause = { until: this.clock.now() + milliseconds, cause };
    this.under.add(pause);
    this.teller.consider();
    try {
      await sleep(this.clock, milliseconds, signal);
    } finally {
      this.under.delete(pause);
      this.teller.consider();
    }
  }

  private notice(): WaitNotice | undefined {
    const [next, ...others] = [...this.under].sort((one, other) => one.until - other.until);
    if (next === undefined) return undefined;
    const last = others.at(-1) ?? next;
    const now = this.clock.now();
    const [resumesIn, endsIn] = [next.until - now, last.until - now];
    return { waiting: this.under.size, resumesIn, endsIn, kind: "requests", cause: last.cause };
  }
}
