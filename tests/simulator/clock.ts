/**
 * The simulator's time: a monotonic source in milliseconds, which a test may inject and advance, pinned to the wall
 * clock when the simulator starts. Windows and token lives are measured on it, and timestamps are made from it.
 */
export class Clock {
  readonly #epochOffset: number;

  constructor(readonly now: () => number = () => performance.now()) {
    this.#epochOffset = Date.now() - now();
  }

  epochMs(): number {
    return this.#epochOffset + this.now();
  }

  epochSeconds(): number {
    return Math.floor(this.epochMs() / 1000);
  }
}
