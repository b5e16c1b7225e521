import type { Clock } from "../../sdk/clock";

interface Timer {
  at: number;
  callback: () => void;
}

/**
 * Time that stands still until it is advanced. With `skip`, waits of up to so many milliseconds are over as soon as
 * nothing else happens; `waits` has them all. What is longer, such as an operation's deadline, waits for `advance`.
 */
export class TestClock implements Clock {
  readonly waits: number[] = [];
  private time = 1_000_000;
  private timers: Timer[] = [];

  constructor(private readonly options: { skip?: number } = {}) {}

  now = (): number => this.time;

  wallTime = (): number => 1_700_000_000_000 + this.time;

  schedule = (callback: () => void, milliseconds: number): (() => void) => {
    const timer = { at: this.time + milliseconds, callback };
    this.timers.push(timer);
    this.waits.push(milliseconds);
    if (milliseconds <= (this.options.skip ?? 0))
      setImmediate(() => this.timers.includes(timer) && this.runTo(timer.at));
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  };

  /** How many callbacks are still to come. */
  get pending(): number {
    return this.timers.length;
  }

  /** Goes to the next thing that waits for no more than a minute, if there is one. */
  advanceToNext(): void {
    const next = Math.min(...this.timers.map((timer) => timer.at));
    if (next - this.time <= 60_000) this.runTo(next);
  }

  advance(milliseconds: number): void {
    this.runTo(this.time + milliseconds);
  }

  /** Resolves when something waits for so many milliseconds, or one or two more: notes on disk are rounded up. */
  async untilWaiting(milliseconds: number): Promise<void> {
    while (!this.timers.some((timer) => Math.abs(timer.at - this.time - milliseconds) <= 2)) await nextTurn();
  }

  private runTo(time: number): void {
    for (;;) {
      const [due] = this.timers.filter((timer) => timer.at <= time).sort((one, other) => one.at - other.at);
      if (due === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.time = Math.max(this.time, due.at);
      due.callback();
    }
    this.time = Math.max(this.time, time);
  }
}

/** Lets the sockets and promises run that can. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
