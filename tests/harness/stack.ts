import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  type ConfigValue,
  type Deployment,
  type DestroyOptions,
  type EngineEvent,
  LocalWorkspace,
  type OutputMap,
  type PreviewOptions,
  type PulumiCommand,
  type PulumiFn,
  type RefreshOptions,
  type Stack,
  type UpOptions,
} from "@pulumi/pulumi/automation";
import { sharedEngine } from "./engine";
import { childEnvironment, pathWithThisNode, repositoryRoot, withEnvironment } from "./environment";
import "./freshConnections";
import { installLanguageHost } from "./languageHost";
import { isRpcDebugLine, type OperationResult, resultOf } from "./operationResult";
import { runCommand } from "./runCommand";
import { findProcesses, killProcesses } from "./stackProcesses";
import { textsUnder } from "./storedFiles";

export type { OperationResult, Step } from "./operationResult";

/** A folder of stacks. Stacks that refer to each other (`StackReference`) share one, with its passphrase. */
interface Backend {
  folder: string;
  passphrase: string;
}

/** What a stack is made of. */
export interface StackArgs {
  /** The Pulumi program; it runs in this process. */
  program: PulumiFn;
  /** Environment of the program and of the providers. The caller's own ZPA_, ZSCALER_ and PULUMI_ variables are unset. */
  env?: Record<string, string>;
  /** Stack configuration; a key without namespace gets the project's. */
  config?: Record<string, string | ConfigValue>;
  /** Default `test`. */
  stackName?: string;
  /** Default `harness`. */
  projectName?: string;
  /**
   * The folder that the provider process runs in, and resolves modules from; the CLI takes the program from it. Default:
   * this repository.
   */
  workDir?: string;
  /** Another stack's backend, to live beside it. Default: a new one in a temporary folder. */
  backend?: Backend;
  /** Default: what `ensureEngine` finds. Where it may have to be built first, call `needsEngine` in the suite. */
  engine?: PulumiCommand;
}

/** What `up` printed and did, and the stack's outputs. */
export interface UpOperationResult extends OperationResult {
  outputs: OutputMap;
}

/** A stack of one test, run by the genuine engine in a folder of its own. */
export interface TestStack {
  readonly backend: Backend;
  /** `organization/<project>/<stack>`: the name a `StackReference` takes. Follows a rename. */
  readonly fullName: string;
  up(options?: UpOptions): Promise<UpOperationResult>;
  preview(options?: PreviewOptions): Promise<OperationResult>;
  refresh(options?: RefreshOptions): Promise<OperationResult>;
  destroy(options?: DestroyOptions): Promise<OperationResult>;
  /** Releases the lock that a killed engine left behind. */
  cancel(): Promise<void>;
  outputs(): Promise<OutputMap>;
  /** The state as it is stored: secrets are ciphertext. With `showSecrets` as `pulumi stack export --show-secrets` has it. */
  exportState(options?: { showSecrets?: boolean }): Promise<Deployment>;
  importState(state: Deployment): Promise<void>;
  /**
   * Everything that the CLI has written: state, history and backups, the stack's settings, its own logs (those of up,
   * refresh and so on are encrypted by the CLI). For the search for secrets.
   */
  storedText(): string;
  /**
   * All that was printed and every engine event and error so far, for the search for secrets. Left out is one upstream
   * channel that no provider can close: debug events in which Pulumi's Node SDK writes the engine's answers in full.
   */
  transcript(): string;
  /**
   * Runs the CLI itself on this stack and returns what it printed. A program that it needs is that of `workDir`.
   *
   * @throws CommandFailed with the last lines
   */
  cli(...args: string[]): Promise<string>;
  /** `pulumi stack rename`. */
  rename(stackName: string): Promise<void>;
  setProgram(program: PulumiFn): void;
  /** Another environment from now on, as when the next run takes place elsewhere or with other credentials. */
  setEnvironment(env: Record<string, string>): void;
  /**
   * Kills the dynamic-provider processes of this stack's run with SIGKILL, as a crash would, and returns how many there
   * were. They are found by a random variable in their environment (see `findProcesses`).
   */
  killProviders(): number;
  /** How many dynamic-provider processes of this stack's run live. */
  countProviders(): number;
  /** Kills the Pulumi CLI of this stack's run with SIGKILL, and then its orphaned providers. Returns how many engines. */
  killEngine(): number;
  /** Sends a signal to the Pulumi CLI of this stack's run alone, and returns how many there were. */
  signalEngine(signal: NodeJS.Signals): number;
  /** The Automation API's own object, for what is not offered here. Its calls do not go into the transcript. */
  readonly automation: Stack;
  /** Runs `action` in the environment of this stack's program. For calls of `automation`. */
  inEnvironment<T>(action: () => Promise<T>): Promise<T>;
  /** Ends what still runs and removes the stack's folder. Does not destroy resources. */
  dispose(): void;
}

interface Recorder {
  onOutput: (text: string) => void;
  onError: (text: string) => void;
  onEvent: (event: EngineEvent) => void;
}

/** The folder of a CLI that is not on PATH, where its plugins are. */
function besides({ command }: PulumiCommand): string[] {
  return path.isAbsolute(command) ? [path.dirname(command)] : [];
}

/**
 * Creates a stack with a file backend in a temporary folder. Nothing is shared with the developer's own Pulumi or with
 * other tests: home, backend, passphrase (random) and settings are the stack's own.
 */
export async function createStack(args: StackArgs): Promise<TestStack> {
  const { config = {}, projectName = "harness" } = args;
  let { env = {}, stackName = "test" } = args;
  const engine = args.engine ?? (await sharedEngine());
  const folder = mkdtempSync(path.join(os.tmpdir(), "zpa-stack-"));
  const workDir = path.join(folder, "work");
  const home = path.join(folder, "home");
  const backend = args.backend ?? {
    folder: path.join(folder, "backend"),
    passphrase: randomBytes(16).toString("hex"),
  };
  for (const needed of [workDir, home, backend.folder]) mkdirSync(needed, { recursive: true });

  const languageHost = path.join(folder, "bin");
  installLanguageHost(languageHost);
  const marker = { name: "HARNESS_STACK", value: randomBytes(12).toString("hex") };
  const processes = () => findProcesses(`${marker.name}=${marker.value}`);
  const providers = () => processes().filter(({ kind }) => kind === "provider");
  const recorded: string[] = [];
  let program = args.program;

  const automation = await withEnvironment(env, async () => {
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName, projectName, program: () => program() },
      {
        pulumiCommand: engine,
        pulumiHome: home,
        workDir,
        projectSettings: {
          name: projectName,
          runtime: "nodejs",
          // Without it the provider process starts in `workDir`, where no package can be resolved
          main: args.workDir ?? repositoryRoot,
          backend: { url: `file://${backend.folder}` },
        },
        envVars: {
          PATH: [languageHost, ...besides(engine), pathWithThisNode()].join(path.delimiter),
          PULUMI_CONFIG_PASSPHRASE: backend.passphrase,
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          [marker.name]: marker.value,
        },
      },
    );
    const values = Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? { value } : value]);
    if (values.length > 0) await stack.setAllConfig(Object.fromEntries(values) as Record<string, ConfigValue>);
    return stack;
  });

  const inEnvironment = <T>(action: () => Promise<T>) => withEnvironment(env, action);

  async function operate<O extends Partial<Recorder>, R extends { stdout: string; stderr: string }>(
    title: string,
    options: O | undefined,
    run: (options: O & Recorder) => Promise<R>,
  ): Promise<{ raw: R; result: OperationResult }> {
    const events: EngineEvent[] = [];
    recorded.push(`--- ${title}\n`);
    const recorder: Recorder = {
      onOutput: (text) => {
        recorded.push(text);
        options?.onOutput?.(text);
      },
      onError: (text) => {
        recorded.push(text);
        options?.onError?.(text);
      },
      onEvent: (event) => {
        events.push(event);
        if (!isRpcDebugLine(event)) recorded.push(`${JSON.stringify(event)}\n`);
        options?.onEvent?.(event);
      },
    };
    try {
      const raw = await inEnvironment(() => run({ ...(options as O), ...recorder }));
      return { raw, result: resultOf(events, raw) };
    } catch (error) {
      recorded.push(`${error instanceof Error ? error.stack : String(error)}\n`);
      throw error;
    }
  }

  return {
    backend,
    get fullName() {
      return `organization/${projectName}/${stackName}`;
    },
    automation,
    inEnvironment,
    async up(options) {
      const { raw, result } = await operate("up", options, (o) => automation.up(o));
      return { ...result, outputs: raw.outputs };
    },
    async preview(options) {
      return (await operate("preview", options, (o) => automation.preview(o))).result;
    },
    async refresh(options) {
      return (await operate("refresh", options, (o) => automation.refresh(o))).result;
    },
    async destroy(options) {
      return (await operate("destroy", options, (o) => automation.destroy(o))).result;
    },
    cancel: () => inEnvironment(() => automation.cancel()),
    outputs: () => inEnvironment(() => automation.outputs()),
    async exportState({ showSecrets = false } = {}) {
      if (showSecrets) return await inEnvironment(() => automation.exportStack());
      const file = path.join(backend.folder, ".pulumi", "stacks", projectName, `${stackName}.json`);
      const stored = JSON.parse(readFileSync(file, "utf8")) as {
        version: number;
        checkpoint: { latest?: object };
      };
      return { version: stored.version, deployment: stored.checkpoint.latest ?? {} };
    },
    importState: (state) => inEnvironment(() => automation.importStack(state)),
    storedText: () => [backend.folder, home, workDir].flatMap((at) => Object.values(textsUnder(at))).join("\n"),
    transcript: () => recorded.join(""),
    async cli(...command) {
      recorded.push(`--- pulumi ${command.join(" ")}\n`);
      const { envVars } = automation.workspace;
      const run = () =>
        runCommand(engine.command, [...command, "--non-interactive"], {
          cwd: workDir,
          env: childEnvironment({ ...env, ...envVars, PULUMI_HOME: home }),
          timeLimitMs: 90_000,
        });
      try {
        const printed = await run();
        recorded.push(printed);
        return printed;
      } catch (error) {
        recorded.push(`${String(error)}\n`);
        throw error;
      }
    },
    async rename(next) {
      await inEnvironment(() => automation.rename({ stackName: next }));
      stackName = next;
    },
    setProgram(next) {
      program = next;
    },
    setEnvironment(next) {
      env = next;
    },
    killProviders: () => killProcesses(providers()),
    countProviders: () => providers().length,
    killEngine() {
      const engines = killProcesses(processes().filter(({ kind }) => kind === "engine"));
      killProcesses(processes());
      return engines;
    },
    signalEngine: (signal) =>
      killProcesses(
        processes().filter(({ kind }) => kind === "engine"),
        signal,
      ),
    dispose() {
      killProcesses(processes());
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
