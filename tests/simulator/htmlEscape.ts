import type { SimulatorSettings } from "./settings";

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

const raw = Symbol("raw");

/** An object as it is answered, before escaping: a field that is `undefined` is absent. */
export interface Wire {
  [field: string]: unknown;
  /** Fields that are not escaped. */
  [raw]?: Readonly<Record<string, unknown>>;
}

/** The answer with these fields as they are, in place of the usual ones. */
export const withRaw = (wire: Wire, fields: Readonly<Record<string, unknown>> | undefined): Wire =>
  fields === undefined ? wire : { ...wire, ...fields, [raw]: fields };

/** Escapes the two fields that the API escapes, and leaves out what is `undefined`. */
export function escapeTexts(wire: Wire, { escapeTexts: times }: SimulatorSettings): Record<string, unknown> {
  const escape = (text: string): string =>
    ({ never: text, once: escapeHtml(text), twice: escapeHtml(escapeHtml(text)) })[times];
  const escaped = Object.entries(wire).map(([field, value]) => {
    const text = (field === "name" || field === "description") && typeof value === "string";
    return [field, text ? escape(value) : value] as const;
  });
  const fields = { ...Object.fromEntries(escaped), ...wire[raw] };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
