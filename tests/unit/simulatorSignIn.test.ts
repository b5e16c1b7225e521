import assert from "node:assert/strict";
import { createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { field, object, refusal, SimulatorClient } from "./simulatorClient";

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("the simulator's sign-in", () => {
  let client: SimulatorClient;
  beforeEach(async () => {
    client = await SimulatorClient.start({ clientSecret: `+a b:#,&%=${randomBytes(6).toString("hex")}` });
  });
  afterEach(() => client.simulator.close());

  const credentials = (): Record<string, string> => ({
    client_id: client.simulator.clientId,
    client_secret: client.simulator.clientSecret,
  });
  const audience = "https://api.zscaler.com";
  const oneApi = (changes: Record<string, string> = {}) =>
    client.form("/oauth2/v1/token", { ...credentials(), grant_type: "client_credentials", audience, ...changes });
  const oneApiPath = (): string => `/zpa/mgmtconfig/v1/admin/customers/${client.simulator.customerId}/credential`;

  it("gives a legacy token whose expires_in is text, and takes it without a prefix only", async () => {
    const answer = await client.form("/signin", credentials());
    assert.equal(object(answer)["expires_in"], "3600");
    assert.equal(object(answer)["token_type"], "Bearer");
    const bearer = `Bearer ${field(answer, "access_token")}`;
    assert.equal((await client.raw("GET", oneApiPath().slice(4), bearer)).status, 200);
    const refused = await client.raw("GET", oneApiPath(), bearer);
    assert.deepEqual([refused.status, object(refused)["detail"]], [401, "unauthorized"]);
  });

  it("gives a OneAPI token that names the tenant, with a number as expires_in, and takes it below /zpa only", async () => {
    const answer = await oneApi();
    assert.equal(object(answer)["expires_in"], 84_000);
    const token = field(answer, "access_token");
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<
      string,
      unknown
    >;
    const services = claims["service-info"] as { prd: string; tnt: string }[];
    assert.equal(services.find(({ prd }) => prd === "ZPA")?.tnt, client.simulator.customerId);
    assert.equal((await client.raw("GET", oneApiPath(), `Bearer ${token}`)).status, 200);
    const refused = await client.raw("GET", oneApiPath().slice(4), `Bearer ${token}`);
    assert.deepEqual(refusal(refused), [401, "access.denied", undefined]);
  });

  it("refuses a wrong secret at both doors", async () => {
    const wrong = { client_secret: randomBytes(8).toString("hex") };
    for (const answer of [await client.form("/signin", { ...credentials(), ...wrong }), await oneApi(wrong)]) {
      assert.deepEqual([answer.status, object(answer)["id"]], [401, "invalid_client"]);
    }
  });

  it("refuses a token request of another grant type", async () => {
    const answer = await oneApi({ grant_type: "password" });
    assert.deepEqual([answer.status, object(answer)["id"]], [400, "unsupported_grant_type"]);
  });

  it("refuses a token request without the audience, or with it when it is told so", async () => {
    const bare = () => client.form("/oauth2/v1/token", { ...credentials(), grant_type: "client_credentials" });
    const refused = [400, "invalid_request", undefined];
    assert.deepEqual(refusal(await bare()), refused);
    assert.deepEqual(refusal(await oneApi({ audience: "https://example.com" })), refused);
    client.simulator.settings.tokenAudience = "optional";
    assert.deepEqual([(await bare()).status, (await oneApi()).status], [200, 200]);
    client.simulator.settings.tokenAudience = "refused";
    assert.deepEqual([(await bare()).status, refusal(await oneApi())], [200, refused]);
  });

  it("takes a client assertion only when signature, issuer, subject, audience and life are right", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const { clientId, clock } = client.simulator;
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: audience,
      exp: clock.epochSeconds() + 600,
    };
    const status = async (changes: object, key = privateKey, alg = "RS256"): Promise<number> => {
      const unsigned = `${encode({ alg, typ: "JWT" })}.${encode({ ...claims, ...changes })}`;
      const answer = await client.form("/oauth2/v1/token", {
        grant_type: "client_credentials",
        client_id: clientId,
        audience,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: `${unsigned}.${createSign("RSA-SHA256").update(unsigned).sign(key, "base64url")}`,
      });
      return answer.status;
    };
    assert.equal(await status({}), 401, "no public key is registered yet");
    client.simulator.registerOneApiPublicKey(publicKey.export({ type: "spki", format: "pem" }).toString());
    assert.equal(await status({}), 200);
    assert.equal(await status({ aud: [audience] }), 200);
    assert.equal(await status({}, stranger), 401);
    assert.equal(await status({}, privateKey, "none"), 401);
    assert.equal(await status({ iss: "somebody" }), 401);
    assert.equal(await status({ sub: "somebody" }), 401);
    assert.equal(await status({ aud: "https://example.com" }), 401);
    assert.equal(await status({ exp: clock.epochSeconds() }), 401);
  });

  it("lets a token expire by its own clock", async () => {
    assert.equal((await client.call("GET", "/credential")).status, 200);
    client.clock.now += 3_600_000 - 1;
    assert.equal((await client.call("GET", "/credential")).status, 200);
    client.clock.now += 1;
    assert.deepEqual(refusal(await client.call("GET", "/credential")), [401, "access.denied", undefined]);
  });

  it("knows no token any more after they were revoked", async () => {
    client.simulator.revokeTokens();
    assert.deepEqual(refusal(await client.call("GET", "/credential")), [401, "access.denied", undefined]);
  });

  it("says SESSION_NOT_VALID to a token that signed out", async () => {
    const bearer = `Bearer ${field(await client.form("/signin", credentials()), "access_token")}`;
    assert.equal((await client.raw("POST", "/signout", bearer, {})).status, 200);
    const answer = await client.raw("GET", oneApiPath().slice(4), bearer);
    assert.equal(answer.status, 401);
    assert.match(String(answer.body), /SESSION_NOT_VALID/);
    assert.equal((await client.call("GET", "/credential")).status, 200, "another session goes on");
  });

  it("refuses a request without a token, and one for another customer", async () => {
    const path = oneApiPath().slice(4);
    assert.equal((await client.raw("GET", path)).status, 401);
    const bearer = `Bearer ${field(await client.form("/signin", credentials()), "access_token")}`;
    const answer = await client.raw("GET", path.replace(client.simulator.customerId, "1"), bearer);
    assert.deepEqual([answer.status, object(answer)["params"]], [403, ["1"]]);
  });

  it("offers its settings as the environment of either sign-in", () => {
    const { simulator } = client;
    assert.deepEqual(simulator.legacyEnvironment(), {
      ZPA_CLIENT_ID: simulator.clientId,
      ZPA_CLIENT_SECRET: simulator.clientSecret,
      ZPA_CUSTOMER_ID: simulator.customerId,
      ZSCALER_USE_LEGACY_CLIENT: "true",
      ZPA_BASE_URL: simulator.url,
    });
    assert.deepEqual(simulator.oneApiEnvironment(), {
      ZSCALER_CLIENT_ID: simulator.clientId,
      ZSCALER_CLIENT_SECRET: simulator.clientSecret,
      ZSCALER_VANITY_DOMAIN: "simulator",
      ZPA_CUSTOMER_ID: simulator.customerId,
      ZPA_BASE_URL: simulator.url,
      ZPA_TOKEN_URL: `${simulator.url}/oauth2/v1/token`,
    });
  });
});
