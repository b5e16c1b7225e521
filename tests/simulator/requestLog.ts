/** One request as it arrived, and what became of it. Bodies hold secrets: never print an entry. */
export interface LoggedRequest {
  /** The simulator's clock, in milliseconds. */
  readonly at: number;
  /** Such as `GET`. */
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  /** The text after the question mark. */
  readonly query: Readonly<Record<string, string>>;
  /** As it was sent: a JSON object, a form's fields, or `undefined` when there was none. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** Headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The query parameter, as it was sent. */
  readonly microtenantId: string | undefined;
  /** The status that was answered, or `undefined` while there is no answer: held, or cut off by a fault. */
  status: number | undefined;
  /** The rate limits refused it. */
  refused: boolean;
}

/** Which requests are meant; what is left out matches all. */
export interface RequestMatch {
  /** Such as `GET`. */
  method?: string;
  /** Compared with the path, which has OneAPI's `/zpa` in front when that was used. */
  path?: RegExp;
}

export function matches(request: { method: string; path: string }, { method, path }: RequestMatch): boolean {
  // search() ignores the lastIndex of a global pattern
  return (method === undefined || request.method === method) && (path === undefined || request.path.search(path) >= 0);
}
