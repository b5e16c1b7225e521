// The bookkeeping of one operation: attempts, deadline, and whether it is sent again or ends in an error.

import { faultDetails, type ZpaFault } from "../http/answers";
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
import type { HttpAnswer } from "../http/connection";
import { windowMs } from "../rateLimit/limiter";
import { type Lane, type Refusals, tooLong } from "../rateLimit/waits";
import { backOff, maxRetries, parseRetryAfter, type RetryBudget, withJitter } from "./retry";
import type { Verdict } from "./classify";

export interface OperationFacts {
  /** As in `creating provisioning key "edge"`. */
  name: string;
  lane: Lane;
  /** `safe`: sent twice it does what it does once. `never`: it must not be repeated unless it was certainly refused. */
  replay: "safe" | "never";
}

/** What all operations of a client share. */
export interface OperationContext {
  clock: Clock;
  random: () => number;
  budget: RetryBudget;
  refusals: Refusals;
  /** Milliseconds. */
  operationTimeout: number;
}

/** What to do before the request is sent again. */
export interface Retry {
  /** Milliseconds that this operation pauses. */
  pause?: number;
  /** Milliseconds that everybody waits, because ZPA has refused a request for its rate. */
  holdAll?: number;
  /** The token is no longer good. */
  renewToken?: true;
}

/** Internal reasons to abort; nobody outside sees them. */
class DeadlineReached extends Error {}
class ClientClosed extends Error {}

export class Operation {
  /** How often it was sent. */
  attempts = 0;
  /** A try ended without telling whether it was carried out. */
  mayHaveHappened = false;
  /** Given when the caller gives up, when the deadline is reached, or when the client is closed. */
  readonly signal: AbortSignal;
  private readonly own = new AbortController();
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
    this.signal = caller === undefined ? this.own.signal : AbortSignal.any([caller, this.own.signal]);
  }

  /** Called when a request leaves. The deadline runs from then on: a place in the queue costs none of it. */
  startAttempt(): void {
    this.attempts += 1;
    if (this.cancelDeadline !== undefined) return;
    const { clock } = this.context;
    this.deadline = clock.now() + this.timeLeft;
    this.cancelDeadline = clock.schedule(() => this.own.abort(new DeadlineReached()), this.timeLeft);
  }

  /** In the queue for the rate limit: the deadline stands still until the request leaves. */
  suspendDeadline(): void {
    if (this.cancelDeadline === undefined) return;
    this.cancelDeadline();
    this.timeLeft = Math.max(0, this.deadline - this.context.clock.now());
    this.cancelDeadline = undefined;
  }

  end(): void {
    this.cancelDeadline?.();
  }

  /** The client is closed. */
  close(): void {
    this.own.abort(new ClientClosed());
  }

  /** Waits for something outside of the wire. */
  async until<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      // what was refused before the deadline says more than the deadline
      throw error instanceof DeadlineReached ? (this.lastError ?? this.translated(error)) : this.translated(error);
    }
  }

  /** The wire was left by the deadline, by the caller, or because the client was closed. */
  interrupted(reason: unknown): unknown {
    this.noteUncertain();
    const error = this.translated(reason);
    return error !== reason && this.facts.replay === "never" ? this.ambiguous(error as ZpaError) : error;
  }

  /** What to do before the request is sent again. @throws the error that ends the operation, where it may not be */
  afterFailure(failure: ConnectionFailure): Retry {
    if (failure.phase !== "connect") this.noteUncertain();
    const { hint } = failure.facts;
    const details = this.details({ reason: failure.message, cause: failure, ...(hint === undefined ? {} : { hint }) });
    if (failure.phase === "answer" && this.facts.replay === "never") throw this.ambiguous(details);
    const error = new (failure.phase === "protocol" ? ProtocolError : UnavailableError)(details);
    if (failure.facts.isFinal === true || (failure.phase === "protocol" && this.facts.replay === "never")) throw error;
    return this.retry(error);
  }

  /** What to do before the request is sent again. @throws the error that ends the operation, where it may not be */
  afterRefusal(answer: HttpAnswer, fault: ZpaFault, verdict: Verdict, secrets: readonly string[]): Retry {
    const { clock, random, refusals } = this.context;
    if (verdict.do === "repeatIfSafe") this.noteUncertain();
    const hint = verdict.hint === undefined ? {} : { hint: verdict.hint };
    const details = this.details({ ...faultDetails(answer, fault, secrets), ...hint });
    const error = new verdict.error(details);
    const asked = parseRetryAfter(answer.headers["retry-after"], answer.headers["date"], clock.wallTime());
    switch (verdict.do) {
      case "fail":
        throw error;
      case "renew":
        if (this.hasRenewed) throw error;
        this.hasRenewed = true;
        return { renewToken: true };
      case "renewAfterPause":
        return { ...this.retry(error, asked), renewToken: true };
      case "waitAll": {
        const wait = withJitter(asked ?? windowMs, random);
        const objection = refusals.whyNotWait(this.facts.lane, { milliseconds: wait, asked });
        if (objection !== undefined) throw this.withHint(error, objection);
        this.lastError = error;
        this.suspendDeadline();
        return { holdAll: wait };
      }
      case "repeatIfSafe":
        if (this.facts.replay === "never") throw this.ambiguous(details);
        return this.retry(error, asked);
      case "repeat":
        return this.retry(error, asked);
    }
  }

  /** What every error of this operation tells. */
  details(more: ZpaErrorDetails): ZpaErrorDetails {
    const { attempts, mayHaveHappened } = this;
    return { ...more, operation: this.facts.name, attempts, mayHaveHappened };
  }

  private noteUncertain(): void {
    if (this.facts.lane === "writes") this.mayHaveHappened = true;
  }

  /** A pause, as long as a retry is allowed and in time. */
  private retry(error: ZpaError, asked?: number): Retry {
    const { clock, random, budget } = this.context;
    this.retries += 1;
    // the first one is free: when many operations meet one fault each, all of them pass
    if (this.retries > maxRetries || (this.retries > 1 && !budget.take())) throw error;
    const own = { milliseconds: backOff(this.retries, random), asked: undefined };
    const zpas = { milliseconds: asked === undefined ? 0 : withJitter(asked, random), asked };
    const wait = zpas.milliseconds > own.milliseconds ? zpas : own;
    if (clock.now() + wait.milliseconds > this.deadline) throw this.withHint(error, tooLong(wait));
    this.lastError = error;
    return { pause: wait.milliseconds };
  }

  private withHint({ status, id, reason, params, requestId, kind }: ZpaError, hint: string): ZpaError {
    const details = this.details({ status, id, reason, params, requestId, hint });
    return kind === "rateLimit" ? new RateLimitError(details) : new UnavailableError(details);
  }

  /** The error for an internal reason to abort; everything else, such as the caller's own reason, as it is. */
  private translated(reason: unknown): unknown {
    if (reason instanceof ClientClosed) return new UnavailableError(this.details({ reason: "the client was closed" }));
    if (!(reason instanceof DeadlineReached)) return reason;
    const seconds = this.context.operationTimeout / 1000;
    const hint = "run it again later, or raise zpa:operationTimeout";
    return new UnavailableError(this.details({ reason: `not done within ${seconds} s`, hint }));
  }

  private ambiguous({ status, id, reason, params, requestId, cause }: ZpaErrorDetails): AmbiguousOutcomeError {
    const hint = "it may or may not have been carried out: look for the object before trying again";
    return new AmbiguousOutcomeError(this.details({ status, id, reason, params, requestId, cause, hint }));
  }
}
