// What the processes of one user on one machine tell each other of the requests that they send to a tenant, so that they
// keep its limit together: a destroy right after an up, a program's look-ups beside its provider, two stacks at once.
//
// It is a file to which everybody appends lines. The order of the lines is the order of the requests: whoever wants to
// send writes so, reads what stands before, and sends if that leaves room. Appending a short line is atomic, so it takes
// no lock. What cannot be written or read is no error: then each process counts for itself, as on two machines.

import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, closeSync, fstatSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import path from "node:path";
import type { Clock } from "../clock";
import { openPrivateFolder } from "../privateFolder";

/** A request of another process that counts. */
export interface ForeignSlot {
  bucket: string;
  /** On the monotonic clock; undefined while the request is under way. */
  freeAt: number | undefined;
}

/** What other processes have told. */
export interface Others {
  slots: ForeignSlot[];
  /** Until when ZPA wants nothing, on the monotonic clock. */
  pausedUntil: number;
}

/** A request of our own that wants to leave. */
export interface Claim {
  /** What others had told before. */
  before: Others;
  /** It counts until `freeAt`, on the monotonic clock. */
  release(freeAt: number): void;
}

type Kind = "reads" | "writes";

/** A line. Times are milliseconds since 1970, for each process has a monotonic clock of its own. */
interface Entry {
  /** Of the request; a later line of the same id takes the place of the first. */
  id: string;
  kind: Kind;
  bucket: string;
  /** Until when it counts; of a request under way, until when at the latest. */
  until: number;
  isUnderWay: boolean;
}

/** A line that stands for no request. */
interface Pause {
  kind: Kind;
  pausedUntil: number;
}

/** Milliseconds of one file; the one before is read too, so a pause of that length is never missed. */
const period = 120_000;
/** Milliseconds that a request counts when its process has ended before the answer: its window, and time on the wire. */
const longestSlot = 15_000;

export class RateLedger {
  private readonly tenant: string;
  private readonly own = randomUUID();
  private readonly entries = new Map<string, Entry>();
  private readonly pausedUntil = new Map<Kind, number>();
  private readonly positions = new Map<string, number>();
  private claims = 0;
  private isOpen = false;
  private isBroken = false;

  /**
   * @param tenant - a text that is the same for all whom ZPA counts together
   * @param directory - where nobody else may write; it is made when it is missing
   */
  constructor(
    tenant: string,
    private readonly directory: string,
    private readonly clock: Clock,
  ) {
    this.tenant = createHash("sha256").update(tenant).digest("hex").slice(0, 16);
  }

  claim(kind: Kind, bucket: string): Claim {
    const { clock } = this;
    const id = `${this.own}.${++this.claims}`;
    this.append({ id, kind, bucket, until: clock.wallTime() + longestSlot, isUnderWay: true });
    return {
      before: this.others(kind, id),
      release: (freeAt) => this.append({ id, kind, bucket, until: this.toWallTime(freeAt), isUnderWay: false }),
    };
  }

  /** ZPA wants nothing of this kind until then, on the monotonic clock. */
  pause(kind: Kind, until: number): void {
    this.append({ kind, pausedUntil: this.toWallTime(until) });
  }

  /** @param id - of a request; what was written after it is left out */
  others(kind: Kind, id?: string): Others {
    this.attempt(() => this.read());
    const wallTime = this.clock.wallTime();
    const toMonotonic = this.clock.now() - wallTime;
    const slots: ForeignSlot[] = [];
    for (const entry of this.entries.values()) {
      if (entry.id === id) break;
      // the machine's clock may have been set back: what is further ahead than any line may be is not true
      const counts = entry.until > wallTime && entry.until <= wallTime + longestSlot;
      if (!counts) this.entries.delete(entry.id);
      else if (entry.kind === kind && !entry.id.startsWith(this.own)) {
        slots.push({ bucket: entry.bucket, freeAt: entry.isUnderWay ? undefined : entry.until + toMonotonic });
      }
    }
    const pausedUntil = this.pausedUntil.get(kind) ?? Number.NEGATIVE_INFINITY;
    return {
      slots,
      pausedUntil: pausedUntil > wallTime + period ? Number.NEGATIVE_INFINITY : pausedUntil + toMonotonic,
    };
  }

  /** Rather late than early, for the machine's clock counts whole milliseconds. */
  private toWallTime(monotonic: number): number {
    return Math.ceil(this.clock.wallTime() + monotonic - this.clock.now()) + 1;
  }

  private append(line: Entry | Pause): void {
    this.attempt(() => {
      if (!this.isOpen) this.open();
      appendFileSync(this.file(0), `${JSON.stringify(line)}\n`, { mode: 0o600 });
    });
  }

  /** @throws when the folder could be somebody else's */
  private open(): void {
    openPrivateFolder(this.directory);
    const oldest = this.period() - 1;
    for (const name of readdirSync(this.directory)) {
      if (Number(name.split("-")[1]) < oldest) rmSync(path.join(this.directory, name), { force: true });
    }
    this.isOpen = true;
  }

  private read(): void {
    for (const file of [this.file(-1), this.file(0)]) {
      for (const line of this.newLines(file)) this.learn(JSON.parse(line) as Entry | Pause);
    }
  }

  private learn(line: Entry | Pause): void {
    if ("id" in line) return void this.entries.set(line.id, line);
    this.pausedUntil.set(line.kind, Math.max(this.pausedUntil.get(line.kind) ?? 0, line.pausedUntil));
  }

  /** What has been appended since the last time, but for a line that is not complete. */
  private newLines(file: string): string[] {
    let descriptor: number;
    try {
      descriptor = openSync(file, "r");
    } catch {
      return [];
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

  private attempt(action: () => void): void {
    if (this.isBroken) return;
    try {
      action();
    } catch {
      this.isBroken = true;
      this.entries.clear();
      this.pausedUntil.clear();
    }
  }
}
