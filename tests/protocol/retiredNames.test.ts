import assert from "node:assert/strict";
import { change, keyArgs, make, plan, refresh } from "./driver";
import { retire, retireScene } from "./retireScene";

describe("The name of a key with retire: when-unused over the provider protocol", () => {
  const scene = retireScene();
  const { stored, enroll, settle } = scene;

  it("is the program's again, and it enabled, in a program that has it again where the answer to the change was lost", async () => {
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "edge" }));
    enroll(made);
    const fault = scene.world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
    await assert.rejects(
      scene.later.delete(made.type, made.id, made.outputs),
      /key "edge" .* may be disabled and named "edge-retired-.*pulumi up --refresh/,
    );
    fault.clear();
    assert.equal(stored(made)!.enabled, false);
    const next = await scene.world.provider();
    const seen = (await refresh(next, made))!;
    await change(await scene.world.provider(), seen, keyArgs(scene.world, { retire, name: "edge" }));
    assert.deepEqual([stored(made)!.name, stored(made)!.enabled], ["edge", true]);
    await settle(made);
  });

  it("tells it from another key that somebody has disabled and called so", async () => {
    const name = "office-retired-2024";
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { name }));
    scene.world.simulator.editKey(made.id, { enabled: false });
    const seen = (await refresh(await scene.world.provider(), made))!;
    assert.equal((await plan(await scene.world.provider(), seen, keyArgs(scene.world, { name }))).diff.changes, false);
    await settle(made);
  });

  it("has to be given where a program adopts it, and enabled set", async () => {
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "edge" }));
    enroll(made);
    await scene.later.delete(made.type, made.id, made.outputs);
    const adopter = await scene.world.provider();
    const args = (more = {}) => keyArgs(scene.world, { adopt: made.id, __zpa: { seed: "new-0a1b2c3" }, ...more });
    await assert.rejects(
      make(adopter, "ProvisioningKey", args()),
      /adopt: .*edge-retired-\d+" was retired: .*Set enabled to true and name/,
    );
    await assert.rejects(make(adopter, "ProvisioningKey", args({ enabled: true })), /was retired/);
    // others have enabled it again
    scene.world.simulator.editKey(made.id, { enabled: true });
    await assert.rejects(make(await scene.world.provider(), "ProvisioningKey", args()), /was retired/);
    await make(adopter, "ProvisioningKey", args({ enabled: true, name: "edge" }));
    assert.deepEqual([stored(made)!.name, stored(made)!.enabled], ["edge", true]);
    await settle(made);
  });

  it("keeps the program from disabling it where it reads as retired: another stack would delete it", async () => {
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "edge" }));
    const named = { name: `edge-retired-${made.id}` };
    const renamed = await change(await scene.world.provider(), made, keyArgs(scene.world, { retire, ...named }));
    const off = keyArgs(scene.world, { retire, ...named, enabled: false });
    await assert.rejects(
      change(await scene.world.provider(), renamed, off),
      /enabled: .* has the name of a retired key/,
    );
    await change(await scene.world.provider(), renamed, keyArgs(scene.world, { retire, name: "edge", enabled: false }));
    assert.deepEqual([stored(made)!.name, stored(made)!.enabled], ["edge", false]);
    await settle(made);
  });
});
