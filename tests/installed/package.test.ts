import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { childEnvironment, repositoryRoot } from "../harness/environment";
import { runCommand } from "../harness/runCommand";
import { pack, type Packed } from "./installing";

describe("The packed package", () => {
  let folder: string;
  let packed: Packed;
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), "zpa-packed-"));
    packed = await pack(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const checker = (name: string, script: string, ...args: string[]) =>
    runCommand(process.execPath, [path.join(__dirname, "node_modules", ...name.split("/"), script), ...args], {
      cwd: folder,
      env: childEnvironment(),
      timeLimitMs: 120_000,
    });

  it("is smaller than 300 KB", () => assert.ok(packed.size < 300_000, `${packed.size} bytes`));

  it("holds the compiled provider, API client and simulator, and no other code", () => {
    const texts = ["LICENSE", "README.md", "package.json"];
    const code = packed.files.map((file) => file.path).filter((file) => !texts.includes(file));
    assert.equal(code.length, packed.files.length - texts.length, "a text is missing");
    const others = code.filter((file) => !/^dist\/(?:provider|sdk|tests\/simulator)\/.*\.(?:d\.ts|js)$/.test(file));
    assert.deepEqual(others, []);
  });

  it("holds nothing whose source is gone", () => {
    const code = packed.files.map((file) => file.path).filter((file) => file.startsWith("dist/"));
    const sourceOf = (file: string) => file.replace(/^dist\//, "").replace(/(?:\.d\.ts|\.js)$/, ".ts");
    const orphans = code.filter((file) => !existsSync(path.join(repositoryRoot, sourceOf(file))));
    assert.deepEqual(orphans, [], "left by an earlier build: delete dist, and build again");
  });

  it("has nothing that publint complains of", async () => {
    assert.match(await checker("publint", "src/cli.js", "run", packed.tarball, "--strict"), /All good/);
  });

  it("has types for each entry point with each module resolution, as are-the-types-wrong sees it", async () => {
    const printed = await checker("@arethetypeswrong/cli", "dist/index.js", packed.tarball, "--format", "ascii");
    assert.match(printed, /No problems found/);
  });
});
