// Packs the package once, and installs it with the package managers that users have.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { childEnvironment, repositoryRoot } from "../harness/environment";
import { runCommand } from "../harness/runCommand";
import type { Row } from "./matrix";
import { filesOf } from "./program";

const modules = path.join(__dirname, "node_modules");

/** The folders of the Node.js versions: the oldest that package.json allows, and the one that runs the tests. */
export const nodeFolders: Readonly<Record<Row["node"], string>> = {
  oldest: path.join(modules, "node-oldest", "bin"),
  newest: path.dirname(process.execPath),
};

interface Manifest {
  engines: { node: string };
  peerDependencies: Record<string, string>;
}

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(path.join(repositoryRoot, "package.json"), "utf8")) as Manifest;
}

export interface Packed {
  tarball: string;
  /** Bytes of the tarball. */
  size: number;
  files: { path: string }[];
}

/** `npm pack`, into `folder`. */
export async function pack(folder: string): Promise<Packed> {
  const args = ["pack", "--ignore-scripts", "--json", "--silent", "--pack-destination", folder];
  const output = await runCommand("npm", args, { cwd: repositoryRoot, env: childEnvironment(), timeLimitMs: 60_000 });
  const [packed] = JSON.parse(output) as [{ filename: string; size: number; files: { path: string }[] }];
  return { ...packed, tarball: path.join(folder, packed.filename) };
}

const managers: Readonly<Record<Row["manager"], readonly string[]>> = {
  npm: ["npm", "install", "--no-audit", "--no-fund"],
  pnpm: ["node", path.join(modules, "pnpm", "bin", "pnpm.mjs"), "install"],
  yarn: ["node", path.join(modules, "yarn", "bin", "yarn.js"), "install", "--no-progress"],
};

/** Writes the row's project into `folder` and installs what it depends on. `caches` serves all rows of a run. */
export async function install(row: Row, folder: string, caches: string, tarball: string): Promise<void> {
  const oldestSdk = readManifest().peerDependencies["@pulumi/pulumi"]!.replace("^", "");
  for (const [file, text] of Object.entries(filesOf(row, { tarball, oldestSdk }))) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  const PATH = `${nodeFolders[row.node]}${path.delimiter}${process.env.PATH ?? ""}`;
  const options = { cwd: folder, env: childEnvironment({ PATH }), timeLimitMs: 180_000 };
  // each manager has its own way to be told of a registry, but all of them read this file
  const registry = await runCommand("npm", ["config", "get", "registry"], { ...options, cwd: repositoryRoot });
  writeFileSync(path.join(folder, ".npmrc"), `registry=${registry.trim()}\n`);
  const [command, ...args] = managers[row.manager];
  const store = row.manager === "pnpm" ? ["--store-dir", path.join(caches, "pnpm")] : [];
  options.env.YARN_CACHE_FOLDER = path.join(caches, "yarn");
  await runCommand(command!, [...args, ...store], options);
}
