// Random histories against Pulumi's own provider process and the ZPA simulator: programs that change, runs that are killed
// or meet faults, others who interfere. After each up that is done, state, program and tenant agree, and a second up writes
// nothing; after each command, every object is accounted for.
//
// `npm test` plays 200, `npm run test:deep` 10 000; HISTORIES sets another number. A failure prints the seed and the path of
// the shrunk history, with the line that replays it:
//   HISTORIES_SEED=<seed> HISTORIES_PATH=<path> HISTORIES_REPLAY=<replayPath> npm run test:deep

import fc from "fast-check";
import type { Command } from "./act";
import { commands, tearDown } from "./commands";
import { add, type Addition, beginnings } from "./programs";
import { ProviderRuns } from "./providerRuns";
import { KnownLimit, Scene } from "./scene";

const { HISTORIES_SEED: seed, HISTORIES_PATH: path } = process.env;
const count = Number(process.env["HISTORIES"] ?? 200);
/** Histories that run side by side: most of the time each waits for a socket. */
const lanes = seed === undefined ? 4 : 1;
/** A run of thousands tells how far it is. */
const tellEvery = 1_000;
let [limits, played] = [0, 0];

async function play(runs: ProviderRuns, beginning: readonly Addition[], history: Iterable<Command>): Promise<void> {
  const scene = await Scene.open(runs);
  try {
    for (const addition of beginning) add(scene, addition);
    await fc.asyncModelRun(() => ({ model: scene, real: scene }), history);
    for (const stack of scene.stacks) await tearDown(scene, stack, {});
    scene.assertAccounted();
    scene.assertNothingShown();
  } catch (error) {
    if (!(error instanceof KnownLimit)) throw error;
    limits += 1;
  } finally {
    await scene.close();
    played += 1;
    if (played % tellEvery === 0) console.log(`${played} of ${count} histories`);
  }
}

describe("Random histories", function () {
  this.timeout(0);
  const base = seed === undefined ? (Date.now() ^ (Math.random() * 0x100000000)) | 0 : Number(seed);

  it(`lose nothing and leak nothing (${count} of them, seed ${base})`, async () => {
    const one = async (lane: number) => {
      const runs = new ProviderRuns();
      try {
        const property = fc.asyncProperty(beginnings, commands, (beginning, history) => play(runs, beginning, history));
        await fc.assert(property, { numRuns: Math.ceil(count / lanes), seed: base + lane, ...(path === undefined ? {} : { path }), endOnFailure: path !== undefined, includeErrorInReport: true, unbiased: true }); // prettier-ignore
      } finally {
        await runs.close();
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_, lane) => one(lane)));
    if (limits > 0) console.log(`${limits} of ${count} histories ran into a limit that is known.`);
  });
});
