import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { assertSecretless, makePassword } from "../harness/canaries";
import { commandLine } from "../harness/commandLine";
import { needsEngine } from "../harness/engine";
import { assertNoWrites, secretsIn } from "../harness/invariants";
import { ProgramFolder } from "../harness/programFolder";
import { ZpaSimulator } from "../simulator";

describe("The command line with a stack's configuration", function () {
  needsEngine();
  this.timeout(180_000);

  let folder: ProgramFolder;
  let simulator: ZpaSimulator;
  const password = makePassword();
  beforeEach(async () => {
    simulator = await ZpaSimulator.start({ seed: "demo" });
    folder = new ProgramFolder({});
    folder.addQuickstart();
    const pulumi = await folder.cli(".");
    await pulumi(["stack", "init", "dev"]);
    const { clientId, clientSecret, customerId, url, tokenUrl } = simulator;
    const plain = { clientId, customerId, baseUrl: url, tokenUrl };
    const pairs = Object.entries(plain).flatMap(([name, value]) => ["--plaintext", `zpa:${name}=${value}`]);
    await pulumi(["config", "set-all", ...pairs, "--secret", `zpa:clientSecret=${clientSecret}`]);
  });
  afterEach(async () => {
    folder.dispose();
    await simulator.close();
  });

  const run = async (args: readonly string[], env: Record<string, string> = {}) => {
    const result = await commandLine(args, { ...(await folder.environment()), ...env }, folder.path);
    const secrets = { ...secretsIn(simulator), password };
    assertSecretless({ ...result, status: "" }, secrets);
    assertNoWrites(simulator.log, args.join(" "));
    return result;
  };

  it("signs in with the settings of the stack that is named or selected, and leaves the selection as it is", async () => {
    await (
      await folder.cli(".")
    )(["stack", "init", "other"]);
    const { status, stdout } = await run(["doctor", "--stack", "dev"]);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^ok {4}settings for OneAPI:\n {6}clientId .* zpa:clientId in the configuration$/m);
    assert.match(stdout, /^ {6}clientSecret +\(secret\) +zpa:clientSecret in the configuration$/m);
    assert.match(stdout, /provider\/v1 resolves from .*quickstart$/m, "the folder that main names");
    assert.match((await run(["keys", "--cwd", "."])).stderr, /no credentials are configured/, "other is selected");
    await (
      await folder.cli(".")
    )(["stack", "select", "dev"]);
    assert.match((await run(["keys", "--cwd", "."])).stdout, /^frankfurt-2023 /m);
  });

  it("says what Pulumi says where the configuration cannot be read", async () => {
    const unknown = await run(["keys", "--stack", "prod"]);
    assert.match(unknown.stderr, /pulumi config --stack prod: no stack named 'prod' found\n$/);
    const locked = await run(["keys", "--stack", "dev"], { PULUMI_CONFIG_PASSPHRASE: "another" });
    assert.match(locked.stderr, /pulumi config --stack dev: .*incorrect passphrase\n$/);
    assert.deepEqual([unknown.status, locked.status], [3, 3]);
    assert.equal(simulator.log.length, 0);
  });

  it("names a secret that the configuration holds in clear, and imports nothing that would be taken from there", async () => {
    const pulumi = await folder.cli(".");
    const file = path.join(folder.path, "objects.json");
    const importing = ["import", "--type", "CREDENTIAL", "--name", "kiosk", "--stack", "dev", "--out", file];
    await pulumi(["config", "set", "--plaintext", "kioskPassword", "--", password]);
    await pulumi(["config", "set", "--plaintext", "zpa:clientSecret", "--", simulator.clientSecret]);
    const refused = await run(importing);
    assert.match(refused.stderr, /holds kioskPassword in clear.*pulumi config set --secret kioskPassword\.\n$/);
    assert.equal(refused.status, 3);
    assert.ok(!existsSync(file));
    const { status, stdout } = await run(["doctor", "--stack", "dev"]);
    assert.match(stdout, /^fix {3}zpa:clientSecret is in the stack's configuration in clear\. Run: pulumi config set/m);
    assert.equal(status, 1);

    await pulumi(["config", "set", "--secret", "kioskPassword", "--", password]);
    const { stderr } = await run(importing);
    assert.doesNotMatch(stderr, /config set/, "the secret is there");
    assert.match(
      stderr,
      /2\. pulumi import --file .*objects\.json --generate-code=false --protect=false --stack dev$/m,
    );
  });
});
