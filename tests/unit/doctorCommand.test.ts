import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { randomBytes } from "node:crypto";
import { systemClock } from "../../sdk/clock";
import { RateLedger } from "../../sdk/rateLimit/sharedLedger";
import { assertSecretless } from "../harness/canaries";
import { commandLine } from "../harness/commandLine";
import { pathWithThisNode, repositoryRoot } from "../harness/environment";
import { assertNoWrites, isApiRequest, secretsIn } from "../harness/invariants";
import { ZpaSimulator } from "../simulator";

/** A CLI that knows its version and one configuration, and prints a secret where nobody should repeat it. */
const cliScript = `#!/bin/sh
case "$1" in
  version) echo v3.259.0;;
  *) printf '%s' "$CLI_PRINTS"; echo "error: $CLI_SAYS" >&2; exit "\${CLI_STATUS:-0}";;
esac
`;

describe("The command doctor", () => {
  let simulator: ZpaSimulator;
  let folder: string;
  beforeEach(async () => {
    simulator = await ZpaSimulator.start({ seed: "demo" });
    folder = mkdtempSync(path.join(os.tmpdir(), "zpa-doctor-"));
    for (const name of ["pulumi", "pulumi-resource-pulumi-nodejs", "pulumi-language-nodejs"]) {
      writeFileSync(path.join(folder, name), cliScript);
      chmodSync(path.join(folder, name), 0o755);
    }
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await simulator.close();
  });

  /** With the CLI above on PATH, and a ledger of its own. */
  const machine = () => ({ PATH: `${folder}${path.delimiter}${pathWithThisNode()}`, TMPDIR: folder });
  const run = async (env: Record<string, string> = {}, args: readonly string[] = []) => {
    const result = await commandLine(["doctor", ...args], { ...machine(), ...simulator.legacyEnvironment(), ...env });
    assertSecretless({ ...result, status: "" }, secretsIn(simulator));
    assertNoWrites(simulator.log, "doctor");
    return result;
  };

  it("says of each thing that it is in order, with a sign-in and five reads", async () => {
    const { status, stdout } = await run({}, []);
    for (const line of [
      /^ok {4}Node\.js \d+/m,
      /^ok {4}@pulumi\/pulumi \d/m,
      /^ok {4}pulumi-zpa-dynamic\/provider\/v1 resolves from /m,
      /^ok {4}Pulumi CLI 3\.259\.0$/m,
      /^ok {4}pulumi-resource-pulumi-nodejs, Pulumi's plugin for dynamic providers, in /m,
      /^ok {4}settings for a legacy API key:$/m,
      /^ {6}zpaClientSecret +\(secret\) +ZPA_CLIENT_SECRET in the environment$/m,
      /^ok {4}rate limit: 20 of 20 reads in 10 s and 10 of 10 writes in 10 s are free/m,
      /^ok {4}sign-in at http:\/\/127\.0\.0\.1:\d+, customer \d+$/m,
      /^ok {4}microtenants: "Scope C" \(\d+\)$/m,
      /^ok {4}provisioning keys can be read$/m,
      /^ok {4}privileged access is licensed, and credentials can be read$/m,
      /^ok {4}App Connectors and Private Service Edges can be read$/m,
    ]) {
      assert.match(stdout, line);
    }
    assert.doesNotMatch(stdout, /^(note|fix)/m);
    assert.equal(status, 0, stdout);
    assert.deepEqual(
      simulator.log.filter(isApiRequest).map(({ method }) => method),
      ["GET", "GET", "GET", "GET", "GET"],
    );
  });

  it("tells what the ledger of this machine says of the rate limit", async () => {
    const { url, customerId } = simulator;
    const ledgerFolder = path.join(folder, `pulumi-zpa-dynamic-${process.getuid?.() ?? "user"}`);
    const ledger = new RateLedger([url, `${url}/signin`, customerId].join(" "), ledgerFolder, systemClock);
    const claims = Array.from({ length: 5 }, () => ledger.claim("reads", "key"));
    // claims that never become free while the command runs, however slow the machine is
    const hold = () => claims.forEach((claim) => claim.release(systemClock.now() + 14_000));
    const timer = setInterval(hold, 500);
    try {
      assert.match((await run()).stdout, /rate limit: 15 of 20 reads in 10 s and 10 of 10 writes/);
    } finally {
      clearInterval(timer);
    }
  });

  it("notes a licence that is missing, and does not fail over it", async () => {
    const body = { id: "authz.featureflag.permission.denied", params: ["feature.pra"] };
    simulator.fault({ kind: "status", match: { path: /credential/ }, status: 403, body });
    const { status, stdout } = await run();
    assert.match(stdout, /^note {2}Only privileged credentials cannot be managed: .*licence does not include/m);
    assert.equal(status, 0);
  });

  it("notes machines that cannot be read, and does not fail over it", async () => {
    const body = { id: "authz.featureflag.permission.denied" };
    simulator.fault({ kind: "status", match: { path: /serviceEdge$/ }, status: 403, body });
    const { status, stdout } = await run();
    assert.match(stdout, /^note {2}Only what shows, waits for or spares machines does not work, such as EnrolledConnectors: ZPA 403 .*Private Service Edges/m); // prettier-ignore
    assert.equal(status, 0);
  });

  it("fails over a microtenant that the tenant does not have", async () => {
    const { status, stdout } = await run({ ZPA_MICROTENANT_ID: "4711" });
    assert.match(stdout, /^fix {3}.*the microtenant does not exist: check microtenantId\.$/m);
    assert.equal(stdout.match(/^fix/gm)?.length, 1, "said once");
    assert.equal(status, 1);
  });

  it("says what to do where settings are missing, and where ZPA refuses them", async () => {
    const missing = await commandLine(["doctor"], machine());
    assert.match(missing.stdout, /^fix {3}.*no credentials are configured/m);
    const refused = await run({ ZPA_CLIENT_SECRET: randomBytes(12).toString("hex") });
    assert.match(refused.stdout, /^fix {3}.*check zpaClientId and zpaClientSecret/m);
    assert.deepEqual([missing.status, refused.status], [1, 1]);
  });

  it("says what to install from a folder that cannot load the package, and without a CLI", async () => {
    const { status, stdout } = await run({ PATH: pathWithThisNode("/usr/bin:/bin") }, ["--cwd", folder]);
    assert.match(stdout, /^fix {3}pulumi-zpa-dynamic\/provider\/v1 does not resolve from .*npm install\.$/m);
    assert.match(stdout, /^fix {3}Pulumi CLI: there is no Pulumi CLI on PATH: install it/m);
    assert.equal(status, 1);
  });

  it("repeats nothing of a configuration that Pulumi fails to read", async () => {
    const secret = randomBytes(12).toString("hex");
    for (const [env, words] of [
      [{ CLI_PRINTS: `{"zpa:clientSecret": ${secret}` }, /pulumi config --json printed no JSON/],
      [{ CLI_PRINTS: secret, CLI_STATUS: "1", CLI_SAYS: "no\u202E stack" }, /--stack dev: no\\u202e stack$/m],
    ] as const) {
      const { status, stdout, stderr } = await run(env, ["--cwd", repositoryRoot, "--stack", "dev"]);
      assert.match(stdout, words);
      assert.ok(!(stdout + stderr).includes(secret));
      assert.equal(status, 1);
    }
  });
});
