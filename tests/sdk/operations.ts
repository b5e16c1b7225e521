// Operations of the client that a test drives by hand: no server, no time that passes.

import assert from "node:assert/strict";
import { UnavailableError } from "../../sdk";
import type { Clock } from "../../sdk/clock";
import { ConnectionFailure, type FailurePhase } from "../../sdk/http/failures";
import { readFault } from "../../sdk/http/responses";
import { Refusals } from "../../sdk/rateLimit/waits";
import { Operation, type OperationFacts, type Retry } from "../../sdk/request/attempts";
import type { Decision } from "../../sdk/request/classify";
import { RetryBudget } from "../../sdk/request/retry";

export const creating: OperationFacts = { name: "creating it", kind: "writes", replay: "never" };
export const updating: OperationFacts = { name: "updating it", kind: "writes", replay: "safe" };
export const reading: OperationFacts = { name: "reading it", kind: "reads", replay: "safe" };

/** The hint of what may have happened. */
export const uncertain = "it may or may not have been carried out: check for the object before you try again";

interface Options {
  /** Retries that all operations have together. */
  budget?: number;
  random?: number;
  caller?: AbortSignal;
}

/** An operation that has sent nothing, and has a minute from its first request on. */
export function newOperation(clock: Clock, facts: OperationFacts, options: Options = {}): Operation {
  const operationTimeout = 60_000;
  const { budget, random = 0, caller } = options;
  const refusals = new Refusals(clock, operationTimeout, undefined);
  const context = { clock, random: () => random, budget: new RetryBudget(budget), refusals, operationTimeout };
  return new Operation(facts, context, caller);
}

/** One whose first request is out. */
export function startedOperation(clock: Clock, facts: OperationFacts, options: Options = {}): Operation {
  const operation = newOperation(clock, facts, options);
  operation.startAttempt();
  return operation;
}

/** ZPA refuses the request, in the same words each time. */
export function refuse(operation: Operation, decision: Partial<Decision>, headers: Record<string, string> = {}): Retry {
  const body = { id: "busy", reason: "Please wait", params: ["p"] };
  const response = { status: 503, headers: { "x-request-id": "r-1", ...headers }, text: JSON.stringify(body) };
  const decided = { action: "retry", error: UnavailableError, ...decision } as const;
  return operation.afterRefusal(response, readFault(response), decided, []);
}

/** The request gets no answer. */
export function fail(operation: Operation, phase: FailurePhase, facts: object = {}): Retry {
  return operation.afterFailure(new ConnectionFailure(phase, "it broke", facts));
}

/** What `act` throws. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  assert.fail("nothing was thrown");
}
