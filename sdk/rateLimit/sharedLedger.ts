// Shares the request counts of one user's processes on one machine, so that together they keep the tenant's rate limit:
// a destroy right after an up, a program's look-ups while its provider runs, two stacks at once.
//
// The ledger is a file to which all processes append lines, in the order of their requests. To send a request, a
// process appends a claim, reads the lines before it, and sends if they leave a free slot. Appending a short line is
// atomic, so no lock is needed. If the file cannot be read or written, each process counts on its own, as on two
// machines.

import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, closeSync, constants, fstatSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Clock } from "../clock";
import { openPrivateFolder } from "../privateFolder";

/** A slot that a request of another process occupies. */
export interface ForeignSlot {
  bucket: string;
  /** When it becomes free, on the monotonic clock; undefined while the request is in flight. */
  freeAt: number | undefined;
}

/** The state of other processes. */
export interface Others {
  slots: ForeignSlot[];
  /** Until when ZPA accepts no requests, on the monotonic clock. */
  pausedUntil: number;
}

/** A claim of this process for a slot. */
export interface Claim {
  /** The state of other processes before the claim. */
  before: Others;
  /** Frees the slot at `freeAt`, on the monotonic clock. */
  release(freeAt: number): void;
}

type Kind = "reads" | "writes";

/** A line for a request. Times are milliseconds since 1970, because processes do not share a monotonic clock. */
interface Entry {
  /** Id of the request; a later line with the same id replaces the earlier one. */
  id: string;
  kind: Kind;
  bucket: string;
  /** When its slot becomes free; for a request in flight, the latest possible time. */
  until: number;
  isUnderWay: boolean;
}

/** A line for a pause after a 429. */
interface Pause {
  kind: Kind;
  pausedUntil: number;
}

/** A line for a wait that ZPA asks for and no process waits out: until then, all requests fail. */
interface Block {
  blockedUntil: number;
}

type Line = Entry | Pause | Block;

/** Milliseconds that one file covers. The previous file is read too. */
const period = 120_000;
/**
 * Milliseconds that a request occupies a slot if its process ends before the response: the window plus a round trip.
 */
const maxSlotTime = 15_000;
/** Milliseconds. The longest time that a Retry-After blocks requests. */
export const maxBlockTime = 3_600_000;

export class RateLedger {
  private readonly tenant: string;
  private readonly instanceId = randomUUID();
  private readonly entries = new Map<string, Entry>();
  private readonly pausedUntil = new Map<Kind, number>();
  private blockedUntil = Number.NEGATIVE_INFINITY;
  private readonly positions = new Map<string, number>();
  private claims = 0;
  /** The period for which the folder was last checked and cleared of old files. */
  private openedPeriod: number | undefined;
  private isBroken = false;

  /**
   * @param tenant - a string that identifies the tenant, the same for all clients that ZPA counts together
   * @param directory - a folder that no other user may write to; created if it does not exist
   */
  constructor(
    tenant: string,
    private readonly directory: string,
    private readonly clock: Clock,
  ) {
    this.tenant = createHash("sha256").update(tenant).digest("hex").slice(0, 16);
  }

  /** Appends a claim for a slot. */
  claim(kind: Kind, bucket: string): Claim {
    const { clock } = this;
    const id = `${this.instanceId}.${++this.claims}`;
    this.append({ id, kind, bucket, until: clock.wallTime() + maxSlotTime, isUnderWay: true });
    return {
      before: this.others(kind, id),
      release: (freeAt) => this.append({ id, kind, bucket, until: this.toWallTime(freeAt), isUnderWay: false }),
    };
  }

  /** Tells other processes that ZPA accepts no requests of this kind until then, on the monotonic clock. */
  pause(kind: Kind, until: number): void {
    this.tell({ kind, pausedUntil: this.toWallTime(until) }, until);
  }

  /** Tells other and later processes that ZPA accepts no requests until then, on the monotonic clock. */
  block(until: number): void {
    this.tell({ blockedUntil: this.toWallTime(until) }, until);
  }

  /** Appends a line to files that every process reads until then: each reads those of its period and of the one before. */
  private tell(line: Pause | Block, until: number): void {
    const periods = Math.ceil((until - this.clock.now()) / period);
    for (let offset = 0; offset < Math.max(1, periods); offset += 1) this.append(line, offset);
  }

  /** Until when ZPA accepts no requests, on the monotonic clock. */
  get blocked(): number {
    this.attempt(() => this.read());
    const wallTime = this.clock.wallTime();
    const isPossible = this.blockedUntil <= wallTime + maxBlockTime + 1;
    return isPossible ? this.blockedUntil + this.clock.now() - wallTime : Number.NEGATIVE_INFINITY;
  }

  /** The state of other processes. @param id - a request of this process; later lines are ignored */
  others(kind: Kind, id?: string): Others {
    this.attempt(() => this.read());
    const wallTime = this.clock.wallTime();
    const toMonotonic = this.clock.now() - wallTime;
    const slots: ForeignSlot[] = [];
    for (const entry of this.entries.values()) {
      if (entry.id === id) break;
      // the clock may have been set back: ignore times further ahead than any line can be
      const counts = entry.until > wallTime && entry.until <= wallTime + maxSlotTime;
      if (!counts) this.entries.delete(entry.id);
      else if (entry.kind === kind && !entry.id.startsWith(this.instanceId)) {
        slots.push({ bucket: entry.bucket, freeAt: entry.isUnderWay ? undefined : entry.until + toMonotonic });
      }
    }
    const pausedUntil = this.pausedUntil.get(kind) ?? Number.NEGATIVE_INFINITY;
    return {
      slots,
      pausedUntil: pausedUntil > wallTime + maxBlockTime + 1 ? Number.NEGATIVE_INFINITY : pausedUntil + toMonotonic,
    };
  }

  /** Rounds up, because the wall clock counts whole milliseconds and a slot must not become free too early. */
  private toWallTime(monotonic: number): number {
    return Math.ceil(this.clock.wallTime() + monotonic - this.clock.now()) + 1;
  }

  private append(line: Line, offset = 0): void {
    this.attempt(() => {
      const period = this.period();
      if (this.openedPeriod !== period) this.open(period);
      const descriptor = this.openFile(this.file(offset), constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
      try {
        appendFileSync(descriptor, `${JSON.stringify(line)}\n`);
      } finally {
        closeSync(descriptor);
      }
    });
  }

  /** Removes the files of earlier periods. @throws Error if another user owns the folder or may write to it */
  private open(period: number): void {
    openPrivateFolder(this.directory);
    for (const name of readdirSync(this.directory)) {
      const [, old] = /^[0-9a-f]{16}-(\d+)$/.exec(name) ?? [];
      if (old !== undefined && Number(old) < period - 1) rmSync(path.join(this.directory, name), { force: true });
    }
    this.openedPeriod = period;
  }

  /** @throws Error if the file is a link, or not a regular file of this user */
  private openFile(file: string, flags: number): number {
    const descriptor = openSync(file, flags | (constants.O_NOFOLLOW ?? 0), 0o600);
    const stats = fstatSync(descriptor);
    if (stats.isFile() && (process.getuid === undefined || stats.uid === process.getuid())) return descriptor;
    closeSync(descriptor);
    throw new Error(`${file} is not a file of this user`);
  }

  private read(): void {
    for (const file of [this.file(-1), this.file(0)]) {
      for (const line of this.newLines(file)) this.apply(parseLine(line));
    }
  }

  private apply(line: Line | undefined): void {
    if (line === undefined) return;
    if ("blockedUntil" in line) return void (this.blockedUntil = Math.max(this.blockedUntil, line.blockedUntil));
    if ("id" in line) return void this.entries.set(line.id, line);
    this.pausedUntil.set(line.kind, Math.max(this.pausedUntil.get(line.kind) ?? 0, line.pausedUntil));
  }

  /** The complete lines that were appended since the last call. */
  private newLines(file: string): string[] {
    let descriptor: number;
    try {
      descriptor = this.openFile(file, constants.O_RDONLY);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
    try {
      const from = this.positions.get(file) ?? 0;
      const bytes = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - from));
      const length = readSync(descriptor, bytes, 0, bytes.length, from);
      const end = bytes.subarray(0, length).lastIndexOf("\n") + 1;
      this.positions.set(file, from + end);
      return bytes.toString("utf8", 0, end).split("\n").filter(Boolean);
    } finally {
      closeSync(descriptor);
    }
  }

  private period(): number {
    return Math.floor(this.clock.wallTime() / period);
  }

  private file(offset: number): string {
    return path.join(this.directory, `${this.tenant}-${this.period() + offset}`);
  }

  /** Runs the action; after a failure, disables the ledger for good. */
  private attempt(action: () => void): void {
    if (this.isBroken) return;
    try {
      action();
    } catch {
      this.isBroken = true;
      this.entries.clear();
      this.pausedUntil.clear();
      this.blockedUntil = Number.NEGATIVE_INFINITY;
    }
  }
}

const kind = z.enum(["reads", "writes"]);
const lineSchema = z.union([
  z.object({
    id: z.string().min(1).max(100),
    kind,
    bucket: z.string().max(100),
    until: z.number(),
    isUnderWay: z.boolean(),
  }),
  z.object({ kind, pausedUntil: z.number() }),
  z.object({ blockedUntil: z.number() }),
]);

/** Undefined for a line that is torn, as after a full disk, or that no process of this package has written. */
function parseLine(line: string): Line | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
