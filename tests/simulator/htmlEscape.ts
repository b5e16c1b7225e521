const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
  "*": "&#x2a;",
  ".": "&#x2e;",
};

/** The API answers free text HTML-escaped: `*.example` comes back as `&#x2a;&#x2e;example`. */
export function escapeHtml(value: string): string {
  return value.replace(/[&<>"'*.]/g, (character) => entities[character] ?? character);
}

/** Escapes the two fields that the API escapes, and leaves out what is `undefined`. */
export function escapeTexts(wire: Record<string, unknown>): Record<string, unknown> {
  const escaped: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(wire)) {
    if (value === undefined) continue;
    escaped[field] =
      (field === "name" || field === "description") && typeof value === "string" ? escapeHtml(value) : value;
  }
  return escaped;
}
