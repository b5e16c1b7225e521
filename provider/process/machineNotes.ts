// Notes that the runs of this user on this machine leave for later runs. A create that finds an object with its own
// generated name must know whether a run crashed before the engine recorded the object, or whether a state owns it, as in a
// forced replacement, after a stack rename or a moved resource. The engine does not tell.
//
// At the end of a run, the engine has recorded all objects and interrupts its providers. Then they note the ids of the
// objects that are in state. What decides about a deletion is noted immediately. Without notes, as on another machine, the
// age and the use of the object decide.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { atOrderlyEnd, noteOpen, openNotes, period, read, settle, settledLine, write } from "./noteStore";

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

/** Seconds of tolerance between the server's time and the creation time of an object. */
export const postingTolerance = 5;
/** Seconds that a POST may wait for the rate limit after it was noted: a thousand writes take 17 minutes. */
const longestQueue = 20 * 60;

/** Records that state will hold the object with the result of this create, unless the engine cannot save its state. */
export function handOver(object: HandedOver): void {
  if (!isOld(object)) atOrderlyEnd([objectLine(object)]);
}

/** Records that state holds the object: the engine has passed it from there. */
export function noteHeld(object: HandedOver): void {
  if (!isOld(object)) atOrderlyEnd([objectLine(object), heldLine(object)]);
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
  const id = noteOpen(postingLine(posting), String(at ?? ""));
  return () => settle([id]);
}

/**
 * Whether this process, or one of this user on this machine that has ended, has posted such an object and has not seen the
 * outcome.
 */
export function wasPosted(posting: Posting, creationTime: number): boolean {
  return openPostings(posting).some(({ text: at }) => {
    const waited = creationTime - Number(at);
    return at !== "" && waited >= -postingTolerance && waited <= longestQueue;
  });
}

/** Notes that the outcome of every such POST is known now: one of them has made what the engine gets, or none has. */
export function settlePostings(posting: Posting): void {
  settle(openPostings(posting).map(({ id }) => id));
}

/** The POSTs of such an object whose outcome nobody has noted; not those of processes that may still get a response. */
function openPostings(posting: Posting): { id: string; text: string }[] {
  return openNotes(postingLine(posting)).filter(({ pid }) => !isAnotherLiving(pid));
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

/** Notes at once that this process has adopted an object, until it ends. */
export function noteAdopted(object: Omit<HandedOver, "creationTime">): void {
  atOrderlyEnd([settledLine(noteOpen(adoptedLine(object), engineAddress()))]);
}

/** Whether the process of another Provider of the same run has adopted the object. */
export function isAdoptedBeside(object: Omit<HandedOver, "creationTime">): boolean {
  return openNotes(adoptedLine(object)).some(({ pid, text }) => text === engineAddress() && isAnotherLiving(pid));
}

/** The last argument of a provider's process: all of a run have the same one. */
function engineAddress(): string {
  return process.argv.at(-1)!;
}

function adoptedLine({ tenant, kind, id }: Omit<HandedOver, "creationTime">): string {
  return `${tenant} ${kind} adopted ${id}`;
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

function takingOverLine({ tenant, kind, id }: Omit<HandedOver, "creationTime">): string {
  return `${tenant} ${kind} taking over ${id}`;
}

/** Too old to be taken over, whatever the clocks differ. */
function isOld({ creationTime }: HandedOver): boolean {
  return creationTime !== undefined && Date.now() - Number(creationTime) * 1000 > 2 * period;
}
