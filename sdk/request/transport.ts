// Carries out one operation: token, rate limit, exchange, classification, retry.

import { responseFacts, readFault, readSuccess, type ZpaFault } from "../http/responses";
import { type ApiResponse, type ApiRequest, apiUrl, familyOf, needCustomerId, type Sender } from "./apiRequest";
import type { Clock } from "../clock";
import { commonHeaders } from "../http/userAgent";
import { ConnectionFailure } from "../http/failures";
import { NotFoundError, ProtocolError, RateLimitError } from "../errors";
import {
  type HttpResponse,
  HttpConnection,
  type HttpRequest,
  type Outcome,
  type RequestEvent,
} from "../http/connection";
import { Operation, type OperationFacts, type Retry } from "./attempts";
import type { RateLedger } from "../rateLimit/sharedLedger";
import { type Permit, RateLimiter } from "../rateLimit/limiter";
import { KnownSecrets, redact, secretTexts } from "../http/redact";
import type { ResolvedSettings } from "../settings/resolve";
import { RetryBudget } from "./retry";
import { ServerClock, serverTimeOf } from "./serverClock";
import { readToken, signInRequest, signOutRequest, type TokenResponse } from "../auth/signIn";
import { type Token, TokenSource } from "../auth/tokenSource";
import { classify, classifySignIn, type Decision } from "./classify";
import { Pauses, Refusals, type WaitNotice } from "../rateLimit/waits";

export interface TransportOptions {
  settings: ResolvedSettings;
  /** Environment with the proxy variables. */
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  random: () => number;
  onRequest: (event: RequestEvent) => void;
  onWait?: ((notice: WaitNotice) => void) | undefined;
  ledger?: RateLedger | undefined;
}

/** One attempt of an operation. */
interface Attempt {
  outcome: Outcome;
  /** The token that was used; undefined for the sign-in itself. */
  token: Token | undefined;
  /** Texts that must not appear in messages about it. */
  secrets: readonly string[];
}

/** What every sign-in says of itself, whether a caller or a request asks for it. */
const signingIn: OperationFacts = { name: "signing in", kind: "sign-in", replay: "safe" };

/** Milliseconds that a sign-out may take, so that it does not delay closing. */
const signOutTimeout = 5_000;

export class Transport implements Sender {
  // private to the runtime too, so that printing a client shows no secrets
  readonly #options: TransportOptions;
  readonly #tokens: TokenSource;
  readonly #http: HttpConnection;
  readonly #known = new KnownSecrets();
  readonly serverClock: ServerClock;
  readonly microtenantId: string | undefined;
  readonly reads: RateLimiter;
  readonly writes: RateLimiter;
  private readonly budget = new RetryBudget();
  private readonly running = new Set<Operation>();
  private readonly refusals: Refusals;
  private readonly pauses: Pauses;
  private closing: Promise<void> | undefined;

  constructor(options: TransportOptions) {
    const { settings, env, clock, onRequest, onWait, ledger } = options;
    this.#options = options;
    this.microtenantId = settings.microtenantId;
    this.serverClock = new ServerClock(clock);
    this.#tokens = new TokenSource(clock, (signal) => this.signIn(signal));
    const { requestTimeout, caCertificate } = settings;
    this.#http = new HttpConnection({ requestTimeout, caCertificate, env, clock, onRequest });
    const limiter = (kind: "reads" | "writes", limit: number) =>
      new RateLimiter({ kind, limit, scope: settings.rateLimitScope, clock, onWait, ledger });
    this.reads = limiter("reads", settings.readsPer10s);
    this.writes = limiter("writes", settings.writesPer10s);
    this.refusals = new Refusals(clock, settings.operationTimeout, ledger);
    this.pauses = new Pauses(clock, onWait);
  }

  send(request: ApiRequest, signal?: AbortSignal): Promise<ApiResponse> {
    const { method, replay, operation: name } = request;
    const kind = method === "GET" ? "reads" : "writes";
    return this.run({ name, kind, replay }, signal, (operation) => this.execute(request, operation, this[kind]));
  }

  /** Takes care that no message shows the secret fields of this value. */
  conceal(value: unknown): void {
    this.#known.add(value);
  }

  /** Signs in now instead of with the first request. */
  async signInNow(signal?: AbortSignal): Promise<void> {
    await this.run(signingIn, signal, (operation) => operation.waitFor(this.#tokens.get(operation.signal)));
  }

  /** The customer id, if it is known without a request. */
  get knownCustomerId(): string | undefined {
    return this.#options.settings.customerId ?? this.#tokens.customerId;
  }

  /** The customer id. Signs in if only the token names it. */
  async customerId(signal?: AbortSignal): Promise<string> {
    if (this.knownCustomerId === undefined) await this.signInNow(signal);
    return needCustomerId(this.knownCustomerId, "looking up the tenant");
  }

  /** Aborts pending operations, signs out of the legacy API (unless told not to) and closes the connections. */
  close({ signOut = true }: { signOut?: boolean } = {}): Promise<void> {
    return (this.closing ??= this.shutDown(signOut));
  }

  private async shutDown(signsOut: boolean): Promise<void> {
    const { settings } = this.#options;
    for (const operation of this.running) operation.close();
    const token = this.#tokens.release();
    if (signsOut && token !== undefined && settings.mode === "legacy") await this.signOut(token);
    await this.#http.close();
  }

  /** Ends the legacy session. Ignores failures, because sessions expire on their own. */
  private async signOut(token: Token): Promise<void> {
    const { clock, settings } = this.#options;
    const abort = new AbortController();
    const cancel = clock.schedule(() => abort.abort(), signOutTimeout);
    const outgoing = signOutRequest(settings, token.value);
    await this.#http.exchange(outgoing, { attempt: 1, waited: 0, body: undefined }, abort.signal).catch(() => {});
    cancel();
  }

  private async run<T>(
    facts: OperationFacts,
    signal: AbortSignal | undefined,
    steps: (operation: Operation) => Promise<T>,
  ) {
    const { clock, random, settings } = this.#options;
    const { budget, refusals } = this;
    const context = { clock, random, budget, refusals, operationTimeout: settings.operationTimeout };
    const operation = new Operation(facts, context, signal);
    this.running.add(operation);
    if (this.closing !== undefined) operation.close();
    try {
      return await steps(operation);
    } finally {
      operation.end();
      this.running.delete(operation);
    }
  }

  private async execute(request: ApiRequest, operation: Operation, limiter: RateLimiter): Promise<ApiResponse> {
    const { settings } = this.#options;
    const ticket = limiter.ticket();
    // a snapshot: the caller may change the object while the request waits
    const body = request.body && JSON.stringify(request.body);
    const redactedBody = body && redact(JSON.parse(body) as unknown);
    this.conceal(request.body);
    const ownSecrets = [...secretTexts(request.body), ...secretsOf(settings)];
    const send = async (): Promise<Attempt> => {
      const acquire = () => limiter.acquire(ticket, familyOf(request), operation.signal);
      const { outcome, token } = await this.attempt(request, { body, redactedBody }, operation, acquire);
      if (!(outcome instanceof ConnectionFailure)) this.serverClock.update(outcome);
      return { outcome, token, secrets: [...ownSecrets, ...this.#known.texts, token.value] };
    };
    const classifyFault = (status: number, fault: ZpaFault) => classify(request.method, status, fault);
    try {
      const { response, secrets } = await this.sendUntilSuccess(operation, send, classifyFault, (wait) =>
        this.pauseAll(wait),
      );
      return this.success(response, operation, secrets);
    } catch (error) {
      // an earlier attempt of this delete has probably succeeded, but its response was lost
      const isDone = request.method === "DELETE" && operation.mayHaveHappened && error instanceof NotFoundError;
      if (!isDone) throw error;
      return { body: undefined, serverTime: this.serverClock.now(), facts: {}, isPresumed: true };
    }
  }

  /** Sends the request, and retries it while the operation allows. @throws the error that ends the operation */
  private async sendUntilSuccess(
    operation: Operation,
    send: () => Promise<Attempt>,
    classifyFault: (status: number, fault: ZpaFault) => Decision,
    hold: (milliseconds: number) => Promise<void> | void,
  ): Promise<{ response: HttpResponse; secrets: readonly string[] }> {
    for (;;) {
      const { outcome, token, secrets } = await send();
      let retry: Retry;
      if (outcome instanceof ConnectionFailure) {
        retry = operation.afterFailure(outcome);
      } else {
        // an interim response (1xx) is no outcome
        if (outcome.status < 300) return { response: outcome, secrets };
        const fault = readFault(outcome);
        retry = operation.afterRefusal(outcome, fault, classifyFault(outcome.status, fault), secrets);
      }
      const { pause, pauseAll, renewToken } = retry;
      if (pause !== undefined) await operation.waitFor(this.pauses.wait(pause, "failed", operation.signal));
      if (pauseAll !== undefined) await operation.waitFor(Promise.resolve(hold(pauseAll)));
      if (renewToken) this.#tokens.discard(token);
    }
  }

  /** Sends the request once, after waiting for a token and a slot in the rate limit. */
  private async attempt(
    request: ApiRequest,
    prepared: { body: string | undefined; redactedBody: unknown },
    operation: Operation,
    acquire: () => Promise<Permit>,
  ): Promise<{ outcome: Outcome; token: Token }> {
    const { clock, settings } = this.#options;
    this.heedHold(operation);
    // before the queue, so that bad credentials and invalid requests fail at once
    await operation.waitFor(this.#tokens.get(operation.signal));
    const url = apiUrl(request, settings, needCustomerId(this.knownCustomerId, request.operation));
    const queuedAt = clock.now();
    operation.suspendDeadline();
    const permit = await operation.waitFor(acquire());
    const waited = clock.now() - queuedAt;
    try {
      this.heedHold(operation);
      // again after the queue, because the token may have expired there
      const token = await operation.waitFor(this.#tokens.get(operation.signal));
      const { body } = prepared;
      const headers = {
        ...commonHeaders,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        authorization: `Bearer ${token.value}`,
      };
      const outgoing: HttpRequest = { method: request.method, url, headers, body };
      return { outcome: await this.exchange(operation, outgoing, waited, prepared.redactedBody), token };
    } finally {
      permit.release();
    }
  }

  /** One exchange within the operation's deadline. */
  private async exchange(operation: Operation, outgoing: HttpRequest, waited: number, body: unknown): Promise<Outcome> {
    operation.startAttempt();
    try {
      const facts = { attempt: operation.attempts, waited, body };
      const outcome = await this.#http.exchange(outgoing, facts, operation.signal);
      if ("status" in outcome && outcome.status !== 429) this.refusals.accepted(operation.facts.kind);
      return outcome;
    } catch (reason) {
      throw operation.abortError(reason);
    }
  }

  private success(response: HttpResponse, operation: Operation, secrets: readonly string[]): ApiResponse {
    this.budget.succeeded();
    const isWrite = operation.facts.kind === "writes";
    const facts = { ...operation.details(responseFacts(response, secrets)), mayHaveHappened: isWrite };
    const body = readSuccess(response, facts, secrets);
    // what reads return is too much to remember
    if (isWrite) this.conceal(body);
    return { body, serverTime: serverTimeOf(response), facts };
  }

  /** Pauses reads and writes alike: a 429 does not say which of the limits was exceeded. */
  private pauseAll(milliseconds: number): void {
    this.reads.refused(milliseconds);
    this.writes.refused(milliseconds);
  }

  /** Milliseconds for which ZPA accepts no requests, as far as this machine knows; 0 if it does. */
  get heldFor(): number {
    return this.refusals.hold.wait;
  }

  /** Holds all requests back while another process knows of a wait. @throws RateLimitError if it is too long for this one */
  private heedHold(operation: Operation): number {
    const { wait, reason } = this.refusals.hold;
    const hint = "run it again then; until then, the client sends no requests";
    if (reason !== undefined) throw new RateLimitError(operation.details({ status: 429, reason, hint }));
    if (wait > this.reads.pausedFor) this.pauseAll(wait);
    return wait;
  }

  private signIn(signal: AbortSignal): Promise<TokenResponse> {
    const { settings, clock } = this.#options;
    return this.run(signingIn, signal, async (operation) => {
      const wait = this.heedHold(operation);
      if (wait > 0) await this.pauses.wait(wait, "refused", operation.signal);
      const send = async (): Promise<Attempt> => {
        // a new assertion for each attempt: one expires after ten minutes
        const { outgoing, secrets } = signInRequest(settings, clock.wallTime());
        const outcome = await this.exchange(operation, outgoing, 0, undefined);
        return { outcome, token: undefined, secrets: [...secrets, ...secretsOf(settings)] };
      };
      const classifyFault = (status: number, fault: ZpaFault) => classifySignIn(settings, status, fault);
      // the sign-in has no queue, so it waits here
      const hold = (milliseconds: number) => this.pauses.wait(milliseconds, "refused", operation.signal);
      const { response, secrets } = await this.sendUntilSuccess(operation, send, classifyFault, hold);
      const token = readToken(response);
      if (token !== undefined) return token;
      throw new ProtocolError({
        ...operation.details(responseFacts(response, secrets)),
        reason: "the response contains no access token",
        hint: "check baseUrl and tokenUrl, and whether a proxy or a login page responds instead of ZPA",
      });
    });
  }
}

function secretsOf(settings: ResolvedSettings): string[] {
  return [settings.clientSecret, settings.privateKey].filter((secret) => secret !== undefined);
}
