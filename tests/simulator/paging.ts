import { invalidParam } from "./errors";
import { escapeTexts } from "./htmlEscape";
import type { Wire } from "./htmlEscape";
import type { Query, Reply } from "./http";
import { search, sort } from "./search";
import type { SimulatorSettings } from "./settings";

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
  const found = sort(search(rows, query.get("search"), settings), query);
  const number = wholeNumber("page", query.get("page"), 1);
  const size = pageSize(query, settings);
  const list = found.slice((number - 1) * size, number * size).map((row) => {
    const shown = escapeTexts(row, settings);
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

/** Only `pagesize` is the API's parameter: `pageSize` and `page_size` are unknown to it, and get the default. */
function pageSize(query: Query, settings: SimulatorSettings): number {
  const size = wholeNumber("pagesize", query.getExact("pagesize"), DEFAULT_PAGE_SIZE);
  if (size > MAX_PAGE_SIZE && settings.oversizedPage === "refuse") {
    throw invalidParam("pagesize", `The page size is at most ${MAX_PAGE_SIZE}.`);
  }
  return Math.min(size, MAX_PAGE_SIZE);
}

function totalCount(count: number, settings: SimulatorSettings): { totalCount?: string } {
  if (settings.totalCount === "absent") return {};
  return { totalCount: settings.totalCount === "zero" ? "0" : String(count) };
}

function wholeNumber(name: string, value: string | undefined, fallback: number): number {
  if (value === undefined || value === "") return fallback;
  if (!/^[1-9]\d{0,8}$/.test(value)) throw invalidParam(name, `${name} is not a positive whole number.`);
  return Number(value);
}
