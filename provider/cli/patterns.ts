// What options take that may be repeated: names with a `*`, and texts that mean themselves.

import { isIP, SocketAddress } from "node:net";
import { InvalidArgumentError } from "commander";
import type { UnreadableObject } from "../../sdk";
import { parseId } from "./settings";

/** Whether a name is one of the patterns; any name where there are none. */
export function matcher(patterns: readonly string[] | undefined): (name: string) => boolean {
  const quote = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const expressions = patterns?.map((pattern) => new RegExp(`^${pattern.split("*").map(quote).join(".*")}$`, "su"));
  return (name) => expressions?.some((expression) => expression.test(name)) ?? true;
}

/** Whether an object that cannot be read may have a name: of some, ZPA's answer does not even tell it. */
export function mayBeNamed({ id, name }: UnreadableObject, isWanted: (name: string) => boolean): boolean {
  return id === "" || name === "" || name === id || isWanted(name);
}

/** Collects the patterns of an option. An empty one is mostly a variable of a script that is not set. */
export function collectPatterns(value: string, earlier: string[] = []): string[] {
  if (value.trim() === "") throw new InvalidArgumentError("It is empty.");
  return [...earlier, value];
}

/** Collects IP addresses. */
export function collectAddresses(value: string, earlier: string[] = []): string[] {
  if (isIP(value) === 0) throw new InvalidArgumentError("Give an IP address, as in 10.0.1.23.");
  return [...earlier, canonicalAddress(value)];
}

/** The one way of many to write an IPv6 address; any other text as it is. */
export function canonicalAddress(text: string): string {
  return isIP(text) === 6 ? new SocketAddress({ address: text, family: "ipv6" }).address : text;
}

/** Collects ids. */
export function collectIds(value: string, earlier: string[] = []): string[] {
  return [...earlier, parseId(value)];
}
