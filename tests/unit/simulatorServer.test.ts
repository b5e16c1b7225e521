import assert from "node:assert/strict";
import { object, refusal, SimulatorClient } from "./simulatorClient";

const keys = "/associationType/CONNECTOR_GRP/provisioningKey";

describe("the simulator's server", () => {
  let client: SimulatorClient;
  beforeEach(async () => {
    client = await SimulatorClient.start();
  });
  afterEach(() => client.simulator.close());

  const remember = (description: string) => client.call("POST", "/appConnectorGroup", { name: "g", description });

  it("tells the time of its own clock in every answer", async () => {
    const { clock } = client.simulator;
    const date = async () => Date.parse((await client.call("GET", "/credential")).headers.get("date") ?? "");
    assert.equal(await date(), clock.epochSeconds() * 1000);
    client.clock.now += 86_400_000;
    // The tokens of before have expired: the refusal has the time too.
    assert.equal(await date(), clock.epochSeconds() * 1000);
    await client.signIn();
    const created = await remember("");
    const { creationTime } = object(created);
    assert.equal(Date.parse(created.headers.get("date") ?? ""), Number(creationTime) * 1000);
    assert.ok(Number(creationTime) * 1000 > Date.now() + 86_000_000);
  });

  it("lets a fault tell another time", async () => {
    const date = new Date(0).toUTCString();
    client.simulator.fault({ kind: "status", status: 503, headers: { Date: date } });
    assert.equal((await client.call("GET", "/credential")).headers.get("date"), date);
  });

  it("refuses a body beyond the limit, and keeps nothing of it", async () => {
    const { simulator } = client;
    assert.equal(simulator.settings.bodyLimit, 1_048_576);
    const [first, second] = [await remember("x".repeat(1_048_576)), await remember("x".repeat(3_000_000))];
    assert.deepEqual([refusal(first), second.status], [[413, "request.too.large", undefined], 413]);
    assert.deepEqual([simulator.log.at(-1)?.status, simulator.log.at(-1)?.body], [413, undefined]);
    assert.equal(simulator.appConnectorGroups.size, 0);
    simulator.settings.bodyLimit = 4_000_000;
    assert.equal((await remember("x".repeat(3_000_000))).status, 201);
  });

  it("refuses a body beyond the limit that comes in pieces, without a length, before any sign-in", async () => {
    const piece = new Uint8Array(65_536).fill(120);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < 40; i += 1) controller.enqueue(piece);
        controller.close();
      },
    });
    const answer = await fetch(`${client.simulator.url}/signin`, { method: "POST", body, duplex: "half" });
    assert.equal(answer.status, 413);
  });

  it("holds as many requests in its log as it is told, the latest ones", async () => {
    const { simulator } = client;
    simulator.settings.logLimit = 3;
    const { log } = simulator;
    for (let i = 1; i <= 5; i += 1) await client.call("GET", `/credential/${i}`);
    assert.deepEqual(
      log.map(({ path }) => path.at(-1)),
      ["3", "4", "5"],
    );
    assert.equal(simulator.count({ path: /\/credential/ }), 3);
  });

  it("answers an unknown path in ZPA's way or in a gateway's", async () => {
    const paths = ["/credentials", "/v2/credential", "/enrollmentCert"];
    for (const path of paths) {
      assert.deepEqual(refusal(await client.call("GET", path)).slice(0, 2), [404, "api.endpoint.not.found"], path);
    }
    client.simulator.settings.unknownRoute = "gateway";
    const noRoute = { message: "no Route matched with those values" };
    for (const path of paths) {
      const answer = await client.call("GET", path);
      assert.deepEqual([answer.status, answer.body], [404, noRoute], path);
    }
    assert.deepEqual((await client.raw("GET", "/elsewhere")).body, noRoute);
    const unknownId = await client.call("GET", "/credential/1");
    assert.deepEqual(refusal(unknownId).slice(0, 2), [400, "resource.not.found"], "a path that exists is ZPA's affair");
  });

  it("lets a fault answer any request as a gateway would: in its words, with {}, or with nothing", async () => {
    const group = object(await remember(""));
    const bodies = [{ message: "no Route matched with those values" }, {}, ""];
    for (const body of bodies) {
      client.simulator.fault({ kind: "status", status: 404, body, match: { method: "DELETE" } });
      const answer = await client.call("DELETE", `/appConnectorGroup/${String(group["id"])}`);
      assert.deepEqual([answer.status, answer.body], [404, body === "" ? undefined : body]);
      assert.equal(answer.headers.get("content-type"), body === "" ? null : "application/json");
    }
    assert.equal(client.simulator.appConnectorGroups.size, 1);
  });

  it("takes fields out of answers, in lists and arrays too", async () => {
    const { simulator } = client;
    const { id, zcomponentId } = simulator.addKey({
      name: "k",
      zcomponentId: simulator.addAppConnectorGroup({ name: "g" }).id,
    });
    simulator.fault({ kind: "omit", fields: ["usageCount"], times: Infinity });
    const ofGroup = `/associationType/CONNECTOR_GRP/zcomponent/${zcomponentId}/provisioningKey`;
    for (const path of [keys, `${keys}/${id}`, ofGroup]) {
      const text = JSON.stringify((await client.call("GET", path)).body);
      assert.match(text, new RegExp(`"id":"${id}"`), path);
      assert.doesNotMatch(text, /usageCount/, path);
    }
    assert.equal((await client.call("DELETE", `${keys}/${id}`)).status, 204, "an answer without a body stays as it is");
  });

  it("refuses whatever is asked for another customer, and never says that an object is gone", async () => {
    const { simulator } = client;
    const { id } = simulator.addCredential({ name: "c" });
    const ofOther = (method: string, path: string) => client.callOf("72057594037927936", method, path);
    for (const [method, path] of [
      ["GET", `/credential/${id}`],
      ["DELETE", `/credential/${id}`],
      ["GET", "/credential/1"],
      ["GET", "/microtenants"],
      ["GET", "/nowhere"],
    ] as const) {
      const answer = await ofOther(method, path);
      assert.deepEqual(refusal(answer), [403, "authz.customer.permission.denied", ["72057594037927936"]], path);
    }
    assert.ok(simulator.credentials.has(id));
    simulator.settings.refusals.foreignCustomer = { status: 400, id: "resource.not.found" };
    assert.deepEqual(refusal(await ofOther("GET", "/credential")).slice(0, 2), [400, "resource.not.found"]);
  });

  it("runs beside another tenant, whose tokens and objects are its own though their ids are alike", async () => {
    const other = await SimulatorClient.start({ customerId: "72057594037927936" });
    try {
      const [own, foreign] = [client, other].map(({ simulator }) => simulator.addCredential({ name: "c" }).id);
      assert.equal(own, foreign);
      assert.equal((await client.call("DELETE", `/credential/${own}`)).status, 204);
      assert.equal((await other.call("GET", `/credential/${foreign}`)).status, 200);
      assert.equal((await client.call("GET", `/credential/${own}`)).status, 400);
      assert.equal(other.simulator.legacyEnvironment()["ZPA_CUSTOMER_ID"], "72057594037927936");
      const elsewhere = await fetch(`${other.simulator.url}/signin`, {
        method: "POST",
        body: new URLSearchParams({
          client_id: client.simulator.clientId,
          client_secret: client.simulator.clientSecret,
        }),
      });
      assert.equal(elsewhere.status, 401);
    } finally {
      await other.simulator.close();
    }
  });
});
