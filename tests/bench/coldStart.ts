// What the package itself costs: its import, the provider process's first answer, checks and diffs, memory.

import { execFileSync } from "node:child_process";
import { childEnvironment, repositoryRoot } from "../harness/environment";
import { type Properties, ProviderProcess, type ResourceType } from "../harness/providerProcess";
import { ZpaSimulator } from "../simulator";
import { inWaves } from "../property/countingTenant";

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Runs a script in a fresh process, in this repository, and parses what it prints. */
export function inFreshProcess<T>(script: string): T {
  const options = { cwd: repositoryRoot, env: childEnvironment(), encoding: "utf8" } as const;
  return JSON.parse(execFileSync(process.execPath, ["-e", script], options)) as T;
}

export interface ImportCost {
  /** Milliseconds, medians over the runs. */
  pulumi: number;
  package: number;
  /** Median of the runs' own ratios. */
  ratio: number;
}

/** What importing the package takes on top of `@pulumi/pulumi`, which every Pulumi program imports anyway. */
export function importCost(runs: number): ImportCost {
  const script = `
    const start = performance.now();
    require("@pulumi/pulumi");
    const between = performance.now();
    require("pulumi-zpa-dynamic");
    const end = performance.now();
    console.log(JSON.stringify({ pulumi: between - start, package: end - between }));`;
  const costs = Array.from({ length: runs }, () => inFreshProcess<{ pulumi: number; package: number }>(script));
  return {
    pulumi: median(costs.map((cost) => cost.pulumi)),
    package: median(costs.map((cost) => cost.package)),
    ratio: median(costs.map((cost) => cost.package / cost.pulumi)),
  };
}

/** A provider that does nothing, to compare with. */
const emptyProvider: ResourceType = {
  providerText: "exports.handler = () => ({ check: async (olds, news) => ({ inputs: news }) });",
};

const keyInputs: Properties = {
  name: "bench",
  associationType: "CONNECTOR_GRP",
  zcomponentId: "217246660303024137",
  maxUsage: 10,
};

async function firstAnswer(type: ResourceType): Promise<number> {
  const startedAt = performance.now();
  const provider = await ProviderProcess.start();
  try {
    await provider.check(type, {}, keyInputs);
    return performance.now() - startedAt;
  } finally {
    await provider.close();
  }
}

export interface FirstAnswer {
  /** Milliseconds from the start of the process to its first answer, of the fastest run: whatever disturbs only adds. */
  empty: number;
  package: number;
  ratio: number;
}

/** How long a provider process takes to its first answer, beside one whose provider does nothing. */
export async function firstAnswers(runs: number): Promise<FirstAnswer> {
  const [empty, own]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    empty.push(await firstAnswer(emptyProvider));
    own.push(await firstAnswer("ProvisioningKey"));
  }
  const [fastestEmpty, fastest] = [Math.min(...empty), Math.min(...own)];
  return { empty: fastestEmpty, package: fastest, ratio: fastest / fastestEmpty };
}

export interface ChecksAndDiffs {
  milliseconds: number;
  /** Of the time that the same process takes to import `@pulumi/pulumi`. */
  ratio: number;
}

/** What 300 checks and 300 diffs take in one process, without the first of each, which load what they need. */
export function checksAndDiffs(): ChecksAndDiffs {
  return inFreshProcess<ChecksAndDiffs>(`
    const before = performance.now();
    require("@pulumi/pulumi");
    const pulumi = performance.now() - before;
    const { provisioningKey: { check, diff } } = require("pulumi-zpa-dynamic/provider/v1");
    const inputs = (index) => ({ ...${JSON.stringify(keyInputs)}, name: "bench " + index });
    const outputs = (index) => ({ ...inputs(index), enabled: true, exportable: true, usageCount: 0, enrollmentCertId: "6" });
    const both = async (index) => {
      await check({}, inputs(index));
      await diff("1", outputs(index), inputs(index));
    };
    (async () => {
      await both(0);
      const start = performance.now();
      for (let index = 1; index <= 300; index++) await both(index);
      const milliseconds = performance.now() - start;
      console.log(JSON.stringify({ milliseconds, ratio: milliseconds / pulumi }));
    })();`);
}

/** Kilobytes of memory that a process holds. */
function residentKilobytes(pid: number): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }).trim());
}

export interface Memory {
  /** Megabytes of the provider process, gRPC and all, after so many reads. */
  after1000: number;
  after3000: number;
}

/** Refreshes 1 000 credentials three times over in one provider process. Its heap is kept small, for garbage is no growth. */
export async function memoryOfRefreshes(): Promise<Memory> {
  const simulator = await ZpaSimulator.start({ rateLimits: { windows: "off" } });
  const provider = await ProviderProcess.start({
    env: { ...simulator.legacyEnvironment(), NODE_OPTIONS: "--max-old-space-size=100" },
  });
  try {
    const ids = Array.from(
      { length: 1_000 },
      (_, index) => simulator.addCredential({ name: `credential ${index}` }).id,
    );
    const read = async (some: readonly string[]) => {
      const reads = some.map((id) => async () => void (await provider.read("PrivilegedCredential", id, { name: id })));
      await inWaves(16, reads);
      return residentKilobytes(provider.pid) / 1024;
    };
    const after1000 = await read(ids);
    await read(ids);
    return { after1000, after3000: await read(ids) };
  } finally {
    await provider.close();
    await simulator.close();
  }
}
