// The state of one operation: its attempts and its deadline, and whether a failure is retried or thrown.

import { faultDetails, type ZpaFault } from "../http/responses";
import type { Clock } from "../clock";
import type { ConnectionFailure } from "../http/failures";
import {
  AmbiguousOutcomeError,
  ProtocolError,
  RateLimitError,
  UnavailableError,
  type ZpaError,
  type ZpaErrorDetails,
} from "../errors";
import type { HttpResponse } from "../http/connection";
import { windowMs } from "../rateLimit/limiter";
import { type RequestKind, type Refusals, waitTooLong } from "../rateLimit/waits";
import { backOff, maxRetries, parseRetryAfter, type RetryBudget, withJitter } from "./retry";
import type { Decision } from "./classify";

export interface OperationFacts {
  /** For messages, as in `creating provisioning key "edge"`. */
  name: string;
  kind: RequestKind;
  /** `safe`: idempotent, may be retried. `never`: may be retried only if it was certainly not applied. */
  replay: "safe" | "never";
}

/** State that all operations of a client share. */
export interface OperationContext {
  clock: Clock;
  random: () => number;
  budget: RetryBudget;
  refusals: Refusals;
  /** Milliseconds. */
  operationTimeout: number;
}

/** What to do before the next attempt. */
export interface Retry {
  /** Milliseconds that this operation waits. */
  pause?: number;
  /** Milliseconds that all operations wait, because ZPA refused a request with 429. */
  pauseAll?: number;
  /** The token is no longer valid. */
  renewToken?: true;
}

/** Internal abort reasons; they never reach the caller. */
class DeadlineReached extends Error {}
class ClientClosed extends Error {}

export class Operation {
  /** How many times the request was sent. */
  attempts = 0;
  /** An earlier attempt may have been applied. */
  mayHaveHappened = false;
  /** Aborts when the caller's signal aborts, the deadline passes or the client is closed. */
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private retries = 0;
  private hasRenewed = false;
  private deadline = Number.POSITIVE_INFINITY;
  private timeLeft: number;
  private cancelDeadline: (() => void) | undefined;
  private lastError: ZpaError | undefined;

  constructor(
    readonly facts: OperationFacts,
    private readonly context: OperationContext,
    caller?: AbortSignal,
  ) {
    this.timeLeft = context.operationTimeout;
    this.signal = caller === undefined ? this.controller.signal : AbortSignal.any([caller, this.controller.signal]);
  }

  /** Call this when a request is sent. Starts the deadline, or resumes it: time in the queue does not count. */
  startAttempt(): void {
    this.attempts += 1;
    if (this.cancelDeadline !== undefined) return;
    const { clock } = this.context;
    this.deadline = clock.now() + this.timeLeft;
    this.cancelDeadline = clock.schedule(() => this.controller.abort(new DeadlineReached()), this.timeLeft);
  }

  /** Stops the deadline while the request is in the rate limit's queue. */
  suspendDeadline(): void {
    if (this.cancelDeadline === undefined) return;
    this.cancelDeadline();
    this.timeLeft = Math.max(0, this.deadline - this.context.clock.now());
    this.cancelDeadline = undefined;
  }

  /** The operation has settled. */
  end(): void {
    this.cancelDeadline?.();
  }

  /** The client is being closed: aborts the operation. */
  close(): void {
    this.controller.abort(new ClientClosed());
  }

  /** Waits for something other than an exchange, such as the token, the queue or a backoff. */
  async waitFor<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      // the last error is more useful than "timed out"
      throw error instanceof DeadlineReached
        ? (this.lastError ?? this.toPublicError(error))
        : this.toPublicError(error);
    }
  }

  /** The error for an exchange that was aborted: by the caller, the deadline or the closing of the client. */
  abortError(reason: unknown): unknown {
    this.markUncertain();
    const error = this.toPublicError(reason);
    return error !== reason && this.facts.replay === "never" ? this.ambiguous(error as ZpaError) : error;
  }

  /** What to do after a connection failure. @throws the error that ends the operation, if it must not be retried */
  afterFailure(failure: ConnectionFailure): Retry {
    if (failure.phase !== "connect") this.markUncertain();
    const { hint } = failure.facts;
    const details = this.details({ reason: failure.message, cause: failure, hint });
    if (failure.phase === "response" && this.facts.replay === "never") throw this.ambiguous(details);
    const error = new (failure.phase === "protocol" ? ProtocolError : UnavailableError)(details);
    if (failure.facts.isFinal === true || (failure.phase === "protocol" && this.facts.replay === "never")) throw error;
    return this.retry(error);
  }

  /** What to do after an error response. @throws the error that ends the operation, if it must not be retried */
  afterRefusal(response: HttpResponse, fault: ZpaFault, decision: Decision, secrets: readonly string[]): Retry {
    const { clock, random, refusals } = this.context;
    if (decision.action === "retryIfSafe") this.markUncertain();
    const details = this.details({ ...faultDetails(response, fault, secrets), hint: decision.hint });
    const error = new decision.error(details);
    const requested = parseRetryAfter(response.headers["retry-after"], response.headers["date"], clock.wallTime());
    switch (decision.action) {
      case "fail":
        throw error;
      case "renewToken":
        if (this.hasRenewed) throw error;
        this.hasRenewed = true;
        return { renewToken: true };
      case "pauseAndRenewToken":
        return { ...this.retry(error, requested), renewToken: true };
      case "waitAll": {
        const wait = withJitter(requested ?? windowMs, random);
        const objection = refusals.reasonToGiveUp(this.facts.kind, { milliseconds: wait, requested });
        if (objection !== undefined) throw this.withHint(error, objection);
        this.lastError = error;
        this.suspendDeadline();
        return { pauseAll: wait };
      }
      case "retryIfSafe":
        if (this.facts.replay === "never") throw this.ambiguous(details);
        return this.retry(error, requested);
      case "retry":
        return this.retry(error, requested);
    }
  }

  /** The details that all errors of this operation share. */
  details(more: ZpaErrorDetails): ZpaErrorDetails {
    const { attempts, mayHaveHappened } = this;
    return { ...more, operation: this.facts.name, attempts, mayHaveHappened };
  }

  private markUncertain(): void {
    if (this.facts.kind === "writes") this.mayHaveHappened = true;
  }

  /** The backoff before the next attempt. @throws `error` if the retries are used up or the deadline comes first */
  private retry(error: ZpaError, requested?: number): Retry {
    const { clock, random, budget } = this.context;
    this.retries += 1;
    // the first retry is free, so any number of operations can recover from a single failure
    if (this.retries > maxRetries || (this.retries > 1 && !budget.take())) throw error;
    const own = { milliseconds: backOff(this.retries, random), requested: undefined };
    const server = { milliseconds: requested === undefined ? 0 : withJitter(requested, random), requested };
    const wait = server.milliseconds > own.milliseconds ? server : own;
    if (clock.now() + wait.milliseconds > this.deadline) throw this.withHint(error, waitTooLong(wait));
    this.lastError = error;
    return { pause: wait.milliseconds };
  }

  private withHint({ status, id, reason, params, requestId, kind }: ZpaError, hint: string): ZpaError {
    const details = this.details({ status, id, reason, params, requestId, hint });
    return kind === "rateLimit" ? new RateLimitError(details) : new UnavailableError(details);
  }

  /**
   * Replaces an internal abort reason with a public error; returns anything else, such as the caller's reason,
   * unchanged.
   */
  private toPublicError(reason: unknown): unknown {
    if (reason instanceof ClientClosed) return new UnavailableError(this.details({ reason: "the client was closed" }));
    if (!(reason instanceof DeadlineReached)) return reason;
    const seconds = this.context.operationTimeout / 1000;
    const hint = "run it again later, or raise zpa:operationTimeout";
    return new UnavailableError(this.details({ reason: `timed out after ${seconds} s`, hint }));
  }

  private ambiguous({ status, id, reason, params, requestId, cause }: ZpaErrorDetails): AmbiguousOutcomeError {
    const hint = "it may or may not have been carried out: check for the object before you try again";
    return new AmbiguousOutcomeError(this.details({ status, id, reason, params, requestId, cause, hint }));
  }
}
