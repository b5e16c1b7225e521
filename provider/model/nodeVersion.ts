// The first thing that is loaded: an older Node.js would fail somewhere within, with a message that does not say why.

import { createRequire } from "node:module";

const { engines } = createRequire(__filename)("pulumi-zpa-dynamic/package.json") as { engines: { node: string } };

/** What to tell somebody whose Node.js is too old; undefined when it is not. `needed` is as in `>=22.19`. */
export function tooOld(version: string, needed: string = engines.node): string | undefined {
  const numbers = (text: string) => text.match(/\d+/g)!.map(Number);
  const [[major = 0, minor = 0], [least = 0, leastMinor = 0]] = [numbers(version), numbers(needed)];
  if (major > least || (major === least && minor >= leastMinor)) return undefined;
  return `pulumi-zpa-dynamic needs Node.js ${needed}, and this is ${version}. Install a newer Node.js.`;
}

const problem = tooOld(process.versions.node);
if (problem !== undefined) throw new Error(problem);
