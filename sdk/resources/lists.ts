// Lists of ZPA: pages of up to 500, a search, and the look for one object by its exact name.

import { z } from "zod";
import { fetchAs, type Scope } from "./endpoint";
import { NotFoundError, ProtocolError, ValidationError, type ZpaError } from "../errors";
import { quoted } from "../text";
import type { Transport } from "../request/transport";
import { wireCount } from "./wireTypes";

/** The largest page that ZPA gives ("The maximum page size is 500"). */
export const maxPageSize = 500;

/** What to list, how much of it, in which order. */
export interface ListOptions extends Scope {
  /** Objects in a page, 1 to 500; default 500. */
  pageSize?: number;
  /** Stop after so many objects; default all. */
  maxItems?: number;
  /** Stop after so many pages; default all. */
  maxPages?: number;
  /** As in `maxUsage EQ 2` or `ownershipType EQ MICROTENANT_SPECIFIC`. */
  search?: string;
  /** A field's name. */
  sortBy?: string;
  /** Ascending or descending. */
  sortdir?: "ASC" | "DSC";
}

/** One page, as ZPA gave it. */
export interface Page<T> {
  items: T[];
  /** As ZPA says. Where it says nothing beside rows: one more than this page when it is full, else this page. */
  totalPages: number;
}

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

/** Names that the search takes as they are; anything else gets 400 `filtering.input.invalid.operand` or worse. */
const searchable = /^[A-Za-z0-9_.:/-]+(?: [A-Za-z0-9_.:/-]+)*$/;
/** Words of the search's own language. */
const operators = /(?:^| )(?:EQ|NE|LIKE|IN|AND|OR|GT|LT|GE|LE)(?: |$)/;

/** Whether looking for this name costs one search instead of the whole list. */
export function isSearchable(name: string): boolean {
  return searchable.test(name) && !operators.test(name);
}

/** A list cannot grow by more objects than this while it is read: no tenant holds so many of a kind. */
const mostGrowth = 10_000;

export class ZpaList<T extends Listed> {
  constructor(
    private readonly transport: Transport,
    private readonly endpoint: ListEndpoint,
    private readonly schema: z.ZodType<T>,
  ) {}

  /** One page; the first is 1. One request. */
  async page(number: number, options: ListOptions = {}): Promise<Page<T>> {
    const { pageSize = maxPageSize, search, sortBy, sortdir } = options;
    this.check("page", number, 1, Number.MAX_SAFE_INTEGER);
    this.check("pageSize", pageSize, 1, maxPageSize);
    const { version, path } = this.endpoint;
    const { list, totalPages } = await fetchAs(this.pageSchema, this.transport, options, {
      method: "GET",
      version,
      path,
      query: { page: String(number), pagesize: String(pageSize), search, sortBy, sortdir },
      replay: "safe",
      operation: this.operation,
    });
    const guess = list.length >= pageSize ? number + 1 : number;
    return { items: list, totalPages: totalPages > 0 || list.length === 0 ? totalPages : guess };
  }

  /**
   * All objects, page by page. An object that moves to a later page while the list is read is given once.
   *
   * @throws ProtocolError when the pages never end; ValidationError for options that make no sense.
   */
  async *all(options: ListOptions = {}): AsyncGenerator<T, void, undefined> {
    const {
      maxItems = Number.POSITIVE_INFINITY,
      maxPages = Number.POSITIVE_INFINITY,
      pageSize = maxPageSize,
    } = options;
    this.check("maxItems", maxItems, 0, Number.POSITIVE_INFINITY);
    this.check("maxPages", maxPages, 0, Number.POSITIVE_INFINITY);
    const seen = new Set<string>();
    let [first, total] = [0, 1];
    for (let number = 1; number <= Math.min(total, maxPages) && seen.size < maxItems; number++) {
      const { items, totalPages } = await this.page(number, options);
      // a page without a row ends the list, whatever the count of pages says
      if (items.length === 0) return;
      const fresh = items.filter((item) => !seen.has(item.id));
      if (fresh.length === 0 && (items.length >= pageSize || totalPages > total)) throw this.endless(number);
      // ZPA had room for more rows and gave those again that it gave before: there are no more
      if (fresh.length === 0) return;
      if (number === 1) first = totalPages;
      total = totalPages;
      if ((total - first) * pageSize > mostGrowth) throw this.endless(number);
      for (const item of fresh) {
        if (seen.size >= maxItems) return;
        if (seen.has(item.id)) continue;
        seen.add(item.id);
        yield item;
      }
    }
  }

  /** The objects of exactly this name: by ZPA's search where the name allows it, else out of the whole list. */
  async named(name: string, scope: Scope = {}): Promise<T[]> {
    const { microtenantId, signal } = scope;
    const matches = async (search: string | undefined) => {
      const found: T[] = [];
      for await (const item of this.all({ microtenantId, signal, ...(search === undefined ? {} : { search }) })) {
        // the search does not care for case, and what it takes for equal is its own affair
        if (item.name === name) found.push(item);
      }
      return found;
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
   * @throws NotFoundError when there is none; ValidationError with their ids when there are several.
   */
  async find(name: string, scope: Scope = {}): Promise<T> {
    const matches = await this.named(name, scope);
    if (matches.length === 1) return matches[0]!;
    throw notExactlyOne(this.endpoint.singular, name, matches, scope);
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

  private readonly pageSchema = z.object({
    totalPages: wireCount.nullish().transform((count) => count ?? 0),
    list: z
      .array(z.lazy(() => this.schema))
      .nullish()
      .transform((list) => list ?? []),
  });
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
