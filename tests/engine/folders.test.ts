import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { assertNoSecrets, makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import { repositoryRoot } from "../harness/environment";
import { ProgramFolder, recording } from "../harness/programFolder";
import { World } from "../harness/world";

describe("A program in a folder", function () {
  needsEngine();
  this.timeout(180_000);

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

  for (const [where, project] of [
    ["at the top", "."],
    ["in its own folder", path.join("examples", "quickstart")],
  ] as const) {
    it(`goes up, changes, refreshes and comes down with the CLI: the quickstart ${where}`, async () => {
      folder.addQuickstart();
      const { pulumi, printed } = recording(await folder.cli(project));
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
      assertNoSecrets(printed.join("\n"), { ...world.secrets(), password }, "what the CLI printed");
      await world.assertInvariants();
    });
  }

  it("is told what to install where only a shared library depends on the package, as with pnpm", async () => {
    const program = path.join(folder.path, "program");
    const modules = path.join(program, "node_modules");
    const library = path.join(folder.path, "store", "infra-library");
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
    const cli = await folder.cli("program");
    await cli(["stack", "init", "dev"]);
    const failure = await cli(["preview"]).then(String, String);
    assert.match(failure, /pulumi-zpa-dynamic cannot be loaded from the program's folder/);
    assert.match(failure, /Add pulumi-zpa-dynamic to the dependencies of the program's own package\.json/);
    assert.doesNotMatch(failure, /at Object\.|\.js:\d+/, "a sentence, and no stack trace");
    await world.assertInvariants();
  });
});
