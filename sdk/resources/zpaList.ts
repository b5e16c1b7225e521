// Lists of ZPA, read page by page and row by row, and the look for one object by its exact name.

import { z } from "zod";
import {
  fetchAs,
  isSearchable,
  type ListOptions,
  maxPageSize,
  type Page,
  type Scope,
  UnreadableObject,
} from "./collection";
import { NotFoundError, ProtocolError, ValidationError, type ZpaError } from "../errors";
import type { Reader } from "./reader";
import type { Sender } from "../request/apiRequest";
import { havingName, quoted, sameName } from "../text";
import { maybe, readerOf, wireCount, wireId, wireText } from "./wireTypes";

/** Every object of a list that can be told from another. */
interface Listed {
  id: string;
  name: string;
}

export interface ListEndpoint {
  version: "v1" | "v2";
  path: readonly string[];
  /** As in `provisioning keys`. */
  plural: string;
  /** As in `provisioning key`. */
  singular: string;
}

/** A list cannot grow by more objects than this while it is read: no tenant holds so many of a kind. */
const mostGrowth = 10_000;

const pageReader = readerOf(
  z.object({
    totalPages: wireCount.nullish().transform((count) => count ?? 0),
    // judged one by one: an odd object of others must not hide the rest
    list: z
      .array(z.unknown())
      .nullish()
      .transform((list) => list ?? []),
  }),
);

/** What is needed of an object to tell it from others, and its name for taken. */
const identityReader = readerOf(
  z.object({
    id: wireId.refine((id) => id !== ""),
    name: wireText,
    microtenantId: maybe(wireId).catch(undefined),
    microtenantName: maybe(wireText).catch(undefined),
  }),
);

/** A page, with the order of its rows. */
interface Rows<T> {
  rows: (T | UnreadableObject)[];
  /** Of all rows, with those that have no id or no name. */
  count: number;
  totalPages: number;
}

export class ZpaList<T extends Listed> {
  constructor(
    private readonly sender: Sender,
    private readonly endpoint: ListEndpoint,
    private readonly reader: Reader<T>,
  ) {}

  /** One page; the first is 1. One request. */
  async page(number: number, options: ListOptions = {}): Promise<Page<T>> {
    const { rows, totalPages } = await this.readPage(number, options);
    const page: Page<T> = { items: [], unreadable: [], totalPages };
    for (const row of rows) {
      if (row instanceof UnreadableObject) page.unreadable.push(row);
      else page.items.push(row);
    }
    return page;
  }

  /**
   * All objects, page by page. An object that moves to a later page while the list is read is given once; what cannot be
   * read is left out.
   *
   * @throws ProtocolError when the pages never end; ValidationError for options that make no sense.
   */
  async *all(options: ListOptions = {}): AsyncGenerator<T, void, undefined> {
    const { maxItems = Number.POSITIVE_INFINITY } = options;
    this.check("maxItems", maxItems, 0, Number.POSITIVE_INFINITY);
    let left = maxItems;
    if (left === 0) return;
    for await (const row of this.rows(options)) {
      if (row instanceof UnreadableObject) continue;
      yield row;
      left -= 1;
      if (left === 0) return;
    }
  }

  /**
   * The objects of exactly this name, those that cannot be read too: by ZPA's search where the name allows it, else out of
   * the whole list.
   */
  async named(name: string, scope: Scope = {}): Promise<(T | UnreadableObject)[]> {
    const { microtenantId, signal } = scope;
    const matches = async (search: string | undefined) => {
      const found: (T | UnreadableObject)[] = [];
      for await (const row of this.rows({ microtenantId, signal, ...(search === undefined ? {} : { search }) })) {
        // the search does not care for case, and what it takes for equal is its own affair
        if (sameName(name, row.name)) found.push(row);
      }
      return havingName(found, name);
    };
    if (!isSearchable(name)) return matches(undefined);
    try {
      return await matches(`name EQ ${name}`);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      return matches(undefined);
    }
  }

  /**
   * The one object of exactly this name.
   *
   * @throws NotFoundError when there is none; ValidationError with their ids when there are several; ProtocolError when it
   * cannot be read.
   */
  async find(name: string, scope: Scope = {}): Promise<T> {
    const [match, ...others] = await this.named(name, scope);
    const { singular } = this.endpoint;
    if (match === undefined || others.length > 0) {
      throw notExactlyOne(singular, name, match === undefined ? [] : [match, ...others], scope);
    }
    if (!(match instanceof UnreadableObject)) return match;
    throw new ProtocolError({
      operation: `looking for ${singular} ${quoted(name)}`,
      params: match.unreadable,
      reason: `the one with the id ${match.id} is not of the form that ZPA documents`,
      hint: "look at it in the Admin Portal; a newer version of this client may know the form",
    });
  }

  /** All rows that have an id and a name. @throws as {@link all} does */
  private async *rows(options: ListOptions): AsyncGenerator<T | UnreadableObject, void, undefined> {
    const { maxPages = Number.POSITIVE_INFINITY, pageSize = maxPageSize } = options;
    this.check("maxPages", maxPages, 0, Number.POSITIVE_INFINITY);
    const seen = new Set<string>();
    let [first, total] = [0, 1];
    for (let number = 1; number <= Math.min(total, maxPages); number++) {
      const { rows, count, totalPages } = await this.readPage(number, options);
      // a page without a row ends the list, whatever the count of pages says
      if (count === 0) return;
      const fresh = rows.filter((row) => !seen.has(row.id));
      if (rows.length > 0 && fresh.length === 0) {
        if (count >= pageSize || totalPages > total) throw this.endless(number);
        // ZPA had room for more rows and gave those again that it gave before: there are no more
        return;
      }
      if (number === 1) first = totalPages;
      total = totalPages;
      if ((total - first) * pageSize > mostGrowth) throw this.endless(number);
      for (const row of fresh) {
        if (seen.has(row.id)) continue;
        seen.add(row.id);
        yield row;
      }
    }
  }

  private async readPage(number: number, options: ListOptions): Promise<Rows<T>> {
    const { pageSize = maxPageSize, search, sortBy, sortdir } = options;
    this.check("page", number, 1, Number.MAX_SAFE_INTEGER);
    this.check("pageSize", pageSize, 1, maxPageSize);
    const { version, path } = this.endpoint;
    const { list, totalPages } = await fetchAs(pageReader, this.sender, options, {
      method: "GET",
      version,
      path,
      query: { page: String(number), pagesize: String(pageSize), search, sortBy, sortdir },
      replay: "safe",
      operation: this.operation,
    });
    const rows = list.map((row) => this.readRow(row)).filter((row) => row !== undefined);
    const guess = list.length >= pageSize ? number + 1 : number;
    return { rows, count: list.length, totalPages: totalPages > 0 || list.length === 0 ? totalPages : guess };
  }

  /** Undefined for what has no id or no name: nobody can mean it. */
  private readRow(row: unknown): T | UnreadableObject | undefined {
    const result = this.reader(row);
    if ("read" in result) return result.read;
    const identity = identityReader(row);
    if (!("read" in identity)) return undefined;
    const { id, name, microtenantId, microtenantName } = identity.read;
    return new UnreadableObject(id, name, microtenantId, microtenantName, result.unreadable);
  }

  private get operation(): string {
    return `listing ${this.endpoint.plural}`;
  }

  private check(option: string, value: number, least: number, most: number): void {
    if ((Number.isInteger(value) || value === Number.POSITIVE_INFINITY) && value >= least && value <= most) return;
    const hint = most === maxPageSize ? `use ${least} to ${most}` : `use a whole number from ${least} up`;
    throw new ValidationError({ operation: this.operation, params: [option], reason: `it is ${value}`, hint });
  }

  private endless(number: number): ProtocolError {
    return new ProtocolError({
      operation: this.operation,
      reason: `page ${number} brings nothing new, or ever more pages are announced: the list never ends`,
      hint: "check baseUrl, and whether a proxy answers from a cache in place of ZPA",
    });
  }
}

function notExactlyOne(what: string, name: string, matches: readonly Listed[], scope: Scope): ZpaError {
  const operation = `looking for ${what} ${quoted(name)}`;
  const { microtenantId } = scope;
  const where =
    microtenantId === undefined
      ? ""
      : microtenantId === "all"
        ? " in any microtenant"
        : ` in microtenant ${microtenantId === "0" ? "Default" : microtenantId}`;
  if (matches.length === 0) {
    return new NotFoundError({
      operation,
      reason: `there is none of exactly this name${where}`,
      hint: "check spelling and case, and the microtenant",
    });
  }
  return new ValidationError({
    operation,
    params: matches.map((match) => match.id),
    reason: `${matches.length} have this name${where}`,
    hint: "name one by its id, or its microtenant",
  });
}
