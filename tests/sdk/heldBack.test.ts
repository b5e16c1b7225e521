import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RateLimitError, UnavailableError, type WaitNotice } from "../../sdk";
import { calls, Double, failureOf, keyRow } from "./double";
import { nextTurn, TestClock } from "./testClock";

const { get, create } = calls;

const key = { body: keyRow() };
const refusal = (seconds: number) => ({ status: 429, headers: { "retry-after": `${seconds}s` }, body: {} });

/** Lets everything run that waits for no time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await nextTurn();
}

describe("A client that sends nothing for now", () => {
  let double: Double;
  let clock: TestClock;
  let rateLedger: string;
  beforeEach(async () => {
    double = await Double.start();
    clock = new TestClock();
    rateLedger = mkdtempSync(path.join(tmpdir(), "ledger-"));
  });
  afterEach(async () => {
    await double.close();
    rmSync(rateLedger, { recursive: true, force: true });
  });

  /** Another process of this machine, which gives up at once when ZPA asks it to wait for so long. */
  async function refuseAnother(seconds: number): Promise<void> {
    double.script = [refusal(seconds), key];
    const impatient = double.client({ operationTimeout: 30 }, { clock, rateLedger });
    assert.ok((await failureOf(get(impatient))) instanceof RateLimitError);
    double.requests.length = double.signIns.length = 0;
  }

  describe("since ZPA asked for a wait that is too long", () => {
    it("says for how long, and what to do, of each operation", async () => {
      double.script = [refusal(400)];
      const one = double.client({}, { clock });
      await failureOf(get(one));
      for (const [call, name] of [
        [get, "reading provisioning key 6211"],
        [create, 'creating provisioning key "edge"'],
      ] as const) {
        const error = await failureOf(call(one));
        assert.ok(error instanceof RateLimitError);
        assert.equal(
          error.message,
          `ZPA 429 ${name}: ZPA refused an earlier request and asks to wait another 400 s. Hint: run it again then; until then, the client sends no requests.`,
        );
        assert.deepEqual([error.status, error.attempts, error.mayHaveHappened], [429, 0, false]);
      }
      assert.equal(double.requests.length, 1);
    });

    it("tells by its headroom how long it is kept back", async () => {
      const one = double.client({ operationTimeout: 30 }, { clock });
      const pauses = () => Object.values(one.rateHeadroom()).map(({ pausedFor }) => pausedFor);
      assert.deepEqual(pauses(), [0, 0]);
      double.script = [refusal(45)];
      await failureOf(get(one));
      assert.deepEqual(pauses(), [45_000, 45_000]);
      clock.advance(44_999);
      assert.deepEqual(pauses(), [1, 1]);
      clock.advance(1);
      assert.deepEqual(pauses(), [0, 0]);
    });
  });

  describe("since ZPA asked another process to wait", () => {
    it("does not sign in before the wait is over, and tells of it", async () => {
      await refuseAnother(45);
      const notices: WaitNotice[] = [];
      const one = double.client({}, { clock, rateLedger, onWait: (notice) => notices.push(notice) });
      const signingIn = one.signIn();
      await clock.untilWaiting(45_000);
      clock.advance(500);
      const [{ waiting, kind, cause }] = notices as [WaitNotice];
      assert.deepEqual([waiting, kind, cause], [1, "requests", "refused"]);
      clock.advance(44_490);
      await settle();
      assert.equal(double.signIns.length, 0);
      clock.advance(20);
      await signingIn;
      assert.equal(double.signIns.length, 1);
    });

    it("keeps back reads and writes with the token that it has, and tells of them as of the others", async () => {
      const notices: WaitNotice[] = [];
      double.script = [key];
      const limits = { readsPer10s: 20, writesPer10s: 10 };
      const one = double.client(limits, { clock, rateLedger, onWait: (notice) => notices.push(notice) });
      await one.signIn();
      await refuseAnother(45);
      const both = [get(one), create(one)];
      await clock.untilWaiting(45_000);
      await settle();
      assert.equal(double.requests.length, 0);
      clock.advance(500);
      assert.deepEqual(
        notices.map(({ kind, cause }) => [kind, cause]),
        [
          ["reads", "refused"],
          ["writes", "refused"],
        ],
      );
      clock.advance(45_000);
      await Promise.all(both);
      assert.equal(double.requests.length, 2);
    });

    it("is not longer kept back by its sign-in than its caller wants, and sends nothing after that", async () => {
      await refuseAnother(45);
      const one = double.client({}, { clock, rateLedger });
      const abort = new AbortController();
      const signingIn = failureOf(one.signIn(abort.signal));
      await clock.untilWaiting(45_000);
      const reason = new Error("enough");
      abort.abort(reason);
      assert.equal(await signingIn, reason);
      await settle();
      assert.deepEqual([clock.pending, double.signIns.length], [0, 0]);
    });
  });

  it("waits for no time at all before it signs in where nobody is kept back", async () => {
    // not even a wait of 0 ms ends by itself
    const still = new TestClock({ skip: -1 });
    double.script = [key];
    await get(double.client({}, { clock: still, rateLedger }));
    assert.equal(double.requests.length, 1);
  });

  describe("since it is closed", () => {
    it("says so of the operation and of a sign-in, each by its name", async () => {
      const one = double.client();
      await one.close();
      for (const [call, name] of [
        [get(one), "reading provisioning key 6211"],
        [one.signIn(), "signing in"],
      ] as const) {
        const error = await failureOf(call);
        assert.ok(error instanceof UnavailableError);
        assert.equal(error.message, `ZPA ${name}: the client was closed.`);
        assert.equal(error.mayHaveHappened, false);
      }
      assert.equal(double.requests.length + double.signIns.length, 0);
    });

    it("says of a write on the wire that it may have happened, and of what waits that it has not", async () => {
      double.script = ["hang"];
      const one = double.client({ writesPer10s: 1 }, { clock });
      const [sent, queued] = [failureOf(calls.update(one)), failureOf(calls.update(one))];
      await double.received(1);
      await one.close({ signOut: false });
      for (const [failure, mayHaveHappened] of [
        [sent, true],
        [queued, false],
      ] as const) {
        const error = await failure;
        assert.ok(error instanceof UnavailableError);
        assert.match(error.message, /the client was closed/);
        assert.equal(error.mayHaveHappened, mayHaveHappened);
      }
    });
  });
});
