const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** ZPA stores names and descriptions HTML-escaped (`&#x2a;&#x2e;example`): this gives back what the user wrote. */
export function unescapeHtml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return named[(name as string).toLowerCase()] ?? whole;
    const code = hex !== undefined ? Number.parseInt(hex as string, 16) : Number.parseInt(decimal as string, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
