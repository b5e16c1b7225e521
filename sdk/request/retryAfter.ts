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
