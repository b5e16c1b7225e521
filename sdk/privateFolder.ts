// A private folder for temporary files that one user's processes on one machine share.

import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** This user's folder, below the system's folder for temporary files. */
export function privateFolder(): string {
  return path.join(tmpdir(), `pulumi-zpa-dynamic-${process.getuid?.() ?? "user"}`);
}

/**
 * Creates the folder if it does not exist.
 *
 * @throws Error if another user owns it or may write to it
 */
export function openPrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
  if (!isOurs) throw new Error(`${folder} is owned by, or writable for, another user`);
}
