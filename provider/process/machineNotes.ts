// What the runs of this user on this machine note down of the objects that they create, for the runs after them. A create
// that finds an object under its own generated name has to know: either a run crashed before the engine recorded the
// object, or a state owns it, and the engine forces a replacement, a stack was renamed, a resource was moved. The engine
// does not say which.
//
// When a run ends in order, the engine has recorded what was handed to it, and interrupts its providers. Then they note the
// ids of these objects. What must never be deleted by mistake is also noted before it is posted. Where there are no notes,
// such as on another machine, the object's own age and use have to tell.

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

/** A POST that is about to be sent. */
export interface Posting {
  tenant: string;
  kind: string;
  name: string;
}

const handedOver = new Set<string>();
let recorded: Set<string> | undefined;

/** The engine gets this object with the answer to a create. */
export function handOver(object: HandedOver): void {
  if (handedOver.size === 0) noteAtOrderlyEnd();
  handedOver.add(objectLine(object));
}

/** Whether an earlier process of this user on this machine has handed the object to an engine that ended in order. */
export function wasHandedOver(object: HandedOver): boolean {
  recorded ??= read();
  return recorded.has(objectLine(object)) || recorded.has(objectLine({ ...object, creationTime: undefined }));
}

/** Noted at once: what comes next may be the crash. */
export function notePosting(posting: Posting): void {
  write([postingLine(posting)]);
}

/** Whether an earlier process of this user on this machine was about to create an object of this name. */
export function wasPosting(posting: Posting): boolean {
  recorded ??= read();
  return recorded.has(postingLine(posting));
}

function objectLine({ tenant, kind, id, creationTime = "" }: HandedOver): string {
  return `${tenant} ${kind} ${id} ${creationTime}`;
}

function postingLine({ tenant, kind, name }: Posting): string {
  return `${tenant} ${kind} posted as ${createHash("sha256").update(name).digest("hex")}`;
}

/** The engine interrupts its providers at the end of a run. A provider that is killed has nothing to tell. */
function noteAtOrderlyEnd(): void {
  for (const signal of ["SIGINT", "SIGBREAK"] as const) {
    process.once(signal, () => {
      write([...handedOver]);
      process.kill(process.pid, signal);
    });
  }
}

function write(lines: readonly string[]): void {
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
