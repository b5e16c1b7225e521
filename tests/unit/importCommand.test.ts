import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { commandLine } from "../harness/commandLine";
import { assertNoWrites } from "../harness/invariants";
import { ZpaSimulator } from "../simulator";

describe("The command import", () => {
  let simulator: ZpaSimulator;
  let folder: string;
  let file: string;
  beforeEach(async () => {
    simulator = await ZpaSimulator.start();
    folder = mkdtempSync(path.join(os.tmpdir(), "zpa-import-"));
    file = path.join(folder, "objects.json");
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await simulator.close();
  });

  const run = (...args: string[]) => commandLine(["import", ...args], simulator.legacyEnvironment());

  it("creates its file, and never overwrites one", async () => {
    const group = simulator.addAppConnectorGroup({ name: "Berlin" });
    simulator.addKey({ name: "connectors", zcomponentId: group.id });
    const command = ["--type", "CONNECTOR_GRP", "--all", "--out", file];
    assert.equal((await run(...command)).status, 0);
    const { resources } = JSON.parse(readFileSync(file, "utf8")) as { resources: { name: string }[] };
    assert.deepEqual(
      resources.map(({ name }) => name),
      ["connectors"],
    );
    assertNoWrites(simulator.log, "an import");

    writeFileSync(file, "mine");
    simulator.clearLog();
    const { status, stderr } = await run(...command);
    assert.equal(status, 3);
    assert.match(stderr, /objects\.json exists already\. Remove it, or choose another file with --out/);
    assert.equal(readFileSync(file, "utf8"), "mine");
    assert.equal(simulator.log.length, 0, "said before any call");
  });

  it("wants a name for its file", async () => {
    const { status, stderr } = await run("--type", "CONNECTOR_GRP", "--all", "--out", "");
    assert.match(stderr, /option '--out <file>' argument '' is invalid\. It is empty\./);
    assert.equal(status, 2);
  });

  it("leaves out what belongs to Zscaler, and says so", async () => {
    const group = simulator.addAppConnectorGroup({ name: "Berlin" });
    simulator.addKey({ name: "ours", zcomponentId: group.id });
    const theirs = simulator.addKey({ name: "de\u202Ecoy", zcomponentId: group.id, zscalerManaged: true });
    const { stderr } = await run("--type", "CONNECTOR_GRP", "--all", "--out", file);
    assert.ok(stderr.includes(`"de\\u202ecoy" (${theirs.id}) is left out: it belongs to Zscaler, and`), stderr);
    assert.ok(!readFileSync(file, "utf8").includes("coy"));
  });

  it("leaves out a group of which ZPA does not tell what the resource needs", async () => {
    const group = simulator.addAppConnectorGroup({ name: "Berlin" });
    const { stderr, status } = await run("--type", "APP_CONNECTOR_GROUP", "--all", "--out", file);
    assert.match(stderr, new RegExp(`"Berlin" \\(${group.id}\\) is left out: ZPA does not tell its latitude, longitude, location, which`)); // prettier-ignore
    assert.equal(status, 3);
  });

  it("leaves out keys that were retired, and refuses one that is named", async () => {
    const group = simulator.addAppConnectorGroup({ name: "Berlin" });
    simulator.addKey({ name: "ours", zcomponentId: group.id });
    const { id } = simulator.addKey({ name: "old", zcomponentId: group.id, enabled: false });
    simulator.editKey(id, { name: `old-retired-${id}` });
    const all = await run("--type", "CONNECTOR_GRP", "--all", "--out", file);
    assert.match(all.stderr, new RegExp(`"old-retired-${id}" \\(${id}\\) is left out: it was retired`));
    for (const which of [
      ["--id", id],
      ["--name", `old-retired-${id}`],
    ]) {
      const { status, stderr } = await run("--type", "CONNECTOR_GRP", ...which, "--out", path.join(folder, "one"));
      assert.deepEqual([status, /was retired, .* take it over with adopt, name and enabled: true\./.test(stderr)], [3, true]); // prettier-ignore
    }
  });

  it("prints the command for each secret that a credential cannot do without", async () => {
    simulator.addCredential({ name: "Help desk", userName: "svc" });
    simulator.addCredential({ name: "Backup", credentialType: "SSH_KEY", userName: "backup" });
    const { stdout, stderr } = await run("--type", "CREDENTIAL", "--all", "--out", file);
    assert.match(stdout, /password: config\.requireSecret\("helpDeskPassword"\)/);
    const steps = stderr.split("\n").filter((line) => /^ {2}\d\. /.test(line));
    assert.deepEqual(steps.slice(0, 4), [
      "  1. paste the program above",
      "  2. pulumi config set --secret helpDeskPassword   (asks for the value)",
      "  3. pulumi config set --secret backupPrivateKey < key.pem",
      `  4. pulumi import --file ${file} --generate-code=false --protect=false`,
    ]);
  });

  const mistakes = {
    "an id that is none": [["--id", "abc"], /'abc' is invalid\. A ZPA id has digits only\./],
    "two ways at once": [["--id", "1", "--all"], /'--id <id>' cannot be used with option '--all'/],
    "no way": [[], /give one of --name, --id and --all/],
  } as const;
  for (const [what, [args, words]] of Object.entries(mistakes)) {
    it(`refuses ${what} before any call`, async () => {
      const { status, stderr } = await run("--type", "CONNECTOR_GRP", "--out", file, ...args);
      assert.match(stderr, words);
      assert.equal(status, 2);
      assert.equal(simulator.log.length, 0);
      assert.ok(!existsSync(file));
    });
  }

  it("refuses a folder that is not there before any call", async () => {
    const { status, stderr } = await run("--type", "CONNECTOR_GRP", "--all", "--out", "/no/such/folder/x.json");
    assert.match(stderr, /there is no folder \/no\/such\/folder\./);
    assert.equal(status, 3);
    assert.equal(simulator.log.length, 0);
  });
});
