// The command line as a whole. Commander parses it: it writes the help, and answers a mistake with a sentence that names
// the nearest right word; parseArgs of Node.js does neither, and knows no commands.

import { createRequire } from "node:module";
import { Command } from "commander";
import { visibleLines } from "../model/visible";
import { addConnectors } from "./connectors";
import { addDoctor } from "./doctor";
import { exitCodesText } from "./exit";
import { addImport } from "./import";
import { addKeys } from "./keys";

const { version } = createRequire(__filename)("pulumi-zpa-dynamic/package.json") as { version: string };

/** The commands. Parsing throws CommanderError in place of ending the process, so that all output is written. */
export function commandLine(): Command {
  const program = new Command("pulumi-zpa-dynamic")
    .description(
      "Looks after a Zscaler Private Access tenant beside Pulumi. Nothing is changed in ZPA without --disable or --delete.",
    )
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureOutput({ outputError: (text, write) => write(visibleLines(text)) })
    .showHelpAfterError("(--help lists what there is)")
    .exitOverride();
  addDoctor(program);
  addKeys(program);
  addConnectors(program);
  addImport(program);
  return program.addHelpText("after", `\n${exitCodesText}`);
}

/** An option and its value as two words: with one, commander would repeat the value of an unknown option. */
export function separateValues(words: readonly string[]): string[] {
  const end = words.indexOf("--");
  return words.flatMap((word, index) => {
    const [, option, value] = ((end === -1 || index < end) && /^(--[^=]+)=(.*)$/s.exec(word)) || [];
    return option === undefined ? [word] : [option, value!];
  });
}
