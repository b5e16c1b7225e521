// The methods that all look-up families share. A family may be listed and read under different versions of the API.

import { fetchAs, type ListOptions, type Page, type Scope, type UnreadableObject, type WholeList } from "./collection";
import type { Reader } from "./reader";
import type { Sender } from "../request/apiRequest";
import { type ListEndpoint, ZpaList } from "./zpaList";

/** Reads ZPA objects of one kind, by id or by name. */
export class LookUps<T extends { id: string; name: string }> {
  private readonly lists: ZpaList<T>;

  constructor(
    /** @internal */
    protected readonly sender: Sender,
    /** @internal */
    protected readonly endpoint: ListEndpoint,
    /** @internal */
    protected readonly reader: Reader<T>,
  ) {
    this.lists = new ZpaList(sender, endpoint, reader);
  }

  /**
   * Reads one object. One GET.
   *
   * @throws NotFoundError if it does not exist
   */
  get(id: string, scope: Scope = {}): Promise<T> {
    // v1, even for families that are listed under v2
    const path = [...this.endpoint.path, { id }];
    const operation = `reading ${this.endpoint.singular} ${id}`;
    return fetchAs(this.reader, this.sender, scope, { method: "GET", path, replay: "safe", operation });
  }

  /**
   * All objects, page by page: one GET per 500. Skips objects that cannot be read.
   *
   * @throws ProtocolError if the pages never end; ValidationError for options that are not valid
   *
   * @example
   * for await (const group of zpa.appConnectorGroups.list()) console.log(group.id, group.name);
   */
  list(options?: ListOptions): AsyncGenerator<T, void, undefined> {
    return this.lists.all(options);
  }

  /**
   * All objects, with those that cannot be read, which {@link list} skips. One GET per 500.
   *
   * @throws as {@link list} does
   */
  listWhole(scope?: Scope): Promise<WholeList<T>> {
    return this.lists.whole(scope);
  }

  /** One page of the list; the first page is 1. One GET. @throws ValidationError for options that are not valid */
  page(number: number, options?: ListOptions): Promise<Page<T>> {
    return this.lists.page(number, options);
  }

  /**
   * All objects with exactly this name (case-sensitive), including those that cannot be read. One GET if
   * {@link isSearchable} is true for the name, else the whole list.
   */
  named(name: string, scope?: Scope): Promise<(T | UnreadableObject)[]> {
    return this.lists.named(name, scope);
  }

  /**
   * The one object with exactly this name (case-sensitive). Costs as many requests as {@link named}.
   *
   * @throws NotFoundError if there is none; ValidationError with the ids if there are several; ProtocolError if it
   * cannot be read
   */
  find(name: string, scope?: Scope): Promise<T> {
    return this.lists.find(name, scope);
  }
}
