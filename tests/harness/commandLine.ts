import { execFile } from "node:child_process";
import path from "node:path";
import { childEnvironment, repositoryRoot } from "./environment";

/** What a command has printed, and how it has ended. */
export interface CommandResult {
  status: number;
  stdout: string;
  stderr: string;
}

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
