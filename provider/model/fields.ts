// The table of a resource's fields. One row is all that is known of a field: check, diff, request bodies, read and the
// tables of docs/resources.md go by it, so that a new field is one row.

/** What a value must look like; `check` holds the rules of each kind. */
type FieldKind =
  | "id"
  | "ids"
  | "text"
  | "secret"
  | "pem"
  | "count"
  | "integer"
  | "decimal"
  | "flag"
  | "choice"
  | "texts"
  | "keepers"
  | "minutes";

export interface Field {
  /** The argument's name, the output's name and the name on the wire: they are one. */
  readonly name: string;
  readonly kind: FieldKind;
  readonly required?: true;
  /** The values that a choice takes. */
  readonly choices?: readonly (string | number)[];
  /** Longest text. */
  readonly maxLength?: number;
  /** What a text must look like, and the words for it. */
  readonly format?: { readonly pattern: RegExp; readonly says: string };
  /** The least and the largest value of an integer or a decimal number. */
  readonly range?: readonly [least: number, most: number];
  /** A change makes a new object: always, or for the values that cannot be changed back. */
  readonly replaces?: true | ((old: unknown, now: unknown) => boolean);
  /** What holds when nobody says anything; an argument that is taken out of the program goes back to it. */
  readonly fallback?: unknown;
  /** ZPA sets it when the program does not: its value stays when the argument is taken out of the program. */
  readonly computed?: true;
  /** Kept as a Pulumi secret; goes to ZPA and never comes back. */
  readonly secret?: true;
  /** ZPA may leave it out of an answer: that is no drift. */
  readonly notAlwaysEchoed?: true;
  /** Ours alone: never sent, never read. */
  readonly local?: true;
  /** It counts when the object is made, and never again. */
  readonly onlyAtCreate?: true;
  /** A list whose order means nothing. */
  readonly unordered?: true;
  /** For docs/resources.md: what it is, and what a change does. */
  readonly note: string;
}

export type FieldTable = readonly Field[];
export type Values = Record<string, unknown>;

declare const side: unique symbol;
/** Arguments that check has approved: what the engine keeps as a resource's inputs. */
export type Inputs = Values & { readonly [side]?: "inputs" };
/** What the engine keeps as a resource's outputs. */
export type State = Values & { readonly [side]?: "state" };

/** Id of the microtenant that every tenant has; ZPA names it with this id, or leaves it out. */
export const defaultMicrotenant = "0";

/** Pulumi's own property beside ours. */
export const providerKey = "__provider";

/** Stands for a value that is not known at preview; the text of `pulumi.runtime.unknownValue`, which never changes. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value, or anything within it, is not known yet. */
export function isUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(isUnknown);
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A text that is the same for values that mean the same, whatever the order of their keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join()}}`;
}

/** Whether two values of a field mean the same. */
export function same(field: Field, one: unknown, other: unknown): boolean {
  const comparable = (value: unknown) => {
    const given = field.kind === "decimal" ? rounded(value) : isSet(value) ? value : field.fallback;
    return canonical(field.unordered && Array.isArray(given) ? given.map(canonical).sort() : given);
  };
  return comparable(one) === comparable(other);
}

/** A decimal number as ZPA may write it in another way, as `50.10`; whatever else it is stays as it is. */
function rounded(value: unknown): unknown {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? Math.round(number * 1e6) / 1e6 : value;
}

/** The names of the arguments that the program has set. */
export function setByProgram(table: FieldTable, inputs: Inputs): string[] {
  return table.filter((field) => isSet(inputs[field.name])).map((field) => field.name);
}

/** Whether going from one value of a field to the other takes a new object. */
export function forcesReplacement(field: Field, old: unknown, now: unknown): boolean {
  if (field.replaces === undefined || same(field, old, now)) return false;
  return field.replaces === true || isUnknown(now) || field.replaces(old ?? field.fallback, now ?? field.fallback);
}

/** Whether any of these fields is one that ZPA knows. */
export function concernsZpa(table: FieldTable, changed: readonly string[]): boolean {
  return table.some((field) => field.local === undefined && changed.includes(field.name));
}

/** The fields as ZPA's answer has them; what it may leave out stays as it was. */
export function fromWire(table: FieldTable, known: Values, wire: Values): Values {
  const read = table.map((field): [string, unknown] => {
    const kept = field.local !== undefined || field.secret !== undefined;
    const value = wire[field.name];
    if (kept || (!isSet(value) && field.notAlwaysEchoed)) return [field.name, known[field.name]];
    return [field.name, isSet(value) ? value : field.fallback];
  });
  return Object.fromEntries(read);
}

/**
 * Without what is undefined: an `undefined` in an output throws in Pulumi's runtime after the object was made, and in a
 * partial failure it keeps the engine waiting for ever.
 */
export function clean(values: Values): Values {
  return JSON.parse(JSON.stringify(values)) as Values;
}
