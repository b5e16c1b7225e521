// `npm run bench`: what the package costs in API calls and in time, against the simulator, through the genuine engine.

import { parseArgs } from "node:util";
import { ensureEngine } from "../harness/engine";
import { checksAndDiffs, firstAnswers, importCost, memoryOfRefreshes } from "./coldStart";
import {
  baselineMode,
  measureEndpointScope,
  measureOneAfterTheOther,
  measureStack,
  measureTwoStacks,
  ownMode,
  type Progress,
  type Row,
} from "./operations";

const usage = `npm run bench -- [options]
  --sizes 60,300,1000  objects in a stack, half keys and half credentials; default 60. 1000 take an hour and a half.
  --parts a,b,…        of stacks, baseline, scopes, shared, start; default all but scopes and shared
  --json               one JSON document on standard output instead of tables`;

const runs = 7;
const allParts = ["stacks", "baseline", "scopes", "shared", "start"] as const;
const defaultParts = "stacks,baseline,start";

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
  console.log(`\nimport: ${percent(imported.ratio)} of what importing @pulumi/pulumi takes (median of ${runs})`);
  console.log(`first answer of a provider process: ${firstAnswer.ratio.toFixed(2)} × that of an empty provider`);
  console.log(`300 checks and 300 diffs: ${pure.toFixed(0)} ms, ${percent(pure / 60)} of one request of 60 ms`);
  const [before, after] = [memory.after1000.toFixed(0), memory.after3000.toFixed(0)];
  console.log(`memory of a provider process: ${before} MB after 1 000 reads, ${after} MB after 3 000`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: "string", default: "60" },
      parts: { type: "string", default: defaultParts },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const sizes = values.sizes.split(",").map(Number);
  const parts = values.parts.split(",");
  const isKnown = (part: string) => (allParts as readonly string[]).includes(part);
  if (!sizes.every((size) => Number.isInteger(size) && size > 0) || !parts.every(isKnown)) throw new Error(usage);

  await ensureEngine();
  const rows: Row[] = [];
  const progress: Progress = (row) => {
    if (!values.json && rows.length === 0) console.log(line(titles));
    rows.push(row);
    if (!values.json) console.log(line(cells(row)));
  };
  for (const size of sizes) {
    if (parts.includes("stacks")) await measureStack(size, ownMode, progress);
    if (parts.includes("baseline")) await measureStack(size, baselineMode, progress);
  }
  if (parts.includes("scopes")) {
    await measureEndpointScope("endpoint", progress);
    await measureEndpointScope("tenant", progress);
  }
  if (parts.includes("shared")) {
    await measureTwoStacks("one machine", progress);
    await measureTwoStacks("two machines", progress);
    await measureOneAfterTheOther(progress);
  }
  const start = parts.includes("start") ? await measureStart() : undefined;
  if (values.json) return console.log(JSON.stringify({ operations: rows, start }, undefined, 2));
  if (start !== undefined) tellStart(start);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
