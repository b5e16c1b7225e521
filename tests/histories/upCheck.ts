import assert from "node:assert/strict";
import { keyOf, refOf } from "./engineModel";
import { assertAsPlanned, assertSecretsAsPlanned } from "./program";
import type { Scene, StackScene } from "./scene";

/** After an up that is done: each resource is one object, and it is what the program says. */
export function assertUp(scene: Scene, { state, program }: StackScene): void {
  const keys = state.entries.map(keyOf).sort();
  assert.deepEqual(keys, program.map(keyOf).sort(), "state does not hold what the program says");
  for (const entry of state.entries) {
    assert.ok(
      !entry.isDeleted && !entry.isPendingReplacement && !entry.hasInitErrors,
      `${keyOf(entry)} is not settled`,
    );
    const record = scene.record(entry);
    if (record === undefined) continue;
    const planned = program.find((one) => keyOf(one) === keyOf(entry))!;
    const ref = refOf(entry);
    if (scene.drifted.has(ref)) continue;
    assertAsPlanned(planned, entry, record, scene.around, scene.touched.has(ref));
    if (!scene.unseenResets.has(ref)) assertSecretsAsPlanned(planned, entry, record, scene.around);
  }
}
