import assert from "node:assert/strict";
import type { ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";
import { change, keyArgs, make, type Made, plan, refresh } from "./driver";

const retire = "when-unused";

describe("The name of a key with retire: when-unused over the provider protocol", () => {
  let world: World;
  let provider: ProviderProcess;
  /** Of the next run: a run never deletes what it has made. */
  let later: ProviderProcess;
  beforeEach(async () => {
    world = await World.start({ env: { ZPA_OPERATION_TIMEOUT: "2" } });
    provider = await world.provider();
    later = await world.provider();
  });
  afterEach(() => world.close());

  const stored = ({ id }: Made) => world.simulator.keys.get(id);
  const enroll = (made: Made) => world.simulator.enrollMachine(stored(made)!.provisioningKey, { connected: true });
  /** What is left in place is no longer the stack's. */
  const settle = async ({ id }: Made) => {
    world.protect(`key ${id}`);
    await world.assertInvariants({ live: [`key ${id}`] });
  };

  it("is the program's again, and it enabled, in a program that has it again where the answer to the change was lost", async () => {
    const made = await make(provider, "ProvisioningKey", keyArgs(world, { retire, name: "edge" }));
    enroll(made);
    const fault = world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
    await assert.rejects(
      later.delete(made.type, made.id, made.outputs),
      /key "edge" .* may be disabled and named "edge-retired-.*pulumi up --refresh/,
    );
    fault.clear();
    assert.equal(stored(made)!.enabled, false);
    const next = await world.provider();
    const seen = (await refresh(next, made))!;
    await change(await world.provider(), seen, keyArgs(world, { retire, name: "edge" }));
    assert.deepEqual([stored(made)!.name, stored(made)!.enabled], ["edge", true]);
    await settle(made);
  });

  it("tells it from another key that somebody has disabled and called so", async () => {
    const name = "office-retired-2024";
    const made = await make(provider, "ProvisioningKey", keyArgs(world, { name }));
    world.simulator.editKey(made.id, { enabled: false });
    const seen = (await refresh(await world.provider(), made))!;
    assert.equal((await plan(await world.provider(), seen, keyArgs(world, { name }))).diff.changes, false);
    await settle(made);
  });

  it("has to be given where a program adopts it, and enabled set", async () => {
    const made = await make(provider, "ProvisioningKey", keyArgs(world, { retire, name: "edge" }));
    enroll(made);
    await later.delete(made.type, made.id, made.outputs);
    const adopter = await world.provider();
    const args = (more = {}) => keyArgs(world, { adopt: made.id, __zpa: { seed: "new-0a1b2c3" }, ...more });
    await assert.rejects(
      make(adopter, "ProvisioningKey", args()),
      /adopt: .*edge-retired-\d+" was retired: .*Set enabled to true and name/,
    );
    await assert.rejects(make(adopter, "ProvisioningKey", args({ enabled: true })), /was retired/);
    // others have enabled it again
    world.simulator.editKey(made.id, { enabled: true });
    await assert.rejects(make(await world.provider(), "ProvisioningKey", args()), /was retired/);
    await make(adopter, "ProvisioningKey", args({ enabled: true, name: "edge" }));
    assert.deepEqual([stored(made)!.name, stored(made)!.enabled], ["edge", true]);
    await settle(made);
  });

  it("keeps the program from disabling it where it reads as retired: another stack would delete it", async () => {
    const made = await make(provider, "ProvisioningKey", keyArgs(world, { retire, name: "edge" }));
    const named = { name: `edge-retired-${made.id}` };
    const renamed = await change(await world.provider(), made, keyArgs(world, { retire, ...named }));
    const off = keyArgs(world, { retire, ...named, enabled: false });
    await assert.rejects(change(await world.provider(), renamed, off), /enabled: .* has the name of a retired key/);
    await change(await world.provider(), renamed, keyArgs(world, { retire, name: "edge", enabled: false }));
    assert.deepEqual([stored(made)!.name, stored(made)!.enabled], ["edge", false]);
    await settle(made);
  });
});
