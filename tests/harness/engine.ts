import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { buildEngine, downloadEngine, dynamicProviderPlugin, goVersion } from "./engineBuild";
import { type LockOptions, withFileLock } from "./fileLock";

/**
 * The engine the tests are written against: the newest release of the Go module github.com/pulumi/pulumi/pkg/v3 whose
 * CLI was seen working here. Releases: https://github.com/pulumi/pulumi/releases
 */
export const engineVersion = "3.259.0";

/**
 * The oldest engine that can run every test: since 3.254.0 an import file may carry a resource's inputs and outputs,
 * without which dynamic resources cannot be imported (CHANGELOG of pulumi/pulumi).
 */
export const oldestEngineVersion = "3.254.0";

/** What finding an engine does to the world. Tests replace it. */
export interface EngineSteps {
  /** The CLI under `root`, or the one on PATH; undefined if there is none that starts. */
  find(root?: string): Promise<PulumiCommand | undefined>;
  /** Whether the plugin script for dynamic resources lies on PATH. */
  pluginOnPath(): boolean;
  download(root: string, version: string): Promise<void>;
  goVersion(): Promise<string | undefined>;
  build(root: string, version: string): Promise<void>;
}

/** Where and how to look for an engine. */
export interface EngineOptions {
  /** Pulumi's folder of versions; default `~/.pulumi/versions`, as `PulumiCommand.install` has it. */
  versionsFolder?: string;
  /** Gets one line of progress at a time; default standard error. */
  log?: (line: string) => void;
  lock?: LockOptions;
  steps?: Partial<EngineSteps>;
}

const progressEveryMs = 30_000;

const realSteps: EngineSteps = {
  async find(root) {
    try {
      return await PulumiCommand.get({ root, skipVersionCheck: true });
    } catch {
      return undefined;
    }
  },
  pluginOnPath: () =>
    (process.env.PATH ?? "").split(path.delimiter).some((folder) => {
      const file = statSync(path.join(folder, dynamicProviderPlugin), { throwIfNoEntry: false });
      return file?.isFile() ?? false;
    }),
  download: downloadEngine,
  goVersion,
  build: buildEngine,
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Says every 30 s that `work` still goes on, and how long it took. */
async function withProgress(log: (line: string) => void, what: string, work: Promise<void>): Promise<void> {
  const start = Date.now();
  const timer = setInterval(() => log(`${what}: ${duration(Date.now() - start)} so far`), progressEveryMs);
  try {
    await work;
    log(`${what}: done in ${duration(Date.now() - start)}`);
  } finally {
    clearInterval(timer);
  }
}

/** Moves what was made in `staging` to its place; the CLI itself comes last, so that one that is there is complete. */
function putInPlace(staging: string, root: string): void {
  const bin = path.join(root, "bin");
  mkdirSync(bin, { recursive: true });
  const isCli = (name: string) => path.parse(name).name === "pulumi";
  const names = readdirSync(path.join(staging, "bin")).sort((a, b) => Number(isCli(a)) - Number(isCli(b)));
  for (const name of names) renameSync(path.join(staging, "bin", name), path.join(bin, name));
}

/**
 * A Pulumi CLI for the Automation API: the one on PATH if it can run the tests, else the one in Pulumi's folder of
 * versions, else one downloaded into that folder, else one built into it from the Go module. Only one process at a
 * time downloads or builds; the others wait for it.
 *
 * @throws Error telling what to install, and what was tried
 */
export async function ensureEngine(options: EngineOptions = {}): Promise<PulumiCommand> {
  const steps: EngineSteps = { ...realSteps, ...options.steps };
  const log = options.log ?? ((line: string) => process.stderr.write(`[pulumi engine] ${line}\n`));
  const versions = options.versionsFolder ?? path.join(os.homedir(), ".pulumi", "versions");
  const root = path.join(versions, engineVersion);
  const tried: string[] = [];

  const suitable = (command: PulumiCommand | undefined, place: string): command is PulumiCommand => {
    const version = command?.version;
    if (!command) tried.push(`${place}: none`);
    else if (!version || version.compare(oldestEngineVersion) < 0 || version.major !== 3) {
      tried.push(`${place}: version ${version?.toString() ?? "unknown"} cannot run the tests`);
      log(tried.at(-1)!);
    } else return true;
    return false;
  };

  const onPath = await steps.find();
  if (suitable(onPath, "pulumi on PATH")) {
    if (steps.pluginOnPath()) return onPath;
    tried.push(`pulumi on PATH: ${dynamicProviderPlugin} is not beside it`);
    log(tried.at(-1)!);
  }
  const installed = await steps.find(root);
  if (suitable(installed, root)) return installed;

  let lastSaid = -Infinity;
  const onWait = (holder: number, waitedMs: number) => {
    if (waitedMs - lastSaid < progressEveryMs) return;
    lastSaid = waitedMs;
    log(`process ${holder} is already installing Pulumi ${engineVersion}; waiting for it (${duration(waitedMs)})`);
  };
  return await withFileLock(path.join(versions, `.${engineVersion}.lock`), { onWait, ...options.lock }, async () => {
    const madeMeanwhile = await steps.find(root);
    if (suitable(madeMeanwhile, root)) return madeMeanwhile;
    await obtain(steps, root, log, tried);
    const made = await steps.find(root);
    if (suitable(made, root)) return made;
    throw noEngine(tried);
  });
}

let shared: Promise<PulumiCommand> | undefined;

/** The one engine of this process: `ensureEngine` with its defaults, looked for once. A failure is not remembered. */
export function sharedEngine(): Promise<PulumiCommand> {
  shared ??= ensureEngine().catch((error: unknown) => {
    shared = undefined;
    throw error;
  });
  return shared;
}

/**
 * For a mocha suite that runs stacks: sees to the engine before the first test, without mocha's time limit, since a
 * first build takes minutes. Each step has a limit of its own.
 */
export function needsEngine(): void {
  before("a Pulumi engine is there", async function () {
    this.timeout(0);
    await sharedEngine();
  });
}

/** Downloads or builds, in a folder beside the final one (a rename is atomic only within one file system). */
async function obtain(steps: EngineSteps, root: string, log: (line: string) => void, tried: string[]): Promise<void> {
  const staging = mkdtempSync(path.join(path.dirname(root), `.${engineVersion}-`));
  try {
    log(`no Pulumi CLI ${oldestEngineVersion} or newer on this machine; downloading ${engineVersion}`);
    try {
      await withProgress(log, "download", steps.download(staging, engineVersion));
      putInPlace(staging, root);
      return;
    } catch (error) {
      tried.push(`download: ${messageOf(error)}`);
      log(`download not possible: ${messageOf(error).split("\n")[0]}`);
    }
    const go = await steps.goVersion();
    if (go === undefined) {
      tried.push("build: no Go toolchain on PATH");
      throw noEngine(tried);
    }
    log(`building Pulumi ${engineVersion} from its Go module with ${go}: once, about 8 minutes on two cores`);
    try {
      await withProgress(log, "build", steps.build(staging, engineVersion));
      putInPlace(staging, root);
    } catch (error) {
      tried.push(`build: ${messageOf(error)}`);
      throw noEngine(tried);
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function noEngine(tried: readonly string[]): Error {
  return new Error(
    [
      `No Pulumi engine to run with. Install the Pulumi CLI ${oldestEngineVersion} or newer ` +
        "(https://www.pulumi.com/docs/install/), or Go 1.25 or newer so that it can be built here. Tried:",
      ...tried.map((line) => `- ${line}`),
    ].join("\n"),
  );
}
