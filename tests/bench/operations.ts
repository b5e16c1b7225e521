// What create, refresh, update, destroy and an up without changes cost, through the genuine engine.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { privateFolder } from "../../sdk/privateFolder";
import { type Cost, CountedStack, halves, type Shares } from "../property/stackOf";
import { ZpaSimulator } from "../simulator";

/** Typical latency of the API, in milliseconds. */
const latencyMs = 60;
/** The API counts over 10 s. */
const windowMs = 10_000;
/** Room for the largest stack; the real limits of a tenant are a tenth of that for keys. */
const limits = { keys: 10_000, groups: 100, credentials: 10_000, microtenants: 500 };

export interface Row extends Cost {
  objects: number;
  mode: string;
  operation: string;
  /** Milliseconds that the rate limits demand for the least requests that do it, one latency included. */
  floor: number;
  /** Time on the wire by the floor; undefined where all fits into one window, so that the limits demand no time. */
  ratio: number | undefined;
}

/** How the stack's objects are read and counted. */
export interface Mode {
  name: string;
  env: Record<string, string>;
}

export const ownMode: Mode = { name: "lists", env: {} };
export const baselineMode: Mode = { name: "one GET each", env: { ZPA_BENCH_WITHOUT_LISTS: "1" } };

/** The least time that so many reads and writes take, side by side. */
function floorOf(reads: number, writes: number): number {
  const windows = Math.max(Math.ceil(reads / 20), Math.ceil(writes / 10));
  return windows === 0 ? 0 : windowMs * (windows - 1) + latencyMs;
}

function row(objects: number, mode: string, operation: string, cost: Cost, floor: number): Row {
  // from the first request's arrival to the last one's: the last one's answer takes a latency more
  const ratio = floor < windowMs ? undefined : (cost.onTheWire + latencyMs) / floor;
  return { ...cost, objects, mode, operation, floor, ratio };
}

export type Progress = (row: Row) => void;

/** All operations, one after the other, on a stack of its own that nobody else disturbs. */
export async function measureStack(objects: number, mode: Mode, progress: Progress): Promise<void> {
  const simulator = { rateLimits: { windows: "sliding" as const }, latencyMs, limits };
  const counted = await CountedStack.start(halves(objects), { simulator, env: mode.env });
  const { connectorKeys } = halves(objects);
  const note = async (operation: string, run: () => Promise<Cost>, reads: number, writes: number) => {
    progress(row(objects, mode.name, operation, await run(), floorOf(reads, writes)));
    // the floor holds for a window that nobody has used before
    await sleep(windowMs);
  };
  try {
    // a page for each type, and the certificate
    await note("create", () => counted.up(), 3, objects);
    await note("up, nothing changed", () => counted.up(), 0, 0);
    await note("refresh", () => counted.refresh(), 2 * Math.ceil(objects / 2 / 500), 0);
    counted.maxUsage = 20;
    await note("update of the keys", () => counted.up(), 0, connectorKeys);
    // it would not differ
    if (mode === ownMode) await note("destroy", () => counted.destroy(), 0, objects);
  } finally {
    await counted.dispose();
  }
}

/** 30 keys and 30 credentials with `rateLimitScope: endpoint`, where the server counts so, and where it does not. */
export async function measureEndpointScope(scope: "endpoint" | "tenant", progress: Progress): Promise<void> {
  const env = { ZPA_RATE_LIMIT_SCOPE: "endpoint" };
  const simulator = { rateLimits: { windows: "sliding" as const, scope }, latencyMs, limits };
  const counted = await CountedStack.start(halves(60), { simulator, env });
  try {
    const floor = scope === "endpoint" ? floorOf(0, 30) : floorOf(0, 60);
    // with fewer at once the engine keeps the credentials back until the keys are done
    const cost = await counted.cost((stack) => stack.up({ parallel: 60 }));
    progress(row(60, `scope endpoint, counted per ${scope}`, "create", cost, floor));
  } finally {
    await counted.dispose();
  }
}

/** Two stacks of 30 objects at once on one tenant: what both together take. On two machines neither knows of the other. */
export async function measureTwoStacks(machines: "one machine" | "two machines", progress: Progress): Promise<void> {
  const simulator = await ZpaSimulator.start({ rateLimits: { windows: "sliding" }, latencyMs, limits });
  const shares: Shares = halves(30);
  const temporary = mkdtempSync(path.join(tmpdir(), "zpa-bench-"));
  // without a folder for it there is no ledger that processes could share
  if (machines === "two machines") writeFileSync(path.join(temporary, path.basename(privateFolder())), "");
  const env = { TMPDIR: temporary };
  const stacks = [
    await CountedStack.on(simulator, shares, { stackName: "one", env }),
    await CountedStack.on(simulator, shares, { stackName: "two", env }),
  ];
  try {
    const first = stacks[0]!;
    const cost = await first.cost(() => Promise.all(stacks.map(({ stack }) => stack.up())));
    const made = simulator.keys.size + simulator.credentials.size;
    if (made !== 60) throw new Error(`Two stacks at once have made ${made} objects instead of 60.`);
    progress(row(60, `two stacks at once, ${machines}`, "create", cost, floorOf(0, 60)));
  } finally {
    for (const { stack } of stacks) stack.dispose();
    await simulator.close();
    rmSync(temporary, { recursive: true });
  }
}

/** A process that begins right after another, on the same machine. */
export async function measureOneAfterTheOther(progress: Progress): Promise<void> {
  const simulator = { rateLimits: { windows: "sliding" as const }, latencyMs, limits };
  const counted = await CountedStack.start(halves(60), { simulator });
  try {
    await counted.up();
    // the window is full when it begins
    progress(row(60, "right after the up", "destroy", await counted.destroy(), floorOf(0, 60)));
  } finally {
    await counted.dispose();
  }
}
