import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import {
  clouds,
  ConfigurationError,
  resolveSettings,
  settingFacts,
  type SettingName,
  settingNames,
  type SettingSources,
  ZpaClient,
  type ZpaSettings,
} from "../../sdk";
import { settingsTable } from "../../sdk/settings/table";
import { withEnvironment } from "../harness/environment";

const secret = randomBytes(12).toString("hex");
const oneApi = { clientId: "c", clientSecret: secret, vanityDomain: "acme" };
const legacy = { zpaClientId: "c", zpaClientSecret: secret, zpaCustomerId: "72057594037927936" };

function refusal(sources: SettingSources): string {
  try {
    resolveSettings(sources);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(secret));
    return error.message;
  }
  throw new Error("The settings were accepted.");
}

const fromConfig = (values: Record<string, string>) => (name: SettingName) => values[name];

describe("The settings", () => {
  describe("of the legacy API", () => {
    const hosts = {
      PRODUCTION: "https://config.private.zscaler.com",
      BETA: "https://config.zpabeta.net",
      ZPATWO: "https://config.zpatwo.net",
      GOV: "https://config.zpagov.net",
      GOVUS: "https://config.zpagov.us",
      PREVIEW: "https://config.zpapreview.net",
      QA: "https://config.qa.zpath.net",
    };
    for (const [zpaCloud, baseUrl] of Object.entries(hosts)) {
      it(`find the cloud ${zpaCloud}, however it is written`, () => {
        const resolved = resolveSettings({ explicit: { ...legacy, zpaCloud: ` ${zpaCloud.toLowerCase()} ` } });
        assert.equal(resolved.baseUrl, baseUrl);
        assert.equal(resolved.tokenUrl, `${baseUrl}/signin`);
        assert.equal(resolved.mode, "legacy");
      });
    }

    it("mean PRODUCTION when they name no cloud", () => {
      assert.equal(resolveSettings({ explicit: legacy }).baseUrl, hosts.PRODUCTION);
    });
  });

  describe("of OneAPI", () => {
    const urls = {
      PRODUCTION: ["https://acme.zslogin.net/oauth2/v1/token", "https://api.zsapi.net/zpa"],
      BETA: ["https://acme.zsloginbeta.net/oauth2/v1/token", "https://api.beta.zsapi.net/zpa"],
      ZPATWO: ["https://acme.zsloginzpatwo.net/oauth2/v1/token", "https://api.zpatwo.zsapi.net/zpa"],
      GOV: ["https://acme.zidentitygov.net/oauth2/v1/token", "https://api.zscalergov.net/zpa"],
      GOVUS: ["https://acme.zidentitygov.us/oauth2/v1/token", "https://api.zscalergov.us/zpa"],
    };
    for (const [zscalerCloud, [tokenUrl, baseUrl]] of Object.entries(urls)) {
      it(`find the cloud ${zscalerCloud}`, () => {
        const resolved = resolveSettings({ explicit: { ...oneApi, zscalerCloud } });
        assert.deepEqual([resolved.mode, resolved.tokenUrl, resolved.baseUrl], ["oneApi", tokenUrl, baseUrl]);
        assert.equal(resolved.customerId, undefined);
      });
    }

    for (const vanityDomain of ["acme", "ACME", "acme.zslogin.net", "https://acme.zslogin.net/admin?x=1"]) {
      it(`take ${vanityDomain} as the vanity domain`, () => {
        assert.equal(resolveSettings({ explicit: { ...oneApi, vanityDomain } }).tokenUrl, urls.PRODUCTION[0]);
      });
    }

    it("take the cloud from a vanity domain that names it", () => {
      const { baseUrl } = resolveSettings({ explicit: { ...oneApi, vanityDomain: "acme.zsloginbeta.net" } });
      assert.equal(baseUrl, urls.BETA[1]);
    });

    it("refuse a vanity domain of another cloud than they name", () => {
      const explicit = { ...oneApi, vanityDomain: "acme.zsloginbeta.net", zscalerCloud: "GOV" };
      assert.match(
        refusal({ explicit }),
        /vanityDomain, zscalerCloud \(the host belongs to the cloud BETA, but zscalerCloud is GOV/,
      );
    });

    for (const vanityDomain of ["acme corp", "acme.example.com", "-acme", "a@evil.net", "https://", "a".repeat(64)]) {
      it(`refuse ${vanityDomain.slice(0, 20)} as a vanity domain, and say what it is`, () => {
        assert.match(
          refusal({ explicit: { ...oneApi, vanityDomain } }),
          /vanityDomain \(must be the first label .* acme for acme\.zslogin\.net/,
        );
      });
    }

    it("let both URLs be replaced, and then need no vanity domain", () => {
      const { clientId, clientSecret } = oneApi;
      const explicit = {
        clientId,
        clientSecret,
        baseUrl: "http://127.0.0.1:8080/",
        tokenUrl: "http://127.0.0.1:8080/t",
      };
      const { baseUrl, tokenUrl } = resolveSettings({ explicit });
      assert.deepEqual([baseUrl, tokenUrl], ["http://127.0.0.1:8080/zpa", "http://127.0.0.1:8080/t"]);
    });
  });

  it("of an unknown cloud are refused with a list of the known", () => {
    for (const explicit of [
      { ...legacy, zpaCloud: "MOON" },
      { ...oneApi, zscalerCloud: "MOON" },
    ]) {
      const message = refusal({ explicit });
      assert.match(message, /Cloud \("MOON" is not a ZPA cloud\)/);
      for (const cloud of clouds) assert.ok(message.includes(cloud));
    }
  });

  describe("from several places", () => {
    it("come from the program, else from the configuration, else from the environment", () => {
      const env = { ZPA_CLIENT_ID: "env", ZPA_CLIENT_SECRET: secret, ZPA_CUSTOMER_ID: "1", ZPA_READS_PER_10S: "1" };
      const config = fromConfig({ microtenantId: "2", readsPer10s: "2" });
      assert.equal(resolveSettings({ env }).readsPer10s, 1);
      assert.equal(resolveSettings({ env, config }).readsPer10s, 2);
      const resolved = resolveSettings({ env, config, explicit: { readsPer10s: 3 } });
      assert.deepEqual([resolved.readsPer10s, resolved.microtenantId, resolved.clientId], [3, "2", "env"]);
    });

    it("know both names of the customer id's variable", () => {
      const env = { ZSCALER_CUSTOMER_ID: "5", ZPA_CLIENT_ID: "c", ZPA_CLIENT_SECRET: secret };
      assert.equal(resolveSettings({ env }).customerId, "5");
      assert.equal(resolveSettings({ env: { ...env, ZPA_CUSTOMER_ID: "6" } }).customerId, "6");
    });

    it("take the customer id from the strongest place, under either of its keys", () => {
      const env = { ZPA_CLIENT_ID: "c", ZPA_CLIENT_SECRET: secret, ZPA_CUSTOMER_ID: "1" };
      assert.equal(resolveSettings({ env, config: fromConfig({ customerId: "2" }) }).customerId, "2");
      assert.equal(
        resolveSettings({ env, explicit: { customerId: "3" }, config: fromConfig({ zpaCustomerId: "2" }) }).customerId,
        "3",
      );
      assert.equal(resolveSettings({ explicit: { ...oneApi, zpaCustomerId: "4" }, env }).customerId, "4");
      assert.equal(resolveSettings({ explicit: { ...legacy, customerId: "9" } }).customerId, legacy.zpaCustomerId);
    });

    it("let a private key of the program stand against a secret of the environment", () => {
      const { clientId, vanityDomain } = oneApi;
      const explicit = { clientId, vanityDomain, privateKey: "key.pem" };
      const resolved = resolveSettings({ explicit, env: { ZSCALER_CLIENT_SECRET: secret } });
      assert.deepEqual([resolved.privateKey, resolved.clientSecret], ["key.pem", undefined]);
    });

    it("sign in as the strongest place says, and as useLegacyClient says above all", () => {
      const env = { ZPA_CLIENT_ID: "c", ZPA_CLIENT_SECRET: secret, ZPA_CUSTOMER_ID: "1" };
      assert.equal(resolveSettings({ env, explicit: oneApi }).mode, "oneApi");
      const both = { ...env, ZSCALER_CLIENT_ID: "c", ZSCALER_CLIENT_SECRET: secret, ZSCALER_VANITY_DOMAIN: "acme" };
      for (const yes of ["true", "TRUE", "1", "yes"]) {
        assert.equal(resolveSettings({ env: { ...both, ZSCALER_USE_LEGACY_CLIENT: yes } }).mode, "legacy");
      }
      assert.equal(resolveSettings({ env: { ...both, ZSCALER_USE_LEGACY_CLIENT: "false" } }).mode, "oneApi");
      assert.equal(resolveSettings({ env: both, explicit: { useLegacyClient: false } }).mode, "oneApi");
    });

    it("ignore blanks around values, and values that are blank", () => {
      const env = {
        ZPA_CLIENT_ID: "c\n",
        ZPA_CLIENT_SECRET: `${secret}\n`,
        ZPA_CUSTOMER_ID: "1",
        ZSCALER_CLIENT_ID: " ",
      };
      const { clientId, clientSecret } = resolveSettings({ env });
      assert.deepEqual([clientId, clientSecret], ["c", secret]);
    });
  });

  describe("that contradict each other", () => {
    it("are refused with the keys that collide", () => {
      const message = refusal({ explicit: { ...oneApi, ...legacy } });
      assert.match(
        message,
        /: clientId, clientSecret, vanityDomain, zpaClientId, zpaClientSecret \(clientId, clientSecret, vanityDomain are for OneAPI, zpaClientId, zpaClientSecret for the legacy API\)/,
      );
    });

    it("are named as they are called where they stand", () => {
      const env = { ZPA_CLIENT_ID: "c", ZSCALER_CLIENT_ID: "c" };
      assert.match(refusal({ env }), /ZSCALER_CLIENT_ID are for OneAPI, ZPA_CLIENT_ID for the legacy API/);
      const config = fromConfig({ clientId: "c", zpaClientId: "c" });
      assert.match(refusal({ config }), /zpa:clientId are for OneAPI, zpa:zpaClientId for the legacy API/);
    });

    it("are refused for a secret beside a private key", () => {
      assert.match(
        refusal({ explicit: { ...oneApi, privateKey: "key.pem" } }),
        /clientSecret, privateKey \(both are set/,
      );
    });
  });

  describe("that are missing", () => {
    const missing: [SettingName, Record<string, unknown>][] = [
      ["clientId", { clientSecret: secret, vanityDomain: "acme" }],
      ["clientSecret", { clientId: "c", vanityDomain: "acme" }],
      ["vanityDomain", { clientId: "c", clientSecret: secret }],
      ["zpaClientId", { zpaClientSecret: secret, zpaCustomerId: "1" }],
      ["zpaClientSecret", { zpaClientId: "c", zpaCustomerId: "1" }],
      ["zpaCustomerId", { zpaClientId: "c", zpaClientSecret: secret }],
    ];
    for (const [name, explicit] of missing) {
      it(`are named with how to set them: ${name}`, () => {
        const message = refusal({ explicit });
        assert.ok(message.includes(`: ${name} (not set, but`), message);
        const secretly = settingFacts(name).secret ? "--secret " : "";
        // what says where the client belongs has to stand with it: here it is the program that names the client
        const mustBePassed = ["vanityDomain", "zpaCustomerId"].includes(name);
        if (mustBePassed) return assert.match(message, new RegExp(`Hint: pass ${name} too`));
        assert.ok(message.includes(`pulumi config set ${secretly}zpa:${name} …`), message);
        assert.ok(message.includes(settingFacts(name).env[0]!), message);
      });
    }

    it("altogether, say both ways to sign in", () => {
      assert.match(refusal({}), /no credentials are configured\. Hint: set clientId.* or zpaClientId/);
    });

    it("because useLegacyClient decides against what is set, say so", () => {
      assert.match(refusal({ explicit: { ...oneApi, useLegacyClient: true } }), /useLegacyClient is true: remove it/);
    });
  });

  describe("that are wrong", () => {
    const wrong: [string, Record<string, unknown>, RegExp][] = [
      ["a customer id with letters", { customerId: "acme" }, /customerId \(must be an id made of digits only\)/],
      ["a customer id as a number", { customerId: 72057594037927940 }, /in quotes: ZPA ids are too large/],
      ["a flag that is none", { useLegacyClient: "perhaps" }, /useLegacyClient \(must be true or false\)/],
      ["a limit below 0", { readsPer10s: -1 }, /readsPer10s \(must be a whole number of requests, 0 for no limit\)/],
      ["half a request", { writesPer10s: "1.5" }, /writesPer10s \(must be a whole number/],
      ["a number that is none", { writesPer10s: "ten" }, /writesPer10s \(must be a whole number/],
      ["a time of 0", { operationTimeout: 0 }, /operationTimeout \(must be a number of seconds above 0/],
      ["a time beyond what a timer holds", { requestTimeout: "1e9" }, /requestTimeout \(must be a number of seconds/],
      [
        "a base URL without https",
        { baseUrl: "http://zpa.example" },
        /baseUrl \(must use https; plain http is allowed only for loopback/,
      ],
      [
        "a base URL with a path",
        { baseUrl: "https://zpa.example/api" },
        /baseUrl \(must consist of a scheme and a host only/,
      ],
      ["a base URL that is none", { baseUrl: "zpa.example" }, /baseUrl \(must be a URL/],
      [
        "a token URL with a password",
        { tokenUrl: `https://me:${secret}@zpa.example` },
        /tokenUrl \(must not contain a user/,
      ],
      ["a token URL of another scheme", { tokenUrl: "ftp://zpa.example" }, /tokenUrl \(must start with https/],
      ["a limit's scope that is none", { rateLimitScope: "moon" }, /rateLimitScope \(must be tenant or endpoint\)/],
      ["a setting that does not exist", { clientSecrte: "x" }, /clientSecrte \(no such setting\)/],
    ];
    for (const [what, explicit, message] of wrong) {
      it(`are refused: ${what}`, () => assert.match(refusal({ explicit: { ...oneApi, ...explicit } }), message));
    }
  });

  it("have types that a program can pass as they are meant", () => {
    const settings: ZpaSettings = { ...legacy, readsPer10s: 0, useLegacyClient: true, operationTimeout: 60.5 };
    const resolved = resolveSettings({ explicit: settings });
    assert.deepEqual([resolved.readsPer10s, resolved.writesPer10s, resolved.operationTimeout], [0, 10, 60_500]);
    assert.deepEqual([resolved.requestTimeout, resolved.rateLimitScope], [30_000, "tenant"]);
  });

  it("all stand in the table with their variables, and secret ones are marked", () => {
    const rows = settingsTable().split("\n");
    assert.equal(rows.length, settingNames.length + 2);
    for (const name of settingNames) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\` |`));
      assert.ok(row, name);
      const { env, secret: isSecret = false } = settingFacts(name);
      for (const variable of env) assert.ok(row.includes(`\`${variable}\``));
      assert.equal(row.includes("Secret |"), isSecret);
      assert.equal(row.match(/(?<!\\)\|/g)?.length, 6, "a cell holds a column's mark");
    }
  });

  it("come from process.env where no environment is given", async () => {
    await withEnvironment({}, async () => assert.throws(() => new ZpaClient(), /no credentials are configured/));
    const tenant = { ZPA_CLIENT_ID: "c", ZPA_CLIENT_SECRET: secret, ZPA_CUSTOMER_ID: "1", ZPA_MICROTENANT_ID: "7" };
    await withEnvironment(tenant, async () => assert.equal(new ZpaClient().microtenantId, "7"));
  });
});
