import { invalidOperand } from "./errors";
import type { Wire } from "./htmlEscape";
import type { Query } from "./http";
import type { SearchOperator, SimulatorSettings } from "./settings";

// Characters outside this set, and runs of spaces, break the API's own parser of filters.
const oddCharacter = /[^A-Za-z0-9 _.:/,-]|(?<= ) /;

/** How the lower-case text of a field compares with the operand. */
const comparisons: Record<SearchOperator, (value: string, operand: string) => boolean> = {
  // Case does not count, so a client has to check the rows that come back.
  EQ: (value, operand) => value === operand,
  NE: (value, operand) => value !== operand,
  LIKE: (value, operand) => value.includes(operand),
  CONTAINS: (value, operand) => value.includes(operand),
  STARTSWITH: (value, operand) => value.startsWith(operand),
  ENDSWITH: (value, operand) => value.endsWith(operand),
  GT: (value, operand) => isNumber(value) && BigInt(value) > BigInt(operand),
  LT: (value, operand) => isNumber(value) && BigInt(value) < BigInt(operand),
  GE: (value, operand) => isNumber(value) && BigInt(value) >= BigInt(operand),
  LE: (value, operand) => isNumber(value) && BigInt(value) <= BigInt(operand),
};
const ofNumbers: readonly SearchOperator[] = ["GT", "LT", "GE", "LE"];

/**
 * The rows that a search expression leaves: `field operator value`, also with the literal pluses that existing clients
 * send percent-encoded (name%2BEQ%2Bvalue), or a word of the name.
 */
export function search(rows: readonly Wire[], expression: string | undefined, settings: SimulatorSettings): Wire[] {
  if (expression === undefined || expression.trim() === "") return [...rows];
  const parts = (/^\w+\+[A-Z]+\+/.test(expression) ? expression.replaceAll("+", " ") : expression).split(" ");
  const [field = "", word, ...rest] = parts;
  const operator = settings.searchOperators.find((known) => known === word);
  if (operator !== undefined) return filter(rows, field, operator, rest.join(" "), settings);
  // Of three words and more the second one is taken for an operator; two spaces in a row enclose an empty word.
  if (word !== undefined && rest.length > 0 && settings.oddSearch === "refuse") throw invalidOperand(word);
  refuseOddCharacters(expression, settings);
  // Existing clients leave out what is neither letter, digit nor space before they search for a name.
  const part = lettersAndDigits(expression);
  return rows.filter((row) => lettersAndDigits(asText(row["name"])).includes(part));
}

function filter(
  rows: readonly Wire[],
  field: string,
  operator: SearchOperator,
  operand: string,
  settings: SimulatorSettings,
): Wire[] {
  if (operand === "" || (ofNumbers.includes(operator) && !isNumber(operand))) throw invalidOperand(operand);
  refuseOddCharacters(operand, settings);
  // A field that no row has is no field of the type, unless there is no row to tell by.
  if (rows.length > 0 && !rows.some((row) => field in row)) throw invalidOperand(field);
  const lower = operand.toLowerCase();
  return rows.filter((row) =>
    row[field] === undefined ? operator === "NE" : comparisons[operator](asText(row[field]).toLowerCase(), lower),
  );
}

const isNumber = (value: string): boolean => /^\d+$/.test(value);

const lettersAndDigits = (value: string): string =>
  value
    .replace(/[^\p{L}\p{N}\s]/gu, "")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();

function refuseOddCharacters(value: string, settings: SimulatorSettings): void {
  const odd = settings.oddSearch === "refuse" ? oddCharacter.exec(value) : null;
  if (odd) throw invalidOperand(odd[0].trim());
}

/** The rows in the order that a query asks for. */
export function sort(rows: readonly Wire[], query: Query): readonly Wire[] {
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
  if (isNumber(a) && isNumber(b) && a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
