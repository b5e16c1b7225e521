#!/usr/bin/env node
// `npx pulumi-zpa-dynamic`

import "../model/nodeVersion";
import { CommanderError } from "commander";
import { visibleLines } from "../model/visible";
import { exitCodes } from "./exit";
import { commandLine, separateValues } from "./program";

// the reader of a pipe may have seen enough: the command goes on to its end, and to its exit code
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // EOF on Windows
    if (error.code === "EPIPE" || error.code === "EOF") return;
    if (stream === process.stdout) process.stderr.write(`The output cannot be written: ${error.message}\n`);
    process.exit(exitCodes.failed);
  });
}

commandLine()
  .parseAsync(separateValues(process.argv.slice(2)), { from: "user" })
  .catch((error: unknown) => {
    if (error instanceof CommanderError) {
      // commander has written its own message
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
      return;
    }
    process.stderr.write(`${visibleLines(error instanceof Error ? error.message : String(error))}\n`);
    process.exitCode = exitCodes.failed;
  });
