import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RateLimitError } from "../../sdk";
import { calls, Double, failureOf, keyRow } from "./double";
import { nextTurn, TestClock } from "./testClock";

const { get } = calls;
const refusal = (seconds: number) => ({
  status: 429,
  headers: { "retry-after": `${seconds}s` },
  body: { id: "invalid.toomanyrequests", reason: "Exceeded the number of requests allowed." },
});

describe("A wait that ZPA asks one process for", () => {
  let double: Double;
  let rateLedger: string;
  beforeEach(async () => {
    double = await Double.start();
    rateLedger = mkdtempSync(path.join(tmpdir(), "ledger-"));
  });
  afterEach(async () => {
    await double.close();
    rmSync(rateLedger, { recursive: true, force: true });
  });
  const limits = { readsPer10s: 20, writesPer10s: 10 };

  it("keeps back the other processes of this machine until it is over, also one of 200 s", async () => {
    const clock = new TestClock();
    double.script = [refusal(200), { body: keyRow() }];
    const [one, other] = [1, 2].map(() => double.client(limits, { clock, rateLedger }));
    const first = get(one!);
    await double.received(1);
    await clock.untilWaiting(200_000);
    const second = get(other!);
    for (let turn = 0; turn < 300; turn++) await nextTurn();
    const sent = double.requests.length;
    first.catch(() => {});
    second.catch(() => {});
    await Promise.all([one!.close(), other!.close()]);
    assert.equal(sent, 1, "the other process asked ZPA before the wait was over");
  });

  it("ends only what would not wait so long: doctor, which is patient for 30 s, does not end an up", async () => {
    const clock = new TestClock();
    double.script = [refusal(45), { body: keyRow() }];
    const doctor = double.client({ ...limits, operationTimeout: 30 }, { clock, rateLedger });
    const up = double.client({ ...limits, operationTimeout: 300 }, { clock, rateLedger });
    assert.ok((await failureOf(get(doctor))) instanceof RateLimitError);
    assert.ok(up.rateHeadroom().reads.pausedFor > 44_000, "what is free now is told without the wait");
    const read = get(up);
    read.catch(() => {});
    for (let turn = 0; turn < 300; turn++) await nextTurn();
    clock.advance(46_000);
    await read;
  });
});
