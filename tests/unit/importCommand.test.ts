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
});
