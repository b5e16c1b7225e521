// Between the engine and the provider: kills the run at the step that was planned, and remembers of which calls the engine
// never got the answer.

import { type Properties, ProviderCallError } from "../harness/providerProcess";
import type { Resource } from "../protocol/driver";
import type { ZpaSimulator } from "../simulator";
import type { Calls } from "./engineModel";
import type { Run } from "./providerRuns";

export interface CrashPlan {
  /** Which of the calls that may change something, from 0; beyond the last one: when all is done, before the interrupt. */
  readonly at: number;
  /** Before the call, when ZPA has carried its first write out, or when it has answered and nothing is recorded yet. */
  readonly when: "before" | "midway" | "answered";
}

/** The run is over: nobody records anything more. */
export class Killed extends Error {
  override name = "Killed";
}

type Change = "create" | "update" | "delete";

interface Call {
  readonly change: Change;
  readonly type: Resource;
  readonly id?: string;
  /** Of the resource that a create is for. */
  readonly seed?: string;
  isAnswered: boolean;
}

const writes = { path: /\/(?:provisioningKey|credential|appConnectorGroup)(?:\/\d+(?:\/move)?)?$/ };

export class Hazards implements Calls {
  isKilled = false;
  private readonly changes: Call[] = [];

  constructor(
    private readonly run: Run,
    private readonly simulator: ZpaSimulator,
    private readonly crash: CrashPlan | undefined,
    private readonly pass: () => void,
  ) {}

  check: Calls["check"] = (...args) => this.run.check(...(args as Parameters<Run["check"]>));
  diff: Calls["diff"] = (...args) => this.run.diff(...(args as Parameters<Run["diff"]>));
  read: Calls["read"] = (...args) => this.run.read(...(args as Parameters<Run["read"]>));
  create: Calls["create"] = (type, inputs) => {
    const { seed } = inputs["__zpa"] as { seed: string };
    return this.change({ change: "create", type: type as Resource, seed }, () =>
      this.run.create(type as Resource, inputs),
    );
  };
  update: Calls["update"] = (type, id, olds, news) =>
    this.change({ change: "update", type: type as Resource, id }, () =>
      this.run.update(type as Resource, id, olds, news),
    );
  delete: Calls["delete"] = (type, id, props: Properties) =>
    this.change({ change: "delete", type: type as Resource, id }, () => this.run.delete(type as Resource, id, props));

  /** All is done and recorded. @throws Killed where the engine dies before it interrupts its provider */
  async finish(): Promise<void> {
    if (this.crash !== undefined) await this.abandon();
  }

  /** The calls of which the engine has recorded no end, or a failure. */
  uncertain(change: Change): Call[] {
    return this.changes.filter((call) => call.change === change && !call.isAnswered);
  }

  private async change<T>(facts: Omit<Call, "isAnswered">, action: () => Promise<T>): Promise<T> {
    this.pass();
    const isDue = this.crash?.at === this.changes.length;
    if (isDue && this.crash?.when === "before") await this.abandon();
    const call = { ...facts, isAnswered: false };
    this.changes.push(call);
    const result = isDue && this.crash?.when === "midway" ? await this.killMidway(action) : await action();
    if (isDue) await this.abandon();
    call.isAnswered = true;
    return result;
  }

  private async abandon(): Promise<never> {
    this.isKilled = true;
    await this.run.abandon();
    throw new Killed();
  }

  /** A call that writes nothing ends before the kill. */
  private async killMidway<T>(action: () => Promise<T>): Promise<T> {
    const methods = ["POST", "PUT", "DELETE"];
    const faults = methods.map((method) =>
      this.simulator.fault({ kind: "pauseAfterCommit", match: { ...writes, method } }),
    );
    const calling = action();
    calling.catch(() => {});
    try {
      const paused = Promise.race(faults.map((fault) => fault.waitUntilFired())).then(() => true);
      const isPaused = await Promise.race([
        paused,
        calling.then(
          () => false,
          () => false,
        ),
      ]);
      if (!isPaused) return await calling;
      this.isKilled = true;
      await this.run.kill();
      await calling.catch((error: unknown) => {
        if (!(error instanceof ProviderCallError)) throw error;
      });
      throw new Killed();
    } finally {
      for (const fault of faults) fault.clear();
    }
  }
}
