// Objects that a create has made of which the engine has got no answer: no state holds them. When the run is repeated with
// the same program and the same options, the provider has to find them again, or to name them.

import assert from "node:assert/strict";
import { type Goal, keyOf } from "./engineModel";
import type { RemoteRecord } from "./program";
import type { StackScene } from "./scene";

interface Orphan {
  readonly ref: string;
  readonly stack: StackScene;
  /** The resource that it was made for. */
  readonly key: string;
  /** What the program said, and whether the engine was told to replace. */
  readonly intent: string;
}

export class Orphans {
  private left: Orphan[] = [];
  /** Those that the program, when it ran again, no longer asked for. */
  private readonly abandoned = new Set<string>();

  has(ref: string): boolean {
    return this.abandoned.has(ref) || this.left.some((orphan) => orphan.ref === ref);
  }

  get isAny(): boolean {
    return this.left.length + this.abandoned.size > 0;
  }

  /** A run has made this object for one of the goals whose create the engine has seen no end of. */
  found(
    ref: string,
    { name }: Pick<RemoteRecord, "name">,
    stack: StackScene,
    goals: readonly Goal[],
    forced: ReadonlySet<string>,
  ): void {
    const goal = goals.find(({ args, name: logical }) => name === args["name"] || name.startsWith(`${logical}-`));
    if (goal === undefined) return;
    this.left.push({ ref, stack, key: keyOf(goal), intent: intentOf(stack, goal, forced) });
  }

  /**
   * A run is done that had these goals.
   *
   * @param isLost - the object is there, no state holds it, and nothing that was printed names it
   */
  settle(
    stack: StackScene,
    goals: readonly Goal[],
    forced: ReadonlySet<string>,
    isLost: (ref: string) => boolean,
  ): void {
    const intents = new Set(goals.map((goal) => intentOf(stack, goal, forced)));
    for (const { ref, intent } of this.left.filter((orphan) => orphan.stack === stack)) {
      if (!intents.has(intent)) this.abandoned.add(ref);
      else assert.ok(!isLost(ref), `I5: ${ref}, which a run has left, was neither found again nor named`);
    }
    this.left = this.left.filter((orphan) => orphan.stack !== stack);
  }

  /** Nobody can be asked for those of this resource any more. */
  abandon(stack: StackScene, key: string): void {
    const lost = this.left.filter((orphan) => orphan.stack === stack && orphan.key === key);
    for (const { ref } of lost) this.abandoned.add(ref);
    this.left = this.left.filter((orphan) => !lost.includes(orphan));
  }

  /** Nobody can be asked for any of them any more. */
  abandonAll(): void {
    for (const { ref } of this.left) this.abandoned.add(ref);
    this.left = [];
  }
}

/** What a create of this goal makes, as far as the next run can know. */
export function intentOf({ state }: StackScene, goal: Goal, forced: ReadonlySet<string>): string {
  const { type, name, args } = goal;
  return JSON.stringify([state.name, type, name, args, forced.has(keyOf(goal))]);
}
