import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

/** The texts of all files below a folder, by their paths in it; the CLI packs the logs of its lesser commands with gzip. */
export function textsUnder(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile(),
  );
  return Object.fromEntries(files.map((name) => [name, textOf(path.join(folder, name))]));
}

function textOf(file: string): string {
  const stored = readFileSync(file);
  const isPacked = stored.subarray(0, 2).toString("hex") === "1f8b";
  return (isPacked ? gunzipSync(stored) : stored).toString("utf8");
}
