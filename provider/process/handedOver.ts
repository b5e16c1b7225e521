// Which objects stand in some stack's state. A create that finds an object under its own generated name has to know:
// either a run crashed before the engine recorded the object, or a state owns it, and the engine forces a replacement,
// a stack was renamed, a resource was moved. The engine does not say which.
//
// When a run ends in order, the engine has recorded what was handed to it, and interrupts its providers. Then they note
// down the objects that they have handed over, in a file that the next processes of this user on this machine read.
// Where there is no such note, such as on another machine, the object's own age and use have to tell.

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
  creationTime: string | undefined;
}

const lines = new Set<string>();
let recorded: Set<string> | undefined;

/** The engine gets this object with the answer to a create. */
export function handOver(object: HandedOver): void {
  if (lines.size === 0) noteAtOrderlyEnd();
  lines.add(lineOf(object));
}

/** Whether an earlier process of this user on this machine has handed the object to an engine that ended in order. */
export function wasHandedOver(object: HandedOver): boolean {
  recorded ??= read();
  return recorded.has(lineOf(object));
}

function lineOf({ tenant, kind, id, creationTime = "" }: HandedOver): string {
  return `${tenant} ${kind} ${id} ${creationTime}`;
}

/** The engine interrupts its providers at the end of a run. A provider that is killed has nothing to tell. */
function noteAtOrderlyEnd(): void {
  for (const signal of ["SIGINT", "SIGBREAK"] as const) {
    process.once(signal, () => {
      write();
      process.kill(process.pid, signal);
    });
  }
}

function write(): void {
  try {
    const folder = openFolder();
    for (const name of files(folder)) if (dayOf(name) < today() - 1) rmSync(path.join(folder, name), { force: true });
    appendFileSync(path.join(folder, `${prefix}${today()}`), `${[...lines].join("\n")}\n`, { mode: 0o600 });
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
