import assert from "node:assert/strict";
import { AmbiguousOutcomeError, ProtocolError, UnavailableError } from "../../sdk";
import { ConnectionFailure } from "../../sdk/http/failures";
import { Refusals } from "../../sdk/rateLimit/waits";
import { Operation, type OperationFacts } from "../../sdk/request/attempts";
import { RetryBudget } from "../../sdk/request/retry";
import {
  creating,
  fail,
  newOperation,
  reading,
  refuse,
  startedOperation,
  thrownBy,
  uncertain,
  updating,
} from "./operations";
import { TestClock } from "./testClock";

describe("An operation", () => {
  let clock: TestClock;
  beforeEach(() => (clock = new TestClock()));
  const start = (facts: OperationFacts) => newOperation(clock, facts);
  const started = (facts: OperationFacts, caller?: AbortSignal) =>
    startedOperation(clock, facts, caller === undefined ? {} : { caller });

  describe("has a deadline", () => {
    const hint = "run it again later, or raise zpa:operationTimeout";

    it("that begins with its first request and aborts it", () => {
      const operation = start(reading);
      clock.advance(120_000);
      operation.startAttempt();
      clock.advance(59_999);
      assert.ok(!operation.signal.aborted);
      clock.advance(1);
      assert.ok(operation.signal.aborted);
      const error = operation.abortError(operation.signal.reason);
      assert.ok(error instanceof UnavailableError);
      assert.deepEqual([error.operation, error.reason, error.hint], ["reading it", "timed out after 60 s", hint]);
      assert.deepEqual([error.attempts, error.mayHaveHappened], [1, false]);
    });

    it("that goes on over all of its requests", () => {
      const operation = started(reading);
      clock.advance(59_000);
      operation.startAttempt();
      assert.equal(operation.attempts, 2);
      assert.equal(clock.pending, 1);
      clock.advance(1_000);
      assert.ok(operation.signal.aborted);
    });

    it("that stands still in the queue, and goes on where it was", () => {
      const operation = started(reading);
      clock.advance(50_000);
      operation.suspendDeadline();
      operation.suspendDeadline();
      clock.advance(1_000_000);
      assert.ok(!operation.signal.aborted);
      operation.startAttempt();
      clock.advance(9_999);
      assert.ok(!operation.signal.aborted);
      clock.advance(1);
      assert.ok(operation.signal.aborted);
    });

    it("that leaves no time below none, when it is suspended late", () => {
      let now = 0;
      const waits: number[] = [];
      const late = {
        ...{ now: () => now, wallTime: () => now },
        schedule: (_callback: () => void, milliseconds: number) => (waits.push(milliseconds), () => {}),
      };
      const refusals = new Refusals(late, 1_000, undefined);
      const context = { clock: late, random: () => 0, budget: new RetryBudget(), refusals, operationTimeout: 1_000 };
      const operation = new Operation(reading, context);
      operation.startAttempt();
      now = 1_500;
      operation.suspendDeadline();
      operation.startAttempt();
      assert.deepEqual(waits, [1_000, 0]);
    });

    it("that ends with it", () => {
      const operation = started(reading);
      operation.end();
      assert.equal(clock.pending, 0);
      start(reading).end();
    });

    it("whose passing is told by the error before it, while something else is waited for", async () => {
      const operation = started(reading);
      refuse(operation, {});
      clock.advance(60_000);
      const waiting = operation.waitFor(Promise.reject(operation.signal.reason as Error));
      await assert.rejects(waiting, { id: "busy", reason: "Please wait" });
    });

    it("whose passing is told as such where nothing has failed before", async () => {
      const operation = started(updating);
      clock.advance(60_000);
      const waiting = operation.waitFor(Promise.reject(operation.signal.reason as Error));
      await assert.rejects(waiting, { kind: "unavailable", reason: "timed out after 60 s", mayHaveHappened: false });
    });
  });

  it("passes on what it waits for, and its failure as it is", async () => {
    const operation = start(reading);
    assert.equal(await operation.waitFor(Promise.resolve(7)), 7);
    const error = new Error("no token");
    await assert.rejects(operation.waitFor(Promise.reject(error)), error);
  });

  describe("that is aborted", () => {
    it("says that the client was closed", async () => {
      const operation = started(reading);
      operation.close();
      const { reason } = operation.signal as { reason: Error };
      await assert.rejects(operation.waitFor(Promise.reject(reason)), {
        ...{ name: "UnavailableError", operation: "reading it", reason: "the client was closed" },
      });
    });

    it("by its caller, gives the caller's reason", () => {
      const caller = new AbortController();
      const operation = started(creating, caller.signal);
      const reason = new Error("never mind");
      caller.abort(reason);
      assert.ok(operation.signal.aborted);
      assert.equal(operation.abortError(operation.signal.reason), reason);
      assert.ok(operation.mayHaveHappened);
    });

    it("by the client, though its caller has a signal of its own", () => {
      const operation = started(reading, new AbortController().signal);
      operation.close();
      assert.ok(operation.signal.aborted);
    });

    it("while a request is out that cannot be repeated, says that it may have been carried out", () => {
      const operation = started(creating);
      operation.close();
      const error = operation.abortError(operation.signal.reason);
      assert.ok(error instanceof AmbiguousOutcomeError);
      assert.deepEqual([error.reason, error.hint], ["the client was closed", uncertain]);
      assert.ok(error.mayHaveHappened);
    });

    it("while one is out that can be repeated, says so of a write alone", () => {
      for (const [facts, mayHaveHappened] of [
        [updating, true],
        [reading, false],
      ] as const) {
        // prettier-ignore
        const operation = started(facts);
        operation.close();
        const error = operation.abortError(operation.signal.reason);
        assert.ok(error instanceof UnavailableError);
        assert.equal(error.mayHaveHappened, mayHaveHappened);
      }
    });
  });

  describe("whose connection fails", () => {
    it("before anything is sent, waits and is not done", () => {
      const operation = started(creating);
      assert.deepEqual(fail(operation, "connect"), { pause: 250 });
      assert.ok(!operation.mayHaveHappened);
    });

    it("after it was sent, is repeated where that is safe, and is told as a write that may be done", () => {
      for (const phase of ["response", "protocol"] as const) {
        const operation = started(updating);
        assert.deepEqual(fail(operation, phase), { pause: 250 });
        assert.ok(operation.mayHaveHappened);
      }
      const operation = started(reading);
      fail(operation, "response");
      assert.ok(!operation.mayHaveHappened);
    });

    it("after it was sent, is ambiguous where it cannot be repeated", () => {
      const error = thrownBy(() => fail(started(creating), "response", { hint: "look at the network" }));
      assert.ok(error instanceof AmbiguousOutcomeError);
      assert.deepEqual([error.operation, error.reason, error.hint], ["creating it", "it broke", uncertain]);
      assert.deepEqual([error.attempts, (error.cause as Error).message], [1, "it broke"]);
    });

    it("with an answer that cannot be read, is a protocol error that may have happened", () => {
      const error = thrownBy(() => fail(started(creating), "protocol", { hint: "look at the proxy" }));
      assert.ok(error instanceof ProtocolError);
      assert.deepEqual([error.reason, error.hint, error.mayHaveHappened], ["it broke", "look at the proxy", true]);
    });

    it("for good, is not repeated", () => {
      const error = thrownBy(() => fail(started(reading), "connect", { isFinal: true }));
      assert.ok(error instanceof UnavailableError);
      assert.ok(!("hint" in { ...error } && error.hint !== undefined));
      assert.ok(thrownBy(() => fail(started(reading), "protocol", { isFinal: true })) instanceof ProtocolError);
      assert.deepEqual(fail(started(reading), "connect", { isFinal: false }), { pause: 250 });
    });

    it("again and again, ends with what failed last", () => {
      const operation = started(reading);
      for (let retry = 0; retry < 4; retry++) fail(operation, "connect");
      const error = thrownBy(() => operation.afterFailure(new ConnectionFailure("protocol", "the last one")));
      assert.ok(error instanceof ProtocolError);
      assert.equal(error.reason, "the last one");
    });
  });
});
