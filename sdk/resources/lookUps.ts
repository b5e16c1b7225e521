// What every look-up family has: a list and a GET by id, which may live under different versions of the API.

import { fetchAs, type ListOptions, type Page, type Scope, type UnreadableObject } from "./collection";
import type { Reader } from "./reader";
import type { Sender } from "../request/apiRequest";
import { type ListEndpoint, ZpaList } from "./zpaList";

/** Objects of ZPA that are looked up, by id or by name, and not written. */
export class LookUps<T extends { id: string; name: string }> {
  private readonly lists: ZpaList<T>;

  constructor(
    private readonly sender: Sender,
    private readonly endpoint: ListEndpoint,
    private readonly reader: Reader<T>,
  ) {
    this.lists = new ZpaList(sender, endpoint, reader);
  }

  /** One GET. @throws NotFoundError */
  get(id: string, scope: Scope = {}): Promise<T> {
    // v1, also of those that are listed under v2
    const path = [...this.endpoint.path, id];
    const operation = `reading ${this.endpoint.singular} ${id}`;
    return fetchAs(this.reader, this.sender, scope, { method: "GET", path, replay: "safe", operation });
  }

  /** All of them that can be read, page by page: one GET for each 500. */
  list(options?: ListOptions): AsyncGenerator<T, void, undefined> {
    return this.lists.all(options);
  }

  /** One page of the list; the first is 1. One GET. */
  page(number: number, options?: ListOptions): Promise<Page<T>> {
    return this.lists.page(number, options);
  }

  /** Those of exactly this name, case included, and those whose name alone can be read. */
  named(name: string, scope?: Scope): Promise<(T | UnreadableObject)[]> {
    return this.lists.named(name, scope);
  }

  /** The one of exactly this name, case included. @throws NotFoundError; ValidationError when several have it. */
  find(name: string, scope?: Scope): Promise<T> {
    return this.lists.find(name, scope);
  }
}
