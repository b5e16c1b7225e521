// From "do this" to an answer or an error that says all: token, place in the limit, exchange, judgement, retry.

import { ambiguous, faultDetails, judge, readFault, readSuccess, type Verdict } from "./answers";
import { type Clock, sleep } from "./clock";
import {
  AuthenticationError,
  ConfigurationError,
  ProtocolError,
  RateLimitError,
  UnavailableError,
  ValidationError,
  type ZpaError,
  type ZpaErrorDetails,
} from "./errors";
import { ConnectionFailure, type HttpAnswer, HttpConnection, type HttpRequest } from "./http";
import { RateLimiter, type WaitNotice, windowMs } from "./rateLimit";
import { redact, secretTexts } from "./redact";
import { backOff, maxRetries, RetryBudget } from "./retry";
import { parseRetryAfter } from "./retryAfter";
import type { ResolvedSettings } from "./settings";
import { readToken, signInRequest, type TokenAnswer } from "./signIn";
import { type Token, TokenSource } from "./token";
import { userAgent } from "./version";

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  version: "v1" | "v2";
  /** Below `/mgmtconfig/{version}/admin/customers/{customerId}`; each part is encoded. */
  path: readonly string[];
  query?: Readonly<Record<string, string | undefined>>;
  body?: Readonly<Record<string, unknown>>;
  /** `safe`: sent twice it does what it does once. `never`: it must not be repeated unless it was certainly refused. */
  replay: "safe" | "never";
  /** As in `creating provisioning key "edge"`. */
  operation: string;
}

export interface ApiAnswer {
  /** Undefined when the answer had no body. */
  body: unknown;
  /** The server's own time of the answer, seconds since 1970, when it told it. */
  serverTime: number | undefined;
}

/** One request as it went: for logs and counters. Holds no secret. */
export interface RequestEvent {
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
  /** A copy of what was sent, with its secrets masked. */
  body: unknown;
}

export interface TransportOptions {
  settings: ResolvedSettings;
  clock: Clock;
  random: () => number;
  onRequest: (event: RequestEvent) => void;
  onWait?: ((notice: WaitNotice) => void) | undefined;
}

/** Up to this much is added to every wait that ZPA asks for, so that those who wait do not all come back at once. */
const jitter = 1_000;

/** What one try brought. */
type Outcome = { kind: "answer"; answer: HttpAnswer } | { kind: "failure"; failure: ConnectionFailure };

export class Transport {
  private readonly http: HttpConnection;
  private readonly tokens: TokenSource;
  private readonly reads: RateLimiter;
  private readonly writes: RateLimiter;
  private readonly budget = new RetryBudget();

  constructor(private readonly options: TransportOptions) {
    const { settings, clock, onWait } = options;
    this.http = new HttpConnection(settings);
    this.tokens = new TokenSource(clock, () => this.signIn());
    const limiter = (kind: "reads" | "writes", limit: number) =>
      new RateLimiter({ kind, limit, scope: settings.rateLimitScope, clock, onWait });
    this.reads = limiter("reads", settings.readsPer10s);
    this.writes = limiter("writes", settings.writesPer10s);
  }

  /** Sends a request, as often as it takes and is right. */
  async send(request: ApiRequest, signal?: AbortSignal): Promise<ApiAnswer> {
    const { clock, settings } = this.options;
    const isWrite = request.method !== "GET";
    const limiter = isWrite ? this.writes : this.reads;
    const ticket = limiter.ticket();
    const family = familyOf(request);
    const operation = new Operation(request.operation, request.replay, this.options, this.budget, signal);
    try {
      for (;;) {
        const token = await operation.until(this.tokens.get(operation.signal));
        const outgoing = this.compose(request, token);
        const secrets = [...secretTexts(request.body), token.value, ...secretsOf(settings)];
        const queuedAt = clock.now();
        const permit = await operation.until(limiter.acquire(ticket, family, operation.signal));
        operation.begin();
        const outcome = await this.exchange(outgoing, operation, clock.now() - queuedAt, request.body).finally(() =>
          permit.release(),
        );
        if (outcome.kind === "answer" && outcome.answer.status >= 200 && outcome.answer.status < 300) {
          this.budget.succeeded();
          return {
            body: readSuccess(outcome.answer, request.operation, isWrite),
            serverTime: serverTimeOf(outcome.answer),
          };
        }
        if (outcome.kind === "failure") await operation.afterFailure(outcome.failure);
        else {
          await operation.afterRefusal(outcome.answer, secrets, {
            renew: () => this.tokens.discard(token),
            waitAll: (milliseconds) => limiter.refused(milliseconds),
          });
        }
      }
    } finally {
      operation.end();
    }
  }

  /** Signs in now instead of with the first request. */
  async signInNow(signal?: AbortSignal): Promise<void> {
    await this.tokens.get(signal);
  }

  /** Gives the legacy session back, and closes the connections. */
  async close(): Promise<void> {
    const { settings } = this.options;
    const token = this.tokens.release();
    if (token !== undefined && settings.mode === "legacy") {
      const headers = { ...apiHeaders(token.value), "content-type": "application/json" };
      // a session that cannot be given back ends by itself: nothing to bother anybody with
      await this.http
        .exchange({ method: "POST", url: `${settings.baseUrl}/signout`, headers, body: "{}" })
        .catch(() => {});
    }
    await this.http.close();
  }

  private compose(request: ApiRequest, token: Token): HttpRequest {
    const { settings } = this.options;
    const customerId = settings.customerId ?? token.customerId;
    if (customerId === undefined) {
      throw new ConfigurationError({
        operation: request.operation,
        params: ["customerId"],
        reason: "it is not set, and the OneAPI token names no ZPA tenant",
        hint: "set zpa:customerId or ZPA_CUSTOMER_ID to the ZPA tenant id",
      });
    }
    const parts = ["mgmtconfig", request.version, "admin", "customers", customerId, ...request.path];
    const query = Object.entries(this.scoped(request.query ?? {}))
      .filter((entry): entry is [string, string] => entry[1] !== undefined)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const path = parts.map((part) => encodeSegment(part, request.operation)).join("/");
    const url = `${settings.baseUrl}/${path}${query.length > 0 ? `?${query.join("&")}` : ""}`;
    const headers = apiHeaders(token.value);
    if (request.body === undefined) return { method: request.method, url, headers };
    return {
      method: request.method,
      url,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(request.body),
    };
  }

  /** The microtenant of the settings where the request names none; ZPA takes silence for all of them. */
  private scoped(query: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
    if (!("microtenantId" in query)) return query;
    const microtenantId = query["microtenantId"] ?? this.options.settings.microtenantId;
    return { ...query, microtenantId: microtenantId === "all" ? undefined : microtenantId };
  }

  private async exchange(outgoing: HttpRequest, operation: Operation, waited: number, body: unknown): Promise<Outcome> {
    const { clock, onRequest } = this.options;
    const startedAt = clock.now();
    const url = new URL(outgoing.url);
    const tell = (status: number | undefined, failure: string | undefined) =>
      onRequest({
        method: outgoing.method,
        path: url.pathname + url.search,
        status,
        failure,
        milliseconds: clock.now() - startedAt,
        attempt: operation.attempts,
        waited,
        body: redact(body),
      });
    try {
      const answer = await this.http.exchange(outgoing, operation.signal);
      tell(answer.status, undefined);
      return { kind: "answer", answer };
    } catch (error) {
      if (!(error instanceof ConnectionFailure)) {
        tell(undefined, "given up");
        throw operation.interrupted(error);
      }
      tell(undefined, error.message);
      return { kind: "failure", failure: error };
    }
  }

  private async signIn(): Promise<TokenAnswer> {
    const { settings, clock } = this.options;
    const operation = new Operation("signing in", "safe", this.options, this.budget);
    operation.begin();
    try {
      for (;;) {
        const outgoing = signInRequest(settings, clock.wallTime());
        outgoing.headers = { ...outgoing.headers, "user-agent": userAgent };
        const outcome = await this.exchange(outgoing, operation, 0, undefined);
        if (outcome.kind === "failure") await operation.afterFailure(outcome.failure);
        else if (outcome.answer.status >= 200 && outcome.answer.status < 300) {
          const token = readToken(outcome.answer);
          if (token !== undefined) return token;
          throw new ProtocolError({
            operation: "signing in",
            status: outcome.answer.status,
            reason: "the answer holds no access token",
            hint: "check the base URL and the token URL, and whether a proxy or a login page answers in place of ZPA",
          });
        } else if ([400, 401, 403].includes(outcome.answer.status)) {
          throw this.signInRefused(outcome.answer);
        } else {
          await operation.afterRefusal(outcome.answer, secretsOf(settings), { renew: () => {}, waitAll: () => {} });
        }
        operation.begin();
      }
    } finally {
      operation.end();
    }
  }

  private signInRefused(answer: HttpAnswer): ZpaError {
    const { settings } = this.options;
    const fault = readFault(answer);
    const verdict = judge(401, fault);
    const names =
      settings.mode === "legacy"
        ? "zpaClientId and zpaClientSecret, and that zpaCloud names the tenant's cloud"
        : "clientId, clientSecret or privateKey, and vanityDomain";
    const hint = /oneapi/i.test(fault.text)
      ? verdict.hint
      : `check ${names}; a rotated API credential must be set anew (pulumi refresh and destroy see the stored configuration unless --run-program is given: set the environment variables)`;
    return new AuthenticationError({
      ...faultDetails(answer, fault, secretsOf(settings)),
      operation: "signing in",
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** The bookkeeping of one operation: attempts, deadline, and whether the next step is a pause or an error. */
class Operation {
  attempts = 0;
  readonly signal: AbortSignal;
  private retries = 0;
  private renewals = 0;
  private deadline = Number.POSITIVE_INFINITY;
  private cancelDeadline: (() => void) | undefined;
  private readonly timedOut = new AbortController();
  private lastError: ZpaError | undefined;

  constructor(
    private readonly name: string,
    private readonly replay: "safe" | "never",
    private readonly options: TransportOptions,
    private readonly budget: RetryBudget,
    caller?: AbortSignal,
  ) {
    this.signal = caller === undefined ? this.timedOut.signal : AbortSignal.any([caller, this.timedOut.signal]);
  }

  /** Called when a request leaves. The deadline runs from the first time on: a place in the queue costs none of it. */
  begin(): void {
    this.attempts += 1;
    if (this.cancelDeadline !== undefined) return;
    const { clock, settings } = this.options;
    this.deadline = clock.now() + settings.operationTimeout;
    this.cancelDeadline = clock.schedule(() => this.timedOut.abort(new DeadlineReached()), settings.operationTimeout);
  }

  end(): void {
    this.cancelDeadline?.();
  }

  /** Waits for something outside of the wire: there the deadline means that nothing was carried out. */
  async until<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      if (error instanceof DeadlineReached) throw this.lastError ?? this.outOfTime();
      throw error;
    }
  }

  /** The wire was left by the deadline or by the caller. */
  interrupted(error: unknown): unknown {
    if (!(error instanceof DeadlineReached)) return error;
    return this.replay === "never"
      ? ambiguous(this.details({ reason: this.outOfTime().reason ?? "" }))
      : this.outOfTime();
  }

  async afterFailure(failure: ConnectionFailure): Promise<void> {
    const hint =
      failure.hint ?? (failure.phase === "connect" ? "check the network, the proxy and the base URL" : undefined);
    const details = this.details({ reason: failure.message, cause: failure, ...(hint === undefined ? {} : { hint }) });
    if (failure.phase === "tooLarge") throw new ProtocolError({ ...details, mayHaveHappened: this.replay === "never" });
    if (failure.phase !== "connect" && this.replay === "never") throw ambiguous(details);
    const error = failure.phase === "body" ? new ProtocolError(details) : new UnavailableError(details);
    // an untrusted certificate does not become trusted by asking again
    if (failure.hint !== undefined) throw error;
    await this.pauseBeforeRetry(error, 0);
  }

  async afterRefusal(
    answer: HttpAnswer,
    secrets: readonly string[],
    shared: { renew: () => void; waitAll: (milliseconds: number) => void },
  ): Promise<void> {
    const { clock, random } = this.options;
    const fault = readFault(answer);
    const verdict = judge(answer.status, fault);
    const error = this.toError(verdict, answer, faultDetails(answer, fault, secrets));
    const asked = parseRetryAfter(answer.headers["retry-after"], answer.headers["date"], clock.wallTime());
    switch (verdict.do) {
      case "fail":
        throw error;
      case "renew": {
        shared.renew();
        if (verdict.backOff) return this.pauseBeforeRetry(error, asked ?? 0);
        if (this.renewals++ > 0) throw error;
        return;
      }
      case "waitAll": {
        const wait = (asked ?? windowMs) + random() * jitter;
        if (clock.now() + wait > this.deadline) throw this.tooLong(error, wait);
        this.lastError = error;
        shared.waitAll(wait);
        // the sign-in has no queue whose head could wait for it
        if (this.name === "signing in") await sleep(clock, wait, this.signal);
        return;
      }
      case "repeatIfSafe":
        if (this.replay === "never") throw ambiguous(this.details({ ...faultDetails(answer, fault, secrets) }));
        return this.pauseBeforeRetry(error, asked ?? 0);
      case "repeat":
        return this.pauseBeforeRetry(error, asked ?? 0);
    }
  }

  private toError(verdict: Verdict, answer: HttpAnswer, facts: ZpaErrorDetails): ZpaError {
    const hint = verdict.hint;
    const known = facts.reason !== undefined || facts.id !== undefined || (facts.params?.length ?? 0) > 0;
    return verdict.error(
      this.details({
        ...facts,
        ...(known || answer.text.trim() === "" ? {} : { reason: "the answer says nothing in ZPA's own form" }),
        ...(hint === undefined ? {} : { hint }),
      }),
    );
  }

  private async pauseBeforeRetry(error: ZpaError, atLeast: number): Promise<void> {
    const { clock, random } = this.options;
    this.retries += 1;
    if (this.retries > maxRetries || !this.budget.take()) throw error;
    const wait = Math.max(backOff(this.retries, random), atLeast);
    if (clock.now() + wait > this.deadline) throw this.tooLong(error, wait);
    this.lastError = error;
    await this.until(sleep(clock, wait, this.signal));
  }

  private tooLong(error: ZpaError, wait: number): ZpaError {
    const seconds = Math.ceil(wait / 1000);
    const details: ZpaErrorDetails = {
      ...this.details({}),
      status: error.status,
      id: error.id,
      reason: error.reason,
      params: error.params,
      requestId: error.requestId,
      hint: `ZPA asks to wait ${seconds} s, longer than this operation may take: try again then, or raise zpa:operationTimeout`,
    };
    return error instanceof RateLimitError ? new RateLimitError(details) : new UnavailableError(details);
  }

  private outOfTime(): UnavailableError {
    const seconds = this.options.settings.operationTimeout / 1000;
    return new UnavailableError(
      this.details({ reason: `not done within ${seconds} s`, hint: "try again later, or raise zpa:operationTimeout" }),
    );
  }

  private details(more: ZpaErrorDetails): ZpaErrorDetails {
    return { ...more, operation: this.name, attempts: this.attempts };
  }
}

class DeadlineReached extends Error {}

function apiHeaders(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, accept: "application/json", "user-agent": userAgent };
}

function secretsOf(settings: ResolvedSettings): string[] {
  return [settings.clientSecret, settings.privateKey].filter((secret) => secret !== undefined);
}

/** Endpoints that some tenants count apart: the last word of the path that is no id. */
function familyOf(request: ApiRequest): string {
  return request.path.includes("provisioningKey") ? "provisioningKey" : (request.path[0] ?? "");
}

function encodeSegment(segment: string, operation: string): string {
  // a URL parser resolves dots even when they are percent-encoded, and an empty id would address the whole list
  if (/^\.{0,2}$/.test(segment)) {
    throw new ValidationError({ operation, params: [segment], reason: "this is no id", hint: "ids are digits" });
  }
  return encodeURIComponent(segment);
}

function serverTimeOf(answer: HttpAnswer): number | undefined {
  const time = Date.parse(answer.headers["date"] ?? "");
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}
