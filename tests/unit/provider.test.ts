import assert from "node:assert/strict";
import { settingFacts, settingNames } from "../../sdk";
import { type MockedResource, runMocked } from "./mockedProgram";

/** What marks a secret on the way to the engine. */
const secretMark = "4dabf18193072939515e22adb298388d";

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && secretMark in value;
}

describe("A Provider", function () {
  this.timeout(60_000);

  const inputsOf = ({ resources }: { resources: MockedResource[] }) => resources[0]!.inputs;

  it("takes every setting of the sdk, and makes a secret of those, and only those, that are secret", async () => {
    const args = JSON.stringify(Object.fromEntries(settingNames.map((name) => [name, "1"])));
    const inputs = inputsOf(await runMocked(`await known(new zpa.Provider("emea", ${args}).urn);`));
    assert.deepEqual(Object.keys(inputs).sort(), settingNames.map((name) => `zpa:${name}`).sort());
    const secrets = settingNames.filter((name) => isSecret(inputs[`zpa:${name}`]));
    assert.deepEqual(
      secrets,
      settingNames.filter((name) => settingFacts(name).secret === true),
    );
  });

  it("refuses unknown settings in one sentence that lists the valid ones", async () => {
    const args = { clientID: "x", clientId: "y", "zpa:vanityDomain": "acme", toString: "z" };
    const { result, resources } = await runMocked(`new zpa.Provider("emea", ${JSON.stringify(args)});`);
    const unknown = "clientID, zpa:vanityDomain, toString";
    assert.deepEqual(result, {
      error: `Provider "emea": ${unknown}: no such setting; valid settings are ${settingNames.join(", ")}`,
      isRunError: true,
    });
    assert.deepEqual(resources, []);
  });

  it("takes no arguments, and null in place of arguments and options", async () => {
    const { resources } = await runMocked(`
      const providers = [new zpa.Provider("a"), new zpa.Provider("b", null, null), new zpa.Provider("c", undefined)];
      await Promise.all(providers.map(({ urn }) => known(urn)));`);
    assert.deepEqual(
      resources.map(({ inputs }) => inputs),
      [{}, {}, {}],
    );
  });

  it("drops what is not set, and hands numbers and flags over as texts", async () => {
    const inputs = inputsOf(
      await runMocked(`
        const provider = new zpa.Provider("emea", {
          clientId: undefined,
          clientSecret: pulumi.output(undefined),
          customerId: null,
          vanityDomain: pulumi.output(null),
          zscalerCloud: pulumi.output("BETA"),
          operationTimeout: 200,
          useLegacyClient: pulumi.output(false),
        });
        await known(provider.urn);`),
    );
    assert.deepEqual(inputs, {
      "zpa:zscalerCloud": "BETA",
      "zpa:operationTimeout": "200",
      "zpa:useLegacyClient": "false",
    });
  });

  it("hands the variables that stand for others on to its process, and needs none of them in a unit test", async () => {
    const mappings = { APAC_SECRET: "ZPA_CLIENT_SECRET" };
    const options = JSON.stringify({ envVarMappings: mappings });
    const inputs = inputsOf(await runMocked(`await known(new zpa.Provider("apac", {}, ${options}).urn);`));
    assert.deepEqual(inputs, { "zpa:envVarMappings": JSON.stringify(mappings) });
  });
});
