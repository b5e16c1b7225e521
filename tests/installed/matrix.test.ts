import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { minVersion } from "semver";
import { assertNoSecrets, makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import { childEnvironment } from "../harness/environment";
import { ProgramFolder, recording } from "../harness/programFolder";
import { runCommand } from "../harness/runCommand";
import { World } from "../harness/world";
import { install, nodeFolders, pack, readManifest } from "./installing";
import { missingPairs, type Row, rows, tableOf, titleOf } from "./matrix";
import { placesOf } from "./program";

describe("Installed in a fresh project", function () {
  needsEngine();

  const outcomes = new Map<Row, string>();
  let caches: string;
  let tarball: string;
  before(async () => {
    caches = mkdtempSync(path.join(os.tmpdir(), "zpa-installed-"));
    ({ tarball } = await pack(caches));
  });
  after(() => {
    rmSync(caches, { recursive: true, force: true });
    console.log(`\n${tableOf(outcomes)}\n`);
  });

  let folder: ProgramFolder;
  let world: World;
  beforeEach(async () => {
    world = await World.start({ simulator: { seed: "demo" } });
    folder = new ProgramFolder(world.env);
  });
  afterEach(async () => {
    folder.dispose();
    await world.close();
  });

  it("starts at the oldest Node.js that package.json allows", async () => {
    const node = path.join(nodeFolders.oldest, "node");
    const options = { cwd: caches, env: childEnvironment(), timeLimitMs: 10_000 };
    const version = (await runCommand(node, ["--version"], options)).trim();
    assert.equal(version, `v${minVersion(readManifest().engines.node)?.version}`);
  });

  it("meets every pair of values that its matrix promises", () => assert.deepEqual(missingPairs(), []));

  for (const row of rows) {
    it(`compiles, goes up and comes down: ${titleOf(row)}`, async () => {
      outcomes.set(row, "failed");
      const started = performance.now();
      const { pulumi: place, program } = placesOf(row);
      const project = path.join(folder.path, "project");
      mkdirSync(project);
      await install(row, project, caches, tarball);
      const node = nodeFolders[row.node];
      if (row.resolution) await compile(path.join(project, program), node);

      const cli = await folder.cli(path.join("project", place), { node, elsewhere: row.layout === "pulumi -C" });
      const { pulumi, printed } = recording(cli);
      const password = makePassword();
      await pulumi("stack", "init", "dev");
      await pulumi("config", "set", "--secret", "password", "--", password);
      assert.match(await pulumi("up", "--yes", "--skip-preview"), /\+ 3 created/);
      assert.match(await pulumi("preview", "--expect-no-changes"), /3 unchanged/);
      assert.match(await pulumi("destroy", "--yes", "--skip-preview"), /- 3 deleted/);
      assertNoSecrets(printed.join("\n"), { ...world.secrets(), password }, "what the CLI printed");
      await world.assertInvariants();
      outcomes.set(row, `passed in ${Math.round((performance.now() - started) / 1000)} s`);
    });
  }
});

/** The project's own TypeScript, with its own tsconfig.json: the types of all that it imports are checked too. */
async function compile(folder: string, node: string): Promise<void> {
  const tsc = createRequire(path.join(folder, "index.js")).resolve("typescript/bin/tsc");
  const options = { cwd: folder, env: childEnvironment(), timeLimitMs: 60_000 };
  await runCommand(path.join(node, "node"), [tsc, "--noEmit", "--pretty", "false"], options);
}
