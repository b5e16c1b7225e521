// A program in a folder of its own, for what only the CLI itself can do.

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { repositoryRoot } from "../harness/environment";

export interface ProgramFolder {
  readonly path: string;
  remove(): void;
}

/** A folder with this JavaScript program, in which this package and Pulumi's SDK are installed. */
export function programFolder(source: string): ProgramFolder {
  const folder = mkdtempSync(path.join(os.tmpdir(), "zpa-program-"));
  symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(folder, "node_modules"));
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "program", main: "index.js" }));
  writeFileSync(path.join(folder, "index.js"), source);
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
