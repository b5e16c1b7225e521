import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process that belongs to one stack's run. */
export interface StackProcess {
  pid: number;
  /**
   * `engine`: the Pulumi CLI; `program`: the Node process of the user's program; `provider`: that of the dynamic provider;
   * `other`: e.g. the plugin script.
   */
  kind: "engine" | "program" | "provider" | "other";
  /** Command line and environment, as other programs of the machine may read them. */
  text: string;
}

function kindOf(command: string): StackProcess["kind"] {
  const [program = "", ...args] = command.split("\0");
  if (args.some((arg) => /cmd[\\/]dynamic-provider/.test(arg))) return "provider";
  if (args.some((arg) => /@pulumi[\\/]pulumi[\\/]cmd[\\/]run\b/.test(arg))) return "program";
  return /(?:^|[\\/])pulumi(?:\.exe)?$/.test(program) ? "engine" : "other";
}

function onLinux(variable: string): StackProcess[] {
  const found: StackProcess[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      const environment = readFileSync(`/proc/${name}/environ`, "utf8");
      if (!environment.split("\0").includes(variable)) continue;
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
      found.push({ pid: Number(name), kind: kindOf(command), text: `${command}\0${environment}` });
    } catch {
      // it ended while we looked, or belongs to somebody else
    }
  }
  return found;
}

function withPs(variable: string): StackProcess[] {
  // `e` prints the environment behind the command, `ww` does not cut it
  const listing = execFileSync("ps", ["eww", "-A", "-o", "pid=,command="], { encoding: "utf8", maxBuffer: 64 << 20 });
  return listing
    .split("\n")
    .filter((line) => line.includes(` ${variable}`))
    .map((line) => {
      const [pid = "", ...words] = line.trim().split(/\s+/);
      return { pid: Number(pid), kind: kindOf(words.join("\0")), text: line };
    })
    .filter(({ pid }) => pid !== process.pid);
}

/**
 * The living processes that have `variable` ("NAME=value") in the environment they were started with. A stack gives its
 * CLI a variable with a random value; all that the CLI starts inherits it, wherever it hangs in the tree of processes
 * (a provider whose engine was killed has lost its parent). Linux: /proc; elsewhere: `ps`.
 */
export function findProcesses(variable: string): StackProcess[] {
  return process.platform === "linux" ? onLinux(variable) : withPs(variable);
}

/** Kills at once (SIGKILL, no clean-up of their own), or sends another signal; returns how many were there to get it. */
export function killProcesses(processes: readonly StackProcess[], signal: NodeJS.Signals = "SIGKILL"): number {
  let killed = 0;
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
      killed++;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
  return killed;
}
