import assert from "node:assert/strict";
import { World } from "../harness/world";
import {
  argsOf,
  change,
  credentialArgs,
  type Made,
  make,
  otherValue,
  plan,
  recordsOf,
  refOf,
  refresh,
  resources,
} from "./driver";

describe("Where an object lives", () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.close());

  for (const type of resources) {
    describe(`is Default for a ${type} that was created while the settings named no microtenant: they do now, and it`, () => {
      let made: Made;
      let env: Record<string, string>;
      beforeEach(async () => {
        made = await make(await world.provider(), type, argsOf(world, type));
        env = { ZPA_MICROTENANT_ID: world.simulator.addMicrotenant({ name: "Home" }).id };
      });

      it("is changed", async () => {
        const changed = otherValue(type);
        const provider = await world.provider({ env });
        const after = await change(provider, made, { ...argsOf(world, type), ...changed });
        assert.equal((await plan(provider, after, { ...argsOf(world, type), ...changed })).diff.changes, false);
        await world.assertInvariants({ live: [refOf(made)] });
      });

      it("is refreshed, and stays", async () => {
        const provider = await world.provider({ env });
        const seen = (await refresh(provider, made))!;
        assert.equal((await plan(provider, seen, argsOf(world, type))).diff.changes, false);
        await world.assertInvariants({ live: [refOf(made)] });
      });

      it("is replaced", async () => {
        const provider = await world.provider({ env });
        const args = { ...argsOf(world, type), keepers: { rotation: "2" } };
        await plan(provider, made, args);
        const next = await make(provider, type, args);
        await provider.delete(type, made.id, made.outputs);
        await world.assertInvariants({ live: [refOf(next)] });
      });

      it("is deleted", async () => {
        await (await world.provider({ env })).delete(type, made.id, made.outputs);
        await world.assertInvariants();
      });
    });
  }

  it("is where a move was going that was not recorded: the next up goes on from there", async () => {
    const [here, there] = ["Here", "There"].map((name) => world.simulator.addMicrotenant({ name }).id);
    const args = { ...credentialArgs(world).PASSWORD, microtenantId: here };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    const target = { ...args, microtenantId: there };
    await change(await world.provider(), made, target);
    const { outputs } = await change(await world.provider(), made, target);
    assert.equal(outputs.microtenantId, there);
    assert.equal(world.writes.filter(({ path, status }) => path.endsWith("/move") && status! < 300).length, 1);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  for (const [what, before] of [
    ["has said nothing of a microtenant before", {}],
    ["says where it is", { microtenantId: "0" }],
  ] as const) {
    it(`is where the program says: an update moves back what others have moved, where the program ${what}`, async () => {
      const elsewhere = world.simulator.addMicrotenant({ name: "Elsewhere" }).id;
      const args = credentialArgs(world).USERNAME_PASSWORD;
      const made = await make(await world.provider(), "PrivilegedCredential", { ...args, ...before });
      world.simulator.editCredential(made.id, { microtenantId: elsewhere });
      const after = { ...args, microtenantId: "0", userName: "two" };
      const changed = await change(await world.provider(), made, after);
      const { microtenantId, userName } = world.simulator.credentials.get(made.id)!;
      assert.deepEqual([microtenantId, userName, changed.outputs["microtenantId"]], [undefined, "two", "0"]);
      await world.assertInvariants({ live: [refOf(made)] });
    });
  }

  it("is where others have moved it, where ignoreChanges leaves that to them", async () => {
    const [here, there] = ["Here", "There"].map((name) => world.simulator.addMicrotenant({ name }).id);
    const ignoring = { __zpa: { seed: "jump-0a1b2c3", ignored: ["microtenantId"] } };
    const args = { ...credentialArgs(world).USERNAME_PASSWORD, microtenantId: here, ...ignoring };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    world.simulator.editCredential(made.id, { microtenantId: there! });
    await change(await world.provider(), made, { ...args, userName: "two" });
    const { microtenantId, userName } = world.simulator.credentials.get(made.id)!;
    assert.deepEqual([microtenantId, userName], [there, "two"]);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("is where others have moved it: a move takes it from there", async () => {
    const [one, two, three] = ["One", "Two", "Three"].map((name) => world.simulator.addMicrotenant({ name }).id);
    const args = { ...credentialArgs(world).PASSWORD, microtenantId: one };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    world.simulator.editCredential(made.id, { microtenantId: two! });
    await change(await world.provider(), made, { ...args, microtenantId: three });
    assert.equal(world.simulator.credentials.get(made.id)!.microtenantId, three);
    await world.assertInvariants({ live: [refOf(made)] });
  });
});

describe("A microtenant that others have deleted", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  for (const type of resources) {
    it(`takes with it each ${type} of three, and neither refresh nor destroy fails`, async () => {
      const { id: microtenantId } = world.simulator.addMicrotenant({ name: "EMEA" });
      const provider = await world.provider();
      const base = argsOf(world, type);
      const numbered = (n: number) => ({ ...base, microtenantId, __zpa: { seed: `one${n}-0a1b2c3` } });
      const made = await Promise.all([1, 2, 3].map((n) => make(provider, type, numbered(n))));
      world.simulator.microtenants.delete(microtenantId);
      for (const { id } of made) recordsOf(world, type).delete(id);
      const next = await world.provider();
      const seen = await Promise.all(made.map((one) => refresh(next, one)));
      assert.deepEqual(seen, [undefined, undefined, undefined]);
      const last = await world.provider();
      await Promise.all(made.map((one) => last.delete(one.type, one.id, one.outputs)));
      await world.assertInvariants();
    });
  }

  for (const kind of ["status", "resetBeforeCommit"] as const) {
    it(`hides no credential that was moved there: it is deleted where it is, though the first attempt failed by ${kind}`, async () => {
      const { id } = world.simulator.addMicrotenant({ name: "EMEA" });
      const made = await make(await world.provider(), "PrivilegedCredential", credentialArgs(world).PASSWORD);
      world.simulator.credentials.get(made.id)!.microtenantId = id;
      world.fault({ ...(kind === "status" ? { kind, status: 503 } : { kind }), match: { method: "DELETE" } });
      await (await world.provider()).delete(made.type, made.id, made.outputs);
      await world.assertInvariants();
    });
  }
});
