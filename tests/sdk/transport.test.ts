import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import {
  AuthenticationError,
  NotFoundError,
  PermissionError,
  ProtocolError,
  RateLimitError,
  type RequestEvent,
  UnavailableError,
  ZpaClient,
} from "../../sdk";
import { busy, calls, Double, failureOf, keyBody, keyRow, type Reaction } from "./double";
import { TestClock } from "./testClock";

const { get, create, update, remove } = calls;

const key = { body: keyRow() };
const gone = { status: 404, body: { id: "resource.not.found" } };
const refusal = { status: 429, headers: { "retry-after": "50s" }, body: { reason: "Too many." } };
const page = { body: "<html>Sign in</html>", headers: { "content-type": "text/html" } };

describe("An operation", () => {
  let double: Double;
  let clock: TestClock;
  beforeEach(async () => {
    double = await Double.start();
    clock = new TestClock({ skip: 60_000 });
  });
  afterEach(() => double.close());
  const client = (settings = {}) => double.client(settings, { clock });

  describe("sends", () => {
    it("a body and its content type with a create and an update, and neither with a read and a delete", async () => {
      double.script = [key];
      const one = client();
      for (const call of [create, update, get, remove]) await call(one);
      const body = JSON.stringify({ ...keyBody, maxUsage: "10" });
      assert.deepEqual(
        double.requests.map(({ method, headers, body }) => [method, headers["content-type"], body]),
        [
          ["POST", "application/json", body],
          ["PUT", "application/json", body],
          ["GET", undefined, ""],
          ["DELETE", undefined, ""],
        ],
      );
    });

    it("reads at the cost of the limit of reads, and everything else at that of writes", async () => {
      double.script = [key];
      const one = client({ readsPer10s: 20, writesPer10s: 10 });
      const free = () => [one.rateHeadroom().reads.free, one.rateHeadroom().writes.free];
      await get(one);
      assert.deepEqual(free(), [19, 10]);
      for (const call of [create, update, remove]) await call(one);
      assert.deepEqual(free(), [19, 7]);
    });

    it("requests of two families in two windows where they are counted so, until ZPA refuses one", async () => {
      const still = new TestClock();
      double.script = [key];
      const one = double.client({ readsPer10s: 1, rateLimitScope: "endpoint" }, { clock: still });
      await Promise.all([get(one), one.microtenants.get("1")]);
      assert.equal(double.requests.length, 2);
      assert.equal(still.now(), new TestClock().now());
    });
  });

  describe("takes an answer", () => {
    it("for a success below 300, and for a fault from there", async () => {
      for (const status of [200, 299]) {
        double.script = [{ status, body: keyRow() }];
        assert.equal((await get(client())).id, "6211");
      }
      double.script = [{ status: 300, body: keyRow() }];
      const error = await failureOf(get(client()));
      assert.ok(error instanceof ProtocolError);
      assert.equal(error.status, 300);
    });

    it("that follows interim ones, and not those", async () => {
      const slow: Reaction = (response) => {
        response.writeProcessing();
        response.writeEarlyHints({ link: "</help>; rel=help" });
        response.writeHead(400, { "content-type": "application/json" });
        response.end(JSON.stringify({ id: "resource.not.found" }));
      };
      double.script = [slow];
      const error = await failureOf(update(client()));
      assert.ok(error instanceof NotFoundError);
      assert.deepEqual([error.status, double.requests.length], [400, 1]);
    });

    it("that it cannot read for a write that may have happened, but for a read that has not", async () => {
      double.script = [{ ...page, headers: { ...page.headers, "x-request-id": "4711-a" } }];
      for (const [call, mayHaveHappened] of [
        [get, false],
        [create, true],
        [update, true],
        [remove, true],
      ] as const) {
        const error = await failureOf(call(client()));
        assert.ok(error instanceof ProtocolError);
        assert.deepEqual(
          [error.mayHaveHappened, error.status, error.requestId, error.attempts],
          [mayHaveHappened, 200, "4711-a", 1],
        );
      }
    });

    it("about an object that is gone for the success of a delete whose first answer was lost, and tells that", async () => {
      double.script = ["reset", gone];
      assert.equal(await remove(client()), false);
      double.script = ["reset", { status: 204 }];
      assert.equal(await remove(client()), true);
    });

    it("about an object that is gone for the failure of an update, and of a delete with no answer lost", async () => {
      for (const [call, script] of [
        [update, ["reset", gone]],
        [remove, [{ status: 401, body: {} }, gone]],
      ] as const) {
        double.script = [...script];
        assert.ok((await failureOf(call(client()))) instanceof NotFoundError);
      }
    });

    it("about something else for the failure of a delete, also where an answer was lost before", async () => {
      double.script = ["reset", { status: 403, body: { id: "authz.denied" } }];
      const error = await failureOf(remove(client()));
      assert.ok(error instanceof PermissionError);
      assert.ok(error.mayHaveHappened);
    });

    it("of ZPA's overload with the token that it has, for the token is good", async () => {
      double.script = [busy, "reset", refusal, key];
      await get(client());
      assert.equal(double.requests.length, 4);
      assert.equal(double.signIns.length, 1);
    });
  });

  describe("counts what fails", () => {
    it("of all operations together, and each two that succeed allow one more try", async () => {
      double.script = [busy];
      const one = client();
      await Promise.all(Array.from({ length: 20 }, () => failureOf(get(one))));
      double.script = [key];
      for (let success = 0; success < 4; success++) await get(one);
      double.script = [busy];
      const error = await failureOf(get(one));
      assert.ok(error instanceof UnavailableError);
      assert.equal(error.attempts, 4, "the first try, the free one, and two that four successes allow");
    });

    it("as refused for an hour although a connection broke in between, for that let nothing through", async () => {
      const half = Array.from({ length: 40 }, () => refusal);
      double.script = [...half, "reset", refusal];
      const error = await failureOf(get(client()));
      assert.ok(error instanceof RateLimitError);
      assert.match(error.message, /ZPA has refused all requests for (?:59|60) min/);
      assert.ok(double.requests.length < 80, String(double.requests.length));
    });
  });

  describe("shows no secret of the settings that an answer repeats", () => {
    const saying = (text: string) => ({ status: 400, body: { id: "x", reason: `not ${text}` } });

    it("neither the client secret", async () => {
      double.script = [saying(double.clientSecret)];
      const error = (await failureOf(get(client()))) as Error;
      assert.match(error.message, /: not \[secret\]/);
      assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(double.clientSecret));
    });

    it("nor the private key, which no request holds", async () => {
      const { privateKey: pair } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const privateKey = pair.export({ type: "pkcs8", format: "pem" }) as string;
      const line = privateKey.split("\n")[3]!;
      const urls = { baseUrl: double.url, tokenUrl: `${double.url}/oauth2/v1/token` };
      const open = () => new ZpaClient({ clientId: "c", customerId: "1", privateKey, ...urls }, { env: {}, clock });
      double.script = [saying(line)];
      double.signIn = [double.token(), { status: 401, body: { id: "invalid_client", reason: `not ${line}` } }];
      for (const call of [get, (one: ZpaClient) => one.signIn()]) {
        const one = open();
        const error = (await failureOf(call(one))) as Error;
        await one.close();
        assert.match(error.message, /: not \[secret\]/);
        assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(line));
      }
    });

    it("and a sign-in that is no sign-in tells the request id and what to check, but nothing of what it says", async () => {
      double.signIn = [{ body: { token: double.clientSecret }, headers: { "x-request-id": double.clientSecret } }];
      const error = await failureOf(client().signIn());
      assert.ok(error instanceof ProtocolError);
      assert.equal(
        error.message,
        "ZPA 200 signing in: the response contains no access token [request id [secret]]. Hint: check baseUrl and tokenUrl, and whether a proxy or a login page responds instead of ZPA.",
      );
      assert.deepEqual([error.attempts, error.mayHaveHappened], [1, false]);
    });
  });

  describe("of which the client tells", () => {
    it("holds the body without its secrets, each attempt with its number, and no body for a read", async () => {
      const events: RequestEvent[] = [];
      double.script = [busy, { status: 204 }, key];
      const one = double.client({}, { clock, onRequest: (event) => events.push(event) });
      const password = double.clientId;
      await one.credentials.update("7", { name: "jump", credentialType: "PASSWORD", password });
      await get(one);
      const body = { name: "jump", credentialType: "PASSWORD", password: "[secret]" };
      assert.deepEqual(
        events.map((event) => [event.method, event.attempt, event.body]),
        [
          ["POST", 1, undefined],
          ["PUT", 1, body],
          ["PUT", 2, body],
          ["GET", 1, undefined],
        ],
      );
    });

    it("holds the wait in the queue alone, without a sign-in that follows it", async () => {
      const still = new TestClock();
      const events: RequestEvent[] = [];
      const slow: Reaction = (response) => {
        still.advance(3_000);
        response.end(JSON.stringify(double.token().body));
      };
      double.signIn = [double.token({ expires_in: 65 }), slow];
      double.script = [key];
      const one = double.client({ readsPer10s: 1 }, { clock: still, onRequest: (event) => events.push(event) });
      await get(one);
      const second = get(one);
      await still.untilWaiting(10_000);
      still.advance(40_000);
      await second;
      assert.deepEqual([events.at(-1)!.method, events.at(-1)!.waited, double.signIns.length], ["GET", 40_000, 2]);
    });
  });

  it("ends with the error of the sign-in where its token is refused and no other is given", async () => {
    double.signIn = [double.token(), { status: 401, body: { id: "invalid_client" } }];
    double.script = [{ status: 401, body: {} }];
    const error = await failureOf(get(client()));
    assert.ok(error instanceof AuthenticationError);
    assert.deepEqual([double.requests.length, double.signIns.length], [1, 2]);
  });
});
