// `npm run bench`: what the package costs in API calls and in time, against the simulator, through the genuine engine.

import { fork } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { ensureEngine } from "../harness/engine";
import { checksAndDiffs, firstAnswers, importCost, memoryOfRefreshes } from "./coldStart";
import {
  baselineMode,
  measureEndpointScope,
  measureOneAfterTheOther,
  measureStack,
  measureTwoStacks,
  type Mode,
  ownMode,
  type Progress,
  type Row,
} from "./operations";

const usage = `npm run bench -- [options]
  --sizes 60,300,1000  objects in a stack, half keys and half credentials; default all three, which takes an hour: the
                       rate limit itself demands a quarter of one for 1000 writes. 60 alone take ten minutes.
  --parts a,b,…        of stacks, baseline, scopes, shared, start; default all
  --json               one JSON document on standard output instead of tables`;

const runs = 7;
const allParts = ["stacks", "baseline", "scopes", "shared", "start"] as const;
type Part = (typeof allParts)[number];

/** Larger stacks mostly wait: they are measured side by side, after all that is shorter, each in a process of its own. */
const largestAlone = 100;

/** What a process of its own is to measure: the arguments that it gets. */
const inOwnProcess = "--own-process";

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

function line(cells: readonly (string | number)[]): string {
  const widths = [7, 36, 20, 6, 8, 7, 8, 8, 9];
  return cells
    .map((cell, index) => String(cell)[index > 0 && index < 3 ? "padEnd" : "padStart"](widths[index]!))
    .join("  ");
}

const titles = ["objects", "mode", "operation", "calls", "refused", "wall s", "wire s", "floor s", "wire:floor"];

function cells({ objects, mode, operation, calls, refusals, milliseconds, onTheWire, floor, ratio }: Row) {
  const wire = [seconds(milliseconds), seconds(onTheWire), seconds(floor), ratio?.toFixed(3) ?? "–"];
  return [objects, mode, operation, calls, refusals, ...wire];
}

async function measureStart() {
  return {
    import: importCost(runs),
    firstAnswer: await firstAnswers(runs),
    checksAndDiffs: checksAndDiffs(),
    memory: await memoryOfRefreshes(),
  };
}

function tellStart({
  import: imported,
  firstAnswer,
  checksAndDiffs: pure,
  memory,
}: Awaited<ReturnType<typeof measureStart>>) {
  const percent = (ratio: number) => `${(100 * ratio).toFixed(1)} %`;
  console.log(`import: ${percent(imported.ratio)} of what importing @pulumi/pulumi takes (median of ${runs})`);
  console.log(`first answer of a provider process: ${firstAnswer.ratio.toFixed(2)} × that of an empty provider`);
  console.log(`300 checks and 300 diffs: ${percent(pure.ratio)} of what importing @pulumi/pulumi takes`);
  const [before, after] = [memory.after1000.toFixed(0), memory.after3000.toFixed(0)];
  console.log(`memory of a provider process: ${before} MB after 1 000 reads, ${after} MB after 3 000\n`);
}

function parse() {
  const { values } = parseArgs({
    options: {
      sizes: { type: "string", default: "60,300,1000" },
      parts: { type: "string", default: allParts.join() },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const sizes = values.sizes.split(",").map(Number);
  const parts = values.parts.split(",");
  const isKnown = (part: string): part is Part => (allParts as readonly string[]).includes(part);
  if (!sizes.every((size) => Number.isInteger(size) && size > 0) || !parts.every(isKnown)) throw new Error(usage);
  return { sizes, parts, json: values.json, help: values.help };
}

/** Measures a stack in a process of its own, which tells each row as soon as it has it. */
async function measureApart(size: number, mode: Mode, progress: Progress): Promise<void> {
  const child = fork(__filename, [inOwnProcess, String(size), mode.name], {
    execArgv: ["-r", "ts-node/register/transpile-only"],
  });
  child.on("message", (told) => progress(told as Row));
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`Measuring ${size} objects in the mode "${mode.name}" has failed.`);
}

async function measureAsTold([size, name]: readonly string[]): Promise<void> {
  const mode = [ownMode, baselineMode].find((one) => one.name === name);
  if (mode === undefined) throw new Error(usage);
  // nobody would read what is still to be measured
  const stop = () => process.exit(1);
  process.once("disconnect", stop);
  try {
    await measureStack(Number(size), mode, (row) => void process.send?.(row));
  } finally {
    // while it listens it cannot end
    process.off("disconnect", stop);
    process.disconnect();
  }
}

async function main(): Promise<void> {
  if (process.argv[2] === inOwnProcess) return measureAsTold(process.argv.slice(3));
  const { sizes, parts, json, help } = parse();
  if (help) return console.log(usage);

  await ensureEngine();
  const rows: Row[] = [];
  const progress: Progress = (row) => {
    if (!json && rows.length === 0) console.log(line(titles));
    rows.push(row);
    if (!json) console.log(line(cells(row)));
  };
  const modes = [ownMode, baselineMode].filter((mode) => parts.includes(mode === ownMode ? "stacks" : "baseline"));
  const start = parts.includes("start") ? await measureStart() : undefined;
  if (start !== undefined && !json) tellStart(start);
  const stacks = sizes.flatMap((size) => modes.map((mode) => ({ size, mode })));
  for (const { size, mode } of stacks) if (size <= largestAlone) await measureStack(size, mode, progress);
  if (parts.includes("scopes")) {
    await measureEndpointScope("endpoint", progress);
    await measureEndpointScope("tenant", progress);
  }
  if (parts.includes("shared")) {
    await measureTwoStacks("one machine", progress);
    await measureTwoStacks("two machines", progress);
    await measureOneAfterTheOther(progress);
  }
  const large = stacks.filter(({ size }) => size > largestAlone);
  await Promise.all(large.map(({ size, mode }) => measureApart(size, mode, progress)));
  if (json) console.log(JSON.stringify({ operations: rows, start }, undefined, 2));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
