import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { makePassphrase, makePassword } from "../harness/canaries";
import { needsEngine, sharedEngine } from "../harness/engine";
import { childEnvironment, pathWithThisNode, repositoryRoot } from "../harness/environment";
import { assertSecretless } from "../harness/invariants";
import { installLanguageHost } from "../harness/languageHost";
import { runCommand } from "../harness/runCommand";
import { World } from "../harness/world";

describe("The quickstart as a folder", function () {
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

  for (const [where, project] of [
    ["at the top", "."],
    ["in its own folder", path.join("examples", "quickstart")],
  ] as const) {
    it(`goes up, changes, refreshes and comes down with the CLI ${where}`, async () => {
      const { command } = await sharedEngine();
      const printed: string[] = [];
      const pulumi = async (...args: string[]) => {
        const output = await runCommand(command, ["--non-interactive", ...args], {
          cwd: path.join(folder, project),
          env: childEnvironment({
            ...world.env,
            PATH: `${path.join(folder, "bin")}${path.delimiter}${path.dirname(command)}${path.delimiter}${pathWithThisNode()}`,
            PULUMI_HOME: path.join(folder, "home"),
            PULUMI_BACKEND_URL: `file://${path.join(folder, "backend")}`,
            PULUMI_CONFIG_PASSPHRASE: passphrase,
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          }),
          timeLimitMs: 60_000,
        });
        printed.push(output);
        return output;
      };
      const passphrase = makePassphrase();
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
});
