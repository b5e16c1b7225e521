// What the runs of this user on this machine note down of the objects that they create and see, for the runs after them.
// A create that finds an object under its own generated name has to know: either a run crashed before the engine recorded
// the object, or a state owns it, and the engine forces a replacement, a stack was renamed, a resource was moved. The
// engine does not say which.
//
// When a run ends in order, the engine has recorded what was handed to it, and interrupts its providers. Then they note the
// ids of these objects, and of those that state held already. What decides on a deletion is noted at once. Where there are
// no notes, such as on another machine, the object's own age and use have to tell.

import { createHash } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";

/** Milliseconds of one file: an object that is older than a day is never taken for a crashed run's. */
const period = 24 * 60 * 60 * 1000;
const prefix = "objects.";

/** Ids alone are not enough: those of two tenants, or of two simulators, may be the same. */
export interface HandedOver {
  tenant: string;
  kind: string;
  id: string;
  /** Undefined where the answer to the creation does not tell it. */
  creationTime: string | undefined;
}

/** A step that a later run has to know of even if this one is killed right after it. */
export interface Step {
  tenant: string;
  kind: string;
  /** A POST is about to be sent; its answer is handed to the engine; an object that was found is about to be changed. */
  step: "posting" | "answering" | "takingOver";
  /** The name of what is posted, else the id. */
  of: string;
}

const handedOver = new Set<string>();
let recorded: Set<string> | undefined;

/** State holds this object, or will: the engine gets it with the answer to a create. */
export function handOver(object: HandedOver): void {
  if (isOld(object)) return;
  if (handedOver.size === 0) noteAtOrderlyEnd();
  handedOver.add(objectLine(object));
}

/** Whether state held the object when an earlier run of this user on this machine ended in order. */
export function wasHandedOver(object: HandedOver): boolean {
  recorded ??= read();
  return recorded.has(objectLine(object)) || recorded.has(objectLine({ ...object, creationTime: undefined }));
}

/** Noted at once: what comes next may be the crash. */
export function noteStep(step: Step): void {
  write([stepLine(step)]);
}

/** Whether an earlier process of this user on this machine has noted the step. */
export function wasNoted(step: Step): boolean {
  recorded ??= read();
  return recorded.has(stepLine(step));
}

function objectLine({ tenant, kind, id, creationTime = "" }: HandedOver): string {
  return `${tenant} ${kind} ${id} ${creationTime}`;
}

function stepLine({ tenant, kind, step, of }: Step): string {
  return `${tenant} ${kind} ${step} ${createHash("sha256").update(of).digest("hex")}`;
}

/** Nobody takes such an object for a crashed run's, whatever the difference of the clocks. */
function isOld({ creationTime }: HandedOver): boolean {
  return creationTime !== undefined && Date.now() - Number(creationTime) * 1000 > 2 * period;
}

/** The engine interrupts its providers at the end of a run. A provider that is killed has nothing to tell. */
function noteAtOrderlyEnd(): void {
  for (const signal of ["SIGINT", "SIGBREAK"] as const) {
    process.once(signal, () => {
      const known = read();
      write([...handedOver].filter((line) => !known.has(line)));
      process.kill(process.pid, signal);
    });
  }
}

function write(lines: readonly string[]): void {
  if (lines.length === 0) return;
  try {
    const folder = openFolder();
    for (const name of files(folder)) if (dayOf(name) < today() - 1) rmSync(path.join(folder, name), { force: true });
    appendFileSync(path.join(folder, `${prefix}${today()}`), `${lines.join("\n")}\n`, { mode: 0o600 });
  } catch {
    // without the note the object's age and use have to tell
  }
}

function read(): Set<string> {
  try {
    const folder = openFolder();
    const texts = files(folder).map((name) => readFileSync(path.join(folder, name), "utf8"));
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

function dayOf(name: string): number {
  return Number(name.slice(prefix.length));
}

function today(): number {
  return Math.floor(Date.now() / period);
}
