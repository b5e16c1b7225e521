import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { commandLine } from "../harness/commandLine";
import { childEnvironment, pathWithThisNode, repositoryRoot } from "../harness/environment";
import { ZpaSimulator } from "../simulator";

describe("The command doctor on odd machines", () => {
  let simulator: ZpaSimulator;
  let folder: string;
  const script = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(folder, name), 0o755);
  };
  beforeEach(async () => {
    simulator = await ZpaSimulator.start({ seed: "demo" });
    folder = mkdtempSync(path.join(os.tmpdir(), "zpa-doctor-"));
    script("pulumi-resource-pulumi-nodejs", "");
    script("pulumi", "echo v3.259.0");
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await simulator.close();
  });
  const run = (args: string[] = [], env: Record<string, string> = {}) =>
    commandLine(["doctor", ...args], {
      PATH: `${folder}${path.delimiter}${pathWithThisNode()}`,
      TMPDIR: folder,
      ...simulator.legacyEnvironment(),
      ...env,
    });

  it("goes on where the CLI is a development build, which has no version", async () => {
    script("pulumi", "echo");
    const { status, stdout, stderr } = await run();
    assert.doesNotMatch(stdout + stderr, /Cannot read properties/);
    assert.match(stdout, /sign-in at/, stderr);
    assert.notEqual(status, 3);
  });

  it("prints no password of a URL that is refused, and no PEM text in a wrong place", async () => {
    const [password, key, token] = [randomUUID(), randomUUID(), randomUUID()];
    const { stdout, stderr, status } = await run([], {
      ZPA_BASE_URL: `https://jane:${password}@proxy.example`,
      ZPA_TOKEN_URL: `https://idp.example/#access_token=${token}`,
      ZSCALER_VANITY_DOMAIN: `https://jane:${password}@acme.zslogin.net`,
      ZPA_CA_CERTIFICATE: `-----BEGIN PRIVATE KEY-----\n${key}`,
    });
    assert.match(stdout, /baseUrl +"https:\/\/\*\*\*@proxy\.example" +ZPA_BASE_URL/);
    assert.match(stdout, /caCertificate +\(PEM text\)/);
    for (const secret of [password, key, token]) assert.ok(!(stdout + stderr).includes(secret.slice(0, 8)));
    assert.equal(status, 1);
  });

  it("goes on where PATH names a folder that this user may not look into", async () => {
    const closed = path.join(folder, "closed");
    mkdirSync(closed, { mode: 0 });
    chmodSync(folder, 0o755);
    const env = childEnvironment({
      PATH: [closed, folder, pathWithThisNode()].join(path.delimiter),
      TMPDIR: folder,
      ...simulator.legacyEnvironment(),
    });
    const cli = path.join(repositoryRoot, "dist", "provider", "cli", "index.js");
    // root may look into every folder, unless it gives this right away
    const rights = "-dac_override,-dac_read_search";
    const command = process.getuid?.() === 0 ? ["setpriv", `--bounding-set=${rights}`, `--inh-caps=${rights}`] : [];
    const [file, ...args] = [...command, process.execPath, cli, "doctor"];
    const output = await new Promise<string>((resolve) => {
      execFile(file, args, { env }, (_error, stdout, stderr) => resolve(stdout + stderr));
    });
    assert.match(output, /sign-in at/);
  });

  it("notes that Pulumi has no plugin that runs programs", async () => {
    const { stdout } = await run();
    assert.match(
      stdout,
      /^note {2}pulumi-language-nodejs, .* is neither on PATH nor beside the CLI: .*Install Pulumi/m,
    );
  });

  it("says that there is no such --cwd, and nothing else", async () => {
    const nowhere = path.join(folder, "nowhere");
    const { stdout } = await run(["--cwd", nowhere]);
    assert.equal(stdout, `fix   --cwd: there is no folder ${nowhere}.\n`);
  });

  it("finds a file that the stack's configuration names by a path relative to the program's folder", async () => {
    writeFileSync(path.join(folder, "Pulumi.yaml"), "name: x\nruntime: nodejs\n");
    writeFileSync(path.join(folder, "ca.pem"), "");
    const config = { "zpa:caCertificate": { value: "ca.pem", secret: false } };
    script("pulumi", `case "$1" in version) echo v3.259.0;; *) echo '${JSON.stringify(config)}';; esac`);
    const { stdout, stderr } = await run(["--cwd", folder]);
    assert.doesNotMatch(stdout + stderr, /ENOENT/);
  });

  it("does not ask to encrypt the path of a private key", async () => {
    writeFileSync(path.join(folder, "Pulumi.yaml"), "name: x\nruntime: nodejs\n");
    const config = { "zpa:privateKey": { value: path.join(folder, "client.pem"), secret: false } };
    script("pulumi", `case "$1" in version) echo v3.259.0;; *) echo '${JSON.stringify(config)}';; esac`);
    const { stdout } = await run(["--cwd", folder]);
    assert.doesNotMatch(stdout, /in clear/);
  });
});
