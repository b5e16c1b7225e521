// What Pulumi's engine does with one stack: the order of its calls, and what it writes to state after each. It follows
// pkg/resource/deploy of the engine 3.259 (step_generator.go, step.go, deployment_executor.go) for resources that do not
// depend on each other, and leaves out what they never use: protection, targets, components, providers of their own.

import { nameSeed } from "../../provider/model/names";
import { plain, type Properties, ProviderCallError, type ProviderProcess } from "../harness/providerProcess";
import type { Resource } from "../protocol/driver";

/** A resource as the program registers it. */
export interface Goal {
  readonly type: Resource;
  readonly name: string;
  readonly args: Properties;
  /** Names that it had before. */
  readonly aliases: readonly string[];
  readonly deleteBeforeReplace?: boolean;
}

/** A resource as state has it. */
export interface Entry {
  type: Resource;
  name: string;
  id: string;
  inputs: Properties;
  outputs: Properties;
  /** It was replaced, and its object is still to be deleted. */
  isDeleted: boolean;
  /** Its object was deleted, and the one in its place is still to be created. */
  isPendingReplacement: boolean;
  /** The provider has reported that it is not complete. */
  hasInitErrors: boolean;
}

export interface StackState {
  name: string;
  entries: Entry[];
}

/** The provider, as the engine calls it. */
export type Calls = Pick<ProviderProcess, "check" | "diff" | "create" | "read" | "update" | "delete">;

export interface UpOptions {
  /** `--refresh`. */
  readonly refresh?: boolean;
  /** Resources to replace whatever their diff says, as `<type> <name>`: `--replace`, `state taint`, a trigger. */
  readonly replace?: ReadonlySet<string>;
  /**
   * The program registers one resource after the other, or all before the first step is done: then the steps are under
   * way together, and one that fails does not keep the others from their ends.
   */
  readonly registers?: "one by one" | "all at once";
}

/** The run ended with these errors; what came before them stands in state. */
export class RunFailed extends Error {
  override name = "RunFailed";

  constructor(readonly reasons: readonly string[]) {
    super(reasons.join("\n"));
  }
}

export function keyOf({ type, name }: Pick<Goal, "type" | "name">): string {
  return `${type} ${name}`;
}

/** Names an object: objects of two types may share an id. */
export function refOf({ type, id }: { type: Resource; id: string }): string {
  return `${type} ${id}`;
}

/** Registration's part: what it adds to the program's arguments. */
function propsOf(stack: StackState, { type, name, args }: Goal): Properties {
  const urn = `urn:pulumi:${stack.name}::histories::pulumi-nodejs:dynamic/zpa:${type}::${name}`;
  const isGenerated = args["name"] === undefined;
  return { ...args, __zpa: { seed: nameSeed(name, "", urn), ...(isGenerated ? { generated: true } : {}) } };
}

/** @throws RunFailed */
export async function up(calls: Calls, stack: StackState, goals: readonly Goal[], options: UpOptions): Promise<void> {
  if (options.refresh) await refresh(calls, stack);
  await new Deployment(calls, stack, options).run(goals);
}

/** @throws RunFailed */
export async function destroy(calls: Calls, stack: StackState): Promise<void> {
  await new Deployment(calls, stack, {}).run([]);
}

/** @throws RunFailed */
export async function refresh(calls: Calls, stack: StackState): Promise<void> {
  const reading = stack.entries.filter((entry) => !entry.isPendingReplacement);
  await all(reading.map((entry) => () => refreshOne(calls, stack, entry)));
}

async function refreshOne(calls: Calls, stack: StackState, entry: Entry): Promise<void> {
  const { id, props, inputs } = await calls.read(entry.type, entry.id, entry.outputs);
  if (id === "") return drop(stack, entry);
  await calls.diff(entry.type, id, props, entry.inputs);
  Object.assign(entry, { id, outputs: props, inputs: inputs ?? entry.inputs, hasInitErrors: false });
}

/** Carries all out, and fails after the last one. What is thrown by others than the provider ends it at once. */
async function all(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const reasons: string[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof ProviderCallError || error instanceof RunFailed)) throw error;
      reasons.push(error.message);
    }
  }
  if (reasons.length > 0) throw new RunFailed(reasons);
}

function drop(stack: StackState, entry: Entry): void {
  stack.entries = stack.entries.filter((other) => other !== entry);
}

class Deployment {
  private readonly before: readonly Entry[];
  private readonly olds: ReadonlyMap<string, Entry>;
  private readonly registered = new Set<Entry>();

  constructor(
    private readonly calls: Calls,
    private readonly stack: StackState,
    private readonly options: UpOptions,
  ) {
    this.before = [...stack.entries];
    this.olds = new Map(this.before.filter((entry) => !entry.isDeleted).map((entry) => [keyOf(entry), entry]));
  }

  async run(goals: readonly Goal[]): Promise<void> {
    if (this.options.registers === "all at once") {
      const steps: (() => Promise<void>)[] = [];
      await this.stopping(async () => {
        for (const goal of goals) steps.push(await this.plan(goal));
      });
      await all(steps);
    } else {
      await this.stopping(async () => {
        for (const goal of goals) await (await this.plan(goal))();
      });
    }
    await this.deleteTheRest();
  }

  /** The first failure ends it. */
  private stopping(steps: () => Promise<void>): Promise<void> {
    return all([steps]);
  }

  /** Check and diff; what is to be done then. */
  private async plan(goal: Goal): Promise<() => Promise<void>> {
    const { calls, stack } = this;
    const old = this.oldOf(goal);
    const isForced = old !== undefined && this.options.replace?.has(keyOf(goal)) === true;
    const inputs = await this.check(goal, old !== undefined && !isForced ? old.inputs : {});
    if (old === undefined) return () => this.create(goal, inputs);
    const diff = isForced
      ? { changes: true, replaces: ["id"], deleteBeforeReplace: false }
      : await calls.diff(goal.type, old.id, old.outputs, inputs);
    if (old.isPendingReplacement || (diff.changes === true && diff.replaces.length > 0)) {
      const fresh = isForced ? inputs : await this.check(goal, {});
      const deletesFirst = goal.deleteBeforeReplace ?? diff.deleteBeforeReplace;
      return () => (deletesFirst ? this.deleteThenCreate(goal, fresh, old) : this.create(goal, fresh, old));
    }
    if (diff.changes === true || old.hasInitErrors) return () => this.update(goal, inputs, old);
    return async () => {
      Object.assign(old, { name: goal.name, inputs });
      stack.entries = [...stack.entries.filter((entry) => entry !== old), old];
    };
  }

  /** The old state under its own name, else under an alias that nobody has taken. */
  private oldOf({ type, name, aliases }: Goal): Entry | undefined {
    for (const one of [name, ...aliases]) {
      const old = this.olds.get(keyOf({ type, name: one }));
      if (old === undefined) continue;
      if (this.registered.has(old)) throw new RunFailed([`duplicate alias ${one}`]);
      this.registered.add(old);
      return old;
    }
    return undefined;
  }

  private async check(goal: Goal, olds: Properties): Promise<Properties> {
    const { inputs, failures } = await this.calls.check(goal.type, olds, propsOf(this.stack, goal));
    if (failures.length > 0) throw new RunFailed(failures.map(({ reason }) => `${keyOf(goal)}: ${reason}`));
    return inputs;
  }

  /** @param replaced - its object stays until the end of the run */
  private async create(goal: Goal, inputs: Properties, replaced?: Entry): Promise<void> {
    await this.keeping(
      async () => {
        const { id, outputs } = await this.calls.create(goal.type, inputs);
        return { id, outputs };
      },
      ({ id, outputs }, hasInitErrors) => {
        if (replaced) replaced.isDeleted = true;
        this.add(goal, { id, inputs, outputs, hasInitErrors });
      },
    );
  }

  private async deleteThenCreate(goal: Goal, inputs: Properties, old: Entry): Promise<void> {
    if (!old.isPendingReplacement) {
      await this.calls.delete(old.type, old.id, old.outputs);
      old.isPendingReplacement = true;
    }
    await this.keeping(
      () => this.calls.create(goal.type, inputs),
      ({ id, outputs }, hasInitErrors) => {
        drop(this.stack, old);
        this.add(goal, { id, inputs, outputs, hasInitErrors });
      },
    );
  }

  private async update(goal: Goal, inputs: Properties, old: Entry): Promise<void> {
    await this.keeping(
      async () => ({ id: old.id, ...(await this.calls.update(goal.type, old.id, old.outputs, inputs)) }),
      ({ outputs }, hasInitErrors) => Object.assign(old, { name: goal.name, inputs, outputs, hasInitErrors }),
    );
  }

  private add({ type, name }: Goal, made: Pick<Entry, "id" | "inputs" | "outputs" | "hasInitErrors">): void {
    this.stack.entries.push({ type, name, ...made, isDeleted: false, isPendingReplacement: false });
  }

  /** What exists though the call has failed is recorded like the rest, as incomplete. */
  private async keeping(
    call: () => Promise<{ id: string; outputs: Properties }>,
    record: (made: { id: string; outputs: Properties }, hasInitErrors: boolean) => void,
  ): Promise<void> {
    let made: { id: string; outputs: Properties };
    try {
      made = await call();
    } catch (error) {
      if (error instanceof ProviderCallError && error.initFailure !== undefined) {
        const { id, properties } = error.initFailure;
        const kept = Object.entries(properties).filter(([name]) => name !== "__provider");
        const outputs = Object.fromEntries(kept.map(([name, value]) => [name, plain(value)]));
        record({ id, outputs }, true);
      }
      throw error;
    }
    record(made, false);
  }

  /** What was replaced, in this run or in an earlier one, and what left the program: all of it together. */
  private async deleteTheRest(): Promise<void> {
    const rest = this.before.filter((entry) => entry.isDeleted || !this.registered.has(entry));
    await all(
      rest.map((entry) => async () => {
        if (entry.isDeleted || !entry.isPendingReplacement) {
          await this.calls.delete(entry.type, entry.id, entry.outputs);
        }
        drop(this.stack, entry);
      }),
    );
  }
}
