import { invalidOperand, invalidParam } from "./errors";
import { escapeTexts } from "./htmlEscape";
import type { Query, Reply } from "./http";
import type { SimulatorSettings } from "./settings";

/** An object as it is answered, before escaping: a field that is `undefined` is absent. */
export type Wire = Record<string, unknown>;

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 500;

/**
 * A page of the rows that the query's search leaves, in the query's order.
 *
 * @param unlisted - fields that can be searched but are not answered
 */
export function page(
  rows: readonly Wire[],
  query: Query,
  settings: SimulatorSettings,
  unlisted: readonly string[] = [],
): Reply {
  const found = sort(search(rows, query.get("search")), query);
  const number = wholeNumber(query, "page", 1);
  let size = wholeNumber(query, "pagesize", DEFAULT_PAGE_SIZE);
  if (size > MAX_PAGE_SIZE) {
    if (settings.oversizedPage === "refuse")
      throw invalidParam("pagesize", `The page size is at most ${MAX_PAGE_SIZE}.`);
    size = MAX_PAGE_SIZE;
  }
  const list = found.slice((number - 1) * size, number * size).map((row) => {
    const shown = escapeTexts(row);
    for (const field of unlisted) delete shown[field];
    return shown;
  });
  return {
    status: 200,
    body: {
      totalPages: String(Math.ceil(found.length / size)),
      ...totalCount(found.length, settings),
      // An empty list is absent, not [].
      ...(list.length > 0 ? { list } : {}),
    },
  };
}

function totalCount(count: number, settings: SimulatorSettings): { totalCount?: string } {
  if (settings.totalCount === "absent") return {};
  return { totalCount: settings.totalCount === "zero" ? "0" : String(count) };
}

function wholeNumber(query: Query, name: string, fallback: number): number {
  const value = query.get(name);
  if (value === undefined || value === "") return fallback;
  if (!/^[1-9]\d{0,8}$/.test(value)) throw invalidParam(name, `${name} is not a positive whole number.`);
  return Number(value);
}

// `name EQ value`, also with the literal pluses that existing clients send percent-encoded (name%2BEQ%2Bvalue).
const filter = /^(?<field>\w+)(?<gap>[ +])EQ[ +](?<value>.*)$/s;
// Characters outside this set, and runs of spaces, break the API's own parser of filters.
const oddCharacter = /[^A-Za-z0-9 _.:/,-]|(?<= ) /;

function search(rows: readonly Wire[], expression: string | undefined): readonly Wire[] {
  if (expression === undefined || expression.trim() === "") return rows;
  const groups = filter.exec(expression)?.groups;
  if (!groups) {
    refuseOddCharacters(expression);
    // Existing clients leave out what is neither letter, digit nor space before they search for a name.
    const part = lettersAndDigits(expression);
    return rows.filter((row) => lettersAndDigits(asText(row["name"])).includes(part));
  }
  const field = groups["field"] ?? "";
  const written = groups["value"] ?? "";
  const value = groups["gap"] === "+" ? written.replaceAll("+", " ") : written;
  refuseOddCharacters(value);
  // A field that no row has is no field of the type, unless there is no row to tell by.
  if (rows.length > 0 && !rows.some((row) => field in row)) throw invalidOperand(field);
  // Case does not count, so a client has to check the rows that come back.
  return rows.filter((row) => row[field] !== undefined && asText(row[field]).toLowerCase() === value.toLowerCase());
}

const lettersAndDigits = (value: string): string =>
  value
    .replace(/[^\p{L}\p{N}\s]/gu, "")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();

function refuseOddCharacters(value: string): void {
  const odd = oddCharacter.exec(value);
  if (odd) throw invalidOperand(odd[0].trim());
}

function sort(rows: readonly Wire[], query: Query): readonly Wire[] {
  const field = query.get("sortBy");
  // The documents themselves sort credentials by a field that credentials do not have: unknown fields keep the order.
  if (field === undefined || !rows.some((row) => row[field] !== undefined)) return rows;
  const direction = /^DE?SC$/i.test(query.get("sortdir") ?? query.get("sortOrder") ?? "ASC") ? -1 : 1;
  return [...rows].sort((a, b) => direction * compare(asText(a[field]), asText(b[field])));
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined ? "" : JSON.stringify(value);
}

function compare(a: string, b: string): number {
  if (/^\d+$/.test(a) && /^\d+$/.test(b) && a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
