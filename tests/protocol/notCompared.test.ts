import assert from "node:assert/strict";
import { unknownValue } from "../harness/providerProcess";
import { World } from "../harness/world";
import { importFileOf } from "../harness/imported";
import { change, credentialArgs, keyArgs, make, type Made, plan, refOf, refresh, secretsFor, without } from "./driver";

describe("A replacement that the engine does not ask about", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("by a trigger deletes nothing first for a new name that another object has", async () => {
    const old = keyArgs(world, { name: "basel" });
    const made = await make(await world.provider(), "ProvisioningKey", old);
    const args = keyArgs(world, { name: "zurich", __zpa: { seed: "theirs-0a1b2c3" } });
    const theirs = await make(await world.provider(), "ProvisioningKey", args);
    const provider = await world.provider();
    const next = { ...old, name: "zurich" };
    await provider.check("ProvisioningKey", made.inputs, next);
    await provider.check("ProvisioningKey", {}, next);
    await assert.rejects(provider.delete("ProvisioningKey", made.id, made.outputs), /"zurich" exists already/);
    await world.assertInvariants({ live: [refOf(made), refOf(theirs)] });
  });

  it("deletes nothing first for a new name that the diff did not see because of ignoreChanges", async () => {
    const old = keyArgs(world, { name: "basel" });
    const made = await make(await world.provider(), "ProvisioningKey", old);
    const args = keyArgs(world, { name: "zurich", __zpa: { seed: "theirs-0a1b2c3" } });
    const theirs = await make(await world.provider(), "ProvisioningKey", args);
    const provider = await world.provider();
    const next = { ...old, keepers: { rotation: "2" } };
    await plan(provider, made, next);
    await provider.check("ProvisioningKey", {}, { ...next, name: "zurich" });
    await assert.rejects(provider.delete("ProvisioningKey", made.id, made.outputs), /"zurich" exists already/);
    await world.assertInvariants({ live: [refOf(made), refOf(theirs)] });
  });

  it("of a dependent, compared meanwhile, deletes its object", async () => {
    const made = await make(await world.provider(), "ProvisioningKey", keyArgs(world));
    const provider = await world.provider();
    await plan(provider, made, keyArgs(world));
    await provider.diff("ProvisioningKey", made.id, made.outputs, { ...made.inputs, zcomponentId: unknownValue });
    await provider.delete("ProvisioningKey", made.id, made.outputs);
    await world.assertInvariants();
  });
});

describe("A key whose text state lacks", () => {
  it("has in state what ZPA has, also where machines have enrolled since and only headroom is new", async () => {
    const world = await World.start();
    try {
      const there = world.simulator.addKey({ name: "zurich", zcomponentId: keyArgs(world).zcomponentId as string, maxUsage: "10" }); // prettier-ignore
      const { id, inputs, outputs } = importFileOf(there).resources[0]!;
      const made: Made = { type: "ProvisioningKey", id, inputs, outputs };
      world.simulator.keys.get(id)!.usageCount = "9";
      const notes = { __zpa: { seed: "zurich-0a1b2c3" } };
      const after = await change(await world.provider(), made, { ...inputs, headroom: 5, ...notes });
      assert.equal(String(after.outputs.maxUsage), world.simulator.keys.get(id)!.maxUsage);
      await world.assertInvariants({ live: [`key ${id}`] });
    } finally {
      await world.close();
    }
  });
});

describe("replaceOnChanges of a secret", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  const notes = { __zpa: { seed: "jump-0a1b2c3", replaceOn: ["password"] } };

  it("replaces no imported credential, whose secret state cannot know", async () => {
    const { id } = world.simulator.addCredential({ name: "jump", credentialType: "PASSWORD" });
    const inputs = { name: "jump", credentialType: "PASSWORD" };
    const outputs = {
      ...inputs,
      description: "",
      userName: "",
      userDomain: "",
      __zpa: { managed: Object.keys(inputs) },
    };
    const made: Made = { type: "PrivilegedCredential", id, inputs, outputs };
    const { password } = secretsFor(world);
    const { diff } = await plan(await world.provider(), made, { ...inputs, password, ...notes });
    assert.deepEqual([diff.changes, diff.replaces], [true, []]);
    world.protect();
    await world.assertInvariants();
  });

  it("replaces no credential whose secret others have set: it is written again", async () => {
    const args = { ...credentialArgs(world).PASSWORD, ...notes };
    const made = (await refresh(await world.provider(), await make(await world.provider(), "PrivilegedCredential", args)))!; // prettier-ignore
    world.simulator.editCredential(made.id, {});
    world.simulator.credentials.get(made.id)!.lastCredentialResetTime = "4000000000";
    const seen = (await refresh(await world.provider(), made))!;
    assert.equal("password" in seen.outputs, false);
    const { diff } = await plan(await world.provider(), seen, args);
    assert.deepEqual([diff.changes, diff.replaces], [true, []]);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("replaces a credential whose secret the program changes, or gives for the first time", async () => {
    const args = {
      ...credentialArgs(world).SSH_KEY,
      __zpa: { seed: "jump-0a1b2c3", replaceOn: ["password", "passphrase"] },
    };
    const { privateKey, otherPassword } = secretsFor(world);
    const plain = { ...without(args, "passphrase"), privateKey };
    const made = await make(await world.provider(), "PrivilegedCredential", plain);
    const { diff } = await plan(await world.provider(), made, args);
    assert.deepEqual(diff.replaces, ["passphrase"]);
    const login = { ...credentialArgs(world).PASSWORD, __zpa: { seed: "vnc-0a1b2c3", replaceOn: ["password"] } };
    const other = await make(await world.provider(), "PrivilegedCredential", login);
    const rotated = await plan(await world.provider(), other, { ...login, password: otherPassword });
    assert.deepEqual(rotated.diff.replaces, ["password"]);
    await world.assertInvariants({ live: [refOf(made), refOf(other)] });
  });
});

describe("A generated name that others have changed", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  for (const ignored of ["name", "*"]) {
    it(`stays theirs with ignoreChanges ${ignored}`, async () => {
      const notes = { seed: "connectors-0a1b2c3", generated: true, ignored: [ignored] };
      const args = keyArgs(world, { __zpa: notes });
      const made = await make(await world.provider(), "ProvisioningKey", args);
      world.simulator.editKey(made.id, { name: "theirs" });
      const seen = (await refresh(await world.provider(), made))!;
      assert.equal(seen.outputs.name, "theirs");
      // the engine puts the old arguments in place of the program's
      const reset = ignored === "*" ? seen.inputs : { ...args, name: seen.inputs.name };
      const after = await change(await world.provider(), seen, reset);
      assert.equal(world.simulator.keys.get(made.id)!.name, "theirs");
      const again = await plan(
        await world.provider(),
        after,
        ignored === "*" ? after.inputs : { ...args, name: after.inputs.name },
      );
      assert.equal(again.diff.changes, false);
      const { diff } = await plan(
        await world.provider(),
        after,
        keyArgs(world, { __zpa: { seed: "connectors-0a1b2c3", generated: true } }),
      );
      assert.equal(diff.changes, true, "without ignoreChanges the name is put back");
      await world.assertInvariants({ live: [refOf(made)] });
    });
  }
});

describe("An object that others have moved to Default", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  for (const type of ["ProvisioningKey", "PrivilegedCredential"] as const) {
    it(`is deleted there, also where ZPA's answer does not name Default: ${type}`, async () => {
      const home = world.simulator.addMicrotenant({ name: "Home" }).id;
      const args = type === "ProvisioningKey" ? keyArgs(world) : credentialArgs(world).PASSWORD;
      const made = await make(await world.provider(), type, { ...args, microtenantId: home });
      const record = (type === "ProvisioningKey" ? world.simulator.keys : world.simulator.credentials).get(made.id)!;
      record.microtenantId = undefined;
      record.raw = { microtenantName: undefined };
      await (await world.provider()).delete(type, made.id, made.outputs);
      await world.assertInvariants();
    });
  }
});
