import type { Clock } from "../../sdk/clock";

interface Timer {
  at: number;
  order: number;
  callback: () => void;
}

/** Time that passes only when nothing else is left to do: hours of waiting cost milliseconds, and runs repeat exactly. */
export class FakeClock implements Clock {
  private timers: Timer[] = [];
  private order = 0;

  constructor(private time = 0) {}

  now = (): number => this.time;

  wallTime = (): number => 1_700_000_000_000 + this.time;

  schedule = (callback: () => void, milliseconds: number): (() => void) => {
    const timer = { at: this.time + milliseconds, order: this.order++, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  };

  sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => this.schedule(resolve, milliseconds));

  /** How many callbacks are still to come. */
  get pending(): number {
    return this.timers.length;
  }

  /** Lets time pass up to `until`, and everything happen that is due by then. */
  async runUntil(until: number): Promise<void> {
    await settle();
    for (let next = this.next(); next !== undefined && next.at <= until; next = this.next()) await this.fire(next);
    this.time = Math.max(this.time, until);
    await settle();
  }

  /** Lets time pass until `promise` is settled. Throws when nothing is left that could settle it. */
  async runFor<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    promise.then(
      () => (isSettled = true),
      () => (isSettled = true),
    );
    await settle();
    while (!isSettled) {
      const next = this.next();
      if (next === undefined) throw new Error("Nothing is left that could end the wait.");
      await this.fire(next);
    }
    return promise;
  }

  private async fire(timer: Timer): Promise<void> {
    this.timers = this.timers.filter((other) => other !== timer);
    this.time = Math.max(this.time, timer.at);
    timer.callback();
    await settle();
  }

  private next(): Timer | undefined {
    return this.timers.reduce<Timer | undefined>(
      (first, timer) =>
        first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order)
          ? timer
          : first,
      undefined,
    );
  }
}

/** Lets all promises run that can. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
