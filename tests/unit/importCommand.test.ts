import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { childEnvironment, repositoryRoot } from "../harness/environment";
import { runCommand } from "../harness/runCommand";
import { ZpaSimulator } from "../simulator";

const cli = path.join(repositoryRoot, "provider", "cli", "index.ts");

describe("The command import", () => {
  let simulator: ZpaSimulator;
  let folder: string;
  beforeEach(async () => {
    simulator = await ZpaSimulator.start();
    folder = mkdtempSync(path.join(os.tmpdir(), "zpa-import-"));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await simulator.close();
  });

  const run = (...args: string[]) =>
    runCommand(process.execPath, ["-r", "ts-node/register/transpile-only", cli, "import", ...args], {
      cwd: repositoryRoot,
      env: childEnvironment(simulator.legacyEnvironment()),
      timeLimitMs: 20_000,
    });

  it("creates its file, and never overwrites one", async () => {
    const file = path.join(folder, "objects.json");
    const group = simulator.addAppConnectorGroup({ name: "Berlin" });
    simulator.addKey({ name: "connectors", zcomponentId: group.id });
    const command = ["--type", "CONNECTOR_GRP", "--all", "--out", file];
    await run(...command);
    const { resources } = JSON.parse(readFileSync(file, "utf8")) as { resources: { name: string }[] };
    assert.deepEqual(
      resources.map(({ name }) => name),
      ["connectors"],
    );

    writeFileSync(file, "mine");
    simulator.clearLog();
    await assert.rejects(
      run(...command),
      /objects\.json exists already\. Remove it, or choose another file with --out/,
    );
    assert.equal(readFileSync(file, "utf8"), "mine");
    assert.equal(simulator.log.length, 0, "said before any call");
  });

  it("leaves out what belongs to Zscaler Deception, and says so", async () => {
    const file = path.join(folder, "objects.json");
    const group = simulator.addAppConnectorGroup({ name: "Berlin" });
    simulator.addKey({ name: "ours", zcomponentId: group.id });
    const theirs = simulator.addKey({ name: "decoy", zcomponentId: group.id, zscalerManaged: true });
    const printed = await run("--type", "CONNECTOR_GRP", "--all", "--out", file);
    assert.match(printed, new RegExp(`"decoy" \\(${theirs.id}\\) is left out: it belongs to Zscaler Deception`));
    assert.ok(!readFileSync(file, "utf8").includes("decoy"));
  });

  const mistakes = {
    "an id that is none": [["--id", "abc"], /--id must be a ZPA id, digits only/],
    "a folder that is not there": [
      ["--all", "--out", "/no/such/folder/x.json"],
      /there is no folder \/no\/such\/folder\./,
    ],
  } as const;
  for (const [what, [args, words]] of Object.entries(mistakes)) {
    it(`refuses ${what} before any call`, async () => {
      await assert.rejects(run("--type", "CONNECTOR_GRP", ...args), words);
      assert.equal(simulator.log.length, 0);
    });
  }
});
