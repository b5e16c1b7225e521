// What the commands ask of Pulumi's CLI.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { visibleLines } from "../model/visible";

/** A value of a stack's configuration. */
interface ConfigEntry {
  value: string;
  /** Whether it is encrypted in the stack's file. */
  isSecret: boolean;
}

/** By key, as in `zpa:clientId`. Holds secrets. */
export type StackConfig = ReadonlyMap<string, ConfigEntry>;

/** Milliseconds. A backend may be far away, and an environment may have to be opened. */
const timeLimit = 120_000;

/**
 * Runs the CLI, which asks nothing. The error has what it says on standard error, and never its output.
 *
 * @throws Error
 */
export function pulumi(args: readonly string[], cwd: string): Promise<string> {
  const missing = missingFolder(cwd);
  if (missing !== undefined) return Promise.reject(new Error(missing));
  const options = { cwd, timeout: timeLimit, maxBuffer: 2 ** 26, windowsHide: true };
  return new Promise((resolve, reject) => {
    execFile("pulumi", args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if (error.code === "ENOENT") return reject(new Error("there is no Pulumi CLI on PATH: install it"));
      const lines = stderr.split("\n").filter((line) => line.trim() !== "");
      const said = lines.findLast((line) => line.startsWith("error: "))?.slice("error: ".length) ?? lines.at(-1);
      reject(new Error(visibleLines(said ?? (error.killed ? "it takes too long" : "it failed without a word"))));
    });
  });
}

/** What to say of `--cwd` where the folder is not there. */
export function missingFolder(cwd: string): string | undefined {
  return existsSync(cwd) ? undefined : `--cwd: there is no folder ${cwd}.`;
}

/**
 * The configuration of a stack as `pulumi up` reads it: with the project's defaults and the stack's environments. One
 * call of the CLI, not the Automation API, whose errors repeat the output and so may hold a secret.
 *
 * @param stack default: the one that is selected in the folder
 * @throws Error saying what Pulumi says
 */
export async function readStackConfig(folder: string, stack: string | undefined): Promise<StackConfig> {
  const which = stack === undefined ? [] : ["--stack", stack];
  const args = ["config", "--json", "--show-secrets", "--non-interactive", ...which];
  const output = await pulumi(args, folder).catch((error: Error) => {
    const command = ["pulumi config", ...which].join(" ");
    throw new Error(`Pulumi's configuration cannot be read with ${command}: ${error.message}`);
  });
  return parseConfig(output);
}

function parseConfig(output: string): StackConfig {
  let entries: Record<string, { value?: string; secret?: boolean }>;
  try {
    entries = JSON.parse(output) as typeof entries;
  } catch {
    // never the parser's error: it quotes the text
    throw new Error("Pulumi's configuration cannot be read: pulumi config --json printed no JSON.");
  }
  return new Map(
    Object.entries(entries).map(([key, { value = "", secret = false }]) => [key, { value, isSecret: secret }]),
  );
}
