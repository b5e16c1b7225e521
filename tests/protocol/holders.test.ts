import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { unknownValue } from "../harness/providerProcess";
import { World } from "../harness/world";
import { change, credentialArgs, keyArgs, make, plan, refresh, secretsFor, without } from "./driver";

describe("An object that state holds", () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.close());

  for (const how of ["compared", "read"] as const) {
    it(`is never taken for a crashed run's once an orderly run has ${how} it, though its own run was killed`, async () => {
      const args = keyArgs(world);
      const killed = await world.provider();
      const first = await make(killed, "ProvisioningKey", args);
      await killed.kill("SIGKILL");
      const orderly = await world.provider();
      if (how === "compared") await plan(orderly, first, args);
      else await refresh(orderly, first);
      await orderly.kill("SIGINT");
      const { id } = await make(await world.provider(), "ProvisioningKey", args);
      assert.notEqual(id, first.id);
      await world.assertInvariants({ live: [`key ${first.id}`, `key ${id}`] });
    });
  }

  it("is held by two resources: an up names both, and what to do", async () => {
    const machine = mkdtempSync(path.join(os.tmpdir(), "zpa-machine-"));
    try {
      const made = await make(await world.provider(), "ProvisioningKey", keyArgs(world));
      const provider = await world.provider({ env: { TMPDIR: machine } });
      await plan(provider, made, keyArgs(world));
      await plan(provider, made, keyArgs(world, { __zpa: { seed: "renamed-0a1b2c3" } }));
      await provider.kill();
      assert.match(
        provider.output(),
        new RegExp(
          `"connectors" and "renamed" of this stack hold the same .*\\(${made.id}\\)\\. Remove one .*state delete`,
        ),
      );
      await world.assertInvariants({ live: [`key ${made.id}`] });
    } finally {
      rmSync(machine, { recursive: true });
    }
  });

  it("is held by two resources: a run that keeps the other one keeps the object, one that sees its own alone deletes it", async () => {
    const made = await make(await world.provider(), "ProvisioningKey", keyArgs(world));
    const provider = await world.provider();
    await plan(provider, made, keyArgs(world, { __zpa: { seed: "renamed-0a1b2c3" } }));
    await provider.delete("ProvisioningKey", made.id, made.outputs);
    assert.match(provider.output(), /was not deleted: another entry of this stack holds it/);
    await world.assertInvariants({ live: [`key ${made.id}`] });
    // as with --target
    await (await world.provider()).delete("ProvisioningKey", made.id, made.outputs);
    await world.assertInvariants({ live: [] });
  });

  it("is not adopted by another resource of the same stack", async () => {
    const made = await make(await world.provider(), "ProvisioningKey", keyArgs(world));
    const provider = await world.provider();
    await plan(provider, made, keyArgs(world));
    const args = keyArgs(world, { adopt: made.id, __zpa: { seed: "second-0a1b2c3" } });
    await assert.rejects(
      make(provider, "ProvisioningKey", args),
      /adopt: .* is held by another resource of this stack/,
    );
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("is adopted from another stack with a warning, where this machine knows of that", async () => {
    const theirs = await world.provider();
    const made = await make(theirs, "ProvisioningKey", keyArgs(world));
    await theirs.kill("SIGINT");
    const provider = await world.provider();
    await make(provider, "ProvisioningKey", keyArgs(world, { adopt: made.id, __zpa: { seed: "second-0a1b2c3" } }));
    await provider.kill();
    assert.match(provider.output(), new RegExp(`warning: adopt: a stack held .*\\(${made.id}\\).*pulumi state delete`));
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("is known as such by its successor: a crashed replacement is found, and nothing is left behind", async () => {
    const args = keyArgs(world);
    const first = await make(await world.provider(), "ProvisioningKey", args);
    // a forced replacement, which the provider is not told of: the same machine leaves the first one alone, and crashes
    const crashed = await world.provider();
    await plan(crashed, first, args);
    const second = await make(crashed, "ProvisioningKey", args);
    await crashed.kill("SIGKILL");
    // another machine repeats it
    const machine = mkdtempSync(path.join(os.tmpdir(), "zpa-machine-"));
    try {
      const provider = await world.provider({ env: { TMPDIR: machine } });
      const again = await make(provider, "ProvisioningKey", args);
      assert.equal(again.id, second.id);
      await provider.delete("ProvisioningKey", first.id, first.outputs);
      await world.assertInvariants({ live: [`key ${second.id}`] });
    } finally {
      rmSync(machine, { recursive: true });
    }
  });

  for (const unit of [1_000, 1_000_000]) {
    it(`is no fresh object where ZPA counts its times in 1/${unit} s`, async () => {
      const killed = await world.provider();
      const first = await make(killed, "ProvisioningKey", keyArgs(world));
      await killed.kill("SIGKILL");
      const record = world.simulator.keys.get(first.id)!;
      record.creationTime = record.modifiedTime = String(Number(record.creationTime) * unit);
      const { id } = await make(await world.provider(), "ProvisioningKey", keyArgs(world));
      assert.notEqual(id, first.id);
      await world.assertInvariants({ live: [`key ${first.id}`, `key ${id}`] });
    });
  }

  it("is not spared by a get of the same object: a spent key fails where the program asks for it", async () => {
    const args = keyArgs(world, { failWhenExhausted: true });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const spent = { ...made, outputs: { ...made.outputs, usageCount: 10, remainingUses: 0 } };
    const provider = await world.provider();
    await provider.read("ProvisioningKey", made.id, {});
    await assert.rejects(plan(provider, spent, args), /has no uses left \(10 of 10\)/);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("keeps its name with retainOnDelete: a replacement with the same one is refused at preview", async () => {
    const notes = { __zpa: { seed: "connectors-0a1b2c3", retain: true } };
    const args = keyArgs(world, { name: "zurich", ...notes });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const provider = await world.provider();
    const rotated = { ...args, keepers: { rotation: "2" } };
    await assert.rejects(
      plan(provider, made, rotated),
      /with retainOnDelete the old provisioning key keeps the name "zurich"/,
    );
    assert.deepEqual((await plan(provider, made, { ...rotated, name: "basel" })).diff.replaces, ["keepers"]);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });
});

describe("Secrets that are left to others with ignoreChanges", () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.close());

  it("pass check after a reset, also beside a secret that the program sets", async () => {
    const args = credentialArgs(world).SSH_KEY;
    const provider = await world.provider();
    const seen = (await refresh(provider, await make(await world.provider(), "PrivilegedCredential", args)))!;
    world.simulator.editCredential(seen.id, {}, { resetSecret: true });
    const reset = (await refresh(await world.provider(), seen))!;
    const { failures } = await provider.check("PrivilegedCredential", reset.inputs, without(args, "privateKey"));
    assert.deepEqual(failures, []);
    await world.assertInvariants({ live: [`credential ${seen.id}`] });
  });

  it("pass check after an import, which cannot read them", async () => {
    const imported = { ...without(credentialArgs(world).PASSWORD, "password"), name: "jump" };
    const { failures } = await (await world.provider()).check("PrivilegedCredential", imported, imported);
    assert.deepEqual(failures, []);
    await world.assertInvariants();
  });

  it("fail an update where the tenant demands them, with the remedy", async () => {
    world.simulator.settings.putDemandsSecret = true;
    const args = { ...credentialArgs(world).PASSWORD, __zpa: { seed: "jump-0a1b2c3", ignored: ["password"] } };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    await assert.rejects(
      change(await world.provider(), made, { ...args, description: "of the jump host" }),
      /missing\.mandatory\.params[^]*had no secret[^]*take the secret out of ignoreChanges/,
    );
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });

  it("are never printed by an adoption, whatever replaceOnChanges lists", async () => {
    const { password } = secretsFor(world);
    const there = world.simulator.addCredential({ name: "jump", credentialType: "PASSWORD" });
    const notes = { __zpa: { seed: "jump-0a1b2c3", replaceOn: ["*"] } };
    const args = { ...credentialArgs(world).PASSWORD, ...notes, adopt: there.id };
    world.protect(`credential ${there.id}`);
    const { id } = await make(await world.provider(), "PrivilegedCredential", args);
    assert.equal(id, there.id);
    assert.ok(world.simulator.credentials.get(id)!.password === password, "the secret is the program's");
    await world.assertInvariants({ live: [`credential ${id}`] });
  });
});

describe("Keepers of which some are not known yet", () => {
  it("are the same texts at preview as at up", async () => {
    const world = await World.start();
    try {
      const provider = await world.provider();
      const keepersWith = async (id: string) => {
        const args = keyArgs(world, { keepers: { count: 5, list: [1, { a: true }], id } });
        const { inputs, failures } = await provider.check("ProvisioningKey", {}, args);
        assert.deepEqual(failures, []);
        return inputs.keepers as Record<string, string>;
      };
      const [preview, up] = [await keepersWith(unknownValue), await keepersWith("x")];
      assert.deepEqual({ ...preview, id: "x" }, up);
      assert.equal(preview.id, unknownValue);
      await world.assertInvariants();
    } finally {
      await world.close();
    }
  });
});

describe("What ZPA and others say of an object that state holds", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("does not empty the only copy of a text that is shown once", async () => {
    const made = await make(await world.provider(), "ProvisioningKey", keyArgs(world, { exportable: false }));
    world.simulator.keys.get(made.id)!.raw = { provisioningKey: "" };
    const seen = await refresh(await world.provider(), made);
    assert.ok(seen!.outputs.provisioningKey === made.outputs.provisioningKey, "the text is lost");
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  for (const path of ["password", '["password"]', "*"]) {
    it(`stays through an update with ignoreChanges ${path}, also before a refresh has seen that they reset the secret`, async () => {
      const { PASSWORD } = credentialArgs(world);
      const args = { ...PASSWORD, __zpa: { seed: "jump-0a1b2c3", generated: true, ignored: [path] } };
      const made = (await refresh(
        await world.provider(),
        await make(await world.provider(), "PrivilegedCredential", args),
      ))!;
      const { otherPassword } = secretsFor(world);
      world.simulator.editCredential(made.id, { password: otherPassword });
      await change(await world.provider(), made, { ...args, description: "of the jump host" });
      assert.ok(world.simulator.credentials.get(made.id)!.password === otherPassword, "their secret was overwritten");
      await world.assertInvariants({ live: [`credential ${made.id}`] });
    });
  }

  it("says in a sentence that a move meets an object of the same name", async () => {
    const microtenantId = world.simulator.addMicrotenant({ name: "Scope C" }).id;
    const args = { ...credentialArgs(world).PASSWORD, name: "jump" };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    world.simulator.addCredential({ name: "jump", microtenantId });
    world.protect(`credential ${made.id}`);
    await assert.rejects(
      change(await world.provider(), made, { ...args, microtenantId }),
      new RegExp(
        `microtenantId: .*"jump" exists already in microtenant ${microtenantId}.*${made.id}.*moved[^]*delete it`,
      ),
    );
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });

  it("says in a sentence that a rename meets a name that another one has", async () => {
    const seed = (name: string) => ({ name, __zpa: { seed: `${name}-0a1b2c3` } });
    const [one, two] = [keyArgs(world, seed("one")), keyArgs(world, seed("two"))];
    const made = await make(await world.provider(), "ProvisioningKey", one);
    const other = await make(await world.provider(), "ProvisioningKey", two);
    await assert.rejects(
      change(await world.provider(), made, { ...one, name: "two" }),
      /name: another provisioning key is named "two" already, so "one" \(\d+\) cannot be renamed[^]*temporary name/,
    );
    await world.assertInvariants({ live: [`key ${made.id}`, `key ${other.id}`] });
  });
});
