import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { WaitNotice, ZpaClient } from "../../sdk";
import { AmbiguousOutcomeError, RateLimitError, UnavailableError } from "../../sdk";
import { busy, calls, Double, failureOf, keyRow } from "./double";
import { nextTurn, TestClock } from "./testClock";

const { get, create, update } = calls;

const key = { body: keyRow() };

describe("Waiting", () => {
  let double: Double;
  let clock: TestClock;
  beforeEach(async () => {
    double = await Double.start();
    clock = new TestClock({ skip: 60_000 });
  });
  afterEach(() => double.close());
  const client = (settings = {}) => double.client(settings, { clock });

  describe("after a 429", () => {
    const refusal = (headers: Record<string, string>) => ({
      status: 429,
      headers,
      body: { id: "invalid.toomanyrequests", reason: "Exceeded the number of requests allowed." },
    });
    const headers: [string, Record<string, string>, number][] = [
      ["13s", { "retry-after": "13s" }, 13_000],
      ["13", { "retry-after": "13" }, 13_000],
      [
        "a date, by the server's own clock",
        { "retry-after": "Wed, 01 Jan 2020 00:00:20 GMT", date: "Wed, 01 Jan 2020 00:00:00 GMT" },
        20_000,
      ],
      ["nothing", {}, 10_000],
      ["garbage", { "retry-after": "in a while, 5 or so" }, 10_000],
    ];
    for (const [what, sent, expected] of headers) {
      it(`wait as ZPA says: ${what}`, async () => {
        double.script = [refusal(sent), key];
        await get(double.client({}, { clock, random: () => 0.5 }));
        assert.ok(clock.waits.includes(expected + 500), String(clock.waits));
        assert.ok(!clock.waits.some((wait) => wait > 250 && wait < expected && wait !== 500), String(clock.waits));
      });
    }

    it("keep everybody back, reads and writes, until the wait is over", async () => {
      const still = new TestClock();
      double.script = [refusal({ "retry-after": "13s" }), key];
      const one = double.client({ readsPer10s: 20, writesPer10s: 10 }, { clock: still });
      const first = create(one);
      await double.received(1);
      await still.untilWaiting(13_000);
      const others = [get(one), create(one), get(one)];
      still.advance(12_999);
      for (let turn = 0; turn < 20; turn++) await nextTurn();
      assert.equal(double.requests.length, 1);
      const advancing = (async () => {
        for (let step = 0; step < 20; step++) {
          still.advance(1);
          for (let turn = 0; turn < 10; turn++) await nextTurn();
        }
      })();
      await Promise.all([first, ...others, advancing]);
      assert.equal(double.requests.length, 5);
    });

    it("fail at once when the wait is absurd, send nothing more until it is over, and leave nobody waiting", async () => {
      const still = new TestClock();
      double.script = [refusal({ "retry-after": "99999999s" }), key];
      const one = double.client({}, { clock: still });
      const error = await failureOf(create(one));
      assert.ok(error instanceof RateLimitError);
      assert.equal(error.mayHaveHappened, false);
      assert.match(
        error.message,
        /^ZPA 429 invalid\.toomanyrequests creating provisioning key "edge": Exceeded .*asks to wait 99999999 s/,
      );
      const next = await failureOf(get(one));
      assert.ok(next instanceof RateLimitError);
      assert.match(next.message, /asks to wait another 3600 s/);
      assert.equal(double.requests.length, 1);
      still.advance(3_600_000);
      await get(one);
    });

    it("fail at once also in a later process of this machine, which does not even sign in", async () => {
      const still = new TestClock();
      const rateLedger = mkdtempSync(path.join(tmpdir(), "ledger-"));
      try {
        double.script = [refusal({ "retry-after": "1500s" }), key];
        await failureOf(create(double.client({}, { clock: still, rateLedger })));
        const sent = [...double.requests, ...double.signIns].length;
        still.advance(1_000_000);
        const later = double.client({}, { clock: still, rateLedger });
        const error = await failureOf(get(later));
        assert.ok(error instanceof RateLimitError);
        assert.match(
          error.message,
          /refused a request of another process on this machine, and accepts none for another \d+ s/,
        );
        assert.ok((await failureOf(later.signIn())) instanceof RateLimitError);
        assert.equal([...double.requests, ...double.signIns].length, sent);
        still.advance(1_000_000);
        await get(later);
      } finally {
        rmSync(rateLedger, { recursive: true });
      }
    });

    it("send nothing that was in the queue already when ZPA asked for an absurd wait", async () => {
      const still = new TestClock();
      double.script = [refusal({ "retry-after": "99999999s" }), key];
      const one = double.client({ writesPer10s: 1 }, { clock: still });
      const both = [failureOf(create(one)), failureOf(create(one))];
      await both[0];
      still.advance(10_000);
      assert.ok((await both[1]) instanceof RateLimitError);
      assert.equal(double.requests.length, 1);
    });

    it("go on past the deadline, for others may use the tenant's limit up for long", async () => {
      const refusals = Array.from({ length: 50 }, () => refusal({ "retry-after": "50s" }));
      double.script = [...refusals, key];
      const from = clock.now();
      await get(client({ operationTimeout: 180 }));
      assert.ok(clock.now() - from >= 50 * 50_000);
    });

    it("end when ZPA has let nothing through for an hour, and say so, those in the queue too", async () => {
      double.script = [refusal({ "retry-after": "50s" })];
      const one = client({ operationTimeout: 180, writesPer10s: 1 });
      const errors = await Promise.all([failureOf(create(one)), failureOf(create(one)), failureOf(create(one))]);
      assert.match(
        (errors[0] as RateLimitError).message,
        /Exceeded the number of requests allowed \[73 attempts\]\. Hint: ZPA has refused all requests for 60 min: other clients/,
      );
      for (const error of errors) assert.ok(error instanceof RateLimitError, String(error));
      assert.ok(double.requests.length <= 75, String(double.requests.length));
    });

    it("go on for as long as others are let through", async () => {
      // half an hour of refusals, an answer, and half an hour again
      const refusals = Array.from({ length: 50 }, () => refusal({ "retry-after": "50s" }));
      double.script = [...refusals, key, ...refusals, key];
      const one = client({ operationTimeout: 180 });
      await get(one);
      await get(one);
    });

    it("are waited for as ever long after one that was given up", async () => {
      const still = new TestClock();
      const abort = new AbortController();
      double.script = [refusal({ "retry-after": "13s" }), refusal({ "retry-after": "13s" }), key];
      const one = double.client({}, { clock: still });
      const givenUp = failureOf(get(one, abort.signal));
      await still.untilWaiting(13_000);
      abort.abort(new Error("enough"));
      await givenUp;
      still.advance(7_200_000);
      const later = get(one);
      await double.received(2);
      await still.untilWaiting(13_000);
      still.advance(13_000);
      await later;
    });

    it("cost the retries nothing", async () => {
      const four = Array.from({ length: 4 }, () => refusal({ "retry-after": "1" }));
      double.script = [...four, busy, busy, busy, busy, key];
      await get(client());
      assert.equal(double.requests.length, 9);
    });
  });

  describe("are told when they are long", () => {
    const patient = { status: 503, headers: { "retry-after": "10s" }, body: busy.body };
    const told = (notices: WaitNotice[], still: TestClock) =>
      double.client({}, { clock: still, onWait: (notice) => notices.push(notice) });

    it("before something is tried again, with how many wait, until when and why", async () => {
      const still = new TestClock();
      const notices: WaitNotice[] = [];
      double.script = [patient, patient, patient, key];
      const one = told(notices, still);
      const all = Promise.all([get(one), get(one), update(one)]);
      while (still.waits.filter((wait) => wait === 10_000).length < 3) await nextTurn();
      still.advance(500);
      assert.deepEqual(notices, [{ waiting: 3, resumesIn: 9_500, endsIn: 9_500, kind: "requests", cause: "failed" }]);
      still.advance(9_500);
      await all;
      assert.equal(notices.length, 1);
    });

    it("when the sign-in is refused for its rate", async () => {
      const still = new TestClock();
      const notices: WaitNotice[] = [];
      double.signIn = [{ status: 429, headers: { "retry-after": "13s" }, body: {} }, double.token()];
      const signedIn = told(notices, still).signIn();
      await still.untilWaiting(13_000);
      still.advance(500);
      assert.deepEqual(notices, [
        { waiting: 1, resumesIn: 12_500, endsIn: 12_500, kind: "requests", cause: "refused" },
      ]);
      still.advance(12_500);
      await signedIn;
    });

    it("and not when they are short", async () => {
      const notices: WaitNotice[] = [];
      double.script = [busy, key];
      await get(told(notices, clock));
      assert.deepEqual(notices, []);
    });
  });

  describe("within a deadline", () => {
    it("end at the deadline, wherever they are, and leave nothing running", async () => {
      const still = new TestClock();
      double.script = ["hang"];
      const one = double.client({}, { clock: still });
      const [reading, creating, updating] = [get(one), create(one), update(one)];
      await double.received(3);
      still.advance(300_000);
      const read = await failureOf(reading);
      assert.ok(read instanceof UnavailableError);
      assert.match(read.message, /timed out after 300 s\. Hint: .*zpa:operationTimeout/);
      const created = await failureOf(creating);
      assert.ok(created instanceof AmbiguousOutcomeError);
      assert.ok(created.mayHaveHappened);
      const updated = await failureOf(updating);
      assert.ok(updated instanceof UnavailableError && updated.mayHaveHappened);
      assert.equal(still.pending, 0);
    });

    it("do not count the place in the queue", async () => {
      const still = new TestClock();
      double.script = [key];
      const one = double.client({ readsPer10s: 1, operationTimeout: 15 }, { clock: still });
      const reads = [get(one), get(one), get(one)];
      for (let count = 1; count <= 3; count++) {
        await double.received(count);
        if (count < 3) await still.untilWaiting(10_000);
        still.advance(10_000);
      }
      await Promise.all(reads);
    });
  });

  it("within a deadline do not count the place in the queue before another try", async () => {
    double.script = [busy, busy, key];
    // the deadline is none of the waits that are over at once
    const queueing = new TestClock({ skip: 11_000 });
    await get(double.client({ readsPer10s: 1, operationTimeout: 15 }, { clock: queueing }));
    assert.equal(double.requests.length, 3);
  });

  describe("given up by the caller", () => {
    const reason = new Error("enough");
    type Reach = (abort: AbortController, one: ZpaClient, still: TestClock) => Promise<{ ended: Promise<unknown> }>;
    const stages: Record<string, Reach> = {
      "before it begins": async (abort, one) => {
        abort.abort(reason);
        return { ended: failureOf(get(one, abort.signal)) };
      },
      "in the queue": async (abort, one, still) => {
        await get(one);
        const ended = failureOf(get(one, abort.signal));
        await still.untilWaiting(10_000);
        return { ended };
      },
      "on the wire": async (abort, one) => {
        double.script = ["hang"];
        const ended = failureOf(create(one, abort.signal));
        await double.received(1);
        return { ended };
      },
      "in the middle of an answer": async (abort, one) => {
        const answer = new Promise<void>((resolve) => {
          double.script = [
            (response) => {
              response.writeHead(200, { "content-type": "application/json" });
              response.write("{", () => resolve());
            },
          ];
        });
        const ended = failureOf(get(one, abort.signal));
        await answer;
        for (let turn = 0; turn < 20; turn++) await nextTurn();
        return { ended };
      },
      "in the pause before a retry": async (abort, one, still) => {
        double.script = [busy];
        const ended = failureOf(get(one, abort.signal));
        await still.untilWaiting(250);
        return { ended };
      },
      "in the wait after a 429": async (abort, one, still) => {
        double.script = [{ status: 429, headers: { "retry-after": "13" } }];
        const ended = failureOf(create(one, abort.signal));
        await still.untilWaiting(13_000);
        return { ended };
      },
    };
    for (const [stage, reach] of Object.entries(stages)) {
      it(`end with the caller's reason ${stage}, and leave nothing running`, async () => {
        const still = new TestClock();
        double.script = [key];
        const one = double.client({ readsPer10s: 1 }, { clock: still });
        const abort = new AbortController();
        const { ended } = await reach(abort, one, still);
        abort.abort(reason);
        assert.equal(await ended, reason);
        await nextTurn();
        assert.equal(still.pending, 0);
      });
    }
  });
});
