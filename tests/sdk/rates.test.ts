import assert from "node:assert/strict";
import { type WaitNotice, ZpaClient } from "../../sdk";
import { sleep } from "../../sdk/clock";
import { makePassword } from "../harness/canaries";
import { ZpaSimulator } from "../simulator";
import { keyBody } from "./double";
import { TestClock } from "./testClock";

describe("The tenant's rate", () => {
  for (const [windows, latencyMs] of [
    ["sliding", 5],
    ["fixed", 0],
  ] as const) {
    it(`is kept when 60 writes and 60 reads start at once: no 429 with ${windows} windows, ${latencyMs} ms away`, async () => {
      const clock = new TestClock();
      const simulator = await ZpaSimulator.start({ now: clock.now, rateLimits: { windows }, latencyMs });
      const group = simulator.addAppConnectorGroup({ name: "group" });
      const { id } = simulator.addKey({ name: "there" });
      const notices: WaitNotice[] = [];
      let answered = 0;
      const client = new ZpaClient(
        {},
        {
          env: simulator.legacyEnvironment(),
          clock,
          onWait: (notice) => notices.push(notice),
          onRequest: () => (answered += 1),
        },
      );
      const enrollmentCertId = simulator.builtInCertificate("Connector");
      const body = { ...keyBody, zcomponentId: group.id, enrollmentCertId };
      const started = clock.now();
      try {
        await whileTimePasses(
          clock,
          () => answered,
          Promise.all(
            Array.from({ length: 60 }, (_, index) => [
              client.provisioningKeys.create("CONNECTOR_GRP", { ...body, name: `key ${index}` }),
              client.provisioningKeys.get("CONNECTOR_GRP", id),
            ]).flat(),
          ),
        );
        assert.equal(simulator.log.filter((request) => request.refused).length, 0);
        assert.equal(simulator.count({ method: "GET" }), 60);
        assert.equal(simulator.count({ method: "POST", path: /provisioningKey$/ }), 60);
        assert.equal(simulator.count({ path: /signin/ }), 1);
        assert.equal(simulator.keys.size, 61);
        const seconds = (clock.now() - started) / 1000;
        assert.ok(seconds >= 50 && seconds < 60, `${seconds} s`);
        assert.ok(notices.length > 0 && notices.length <= 8, String(notices.length));
      } finally {
        await client.close();
        await simulator.close();
      }
    });
  }

  it("is not counted where the settings say 0", async () => {
    const simulator = await ZpaSimulator.start({ rateLimits: { windows: "off" } });
    const clock = new TestClock();
    const client = new ZpaClient({ readsPer10s: 0 }, { env: simulator.legacyEnvironment(), clock });
    try {
      await Promise.all(Array.from({ length: 100 }, () => client.provisioningKeys.page("CONNECTOR_GRP", 1)));
      assert.equal(simulator.count({ method: "GET" }), 100);
    } finally {
      await client.close();
      await simulator.close();
    }
  });

  it("is made up for when others use the tenant too: all is done in the end, after as long as ZPA says", async () => {
    const clock = new TestClock({ skip: 60_000 });
    const simulator = await ZpaSimulator.start({
      now: clock.now,
      rateLimits: { windows: "sliding", writes: 4, reads: 5 },
    });
    const client = new ZpaClient({}, { env: simulator.legacyEnvironment(), clock });
    try {
      const { id } = simulator.addCredential({ name: "jump" });
      await Promise.all(Array.from({ length: 20 }, () => client.credentials.get(id)));
      const refused = simulator.log.filter((request) => request.refused);
      assert.ok(refused.length > 0);
      for (const { at } of refused) {
        const answeredBefore = (other: { at: number }) => other.at > at && other.at < at + 13_000;
        // those that were on the wire already when the first was refused arrive at the same moment
        assert.ok(!simulator.log.some(answeredBefore));
      }
    } finally {
      await client.close();
      await simulator.close();
    }
  });

  it("is waited for longer than an operation may take when another machine fills the windows for minutes", async () => {
    const clock = new TestClock();
    const simulator = await ZpaSimulator.start({ now: clock.now, rateLimits: { windows: "sliding" } });
    let answered = 0;
    // with a clock of their own they share no ledger, as on two machines
    const client = () =>
      new ZpaClient({}, { env: simulator.legacyEnvironment(), clock, onRequest: () => (answered += 1) });
    const [busy, late] = [client(), client()];
    const { id } = simulator.addCredential({ name: "jump", credentialType: "PASSWORD" });
    const write = (one: ZpaClient) =>
      one.credentials.update(id, { name: "jump", credentialType: "PASSWORD", password: makePassword() });
    try {
      // 390 s of full windows
      const first = Array.from({ length: 400 }, () => write(busy));
      const then = sleep(clock, 5_000).then(() => write(late));
      await whileTimePasses(clock, () => answered, Promise.all([...first, then]));
      const refused = simulator.log.filter((request) => request.refused);
      const waited = refused.at(-1)!.at - refused[0]!.at;
      assert.ok(waited > 300_000, `it was let through after ${waited} ms already`);
      assert.equal(simulator.count({ method: "PUT" }) - refused.length, 401);
    } finally {
      await Promise.all([busy.close(), late.close()]);
      await simulator.close();
    }
  });
});

/** Lets the clock go on each time that no answer has come for a while, so that no time passes for what is on the wire. */
async function whileTimePasses(clock: TestClock, progress: () => number, ending: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = () => (isOver = true);
  ending.then(over, over);
  while (!isOver) {
    const before = progress();
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (progress() === before) clock.advanceToNext();
  }
  await ending;
}
