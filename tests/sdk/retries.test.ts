import assert from "node:assert/strict";
import { AmbiguousOutcomeError, NotFoundError, ProtocolError, UnavailableError, ZpaClient } from "../../sdk";
import { backOff, RetryBudget } from "../../sdk/request/retry";
import { busy, calls, Double, failureOf, keyRow, type Reaction } from "./double";
import { TestClock } from "./testClock";

const { get, create, update, remove } = calls;
const move = (client: ZpaClient) => client.credentials.move("7", "0", "5");

const key = { body: keyRow() };
const cut: Reaction = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
  response.write('{"id":"6211",');
  setImmediate(() => response.destroy());
};

describe("Retries", () => {
  let double: Double;
  let clock: TestClock;
  beforeEach(async () => {
    double = await Double.start();
    clock = new TestClock({ skip: 60_000 });
  });
  afterEach(() => double.close());
  const client = (settings = {}) => double.client(settings, { clock });

  const troubles: Record<string, Reaction> = {
    "a 503": busy,
    "a 500 with an HTML page": { status: 500, body: "<html>oops</html>", headers: { "content-type": "text/html" } },
    "a 504 without a body": { status: 504 },
    "a reset": "reset",
    "a time-out": "hang",
    "an answer that is cut off": cut,
    "a time-out of the server (408)": { status: 408 },
  };
  for (const [what, trouble] of Object.entries(troubles)) {
    it(`send GET, PUT and DELETE again after ${what}`, async () => {
      for (const send of [get, update, remove]) {
        double.requests.length = 0;
        double.script = [trouble, key];
        await send(client({ requestTimeout: 0.1 }));
        assert.equal(double.requests.length, 2);
      }
    });

    it(`send a create and a move never again after ${what}, and say that they may have happened`, async () => {
      for (const send of [create, move]) {
        double.requests.length = 0;
        double.script = [trouble, key];
        const error = await failureOf(send(client({ requestTimeout: 0.1 })));
        assert.ok(error instanceof (trouble === cut ? ProtocolError : AmbiguousOutcomeError), String(error));
        assert.ok(error.mayHaveHappened);
        assert.equal(error.attempts, 1);
        assert.equal(double.requests.length, 1);
      }
    });
  }

  for (const id of ["api.concurrent.access.error", "db.simultaneous.request"]) {
    it(`send everything again after ${id}, for it was refused`, async () => {
      for (const send of [get, update, remove, create, move]) {
        double.script = [{ status: 400, body: { id } }, { status: 409, body: { id } }, key];
        await send(client());
      }
      assert.equal(double.requests.length, 15);
    });
  }

  it("send a create again after a 429, and after a connection that was refused", async () => {
    double.script = [{ status: 429, headers: { "retry-after": "1s" }, body: {} }, key];
    await create(client());
    assert.equal(double.requests.length, 2);

    const refused = double.client({ baseUrl: "http://127.0.0.1:9" }, { clock });
    const error = await failureOf(refused.signIn());
    assert.ok(error instanceof UnavailableError);
    assert.equal(error.attempts, 5);
    assert.match(
      error.message,
      /cannot connect to 127\.0\.0\.1:9 \(ECONNREFUSED at 127\.0\.0\.1:9\) \[5 attempts\]\. Hint: check the network/,
    );
  });

  it("know that a create was not carried out when the connection was refused", async () => {
    const oneApi = { clientId: "c", clientSecret: double.clientSecret, customerId: "1" };
    const settings = { ...oneApi, tokenUrl: `${double.url}/oauth2/v1/token`, baseUrl: "http://127.0.0.1:9" };
    const one = new ZpaClient(settings, { env: {}, clock, random: () => 0 });
    const error = await failureOf(create(one));
    await one.close();
    assert.ok(error instanceof UnavailableError);
    assert.deepEqual([error.attempts, error.mayHaveHappened], [5, false]);
  });

  it("are given up after four, with the last answer and the number of attempts", async () => {
    double.script = [busy];
    const error = await failureOf(get(client()));
    assert.ok(error instanceof UnavailableError);
    assert.equal(double.requests.length, 5);
    assert.match(
      error.message,
      /^ZPA 503 retryable\.server\.error reading provisioning key 6211: Please retry \[5 attempts\]\. Hint:/,
    );
    assert.equal(error.mayHaveHappened, false);
  });

  it("say of an update that it may have happened, though it is safe to repeat", async () => {
    for (const trouble of ["reset", busy] as const) {
      double.script = [trouble];
      const error = await failureOf(update(client()));
      assert.ok(error instanceof UnavailableError);
      assert.ok(error.mayHaveHappened);
    }
  });

  it("take a delete for done that finds nothing after its answer was lost", async () => {
    const gone = { status: 400, body: { id: "resource.not.found" } };
    for (const trouble of ["reset", busy] as const) {
      double.script = [trouble, gone];
      await remove(client());
    }
    double.script = [gone];
    assert.ok((await failureOf(remove(client()))) instanceof NotFoundError);
  });

  it("never follow a refusal", async () => {
    for (const status of [400, 403, 404, 405, 409, 422]) {
      double.requests.length = 0;
      double.script = [{ status, body: { id: "some.refusal" } }];
      await failureOf(update(client()));
      assert.equal(double.requests.length, 1, String(status));
    }
  });

  it("wait longer from one to the next, a random half of it", () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 7].map((retry) => backOff(retry, () => 0)),
      [250, 500, 1000, 2000, 4000, 5000, 5000],
    );
    assert.deepEqual(
      [1, 2, 6].map((retry) => backOff(retry, () => 0.5)),
      [375, 750, 7500],
    );
  });

  it("are not made when too much fails at a time, until something succeeds", () => {
    const budget = new RetryBudget(2);
    assert.deepEqual([budget.take(), budget.take(), budget.take()], [true, true, false]);
    budget.succeeded();
    assert.equal(budget.take(), false);
    budget.succeeded();
    assert.equal(budget.take(), true);
  });

  it("let a burst of single faults pass, however many operations it meets", async () => {
    const met = new Set<string>();
    double.script = [
      (response) => {
        const url = response.req.url!;
        const isFirst = !met.has(url);
        met.add(url);
        response.writeHead(isFirst ? 503 : 200, { "content-type": "application/json" });
        response.end(JSON.stringify(isFirst ? busy.body : keyRow()));
      },
    ];
    const one = client();
    const reads = Array.from({ length: 200 }, (_, id) => one.provisioningKeys.get("CONNECTOR_GRP", String(id)));
    assert.equal((await Promise.all(reads)).length, 200);
    assert.equal(double.requests.length, 400);
  });

  it("of many that fail together stay within the budget: one for each, and 60 more", async () => {
    double.script = [busy];
    const one = client();
    await one.signIn();
    await Promise.all(Array.from({ length: 40 }, () => failureOf(get(one))));
    assert.equal(double.requests.length, 40 + 40 + 60);
    await Promise.all(Array.from({ length: 40 }, () => failureOf(get(one))));
    assert.equal(double.requests.length, 140 + 40 + 40);
  });

  describe("after a 503 that says when", () => {
    it("wait at least as long, with jitter", async () => {
      double.script = [{ ...busy, headers: { "retry-after": "10s" } }, key];
      await get(double.client({}, { clock, random: () => 0.5 }));
      assert.ok(clock.waits.includes(10_500), String(clock.waits));
    });

    it("fail at once when that is longer than the operation may take", async () => {
      double.script = [{ ...busy, headers: { "retry-after": "3600" } }, key];
      const error = await failureOf(get(client()));
      assert.ok(error instanceof UnavailableError);
      assert.match(error.message, /asks to wait 3600 s, but this operation times out sooner/);
      assert.equal(double.requests.length, 1);
    });
  });
});
