// One scenario: a tenant, the stacks and provider processes that work on it, and all that is needed at its end to tell
// whether the six invariants hold.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { DestroyOptions, PreviewOptions, PulumiFn, RefreshOptions, UpOptions } from "@pulumi/pulumi/automation";
import { type Fault, type FaultOptions, type LoggedRequest, type SimulatorOptions, ZpaSimulator } from "../simulator";
import { assertSecretless, type Canaries } from "./canaries";
import {
  assertDeadlines,
  assertNoWrites,
  assertOneToOne,
  assertRate,
  assertSettled,
  isApiRequest,
  isWrite,
  refNames,
  resourcesOf,
  secretsIn,
  type StoredDeployment,
  type StoredObject,
  type TimedCall,
} from "./invariants";
import { type CheckFailure, ProviderProcess, type ProviderProcessOptions } from "./providerProcess";
import { createStack, type StackArgs, type TestStack } from "./stack";
import { textsUnder } from "./storedFiles";

export interface WorldOptions {
  /** The tenant. Its rate limits are off unless they are set here: the client's own are checked from the log. */
  simulator?: SimulatorOptions;
  /** More settings for all clients, as environment variables. */
  env?: Record<string, string>;
}

/** What must hold at the end beside what the stacks say. */
export interface Expectation {
  /** Objects that a provider process has made without an engine to keep them in state: `key <id>`, `edgeGroup <id>`. */
  live?: readonly string[];
  /** Reads that the programs' own look-ups cost, each time they run; default 0. */
  lookUpReads?: number;
  /** False where clients are told of no limit, or run on several machines. */
  isRateKept?: false;
  /** What shows that nothing changes any more; default a preview and an up. */
  steadyBy?: readonly ("preview" | "up")[];
}

/** Seconds after which a client gives up, well below those of real use. */
const timeouts = { ZPA_REQUEST_TIMEOUT: "10", ZPA_OPERATION_TIMEOUT: "40" };

/** One provider call makes at most a few operations, and in these scenarios at most one of them runs into its end. */
const callDeadline = 45_000;
/** The engine's own work, on a machine that has other things to do, comes on top. */
const engineDeadline = 90_000;

export class World {
  /** Secrets that the test has made. Those that travel, tokens and the texts of keys are added by themselves. */
  readonly canaries: Record<string, string> = {};
  private readonly stacks: TestStack[] = [];
  private readonly providers: ProviderProcess[] = [];
  private readonly calls: TimedCall[] = [];
  private readonly errors: string[] = [];
  private readonly keyTexts: Record<string, string> = {};
  private readonly faults: Fault[] = [];
  private foreign: StoredObject[] = [];

  private constructor(
    readonly simulator: ZpaSimulator,
    readonly env: Readonly<Record<string, string>>,
    /** What this machine's runs tell each other stands in its folder for temporary files. */
    private readonly machine: string,
  ) {
    this.recordKeyTexts();
    this.recordGroups();
    this.protect();
  }

  static async start({ simulator: options = {}, env = {} }: WorldOptions = {}): Promise<World> {
    const simulator = await ZpaSimulator.start({ rateLimits: { windows: "off" }, ...options });
    const machine = mkdtempSync(path.join(os.tmpdir(), "zpa-world-"));
    return new World(simulator, { ...simulator.legacyEnvironment(), ...timeouts, TMPDIR: machine, ...env }, machine);
  }

  /** All that is in the tenant now is foreign, but for these, which a test has made or has given to the run. */
  protect(...except: readonly string[]): void {
    this.foreign = this.remote().filter(({ ref }) => !except.includes(ref));
  }

  /** An object that a test has made is the run's from now on. */
  give(ref: string): void {
    this.foreign = this.foreign.filter((object) => object.ref !== ref);
  }

  /** Plans a fault; use it in place of the simulator's own, for the times that a 429 asks for are checked. */
  fault(options: FaultOptions): Fault {
    const fault = this.simulator.fault(options);
    this.faults.push(fault);
    return fault;
  }

  /** A stack on this tenant. */
  async stack(program: PulumiFn, args: Partial<StackArgs> = {}): Promise<TestStack> {
    const stack = await createStack({ ...args, program, env: { ...this.env, ...args.env } });
    this.stacks.push(stack);
    const bare = { ...stack };
    return Object.assign(stack, {
      preview: async (options?: PreviewOptions) => {
        const from = this.simulator.log.length;
        const result = await this.timed("preview", engineDeadline, () => bare.preview(options));
        assertNoWrites(this.simulator.log.slice(from), "a preview");
        return result;
      },
      up: (options?: UpOptions) => this.timed("up", engineDeadline, () => bare.up(options)),
      refresh: (options?: RefreshOptions) => this.timed("refresh", engineDeadline, () => bare.refresh(options)),
      destroy: (options?: DestroyOptions) => this.timed("destroy", engineDeadline, () => bare.destroy(options)),
    });
  }

  /** A provider process on this tenant, as the engine would start it. */
  async provider(options: ProviderProcessOptions = {}): Promise<ProviderProcess> {
    const provider = await ProviderProcess.start({ ...options, env: { ...this.env, ...options.env } });
    this.providers.push(provider);
    const watched = ["check", "diff", "create", "read", "update", "delete"];
    return new Proxy(provider, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        const method = value.bind(target) as (...args: unknown[]) => Promise<unknown>;
        if (!watched.includes(String(name))) return method;
        return (...args: unknown[]) => this.timed(String(name), callDeadline, () => method(...args));
      },
    });
  }

  /** API requests since the log was cleared, sign-ins not among them. */
  get requests(): LoggedRequest[] {
    return this.simulator.log.filter(isApiRequest);
  }

  /** Those of them that change something. */
  get writes(): LoggedRequest[] {
    return this.simulator.log.filter(isWrite);
  }

  /** The API requests that `action` causes. */
  async requestsOf(action: () => Promise<unknown>): Promise<LoggedRequest[]> {
    const from = this.simulator.log.length;
    await action();
    return this.simulator.log.slice(from).filter(isApiRequest);
  }

  /** All objects of the kinds that there are resources for. */
  remote(): StoredObject[] {
    const { keys, credentials, appConnectorGroups, serviceEdgeGroups } = this.simulator;
    const kinds: [keyof typeof refNames, ReadonlyMap<string, object>][] = [
      ["ProvisioningKey", keys],
      ["PrivilegedCredential", credentials],
      ["AppConnectorGroup", appConnectorGroups],
      ["ServiceEdgeGroup", serviceEdgeGroups],
    ];
    return kinds.flatMap(([type, objects]) =>
      [...objects].map(([id, object]) => ({ ref: `${refNames[type]} ${id}`, text: JSON.stringify(object) })),
    );
  }

  /** Those of them that are not foreign: what the runs have made, and what a test has given to them. */
  made(): StoredObject[] {
    const foreign = new Set(this.foreign.map(({ ref }) => ref));
    return this.remote().filter(({ ref }) => !foreign.has(ref));
  }

  /**
   * Fails unless all six invariants of the design hold for what has happened so far. A stack that still has resources
   * is previewed and brought up once more for that.
   */
  async assertInvariants(expectation: Expectation = {}): Promise<void> {
    const { live = [] } = expectation;
    const states = await Promise.all(this.stacks.map((stack) => this.deployment(stack)));
    states.forEach(assertSettled);
    const inState = states.flatMap(resourcesOf);
    assertOneToOne([...inState, ...live.map((ref) => ({ urn: ref, ref }))], this.remote(), this.foreign);
    for (const [index, stack] of this.stacks.entries()) {
      if (resourcesOf(states[index]!).length > 0) await this.assertSteady(stack, expectation);
    }
    this.assertNothingShown();
    if (expectation.isRateKept !== false) assertRate(this.simulator.log, (refusal) => this.retryAfterOf(refusal));
    assertDeadlines(this.calls);
  }

  /** I3 alone, cheap enough for after every step. */
  assertNothingShown(): void {
    assertSecretless(this.texts(), this.secrets());
  }

  /** Every secret that this scenario knows of. */
  secrets(): Canaries {
    return { ...this.canaries, ...this.keyTexts, ...secretsIn(this.simulator) };
  }

  /** Everything a person or a machine could read of this run: what was printed, stored or thrown. */
  private texts(): Record<string, string> {
    const texts: Record<string, string> = {
      "the errors": this.errors.join("\n"),
      "the temporary files": Object.values(textsUnder(this.machine)).join("\n"),
    };
    this.stacks.forEach((stack, index) => {
      texts[`the transcript of stack ${index + 1}`] = stack.transcript();
      texts[`what stack ${index + 1} has stored`] = stack.storedText();
    });
    this.providers.forEach((provider, index) => {
      texts[`the output of provider process ${index + 1}`] = provider.output();
    });
    return texts;
  }

  async close(): Promise<void> {
    await Promise.all(this.providers.map((provider) => provider.close()));
    for (const stack of this.stacks) stack.dispose();
    await this.simulator.close();
    rmSync(this.machine, { recursive: true, force: true });
  }

  /** I2, with the engine's own eyes and with those of the API. */
  private async assertSteady(stack: TestStack, expectation: Expectation): Promise<void> {
    const { lookUpReads = 0, steadyBy = ["preview", "up"] } = expectation;
    const before = this.remote();
    for (const operation of steadyBy) {
      const requests = await this.requestsOf(async () => {
        const { steps } = await stack[operation]();
        const unrest = steps.filter(({ op }) => op !== "same" && op !== "read").map(({ op, name }) => `${op} ${name}`);
        assert.deepEqual(unrest, [], `I2: a second ${operation} changes something`);
      });
      assertNoWrites(requests, `a second ${operation}`);
      assert.equal(requests.length, lookUpReads, `I2: requests of a second ${operation}`);
    }
    const after = this.remote();
    assert.ok(JSON.stringify(after) === JSON.stringify(before), "I2: a second up has changed the tenant");
  }

  private async deployment(stack: TestStack): Promise<StoredDeployment> {
    return (await stack.exportState()).deployment as StoredDeployment;
  }

  private async timed<T>(what: string, deadline: number, action: () => Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      const result = await action();
      if (what === "check") this.errors.push(JSON.stringify((result as { failures: CheckFailure[] }).failures));
      return result;
    } catch (error) {
      this.errors.push(error instanceof Error ? `${error.stack}` : String(error));
      throw error;
    } finally {
      this.calls.push({ what, milliseconds: performance.now() - from, deadline });
    }
  }

  /** The text of a key that was deleted meanwhile is a secret still. */
  private recordKeyTexts(): void {
    const { keys } = this.simulator;
    const set = keys.set.bind(keys);
    const record = (id: string, text: string) => (this.keyTexts[`text of key ${id}`] = text);
    for (const key of keys.values()) record(key.id, key.provisioningKey);
    keys.set = (id, key) => {
      record(id, key.provisioningKey);
      return set(id, key);
    };
  }

  /** A group that an administrator adds, as many tests do for their keys, is none of the run's. */
  private recordGroups(): void {
    const { simulator } = this;
    for (const [method, type] of [
      ["addAppConnectorGroup", "AppConnectorGroup"],
      ["addServiceEdgeGroup", "ServiceEdgeGroup"],
    ] as const) {
      const add = simulator[method].bind(simulator);
      simulator[method] = (group) => {
        const added = add(group);
        this.foreign.push({ ref: `${refNames[type]} ${added.id}`, text: JSON.stringify(added) });
        return added;
      };
    }
  }

  private retryAfterOf(refusal: LoggedRequest): number {
    const { retryAfterFormat, retryAfterSeconds } = this.simulator.settings.rateLimits;
    if (!refusal.refused) {
      const planned = this.faults.map(({ options }) => options).filter(({ status }) => status === 429);
      return Math.min(...planned.map(({ headers }) => 1000 * parseInt(headers?.["retry-after"] ?? "0", 10)));
    }
    if (retryAfterFormat === "absent" || retryAfterSeconds === "window") return 0;
    return retryAfterSeconds * 1000;
  }
}
