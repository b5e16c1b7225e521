/**
 * How long a `Retry-After` header asks to wait, in milliseconds, or undefined when it says nothing usable.
 *
 * ZPA writes `13s`, with the unit; a plain number of seconds and an HTTP date are what RFC 9110 §10.2.3 allows. A date
 * is taken relative to the answer's own `Date`, since only the server's clock counts.
 */
export function parseRetryAfter(header: string | undefined, date: string | undefined, wallTime: number) {
  const text = header?.trim() ?? "";
  const seconds = /^(\d+(?:\.\d+)?)\s*s?$/i.exec(text)?.[1];
  if (seconds !== undefined) {
    const milliseconds = Number(seconds) * 1000;
    return Number.isFinite(milliseconds) ? milliseconds : undefined;
  }
  // Date.parse takes almost anything that holds a number: an HTTP date starts with the day's name
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  const until = Date.parse(text);
  if (Number.isNaN(until)) return undefined;
  const serverNow = date === undefined ? Number.NaN : Date.parse(date);
  return Math.max(0, until - (Number.isNaN(serverNow) ? wallTime : serverNow));
}
