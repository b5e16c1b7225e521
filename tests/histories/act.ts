// A command of a history, and what its choices are made from.

import fc from "fast-check";
import type { Scene } from "./scene";

/** The scene is model and reality in one: the model is what the scene knows of the tenant. */
export type Command = fc.AsyncCommand<Scene, Scene>;

export class Act implements fc.AsyncCommand<Scene, Scene> {
  constructor(
    private readonly words: string,
    private readonly possible: (scene: Scene) => boolean,
    private readonly carryOut: (scene: Scene) => Promise<void> | void,
  ) {}

  check(scene: Readonly<Scene>): boolean {
    return this.possible(scene as Scene);
  }

  async run(scene: Scene): Promise<void> {
    await this.carryOut(scene);
    scene.assertAccounted();
  }

  toString(): string {
    return this.words;
  }
}

/** Which of the things that are there. */
export const which = fc.nat(5);

export const stackIndex = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) });

export function pick<T>(items: readonly T[], index: number): T | undefined {
  return items.length === 0 ? undefined : items[index % items.length];
}
