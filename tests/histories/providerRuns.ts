// Provider processes for many short runs. The engine starts a process for each of its runs, and that takes a second: here
// a process serves one run after the other. For each it loads the package's provider anew, so that a run knows nothing of
// the one before, and it ends with what an interrupt ends it with, or with nothing, like a process that was killed. Waits
// of the package up to five seconds are twenty times shorter, and its random numbers are 0, so that a history repeats itself.

import { handlers } from "../../provider/model/entry";
import { type Properties, ProviderCallError, ProviderProcess } from "../harness/providerProcess";
import type { Resource } from "../protocol/driver";
import type { Calls } from "./engineModel";

export interface RunSettings {
  /** Keys of the configuration, with their namespaces. */
  readonly config: Record<string, string>;
  readonly secretConfig: Record<string, string>;
  /** Folder for temporary files: the machine's notes. */
  readonly machine: string;
}

/** Milliseconds after which a call counts as hanging. */
const callTimeLimitMs = 30_000;
/** Runs after which a process is replaced: the provider text of each is kept by Pulumi's own code. */
const longestLife = 150;

/** Of the provider process: what it remembers from run to run. */
interface Host {
  run?: string;
  keepAlive?: () => void;
}

/** Runs in the provider process, which gets its text: it can refer to nothing outside of itself. */
function enterRun(run: string, machine: string): void {
  const shared = globalThis as { histories?: Host };
  const host = (shared.histories ??= {});
  if (host.run === run) return;
  if (host.keepAlive === undefined) {
    host.keepAlive = () => {};
    process.on("SIGINT", host.keepAlive);
    Math.random = () => 0;
    const { setTimeout } = globalThis;
    const shortened = (callback: () => void, ms: number, ...rest: []) =>
      setTimeout(callback, ms >= 10 && ms <= 5000 ? ms / 20 : ms, ...rest);
    globalThis.setTimeout = Object.assign<object, typeof setTimeout>(shortened, setTimeout);
  }
  host.run = run;
  process.env.TMPDIR = machine;
  for (const listener of process.listeners("SIGINT")) {
    if (listener !== host.keepAlive) process.off("SIGINT", listener);
  }
  const loaded = Object.keys(require.cache).filter((file) => /[\\/]dist[\\/]provider[\\/]/.test(file));
  for (const file of loaded) delete require.cache[file];
}

/** The same: what an interrupt does, but for the end of the process. */
function endRun(isOrderly: boolean, mark: string): void {
  const kill = Object.getOwnPropertyDescriptor(process, "kill")!;
  process.kill = () => true;
  try {
    if (isOrderly) process.emit("SIGINT", "SIGINT");
  } finally {
    Object.defineProperty(process, "kill", kill);
  }
  console.log(mark);
}

export class ProviderRuns {
  private spare: Promise<ProviderProcess> | undefined;
  private process: ProviderProcess | undefined;
  private served = 0;
  private count = 0;

  async begin(settings: RunSettings): Promise<Run> {
    if (this.served >= longestLife) await this.retire();
    const process = (this.process ??= await this.next());
    this.served += 1;
    const env = { "zpa:readsPer10s": "0", "zpa:writesPer10s": "0" };
    await process.configure({ ...settings.config, ...env }, settings.secretConfig);
    return new Run(process, String((this.count += 1)), settings.machine, () => this.retire());
  }

  async close(): Promise<void> {
    await this.retire();
    await this.spare?.then((process) => process.close());
  }

  private async next(): Promise<ProviderProcess> {
    const process = await (this.spare ?? start());
    this.spare = start();
    return process;
  }

  private async retire(): Promise<void> {
    const { process } = this;
    this.process = undefined;
    this.served = 0;
    await process?.close();
  }
}

function start(): Promise<ProviderProcess> {
  const starting = ProviderProcess.start({ callTimeLimitMs });
  starting.catch(() => {});
  return starting;
}

/** One run of the engine, as the provider process sees it. */
export class Run implements Calls {
  private readonly printedBefore: number;
  private printed: string | undefined;

  constructor(
    private readonly process: ProviderProcess,
    private readonly id: string,
    private readonly machine: string,
    private readonly retire: () => Promise<void>,
  ) {
    this.printedBefore = process.output().length;
  }

  check = (type: Resource, olds: Properties, news: Properties) =>
    this.told(this.process.check(this.textOf(type), olds, news));
  diff = (type: Resource, id: string, olds: Properties, news: Properties) =>
    this.told(this.process.diff(this.textOf(type), id, olds, news));
  create = (type: Resource, inputs: Properties) => this.told(this.process.create(this.textOf(type), inputs));
  read = (type: Resource, id: string, props: Properties | undefined) =>
    this.told(this.process.read(this.textOf(type), id, props));
  update = (type: Resource, id: string, olds: Properties, news: Properties) =>
    this.told(this.process.update(this.textOf(type), id, olds, news));
  delete = (type: Resource, id: string, props: Properties) =>
    this.told(this.process.delete(this.textOf(type), id, props));

  /** The engine has recorded all, and interrupts its providers. */
  end(): Promise<void> {
    return this.leave(true);
  }

  /** Killed between two calls. */
  abandon(): Promise<void> {
    return this.leave(false);
  }

  /** SIGKILL, in the middle of a call. */
  async kill(): Promise<void> {
    await this.process.kill("SIGKILL");
    this.printed = this.process.output().slice(this.printedBefore);
    await this.retire();
  }

  /** What the run has printed, once it has ended. */
  output(): string {
    if (this.printed === undefined) throw new Error("The run has not ended.");
    return this.printed;
  }

  private async leave(isOrderly: boolean): Promise<void> {
    const mark = `end of run ${this.id}`;
    const text = `exports.handler = () => { (${endRun.toString()})(${isOrderly}, ${JSON.stringify(mark)}); return {}; };`;
    await this.process.check({ providerText: text }, {}, {});
    let printed = "";
    while (!printed.includes(mark)) {
      await new Promise((resolve) => setImmediate(resolve));
      printed = this.process.output().slice(this.printedBefore);
    }
    this.printed = printed.replace(`${mark}\n`, "");
  }

  private textOf(type: Resource): { providerText: string } {
    const enter = `(${enterRun.toString()})(${JSON.stringify(this.id)}, ${JSON.stringify(this.machine)});`;
    const load = `require("pulumi-zpa-dynamic/provider/v1").${handlers[type]}`;
    return { providerText: `exports.handler = () => { ${enter} return ${load}; };` };
  }

  /** A call that hangs is no failure that an engine could tell. */
  private async told<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      const isHanging = error instanceof ProviderCallError && error.status === "DEADLINE_EXCEEDED";
      throw isHanging ? new Error(`I6: a call took longer than ${callTimeLimitMs / 1000} s`) : error;
    }
  }
}
