import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { assertNoSecrets, makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import { ProgramFolder } from "../harness/programFolder";
import { World } from "../harness/world";
import { readReadme } from "../readme";

interface Channel {
  args: readonly string[];
  env?: Record<string, string>;
  /** How the README names a channel of Pulumi that shows secrets in clear; undefined where none is shown. */
  shows?: string;
}

const up = ["up", "--yes", "--skip-preview"];
/** In the project's folder; what is written there counts as shown. */
const file = "channel.out";

/** What the CLI prints or writes of a run that creates a key and a credential. */
const channels: Readonly<Record<string, Channel>> = {
  up: { args: up },
  "up --diff --show-sames --show-reads": { args: [...up, "--diff", "--show-sames", "--show-reads"] },
  "up --json": { args: [...up, "--json"], shows: "`up --json`" },
  "up --debug": { args: [...up, "--debug"], shows: "`--debug`" },
  "up -v=9": { args: [...up, "-v=9", "--logtostderr"], shows: "`-v=9`" },
  "up --event-log": {
    args: [...up, "--event-log", file],
    env: { PULUMI_DEBUG_COMMANDS: "true" }, // the flag is hidden without it
    shows: "`--event-log`",
  },
  "up with PULUMI_DEBUG_GRPC": { args: up, env: { PULUMI_DEBUG_GRPC: file }, shows: "`PULUMI_DEBUG_GRPC`" },
  "preview --json": { args: ["preview", "--json"] },
  "preview --diff": { args: ["preview", "--diff"] },
  "preview --save-plan": { args: ["preview", "--save-plan", file] },
};

/** What the CLI prints of a stack that is there. */
const afterwards: Readonly<Record<string, Channel>> = {
  stack: { args: ["stack", "--show-urns", "--show-ids"] },
  "stack output --json": { args: ["stack", "output", "--json"] },
  "stack output --show-secrets": { args: ["stack", "output", "--json", "--show-secrets"], shows: "`--show-secrets`" },
  "stack export": { args: ["stack", "export"] },
  "stack export --show-secrets": { args: ["stack", "export", "--show-secrets"], shows: "`--show-secrets`" },
  "stack history": { args: ["stack", "history", "--json"] },
  config: { args: ["config", "--json"] },
  "config --show-secrets": { args: ["config", "--json", "--show-secrets"], shows: "`--show-secrets`" },
  "refresh --diff": { args: ["refresh", "--yes", "--skip-preview", "--diff"] },
  "destroy --diff": { args: ["destroy", "--yes", "--skip-preview", "--diff"] },
};

describe("Pulumi's own channels", function () {
  needsEngine();
  this.timeout(180_000);

  let folder: ProgramFolder;
  let world: World;
  const password = makePassword();
  before(async () => {
    world = await World.start({ simulator: { seed: "demo" } });
    folder = new ProgramFolder(world.env);
    folder.addQuickstart();
    const cli = await folder.cli(".");
    await cli(["stack", "init", "dev"]);
    await cli(["config", "set", "appConnectorGroup", "Quickstart Connectors"]);
    await cli(["config", "set", "--secret", "jumpHostPassword", "--", password]);
  });
  after(async () => {
    folder.dispose();
    await world.close();
  });

  /** Whether what a command prints and writes holds a secret in clear. */
  async function isShown({ args, env }: Channel): Promise<boolean> {
    const written = path.join(folder.path, file);
    const printed = await (await folder.cli("."))(args, env);
    const text = existsSync(written) ? printed + readFileSync(written, "utf8") : printed;
    rmSync(written, { force: true });
    try {
      assertNoSecrets(text, { ...world.secrets(), password }, "the channel");
      return false;
    } catch {
      return true;
    }
  }

  const expectation = ({ shows }: Channel) =>
    shows === undefined ? "shows no secret" : "shows secrets, as README says";
  for (const [name, channel] of Object.entries(channels)) {
    it(`${name} ${expectation(channel)}`, async () => {
      const shown = await isShown(channel);
      if (world.simulator.keys.size > 0 && channel.args[0] === "up") {
        await (
          await folder.cli(".")
        )(["destroy", "--yes", "--skip-preview"]);
      }
      assert.equal(shown, channel.shows !== undefined);
    });
  }

  for (const [name, channel] of Object.entries(afterwards)) {
    it(`${name} ${expectation(channel)}`, async () => {
      const cli = await folder.cli(".");
      if (!/^destroy/.test(name)) await cli(up);
      assert.equal(await isShown(channel), channel.shows !== undefined);
    });
  }

  it("are listed in the README where they show secrets", () => {
    const all = [...Object.values(channels), ...Object.values(afterwards)];
    for (const { shows } of all) if (shows !== undefined) assert.ok(readReadme().includes(shows), shows);
  });

  it("leave no secret in the backend's folder", () => {
    const below = (at: string): string[] =>
      readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
        const full = path.join(at, entry.name);
        return entry.isDirectory() ? below(full) : [full];
      });
    const files = below(path.join(folder.path, "backend"));
    assert.ok(files.length > 5);
    for (const one of files) assertNoSecrets(readFileSync(one, "utf8"), { ...world.secrets(), password }, one);
  });
});
