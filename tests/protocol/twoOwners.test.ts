import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { runsInProcess } from "../harness/providerInProcess";
import { World } from "../harness/world";
import { argsOf, keyArgs, make, refOf, resources } from "./driver";

describe("A name that two owners ask for, of a key whose text is shown once", () => {
  let world: World;
  /** Milliseconds by which the tenant's clock is ahead. */
  let ahead = 0;
  beforeEach(async () => {
    ahead = 0;
    world = await World.start({ simulator: { now: () => performance.now() + ahead } });
  });
  afterEach(() => world.close());

  const args = (seed: string) =>
    keyArgs(world, { name: "zurich", exportable: false, __zpa: { seed: `${seed}-0a1b2c3` } });
  const post = { method: "POST", path: /Key$/ };

  it("stays with the one whose answer is on its way", async function () {
    if (runsInProcess()) this.skip(); // a process knows its own POSTs
    const [first, second] = [await world.provider(), await world.provider()];
    const fault = world.fault({ kind: "pauseAfterCommit", match: post });
    const creating = make(first, "ProvisioningKey", args("one"));
    await fault.waitUntilFired();
    await assert.rejects(make(second, "ProvisioningKey", args("two")), /"zurich" exists already/);
    fault.clear();
    const { id } = await creating;
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  it("stays with the one whose run has ended in order since the other has read this machine's notes", async () => {
    const [first, second] = [await world.provider(), await world.provider()];
    const fault = world.fault({ kind: "pause", match: post });
    const creating = make(first, "ProvisioningKey", args("one"));
    await fault.waitUntilFired();
    const generated = keyArgs(world, { __zpa: { seed: "other-0a1b2c3" } });
    const crashed = await world.provider();
    await make(crashed, "ProvisioningKey", generated);
    await crashed.kill("SIGKILL");
    const other = await make(second, "ProvisioningKey", generated);
    fault.clear();
    const { id } = await creating;
    await first.kill("SIGINT");
    await assert.rejects(make(second, "ProvisioningKey", args("two")), /"zurich" exists already/);
    await world.assertInvariants({ live: [`key ${id}`, `key ${other.id}`] });
  });

  it("stays with another machine that made it an hour after a POST of this one never arrived", async () => {
    const fault = world.fault({ kind: "hang", match: post });
    const crashed = await world.provider();
    const creating = assert.rejects(make(crashed, "ProvisioningKey", args("one")));
    await fault.waitUntilFired();
    await crashed.kill("SIGKILL");
    await creating;
    fault.clear();
    ahead = 3_600_000;
    const TMPDIR = path.join(world.env.TMPDIR!, "another-machine");
    mkdirSync(TMPDIR);
    const theirs = await make(await world.provider({ env: { TMPDIR } }), "ProvisioningKey", args("two"));
    await assert.rejects(make(await world.provider(), "ProvisioningKey", args("one")), /"zurich" exists already/);
    await world.assertInvariants({ live: [`key ${theirs.id}`] });
  });
});

describe("A create that an error hook repeats", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  for (const exportable of [true, false]) {
    it(`finds what the first one made, whose answer was lost and which could not be looked for: exportable ${exportable}`, async () => {
      const provider = await world.provider();
      const { inputs } = await provider.check("ProvisioningKey", {}, keyArgs(world, { exportable }));
      const lost = { method: "POST", path: /Key$/ };
      world.fault({ kind: "statusAfterCommit", status: 503, body: {}, match: lost });
      const look = world.fault({
        kind: "status",
        status: 403,
        body: {},
        match: { method: "GET", path: /provisioningKey$/, nth: 2 },
      });
      await assert.rejects(provider.create("ProvisioningKey", inputs), /could not be found out/);
      look.clear();
      const { id } = await provider.create("ProvisioningKey", inputs);
      await world.assertInvariants({ live: [`key ${id}`] });
    });
  }
});

describe("An object that one Provider of a run adopts, and another one is to delete", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  for (const type of resources) {
    it(`stays while the first one runs, and goes after a run that has ended: ${type}`, async function () {
      if (runsInProcess()) this.skip(); // a process knows its own adoptions
      const args = { ...argsOf(world, type), name: "zurich" };
      const [first, second] = [await world.provider(), await world.provider()];
      const made = await make(await world.provider(), type, args);
      await make(first, type, { ...args, adopt: made.id, __zpa: { seed: "other-0a1b2c3" } });
      await second.delete(type, made.id, made.outputs);
      assert.match(second.output(), /"zurich" \(\d+\) was not deleted: another Provider of this run has just adopted/);
      await world.assertInvariants({ live: [refOf(made)] });
      await first.kill("SIGINT");
      await (await world.provider()).delete(type, made.id, made.outputs);
      await world.assertInvariants();
    });
  }
});
