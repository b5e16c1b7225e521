import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { type SettingName, settingOrigins, type SettingSources } from "../../sdk";

const secret = randomBytes(12).toString("hex");
const fromConfig = (values: Record<string, string>) => (name: SettingName) => values[name];

/** One line for each origin. */
const lines = (sources: SettingSources) =>
  settingOrigins(sources).map(({ name, source, ignored }) => [name, source, ...(ignored ? [ignored] : [])].join(", "));

describe("The origins of the settings", () => {
  it("name the variable or the key of each setting, in the order of the table, and no value of a secret", () => {
    const env = { ZSCALER_CLIENT_SECRET: secret, ZSCALER_CUSTOMER_ID: "1", ZPA_REQUEST_TIMEOUT: " 5 " };
    const origins = settingOrigins({ env, config: fromConfig({ clientId: "one" }) });
    assert.deepEqual(
      origins.map(({ name, value }) => [name, value]),
      [
        ["zpa:clientId", "one"],
        ["ZSCALER_CLIENT_SECRET", undefined],
        ["ZSCALER_CUSTOMER_ID", "1"],
        ["ZSCALER_CUSTOMER_ID", "1"],
        ["ZPA_REQUEST_TIMEOUT", "5"],
      ],
    );
    assert.ok(!inspect(origins, { depth: 9, showHidden: true }).includes(secret));
  });

  it("say what another source overrides, and what may belong to another tenant", () => {
    const env = { ZSCALER_CLIENT_ID: "other", ZSCALER_CLIENT_SECRET: secret, ZSCALER_CLOUD: "BETA" };
    assert.deepEqual(lines({ env, config: fromConfig({ clientId: "one", vanityDomain: "acme" }) }), [
      "zpa:clientId, the configuration",
      "ZSCALER_CLIENT_ID, the environment, overridden",
      "ZSCALER_CLIENT_SECRET, the environment, may belong to another tenant",
      "zpa:vanityDomain, the configuration",
      "ZSCALER_CLOUD, the environment, may belong to another tenant",
    ]);
  });
});
