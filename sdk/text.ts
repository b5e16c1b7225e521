// Text in transit: HTML-escaped by ZPA, percent-encoded in URLs, shortened for messages.

const named = new Map(Object.entries({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" }));

/** Undoes one HTML escaping: ZPA stores names and descriptions escaped (`&#x2a;&#x2e;example`). */
export function unescapeHtml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return named.get((name as string).toLowerCase()) ?? whole;
    const code = hex !== undefined ? Number.parseInt(hex as string, 16) : Number.parseInt(decimal as string, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/**
 * Whether the object `name` is the one that a program calls `wanted`. ZPA escapes some names and descriptions twice
 * (`R&amp;amp;D`) without saying so. Since `R&amp;D` may be a real name, objects carry the name after one unescaping,
 * and this comparison also accepts it after two.
 */
export function sameName(wanted: string, name: string): boolean {
  return name === wanted || unescapeHtml(name) === wanted;
}

/** The objects with exactly this name; if there are none, those whose name ZPA escaped twice (see {@link sameName}). */
export function havingName<T extends { readonly name: string }>(objects: readonly T[], wanted: string): T[] {
  const exact = objects.filter(({ name }) => name === wanted);
  return exact.length > 0 ? exact : objects.filter(({ name }) => sameName(wanted, name));
}

/** Like `encodeURIComponent`, but encodes a lone surrogate as U+FFFD instead of throwing. */
export function encodeText(text: string): string {
  return encodeURIComponent(Buffer.from(text, "utf8").toString("utf8"));
}

/** Puts text on one line and cuts it after `length` characters, for messages. */
export function oneLine(text: string, length: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** An object's name for messages: quoted, on one line, 100 characters at most. */
export function quoted(name: string): string {
  return `"${oneLine(name, 100)}"`;
}
