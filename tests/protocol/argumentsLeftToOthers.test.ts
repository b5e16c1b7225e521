import assert from "node:assert/strict";
import type { Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import { change, credentialArgs, keyArgs, make, type Made, plan, refOf, refresh } from "./driver";

describe("An argument that ignoreChanges leaves to others", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  const notes = (ignored: string[], more: Properties = {}) => ({
    __zpa: { seed: "connectors-0a1b2c3", generated: true, ignored, ...more },
  });
  /** The engine puts the old arguments in place of those that are ignored, whatever others have set since the last refresh. */
  const upTwice = async (made: Made, args: Properties) => {
    const after = await change(await world.provider(), made, args);
    assert.equal(
      (await plan(await world.provider(), after, args)).diff.changes,
      false,
      "a second up changes something",
    );
    return after;
  };

  it("keeps their limit of a key through an update of something else", async () => {
    const args = keyArgs(world, { enabled: true, ...notes(["maxUsage"]) });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    world.simulator.editKey(made.id, { maxUsage: "500" });
    const after = await upTwice(made, { ...args, enabled: false });
    const key = world.simulator.keys.get(made.id)!;
    assert.deepEqual([key.maxUsage, key.enabled, after.outputs.maxUsage], ["500", false, 500]);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("keeps their addresses and their name", async () => {
    const args = keyArgs(world, {
      name: "zurich",
      ipAcl: ["192.0.2.1"],
      __zpa: { seed: "zurich-0a1b2c3", ignored: ["ipAcl", "name"] },
    });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    world.simulator.editKey(made.id, { ipAcl: ["192.0.2.7"], name: "theirs" });
    await upTwice(made, { ...args, maxUsage: 20 });
    const key = world.simulator.keys.get(made.id)!;
    assert.deepEqual([key.maxUsage, key.ipAcl, key.name], ["20", ["192.0.2.7"], "theirs"]);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("keeps their user of a credential", async () => {
    const args = {
      ...credentialArgs(world).USERNAME_PASSWORD,
      description: "one",
      ...notes(["userName", "userDomain"]),
    };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    world.simulator.editCredential(made.id, { userName: "theirs" });
    await upTwice(made, { ...args, description: "two" });
    const { userName, description } = world.simulator.credentials.get(made.id)!;
    assert.deepEqual([userName, description], ["theirs", "two"]);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("is raised by headroom all the same", async () => {
    const args = keyArgs(world, { headroom: 5, ...notes(["maxUsage"]) });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const spent = { ...made, outputs: { ...made.outputs, usageCount: 8, remainingUses: 2 } };
    world.simulator.keys.get(made.id)!.usageCount = "8";
    const { outputs } = await upTwice(spent, args);
    assert.deepEqual([outputs.maxUsage, world.simulator.keys.get(made.id)!.maxUsage], [13, "13"]);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("counts when the object is created, and when it is adopted", async () => {
    const there = world.simulator.addKey({
      name: "zurich",
      zcomponentId: keyArgs(world).zcomponentId as string,
      maxUsage: "3",
    });
    world.protect(`key ${there.id}`);
    const args = keyArgs(world, { adopt: there.id, name: "basel", ...notes(["maxUsage", "name"]) });
    const made = await make(await world.provider(), "ProvisioningKey", {
      ...args,
      __zpa: { seed: "a-1", ignored: ["*"] },
    });
    assert.deepEqual([made.outputs.maxUsage, made.outputs.name], [10, "basel"]);
    const key = world.simulator.keys.get(there.id)!;
    assert.deepEqual([key.maxUsage, key.name], ["10", "basel"]);
    await world.assertInvariants({ live: [`key ${there.id}`] });
  });

  it("is the limit that headroom raises: replaceOnChanges replaces no key for it", async () => {
    const args = keyArgs(world, { headroom: 5, ...notes([], { replaceOn: ["maxUsage"] }) });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const spent = { ...made, outputs: { ...made.outputs, usageCount: 8, remainingUses: 2 } };
    const raised = await plan(await world.provider(), spent, args);
    assert.deepEqual([raised.diff.changes, raised.diff.replaces], [true, []]);
    const { diff } = await plan(await world.provider(), made, { ...args, maxUsage: 30 });
    assert.deepEqual(diff.replaces, ["maxUsage"]);
    await world.assertInvariants({ live: [refOf(made)] });
  });
});

describe("A value that others have set and that this package would not write", () => {
  it("passes check where ignoreChanges leaves it to them", async () => {
    const world = await World.start();
    try {
      const args = keyArgs(world, { ipAcl: ["192.0.2.1"], __zpa: { seed: "a-1", ignored: ["ipAcl", "maxUsage"] } });
      const made = await make(await world.provider(), "ProvisioningKey", args);
      world.simulator.editKey(made.id, { ipAcl: ["192.0.2.1 ", ""], maxUsage: "0" });
      const provider = await world.provider();
      const { inputs } = (await refresh(provider, made))!;
      const { ipAcl, maxUsage } = inputs;
      const checked = await provider.check("ProvisioningKey", inputs, { ...args, ipAcl, maxUsage });
      assert.deepEqual(checked.failures, []);
      await world.assertInvariants({ live: [refOf(made)] });
    } finally {
      await world.close();
    }
  });
});

describe("A limit that others have raised", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("is not taken back below the spent uses by an update of something else", async () => {
    const args = keyArgs(world, { enabled: true });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const key = world.simulator.keys.get(made.id)!;
    Object.assign(key, { maxUsage: "500", usageCount: "400" });
    await assert.rejects(
      change(await world.provider(), made, { ...args, enabled: false }),
      /maxUsage must not be lower than the uses already spent: it is 10, and 400 machines/,
    );
    assert.deepEqual([key.maxUsage, key.enabled], ["500", true]);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("counts for failWhenExhausted where ignoreChanges leaves it to them", async () => {
    const notes = { __zpa: { seed: "connectors-0a1b2c3", generated: true, ignored: ["maxUsage"] } };
    const args = keyArgs(world, { enabled: true, failWhenExhausted: true, ...notes });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const key = world.simulator.keys.get(made.id)!;
    Object.assign(key, { maxUsage: "500", usageCount: "400" });
    const disabled = { ...args, enabled: false };
    const after = await change(await world.provider(), made, disabled);
    assert.equal((await plan(await world.provider(), after, disabled)).diff.changes, false);
    assert.deepEqual([key.maxUsage, key.enabled], ["500", false]);
    await world.assertInvariants({ live: [refOf(made)] });
  });
});

describe("A type of credential that this package does not know", () => {
  it("is refused in words, also where it was imported and has stayed", async () => {
    const world = await World.start();
    try {
      const args = { name: "odd", credentialType: "PASSKEY" };
      const { failures } = await (await world.provider()).check("PrivilegedCredential", args, args);
      assert.match(failures[0]?.reason ?? "", /^credentialType must be "USERNAME_PASSWORD" or/);
      await world.assertInvariants();
    } finally {
      await world.close();
    }
  });
});
