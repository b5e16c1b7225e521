import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { childEnvironment, repositoryRoot } from "../harness/environment";
import { diagrams, documents, readDocument, renderDiagram, renderDocument } from "../readme";

const run = promisify(execFile);
const read = (...file: string[]) => readFileSync(path.join(repositoryRoot, ...file), "utf8");

describe("The package", () => {
  for (const name of documents) {
    it(`has a ${name} whose tables, programs and options are those of the code`, async () => {
      const text = readDocument(name);
      assert.equal(text, await renderDocument(name, text), `${name} is out of date: npm run readme`);
    });
  }

  for (const name of diagrams) {
    it(`has a ${name}.svg that shows ${name}.mmd, and fetches nothing`, async () => {
      const picture = readDocument(`${name}.svg`);
      assert.equal(picture, await renderDiagram(name), `${name}.svg is out of date: npm run readme`);
      assert.doesNotMatch(picture, /@import|href/);
    });
  }

  it("has one Pulumi.yaml at the top and in the quickstart, but for the program's place", () => {
    const top = read("Pulumi.yaml").replace("main: examples/quickstart\n", "");
    assert.equal(top, read("examples", "quickstart", "Pulumi.yaml"));
  });

  it("names no registry and no folder of a machine in what is committed with it", () => {
    assert.doesNotMatch(read("package-lock.json"), /"resolved": "https?:/);
  });

  describe("packed and installed", () => {
    let folder: string;
    before(async function () {
      this.timeout(120_000);
      folder = mkdtempSync(path.join(os.tmpdir(), "zpa-package-"));
      const npm = (args: string[], cwd: string) => run("npm", args, { cwd, env: childEnvironment() });
      const { stdout } = await npm(
        ["pack", "--ignore-scripts", "--json", "--pack-destination", folder],
        repositoryRoot,
      );
      const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
      const target = path.join(folder, "node_modules", "pulumi-zpa-dynamic");
      mkdirSync(target, { recursive: true });
      await run("tar", ["-xzf", path.join(folder, filename), "-C", target, "--strip-components=1"]);
      // its own dependencies, and the peer
      for (const name of ["commander", "undici", "zod", "@pulumi"]) {
        symlinkSync(path.join(repositoryRoot, "node_modules", name), path.join(folder, "node_modules", name));
      }
      writeFileSync(path.join(folder, "package.json"), '{ "name": "program", "private": true }');
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("offers its entry points, and nothing else", () => {
      const from = createRequire(path.join(folder, "index.js"));
      for (const entry of ["", "/sdk", "/simulator", "/provider/v1", "/package.json"]) {
        assert.ok(from.resolve(`pulumi-zpa-dynamic${entry}`).startsWith(folder), entry);
      }
      assert.throws(
        () => from.resolve("pulumi-zpa-dynamic/provider/handler"),
        /ERR_PACKAGE_PATH_NOT_EXPORTED|not defined/,
      );
    });

    it("loads neither zod nor undici until a request or a check needs them", async () => {
      const script =
        "require('pulumi-zpa-dynamic');" +
        "const loaded = Object.keys(require.cache).filter((file) => /node_modules.(zod|undici)/.test(file));" +
        "process.stdout.write(String(loaded.length));";
      const { stdout } = await run(process.execPath, ["-e", script], { cwd: folder, env: childEnvironment() });
      assert.equal(stdout, "0");
    });

    it("runs both of its commands", async () => {
      const target = path.join(folder, "node_modules", "pulumi-zpa-dynamic");
      const { bin } = JSON.parse(readFileSync(path.join(target, "package.json"), "utf8")) as {
        bin: Record<string, string>;
      };
      for (const [name, file] of Object.entries(bin)) {
        const { stdout } = await run(process.execPath, [path.join(target, file), "--help"], {
          env: childEnvironment(),
        });
        assert.match(stdout, new RegExp(name), `${name} --help`);
      }
    });

    it("holds the API client's types without Pulumi", () => {
      const client = readFileSync(
        path.join(folder, "node_modules", "pulumi-zpa-dynamic", "dist", "sdk", "client.d.ts"),
        "utf8",
      );
      assert.doesNotMatch(client, /@pulumi/);
    });
  });
});
