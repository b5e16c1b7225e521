import assert from "node:assert/strict";
import sinon from "sinon";
import type { RequestEvent } from "../../sdk";
import { Double, failureOf, keyBody, keyRow } from "./double";
import { TestClock } from "./testClock";

describe("What a client tells of its requests", () => {
  let double: Double;
  let clock: TestClock;
  beforeEach(async () => {
    double = await Double.start();
    clock = new TestClock({ skip: 60_000 });
  });
  afterEach(async () => {
    sinon.restore();
    await double.close();
  });

  it("is one line for each on standard error with ZPA_LOG=debug, without secrets", async () => {
    const lines: string[] = [];
    sinon.stub(process.stderr, "write").callsFake((text) => lines.push(String(text)) > 0);
    const env = { ZPA_LOG: "debug", ZPA_CLIENT_SECRET: double.clientSecret };
    double.script = [{ status: 503 }, "reset", { body: keyRow() }];
    const client = double.client({}, { clock: new TestClock({ skip: 1_000 }), env });
    await client.provisioningKeys.get("CONNECTOR_GRP", "6211", { microtenantId: "0" });
    await client.close();
    sinon.restore();
    const path = `/mgmtconfig/v1/admin/customers/${double.customerId}/associationType/CONNECTOR_GRP/provisioningKey/6211\\?microtenantId=0`;
    const patterns = [
      "POST /signin 200 \\(\\d+ ms, attempt 1, waited 0 ms\\)",
      `GET ${path} 503 \\(\\d+ ms, attempt 1, waited 0 ms\\)`,
      `GET ${path} the connection to .* closed before the response.* \\(\\d+ ms, attempt 2, waited 0 ms\\)`,
      `GET ${path} 200 \\(\\d+ ms, attempt 3, waited 0 ms\\)`,
      "POST /signout 200 \\(\\d+ ms, attempt 1, waited 0 ms\\)",
    ];
    assert.equal(lines.length, patterns.length, lines.join(""));
    lines.forEach((line, index) => assert.match(line, new RegExp(`^zpa ${patterns[index]}\n$`)));
    const all = lines.join("");
    assert.ok(!all.includes(double.clientSecret) && !all.includes(double.tokens[0]!));
  });

  it("is nothing without it", async () => {
    const write = sinon.stub(process.stderr, "write").returns(true);
    await double.client({}, { env: { ZPA_LOG: "info" } }).signIn();
    const calls = write.callCount;
    sinon.restore();
    assert.equal(calls, 0);
  });

  it("is the same as objects for a hook, with the wait in the queue, sign-ins and the sign-out included", async () => {
    const events: RequestEvent[] = [];
    double.script = [{ body: keyRow() }];
    const client = double.client({ writesPer10s: 1 }, { clock, onRequest: (event) => events.push(event) });
    await client.provisioningKeys.create("CONNECTOR_GRP", keyBody);
    await client.provisioningKeys.create("CONNECTOR_GRP", keyBody);
    await client.close();
    assert.deepEqual(
      events.map(({ method, status, attempt, waited }) => [method, status, attempt, waited]),
      [
        ["POST", 200, 1, 0],
        ["POST", 200, 1, 0],
        ["POST", 200, 1, 10_000],
        ["POST", events.at(-1)!.status, 1, 0],
      ],
    );
    assert.deepEqual(events[1]!.body, { ...keyBody, maxUsage: "10" });
    assert.equal(events[0]!.body, undefined);
    assert.equal(events.at(-1)!.path, "/signout");
  });

  it("tells of a request that was given up", async () => {
    const events: RequestEvent[] = [];
    double.script = ["hang"];
    const client = double.client({}, { clock, onRequest: (event) => events.push(event) });
    const abort = new AbortController();
    const reading = failureOf(client.provisioningKeys.get("CONNECTOR_GRP", "1", { signal: abort.signal }));
    await double.received(1);
    abort.abort(new Error("enough"));
    await reading;
    assert.deepEqual([events.at(-1)!.status, events.at(-1)!.failure], [undefined, "aborted"]);
  });

  it("does not depend on a hook that throws", async () => {
    const warning = sinon.stub(process, "emitWarning");
    double.script = [{ body: keyRow() }];
    const client = double.client({}, { onRequest: () => assert.fail("a hook of mine") });
    assert.equal((await client.provisioningKeys.get("CONNECTOR_GRP", "1")).id, "6211");
    assert.equal(double.requests.length, 1);
    assert.ok(warning.called);
    await client.close();
  });
});
