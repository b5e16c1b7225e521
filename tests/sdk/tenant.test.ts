import assert from "node:assert/strict";
import { inspect } from "node:util";
import { ConfigurationError, ZpaClient, type ZpaSettings } from "../../sdk";
import { calls, Double, failureOf, keyRow, type Scripted } from "./double";
import { TestClock } from "./testClock";

describe("A client", () => {
  let double: Double;
  let clients: ZpaClient[];
  beforeEach(async () => {
    double = await Double.start();
    clients = [];
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await double.close();
  });

  /** A token as ZIdentity makes them: it names the tenant of each product. */
  const jwtOf = (customerId: string | undefined): Scripted => {
    const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const info = [{ prd: "ZIA", tnt: "5" }, ...(customerId === undefined ? [] : [{ prd: "ZPA", tnt: customerId }])];
    return double.token({ access_token: `${encode({ alg: "RS256" })}.${encode({ "service-info": info })}.c2ln` });
  };
  const oneApi = (more: ZpaSettings = {}) => {
    const { clientId, clientSecret, url } = double;
    const settings = { clientId, clientSecret, baseUrl: url, tokenUrl: `${url}/oauth2/v1/token`, ...more };
    const client = new ZpaClient(settings, { env: {} });
    clients.push(client);
    return client;
  };

  describe("knows the tenant by a fingerprint", () => {
    it("that is there without a request where the settings name the customer id", async () => {
      const client = double.client();
      const known = client.knownTenantFingerprint;
      assert.match(known!, /^[0-9a-f]{16}$/);
      assert.equal(await client.tenantFingerprint(), known);
      assert.equal(await client.customerId(), double.customerId);
      assert.equal(double.signIns.length + double.requests.length, 0);
    });

    it("that is the same for each credential of the tenant, of both kinds, and another for another tenant", async () => {
      double.signIn = [jwtOf(double.customerId)];
      const same = [
        double.client(),
        double.client({ zpaClientId: "rotated", zpaClientSecret: "rotated too" }),
        oneApi({ customerId: double.customerId }),
        oneApi(),
      ];
      const fingerprints = await Promise.all(same.map((client) => client.tenantFingerprint()));
      assert.equal(new Set(fingerprints).size, 1);
      const other = await double.client({ zpaCustomerId: "217246660302995457" }).tenantFingerprint();
      assert.notEqual(other, fingerprints[0]);
    });

    it("that it does not forget when a renewed token names no tenant", async () => {
      const lost: Scripted = { status: 401, body: { detail: "unauthorized" } };
      double.signIn = [jwtOf(double.customerId), double.token({ access_token: "opaque" })];
      double.script = [{ body: keyRow() }, lost, { body: keyRow() }];
      const client = oneApi();
      await client.provisioningKeys.get("CONNECTOR_GRP", "1");
      await client.provisioningKeys.get("CONNECTOR_GRP", "1");
      assert.equal(double.signIns.length, 2);
      await client.provisioningKeys.get("CONNECTOR_GRP", "1");
    });

    it("that takes a sign-in where only the token tells it, and is known from then on", async () => {
      double.signIn = [jwtOf(double.customerId)];
      const client = oneApi();
      assert.equal(client.knownTenantFingerprint, undefined);
      const [one, two] = await Promise.all([client.tenantFingerprint(), client.tenantFingerprint()]);
      assert.equal(one, two);
      assert.equal(client.knownTenantFingerprint, one);
      assert.deepEqual([double.signIns.length, double.requests.length], [1, 0]);
    });

    it("that is known while a token that was refused is renewed", async () => {
      double.signIn = [jwtOf(double.customerId), "hang"];
      double.script = [{ status: 401, body: { id: "access.denied" } }];
      const client = oneApi();
      const fingerprint = await client.tenantFingerprint();
      const reading = failureOf(calls.get(client));
      while (double.signIns.length < 2) await double.received(1).then(() => new Promise(setImmediate));
      assert.equal(client.knownTenantFingerprint, fingerprint);
      await client.close();
      await reading;
    });

    it("that cannot be told where neither the settings nor the token name a tenant", async () => {
      double.signIn = [jwtOf(undefined)];
      const client = oneApi();
      const error = await failureOf(client.tenantFingerprint());
      assert.ok(error instanceof ConfigurationError);
      assert.match(
        error.message,
        /looking up the tenant: customerId \(not set, and the OneAPI token does not name a ZPA tenant/,
      );
      assert.equal(client.knownTenantFingerprint, undefined);
    });

    it("that shows neither the customer id nor a secret", async () => {
      const client = double.client();
      const shown = `${await client.tenantFingerprint()} ${inspect(client, { depth: 9, showHidden: true })}`;
      assert.ok(!shown.includes(double.customerId) && !shown.includes(double.clientSecret));
    });

    it("and waits for its sign-in no longer than the caller does", async () => {
      double.signIn = ["hang"];
      const abort = new AbortController();
      const reading = failureOf(oneApi().tenantFingerprint(abort.signal));
      await double.signInReceived();
      const reason = new Error("enough");
      abort.abort(reason);
      assert.equal(await reading, reason);
    });
  });

  describe("knows the server's clock", () => {
    const at = (date: string | undefined, status = 200): Scripted => ({
      status,
      body: status === 200 ? keyRow() : { id: "resource.not.found" },
      // Node adds a Date of its own unless one is there
      headers: date === undefined ? { date: "" } : { date },
    });
    const seconds = (date: string) => Date.parse(date) / 1000;

    it("from the answers of the API, and counts on from the latest", async () => {
      const clock = new TestClock();
      const client = double.client({}, { clock });
      const [first, second] = ["Thu, 01 Jan 2026 00:00:10 GMT", "Thu, 01 Jan 2026 00:10:00 GMT"];
      double.script = [at(first), at(second), at(undefined)];
      assert.equal(client.serverTime(), undefined);
      await calls.get(client);
      assert.equal(client.serverTime(), seconds(first));
      clock.advance(61_900);
      assert.equal(client.serverTime(), seconds(first) + 61);
      await calls.get(client);
      assert.equal(client.serverTime(), seconds(second));
      clock.advance(2_000);
      await calls.get(client);
      assert.equal(client.serverTime(), seconds(second) + 2, "an answer without a date changes nothing");
    });

    it("from a refusal too, but not from the sign-in, whose server is another one with OneAPI", async () => {
      const client = double.client({}, { clock: new TestClock() });
      const date = "Thu, 01 Jan 2026 00:00:10 GMT";
      double.signIn = [{ ...double.token(), headers: { date: "Thu, 01 Jan 2015 00:00:00 GMT" } }];
      await client.signIn();
      assert.equal(client.serverTime(), undefined);
      double.script = [at(date, 404)];
      await failureOf(calls.get(client));
      assert.equal(client.serverTime(), seconds(date));
    });

    it("whatever this machine's own says", async () => {
      const date = "Sat, 01 Jan 2050 00:00:00 GMT";
      double.script = [at(date)];
      const client = double.client({}, { clock: new TestClock() });
      await calls.get(client);
      assert.equal(client.serverTime(), seconds(date));
    });
  });
});
