// What users learn of waits: how many wait, until when and why, and no more often than they care to read it.

import type { Clock } from "../clock";

/** What waits, and for how long: told when requests will not leave for some seconds. */
export interface WaitNotice {
  /** How many wait. */
  waiting: number;
  /** Milliseconds until the next one leaves. */
  resumesIn: number;
  /** Milliseconds until the last one of them leaves, if ZPA refuses none. */
  endsIn: number;
  /** Reads are GETs and writes the rest, in the queue for the limit; requests are those that are to be repeated. */
  kind: "reads" | "writes" | "requests";
  /** Our own counting holds them back, or ZPA refused a request (429), or one failed and is to be repeated. */
  cause: "limit" | "refused" | "failed";
}

/** Waits shorter than this are not worth a word. */
const tellFrom = 3_000;
/** At most one notice in 10 s, however early a timer fires. */
const tellEvery = 10_100;
/** A wave of requests is told as one number, so the notice waits for it to arrive. */
const tellAfter = 500;

/** Tells of one kind of waits. */
export class WaitTeller {
  private lastTold = Number.NEGATIVE_INFINITY;
  private cancel: (() => void) | undefined;

  /** @param current - the waits as they are, undefined when there are none */
  constructor(
    private readonly clock: Clock,
    private readonly onWait: ((notice: WaitNotice) => void) | undefined,
    private readonly current: () => WaitNotice | undefined,
  ) {}

  /** To be called whenever the waits may have changed. */
  consider(): void {
    if (this.onWait === undefined) return;
    if (this.longWait() === undefined) {
      this.cancel?.();
      this.cancel = undefined;
      return;
    }
    if (this.cancel !== undefined) return;
    const after = Math.ceil(Math.max(tellAfter, this.lastTold + tellEvery - this.clock.now()));
    this.cancel = this.clock.schedule(() => {
      this.cancel = undefined;
      const notice = this.longWait();
      if (notice !== undefined) {
        this.lastTold = this.clock.now();
        this.onWait?.(notice);
      }
      this.consider();
    }, after);
  }

  private longWait(): WaitNotice | undefined {
    const notice = this.current();
    return notice !== undefined && notice.endsIn >= tellFrom ? notice : undefined;
  }
}
