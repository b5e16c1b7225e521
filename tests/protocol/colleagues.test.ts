import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ProviderCallError } from "../harness/providerProcess";
import { type Properties, unknownValue } from "../harness/providerProcess";
import { World } from "../harness/world";
import { credentialArgs, keyArgs, make, type Made, plan, refresh, replan, secretsFor } from "./driver";

const refused = { kind: "status", status: 403, body: {} } as const;

describe("A colleague's object of the same name", () => {
  let world: World;
  const machines: string[] = [];
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(async () => {
    await world.close();
    for (const folder of machines.splice(0)) rmSync(folder, { recursive: true });
  });

  /** The options of a provider on a machine with notes of its own. */
  const machine = () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "zpa-machine-"));
    machines.push(folder);
    return { env: { TMPDIR: folder } };
  };
  const hidden = (more: Properties = {}) => keyArgs(world, { name: "zurich", exportable: false, ...more });

  /** A key that a stack on another machine owns. */
  async function theirs(args: Properties): Promise<Made> {
    const notes = { __zpa: { seed: "theirs-0a1b2c4" } };
    const made = await make(await world.provider(machine()), "ProvisioningKey", { ...args, ...notes });
    world.protect(...[...world.simulator.keys.keys()].filter((id) => id !== made.id).map((id) => `key ${id}`));
    return made;
  }

  it("is left alone where it was created since this run read the list", async () => {
    const provider = await world.provider(machine());
    const ours = await make(provider, "ProvisioningKey", keyArgs(world));
    await theirs(hidden());
    await assert.rejects(
      make(provider, "ProvisioningKey", hidden()),
      /A provisioning key named "zurich" exists already/,
    );
    await world.assertInvariants({ live: [`key ${ours.id}`] });
  });

  it("is left alone where an earlier POST of this machine was refused", async () => {
    const mine = machine();
    world.fault({ ...refused, match: { method: "POST", path: /Key$/ } });
    await assert.rejects(make(await world.provider(mine), "ProvisioningKey", hidden()), /403/);
    await theirs(hidden());
    await assert.rejects(make(await world.provider(mine), "ProvisioningKey", hidden()), /exists already/);
    await world.assertInvariants();
  });

  it("is left alone where this machine once had one of that name", async () => {
    const mine = machine();
    const provider = await world.provider(mine);
    const made = await make(provider, "ProvisioningKey", hidden());
    await provider.kill("SIGINT");
    await (await world.provider(mine)).delete("ProvisioningKey", made.id, made.outputs);
    await theirs(hidden());
    await assert.rejects(make(await world.provider(mine), "ProvisioningKey", hidden()), /exists already/);
    await world.assertInvariants();
  });

  it("is left alone in a microtenant where this machine has posted none", async () => {
    const mine = machine();
    const fault = world.fault({ kind: "pauseAfterCommit", match: { method: "POST", path: /Key$/ } });
    const crashed = await world.provider(mine);
    const creating = assert.rejects(make(crashed, "ProvisioningKey", hidden()));
    await fault.waitUntilFired();
    await crashed.kill("SIGKILL");
    await creating;
    fault.clear();
    const [lost] = world.simulator.keys.keys();
    const microtenantId = world.simulator.addMicrotenant({ name: "EMEA" }).id;
    await theirs(hidden({ microtenantId }));
    await assert.rejects(
      make(await world.provider(mine), "ProvisioningKey", hidden({ microtenantId })),
      /exists already/,
    );
    await world.assertInvariants({ live: [`key ${lost}`] });
  });

  describe("that is the name of a replacement", () => {
    const old = () => keyArgs(world, { name: "basel" });
    const next = (more: Properties = {}) => keyArgs(world, { name: "zurich", keepers: { rotation: "2" }, ...more });

    it("keeps the old object from being deleted first", async () => {
      const made = await make(await world.provider(), "ProvisioningKey", old());
      await theirs(keyArgs(world, { name: "zurich" }));
      const provider = await world.provider();
      await replan(provider, made, next());
      await assert.rejects(provider.delete("ProvisioningKey", made.id, made.outputs), /"zurich" exists already/);
      await world.assertInvariants({ live: [`key ${made.id}`] });
    });

    it("keeps nothing back where the program adopts it", async () => {
      const made = await make(await world.provider(), "ProvisioningKey", old());
      const there = world.simulator.addKey({ name: "zurich", zcomponentId: String(old().zcomponentId) });
      world.protect(`key ${made.id}`, `key ${there.id}`);
      const provider = await world.provider();
      await replan(provider, made, next({ adopt: there.id }));
      await provider.delete("ProvisioningKey", made.id, made.outputs);
      assert.equal((await make(provider, "ProvisioningKey", next({ adopt: there.id }))).id, there.id);
      await world.assertInvariants({ live: [`key ${there.id}`] });
    });

    it("keeps nothing back where a crashed run has deleted the old object: its own successor is found", async () => {
      const [before, after] = [{ ...old(), exportable: false }, next({ exportable: false })];
      const made = await make(await world.provider(), "ProvisioningKey", before);
      const crashed = await world.provider();
      await replan(crashed, made, after);
      await crashed.delete("ProvisioningKey", made.id, made.outputs);
      const fault = world.fault({ kind: "pauseAfterCommit", match: { method: "POST", path: /Key$/ } });
      const creating = assert.rejects(make(crashed, "ProvisioningKey", after));
      await fault.waitUntilFired();
      await crashed.kill("SIGKILL");
      await creating;
      fault.clear();
      const provider = await world.provider();
      await replan(provider, made, after);
      await provider.delete("ProvisioningKey", made.id, made.outputs);
      const { id } = await make(provider, "ProvisioningKey", after);
      await world.assertInvariants({ live: [`key ${id}`] });
    });

    it("costs no request where the name stays", async () => {
      const made = await make(await world.provider(), "ProvisioningKey", old());
      const provider = await world.provider();
      await replan(provider, made, { ...old(), keepers: { rotation: "2" } });
      const requests = await world.requestsOf(() => provider.delete("ProvisioningKey", made.id, made.outputs));
      assert.deepEqual(
        requests.map(({ method }) => method),
        ["DELETE"],
      );
      await world.assertInvariants();
    });
  });

  it("is not claimed for a POST that was lost, where it is older than that", async () => {
    const { password } = secretsFor(world);
    const provider = await world.provider(machine());
    const args = { ...credentialArgs(world).PASSWORD, password };
    const notes = { __zpa: { seed: "other-0a1b2c3" } };
    const { id: ours } = await make(provider, "PrivilegedCredential", { ...args, ...notes });
    const older = world.simulator.addCredential({ name: "zurich", credentialType: "PASSWORD" });
    older.creationTime = older.modifiedTime = String(Number(older.creationTime) - 600);
    world.protect(`credential ${ours}`);
    world.fault({ kind: "status", status: 502, match: { method: "POST", path: /credential$/ } });
    await assert.rejects(make(provider, "PrivilegedCredential", { ...args, name: "zurich" }), /exists already/);
    await world.assertInvariants({ live: [`credential ${ours}`] });
  });
});

describe("A comparison with old arguments", () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.close());

  it("of what depends on a resource that is replaced keeps no object from being deleted", async () => {
    const made = await make(await world.provider(), "ProvisioningKey", keyArgs(world, { uiConfig: "x" }));
    const provider = await world.provider();
    await provider.diff("ProvisioningKey", made.id, made.outputs, { ...made.inputs, uiConfig: unknownValue });
    await provider.delete("ProvisioningKey", made.id, made.outputs);
    await world.assertInvariants();
  });

  it("of what depends on a resource that is replaced refuses nothing that the program has put right", async () => {
    const args = keyArgs(world, { name: "zurich", uiConfig: "x", failWhenExhausted: true });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const spent = { ...made.outputs, usageCount: 10, remainingUses: 0 };
    const provider = await world.provider();
    await provider.diff("ProvisioningKey", made.id, spent, { ...made.inputs, uiConfig: unknownValue });
    const retained = {
      ...made.inputs,
      __zpa: { seed: "connectors-0a1b2c3", retain: true },
      zcomponentId: unknownValue,
    };
    await provider.diff("ProvisioningKey", made.id, made.outputs, retained);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("in a refresh is not kept back by retainOnDelete", async () => {
    const notes = { __zpa: { seed: "connectors-0a1b2c3", retain: true } };
    const made = await make(await world.provider(), "ProvisioningKey", keyArgs(world, { name: "zurich", ...notes }));
    world.simulator.editKey(made.id, { exportable: false });
    const seen = await refresh(await world.provider(), made);
    assert.equal(seen!.outputs.exportable, false);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("is never taken for that of a refresh where only a get has read the object before", async () => {
    const args = keyArgs(world, { failWhenExhausted: true });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const got = await (await world.provider()).read("ProvisioningKey", made.id, {});
    const provider = await world.provider();
    await provider.read("ProvisioningKey", made.id, got.props);
    const spent = { ...made, outputs: { ...made.outputs, usageCount: 10, remainingUses: 0 } };
    await assert.rejects(plan(provider, spent, args), /has no uses left/);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });
});

describe("A create that an error hook repeats", () => {
  it("goes on after the object that it had to delete is gone, however often it fails", async () => {
    const world = await World.start();
    try {
      world.simulator.createAnswerWithoutText();
      world.fault({ ...refused, match: { method: "DELETE" } });
      const provider = await world.provider();
      const { inputs } = await provider.check("ProvisioningKey", {}, keyArgs(world, { exportable: false }));
      await assert.rejects(provider.create("ProvisioningKey", inputs), /deleting it failed/);
      world.fault({ ...refused, match: { method: "POST", path: /Key$/ }, times: 2 });
      for (let time = 0; time < 2; time++) {
        await assert.rejects(provider.create("ProvisioningKey", inputs), (error: ProviderCallError) => {
          assert.match(error.message, /403 creating/);
          return error.initFailure === undefined;
        });
      }
      const { id } = await provider.create("ProvisioningKey", inputs);
      await world.assertInvariants({ live: [`key ${id}`] });
    } finally {
      await world.close();
    }
  });
});

describe("The look at a new name before the old object is deleted", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("is not forgotten after a rename with aliases", async () => {
    const old = keyArgs(world, { name: "basel" });
    const made = await make(await world.provider(), "ProvisioningKey", old);
    const renamed = { __zpa: { seed: "renamed-0a1b2c3" } };
    const { inputs, diff } = await plan(await world.provider(), made, { ...old, ...renamed });
    assert.equal(diff.changes, false);
    const theirs = await make(await world.provider(), "ProvisioningKey", keyArgs(world, { name: "zurich", __zpa: { seed: "theirs-0a1b2c3" } })); // prettier-ignore
    const provider = await world.provider();
    const next = keyArgs(world, { name: "zurich", keepers: { rotation: "2" }, ...renamed });
    assert.deepEqual((await replan(provider, { ...made, inputs }, next)).diff.replaces, ["keepers"]);
    await assert.rejects(provider.delete("ProvisioningKey", made.id, made.outputs), /"zurich" exists already/);
    await world.assertInvariants({ live: [`key ${made.id}`, `key ${theirs.id}`] });
  });

  it("is not asked for by a refresh's diff before a destroy", async () => {
    const [emea, apac] = ["EMEA", "APAC"].map((name) => world.simulator.addMicrotenant({ name }).id);
    const args = keyArgs(world, { name: "zurich", microtenantId: emea });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    world.simulator.keys.get(made.id)!.microtenantId = apac!;
    const { id } = world.simulator.addKey({
      name: "zurich",
      zcomponentId: String(args.zcomponentId),
      microtenantId: emea!,
    });
    world.protect(`key ${made.id}`);
    const provider = await world.provider();
    const seen = await refresh(provider, made);
    await provider.delete("ProvisioningKey", made.id, seen!.outputs);
    assert.ok(world.simulator.keys.has(id));
    await world.assertInvariants();
  });
});
