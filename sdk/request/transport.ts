// From "do this" to an answer or an error that says all: token, place in the limit, exchange, judgement, retry.

import { answerFacts, readFault, readSuccess, type ZpaFault } from "../http/answers";
import { type ApiAnswer, type ApiRequest, apiUrl, familyOf, needCustomerId, type Sender } from "./apiRequest";
import type { Clock } from "../clock";
import { commonHeaders } from "../http/userAgent";
import { ConnectionFailure } from "../http/failures";
import { NotFoundError, ProtocolError, RateLimitError } from "../errors";
import { type HttpAnswer, HttpConnection, type HttpRequest, type Outcome, type RequestEvent } from "../http/connection";
import { Operation, type OperationFacts, type Retry } from "./attempts";
import type { RateLedger } from "../rateLimit/sharedLedger";
import { type Permit, RateLimiter } from "../rateLimit/limiter";
import { redact, secretTexts } from "../http/redact";
import type { ResolvedSettings } from "../settings/resolve";
import { RetryBudget } from "./retry";
import { ServerClock, serverTimeOf } from "./serverClock";
import { readToken, signInRequest, type TokenAnswer } from "../auth/signIn";
import { type Token, TokenSource } from "../auth/tokenSource";
import { judge, judgeSignIn, type Verdict } from "./classify";
import { Pauses, Refusals, type WaitNotice } from "../rateLimit/waits";

export interface TransportOptions {
  settings: ResolvedSettings;
  /** Where the proxy variables stand. */
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  random: () => number;
  onRequest: (event: RequestEvent) => void;
  onWait?: ((notice: WaitNotice) => void) | undefined;
  ledger?: RateLedger | undefined;
}

/** One try of an operation. */
interface Attempt {
  outcome: Outcome;
  /** Undefined for the sign-in itself. */
  token: Token | undefined;
  /** What no message about it may show. */
  secrets: readonly string[];
}

/** Milliseconds that a sign-out may take: nobody should wait for it. */
const signOutTimeout = 5_000;

export class Transport implements Sender {
  // out of reach of whoever prints the client
  readonly #options: TransportOptions;
  readonly #tokens: TokenSource;
  readonly #http: HttpConnection;
  readonly serverClock: ServerClock;
  private readonly reads: RateLimiter;
  private readonly writes: RateLimiter;
  private readonly budget = new RetryBudget();
  private readonly running = new Set<Operation>();
  private readonly refusals: Refusals;
  private readonly pauses: Pauses;
  private closing: Promise<void> | undefined;

  constructor(options: TransportOptions) {
    const { settings, env, clock, onRequest, onWait, ledger } = options;
    this.#options = options;
    this.serverClock = new ServerClock(clock);
    this.#tokens = new TokenSource(clock, (signal) => this.signIn(signal));
    const { requestTimeout, caCertificate } = settings;
    this.#http = new HttpConnection({ requestTimeout, caCertificate, env, clock, onRequest });
    const limiter = (kind: "reads" | "writes", limit: number) =>
      new RateLimiter({ kind, limit, scope: settings.rateLimitScope, clock, onWait, ledger });
    this.reads = limiter("reads", settings.readsPer10s);
    this.writes = limiter("writes", settings.writesPer10s);
    this.refusals = new Refusals(clock, settings.operationTimeout);
    this.pauses = new Pauses(clock, onWait);
  }

  send(request: ApiRequest, signal?: AbortSignal): Promise<ApiAnswer> {
    const { method, replay, operation: name } = request;
    const lane = method === "GET" ? "reads" : "writes";
    return this.run({ name, lane, replay }, signal, (operation) => this.carryOut(request, operation));
  }

  /** Signs in now instead of with the first request. */
  async signInNow(signal?: AbortSignal): Promise<void> {
    await this.run({ name: "signing in", lane: "sign-in", replay: "safe" }, signal, (operation) =>
      operation.until(this.#tokens.get(operation.signal)),
    );
  }

  /** The tenant, as far as it is known without a request. */
  get knownCustomerId(): string | undefined {
    return this.#options.settings.customerId ?? this.#tokens.customerId;
  }

  /** The tenant. Signs in where only a token can tell it. */
  async customerId(signal?: AbortSignal): Promise<string> {
    if (this.knownCustomerId === undefined) await this.signInNow(signal);
    return needCustomerId(this.knownCustomerId, "looking up the tenant");
  }

  /** Gives the legacy session back, ends what is under way, and closes the connections. */
  close(): Promise<void> {
    return (this.closing ??= this.shutDown());
  }

  private async shutDown(): Promise<void> {
    const { settings } = this.#options;
    for (const operation of this.running) operation.close();
    const token = this.#tokens.release();
    if (token !== undefined && settings.mode === "legacy") await this.signOut(`${settings.baseUrl}/signout`, token);
    await this.#http.close();
  }

  /** A session that cannot be given back ends by itself: nothing to bother anybody with. */
  private async signOut(url: string, token: Token): Promise<void> {
    const { clock } = this.#options;
    const abort = new AbortController();
    const cancel = clock.schedule(() => abort.abort(new Error("the sign-out took too long")), signOutTimeout);
    const headers = { ...commonHeaders, "content-type": "application/json", authorization: `Bearer ${token.value}` };
    const outgoing: HttpRequest = { method: "POST", url, headers, body: "{}" };
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

  private async carryOut(request: ApiRequest, operation: Operation): Promise<ApiAnswer> {
    const { settings } = this.#options;
    const limiter = operation.facts.lane === "writes" ? this.writes : this.reads;
    const ticket = limiter.ticket();
    // as it is now: the caller may go on changing it while it waits
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const shown = body === undefined ? undefined : redact(JSON.parse(body) as unknown);
    const secrets = [...secretTexts(request.body), ...secretsOf(settings)];
    const send = async (): Promise<Attempt> => {
      const acquire = () => limiter.acquire(ticket, familyOf(request), operation.signal);
      const { outcome, token } = await this.attempt(request, { body, shown }, operation, acquire);
      if (!(outcome instanceof ConnectionFailure)) this.serverClock.heard(outcome);
      return { outcome, token, secrets: [...secrets, token.value] };
    };
    const judgeFault = (status: number, fault: ZpaFault) => judge(request.method, status, fault);
    try {
      const { answer } = await this.repeat(operation, send, judgeFault, (wait) => this.holdAll(wait));
      return this.success(answer, operation, secrets);
    } catch (error) {
      // a delete whose answer was lost, and that finds nothing now, has done it
      const isDone = request.method === "DELETE" && operation.mayHaveHappened && error instanceof NotFoundError;
      if (!isDone) throw error;
      return { body: undefined, serverTime: this.serverClock.now(), facts: {} };
    }
  }

  /** Sends until there is a success, as often as it may be sent again. */
  private async repeat(
    operation: Operation,
    send: () => Promise<Attempt>,
    judgeFault: (status: number, fault: ZpaFault) => Verdict,
    hold: (milliseconds: number) => Promise<void> | void,
  ): Promise<{ answer: HttpAnswer; secrets: readonly string[] }> {
    for (;;) {
      const { outcome, token, secrets } = await send();
      let retry: Retry;
      if (outcome instanceof ConnectionFailure) {
        retry = operation.afterFailure(outcome);
      } else {
        if (isSuccess(outcome)) return { answer: outcome, secrets };
        const fault = readFault(outcome);
        retry = operation.afterRefusal(outcome, fault, judgeFault(outcome.status, fault), secrets);
      }
      const { pause, holdAll, renewToken } = retry;
      if (pause !== undefined) await operation.until(this.pauses.wait(pause, "failed", operation.signal));
      if (holdAll !== undefined) await operation.until(Promise.resolve(hold(holdAll)));
      if (renewToken && token !== undefined) this.#tokens.discard(token);
    }
  }

  /** Sends it once, when there is a token and a place for it. */
  private async attempt(
    request: ApiRequest,
    prepared: { body: string | undefined; shown: unknown },
    operation: Operation,
    acquire: () => Promise<Permit>,
  ): Promise<{ outcome: Outcome; token: Token }> {
    const { clock, settings } = this.#options;
    // before the queue: who cannot sign in, or asks for nonsense, learns it at once
    await operation.until(this.#tokens.get(operation.signal));
    const url = apiUrl(request, settings, needCustomerId(this.knownCustomerId, request.operation));
    this.refuseWhileBanned(operation);
    const queuedAt = clock.now();
    operation.suspendDeadline();
    const permit = await operation.until(acquire());
    try {
      this.refuseWhileBanned(operation);
      // after the queue: it may have been longer than the token lives
      const token = await operation.until(this.#tokens.get(operation.signal));
      const waited = clock.now() - queuedAt;
      const { body } = prepared;
      const headers = {
        ...commonHeaders,
        ...(body === undefined ? {} : jsonBody),
        authorization: `Bearer ${token.value}`,
      };
      const outgoing: HttpRequest = { method: request.method, url, headers, ...(body === undefined ? {} : { body }) };
      return { outcome: await this.exchangeFor(operation, outgoing, waited, prepared.shown), token };
    } finally {
      permit.release();
    }
  }

  /** One exchange of an operation. */
  private async exchangeFor(
    operation: Operation,
    outgoing: HttpRequest,
    waited: number,
    body: unknown,
  ): Promise<Outcome> {
    operation.startAttempt();
    try {
      const outcome = await this.#http.exchange(
        outgoing,
        { attempt: operation.attempts, waited, body },
        operation.signal,
      );
      if (!(outcome instanceof ConnectionFailure) && outcome.status !== 429) this.refusals.passed(operation.facts.lane);
      return outcome;
    } catch (reason) {
      throw operation.interrupted(reason);
    }
  }

  private success(answer: HttpAnswer, operation: Operation, secrets: readonly string[]): ApiAnswer {
    this.budget.succeeded();
    const mayHaveHappened = operation.facts.lane === "writes";
    const facts = { ...operation.details(answerFacts(answer, secrets)), mayHaveHappened };
    return { body: readSuccess(answer, facts), serverTime: serverTimeOf(answer), facts };
  }

  /** The tenant's limits hold for reads and writes alike, but who is refused for one is over the rate for both. */
  private holdAll(milliseconds: number): void {
    this.reads.refused(milliseconds);
    this.writes.refused(milliseconds);
  }

  /** ZPA asked for more time than it is worth: until then nothing is sent, and nobody waits in vain. */
  private refuseWhileBanned(operation: Operation): void {
    const reason = this.refusals.whyNothing;
    if (reason === undefined) return;
    const hint = "run it again then; until then nothing is sent";
    throw new RateLimitError(operation.details({ status: 429, reason, hint }));
  }

  private signIn(signal: AbortSignal): Promise<TokenAnswer> {
    const { settings, clock } = this.#options;
    return this.run({ name: "signing in", lane: "sign-in", replay: "safe" }, signal, async (operation) => {
      const send = async (): Promise<Attempt> => {
        // signed anew each time: an assertion lives for a minute
        const { outgoing, secrets } = signInRequest(settings, clock.wallTime());
        const outcome = await this.exchangeFor(operation, outgoing, 0, undefined);
        return { outcome, token: undefined, secrets: [...secrets, ...secretsOf(settings)] };
      };
      const judgeFault = (status: number, fault: ZpaFault) => judgeSignIn(settings, status, fault);
      // the sign-in has no queue whose head could wait for it
      const hold = (milliseconds: number) => this.pauses.wait(milliseconds, "refused", operation.signal);
      const { answer, secrets } = await this.repeat(operation, send, judgeFault, hold);
      const token = readToken(answer);
      if (token !== undefined) return token;
      throw new ProtocolError({
        ...operation.details(answerFacts(answer, secrets)),
        reason: "the answer holds no access token",
        hint: "check baseUrl and tokenUrl, and whether a proxy or a login page answers in place of ZPA",
      });
    });
  }
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

const jsonBody = { "content-type": "application/json" };

function secretsOf(settings: ResolvedSettings): string[] {
  return [settings.clientSecret, settings.privateKey].filter((secret) => secret !== undefined);
}
