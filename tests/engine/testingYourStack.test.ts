import assert from "node:assert/strict";
import { cpSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { needsEngine } from "../harness/engine";
import { childEnvironment, repositoryRoot } from "../harness/environment";
import { ProgramFolder } from "../harness/programFolder";
import { runCommand } from "../harness/runCommand";

describe("The example testing-your-stack", function () {
  this.timeout(600_000); // ten runs of the CLI
  needsEngine();

  let folder: ProgramFolder;
  beforeEach(() => (folder = new ProgramFolder({})));
  afterEach(() => folder.dispose());

  it("passes its own tests, and leaves nothing in its folder", async () => {
    const project = path.join(folder.path, "project");
    cpSync(path.join(repositoryRoot, "examples", "testing-your-stack"), project, {
      recursive: true,
      filter: (file) => path.basename(file) !== "node_modules",
    });
    symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(project, "node_modules"));
    const before = readdirSync(project);
    const env = childEnvironment(await folder.environment());
    const printed = await runCommand(process.execPath, [path.join("node_modules", "mocha", "bin", "mocha.js")], {
      cwd: project,
      env,
      timeLimitMs: 580_000,
    });
    assert.match(printed, /5 passing/);
    assert.deepEqual(readdirSync(project), before);
  });
});
