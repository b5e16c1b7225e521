// Names with a `*`, as options take them.

/** Whether a name is one of the patterns; any name where there are none. */
export function matcher(patterns: readonly string[] | undefined): (name: string) => boolean {
  const quote = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const expressions = patterns?.map((pattern) => new RegExp(`^${pattern.split("*").map(quote).join(".*")}$`, "su"));
  return (name) => expressions?.some((expression) => expression.test(name)) ?? true;
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}
