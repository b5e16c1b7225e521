import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { EnrollmentError } from "../simulator";
import type { SimulatorOptions, ZpaSimulator } from "../simulator";
import { object, SimulatorClient } from "./simulatorClient";

const credentials = { path: /\/credential$/ };

describe("the simulator's limits, faults, log and machines", () => {
  let client: SimulatorClient;
  const start = async (options?: SimulatorOptions): Promise<ZpaSimulator> => {
    client = await SimulatorClient.start(options);
    return client.simulator;
  };
  afterEach(() => client.simulator.close());

  const get = () => client.call("GET", "/credential");
  const post = (name: string) =>
    client.call("POST", "/credential", { name, credentialType: "PASSWORD", password: randomBytes(9).toString("hex") });
  const statuses = async (times: number, call: () => Promise<{ status: number }>): Promise<number[]> => {
    const seen: number[] = [];
    for (let i = 0; i < times; i += 1) seen.push((await call()).status);
    return seen;
  };
  const ok = (times: number): number[] => Array.from({ length: times }, () => 200);

  it("lets 20 reads and 10 writes pass in any 10 s, and no sign-in counts", async () => {
    const simulator = await start({ rateLimits: {} });
    assert.deepEqual(await statuses(19, get), ok(19));
    client.clock.now += 5_000;
    for (let i = 0; i < 30; i += 1) await client.signIn();
    assert.deepEqual(await statuses(2, get), [200, 429]);
    let n = 0;
    assert.deepEqual(await statuses(11, () => post(`c${n++}`)), [...ok(10).map(() => 201), 429]);
    assert.equal(simulator.credentials.size, 10, "a refused write is not carried out");
    client.clock.now += 4_999;
    assert.deepEqual(await statuses(1, get), [429]);
    client.clock.now += 1;
    assert.deepEqual(await statuses(20, get), [...ok(19), 429]);
    assert.equal(simulator.log.filter(({ refused }) => refused).length, 4);
  });

  it("says 429 in ZPA's own words", async () => {
    await start({ rateLimits: { reads: 0 } });
    const answer = await get();
    assert.equal(answer.headers.get("retry-after"), "13s");
    assert.deepEqual(object(answer), {
      exception: "invalid.toomanyrequests",
      id: "invalid.toomanyrequests",
      reason: "Exceeded the number of requests allowed.",
    });
  });

  it("announces the wait in any format, and the true one when asked to", async () => {
    const { settings, clock } = await start({ rateLimits: { reads: 1, retryAfterFormat: "13" } });
    await get();
    assert.equal((await get()).headers.get("retry-after"), "13");
    settings.rateLimits.retryAfterSeconds = "window";
    client.clock.now += 3_500;
    assert.equal((await get()).headers.get("retry-after"), "7");
    settings.rateLimits.retryAfterFormat = "http-date";
    const date = Date.parse((await get()).headers.get("retry-after") ?? "");
    assert.ok(Math.abs(date - clock.epochMs() - 7_000) < 1_000);
    settings.rateLimits.retryAfterFormat = "absent";
    assert.equal((await get()).headers.get("retry-after"), null);
  });

  it("can count in fixed windows, and keys apart from credentials", async () => {
    const { settings } = await start({ rateLimits: { windows: "fixed", reads: 1 } });
    client.clock.now = 2_009_999;
    const keys = () => client.call("GET", "/associationType/CONNECTOR_GRP/provisioningKey");
    assert.deepEqual([(await get()).status, (await get()).status], [200, 429]);
    client.clock.now += 1;
    assert.deepEqual([(await get()).status, (await keys()).status], [200, 429]);
    settings.rateLimits.scope = "endpoint";
    client.clock.now += 10_000;
    assert.deepEqual([(await get()).status, (await keys()).status, (await keys()).status], [200, 200, 429]);
    settings.rateLimits.windows = "off";
    assert.equal((await keys()).status, 200);
  });

  it("resets a connection before or after the request is carried out", async () => {
    const simulator = await start();
    const before = simulator.fault({ kind: "resetBeforeCommit", match: { method: "POST", ...credentials } });
    await assert.rejects(post("a"), TypeError);
    assert.deepEqual([before.fired, simulator.credentials.size], [1, 0]);
    const after = simulator.fault({ kind: "resetAfterCommit", match: { method: "POST", ...credentials } });
    await assert.rejects(post("a"), TypeError);
    assert.deepEqual([after.fired, simulator.credentials.size], [1, 1]);
    assert.equal(simulator.log.at(-1)?.status, undefined);
    assert.equal((await post("b")).status, 201, "each fault hits once unless told otherwise");
  });

  it("answers another status instead of, or after, carrying the request out", async () => {
    const simulator = await start();
    simulator.fault({ kind: "status", headers: { "retry-after": "10s" }, match: { method: "POST" } });
    const first = await post("a");
    assert.deepEqual([first.status, object(first)["id"]], [503, "retryable.server.error"]);
    assert.equal(first.headers.get("retry-after"), "10s");
    assert.equal(simulator.credentials.size, 0);
    simulator.fault({ kind: "statusAfterCommit", status: 502, body: "bad gateway", match: { method: "POST" } });
    const second = await post("a");
    assert.deepEqual([second.status, second.body, simulator.credentials.size], [502, "bad gateway", 1]);
  });

  it("answers another body and keeps the status", async () => {
    const simulator = await start();
    simulator.fault({ kind: "body", body: { surprise: true }, match: { method: "POST" } });
    const answer = await post("a");
    assert.deepEqual([answer.status, answer.body, simulator.credentials.size], [201, { surprise: true }, 1]);
  });

  it("hits from the nth match on, as many times as told, until it is cleared", async () => {
    const simulator = await start();
    const fault = simulator.fault({ kind: "status", match: { ...credentials, nth: 2 }, times: 2 });
    assert.deepEqual(await statuses(4, get), [200, 503, 503, 200]);
    assert.equal(fault.fired, 2);
    const forever = simulator.fault({ kind: "status", times: Infinity });
    assert.deepEqual(await statuses(3, get), [503, 503, 503]);
    forever.clear();
    assert.deepEqual(await statuses(1, get), [200]);
  });

  it("holds a request after its commit until it is told to go on", async () => {
    const simulator = await start();
    const fault = simulator.fault({ kind: "pauseAfterCommit", match: { method: "POST" } });
    const pending = post("a");
    await fault.waitUntilFired();
    assert.equal(simulator.credentials.size, 1);
    assert.equal(simulator.log.at(-1)?.status, undefined);
    fault.resume();
    assert.equal((await pending).status, 201);
  });

  it("holds a request before its commit until it is told to go on", async () => {
    const simulator = await start();
    const fault = simulator.fault({ kind: "pause", match: { method: "POST" } });
    const pending = post("a");
    await fault.waitUntilFired();
    assert.equal(simulator.credentials.size, 0);
    fault.clear();
    assert.equal((await pending).status, 201);
    assert.equal(simulator.credentials.size, 1);
  });

  it("ends hanging requests when it closes", async () => {
    const simulator = await start();
    const fault = simulator.fault({ kind: "hangAfterCommit", match: { method: "POST" } });
    const pending = assert.rejects(post("a"), TypeError);
    await fault.waitUntilFired();
    assert.equal(simulator.credentials.size, 1);
    await simulator.close();
    await pending;
  });

  it("keeps faults for requests that would be carried out", async () => {
    const simulator = await start({ rateLimits: { reads: 0 } });
    const fault = simulator.fault({ kind: "status" });
    assert.equal((await get()).status, 429);
    simulator.revokeTokens();
    assert.equal((await get()).status, 401);
    assert.equal(fault.fired, 0);
  });

  it("waits before it carries a request out", async () => {
    await start({ latencyMs: 40 });
    const began = performance.now();
    await get();
    assert.ok(performance.now() - began >= 39);
  });

  it("logs every request as it came and counts them", async () => {
    const simulator = await start();
    simulator.clearLog();
    await client.call("GET", "/credential/a%20b?microtenantId=0&search=x%20y");
    await post("a");
    const [first, second] = simulator.log;
    assert.deepEqual(
      { ...first, headers: undefined },
      {
        at: client.clock.now,
        method: "GET",
        path: `/mgmtconfig/v1/admin/customers/${simulator.customerId}/credential/a b`,
        query: { microtenantId: "0", search: "x y" },
        body: undefined,
        headers: undefined,
        microtenantId: "0",
        status: 400,
        refused: false,
      },
    );
    assert.equal(second?.body?.["name"], "a");
    assert.equal(simulator.count(), 2);
    assert.equal(simulator.count({ method: "GET" }), 1);
    assert.equal(simulator.count({ path: /\/credential$/g }), 1);
    assert.equal(simulator.count({ path: /\/credential$/g }), 1, "a global pattern counts the same each time");
  });

  it("lets machines enroll until the key is used up", async () => {
    const simulator = await start({ seed: "demo" });
    const key = simulator.addKey({ name: "machines", maxUsage: "2" });
    assert.equal(simulator.enroll(`${key.provisioningKey}\n`, "appConnector").usageCount, "1");
    assert.throws(() => simulator.enroll(key.provisioningKey, "serviceEdge"), { refusal: "wrongComponent" });
    simulator.editKey(key.id, { enabled: false });
    assert.throws(() => simulator.enroll(key.provisioningKey), { refusal: "disabled" });
    simulator.editKey(key.id, { enabled: true });
    simulator.enroll(key.provisioningKey);
    assert.throws(() => simulator.enroll(key.provisioningKey), { refusal: "exhausted" });
    assert.throws(() => simulator.enroll(randomBytes(9).toString("hex")), EnrollmentError);
    simulator.removeKey(key.id);
    assert.throws(() => simulator.enroll(key.provisioningKey), { refusal: "unknownKey" });
  });

  it("lets machines enroll over HTTP, without a token", async () => {
    const simulator = await start({ seed: "demo" });
    const key = simulator.addKey({ name: "machines", maxUsage: "1" });
    const enroll = () => client.raw("POST", "/simulator/enroll", undefined, `${key.provisioningKey}\n`);
    const first = await enroll();
    assert.deepEqual([first.status, object(first)["usageCount"]], [200, "1"]);
    const second = await enroll();
    assert.deepEqual([second.status, second.body], [401, { reason: "exhausted" }]);
  });

  it("has something of everything in its demo", async () => {
    const simulator = await start({ seed: "demo" });
    assert.ok([...simulator.appConnectorGroups.values()].some(({ name }) => name === "Quickstart Connectors"));
    assert.ok([...simulator.keys.values()].some(({ zscalerManaged }) => zscalerManaged));
    assert.ok(
      simulator.serviceEdgeGroups.size > 0 && simulator.microtenants.size > 0 && simulator.credentials.size > 0,
    );
  });
});
