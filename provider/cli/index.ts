#!/usr/bin/env node
// `npx pulumi-zpa-dynamic`

import "../model/nodeVersion";
import { CommanderError } from "commander";
import { exitCodes } from "./exit";
import { commandLine, separateValues } from "./program";
import { visibleLines } from "./terminal";

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
