import assert from "node:assert/strict";
import { AmbiguousOutcomeError, AuthenticationError, RateLimitError, UnavailableError } from "../../sdk";
import type { OperationFacts } from "../../sdk/request/attempts";
import { creating, reading, refuse, startedOperation, thrownBy, uncertain, updating } from "./operations";
import { TestClock } from "./testClock";

describe("An operation", () => {
  let clock: TestClock;
  beforeEach(() => (clock = new TestClock()));
  const started = (facts: OperationFacts, options: { budget?: number; random?: number } = {}) =>
    startedOperation(clock, facts, options);

  describe("that ZPA refuses", () => {
    it("for good, ends with ZPA's words and the hint", () => {
      const error = thrownBy(() => refuse(started(creating), { action: "fail", hint: "do it otherwise" }));
      assert.ok(error instanceof UnavailableError);
      const { status, id, reason, params, requestId, hint, mayHaveHappened } = error;
      assert.deepEqual([status, id, reason, params, requestId], [503, "busy", "Please wait", ["p"], "r-1"]);
      assert.deepEqual([hint, mayHaveHappened], ["do it otherwise", false]);
      const plain = thrownBy(() => refuse(started(creating), { action: "fail" }));
      assert.equal((plain as UnavailableError).hint, undefined);
    });

    it("for its token, is repeated with a new one, once", () => {
      const operation = started(creating);
      const decision = { action: "renewToken", error: AuthenticationError } as const;
      assert.deepEqual(refuse(operation, decision), { renewToken: true });
      assert.ok(thrownBy(() => refuse(operation, decision)) instanceof AuthenticationError);
      assert.ok(!operation.mayHaveHappened);
    });

    it("for a session that is lost, waits too, more than once", () => {
      const operation = started(creating);
      const decision = { action: "pauseAndRenewToken", error: AuthenticationError } as const;
      assert.deepEqual(refuse(operation, decision, { "retry-after": "3s" }), { pause: 3_000, renewToken: true });
      assert.deepEqual(refuse(operation, decision), { pause: 500, renewToken: true });
    });

    it("and has not carried out, is repeated whatever it is", () => {
      const operation = started(creating);
      assert.deepEqual(refuse(operation, { action: "retry" }, { "retry-after": "7" }), { pause: 7_000 });
      assert.ok(!operation.mayHaveHappened);
    });

    it("and may have carried out, is repeated where that is safe", () => {
      const operation = started(updating);
      assert.deepEqual(refuse(operation, { action: "retryIfSafe" }, { "retry-after": "7" }), { pause: 7_000 });
      assert.ok(operation.mayHaveHappened);
      const error = thrownBy(() => refuse(started(creating), { action: "retryIfSafe", hint: "later" }));
      assert.ok(error instanceof AmbiguousOutcomeError);
      const { status, id, reason, params, requestId, hint } = error;
      assert.deepEqual([status, id, reason, params, requestId], [503, "busy", "Please wait", ["p"], "r-1"]);
      assert.equal(hint, uncertain);
    });
  });

  describe("that ZPA refuses for its rate limit", () => {
    const decision = { action: "waitAll", error: RateLimitError, hint: "lower the rate" } as const;

    it("lets everybody wait as long as ZPA says, and a little more", () => {
      assert.deepEqual(refuse(started(creating), decision, { "retry-after": "13s" }), { pauseAll: 13_000 });
      const some = started(reading, { random: 0.5 });
      assert.deepEqual(refuse(some, decision, { "retry-after": "13s" }), { pauseAll: 13_500 });
    });

    it("by the server's own clock, or by this machine's where the answer has no date", () => {
      const until = new Date(Math.ceil(clock.wallTime() / 1000) * 1000 + 20_000);
      const served = new Date(until.getTime() - 9_000).toUTCString();
      const pauseOf = (headers: Record<string, string>) => refuse(started(reading), decision, headers).pauseAll;
      assert.equal(pauseOf({ "retry-after": until.toUTCString(), date: served }), 9_000);
      assert.equal(pauseOf({ "retry-after": until.toUTCString() }), until.getTime() - clock.wallTime());
    });

    it("waits a window of the limit where ZPA says nothing", () => {
      assert.deepEqual(refuse(started(creating), decision), { pauseAll: 10_000 });
    });

    it("does not count the wait, neither as a retry nor to its deadline", async () => {
      const operation = started(creating);
      for (let refusal = 0; refusal < 9; refusal++) {
        assert.deepEqual(refuse(operation, decision, { "retry-after": "50s" }), { pauseAll: 50_000 });
        clock.advance(50_000);
        operation.startAttempt();
      }
      assert.ok(!operation.signal.aborted);
      clock.advance(60_000);
      const waiting = operation.waitFor(Promise.reject(operation.signal.reason as Error));
      await assert.rejects(waiting, { kind: "rateLimit", hint: "lower the rate" });
    });

    it("gives up where the wait is longer than it may take, with ZPA's words and the reason", () => {
      const error = thrownBy(() => refuse(started(creating), decision, { "retry-after": "61s" }));
      assert.ok(error instanceof RateLimitError);
      const { status, id, reason, params, requestId, hint } = error;
      assert.deepEqual([status, id, reason, params, requestId], [503, "busy", "Please wait", ["p"], "r-1"]);
      assert.match(hint ?? "", /^ZPA asks to wait 61 s, but this operation times out sooner/);
    });
  });

  describe("that is repeated", () => {
    it("waits longer each time, four times, and then ends with the last error", () => {
      const operation = started(reading);
      const pauses = [1, 2, 3, 4].map(() => refuse(operation, {}).pause);
      assert.deepEqual(pauses, [250, 500, 1_000, 2_000]);
      assert.ok(thrownBy(() => refuse(operation, {})) instanceof UnavailableError);
    });

    it("takes none of the common retries for its first, and one for each after it", () => {
      const operation = started(reading, { budget: 1 });
      refuse(operation, {});
      refuse(operation, {});
      assert.ok(thrownBy(() => refuse(operation, {})) instanceof UnavailableError);
      assert.equal(refuse(started(reading, { budget: 0 }), {}).pause, 250);
    });

    it("waits by itself where ZPA asks for less", () => {
      assert.equal(refuse(started(reading), {}, { "retry-after": "0.2s" }).pause, 250);
      assert.equal(refuse(started(reading), {}, { "retry-after": "0.25s" }).pause, 250);
      assert.equal(refuse(started(reading, { random: 0.5 }), {}, { "retry-after": "2s" }).pause, 2_500);
      assert.equal(refuse(started(reading, { random: 0.5 }), {}).pause, 375);
    });

    it("ends at once where the wait would be longer than its deadline", () => {
      const operation = started(reading);
      assert.equal(refuse(operation, {}, { "retry-after": "60s" }).pause, 60_000, "just in time");
      const late = started(reading);
      const error = thrownBy(() => refuse(late, { hint: "later" }, { "retry-after": "61s" }));
      assert.ok(error instanceof UnavailableError);
      assert.match(error.hint ?? "", /^ZPA asks to wait 61 s, but this operation times out sooner: run it again then/);
      const short = started(reading);
      clock.advance(59_900);
      const own = thrownBy(() => refuse(short, {}));
      assert.match((own as UnavailableError).hint ?? "", /^the next retry is due in 1 s, but/);
      assert.match((own as UnavailableError).message, /busy reading it: p \(Please wait\) \[request id r-1\]/);
    });

    it("after such a wait for a lost session, is told as unavailable, and after a 429 as the rate limit", () => {
      const headers = { "retry-after": "61s" };
      const lost = { action: "pauseAndRenewToken", error: AuthenticationError } as const;
      assert.ok(thrownBy(() => refuse(started(reading), lost, headers)) instanceof UnavailableError);
      const limited = { action: "retry", error: RateLimitError } as const;
      assert.ok(thrownBy(() => refuse(started(reading), limited, headers)) instanceof RateLimitError);
    });
  });
});
