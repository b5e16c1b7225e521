// Reads ZPA's lists page by page, and finds objects by their exact name.

import { z } from "zod";
import {
  fetchAs,
  isSearchable,
  type ListOptions,
  maxPageSize,
  type Page,
  type Scope,
  UnreadableObject,
  type WholeList,
} from "./collection";
import { NotFoundError, ProtocolError, ValidationError, type ZpaError } from "../errors";
import type { Reader } from "./reader";
import type { Sender } from "../request/apiRequest";
import { havingName, quoted, sameName } from "../text";
import { maybe, readerOf, wireCount, wireId, wireText } from "./wireTypes";

/** The fields that identify an object of a list. */
interface Listed {
  id: string;
  name: string;
}

export interface ListEndpoint {
  version: "v1" | "v2";
  path: readonly string[];
  /** For messages, as in `provisioning keys`. */
  plural: string;
  /** For messages, as in `provisioning key`. */
  singular: string;
}

/** The most objects by which a list can grow while it is read: the most that a tenant holds of one kind. */
const maxGrowth = 10_000;

/** More objects than any list of ZPA has; tenants hold up to 10 000 of a kind. */
const maxObjects = 100_000;

const pageReader = readerOf(
  z.object({
    totalPages: wireCount.nullish().transform((count) => count ?? 0),
    // parsed one by one, so that one unreadable object does not hide the rest
    list: z
      .array(z.unknown())
      .nullish()
      .transform((list) => list ?? []),
  }),
);

/** Reads the fields that identify an unreadable object, so that its name counts as taken. */
const identityReader = readerOf(
  z.object({
    id: wireId.refine((id) => id !== ""),
    name: maybe(wireText).catch(undefined),
    microtenantId: maybe(wireId).catch(undefined),
    microtenantName: maybe(wireText).catch(undefined),
  }),
);

/** What a row without an id is called. */
const nameless = "an object without an id";

/** A page with its rows in ZPA's order. */
interface Rows<T> {
  rows: (T | UnreadableObject)[];
  /** Number of all rows. */
  count: number;
  totalPages: number;
}

export class ZpaList<T extends Listed> {
  constructor(
    private readonly sender: Sender,
    private readonly endpoint: ListEndpoint,
    private readonly reader: Reader<T>,
  ) {}

  /** One page; the first page is 1. One GET. */
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
   * All objects, page by page. Yields an object once, even if it moves to a later page meanwhile. Skips objects that
   * cannot be read.
   *
   * @throws ProtocolError if the pages never end; ValidationError for options that are not valid
   */
  async *all(options: ListOptions = {}): AsyncGenerator<T, void, undefined> {
    const { maxItems = Number.POSITIVE_INFINITY } = options;
    this.checkOption("maxItems", maxItems, 0, Number.POSITIVE_INFINITY);
    let left = maxItems;
    if (left === 0) return;
    for await (const row of this.rows(options)) {
      if (row instanceof UnreadableObject) continue;
      yield row;
      left -= 1;
      if (left === 0) return;
    }
  }

  /** The same with those that cannot be read. @throws as {@link all} does */
  async whole(options: ListOptions = {}): Promise<WholeList<T>> {
    const whole: WholeList<T> = { items: [], unreadable: [] };
    for await (const row of this.rows(options)) {
      if (row instanceof UnreadableObject) whole.unreadable.push(row);
      else whole.items.push(row);
    }
    return whole;
  }

  /**
   * All objects with exactly this name, including those that cannot be read. Uses ZPA's search if it accepts the name,
   * else reads the whole list.
   */
  async named(name: string, scope: Scope = {}): Promise<(T | UnreadableObject)[]> {
    const { microtenantId, signal } = scope;
    const matches = async (search: string | undefined) => {
      const found: (T | UnreadableObject)[] = [];
      for await (const row of this.rows({ microtenantId, signal, ...(search === undefined ? {} : { search }) })) {
        // the search ignores case and may match more than the exact name
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
   * The one object with exactly this name.
   *
   * @throws NotFoundError if there is none; ValidationError with the ids if there are several; ProtocolError if it
   * cannot be read
   */
  async find(name: string, scope: Scope = {}): Promise<T> {
    const found = await this.named(name, scope);
    // the list of a microtenant also shows what it inherits from Default
    const { microtenantId = this.sender.microtenantId } = scope;
    const isOwn = (one: Listed & { microtenantId?: unknown }) => one.microtenantId === microtenantId;
    const own = microtenantId === undefined ? [] : found.filter(isOwn);
    const [match, ...others] = own.length > 0 ? own : found;
    const { singular } = this.endpoint;
    if (match === undefined || others.length > 0) {
      throw notExactlyOne(singular, name, match === undefined ? [] : [match, ...others], scope);
    }
    if (!(match instanceof UnreadableObject)) return match;
    throw new ProtocolError({
      operation: `looking for ${singular} ${quoted(name)}`,
      params: match.unreadable,
      reason: `the object with the id ${match.id} is not in the form that ZPA documents`,
      hint: "check the object in the Admin Portal; a newer version of this package may support its form",
    });
  }

  /** All rows, each once; those without an id are one. @throws as {@link all} does */
  private async *rows(options: ListOptions): AsyncGenerator<T | UnreadableObject, void, undefined> {
    const { maxPages = Number.POSITIVE_INFINITY, pageSize = maxPageSize } = options;
    this.checkOption("maxPages", maxPages, 0, Number.POSITIVE_INFINITY);
    const seen = new Set<string>();
    let [first, total] = [0, 1];
    for (let number = 1; number <= Math.min(total, maxPages); number++) {
      const { rows, count, totalPages } = await this.readPage(number, options);
      // an empty page ends the list, whatever the page count says
      if (count === 0) return;
      const fresh = rows.filter((row) => !seen.has(row.id));
      if (rows.length > 0 && fresh.length === 0) {
        if (count >= pageSize || totalPages > total) throw this.endless(nothingNew(number));
        // the page has room for more rows but only repeats earlier ones: there are no more
        return;
      }
      if (number === 1) first = totalPages;
      total = totalPages;
      if ((total - first) * pageSize > maxGrowth) throw this.endless(nothingNew(number));
      for (const row of fresh) {
        if (seen.has(row.id)) continue;
        seen.add(row.id);
        yield row;
      }
    }
  }

  private async readPage(number: number, options: ListOptions): Promise<Rows<T>> {
    const { pageSize = maxPageSize, search, sortBy, sortdir } = options;
    this.checkOption("page", number, 1, Number.MAX_SAFE_INTEGER);
    this.checkOption("pageSize", pageSize, 1, maxPageSize);
    const { version, path } = this.endpoint;
    const { list, totalPages } = await fetchAs(pageReader, this.sender, options, {
      method: "GET",
      version,
      path,
      query: { page: String(number), pagesize: String(pageSize), search, sortBy, sortdir },
      replay: "safe",
      operation: this.operation,
    });
    if (totalPages * pageSize > maxObjects)
      throw this.endless(`it announces ${totalPages} pages, more than any tenant has`);
    const rows = list.map((row) => this.readRow(row));
    const guess = list.length >= pageSize ? number + 1 : number;
    return { rows, count: list.length, totalPages: totalPages > 0 || list.length === 0 ? totalPages : guess };
  }

  /** Reads one row. One without an id is there all the same: it may be any object. */
  private readRow(row: unknown): T | UnreadableObject {
    const result = this.reader(row);
    if ("read" in result) return result.read;
    const identity = identityReader(row);
    if (!("read" in identity)) return new UnreadableObject("", nameless, undefined, undefined, result.unreadable);
    const { id, name = id, microtenantId, microtenantName } = identity.read;
    return new UnreadableObject(id, name, microtenantId, microtenantName, result.unreadable);
  }

  private get operation(): string {
    return `listing ${this.endpoint.plural}`;
  }

  private checkOption(option: string, value: number, least: number, most: number): void {
    if ((Number.isInteger(value) || value === Number.POSITIVE_INFINITY) && value >= least && value <= most) return;
    const hint = most === maxPageSize ? `use ${least} to ${most}` : `use a whole number, ${least} or more`;
    throw new ValidationError({ operation: this.operation, params: [option], reason: `${value} is not valid`, hint });
  }

  private endless(reason: string): ProtocolError {
    const hint = "check baseUrl, and whether a proxy returns cached responses";
    return new ProtocolError({ operation: this.operation, reason, hint });
  }
}

function nothingNew(page: number): string {
  return `page ${page} contains nothing new, or the page count keeps growing: the list never ends`;
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
      reason: `no object has exactly this name${where}`,
      hint: "check the spelling, the case and the microtenant",
    });
  }
  return new ValidationError({
    operation,
    params: matches.map((match) => match.id),
    reason: `${matches.length} objects have this name${where}`,
    hint: "use the id of one of them, or restrict the search to its microtenant",
  });
}
