import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { makePassphrase, makePassword } from "../harness/canaries";
import { needsEngine, sharedEngine } from "../harness/engine";
import { childEnvironment, pathWithThisNode, repositoryRoot } from "../harness/environment";
import { assertSecretless } from "../harness/invariants";
import { installLanguageHost } from "../harness/languageHost";
import { runCommand } from "../harness/runCommand";
import { World } from "../harness/world";

describe("A program in a folder", function () {
  needsEngine();
  this.timeout(180_000);

  let folder: string;
  let world: World;
  beforeEach(async () => {
    world = await World.start({ simulator: { seed: "demo" } });
    folder = mkdtempSync(path.join(os.tmpdir(), "zpa-folder-"));
    const quickstart = path.join("examples", "quickstart");
    for (const file of ["Pulumi.yaml", path.join(quickstart, "Pulumi.yaml")].concat(
      ["index.ts", "package.json", "tsconfig.json"].map((name) => path.join(quickstart, name)),
    )) {
      cpSync(path.join(repositoryRoot, file), path.join(folder, file));
    }
    symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(folder, "node_modules"));
    mkdirSync(path.join(folder, "backend"));
    installLanguageHost(path.join(folder, "bin"));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await world.close();
  });

  /** Runs commands of the CLI in a folder, and takes down what they print. */
  async function cli(cwd: string, printed: string[]): Promise<(...args: string[]) => Promise<string>> {
    const { command } = await sharedEngine();
    const env = childEnvironment({
      ...world.env,
      PATH: `${path.join(folder, "bin")}${path.delimiter}${path.dirname(command)}${path.delimiter}${pathWithThisNode()}`,
      PULUMI_HOME: path.join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${path.join(folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: makePassphrase(),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    });
    return async (...args) => {
      const output = await runCommand(command, ["--non-interactive", ...args], { cwd, env, timeLimitMs: 60_000 });
      printed.push(output);
      return output;
    };
  }

  for (const [where, project] of [
    ["at the top", "."],
    ["in its own folder", path.join("examples", "quickstart")],
  ] as const) {
    it(`goes up, changes, refreshes and comes down with the CLI: the quickstart ${where}`, async () => {
      const printed: string[] = [];
      const pulumi = await cli(path.join(folder, project), printed);
      const password = makePassword();

      await pulumi("stack", "init", "dev");
      await pulumi("config", "set", "appConnectorGroup", "Quickstart Connectors");
      await pulumi("config", "set", "--secret", "jumpHostPassword", "--", password);
      assert.match(await pulumi("preview"), /\+ 3 to create/);
      assert.match(await pulumi("up", "--yes", "--skip-preview"), /\+ 3 created/);
      assert.match(await pulumi("preview", "--expect-no-changes"), /3 unchanged/);
      await pulumi("config", "set", "maxUsage", "25");
      assert.match(await pulumi("up", "--yes", "--skip-preview"), /~ 1 updated/);
      await pulumi("refresh", "--yes", "--expect-no-changes");
      const state = await pulumi("stack", "export");
      const providers = [...state.matchAll(/"__provider": (".*")/g)].map(([, text]) => JSON.parse(text!) as string);
      assert.deepEqual([...new Set(providers)].sort(), [
        'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").privilegedCredential;',
        'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").provisioningKey;',
      ]);
      assert.match(await pulumi("destroy", "--yes", "--skip-preview"), /- 3 deleted/);
      assertSecretless({ "what the CLI printed": printed.join("\n") }, { ...world.secrets(), password });
      await world.assertInvariants();
    });
  }

  it("is told what to install where only a shared library depends on the package, as with pnpm", async () => {
    // without the quickstart's modules above it
    rmSync(path.join(folder, "node_modules"));
    const program = path.join(folder, "program");
    const modules = path.join(program, "node_modules");
    const library = path.join(folder, "store", "infra-library");
    for (const made of [modules, path.join(library, "node_modules")]) mkdirSync(made, { recursive: true });
    symlinkSync(path.join(repositoryRoot, "node_modules", "@pulumi"), path.join(modules, "@pulumi"));
    symlinkSync(repositoryRoot, path.join(library, "node_modules", "pulumi-zpa-dynamic"));
    symlinkSync(library, path.join(modules, "infra-library"));
    const key = '{ associationType: "CONNECTOR_GRP", zcomponentId: "1", maxUsage: 1 }';
    const makeKey = `exports.makeKey = () => new (require("pulumi-zpa-dynamic").ProvisioningKey)("connectors", ${key});`;
    writeFileSync(path.join(library, "index.js"), makeKey);
    writeFileSync(path.join(program, "index.js"), 'require("infra-library").makeKey();');
    writeFileSync(path.join(program, "package.json"), JSON.stringify({ name: "program", main: "index.js" }));
    writeFileSync(path.join(program, "Pulumi.yaml"), "name: program\nruntime: nodejs\n");
    const pulumi = await cli(program, []);
    await pulumi("stack", "init", "dev");
    const failure = await pulumi("preview").then(String, String);
    assert.match(failure, /pulumi-zpa-dynamic cannot be loaded from the program's folder/);
    assert.match(failure, /Add pulumi-zpa-dynamic to the dependencies of the program's own package\.json/);
    assert.doesNotMatch(failure, /at Object\.|\.js:\d+/, "a sentence, and no stack trace");
    await world.assertInvariants();
  });
});
