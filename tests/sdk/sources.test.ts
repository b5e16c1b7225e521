import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { ConfigurationError, resolveSettings, type SettingName, type SettingSources, ZpaClient } from "../../sdk";
import { Double } from "./double";

const secrets = { home: randomBytes(12).toString("hex"), other: randomBytes(12).toString("hex") };

/** The identity of the home tenant, in the environment. */
const homeOneApi = {
  ZSCALER_CLIENT_ID: "home",
  ZSCALER_CLIENT_SECRET: secrets.home,
  ZSCALER_VANITY_DOMAIN: "home",
  ZSCALER_CLOUD: "BETA",
  ZPA_CUSTOMER_ID: "1",
  ZPA_MICROTENANT_ID: "11",
};
const homeLegacy = {
  ZPA_CLIENT_ID: "home",
  ZPA_CLIENT_SECRET: secrets.home,
  ZPA_CUSTOMER_ID: "1",
  ZPA_CLOUD: "BETA",
  ZPA_MICROTENANT_ID: "11",
};
/** The identity of another tenant. */
const oneApi = { clientId: "other", clientSecret: secrets.other, vanityDomain: "other" };
const legacy = { zpaClientId: "other", zpaClientSecret: secrets.other, zpaCustomerId: "2" };

const fromConfig = (values: Record<string, string>) => (name: SettingName) => values[name];

const without = <T extends object>(values: T, name: keyof T) =>
  Object.fromEntries(Object.entries(values).filter(([key]) => key !== name)) as Record<string, string>;

function refusal(sources: SettingSources): string {
  try {
    resolveSettings(sources);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    const shown = inspect(error, { depth: 9, showHidden: true });
    for (const secret of Object.values(secrets)) assert.ok(!shown.includes(secret));
    return error.message;
  }
  throw new Error("The settings were accepted.");
}

describe("An identity", () => {
  for (const [place, given] of [
    ["program", (values: Record<string, string>): SettingSources => ({ explicit: values })],
    ["configuration", (values: Record<string, string>): SettingSources => ({ config: fromConfig(values) })],
  ] as const) {
    describe(`that stands in the ${place}`, () => {
      it("takes nothing of where it belongs from the environment", () => {
        const env = {
          ...homeOneApi,
          ZPA_BASE_URL: "https://home.example",
          ZPA_TOKEN_URL: "https://home.example/token",
          ZSCALER_USE_LEGACY_CLIENT: "true",
        };
        const { mode, clientId, clientSecret, baseUrl, tokenUrl, customerId, microtenantId } = resolveSettings({
          ...given(oneApi),
          env,
        });
        assert.deepEqual([mode, clientId, clientSecret], ["oneApi", "other", secrets.other]);
        assert.equal(baseUrl, "https://api.zsapi.net/zpa");
        assert.equal(tokenUrl, "https://other.zslogin.net/oauth2/v1/token");
        assert.deepEqual([customerId, microtenantId], [undefined, undefined]);
      });

      it("of the legacy API takes nothing of where it belongs either", () => {
        const env = { ...homeLegacy, ZSCALER_USE_LEGACY_CLIENT: "false", ZPA_BASE_URL: "https://home.example" };
        const { mode, baseUrl, customerId, microtenantId } = resolveSettings({ ...given(legacy), env });
        assert.deepEqual([mode, customerId, microtenantId], ["legacy", "2", undefined]);
        assert.equal(baseUrl, "https://config.private.zscaler.com");
      });

      it("takes its secret from the environment where that names no other client", () => {
        const { clientId, vanityDomain } = oneApi;
        for (const env of [
          { ZSCALER_CLIENT_SECRET: secrets.other },
          { ZSCALER_CLIENT_SECRET: secrets.other, ZSCALER_CLIENT_ID: clientId },
          { ZSCALER_CLIENT_SECRET: secrets.other, ZPA_CLIENT_ID: "home" },
        ]) {
          assert.equal(resolveSettings({ ...given({ clientId, vanityDomain }), env }).clientSecret, secrets.other);
        }
        const key = resolveSettings({ ...given({ clientId, vanityDomain }), env: { ZSCALER_PRIVATE_KEY: "key.pem" } });
        assert.equal(key.privateKey, "key.pem");
        const { zpaClientId, zpaCustomerId } = legacy;
        const env = { ZPA_CLIENT_SECRET: secrets.other };
        assert.equal(resolveSettings({ ...given({ zpaClientId, zpaCustomerId }), env }).clientSecret, secrets.other);
      });

      it("does not take another client's secret", () => {
        const { clientId, vanityDomain } = oneApi;
        const name =
          place === "program"
            ? "clientId, which is set in the program"
            : "zpa:clientId, which is set in the configuration";
        assert.match(
          refusal({ ...given({ clientId, vanityDomain }), env: homeOneApi }),
          new RegExp(
            `: clientSecret \\(not set, but OneAPI requires it with ${name}; ZSCALER_CLIENT_SECRET in the environment is ignored because it may belong to another tenant\\)`,
          ),
        );
        const { zpaClientId, zpaCustomerId } = legacy;
        assert.match(
          refusal({ ...given({ zpaClientId, zpaCustomerId }), env: homeLegacy }),
          /: zpaClientSecret \(not set, .*; ZPA_CLIENT_SECRET in the environment is ignored/,
        );
      });

      it("that is not complete is refused with what is missing, and how to set it there", () => {
        const message = refusal({ ...given(without(oneApi, "vanityDomain")), env: { ZSCALER_VANITY_DOMAIN: "home" } });
        assert.match(message, /: vanityDomain \(not set, but OneAPI requires it .*; ZSCALER_VANITY_DOMAIN in the env/);
        const other = refusal({ ...given(without(legacy, "zpaCustomerId")), env: { ZPA_CUSTOMER_ID: "1" } });
        assert.match(
          other,
          /: zpaCustomerId \(not set, but a legacy API key requires it .*; ZPA_CUSTOMER_ID in the env/,
        );
        const hints =
          place === "program" ? ["pass vanityDomain", "pass zpaCustomerId"] : ["zpa:vanityDomain", "zpa:zpaCustomerId"];
        assert.ok(message.split("Hint: ")[1]!.includes(hints[0]!) && other.split("Hint: ")[1]!.includes(hints[1]!));
        for (const text of [message, other]) assert.doesNotMatch(text.split("Hint: ")[1]!, /environment variable/);
      });

      it("leaves the speed, the times and the proxy's CA to any source", () => {
        const env = { ...homeOneApi, ZPA_READS_PER_10S: "5", ZPA_OPERATION_TIMEOUT: "9", ZPA_CA_CERTIFICATE: "ca.pem" };
        const { readsPer10s, operationTimeout, caCertificate } = resolveSettings({ ...given(oneApi), env });
        assert.deepEqual([readsPer10s, operationTimeout, caCertificate], [5, 9_000, "ca.pem"]);
      });
    });
  }

  it("that stands in the environment may be sent elsewhere by a stronger source", () => {
    const config = fromConfig({ microtenantId: "12", customerId: "3" });
    const resolved = resolveSettings({ env: homeOneApi, config, explicit: { baseUrl: "https://there.example" } });
    assert.deepEqual([resolved.clientId, resolved.customerId, resolved.microtenantId], ["home", "3", "12"]);
    assert.equal(resolved.baseUrl, "https://there.example/zpa");
    assert.equal(resolved.clientSecret, secrets.home);
    const both = { ...homeOneApi, ...homeLegacy };
    assert.equal(resolveSettings({ env: both, config: fromConfig({ useLegacyClient: "true" }) }).mode, "legacy");
    const explicit = { clientSecret: secrets.other };
    assert.equal(resolveSettings({ env: homeOneApi, explicit }).clientSecret, secrets.other);
  });

  it("is told by a flag of its own source which one it is, and by none of a weaker one", () => {
    const explicit = { ...oneApi, ...legacy };
    assert.equal(resolveSettings({ explicit: { ...explicit, useLegacyClient: true } }).mode, "legacy");
    const message = refusal({ explicit, env: { ZSCALER_USE_LEGACY_CLIENT: "true" } });
    assert.match(
      message,
      /are for OneAPI, .* for the legacy API.* or choose one with useLegacyClient \(pass useLegacyClient/,
    );
  });

  it("is not taken from a weaker source than a secret that has none", () => {
    const explicit = { clientSecret: secrets.other };
    assert.match(
      refusal({ explicit, env: homeLegacy }),
      /: (?:vanityDomain|clientId) \(not set, but OneAPI requires it with clientSecret, which is set in the program\)/,
    );
  });

  it("leaves settings of weaker sources unread that it does not use", () => {
    const env = { ZPA_CUSTOMER_ID: "no id", ZPA_BASE_URL: "no URL", ZSCALER_USE_LEGACY_CLIENT: "perhaps" };
    assert.equal(resolveSettings({ explicit: oneApi, env }).clientId, "other");
  });

  for (const unset of [undefined, null, "", " ", "undefined"]) {
    it(`counts ${inspect(unset)} as not set`, () => {
      const explicit = { ...oneApi, customerId: unset, microtenantId: unset, privateKey: unset, zpaClientId: unset };
      const { customerId, microtenantId, privateKey } = resolveSettings({ explicit });
      assert.deepEqual([customerId, microtenantId, privateKey], [undefined, undefined, undefined]);
      const wholly = { clientId: unset, clientSecret: unset, vanityDomain: unset, customerId: unset };
      assert.equal(resolveSettings({ explicit: wholly, env: homeOneApi }).clientId, "home");
    });
  }
});

describe("A variable that stands for another", () => {
  const mapped = { OTHER_ID: "ZSCALER_CLIENT_ID", OTHER_SECRET: "ZSCALER_CLIENT_SECRET" };

  it("counts as passed by the program", () => {
    const env = { ...homeOneApi, OTHER_ID: "other", OTHER_SECRET: `${secrets.other}\n` };
    const explicit = { vanityDomain: "other" };
    const resolved = resolveSettings({ explicit, env, envVarMappings: mapped, config: fromConfig(legacy) });
    assert.deepEqual([resolved.mode, resolved.clientId, resolved.clientSecret], ["oneApi", "other", secrets.other]);
    assert.equal(resolved.tokenUrl, "https://other.zslogin.net/oauth2/v1/token");
    assert.deepEqual([resolved.customerId, resolved.microtenantId], [undefined, undefined]);
  });

  it("serves all settings of the variable that it stands for", () => {
    const env = { ...homeLegacy, OTHER_TENANT: "2" };
    const explicit = without(legacy, "zpaCustomerId");
    const resolved = resolveSettings({ explicit, env, envVarMappings: { OTHER_TENANT: "ZSCALER_CUSTOMER_ID" } });
    assert.equal(resolved.customerId, "2");
  });

  it("yields to what the program passes itself", () => {
    const env = { OTHER_ID: "mapped", OTHER_SECRET: secrets.home };
    assert.equal(resolveSettings({ explicit: oneApi, env, envVarMappings: mapped }).clientSecret, secrets.other);
  });

  for (const blank of [undefined, "", " \n"]) {
    it(`is refused when it is ${inspect(blank)}, and the other one is not taken in its place`, () => {
      const explicit = without(oneApi, "clientSecret");
      const env = { ...homeOneApi, OTHER_SECRET: blank };
      const message = refusal({ explicit, env, envVarMappings: { OTHER_SECRET: "ZSCALER_CLIENT_SECRET" } });
      assert.equal(
        message,
        "ZPA reading the settings: OTHER_SECRET (not set, but envVarMappings reads ZSCALER_CLIENT_SECRET from it). Hint: set the environment variable OTHER_SECRET, or remove it from envVarMappings.",
      );
    });
  }

  it("is named where it collides", () => {
    const env = { OTHER_ID: "other", OTHER_SECRET: secrets.other };
    const explicit = { vanityDomain: "other", privateKey: "key.pem" };
    assert.match(refusal({ explicit, env, envVarMappings: mapped }), /: OTHER_SECRET, privateKey \(both are set/);
  });

  it("is taken by a client, which signs in with it", async () => {
    const double = await Double.start();
    const { zpaClientSecret, ...settings } = double.settings;
    const env = { ...homeLegacy, OTHER_SECRET: zpaClientSecret };
    const client = new ZpaClient(settings, { env, envVarMappings: { OTHER_SECRET: "ZPA_CLIENT_SECRET" } });
    try {
      await client.signIn();
      const form = new URLSearchParams(double.signIns[0]!.body);
      assert.equal(form.get("client_secret"), double.clientSecret);
    } finally {
      await client.close();
      await double.close();
    }
  });
});
