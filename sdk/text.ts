// Texts as they travel: escaped by ZPA, encoded in a URL, on one line in a message.

const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** ZPA stores names and descriptions HTML-escaped (`&#x2a;&#x2e;example`): this gives back what the user wrote. */
export function unescapeHtml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return named[(name as string).toLowerCase()] ?? whole;
    const code = hex !== undefined ? Number.parseInt(hex as string, 16) : Number.parseInt(decimal as string, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/**
 * Whether an object that ZPA calls `name` is the one that a program calls `wanted`. Some names and descriptions come back
 * escaped twice (`R&amp;amp;D`). No answer says so, and somebody may have meant `R&amp;D`, so objects bear what is left
 * after one unescaping; compared with this, they are also what is left after two.
 */
export function sameName(wanted: string, name: string): boolean {
  return name === wanted || unescapeHtml(name) === wanted;
}

/** The objects of this name: those that bear it as it is; only where there are none, those that ZPA escaped twice. */
export function havingName<T extends { readonly name: string }>(objects: readonly T[], wanted: string): T[] {
  const exact = objects.filter(({ name }) => name === wanted);
  return exact.length > 0 ? exact : objects.filter(({ name }) => sameName(wanted, name));
}

/** `encodeURIComponent` that also takes half a surrogate pair, as the character that stands for what cannot be read. */
export function encodeText(text: string): string {
  return encodeURIComponent(Buffer.from(text, "utf8").toString("utf8"));
}

/** For a message: on one line, and no longer than `length` characters. */
export function oneLine(text: string, length: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** An object's name as a message shows it. */
export function quoted(name: string): string {
  return `"${oneLine(name, 100)}"`;
}
