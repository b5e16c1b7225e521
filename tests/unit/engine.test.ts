import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { SemVer } from "semver";
import { ensureEngine, type EngineSteps, engineVersion, oldestEngineVersion } from "../harness/engine";

function cli(command: string, version: string | null): PulumiCommand {
  return { command, version: version === null ? null : new SemVer(version) };
}

/** A machine on which nothing is installed and nothing works, unless a test says otherwise. */
class Machine {
  readonly versionsFolder = mkdtempSync(path.join(os.tmpdir(), "engine-test-"));
  readonly root = path.join(this.versionsFolder, engineVersion);
  readonly calls: string[] = [];
  readonly lines: string[] = [];
  onPath: PulumiCommand | undefined;
  plugin = true;
  internet = false;
  go: string | undefined;
  buildWorks = true;

  private readonly put = (root: string) => {
    mkdirSync(path.join(root, "bin"));
    for (const name of ["pulumi", "pulumi-resource-pulumi-nodejs"]) writeFileSync(path.join(root, "bin", name), "");
  };

  private readonly steps: EngineSteps = {
    find: async (root) => {
      if (root === undefined) return this.onPath;
      assert.equal(root, this.root);
      return existsSync(path.join(root, "bin", "pulumi")) ? cli(`${root}/bin/pulumi`, engineVersion) : undefined;
    },
    pluginOnPath: () => this.plugin,
    download: async (root) => {
      this.calls.push("download");
      if (!this.internet) throw new Error("no route to host");
      this.put(root);
    },
    goVersion: async () => this.go,
    build: async (root) => {
      this.calls.push("build");
      if (!this.buildWorks) throw new Error("exit code 1");
      this.put(root);
    },
  };

  install(): void {
    mkdirSync(this.root);
    this.put(this.root);
  }

  find(): Promise<PulumiCommand> {
    const log = (line: string) => void this.lines.push(line);
    return ensureEngine({ versionsFolder: this.versionsFolder, log, lock: { pollMs: 5 }, steps: this.steps });
  }
}

describe("Finding the engine", () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine();
  });
  afterEach(() => rmSync(machine.versionsFolder, { recursive: true }));

  it("takes the CLI on PATH if it is new enough, and does not even look further", async () => {
    machine.onPath = cli("pulumi", oldestEngineVersion);
    machine.install();
    assert.equal((await machine.find()).command, "pulumi");
    assert.deepEqual([machine.calls, machine.lines], [[], []]);
  });

  for (const version of ["3.253.9", "4.0.0", null]) {
    it(`passes over a CLI on PATH of version ${version}, and says so`, async () => {
      machine.onPath = cli("pulumi", version);
      machine.install();
      assert.equal((await machine.find()).command, `${machine.root}/bin/pulumi`);
      assert.match(machine.lines.join("\n"), /pulumi on PATH: version .* cannot run the tests/);
      assert.deepEqual(machine.calls, []);
    });
  }

  it("passes over a CLI on PATH that has no plugin for dynamic resources beside it", async () => {
    machine.onPath = cli("pulumi", engineVersion);
    machine.plugin = false;
    machine.install();
    assert.equal((await machine.find()).command, `${machine.root}/bin/pulumi`);
    assert.match(machine.lines.join("\n"), /pulumi-resource-pulumi-nodejs is not beside it/);
  });

  it("downloads where nothing is installed, and finds that one the next time", async () => {
    machine.internet = true;
    machine.go = "go version go1.26";
    await machine.find();
    await machine.find();
    assert.deepEqual(machine.calls, ["download"]);
    assert.deepEqual(readdirSync(path.join(machine.root, "bin")).sort(), ["pulumi", "pulumi-resource-pulumi-nodejs"]);
  });

  it("builds where the download fails and Go is present, telling why and how long it takes", async () => {
    machine.go = "go version go1.26";
    assert.equal((await machine.find()).command, `${machine.root}/bin/pulumi`);
    assert.deepEqual(machine.calls, ["download", "build"]);
    assert.match(machine.lines.join("\n"), /download not possible: no route to host\nbuilding .* about 8 minutes/);
    assert.deepEqual(readdirSync(machine.versionsFolder), [engineVersion]);
  });

  it("says in one error what to install where nothing can be done, and what was tried", async () => {
    await assert.rejects(machine.find(), (error: Error) => {
      assert.match(error.message, /^No Pulumi engine .* Install the Pulumi CLI 3\.254\.0 or newer .* or Go 1\.25/);
      assert.match(error.message, /- pulumi on PATH: none\n[^]*- download: no route to host\n- build: no Go toolchain/);
      return true;
    });
  });

  it("leaves neither half an engine nor a lock behind when the build fails, so that the next one tries again", async () => {
    machine.go = "go version go1.26";
    machine.buildWorks = false;
    await assert.rejects(machine.find(), /- build: exit code 1/);
    assert.deepEqual(readdirSync(machine.versionsFolder), []);
    machine.buildWorks = true;
    await machine.find();
    assert.deepEqual(machine.calls, ["download", "build", "download", "build"]);
  });

  it("builds once for two who ask at the same time, and tells the second one to wait", async () => {
    machine.go = "go version go1.26";
    const [first, second] = await Promise.all([machine.find(), machine.find()]);
    assert.equal(first.command, second.command);
    assert.deepEqual(machine.calls, ["download", "build"]);
    assert.match(machine.lines.join("\n"), new RegExp(`process ${process.pid} is already installing`));
  });
});
