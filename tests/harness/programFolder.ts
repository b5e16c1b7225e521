// A folder with Pulumi programs, for the CLI to run them as a user does.

import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { makePassphrase } from "./canaries";
import { sharedEngine } from "./engine";
import { childEnvironment, pathWithThisNode, repositoryRoot } from "./environment";
import { installLanguageHost } from "./languageHost";
import { runCommand } from "./runCommand";
import { findProcesses, type StackProcess } from "./stackProcesses";

/** Runs one command of the CLI, and returns all that it prints. */
export type Cli = (args: readonly string[], env?: Record<string, string>) => Promise<string>;

/** The same for single arguments, with all that its commands have printed. */
export function recording(cli: Cli): { pulumi: (...args: string[]) => Promise<string>; printed: string[] } {
  const printed: string[] = [];
  const pulumi = async (...args: string[]) => {
    const output = await cli(args);
    printed.push(output);
    return output;
  };
  return { pulumi, printed };
}

export interface CliOptions {
  /** The folder of the Node.js that programs and providers run on; default this process's own. */
  node?: string;
  /** Starts the CLI in another folder, with `pulumi -C`. */
  elsewhere?: boolean;
}

export class ProgramFolder {
  readonly path = mkdtempSync(path.join(os.tmpdir(), "zpa-folder-"));
  private readonly passphrase = makePassphrase();
  private readonly marker = { name: "HARNESS_FOLDER", value: randomBytes(12).toString("hex") };

  /** @param env - of the programs and providers */
  constructor(private readonly env: Readonly<Record<string, string>>) {
    mkdirSync(path.join(this.path, "backend"));
    installLanguageHost(path.join(this.path, "bin"));
  }

  /** The repository's quickstart, and its project at the top that runs the same program. */
  addQuickstart(): void {
    const quickstart = path.join("examples", "quickstart");
    const files = ["Pulumi.yaml", "index.ts", "package.json", "tsconfig.json"].map((name) =>
      path.join(quickstart, name),
    );
    for (const file of ["Pulumi.yaml", ...files]) cpSync(path.join(repositoryRoot, file), path.join(this.path, file));
    symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(this.path, "node_modules"));
  }

  /** A project in a folder of its own, with a program in JavaScript. */
  addProgram(project: string, program: string): void {
    const folder = path.join(this.path, project);
    mkdirSync(folder);
    symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(folder, "node_modules"));
    writeFileSync(path.join(folder, "index.js"), program);
    const dependencies = { "@pulumi/pulumi": "*", "pulumi-zpa-dynamic": "*" };
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: project, main: "index.js", dependencies }));
    writeFileSync(path.join(folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  }

  /** The processes that a command has started and that run now, the CLI itself among them. */
  processes(): StackProcess[] {
    return findProcesses(`${this.marker.name}=${this.marker.value}`);
  }

  /** The CLI in one of the folders below. */
  async cli(project: string, { node, elsewhere = false }: CliOptions = {}): Promise<Cli> {
    const { command } = await sharedEngine();
    const env = childEnvironment(await this.environment(node));
    const place = path.join(this.path, project);
    const cwd = elsewhere ? path.join(this.path, "bin") : place;
    const common = ["--non-interactive", ...(elsewhere ? ["-C", place] : [])];
    return (args, more) =>
      runCommand(command, [...common, ...args], { cwd, env: { ...env, ...more }, timeLimitMs: 60_000 });
  }

  /** What the CLI needs: the engine, this folder's backend and its passphrase. */
  async environment(node?: string): Promise<Record<string, string>> {
    const { command } = await sharedEngine();
    const folders = [path.join(this.path, "bin"), path.dirname(command), ...(node ? [node] : []), pathWithThisNode()];
    return {
      ...this.env,
      PATH: folders.join(path.delimiter),
      PULUMI_HOME: path.join(this.path, "home"),
      PULUMI_BACKEND_URL: `file://${path.join(this.path, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: this.passphrase,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      [this.marker.name]: this.marker.value,
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
  }

  dispose(): void {
    rmSync(this.path, { recursive: true });
  }
}
