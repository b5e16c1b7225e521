// A folder for temporary files in which the processes of one user on one machine tell each other something.

import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The folder of this user. */
export function privateFolder(): string {
  return path.join(tmpdir(), `pulumi-zpa-dynamic-${process.getuid?.() ?? "user"}`);
}

/**
 * Creates the folder where it is missing.
 *
 * @throws when somebody else owns it or may write to it
 */
export function openPrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
  if (!isOurs) throw new Error(`${folder} belongs to somebody else`);
}
