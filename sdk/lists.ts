// Lists of ZPA: pages of up to 500, a search, and the look for one object by its exact name.

import { z } from "zod";
import { NotFoundError, ProtocolError, ValidationError, type ZpaError } from "./errors";
import type { ApiRequest, Transport } from "./transport";
import { parseAnswer, wireCount } from "./wire";

/** The largest page that ZPA gives ("The maximum page size is 500"). */
export const maxPageSize = 500;

/** Where an object is. */
export interface Scope {
  /**
   * The id of a microtenant, `0` for Default, or `all` (reads only). Left out it is the microtenant of the settings; where
   * they name none, ZPA writes to Default and reads from all.
   */
  microtenantId?: string | undefined;
  signal?: AbortSignal | undefined;
}

export interface ListOptions extends Scope {
  /** Objects in a page, 1 to 500; default 500. */
  pageSize?: number;
  /** Stop after so many objects. */
  maxItems?: number;
  /** Stop after so many pages. */
  maxPages?: number;
  /** As in `maxUsage EQ 2` or `ownershipType EQ MICROTENANT_SPECIFIC`. */
  search?: string;
  /** A field's name. */
  sortBy?: string;
  sortdir?: "ASC" | "DSC";
}

/** One page, as ZPA gave it. */
export interface Page<T> {
  items: T[];
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

/** Whether looking for this name costs one search instead of the whole list. */
export function isSearchable(name: string): boolean {
  return searchable.test(name);
}

export class ZpaList<T extends Listed> {
  constructor(
    private readonly transport: Transport,
    private readonly endpoint: ListEndpoint,
    private readonly schema: z.ZodType<T>,
  ) {}

  /** One page; the first is 1. One request. */
  async page(number: number, options: ListOptions = {}): Promise<Page<T>> {
    const pageSize = options.pageSize ?? maxPageSize;
    const operation = `listing ${this.endpoint.plural}`;
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > maxPageSize) {
      throw new ValidationError({
        operation,
        params: ["pageSize"],
        reason: `it is ${pageSize}`,
        hint: `use 1 to ${maxPageSize}`,
      });
    }
    const request: ApiRequest = {
      method: "GET",
      version: this.endpoint.version,
      path: this.endpoint.path,
      query: {
        page: String(number),
        pagesize: String(pageSize),
        search: options.search,
        sortBy: options.sortBy,
        sortdir: options.sortdir,
        microtenantId: options.microtenantId,
      },
      replay: "safe",
      operation,
    };
    const { body } = await this.transport.send(request, options.signal);
    const answer = parseAnswer(this.pageSchema, body, operation);
    return { items: answer.list ?? [], totalPages: answer.totalPages ?? 1 };
  }

  /**
   * All objects, page by page. An object that moves to a later page while the list is read is given once.
   *
   * @throws ProtocolError when the pages never end.
   */
  async *all(options: ListOptions = {}): AsyncGenerator<T, void, undefined> {
    const seen = new Set<string>();
    const { maxItems = Number.POSITIVE_INFINITY, maxPages = Number.POSITIVE_INFINITY } = options;
    for (let number = 1, total = 1; number <= Math.min(total, maxPages); number++) {
      const page = await this.page(number, options);
      const fresh = page.items.filter((item) => !seen.has(item.id));
      if (number > 1 && page.items.length > 0 && fresh.length === 0 && page.totalPages > total) {
        throw new ProtocolError({
          operation: `listing ${this.endpoint.plural}`,
          reason: `page ${number} repeats what came before while the number of pages grows: the list never ends`,
        });
      }
      // a page without a row ends the list, whatever the count of pages says
      if (page.items.length === 0) return;
      total = page.totalPages;
      for (const item of fresh) {
        if (seen.size >= maxItems) return;
        seen.add(item.id);
        yield item;
      }
      if (seen.size >= maxItems) return;
    }
  }

  /** The objects of exactly this name: by ZPA's search where the name allows it, else out of the whole list. */
  async named(name: string, scope: Scope = {}): Promise<T[]> {
    const matches: T[] = [];
    const collect = async (search: string | undefined) => {
      for await (const item of this.all({ ...scope, ...(search === undefined ? {} : { search }) })) {
        if (item.name === name) matches.push(item);
      }
    };
    if (isSearchable(name)) {
      try {
        await collect(`name EQ ${name}`);
        return matches;
      } catch (error) {
        if (!(error instanceof ValidationError) || error.id !== "filtering.input.invalid.operand") throw error;
      }
    }
    await collect(undefined);
    return matches;
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

  private readonly pageSchema = z.object({
    totalPages: wireCount.optional(),
    list: z
      .array(z.lazy(() => this.schema))
      .nullish()
      .transform((list) => list ?? undefined),
  });
}

function notExactlyOne(what: string, name: string, matches: readonly Listed[], scope: Scope): ZpaError {
  const operation = `looking for ${what} "${name}"`;
  const where = scope.microtenantId === undefined ? "" : ` in microtenant ${scope.microtenantId}`;
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
