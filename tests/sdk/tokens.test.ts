import assert from "node:assert/strict";
import { AuthenticationError, PermissionError, UnavailableError, ZpaClient } from "../../sdk";
import { ZpaSimulator } from "../simulator";
import { Double, failureOf, keyBody, keyRow } from "./double";
import { nextTurn, TestClock } from "./testClock";

describe("A token", () => {
  let double: Double;
  beforeEach(async () => (double = await Double.start()));
  afterEach(() => double.close());

  const empty = { body: { totalPages: "0" } };
  const listAll = (client: ZpaClient) => Array.fromAsync(client.provisioningKeys.list("CONNECTOR_GRP"));

  describe("and its life", () => {
    for (const expires_in of ["3600", 3600]) {
      it(`renews it a minute before it ends, told as ${typeof expires_in}`, async () => {
        const clock = new TestClock();
        double.signIn = [double.token({ expires_in }), double.token({ expires_in })];
        double.script = [empty];
        const client = double.client({}, { clock });
        await listAll(client);
        clock.advance(3_539_999);
        await listAll(client);
        assert.equal(double.signIns.length, 1);
        clock.advance(1);
        await listAll(client);
        assert.equal(double.signIns.length, 2);
        assert.equal(double.requests.at(-1)?.headers.authorization, `Bearer ${double.tokens[1]}`);
      });
    }

    it("takes an hour where the answer does not tell it in a way that can be understood", async () => {
      const clock = new TestClock();
      double.signIn = [double.token({ expires_in: "soon" })];
      const client = double.client({}, { clock });
      await client.signIn();
      clock.advance(3_539_999);
      await client.signIn();
      assert.equal(double.signIns.length, 1);
    });

    it("renews it for a request that waited in the queue for longer than it lives", async () => {
      const clock = new TestClock();
      double.signIn = [double.token({ expires_in: 65 }), double.token()];
      double.script = [empty];
      const client = double.client({ readsPer10s: 1 }, { clock });
      await listAll(client);
      clock.advance(9_000); // the second one queues with a token that is good for 23 s more
      const second = listAll(client);
      await clock.untilWaiting(1_000);
      clock.advance(60_000);
      await second;
      assert.equal(double.signIns.length, 2);
      assert.equal(double.requests.at(-1)?.headers.authorization, `Bearer ${double.tokens[1]}`);
    });

    it("signs in once for 50 requests that start together, and once more when the token of all is refused", async () => {
      const simulator = await ZpaSimulator.start({ rateLimits: { windows: "off" } });
      const client = new ZpaClient(
        { readsPer10s: 0 },
        { env: simulator.legacyEnvironment(), clock: new TestClock({ skip: 60_000 }) },
      );
      try {
        const all = () => Promise.all(Array.from({ length: 50 }, () => listAll(client)));
        await all();
        assert.equal(simulator.count({ path: /signin/ }), 1);
        simulator.revokeTokens();
        await all();
        assert.equal(simulator.count({ path: /signin/ }), 2);
      } finally {
        await client.close();
        await simulator.close();
      }
    });

    it("does not keep a sign-in that failed", async () => {
      double.signIn = [{ status: 401, body: { id: "invalid_client" } }, double.token()];
      double.script = [empty];
      const client = double.client();
      await assert.rejects(listAll(client), AuthenticationError);
      await listAll(client);
    });
  });

  describe("whose sign-in the caller gives up", () => {
    it("ends with the caller's reason, and ends the sign-in when nobody else waits for it", async () => {
      double.signIn = ["hang"];
      const clock = new TestClock();
      const client = double.client({}, { clock });
      const abort = new AbortController();
      const reading = client.provisioningKeys.get("CONNECTOR_GRP", "1", { signal: abort.signal });
      await double.signInReceived();
      const reason = new Error("enough");
      abort.abort(reason);
      assert.equal(await failureOf(reading), reason);
      await nextTurn();
      assert.equal(clock.pending, 0);
      double.signIn = [double.token()];
      await client.signIn();
      assert.equal(double.signIns.length, 2);
    });

    it("leaves the sign-in to those who still wait for it", async () => {
      let answer = () => {};
      const waiting = new Promise<void>((resolve) => {
        double.signIn = [
          (response) => {
            answer = () => response.end(JSON.stringify(double.token().body));
            resolve();
          },
        ];
      });
      const client = double.client();
      const abort = new AbortController();
      const [first, second] = [client.signIn(abort.signal), client.signIn()];
      await waiting;
      abort.abort(new Error("enough"));
      await assert.rejects(first, /enough/);
      answer();
      await second;
      assert.equal(double.signIns.length, 1);
    });
  });

  describe("that is refused, by what a 401 means", () => {
    const unauthorized = { status: 401, body: { type: "about:blank", status: 401, detail: "unauthorized" } };
    const denied = { status: 401, body: { id: "access.denied", reason: "Access denied." } };
    const lost = { status: 401, body: '{"code":"SESSION_NOT_VALID"}' };
    const key = { body: keyRow() };
    const get = (client: ZpaClient) => client.provisioningKeys.get("CONNECTOR_GRP", "6211");

    for (const [name, reply] of Object.entries({ unauthorized, "access.denied": denied })) {
      it(`${name}: once, and repeats`, async () => {
        double.script = [reply, key];
        assert.equal((await get(double.client())).id, "6211");
        assert.equal(double.signIns.length, 2);
        assert.equal(double.requests[1]?.headers.authorization, `Bearer ${double.tokens[1]}`);
      });

      it(`${name}: fails when the new token is refused too`, async () => {
        double.script = [reply];
        const error = await failureOf(get(double.client()));
        assert.ok(error instanceof AuthenticationError);
        assert.equal(error.attempts, 2);
        assert.equal(double.signIns.length, 2);
        assert.match(error.message, /ZPA also refused a new token: check that customerId/);
      });

      it(`${name}: repeats a create, for it was not carried out`, async () => {
        double.script = [reply, key];
        await double.client().provisioningKeys.create("CONNECTOR_GRP", keyBody);
        assert.equal(double.requests.length, 2);
      });
    }

    for (const text of ['{"code":"SESSION_NOT_VALID"}', "Session already invalidated", "Resource Access Blocked"]) {
      it(`${text}: each time, after a pause`, async () => {
        double.script = [lost, { status: 401, body: text }, { status: 401, body: text }, key];
        const clock = new TestClock({ skip: 60_000 });
        await get(double.client({}, { clock }));
        assert.equal(double.signIns.length, 4);
        assert.deepEqual(
          clock.waits.filter((wait) => wait <= 1_000),
          [250, 500, 1_000],
        );
      });
    }

    it("Resource Access Blocked: fails in the end", async () => {
      double.script = [{ status: 401, body: "Resource Access Blocked" }];
      const error = await failureOf(get(double.client({}, { clock: new TestClock({ skip: 60_000 }) })));
      assert.ok(error instanceof AuthenticationError);
      assert.equal(error.attempts, 5);
      assert.match(error.message, /overloaded/);
    });

    it("a feature that is not licensed: fails at once and names it", async () => {
      const body = { id: "authz.featureflag.permission.denied", params: ["ui.waf", "feature.privileged"] };
      double.script = [{ status: 401, body }];
      const error = await failureOf(get(double.client()));
      assert.ok(error instanceof PermissionError);
      assert.match(
        error.message,
        /: ui\.waf, feature\.privileged\. Hint: the tenant's licence does not include the named feature/,
      );
      assert.equal(double.signIns.length, 1);
    });

    it("a tenant that has moved to OneAPI: fails at once", async () => {
      double.script = [{ status: 401, body: "Access is only through Zscaler OneAPI." }];
      const error = await failureOf(get(double.client()));
      assert.ok(error instanceof AuthenticationError);
      assert.match(error.message, /ZIdentity/);
      assert.equal(double.signIns.length, 1);
    });
  });

  describe("of a client that is closed", () => {
    it("ends what is under way, and refuses what comes later", async () => {
      double.script = ["hang"];
      const clock = new TestClock();
      const client = double.client({}, { clock });
      const reading = client.provisioningKeys.get("CONNECTOR_GRP", "1");
      await double.received(1);
      const [error] = await Promise.all([failureOf(reading), client.close()]);
      assert.ok(error instanceof UnavailableError);
      assert.match(error.message, /the client was closed/);
      assert.match(String(await failureOf(client.signIn())), /the client was closed/);
      assert.equal(clock.pending, 0);
    });

    it("ends a sign-in that is under way", async () => {
      double.signIn = ["hang"];
      const client = double.client();
      const signingIn = client.signIn();
      await double.signInReceived();
      const [error] = await Promise.all([failureOf(signingIn), client.close()]);
      assert.match(String(error), /the client was closed/);
      assert.equal(double.requests.length, 0);
    });
  });
});
