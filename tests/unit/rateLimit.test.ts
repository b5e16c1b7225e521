import assert from "node:assert/strict";
import { type Permit, RateLimiter, type RateLimiterOptions } from "../../sdk/rateLimit/limiter";
import type { WaitNotice } from "../../sdk/rateLimit/waits";
import { FakeClock } from "../property/fakeClock";

const latency = 60;

/** Requests that note when they left; each is answered after the latency. */
function setUp(options: Partial<RateLimiterOptions> = {}) {
  const clock = new FakeClock();
  const notices: { at: number; notice: WaitNotice }[] = [];
  const left: { name: string; at: number }[] = [];
  const onWait = (notice: WaitNotice) => void notices.push({ at: clock.now(), notice });
  const limiter = new RateLimiter({ kind: "writes", limit: 10, scope: "tenant", clock, onWait, ...options });
  const send = async (name: string, ticket = limiter.ticket(), signal?: AbortSignal): Promise<Permit> => {
    const permit = await limiter.acquire(ticket, "key", signal);
    left.push({ name, at: clock.now() });
    await clock.sleep(latency);
    permit.release();
    return permit;
  };
  const names = () => left.map(({ name }) => name);
  return { clock, notices, left, limiter, send, names };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

describe("The rate limiter", () => {
  it("sends ten at once, and the next ten a window after the answers of the first", async () => {
    const { clock, left, send } = setUp();
    await clock.runFor(Promise.all(numbered(21).map((name) => send(name))));
    const times = [...new Set(left.map(({ at }) => at))];
    assert.deepEqual(times, [0, 10_060, 20_120]);
    assert.equal(left.filter(({ at }) => at === 10_060).length, 10);
  });

  it("tells what is free now, until when ZPA asks to wait, and sends nothing for that", async () => {
    const { clock, limiter, left, send } = setUp();
    assert.deepEqual(limiter.headroom(), { limit: 10, free: 10, pausedFor: 0 });
    await clock.runFor(Promise.all(["one", "two", "three"].map((name) => send(name))));
    assert.equal(limiter.headroom().free, 7);
    limiter.refused(13_000);
    assert.equal(limiter.headroom().pausedFor, 13_000);
    await clock.runUntil(20_000);
    assert.deepEqual(limiter.headroom(), { limit: 10, free: 10, pausedFor: 0 });
    assert.equal(left.length, 3);
    assert.deepEqual(setUp({ limit: 0 }).limiter.headroom(), { limit: 0, free: undefined, pausedFor: 0 });
  });

  it("counts the fullest family where each has a limit of its own", async () => {
    const { clock, limiter, send } = setUp({ scope: "endpoint" });
    await clock.runFor(Promise.all([send("key"), send("another key")]));
    (await limiter.acquire(limiter.ticket(), "credential")).release();
    assert.equal(limiter.headroom().free, 8);
  });

  it("lets a refused request leave before those that came after it", async () => {
    const { clock, limiter, send, names } = setUp({ limit: 1 });
    const refused = limiter.ticket();
    const waiting = [send("second"), send("third")];
    await clock.runUntil(0);
    assert.deepEqual(names(), ["second"]);
    limiter.refused(13_000);
    await clock.runFor(Promise.all([...waiting, send("first", refused)]));
    assert.deepEqual(names(), ["second", "first", "third"]);
  });

  it("lets nobody leave before the longest Retry-After is over", async () => {
    const { clock, limiter, left, send } = setUp();
    limiter.refused(13_000);
    limiter.refused(2_000);
    await clock.runFor(send("one"));
    assert.equal(left[0]?.at, 13_000);
  });

  it("sends one ahead after a pause, and the rest when that one was not refused again", async () => {
    const { clock, limiter, left, send } = setUp();
    limiter.refused(13_000);
    await clock.runFor(Promise.all(numbered(5).map((name) => send(name))));
    const times = left.map(({ at }) => at);
    assert.deepEqual(times, [13_000, 13_061, 13_061, 13_061, 13_061]);
  });

  it("keeps the rest back when the one ahead is refused again", async () => {
    const { clock, limiter, left, send } = setUp();
    limiter.refused(13_000);
    const ahead = send("ahead").then(() => limiter.refused(13_000));
    await clock.runFor(Promise.all([ahead, ...numbered(3).map((name) => send(name))]));
    const [first, second, ...rest] = left.map(({ at }) => at);
    assert.deepEqual([first, second], [13_000, 26_060]);
    assert.deepEqual(rest, [26_121, 26_121]);
  });

  it("counts a refused request like any other, for ZPA may count it too", async () => {
    const { clock, limiter, left, send } = setUp({ limit: 1 });
    await clock.runFor(send("refused"));
    limiter.refused(1_000);
    await clock.runFor(send("again"));
    assert.equal(left[1]?.at, 10_060);
  });

  it("takes who is given up out of the queue, and leaves nothing scheduled behind", async () => {
    const { clock, limiter, send, names } = setUp({ limit: 1 });
    const controller = new AbortController();
    const reason = new Error("given up");
    const permit = await limiter.acquire(limiter.ticket(), "key");
    const givenUp = send("given up", limiter.ticket(), controller.signal);
    const last = send("last");
    permit.release();
    controller.abort(reason);
    await assert.rejects(givenUp, reason);
    await clock.runFor(last);
    assert.deepEqual(names(), ["last"]);
    assert.equal(clock.pending, 0);
  });

  it("keeps no timer for those who were all given up", async () => {
    const { clock, limiter, send } = setUp({ limit: 1 });
    const controller = new AbortController();
    (await limiter.acquire(limiter.ticket(), "key")).release();
    const givenUp = send("given up", limiter.ticket(), controller.signal);
    controller.abort(new Error("given up"));
    await assert.rejects(givenUp);
    assert.equal(clock.pending, 0);
  });

  it("rejects at once who has been given up before", async () => {
    const { limiter, send } = setUp();
    const reason = new Error("given up");
    await assert.rejects(send("one", limiter.ticket(), AbortSignal.abort(reason)), reason);
  });

  it("holds nobody back with the limit 0, but for a refusal", async () => {
    const { clock, limiter, left, send } = setUp({ limit: 0 });
    await clock.runFor(Promise.all(numbered(500).map((name) => send(name))));
    assert.equal(left.at(-1)?.at, 0);
    limiter.refused(5_000);
    await clock.runFor(send("late"));
    assert.equal(left.at(-1)?.at, 5_000 + latency);
  });

  describe("tells of waits", () => {
    it("with how many wait, until when, and why", async () => {
      const { clock, notices, send } = setUp();
      await clock.runFor(Promise.all(numbered(25).map((name) => send(name))));
      const [first] = notices;
      const notice = { waiting: 15, resumesIn: 9_560, endsIn: 19_560, kind: "writes", cause: "limit" };
      assert.deepEqual(first, { at: 500, notice });
    });

    it("at most once in ten seconds", async () => {
      const { clock, notices, send } = setUp();
      await clock.runFor(Promise.all(numbered(75).map((name) => send(name))));
      assert.ok(notices.length >= 5, `${notices.length} notices in ${clock.now()} ms`);
      const gaps = notices.slice(1).map(({ at }, index) => at - notices[index]!.at);
      assert.ok(Math.min(...gaps) >= 10_000, `notices ${gaps.join()} ms apart`);
    });

    it("when ZPA has refused a request", async () => {
      const { clock, notices, limiter, send } = setUp();
      limiter.refused(13_000);
      await clock.runFor(Promise.all([send("one"), send("two")]));
      const notice = { waiting: 2, resumesIn: 12_500, endsIn: 12_500, kind: "writes", cause: "refused" };
      assert.deepEqual(notices, [{ at: 500, notice }]);
    });

    it("not when they last less than three seconds", async () => {
      const { clock, notices, limiter, send } = setUp();
      limiter.refused(2_900);
      await clock.runFor(Promise.all([send("one"), send("two")]));
      assert.deepEqual(notices, []);
    });

    it("by the family that waits longest when families are counted apart", async () => {
      const { clock, notices, limiter } = setUp({ scope: "endpoint" });
      const sendTo = async (family: string) => {
        const permit = await limiter.acquire(limiter.ticket(), family);
        await clock.sleep(latency);
        permit.release();
      };
      const families = [...numbered(11).map(() => "key"), ...numbered(21).map(() => "credential")];
      await clock.runFor(Promise.all(families.map(sendTo)));
      assert.equal(notices[0]?.notice.waiting, 12);
      assert.equal(notices[0]?.notice.endsIn, 19_560);
    });
  });
});
