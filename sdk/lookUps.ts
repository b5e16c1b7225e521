// What every look-up family has: a list and a GET by id, which may live under different versions of the API.

import type { z } from "zod";
import { type ListEndpoint, type ListOptions, type Scope, ZpaList } from "./lists";
import type { Transport } from "./transport";
import { parseAnswer } from "./wire";

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
  async get(id: string, scope: Scope = {}): Promise<T> {
    const operation = `reading ${this.endpoint.singular} ${id}`;
    const answer = await this.transport.send(
      {
        method: "GET",
        version: "v1", // also of those that are listed under v2
        path: [...this.endpoint.path, id],
        query: { microtenantId: scope.microtenantId },
        replay: "safe",
        operation,
      },
      scope.signal,
    );
    return parseAnswer(this.schema, answer.body, operation);
  }

  /** All of them, page by page. */
  list(options?: ListOptions): AsyncGenerator<T, void, undefined> {
    return this.lists.all(options);
  }

  /** The one of exactly this name. @throws NotFoundError; ValidationError when several have it. */
  find(name: string, scope?: Scope): Promise<T> {
    return this.lists.find(name, scope);
  }
}
