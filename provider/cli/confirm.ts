// Asks before anything is changed.

import { createInterface } from "node:readline/promises";

/** Where a person answers. */
interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
}

/**
 * Whether to go on: with `--yes`, or when a person says so. Without a terminal nobody can, so that the command has only
 * shown what it would do.
 *
 * @param question - as in `Delete 3 machines?`
 */
export async function isConfirmed(
  question: string,
  yes: true | undefined,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  if (yes) return true;
  if (!input.isTTY || !output.isTTY) {
    output.write(`${question} Nothing was changed; with --yes it is done.\n`);
    return false;
  }
  const asked = createInterface({ input, output });
  // the end of the input is a no
  const closed = new Promise<string>((resolve) => asked.once("close", () => resolve("")));
  const answer = await Promise.race([asked.question(`${question} [y/N] `), closed]);
  asked.close();
  if (/^y(es)?$/i.test(answer.trim())) return true;
  output.write("Nothing was changed.\n");
  return false;
}
