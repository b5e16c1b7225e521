// Secrets leave the provider process marked as such. The engine keeps what is marked as a secret, wherever it comes from:
// also where it does not know that itself, as of outputs after an import, or of arguments that have passed through the
// transforms of a program.

import { isUnknown, type Values } from "./fields";

/** How Pulumi marks a secret between engine and provider (`resource.SecretSig` in its sources). */
const secretSignature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" } as const;

/** A copy in which these properties are marked as secrets. */
export function marked<V extends Values>(values: V, names: readonly string[]): V {
  const entries = names
    .filter((name) => values[name] !== undefined && !isUnknown(values[name]))
    .map((name) => [name, { ...secretSignature, value: values[name] }]);
  return { ...values, ...Object.fromEntries(entries) } as V;
}
