// What options take that may be repeated: names with a `*`, and texts that mean themselves.

import { isIP } from "node:net";
import { InvalidArgumentError } from "commander";
import { parseId } from "./settings";

/** Whether a name is one of the patterns; any name where there are none. */
export function matcher(patterns: readonly string[] | undefined): (name: string) => boolean {
  const quote = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const expressions = patterns?.map((pattern) => new RegExp(`^${pattern.split("*").map(quote).join(".*")}$`, "su"));
  return (name) => expressions?.some((expression) => expression.test(name)) ?? true;
}

/** Collects the patterns of an option. An empty one is mostly a variable of a script that is not set. */
export function collectPatterns(value: string, earlier: string[] = []): string[] {
  if (value.trim() === "") throw new InvalidArgumentError("It is empty.");
  return [...earlier, value];
}

/** Collects IP addresses. */
export function collectAddresses(value: string, earlier: string[] = []): string[] {
  if (isIP(value) === 0) throw new InvalidArgumentError("Give an IP address, as in 10.0.1.23.");
  return [...earlier, value];
}

/** Collects ids. */
export function collectIds(value: string, earlier: string[] = []): string[] {
  return [...earlier, parseId(value)];
}
