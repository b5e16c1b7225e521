// When a request that failed is worth another try, and after how long. Pure: the operation does the waiting.

/** Retries of one operation, beside those that the rate limit asks for. */
export const maxRetries = 4;

const firstPause = 500;
const longestPause = 10_000;

/** Milliseconds before the given retry (1 for the first): doubling from 0.5 s to 10 s, of which a random half is taken. */
export function backOff(retry: number, random: () => number): number {
  const full = Math.min(longestPause, firstPause * 2 ** (retry - 1));
  return full / 2 + (full / 2) * random();
}

/** Up to this much is added to a wait that ZPA asks for, so that those who wait do not all come back at once. */
const jitter = 1_000;

/** Milliseconds to wait when ZPA asks for `atLeast`. */
export function withJitter(atLeast: number, random: () => number): number {
  return atLeast + jitter * random();
}

/**
 * Keeps many operations that fail together from multiplying the load on an API that is down: each retry of an operation
 * beyond its first takes one from the purse, each success puts a little back. So an API that is down gets little more
 * than two requests for each operation, and a burst of single faults passes however many operations it meets.
 */
export class RetryBudget {
  private left: number;

  constructor(private readonly capacity = 60) {
    this.left = capacity;
  }

  /** Whether a retry may be made; if so it is paid for. */
  take(): boolean {
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }

  succeeded(): void {
    this.left = Math.min(this.capacity, this.left + 0.5);
  }
}

/**
 * How long a `Retry-After` header asks to wait, in milliseconds, or undefined when it says nothing usable.
 *
 * ZPA writes `13s`, with the unit; a plain number of seconds and an HTTP date are what RFC 9110 §10.2.3 allows. A date
 * is taken relative to the answer's own `Date`, since only the server's clock counts.
 *
 * @param wallTime - milliseconds since 1970 on our clock, for an answer without a usable `Date`
 */
export function parseRetryAfter(
  header: string | undefined,
  date: string | undefined,
  wallTime: number,
): number | undefined {
  const text = header?.trim() ?? "";
  const seconds = /^(\d+(?:\.\d+)?)\s*s?$/i.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1000;
  const until = parseHttpDate(text);
  return until === undefined ? undefined : Math.max(0, until - (parseHttpDate(date ?? "") ?? wallTime));
}

/** One of RFC 9110's three forms, which all begin with the day's name: `Date.parse` takes almost anything with a digit. */
function parseHttpDate(text: string): number | undefined {
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  // the third form names no zone and means GMT
  const time = Date.parse(/GMT|UTC|[+-]\d{4}$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}
