import { linkSync, mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** How to wait for a lock. */
export interface LockOptions {
  /** Called once per poll while another process holds the lock. */
  onWait?: (holder: number, waitedMs: number) => void;
  /** Milliseconds between two looks; default 1000. */
  pollMs?: number;
  /** Milliseconds after which waiting is given up; default 45 minutes. */
  limitMs?: number;
  /** Whether a process lives; asked before a lock is taken from it. */
  isAlive?: (pid: number) => boolean;
  /** Waits; injected by tests. */
  sleep?: (ms: number) => Promise<unknown>;
}

function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Creates `file` holding our pid, at once and only if it is not there: a reader never sees it empty. */
function tryCreate(file: string): boolean {
  const own = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    unlinkSync(own);
  }
}

function holderOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Removes the lock of a dead process. Two that find it at once must not remove each other's new lock, so the removal is
 * itself locked, and looks again inside.
 */
function removeIfStale(file: string, isAlive: (pid: number) => boolean): void {
  const guard = `${file}.stale`;
  if (!tryCreate(guard)) {
    const remover = holderOf(guard);
    if (remover !== undefined && !isAlive(remover)) rmSync(guard, { force: true });
    return;
  }
  try {
    const holder = holderOf(file);
    if (holder !== undefined && !isAlive(holder)) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Runs `action` while this process alone holds `file`. A lock whose process has died is taken over.
 *
 * @throws Error when another living process holds it for longer than `limitMs`
 */
export async function withFileLock<T>(file: string, options: LockOptions, action: () => Promise<T>): Promise<T> {
  const { pollMs = 1000, limitMs = 45 * 60_000, isAlive = processIsAlive, sleep = delay } = options;
  mkdirSync(path.dirname(file), { recursive: true });
  for (let waitedMs = 0; !tryCreate(file); waitedMs += pollMs) {
    const holder = holderOf(file);
    if (holder === undefined) continue;
    if (!isAlive(holder)) {
      removeIfStale(file, isAlive);
      if (tryCreate(file)) break;
    }
    if (waitedMs >= limitMs) {
      throw new Error(`Process ${holder} has held ${file} for ${limitMs / 60_000} minutes. If it is stuck, end it.`);
    }
    options.onWait?.(holder, waitedMs);
    await sleep(pollMs);
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}
