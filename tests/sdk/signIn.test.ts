import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { AuthenticationError, ConfigurationError, ProtocolError, ZpaClient, type ZpaSettings } from "../../sdk";
import { ZpaSimulator } from "../simulator";
import { Double, failureOf } from "./double";
import { TestClock } from "./testClock";

describe("Signing in", () => {
  let double: Double;
  beforeEach(async () => (double = await Double.start()));
  afterEach(() => double.close());

  const empty = { body: { totalPages: "0" } };
  const listAll = (client: ZpaClient) => Array.fromAsync(client.provisioningKeys.list("CONNECTOR_GRP"));

  describe("to the legacy API", () => {
    it("sends the id and the secret as a form, whatever characters they hold, and only once", async () => {
      double.script = [empty];
      const client = double.client();
      await listAll(client);
      await listAll(client);
      assert.equal(double.signIns.length, 1);
      const [{ method, headers, body }] = double.signIns as [(typeof double.signIns)[0]];
      assert.equal(method, "POST");
      assert.equal(headers["content-type"], "application/x-www-form-urlencoded");
      assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), {
        client_id: double.clientId,
        client_secret: double.clientSecret,
      });
      assert.deepEqual(
        double.requests.map((request) => request.headers.authorization),
        [`Bearer ${double.tokens[0]}`, `Bearer ${double.tokens[0]}`],
      );
    });

    it("gives the session back when the client is closed, as JSON and with the token", async () => {
      const client = double.client();
      await client.signIn();
      await Promise.all([client.close(), client.close()]);
      const [signOut, ...others] = double.requests;
      assert.equal(others.length, 0);
      assert.equal(`${signOut?.method} ${signOut?.url}`, "POST /signout");
      assert.equal(signOut?.headers["content-type"], "application/json");
      assert.equal(signOut?.headers.authorization, `Bearer ${double.tokens[0]}`);
    });

    it("does not sign out when it never signed in", async () => {
      await double.client().close();
      assert.equal(double.requests.length, 0);
    });

    it("sends nothing when it is closed without a sign-out, and nothing after that", async () => {
      const client = double.client();
      await client.signIn();
      const before = double.requests.length;
      await client.close({ signOut: false });
      await assert.rejects(client.credentials.get("1"), /the client was closed/);
      await assert.rejects(client.signIn(), /the client was closed/);
      assert.equal(double.requests.length, before);
    });

    it("closes after 5 s when nobody answers the sign-out", async () => {
      const clock = new TestClock();
      const server = await ZpaSimulator.start();
      try {
        server.fault({ kind: "hang", match: { path: /signout/ } });
        const client = new ZpaClient({}, { env: server.legacyEnvironment(), clock });
        await client.signIn();
        const closed = client.close();
        await clock.untilWaiting(5_000);
        clock.advance(5_000);
        await closed;
        assert.equal(clock.pending, 0);
      } finally {
        await server.close();
      }
    });
  });

  describe("through OneAPI", () => {
    let simulator: ZpaSimulator;
    let folder: string;
    beforeEach(async () => {
      simulator = await ZpaSimulator.start();
      folder = mkdtempSync(path.join(tmpdir(), "zpa-key-"));
    });
    afterEach(async () => {
      rmSync(folder, { recursive: true });
      await simulator.close();
    });

    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pkcs8 = pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    const pkcs1 = pair.privateKey.export({ type: "pkcs1", format: "pem" }) as string;

    async function signsIn(settings: ZpaSettings): Promise<void> {
      const { clientId, url: baseUrl, tokenUrl } = simulator;
      const client = new ZpaClient({ clientId, baseUrl, tokenUrl, ...settings }, { env: {} });
      try {
        assert.deepEqual(await listAll(client), []);
        assert.match(
          simulator.log.at(-1)!.path,
          new RegExp(`^/zpa/mgmtconfig/v1/admin/customers/${simulator.customerId}/`),
        );
      } finally {
        await client.close();
      }
    }

    it("works with a client secret, reads the customer id from the token, and does not sign out", async () => {
      await signsIn({ clientSecret: simulator.clientSecret });
      const [form] = simulator.log;
      assert.equal(form?.body?.["grant_type"], "client_credentials");
      assert.equal(form?.body?.["audience"], "https://api.zscaler.com");
      assert.equal(simulator.count({ path: /signout/ }), 0);
    });

    const writings: [string, () => string][] = [
      ["as PKCS#8 text", () => pkcs8],
      ["as PKCS#1 text", () => pkcs1],
      ["as the path of a file", () => path.join(folder, "key.pem")],
      ["with its line breaks written as \\n", () => pkcs8.replaceAll("\n", "\\n")],
      ["with its line breaks lost to blanks", () => pkcs1.trim().replaceAll("\n", " ")],
      ["with the line breaks of Windows", () => pkcs8.replaceAll("\n", "\r\n")],
    ];
    for (const [how, privateKey] of writings) {
      it(`works with a private key ${how}`, async () => {
        writeFileSync(path.join(folder, "key.pem"), pkcs8);
        simulator.registerOneApiPublicKey(createPublicKey(pkcs8).export({ type: "spki", format: "pem" }) as string);
        await signsIn({ privateKey: privateKey() });
        const form = simulator.log[0]?.body ?? {};
        assert.equal(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        const claims = JSON.parse(
          Buffer.from(String(form["client_assertion"]).split(".")[1]!, "base64url").toString(),
        ) as Record<string, number | string>;
        assert.equal(Number(claims["exp"]) - Number(claims["iat"]), 600);
        assert.equal(claims["aud"], "https://api.zscaler.com");
        assert.deepEqual([claims["iss"], claims["sub"]], [simulator.clientId, simulator.clientId]);
      });
    }

    const wrong: [string, () => string, RegExp][] = [
      ["a path that leads nowhere", () => path.join(folder, "none.pem"), /privateKey \(neither PEM text.*ENOENT\)/],
      [
        "PEM that is no key",
        () => "-----BEGIN PRIVATE KEY-----\nabcd\n-----END PRIVATE KEY-----",
        /not a private key in PEM/,
      ],
      [
        "a key that is not RSA",
        () => generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string,
        /a key of type ed25519, but ZIdentity requires RSA/,
      ],
      [
        "a key with a passphrase",
        () =>
          pair.privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }) as string,
        /protected by a passphrase/,
      ],
    ];
    for (const [what, privateKey, message] of wrong) {
      it(`refuses ${what} with the setting's name, and shows nothing of it`, async () => {
        const text = privateKey();
        const error = await failureOf(signsIn({ privateKey: text }));
        assert.ok(error instanceof ConfigurationError);
        assert.match(error.message, message);
        const secretLine = text.split("\n")[1];
        if (secretLine !== undefined) assert.ok(!inspect(error, { depth: 9 }).includes(secretLine));
        assert.equal(simulator.log.length, 0);
      });
    }

    it("says that the customer id is missing when neither the settings nor the token tell it", async () => {
      const { clientId, clientSecret, url: baseUrl } = double;
      double.signIn = [double.token({ expires_in: 84_000 })];
      const client = new ZpaClient(
        { clientId, clientSecret, baseUrl, tokenUrl: `${double.url}/oauth2/v1/token` },
        { env: {} },
      );
      const error = await failureOf(listAll(client));
      await client.close();
      assert.ok(error instanceof ConfigurationError);
      assert.match(error.message, /customerId .*token does not name a ZPA tenant/);
    });

    it("finds the customer id of 18 digits in a token that writes it as a number", async () => {
      const claims = Buffer.from('{"service-info":[{"prd":"ZIA","tnt":1},{"prd":"ZPA","tnt":217246660302995457}]}');
      double.signIn = [{ body: { access_token: `e30.${claims.toString("base64url")}.x`, expires_in: 84_000 } }];
      double.script = [empty];
      const { clientId, clientSecret, url: baseUrl } = double;
      const tokenUrl = `${double.url}/oauth2/v1/token`;
      const client = new ZpaClient({ clientId, clientSecret, baseUrl, tokenUrl }, { env: {} });
      await listAll(client);
      await client.close();
      assert.match(double.requests[0]!.url, /^\/zpa\/mgmtconfig\/v1\/admin\/customers\/217246660302995457\//);
    });
  });

  describe("when it is refused", () => {
    it("fails at once for a wrong credential, and says what to check", async () => {
      double.signIn = [{ status: 401, body: { id: "invalid_client", reason: "Bad client." } }];
      const error = await failureOf(double.client().signIn());
      assert.ok(error instanceof AuthenticationError);
      assert.match(
        error.message,
        /^ZPA 401 invalid_client signing in: Bad client\. Hint: check zpaClientId and zpaClientSecret, and that zpaCloud is the tenant's cloud/,
      );
      assert.equal(double.signIns.length, 1);
    });

    it("tells how to configure OneAPI where the tenant has moved there", async () => {
      double.signIn = [{ status: 401, body: "API access is available only through Zscaler OneAPI for this tenant" }];
      const error = await failureOf(double.client().signIn());
      assert.ok(error instanceof AuthenticationError);
      assert.match(error.message, /accepts OneAPI only: .*clientId, clientSecret and vanityDomain/);
      assert.equal(double.signIns.length, 1);
    });

    it("tries again when the sign-in is overloaded, one way or the other", async () => {
      double.signIn = [
        { status: 503, body: "<html>" },
        { status: 401, body: "Resource Access Blocked" },
        { status: 429, headers: { "retry-after": "7s" }, body: {} },
        "reset",
        double.token(),
      ];
      const clock = new TestClock({ skip: 60_000 });
      await double.client({}, { clock }).signIn();
      assert.equal(double.signIns.length, 5);
      assert.ok(clock.waits.includes(7_000));
    });

    it("is never taken for an object that is gone", async () => {
      for (const reply of [
        { status: 404, body: { id: "resource.not.found" } },
        { status: 400, body: { id: "resource.not.found" } },
        { status: 404, body: "<html>nothing here</html>" },
        { status: 302, headers: { location: "https://login.example" } },
      ]) {
        double.signIn = [reply];
        const error = await failureOf(double.client().provisioningKeys.get("CONNECTOR_GRP", "1"));
        assert.ok(error instanceof ProtocolError || error instanceof AuthenticationError, String(error));
        assert.match(error.message, /zpaCloud/);
      }
    });

    it("says so when a login page answers in place of the API", async () => {
      double.signIn = [{ body: "<html>Please log in</html>", headers: { "content-type": "text/html" } }];
      const error = await failureOf(double.client().signIn());
      assert.ok(error instanceof ProtocolError);
      assert.match(error.message, /contains no access token\. Hint: .*login page/);
      assert.ok(!error.message.includes("Please"));
    });

    it("shows neither the secret nor the assertion, should the answer repeat them", async () => {
      const form = () => new URLSearchParams(double.signIns.at(-1)?.body);
      double.signIn = [
        (response) => {
          response.writeHead(401, { "content-type": "application/json" });
          const said = `no: ${form().get("client_secret") ?? form().get("client_assertion")}`;
          response.end(JSON.stringify({ id: "invalid_client", reason: said, params: [said] }));
        },
      ];
      const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
        type: "pkcs8",
        format: "pem",
      }) as string;
      const oneApi = { clientId: "a-client", baseUrl: double.url, tokenUrl: `${double.url}/oauth2/v1/token` };
      const clients = [
        double.client(),
        new ZpaClient({ ...oneApi, privateKey }, { env: {} }),
        new ZpaClient({ ...oneApi, clientSecret: double.clientSecret }, { env: {} }),
      ];
      for (const client of clients) {
        const shown = inspect(await failureOf(client.signIn()), { depth: 9, showHidden: true });
        const secret = form().get("client_secret") ?? form().get("client_assertion");
        assert.ok(secret && !shown.includes(secret));
        assert.match(shown, /\[secret\]/);
        await client.close();
      }
    });
  });

  it("leaves no secret in sight of somebody who prints the client", async () => {
    const { zpaClientSecret: ZPA_CLIENT_SECRET, ...settings } = double.settings as Record<string, string>;
    const proxyPassword = double.clientId;
    const env = { ZPA_CLIENT_SECRET, HTTPS_PROXY: `http://me:${proxyPassword}@127.0.0.1:9` };
    const client = double.client({ ...settings, zpaClientId: "me", zpaClientSecret: undefined }, { env });
    await client.signIn();
    const shown = inspect(client, { depth: 7, showHidden: true }) + JSON.stringify(client, circular());
    assert.ok(!shown.includes(double.clientSecret));
    assert.ok(!shown.includes(double.tokens[0]!));
    assert.ok(!shown.includes(proxyPassword));
  });
});

function circular() {
  const seen = new Set<unknown>();
  return (_: string, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return undefined;
    seen.add(value);
    return value;
  };
}
