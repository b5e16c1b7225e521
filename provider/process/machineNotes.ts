// What the runs of this user on this machine note down of the objects that they create and see, for the runs after them.
// A create that finds an object under its own generated name has to know: either a run crashed before the engine recorded
// the object, or a state owns it, and the engine forces a replacement, a stack was renamed, a resource was moved. The
// engine does not say which.
//
// When a run ends in order, the engine has recorded what was handed to it, and interrupts its providers. Then they note the
// ids of these objects, and of those that state held already. What decides on a deletion is noted at once. Where there are
// no notes, such as on another machine, the object's own age and use have to tell.

import { createHash, randomUUID } from "node:crypto";
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

/** A POST whose answer, should it get lost, nobody could read again. */
export interface Posting {
  tenant: string;
  kind: string;
  /** The name and all that it is unique in. */
  of: string;
}

/** Seconds by which the server's time may be ahead of the creation that it precedes. */
const postingTolerance = 5;

const handedOver = new Set<string>();
const ownPostings = new Set<string>();
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

/**
 * Notes at once that a POST is about to be sent: what comes next may be the crash.
 *
 * @param at - the server's time, in seconds since 1970
 * @returns to be called when the outcome is known: the object is handed to the engine, or ZPA has refused it
 */
export function notePosting(posting: Posting, at: number | undefined): () => void {
  const id = randomUUID();
  ownPostings.add(id);
  write([`${postingLine(posting)} ${id} ${at ?? ""}`]);
  return () => write([settledLine(id)]);
}

/** Whether an earlier process of this user on this machine has posted such an object, and has not seen the outcome. */
export function wasPosted(posting: Posting, creationTime: number): boolean {
  recorded ??= read();
  const [start, lines] = [`${postingLine(posting)} `, recorded];
  return [...lines].some((line) => {
    if (!line.startsWith(start)) return false;
    const [id = "", at = ""] = line.slice(start.length).split(" ");
    const isBefore = at !== "" && Number(at) <= creationTime + postingTolerance;
    return isBefore && !ownPostings.has(id) && !lines.has(settledLine(id));
  });
}

/** Notes at once that an object, which was found, is about to be changed. */
export function noteTakingOver(object: Omit<HandedOver, "creationTime">): void {
  write([takingOverLine(object)]);
}

/** Whether an earlier process of this user on this machine was about to. */
export function wasTakenOver(object: Omit<HandedOver, "creationTime">): boolean {
  recorded ??= read();
  return recorded.has(takingOverLine(object));
}

function objectLine({ tenant, kind, id, creationTime = "" }: HandedOver): string {
  return `${tenant} ${kind} ${id} ${creationTime}`;
}

function postingLine({ tenant, kind, of }: Posting): string {
  return `${tenant} ${kind} posting ${createHash("sha256").update(of).digest("hex")}`;
}

function settledLine(id: string): string {
  return `settled ${id}`;
}

function takingOverLine({ tenant, kind, id }: Omit<HandedOver, "creationTime">): string {
  return `${tenant} ${kind} taking over ${id}`;
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
