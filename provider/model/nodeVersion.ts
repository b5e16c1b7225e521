// The first thing that is loaded: an older Node.js would fail somewhere within, with a message that does not say why.

import { createRequire } from "node:module";

const { engines } = createRequire(__filename)("pulumi-zpa-dynamic/package.json") as { engines: { node: string } };

/** Whether a version is below another, as in `22.18.4` and `>=22.19`. Major and minor count. */
export function isOlder(version: string, needed: string): boolean {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
  const [[major = 0, minor = 0], [least = 0, leastMinor = 0]] = [numbers(version), numbers(needed)];
  return major < least || (major === least && minor < leastMinor);
}

/** What to tell somebody whose Node.js is too old; undefined when it is not. `needed` is as in `>=22.19`. */
export function tooOld(version: string, needed: string = engines.node): string | undefined {
  if (!isOlder(version, needed)) return undefined;
  return `pulumi-zpa-dynamic needs Node.js ${needed}, and this is ${version}. Install a newer Node.js.`;
}

const problem = tooOld(process.versions.node);
if (problem !== undefined) throw new Error(problem);
