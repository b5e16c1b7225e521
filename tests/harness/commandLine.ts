import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { childEnvironment, repositoryRoot } from "./environment";

/** What a command has printed, and how it has ended. */
export interface CommandResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** Makes a process take its pipes for a terminal. */
const asTerminal = `data:text/javascript,for (const stream of [process.stdin, process.stderr]) Object.defineProperty(stream, "isTTY", { value: true });`;

/** The command, as `npm run build` has made it. */
export const builtCommand = path.join(repositoryRoot, "dist", "provider", "cli", "index.js");

/**
 * Runs `npx pulumi-zpa-dynamic` as a process of its own, as `npm run build` has made it.
 *
 * @param env - beside the machine's own, which holds no ZPA_, ZSCALER_ and PULUMI_ variables
 */
export function commandLine(
  args: readonly string[],
  env: Record<string, string>,
  cwd = repositoryRoot,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { cwd, env: childEnvironment(env), timeout: 60_000 };
    execFile(process.execPath, [builtCommand, ...args], options, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** The same with a person who answers its question with yes, after `meanwhile`. */
export async function confirmedCommandLine(
  args: readonly string[],
  env: Record<string, string>,
  meanwhile: () => void,
): Promise<CommandResult> {
  const options = { cwd: repositoryRoot, env: childEnvironment(env), timeout: 60_000 };
  const command = spawn(process.execPath, ["--import", asTerminal, builtCommand, ...args], options);
  const printed = { stdout: "", stderr: "" };
  command.stdout.on("data", (chunk: Buffer) => (printed.stdout += chunk.toString()));
  let isAsked = false;
  command.stderr.on("data", (chunk: Buffer) => {
    printed.stderr += chunk.toString();
    if (isAsked || !printed.stderr.includes("[y/N]")) return;
    isAsked = true;
    meanwhile();
    command.stdin.write("y\n");
  });
  const [status] = (await once(command, "close")) as [number];
  return { status, ...printed };
}
