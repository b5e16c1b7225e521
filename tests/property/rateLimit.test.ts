import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { RateLedger } from "../../sdk/rateLimit/sharedLedger";
import { windowMs } from "../../sdk/rateLimit/limiter";
import { CountingServer, type CountingServerOptions, SimulatedClient } from "./countingServer";
import { FakeClock } from "./fakeClock";

const runs = { numRuns: 60 };
const limit = 10;
const longestLatency = 150;

const windows = fc.oneof(
  fc.constant({ kind: "sliding" as const }),
  fc.integer({ min: 0, max: windowMs - 1 }).map((phase) => ({ kind: "fixed" as const, phase })),
);
const retryAfters = fc.oneof(fc.constant(13_000), fc.constant("exact" as const));
const servers: fc.Arbitrary<CountingServerOptions> = fc.record({
  window: windows,
  scope: fc.constant("tenant" as const),
  limit: fc.constant(limit),
  retryAfter: retryAfters,
});

/** Random, but the same for the same seed. */
const latencies = fc.infiniteStream(fc.integer({ min: 1, max: longestLatency })).map((stream) => {
  return () => stream.next().value as number;
});

/** What the limits allow for N requests at once, in milliseconds, with 4 % for our own account and one latency. */
function floor(requests: number): number {
  return windowMs * (Math.ceil(requests / limit) - 1) * 1.04 + longestLatency;
}

function sendAll(client: SimulatedClient, count: number, familyOf: (index: number) => string = () => "key") {
  return Promise.all(Array.from({ length: count }, (_, index) => client.send(familyOf(index))));
}

describe("The rate limiter against a server that counts", () => {
  it("is never refused when it is alone, and loses at most 4 % to what the limits allow", async () => {
    const start = fc.integer({ min: 0, max: 50_000 });
    await fc.assert(
      fc.asyncProperty(
        servers,
        latencies,
        start,
        fc.integer({ min: 1, max: 120 }),
        async (options, latency, at, count) => {
          const clock = new FakeClock(at);
          const server = new CountingServer(options, clock);
          await clock.runFor(sendAll(new SimulatedClient(server, clock, latency), count));
          assert.equal(server.refusals, 0);
          assert.ok(clock.now() - at <= floor(count), `${count} requests took ${clock.now() - at} ms`);
        },
      ),
      runs,
    );
  });

  it("is never refused when it is alone and requests come in waves", async () => {
    const waves = fc.array(fc.record({ after: fc.integer({ min: 0, max: 15_000 }), count: fc.nat(25) }), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(servers, latencies, waves, async (options, latency, plan) => {
        const clock = new FakeClock();
        const server = new CountingServer(options, clock);
        const client = new SimulatedClient(server, clock, latency);
        const all = plan.map(async ({ after, count }) => {
          await clock.sleep(after);
          await sendAll(client, count);
        });
        await clock.runFor(Promise.all(all));
        assert.equal(server.refusals, 0);
        assert.equal(
          client.departures.length,
          plan.reduce((sum, { count }) => sum + count, 0),
        );
      }),
      runs,
    );
  });

  it("gets all done where a second process shares the window, and neither sends before Retry-After is over", async () => {
    const counts = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }));
    const lag = fc.integer({ min: 0, max: 12_000 });
    await fc.assert(
      fc.asyncProperty(servers, latencies, counts, lag, async (options, latency, [mine, theirs], later) => {
        const clock = new FakeClock();
        const server = new CountingServer(options, clock);
        const clients = [1, 2].map(() => new SimulatedClient(server, clock, latency));
        const other = clock.sleep(later).then(() => sendAll(clients[1]!, theirs));
        await clock.runFor(Promise.all([sendAll(clients[0]!, mine), other]));
        for (const { departures, pauses } of clients) {
          for (const { from, until } of pauses) {
            const early = departures.filter(({ at }) => at > from && at < until);
            assert.deepEqual(early, []);
          }
        }
      }),
      runs,
    );
  });

  it("gets all done in a window that another process has filled before", async () => {
    await fc.assert(
      fc.asyncProperty(servers, latencies, fc.nat(limit), async (options, latency, taken) => {
        const clock = new FakeClock();
        const server = new CountingServer(options, clock);
        for (let count = 0; count < taken; count++) server.take("key");
        await clock.runFor(sendAll(new SimulatedClient(server, clock, latency), 30));
        assert.ok(server.refusals <= taken + 1, `${server.refusals} refusals where ${taken} places were taken`);
      }),
      runs,
    );
  });

  describe("beside other processes of its machine", () => {
    let directory: string;
    beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), "ledger-"))));
    afterEach(() => rmSync(directory, { recursive: true }));
    let tenants = 0;
    /** Processes that share a tenant of their own: each is as if started anew. */
    const machine = (clock: FakeClock, server: CountingServer, latency: () => number) => {
      const tenant = `tenant ${++tenants}`;
      return () => new SimulatedClient(server, clock, latency, { ledger: new RateLedger(tenant, directory, clock) });
    };

    it("is never refused, loses at most 4 % together with them, and lets each have its turn", async () => {
      const processes = fc.array(
        fc.record({
          count: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 120 })),
          after: fc.integer({ min: 0, max: 25_000 }),
        }),
        { minLength: 2, maxLength: 3 },
      );
      await fc.assert(
        fc.asyncProperty(servers, latencies, processes, async (options, latency, plan) => {
          const clock = new FakeClock();
          const server = new CountingServer(options, clock);
          const start = machine(clock, server, latency);
          const all = plan.map(async ({ count, after }) => {
            await clock.sleep(after);
            await sendAll(start(), count);
            // one turn of all for each ten requests, one more for a turn that had to be shared, and what was there before
            const rounds = Math.ceil(count / limit) + 1;
            const turns = (rounds * plan.length + 1) * windowMs * 1.04;
            const took = clock.now() - after;
            assert.ok(took <= turns, `${count} requests took ${took} ms: ${JSON.stringify(plan)}`);
          });
          await clock.runFor(Promise.all(all));
          assert.equal(server.refusals, 0);
          const sum = plan.reduce((total, { count }) => total + count, 0);
          const last = Math.max(...plan.map(({ after }) => after));
          assert.ok(clock.now() <= last + floor(sum), `${sum} requests took ${clock.now()} ms`);
        }),
        runs,
      );
    });

    it("sends nothing before a Retry-After is over that another process was told", async () => {
      const [clock, server] = [
        new FakeClock(),
        { window: { kind: "sliding" as const }, scope: "tenant" as const, limit },
      ];
      const start = machine(clock, new CountingServer({ ...server, retryAfter: 13_000 }, clock), () => 60);
      const [told, other] = [start(), start()];
      told.limiter.refused(13_000);
      await clock.runFor(other.send());
      assert.ok(other.departures[0]!.at >= 13_000, `it left at ${other.departures[0]!.at} ms`);
    });

    it("is never refused right after one that has ended, or was killed", async () => {
      const plans = fc.array(
        fc.record({
          count: fc.integer({ min: 1, max: 25 }),
          killedAfter: fc.option(fc.integer({ min: 0, max: 200 })),
          pause: fc.integer({ min: 0, max: 12_000 }),
        }),
        { minLength: 2, maxLength: 4 },
      );
      await fc.assert(
        fc.asyncProperty(servers, latencies, plans, async (options, latency, plan) => {
          const clock = new FakeClock();
          const server = new CountingServer(options, clock);
          const start = machine(clock, server, latency);
          for (const { count, killedAfter, pause } of plan) {
            const client = start();
            const sent = sendAll(client, count);
            if (killedAfter === null) await clock.runFor(sent);
            else {
              await clock.runUntil(clock.now() + killedAfter);
              client.kill();
            }
            await clock.runUntil(clock.now() + pause);
          }
          assert.equal(server.refusals, 0);
        }),
        runs,
      );
    });
  });

  it("lets those who are given up go at once, and serves the others in the order in which they came", async () => {
    const requests = fc.array(fc.option(fc.integer({ min: 0, max: 40_000 })), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(servers, latencies, requests, async (options, latency, givenUpAt) => {
        const clock = new FakeClock();
        const server = new CountingServer(options, clock);
        const client = new SimulatedClient(server, clock, latency);
        const results = givenUpAt.map(async (after) => {
          const controller = new AbortController();
          const reason = new Error("given up");
          let abortedAt: number | undefined;
          if (after !== null) {
            clock.schedule(() => {
              abortedAt = clock.now();
              controller.abort(reason);
            }, after);
          }
          await client.send("key", controller.signal).catch((error: unknown) => {
            assert.equal(error, reason);
            assert.equal(clock.now(), abortedAt);
          });
        });
        await clock.runFor(Promise.all(results));
        const tickets = client.departures.map(({ ticket }) => ticket);
        assert.deepEqual(
          tickets,
          [...tickets].sort((one, other) => one - other),
        );
      }),
      runs,
    );
  });

  it("sends two families beside each other with the scope endpoint: 30 and 30 in 20 s", async () => {
    await fc.assert(
      fc.asyncProperty(servers, latencies, async (options, latency) => {
        const clock = new FakeClock();
        const server = new CountingServer({ ...options, scope: "endpoint" }, clock);
        const client = new SimulatedClient(server, clock, latency, { scope: "endpoint" });
        await clock.runFor(sendAll(client, 60, (index) => (index % 2 === 0 ? "key" : "credential")));
        assert.equal(server.refusals, 0);
        assert.ok(clock.now() <= floor(30), `it took ${clock.now()} ms`);
      }),
      runs,
    );
  });

  it("falls back to one count after the first refusals where a server counts both families together", async () => {
    await fc.assert(
      fc.asyncProperty(servers, latencies, async (options, latency) => {
        const clock = new FakeClock();
        const server = new CountingServer(options, clock);
        const client = new SimulatedClient(server, clock, latency, { scope: "endpoint" });
        await clock.runFor(sendAll(client, 60, (index) => (index < 30 ? "key" : "credential")));
        assert.ok(server.refusals <= limit, `${server.refusals} refusals`);
      }),
      runs,
    );
  });
});
