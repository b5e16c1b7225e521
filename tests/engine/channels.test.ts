import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import {
  assertNoSecrets,
  assertSecretless,
  findSecret,
  makeCanaries,
  makePassword,
  makePrivateKey,
} from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import { isRpcDebugLine } from "../harness/operationResult";
import { type Cli, ProgramFolder } from "../harness/programFolder";
import { CommandFailed } from "../harness/runCommand";
import type { StackProcess } from "../harness/stackProcesses";
import { textsUnder } from "../harness/storedFiles";
import { World } from "../harness/world";
import { readDocument } from "../readme";

interface Channel {
  args: readonly string[];
  env?: Record<string, string>;
  /** How the README names a channel of Pulumi that shows secrets in clear; undefined where none is shown. */
  shows?: string;
  /** What is left of the text without that channel; it shows no secret. */
  rest?: (text: string) => string;
}

/** The documents that list the channels. */
const documented = ["README.md", "docs/secrets.md"].map(readDocument);

const up = ["up", "--yes", "--skip-preview"];
/** In the program's folder; what is written there counts as shown. */
const file = "channel.out";

/** The events without the debug lines of Pulumi's Node SDK. */
function withoutRpcLines(text: string): string {
  const isRpc = (line: string) => line.startsWith("{") && isRpcDebugLine(JSON.parse(line) as EngineEvent);
  const lines = text.split("\n");
  assert.ok(lines.some(isRpc));
  return lines.filter((line) => !isRpc(line)).join("\n");
}

/** What the CLI prints or writes of a run that creates keys and credentials. */
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
    rest: withoutRpcLines,
  },
  "up with PULUMI_DEBUG_GRPC": { args: up, env: { PULUMI_DEBUG_GRPC: file }, shows: "`PULUMI_DEBUG_GRPC`" },
  "preview --json": { args: ["preview", "--json"] },
  "preview --diff": { args: ["preview", "--diff"] },
  "preview --save-plan": { args: ["preview", "--save-plan", file] },
};

/** What the CLI prints or writes of a stack that is there. */
const afterwards: Readonly<Record<string, Channel>> = {
  stack: { args: ["stack", "--show-urns", "--show-ids"] },
  "stack output --json": { args: ["stack", "output", "--json"] },
  "stack output --show-secrets": { args: ["stack", "output", "--json", "--show-secrets"], shows: "`--show-secrets`" },
  "stack export": { args: ["stack", "export"] },
  "stack export --show-secrets": { args: ["stack", "export", "--show-secrets"], shows: "`--show-secrets`" },
  "stack history": { args: ["stack", "history", "--json"] },
  "stack graph": { args: ["stack", "graph", file] },
  config: { args: ["config", "--json"] },
  "config --show-secrets": { args: ["config", "--json", "--show-secrets"], shows: "`--show-secrets`" },
  "refresh --diff": { args: ["refresh", "--yes", "--skip-preview", "--diff"] },
};

/** Signs in with a private key that the configuration holds, and with a secret that the program passes in clear. */
const program = `
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const zpa = require("pulumi-zpa-dynamic");

const plain = JSON.parse(readFileSync("plain.json", "utf8"));
const config = new pulumi.Config();
const group = zpa.getAppConnectorGroupOutput({ name: "Quickstart Connectors" });
const args = { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 5 };
const key = new zpa.ProvisioningKey("key", args);
const login = { credentialType: "USERNAME_PASSWORD", userName: "svc", password: config.requireSecret("password") };
new zpa.PrivilegedCredential("login", { ...login, description: config.requireSecret("description") });
const provider = new zpa.Provider("legacy", plain.settings);
const sshKey = { credentialType: "SSH_KEY", userName: "svc", privateKey: plain.sshKey, passphrase: plain.passphrase };
new zpa.PrivilegedCredential("ssh", sshKey, { provider });
new zpa.PrivilegedCredential("vnc", { credentialType: "PASSWORD", password: plain.vncPassword }, { provider });
const theirs = zpa.getProvisioningKeyOutput({ associationType: "CONNECTOR_GRP", name: plain.theirKey }, { provider });
module.exports = { text: key.provisioningKey, theirs: theirs.provisioningKey };
`;

describe("Pulumi's own channels", function () {
  needsEngine();
  this.timeout(180_000);

  let folder: ProgramFolder;
  let world: World;
  let cli: Cli;
  /** What was seen of the CLI's processes in the middle of an up. */
  const seen = new Map<StackProcess["kind"], string>();
  before(async () => {
    world = await World.start({ simulator: { seed: "demo", clientSecret: makePassword() } });
    const { simulator, canaries } = world;
    const { clientId, customerId, url: baseUrl, tokenUrl } = simulator;
    const apiKey = (canaries["the API client's private key"] = makePrivateKey());
    simulator.registerOneApiPublicKey(apiKey);
    watchProcesses();

    folder = new ProgramFolder({ TMPDIR: world.env["TMPDIR"]!, ZPA_LOG: "debug" });
    folder.addProgram("program", program);
    cli = await folder.cli("program");
    await cli(["stack", "init", "dev"]);
    const settings = Object.entries({ clientId, customerId, baseUrl, tokenUrl }).flatMap(([name, value]) => [
      "--plaintext",
      `zpa:${name}=${value}`,
    ]);
    await cli(["config", "set-all", ...settings, "--secret", `zpa:privateKey=${apiKey}`]);
    await changeSecrets();
  });
  after(async () => {
    folder.dispose();
    await world.close();
  });

  /** Gives the credentials secrets that they have not had before, and searches for those too. */
  async function changeSecrets(): Promise<void> {
    const { simulator, canaries } = world;
    const { password, passphrase } = makeCanaries();
    const made = { password, description: makePassword(), passphrase, vncPassword: makePassword() };
    const sshKey = makePrivateKey(passphrase);
    const turn = Object.keys(canaries).length;
    for (const [name, secret] of Object.entries({ ...made, sshKey })) canaries[`${name} ${turn}`] = secret;
    const { clientId: zpaClientId, clientSecret: zpaClientSecret, customerId: zpaCustomerId, url: baseUrl } = simulator;
    const settings = { zpaClientId, zpaClientSecret, zpaCustomerId, baseUrl };
    const [theirs] = [...simulator.keys.values()].filter(({ associationType }) => associationType === "CONNECTOR_GRP");
    const plain = { ...made, sshKey, settings, theirKey: theirs!.name };
    writeFileSync(path.join(folder.path, "program", "plain.json"), JSON.stringify(plain));
    const secrets = [`password=${password}`, `description=${made.description}`];
    await cli(["config", "set-all", ...secrets.flatMap((setting) => ["--secret", setting])]);
  }

  /** Looks at the processes whenever a credential is made: the CLI, the program and the providers run then. */
  function watchProcesses(): void {
    const { credentials } = world.simulator;
    const set = credentials.set.bind(credentials);
    credentials.set = (id, credential) => {
      for (const { kind, text } of folder.processes()) seen.set(kind, `${seen.get(kind) ?? ""}${text}\n`);
      return set(id, credential);
    };
  }

  /** What a command prints, also where it fails, and what it writes. */
  async function shownBy({ args, env }: Channel): Promise<string> {
    const written = path.join(folder.path, "program", file);
    const printed = await cli(args, env).catch((error: unknown) => {
      if (error instanceof CommandFailed) assertNoSecrets(error.output, world.secrets(), "a command that failed");
      throw error;
    });
    const text = existsSync(written) ? printed + readFileSync(written, "utf8") : printed;
    rmSync(written, { force: true });
    return text;
  }

  async function check(channel: Channel): Promise<void> {
    const text = await shownBy(channel);
    if (channel.shows === undefined) return assertNoSecrets(text, world.secrets(), "the channel");
    assert.ok(findSecret(text, world.secrets()), "it shows secrets, as the README says");
    if (channel.rest) assertNoSecrets(channel.rest(text), world.secrets(), "the rest of the channel");
  }

  const expectation = ({ shows }: Channel) =>
    shows === undefined ? "shows no secret" : "shows secrets, as README says";

  describe("of a run that makes something", () => {
    for (const [name, channel] of Object.entries(channels)) {
      it(`${name} ${expectation(channel)}`, async () => {
        try {
          await check(channel);
        } finally {
          if (channel.args[0] === "up") await cli(["destroy", "--yes", "--skip-preview"]);
        }
      });
    }
  });

  describe("of a stack that is there", () => {
    before(async () => {
      seen.clear();
      // not assert.match, here and below: its message would hold the text
      assert.ok(/zpa POST \S+ 200/.test(await cli(up)), "ZPA_LOG=debug is heard");
    });

    for (const [name, channel] of Object.entries(afterwards)) {
      it(`${name} ${expectation(channel)}`, () => check(channel));
    }

    it("up --diff shows no secret where all of them change", async () => {
      await changeSecrets();
      const text = await shownBy({ args: [...up, "--diff"] });
      assert.ok(text.includes("~ 3 updated"));
      assertNoSecrets(text, world.secrets(), "the channel");
    });

    it("the environment and the command line of a process show no secret, but the program's shows the settings, as README says", () => {
      assert.deepEqual([...seen.keys()].sort(), ["engine", "other", "program", "provider"]);
      const { program: ofProgram, ...others } = Object.fromEntries(seen);
      assertSecretless(others, world.secrets());
      assert.ok(findSecret(ofProgram!, world.secrets()));
      const withoutConfig = ofProgram!.replace(/\0PULUMI_CONFIG=[^\0]*/g, "");
      assertNoSecrets(withoutConfig, world.secrets(), "the rest of the program's");
      for (const text of documented) assert.ok(text.includes("`PULUMI_CONFIG`"));
    });

    it("an error that the program does not catch shows no secret, even if ZPA repeats one", async () => {
      const reason = `no: ${world.canaries["the API client's private key"]}`;
      const match = { method: "GET", path: /appConnectorGroup/ };
      const fault = world.fault({ kind: "status", status: 400, body: { id: "x", reason }, match, times: Infinity });
      const failed: unknown = await cli(up).catch((error: unknown) => error);
      fault.clear();
      assert.ok(failed instanceof CommandFailed);
      assert.ok(failed.output.includes("no: [secret]"));
      assertNoSecrets(failed.output, world.secrets(), "what the CLI printed");
    });

    it("no file shows a secret: backend, history, logs, configuration, what is temporary", () => {
      const project = readFileSync(path.join(folder.path, "program", "Pulumi.dev.yaml"), "utf8");
      const kept = { ...textsUnder(path.join(folder.path, "backend")), ...textsUnder(path.join(folder.path, "home")) };
      const names = Object.keys(kept);
      assert.ok(names.some((name) => name.includes("history")) && names.some((name) => name.endsWith(".bak")));
      assertSecretless({ ...kept, project }, world.secrets());
      assert.ok(Object.keys(textsUnder(world.env["TMPDIR"]!)).length >= 2, "the ledger, and the notes");
      world.assertNothingShown();
    });

    it("destroy --diff shows no secret", () => check({ args: ["destroy", "--yes", "--skip-preview", "--diff"] }));
  });

  it("are listed in the README and in docs/secrets.md where they show secrets", () => {
    const all = [...Object.values(channels), ...Object.values(afterwards)];
    for (const { shows } of all) {
      if (shows !== undefined) for (const text of documented) assert.ok(text.includes(shows), shows);
    }
  });
});
