import assert from "node:assert/strict";
import { World } from "../harness/world";
import {
  argsOf,
  change,
  credentialArgs,
  editRecord,
  keyArgs,
  make,
  plan,
  refOf,
  refresh,
  resources,
  secretsFor,
  without,
} from "./driver";

describe("What others do to an object", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("stays through an update of a key that concerns something else", async () => {
    const args = keyArgs(world);
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const stored = world.simulator.keys.get(made.id)!;
    world.simulator.editKey(made.id, { enabled: false, ipAcl: ["192.0.2.1"], uiConfig: "theirs" });
    const requests = await world.requestsOf(async () => {
      const after = await change(await world.provider(), made, { ...args, maxUsage: 20 });
      assert.deepEqual([after.outputs.enabled, after.outputs.ipAcl], [false, ["192.0.2.1"]]);
    });
    assert.deepEqual(
      [stored.maxUsage, stored.enabled, stored.ipAcl, stored.uiConfig],
      ["20", false, ["192.0.2.1"], "theirs"],
    );
    assert.deepEqual(
      requests.map(({ method }) => method),
      ["GET", "PUT"],
    );
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("costs no look where the program sets everything that an update writes", async () => {
    const enrollmentCertId = world.simulator.builtInCertificate("Connector");
    const all = { enrollmentCertId, enabled: true, exportable: true, ipAcl: ["192.0.2.1"], uiConfig: "x" };
    const args = keyArgs(world, all);
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const requests = await world.requestsOf(async () => {
      await change(await world.provider(), made, { ...args, maxUsage: 20 });
    });
    assert.deepEqual(
      requests.map(({ method }) => method),
      ["PUT"],
    );
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("stays through an update of a credential that concerns something else", async () => {
    const args = credentialArgs(world).USERNAME_PASSWORD;
    const made = await make(await world.provider(), "PrivilegedCredential", without(args, "userDomain"));
    const stored = world.simulator.credentials.get(made.id)!;
    world.simulator.editCredential(made.id, { description: "theirs", userDomain: "corp" });
    const password = secretsFor(world).otherPassword;
    await change(await world.provider(), made, { ...without(args, "userDomain"), password });
    assert.deepEqual([stored.description, stored.userDomain], ["theirs", "corp"]);
    assert.ok(stored.password === password);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  for (const type of resources) {
    it(`does not keep a ${type} alive that was moved to another microtenant: it is deleted where it is`, async () => {
      const microtenant = world.simulator.addMicrotenant({ name: "Scope C" });
      const args = argsOf(world, type);
      const home = world.simulator.addMicrotenant({ name: "Home" });
      const made = await make(await world.provider(), type, { ...args, microtenantId: home.id });
      editRecord(world, made, { microtenantId: microtenant.id });
      await (await world.provider()).delete(type, made.id, made.outputs);
      await world.assertInvariants();
    });
  }

  it("does not keep a destroy from ending when they delete a key that this run has listed", async () => {
    const keys = ["a", "b"].map((name) => keyArgs(world, { name, __zpa: { seed: `${name}-0` } }));
    const made = await Promise.all(keys.map(async (args) => make(await world.provider(), "ProvisioningKey", args)));
    const provider = await world.provider();
    await Promise.all(made.map((one) => refresh(provider, one)));
    for (const { id } of made) world.simulator.removeKey(id);
    await Promise.all(made.map(({ type, id, outputs }) => provider.delete(type, id, outputs)));
    await world.assertInvariants();
  });

  it("replaces a key with spent uses, though its limit would be too low for the old one", async () => {
    const args = keyArgs(world, { maxUsage: 20 });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const used = { ...made, outputs: { ...made.outputs, usageCount: 13 } };
    const { diff } = await plan(await world.provider(), used, { ...args, maxUsage: 10, keepers: { rotation: "2" } });
    assert.deepEqual(diff.replaces, ["keepers"]);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("does not matter where it is odd: rows that cannot be read are skipped, and their names are taken", async () => {
    const { simulator } = world;
    const args = keyArgs(world, { name: "zurich" });
    const { zcomponentId } = args as { zcomponentId: string };
    simulator.addOddKey({ id: "990001", name: 17, maxUsage: null, zcomponentId });
    simulator.addOddCredential({ id: "990002", name: "odd", credentialType: "PASSKEY", userName: 4 });
    world.protect();
    const key = await make(await world.provider(), "ProvisioningKey", args);
    const credential = await make(await world.provider(), "PrivilegedCredential", credentialArgs(world).PASSWORD);
    const fresh = await world.provider();
    const all = await Promise.all([key, credential].map((made) => refresh(fresh, made)));
    assert.ok(all.every((made) => made !== undefined));
    await world.assertInvariants({ live: [refOf(key), refOf(credential)] });
  });

  it("does not matter to a name that ZPA escapes twice", async () => {
    world.simulator.settings.escapeTexts = "twice";
    const args = { ...credentialArgs(world).PASSWORD, name: "R&D <1>", description: "a & b" };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    assert.deepEqual([made.outputs.name, made.outputs.description], ["R&D <1>", "a & b"]);
    const seen = (await refresh(await world.provider(), made))!;
    assert.equal((await plan(await world.provider(), seen, args)).diff.changes, false);
    const again = { ...args, __zpa: { seed: "other-0a1b2c3" } };
    await assert.rejects(make(await world.provider(), "PrivilegedCredential", again), /"R&D <1>" exists already/);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("does not matter to a credential whose secret is left to them with ignoreChanges", async () => {
    const args = { ...credentialArgs(world).PASSWORD, name: "jump" };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    const seen = (await refresh(await world.provider(), made))!;
    world.simulator.editCredential(made.id, { password: secretsFor(world).otherPassword });
    const reset = (await refresh(await world.provider(), seen))!;
    assert.equal("password" in reset.inputs, false);
    // the engine puts the old input in place of the program's: there is none
    const ignoring = without(args, "password");
    const first = await plan(await world.provider(), reset, ignoring);
    assert.equal(first.diff.changes, false);
    const second = await plan(await world.provider(), { ...reset, inputs: first.inputs }, ignoring);
    assert.equal(second.diff.changes, false);
    const described = await change(
      await world.provider(),
      { ...reset, inputs: first.inputs },
      { ...ignoring, description: "d" },
    );
    assert.ok(world.simulator.credentials.get(made.id)!.password === secretsFor(world).otherPassword);
    assert.equal(described.outputs.description, "d");
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("fails a run that asks for it when a key has no uses left", async () => {
    const args = keyArgs(world, { maxUsage: 2, failWhenExhausted: true });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const spent = { ...made, outputs: { ...made.outputs, usageCount: 2, remainingUses: 0 } };
    const fresh = await world.provider();
    await assert.rejects(plan(fresh, spent, args), /no uses left \(2 of 2\).*headroom/);
    assert.equal((await plan(fresh, spent, { ...args, failWhenExhausted: false })).diff.changes, true);
    assert.equal((await plan(fresh, spent, { ...args, maxUsage: 5 })).diff.changes, true);
    await world.assertInvariants({ live: [refOf(made)] });
  });
});
