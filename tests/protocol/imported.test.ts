import assert from "node:assert/strict";
import { importFileOf } from "../harness/imported";
import { World } from "../harness/world";
import { keyArgs, type Made, plan, refresh } from "./driver";

describe("A key that was imported by file", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  /** As `pulumi import --file` puts it into state. */
  function imported(name: string, more = {}): Made {
    const there = world.simulator.addKey({ name, zcomponentId: keyArgs(world).zcomponentId as string, ...more });
    const { id, inputs, outputs } = importFileOf(there).resources[0]!;
    return { type: "ProvisioningKey", id, inputs, outputs };
  }

  it("is deleted by a destroy that refreshes first", async () => {
    const made = imported("zurich");
    const provider = await world.provider();
    const seen = (await refresh(provider, made))!;
    await provider.delete("ProvisioningKey", seen.id, seen.outputs);
    assert.doesNotMatch(provider.output(), /was not deleted/);
    await world.assertInvariants();
  });

  it("is deleted by an up that refreshes first, once the program has dropped it", async () => {
    const made = imported("zurich", { exportable: false });
    // the up after the import: nothing changes, so state keeps its outputs and gets the new inputs
    const first = await plan(await world.provider(), made, { ...made.inputs, __zpa: { seed: "zurich-0a1b2c3" } });
    assert.equal(first.diff.changes, false);
    const provider = await world.provider();
    const seen = (await refresh(provider, { ...made, inputs: first.inputs }))!;
    await provider.delete("ProvisioningKey", seen.id, seen.outputs);
    assert.doesNotMatch(provider.output(), /was not deleted/);
    await world.assertInvariants();
  });

  it("gets its text from the up that follows, also without a refresh, with one read", async () => {
    const made = imported("zurich");
    const news = { ...made.inputs, __zpa: { seed: "zurich-0a1b2c3" } };
    const provider = await world.provider();
    const { inputs, diff } = await plan(provider, made, news);
    assert.deepEqual([diff.changes, diff.replaces], [true, []]);
    const requests = await world.requestsOf(async () => {
      const { outputs } = await provider.update("ProvisioningKey", made.id, made.outputs, inputs);
      const isThere = outputs["provisioningKey"] === world.simulator.keys.get(made.id)!.provisioningKey;
      assert.ok(isThere, "the text is an output");
    });
    assert.deepEqual(requests.map(({ method }) => method), ["GET"]); // prettier-ignore
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("is refreshed after others have raised its limit, and more machines have enrolled than the old one let", async () => {
    const made = imported("zurich");
    const key = world.simulator.keys.get(made.id)!;
    Object.assign(key, { maxUsage: "500", usageCount: "400" });
    const seen = (await refresh(await world.provider(), made))!;
    assert.equal(seen.outputs.maxUsage, 500);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });
});
