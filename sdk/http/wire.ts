// The wire, watched: each exchange is told to whoever listens.

import type { Clock } from "../clock";
import { ConnectionFailure } from "./failures";
import { type HttpAnswer, HttpConnection, type HttpOptions, type HttpRequest } from "./connection";

/** One request as it went: for logs and counters. Holds no secret. */
export interface RequestEvent {
  /** GET, POST, PUT or DELETE. */
  method: string;
  /** With the query. */
  path: string;
  /** Undefined when no answer came. */
  status: number | undefined;
  /** Why no answer came. */
  failure: string | undefined;
  /** Milliseconds on the wire. */
  milliseconds: number;
  /** 1 for the first time it is sent. */
  attempt: number;
  /** Milliseconds in the queue for the rate limit before it was sent. */
  waited: number;
  /** A copy of what was sent, with its secrets masked; undefined for a request without a JSON body. */
  body: unknown;
}

/** What one try brought. */
export type Outcome = HttpAnswer | ConnectionFailure;

export class Wire {
  private readonly http: HttpConnection;
  private readonly clock: Clock;
  private readonly onRequest: (event: RequestEvent) => void;

  /** @throws ConfigurationError for a CA certificate or a proxy that makes no sense. */
  constructor({
    clock,
    onRequest,
    ...options
  }: HttpOptions & { clock: Clock; onRequest: (event: RequestEvent) => void }) {
    this.http = new HttpConnection(options);
    this.clock = clock;
    this.onRequest = onRequest;
  }

  /** @throws the signal's reason when that is given */
  async exchange(
    outgoing: HttpRequest,
    facts: Pick<RequestEvent, "attempt" | "waited" | "body">,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const startedAt = this.clock.now();
    const { pathname, search } = new URL(outgoing.url);
    const tell = (status: number | undefined, failure: string | undefined) => {
      const milliseconds = this.clock.now() - startedAt;
      this.onRequest({ method: outgoing.method, path: pathname + search, status, failure, milliseconds, ...facts });
    };
    try {
      const answer = await this.http.exchange(outgoing, signal);
      tell(answer.status, undefined);
      return answer;
    } catch (error) {
      const isFailure = error instanceof ConnectionFailure;
      tell(undefined, isFailure ? error.message : "given up");
      if (!isFailure) throw error;
      return error;
    }
  }

  /** Closes the connections; requests that are under way fail. */
  close(): Promise<void> {
    return this.http.close();
  }
}
