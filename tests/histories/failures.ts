// Failures of a run that its faults, its program or others bring about.

import type { Fault } from "../simulator";
import { keyOf, refOf } from "./engineModel";
import { intentOf } from "./orphans";
import type { Scene, StackScene } from "./scene";

export function isExplained(scene: Scene, stack: StackScene, reason: string, fault: Fault | undefined): boolean {
  if (fault !== undefined && bringsAbout(fault, stack, reason)) return true;
  if (/exists already|already exist|is named ".*" already/i.test(reason)) {
    // what a killed run has left may be in the way of a credential that is moved back
    if (scene.orphans.isAny) return true;
    return stack.program.some(({ explicit }) => explicit !== undefined && reason.includes(explicit));
  }
  if (!/does not exist|not found|was deleted outside of Pulumi/i.test(reason)) return false;
  const intents = intentsOf(scene, stack);
  const isElsewhere = (ref: string) => scene.moved.has(ref) && scene.moved.get(ref) !== intents.get(ref);
  return stack.state.entries.map(refOf).some((ref) => scene.missing.has(ref) || isElsewhere(ref));
}

/** One fault passes, but where a key is created once more for its text: then the next run finds it. */
function bringsAbout({ fired }: Fault, { program }: StackScene, reason: string): boolean {
  const isShownOnce = program.some(({ exportable }) => !exportable);
  return fired > 1 || (fired === 1 && isShownOnce && reason.includes("may or may not have been carried out"));
}

/** What the program says of the objects that a stack holds. */
export function intentsOf(scene: Scene, stack: StackScene): Map<string, string> {
  const byKey = new Map(scene.goals(stack).map((goal) => [keyOf(goal), intentOf(stack, goal, new Set())]));
  return new Map(stack.state.entries.map((entry) => [refOf(entry), byKey.get(keyOf(entry)) ?? ""]));
}
