import { spawn } from "node:child_process";

/** A command that could not be started, failed, or was stopped at its time limit. */
export class CommandFailed extends Error {
  override name = "CommandFailed";

  constructor(
    message: string,
    /** All that it has printed. */
    readonly output = "",
  ) {
    super(message);
  }
}

/** How a command is run. */
export interface RunOptions {
  cwd: string;
  env: Record<string, string>;
  /** Milliseconds after which the command and all its children are killed. */
  timeLimitMs: number;
}

const keptLines = 15;

/**
 * Runs a command to its end and returns its output. Nothing is printed: the last lines stand in the error.
 * The command gets a process group of its own, so that the time limit also ends what it has started.
 *
 * @throws CommandFailed
 */
export async function runCommand(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  const stop = () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
    } catch {
      // it ended in this very moment
    }
  };
  const output: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));

  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, options.timeLimitMs);
  process.once("exit", stop);
  try {
    const end = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) =>
        resolve(code === 0 ? "" : signal ? `signal ${signal}` : `exit code ${code}`),
      );
    });
    const text = output.join("");
    if (timedOut) throw new CommandFailed(`${command}: stopped after ${options.timeLimitMs / 1000} s`, text);
    const lastLines = text.trimEnd().split("\n").slice(-keptLines).join("\n");
    if (end) throw new CommandFailed(`${command}: ${end}\n${lastLines}`, text);
    return text;
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(`${command}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearTimeout(timer);
    process.removeListener("exit", stop);
  }
}
