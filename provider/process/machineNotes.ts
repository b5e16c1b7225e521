// Notes that the runs of this user on this machine leave for later runs. A create that finds an object with its own
// generated name must know whether a run crashed before the engine recorded the object, or whether a state owns it, as in a
// forced replacement, after a stack rename or a moved resource. The engine does not tell.
//
// At the end of a run, the engine has recorded all objects and interrupts its providers. Then they note the ids of the
// objects that are in state. What decides about a deletion is noted immediately. Without notes, as on another machine, the
// age and the use of the object decide.

import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { CleanUpBody } from "../../sdk";

/** Milliseconds that one file covers. Objects older than a day are never taken over. */
const period = 24 * 60 * 60 * 1000;
const prefix = "objects.";
const givenBack = "given back";

/** An object in state. Two tenants may use the same id, so the tenant is part of it. */
export interface HandedOver {
  tenant: string;
  kind: string;
  id: string;
  /** Undefined if the response to the creation does not contain it. */
  creationTime: string | undefined;
}

/** A POST whose response contains a secret that cannot be read again. */
export interface Posting {
  tenant: string;
  kind: string;
  /** The name and its scope. */
  of: string;
}

/** The resource that configures a clean-up schedule of a tenant. */
export interface Configuring {
  tenant: string;
  /** Which of the tenant's. */
  schedule: string;
  /** Of the resource. */
  seed: string;
}

/** What such a resource has sent, or was about to. */
export interface Configured {
  body: CleanUpBody;
  /** What was there before the resource; undefined where there was nothing. */
  previous?: CleanUpBody | undefined;
  /** The id of the note that state knew of. */
  after?: string | undefined;
}

/** Seconds of tolerance between the server's time and the creation time of an object. */
export const postingTolerance = 5;
/** Seconds that a POST may wait for the rate limit after it was noted: a thousand writes take 17 minutes. */
const longestQueue = 20 * 60;

const handedOver = new Set<string>();

/** Records that state will hold the object with the result of this create, unless the engine cannot save its state. */
export function handOver(object: HandedOver): void {
  if (isOld(object)) return;
  if (handedOver.size === 0) noteAtOrderlyEnd();
  handedOver.add(objectLine(object));
}

/** Records that state holds the object: the engine has passed it from there. */
export function noteHeld(object: HandedOver): void {
  handOver(object);
  if (!isOld(object)) handedOver.add(heldLine(object));
}

/** Whether an earlier run of this user on this machine that ended in order had the object, or created it. */
export function wasHandedOver(object: HandedOver): boolean {
  const recorded = read();
  return recorded.has(objectLine(object)) || recorded.has(objectLine({ ...object, creationTime: undefined }));
}

/** Whether state held the object in an earlier run of this user on this machine that ended in order. */
export function wasHeld(object: HandedOver): boolean {
  const recorded = read();
  return recorded.has(heldLine(object)) || recorded.has(heldLine({ ...object, creationTime: undefined }));
}

/**
 * Notes immediately that a POST is about to be sent, because the process may be killed next.
 *
 * @param at - the server's time, in seconds since 1970
 * @returns to be called when the outcome is known: the object is handed to the engine, or ZPA has refused it
 */
export function notePosting(posting: Posting, at: number | undefined): () => void {
  const id = randomUUID();
  write([`${postingLine(posting)} ${id} ${process.pid} ${at ?? ""}`]);
  return () => write([settledLine(id)]);
}

/**
 * Whether this process, or one of this user on this machine that has ended, has posted such an object and has not seen the
 * outcome.
 */
export function wasPosted(posting: Posting, creationTime: number): boolean {
  return openPostings(posting).some(({ at }) => {
    const waited = creationTime - Number(at);
    return at !== "" && waited >= -postingTolerance && waited <= longestQueue;
  });
}

/** Notes that the outcome of every such POST is known now: one of them has made what the engine gets, or none has. */
export function settlePostings(posting: Posting): void {
  write(openPostings(posting).map(({ id }) => settledLine(id)));
}

/** The POSTs of such an object whose outcome nobody has noted; not those of processes that may still get a response. */
function openPostings(posting: Posting): { id: string; at: string }[] {
  const [start, lines] = [`${postingLine(posting)} `, read()];
  return [...lines]
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length).split(" "))
    .filter(([id = "", pid = ""]) => !lines.has(settledLine(id)) && !isAnotherLiving(Number(pid)))
    .map(([id = "", , at = ""]) => ({ id, at }));
}

/** Whether another process with this id lives: it may still get the response. */
function isAnotherLiving(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return !hasEnded(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a process is there only until its parent asks how it has ended, which in a container may be never. Linux. */
function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // the name before it may hold any character
    return /^\) [ZX]/.test(stat.slice(stat.lastIndexOf(")")));
  } catch {
    return false;
  }
}

/** Notes at once that an object, which was found, is about to be changed. */
export function noteTakingOver(object: Omit<HandedOver, "creationTime">): void {
  write([takingOverLine(object)]);
}

/** Whether an earlier process of this user on this machine was about to. */
export function wasTakenOver(object: Omit<HandedOver, "creationTime">): boolean {
  return read().has(takingOverLine(object));
}

/**
 * Notes at once what a resource is about to send: state may never hear of it, and of what was there before.
 *
 * @returns an id, for state, and what to call where ZPA has refused it
 */
export function noteConfigured(resource: Configuring, configured: Configured): { id: string; withdraw: () => void } {
  const id = randomUUID();
  write([`${configuredStart(resource)}${id} ${JSON.stringify(configured)}`]);
  return { id, withdraw: () => write([settledLine(id)]) };
}

/** Notes that a resource has given its schedule back. */
export function noteGivenBack(resource: Configuring): void {
  write([`${configuredStart(resource)}${randomUUID()} ${givenBack}`]);
}

/**
 * What a resource has sent, or was about to, since it has last given the schedule back; the oldest first.
 *
 * @param known - the id of the note that state knows of: only what was noted after it, and what it says is left out
 */
export function configuredBy(resource: Configuring, known?: string): Configured[] {
  const [start, lines] = [configuredStart(resource), read()];
  const texts = [...lines].filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
  const notes = texts
    .slice(texts.findLastIndex((text) => text.endsWith(` ${givenBack}`)) + 1)
    .map((text) => ({ id: text.slice(0, text.indexOf(" ")), text: text.slice(text.indexOf(" ") + 1) }))
    .filter(({ id }) => !lines.has(settledLine(id)))
    .flatMap(({ id, text }) => parsed(text).map((configured) => ({ id, configured })));
  return notes
    .filter(({ configured: { after } }) => known === undefined || after === known)
    .map(({ configured }) => configured);
}

/** Nothing of a line that is torn because its process was killed. */
function parsed(text: string): Configured[] {
  try {
    return [JSON.parse(text) as Configured];
  } catch {
    return [];
  }
}

function configuredStart({ tenant, schedule, seed }: Configuring): string {
  return `${tenant} configured ${createHash("sha256")
    .update(JSON.stringify([schedule, seed]))
    .digest("hex")} `;
}

function objectLine({ tenant, kind, id, creationTime = "" }: HandedOver): string {
  return `${tenant} ${kind} ${id} ${creationTime}`;
}

function heldLine(object: HandedOver): string {
  return `held ${objectLine(object)}`;
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

/** Too old to be taken over, whatever the clocks differ. */
function isOld({ creationTime }: HandedOver): boolean {
  return creationTime !== undefined && Date.now() - Number(creationTime) * 1000 > 2 * period;
}

/** Writes the notes when the engine interrupts the provider at the end of a run. */
function noteAtOrderlyEnd(): void {
  for (const signal of ["SIGINT", "SIGBREAK"] as const) {
    process.once(signal, () => {
      const known = read();
      write([...handedOver].filter((line) => !known.has(line)));
      // Windows has no SIGBREAK to send
      if (signal === "SIGBREAK") process.exit();
      process.kill(process.pid, signal);
    });
  }
}

function write(lines: readonly string[]): void {
  if (lines.length === 0) return;
  try {
    const folder = openFolder();
    for (const name of files(folder)) if (!isRecent(name)) rmSync(path.join(folder, name), { force: true });
    appendFileSync(path.join(folder, `${prefix}${today()}`), `${lines.join("\n")}\n`, { mode: 0o600 });
  } catch {
    // without notes, age and use of the object decide
  }
}

function read(): Set<string> {
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
