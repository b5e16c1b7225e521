// What every look-up family has: a list and a GET by id, which may live under different versions of the API.

import type { z } from "zod";
import { fetchAs, type Scope } from "./endpoint";
import { type ListEndpoint, type ListOptions, type Page, ZpaList } from "./lists";
import type { Transport } from "../request/transport";

/** Objects of ZPA that are looked up, by id or by name, and not written. */
export class LookUps<T extends { id: string; name: string }> {
  private readonly lists: ZpaList<T>;

  constructor(
    private readonly transport: Transport,
    private readonly endpoint: ListEndpoint,
    private readonly schema: z.ZodType<T>,
  ) {
    this.lists = new ZpaList(transport, endpoint, schema);
  }

  /** One GET. @throws NotFoundError */
  get(id: string, scope: Scope = {}): Promise<T> {
    // v1, also of those that are listed under v2
    const path = [...this.endpoint.path, id];
    const operation = `reading ${this.endpoint.singular} ${id}`;
    return fetchAs(this.schema, this.transport, scope, { method: "GET", path, replay: "safe", operation });
  }

  /** All of them, page by page: one GET for each 500. */
  list(options?: ListOptions): AsyncGenerator<T, void, undefined> {
    return this.lists.all(options);
  }

  /** One page of the list; the first is 1. One GET. */
  page(number: number, options?: ListOptions): Promise<Page<T>> {
    return this.lists.page(number, options);
  }

  /** Those of exactly this name, case included. */
  named(name: string, scope?: Scope): Promise<T[]> {
    return this.lists.named(name, scope);
  }

  /** The one of exactly this name, case included. @throws NotFoundError; ValidationError when several have it. */
  find(name: string, scope?: Scope): Promise<T> {
    return this.lists.find(name, scope);
  }
}
