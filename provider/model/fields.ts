// The table of a resource's fields. One row is all that is known of a field: check, diff, request bodies, read and the
// README's tables go by it, so that a new field is one row.

/** What a value must look like; `check` holds the rules of each kind. */
export type FieldKind =
  "id" | "text" | "secret" | "pem" | "count" | "flag" | "choice" | "texts" | "keepers" | "percent";

export interface Field {
  /** The argument's name, the output's name and the name on the wire: they are one. */
  readonly name: string;
  readonly kind: FieldKind;
  readonly required?: true;
  /** The values that a choice takes. */
  readonly choices?: readonly string[];
  /** Longest text. */
  readonly maxLength?: number;
  /** A change makes a new object: always, or for the values that cannot be changed back. */
  readonly replaces?: true | ((old: unknown, now: unknown) => boolean);
  /** What holds when the program says nothing, or no longer says anything. */
  readonly fallback?: unknown;
  /** ZPA sets it when the program does not: its value stays when the program no longer names one. */
  readonly computed?: true;
  /** Kept as a Pulumi secret; goes to ZPA and never comes back. */
  readonly secret?: true;
  /** ZPA may leave it out of an answer: that is no drift. */
  readonly notAlwaysEchoed?: true;
  /** Ours alone: never sent, never read. */
  readonly local?: true;
  /** It counts when the object is made, and never again. */
  readonly onlyAtCreate?: true;
  /** For the README: what it is, and what a change does. */
  readonly note: string;
}

export type FieldTable = readonly Field[];
export type Values = Record<string, unknown>;

/** Pulumi's own property beside ours. */
export const providerKey = "__provider";

/** What stands in a value's place at preview while it is not known; `pulumi.runtime.unknownValue`, a fixed text. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value, or anything within it, is not known yet. */
export function isUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(isUnknown);
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Whether two values of a field mean the same. */
export function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

/** A text that is the same for values that mean the same, whatever the order of their keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join()}}`;
}

/** The names of the arguments that the program has set: kept in state, so that one that is taken away is noticed. */
export function setByProgram(table: FieldTable, inputs: Values): string[] {
  return table.filter((field) => isSet(inputs[field.name])).map((field) => field.name);
}

/** What a field shall be: as the program says, or back to its fallback when the program no longer says anything. */
export function wanted(field: Field, olds: Values, news: Values): unknown {
  const value = news[field.name];
  if (isSet(value)) return value;
  const wasSet = Array.isArray(olds[managedKey]) && olds[managedKey].includes(field.name);
  return wasSet && field.computed === undefined ? field.fallback : olds[field.name];
}

/** The output that remembers which arguments the program had set. */
export const managedKey = "managedFields";

/** Whether going from one value of a field to the other takes a new object. */
export function forcesReplacement(field: Field, old: unknown, now: unknown): boolean {
  if (field.replaces === undefined || same(old, now)) return false;
  return field.replaces === true || isUnknown(now) || field.replaces(old ?? field.fallback, now ?? field.fallback);
}

export interface Changes {
  /** Names of the fields that differ, unknown ones among them. */
  changed: string[];
  /** Those of them that make a new object. */
  replaces: string[];
}

/** What the program wants to be different from what stands in state (outputs). */
export function changes(table: FieldTable, olds: Values, news: Values): Changes {
  const result: Changes = { changed: [], replaces: [] };
  for (const field of table) {
    if (field.onlyAtCreate) continue;
    const now = wanted(field, olds, news);
    const old = olds[field.name] ?? field.fallback;
    if (same(old, now ?? field.fallback)) continue;
    result.changed.push(field.name);
    if (forcesReplacement(field, old, now)) result.replaces.push(field.name);
  }
  return result;
}

/** What all fields shall be. The client picks from it what the API takes as an object's body. */
export function target(table: FieldTable, olds: Values, news: Values): Values {
  return Object.fromEntries(table.map((field) => [field.name, wanted(field, olds, news)]));
}

/** Whether any of these fields is one that ZPA knows. */
export function concernsZpa(table: FieldTable, changed: readonly string[]): boolean {
  return table.some((field) => field.local === undefined && changed.includes(field.name));
}

/** The fields as ZPA's answer has them; what it may leave out stays as it was. */
export function fromWire(table: FieldTable, olds: Values, wire: Values): Values {
  const read = table.map((field): [string, unknown] => {
    const kept = field.local !== undefined || field.secret !== undefined;
    const value = wire[field.name];
    if (kept || (!isSet(value) && field.notAlwaysEchoed)) return [field.name, olds[field.name]];
    return [field.name, isSet(value) ? value : field.fallback];
  });
  return Object.fromEntries(read);
}

/** Without what is undefined: an `undefined` in an output throws in Pulumi's runtime after the object was made. */
export function clean(values: Values): Values {
  return JSON.parse(JSON.stringify(values)) as Values;
}
