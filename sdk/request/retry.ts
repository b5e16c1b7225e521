// Retry limits and backoff. Pure functions: the operation does the waiting.

/** Maximum retries of one operation, not counting those after a 429. */
export const maxRetries = 4;

/** Milliseconds. */
const firstBackoff = 500;
/** Milliseconds. */
const maxBackoff = 10_000;

/** Exponential backoff in milliseconds before the given retry (1 for the first): 0.5 s to 10 s, half of it random. */
export function backOff(retry: number, random: () => number): number {
  const full = Math.min(maxBackoff, firstBackoff * 2 ** (retry - 1));
  return full / 2 + (full / 2) * random();
}

/** Up to this many milliseconds are added to a wait that ZPA requests, so that clients do not all return at once. */
const jitter = 1_000;

/** Milliseconds to wait if ZPA requests `atLeast`. */
export function withJitter(atLeast: number, random: () => number): number {
  return atLeast + jitter * random();
}

/**
 * Limits the retries of all operations together, so that they do not multiply the load on an API that is down. Each
 * retry after an operation's first takes one retry token, and each success returns half a one. So an API that is down
 * receives little more than two requests per operation, while any number of operations can retry a single failure.
 */
export class RetryBudget {
  private left: number;

  constructor(private readonly capacity = 60) {
    this.left = capacity;
  }

  /** Takes one retry token; returns false if none is left. */
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
 * Parses a `Retry-After` header into milliseconds; returns undefined if it is absent or not valid.
 *
 * ZPA sends `13s`, with the unit; RFC 9110 §10.2.3 allows a plain number of seconds or an HTTP date. A date is relative
 * to the response's own `Date` header, because this machine's clock may differ from the server's.
 *
 * @param date - the response's `Date` header
 * @param wallTime - this machine's time in milliseconds since 1970, used if `date` is not valid
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

/**
 * Accepts RFC 9110's three date formats, which all begin with a weekday: `Date.parse` alone accepts almost anything.
 */
function parseHttpDate(text: string): number | undefined {
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  // the third format has no time zone and means GMT
  const time = Date.parse(/GMT|UTC|[+-]\d{4}$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}
