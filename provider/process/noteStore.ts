// The file in which the runs of this user on this machine leave notes for later runs: a line each, in one file for each day.
// Only the notes of today and of the day before are read.

import { randomUUID } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";

/** Milliseconds that one file covers. */
export const period = 24 * 60 * 60 * 1000;
const prefix = "objects.";

/** Lines that wait for the end of the run. */
const waiting = new Set<string>();

/** Notes these lines when the engine has recorded everything and interrupts the provider, and not where it is killed. */
export function atOrderlyEnd(lines: readonly string[]): void {
  if (waiting.size === 0 && lines.length > 0) writeAtOrderlyEnd();
  for (const line of lines) waiting.add(line);
}

/**
 * Notes immediately that something is about to happen, because the process may be killed next.
 *
 * @param of - what it is: the beginning of the line
 * @param text - any text of one line
 * @returns the id of the note, for {@link settle}
 */
export function noteOpen(of: string, text: string): string {
  const id = randomUUID();
  write([`${of} ${id} ${process.pid} ${text}`]);
  return id;
}

/** The notes that nobody has settled, the oldest first, each with the process that made it. */
export function openNotes(of: string): { id: string; pid: number; text: string }[] {
  const lines = read();
  return [...lines]
    .filter((line) => line.startsWith(`${of} `))
    .flatMap((line) => [...line.slice(of.length + 1).matchAll(/^(\S+) (\d+) (.*)$/g)])
    .map(([, id = "", pid, text = ""]) => ({ id, pid: Number(pid), text }))
    .filter(({ id }) => !lines.has(settledLine(id)));
}

/** Notes that the outcome of these is known. */
export function settle(ids: readonly string[]): void {
  write(ids.map(settledLine));
}

/** The line that says so. */
export function settledLine(id: string): string {
  return `settled ${id}`;
}

function writeAtOrderlyEnd(): void {
  for (const signal of ["SIGINT", "SIGBREAK"] as const) {
    process.once(signal, () => {
      const known = read();
      write([...waiting].filter((line) => !known.has(line)));
      // Windows has no SIGBREAK to send
      if (signal === "SIGBREAK") process.exit();
      process.kill(process.pid, signal);
    });
  }
}

/** Notes these lines now. */
export function write(lines: readonly string[]): void {
  if (lines.length === 0) return;
  try {
    const folder = openFolder();
    for (const name of files(folder)) if (!isRecent(name)) rmSync(path.join(folder, name), { force: true });
    appendFileSync(path.join(folder, `${prefix}${today()}`), `${lines.join("\n")}\n`, { mode: 0o600 });
  } catch {
    // without notes, what ZPA and state tell decides
  }
}

/** All lines. */
export function read(): Set<string> {
  try {
    const folder = openFolder();
    const recent = files(folder).filter(isRecent).sort();
    const texts = recent.map((name) => readFileSync(path.join(folder, name), "utf8"));
    return new Set(texts.join("\n").split("\n"));
  } catch {
    return new Set();
  }
}

/** Loaded when it is needed: nothing of the client is loaded before the first request. */
function openFolder(): string {
  const { openPrivateFolder, privateFolder } =
    require("../../sdk/privateFolder") as typeof import("../../sdk/privateFolder");
  const folder = privateFolder();
  openPrivateFolder(folder);
  return folder;
}

function files(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith(prefix));
}

/** Whether a file is of today or of the day before: older notes decide nothing any more. */
function isRecent(name: string): boolean {
  return dayOf(name) >= today() - 1;
}

function dayOf(name: string): number {
  return Number(name.slice(prefix.length));
}

function today(): number {
  return Math.floor(Date.now() / period);
}
