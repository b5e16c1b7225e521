import assert from "node:assert/strict";
import type { Properties, ProviderCallError, ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";
import {
  argsOf,
  change,
  credentialArgs,
  keyArgs,
  make,
  type Made,
  plan,
  refOf,
  refresh,
  type Resource,
  resources,
  secretsFor,
} from "./driver";

const refused = { kind: "status", status: 403, body: {} } as const;

describe("A create that goes half of its way", () => {
  let world: World;
  let later = 0;
  beforeEach(async () => {
    later = 0;
    world = await World.start({ simulator: { now: () => performance.now() + later } });
  });
  afterEach(() => world.close());

  /** What the engine keeps of the failure: the properties as they come, and the failure's text. */
  async function halfOf(provider: ProviderProcess, type: Resource, args: Properties): Promise<Made & { text: string }> {
    const { inputs } = await provider.check(type, {}, args);
    try {
      await provider.create(type, inputs);
    } catch (error) {
      const { initFailure, message } = error as ProviderCallError;
      assert.ok(initFailure !== undefined, message);
      const { id, properties } = initFailure;
      return { type, id, inputs, outputs: unwrapped(properties), text: message };
    }
    assert.fail("it did not fail");
  }

  /** Secrets as their values, as the engine sends them back. */
  function unwrapped(properties: Properties): Properties {
    const plain = (value: unknown) => (value as { value?: unknown } | null)?.value ?? value;
    return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, plain(value)]));
  }

  const withoutText = () => {
    world.simulator.createAnswerWithoutText();
    return world.fault({ ...refused, match: { method: "GET", path: /Key\/\d+$/ } });
  };

  it("tells the engine whose resource it is, without which it could be neither refreshed nor deleted", async () => {
    withoutText();
    const { id, outputs } = await halfOf(await world.provider(), "ProvisioningKey", keyArgs(world));
    assert.match(String(outputs.__provider), /provider\/v1"\)\.provisioningKey/);
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  for (const [what, more] of Object.entries({ "a generated name": {}, "a name of its own": { name: "zurich" } })) {
    it(`is finished when an error hook has the engine create it again, with ${what}`, async () => {
      withoutText();
      const provider = await world.provider();
      const half = await halfOf(provider, "ProvisioningKey", keyArgs(world, more));
      const { id, outputs } = await provider.create("ProvisioningKey", half.inputs);
      assert.equal(id, half.id);
      assert.ok(outputs.provisioningKey === world.simulator.keys.get(id)!.provisioningKey, "the text is an output");
      await world.assertInvariants({ live: [`key ${id}`] });
    });
  }

  it("is finished by a later up also where a refresh in between has taken it for complete", async () => {
    const refused = withoutText();
    const half = await halfOf(await world.provider(), "ProvisioningKey", keyArgs(world));
    refused.clear();
    const omitted = world.fault({
      kind: "omit",
      match: { method: "GET" },
      fields: ["provisioningKey"],
      times: Infinity,
    });
    const seen = (await refresh(await world.provider(), half))!;
    omitted.clear();
    const { outputs } = await change(await world.provider(), seen, keyArgs(world));
    assert.ok(outputs.provisioningKey === world.simulator.keys.get(half.id)!.provisioningKey, "the text is an output");
    await world.assertInvariants({ live: [`key ${half.id}`] });
  });

  it("is replaced where the text of a key is lost and the key could not be deleted", async () => {
    world.simulator.createAnswerWithoutText();
    world.fault({ ...refused, match: { method: "DELETE" } });
    const args = keyArgs(world, { exportable: false });
    const half = await halfOf(await world.provider(), "ProvisioningKey", args);
    assert.match(half.text, /did not return its text.*deleting it failed: .*403.*The next pulumi up replaces it\.$/);
    const next = await world.provider();
    const { diff, inputs } = await plan(next, half, args);
    assert.deepEqual(diff.replaces, ["exportable"]);
    const { id, outputs } = await next.create("ProvisioningKey", inputs);
    await next.delete("ProvisioningKey", half.id, half.outputs);
    assert.ok(outputs.provisioningKey === world.simulator.keys.get(id)!.provisioningKey, "the text is an output");
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  it("does not take an object for its own again that a run after it has handed to the engine", async () => {
    const args = keyArgs(world, { exportable: false });
    const first = await world.provider();
    const { inputs } = await first.check("ProvisioningKey", {}, args);
    // of this run: a key without its text is deleted and made again, and that answer is lost, too
    const lost = world.fault({ kind: "resetAfterCommit", times: 12, match: { method: "POST", path: /Key$/ } });
    await assert.rejects(first.create("ProvisioningKey", inputs));
    lost.clear();
    await first.close();
    // the next one finds it, and is killed when the engine has recorded what it made in its place
    const second = await world.provider();
    const { id } = await second.create("ProvisioningKey", inputs);
    await second.close();
    // a forced replacement makes another one beside it
    world.fault({ kind: "resetAfterCommit", match: { method: "POST", path: /Key$/ } });
    const third = await world.provider();
    const { inputs: again } = await third.check("ProvisioningKey", {}, args);
    const made = await third.create("ProvisioningKey", again);
    assert.notEqual(made.id, id);
    assert.ok(world.simulator.keys.has(id), "what state holds is gone");
    await world.assertInvariants({ live: [`key ${id}`, `key ${made.id}`] });
  });

  it("claims no secret that it could not write to a credential that it has taken over", async () => {
    const { password, otherPassword } = secretsFor(world);
    const args = credentialArgs(world).PASSWORD;
    const crashed = await world.provider();
    const { id } = await make(crashed, "PrivilegedCredential", { ...args, password: otherPassword });
    await crashed.kill("SIGKILL");
    world.fault({ ...refused, match: { method: "PUT" } });
    const half = await halfOf(await world.provider(), "PrivilegedCredential", { ...args, password });
    assert.equal(half.id, id);
    await change(await world.provider(), half, { ...args, password });
    assert.ok(world.simulator.credentials.get(id)!.password === password, "ZPA has the program's secret");
    await world.assertInvariants({ live: [`credential ${id}`] });
  });

  it("is found again where the run that took it over was killed, too", async () => {
    const { password, otherPassword } = secretsFor(world);
    const args = credentialArgs(world).PASSWORD;
    const crashed = await world.provider();
    const { id } = await make(crashed, "PrivilegedCredential", { ...args, password: otherPassword });
    await crashed.kill("SIGKILL");
    later = 5_000; // milliseconds between the POST and the change
    const again = await world.provider();
    assert.equal((await make(again, "PrivilegedCredential", { ...args, password })).id, id);
    await again.kill("SIGKILL");
    assert.equal((await make(await world.provider(), "PrivilegedCredential", { ...args, password })).id, id);
    await world.assertInvariants({ live: [`credential ${id}`] });
  });

  for (const type of resources) {
    it(`is found again where the old ${type} is deleted first, after a replacement that was killed had created first`, async () => {
      const args = argsOf(world, type);
      const first = await world.provider();
      const old = await make(first, type, args);
      await first.kill("SIGINT");
      const crashed = await world.provider();
      const lost = await make(crashed, type, args);
      await crashed.kill("SIGKILL");
      const again = await world.provider();
      await again.delete(type, old.id, old.outputs);
      const { id } = await make(again, type, args);
      assert.equal(id, lost.id);
      await world.assertInvariants({ live: [refOf({ type, id })] });
    });
  }

  it("says that the object may exist where not even the look for it was possible", async () => {
    world.fault({ kind: "resetAfterCommit", match: { method: "POST", path: /Key$/ } });
    world.fault({ ...refused, match: { method: "GET", path: /Key$/, nth: 2 } });
    const words =
      /Whether the provisioning key "connectors-\w+" exists could not be found out: .*403.*Run the same command again/;
    await assert.rejects(make(await world.provider(), "ProvisioningKey", keyArgs(world)), words);
    const { id } = await make(await world.provider(), "ProvisioningKey", keyArgs(world));
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  it("with a name of its own and a text that is lost is made again on the machine that has posted it", async () => {
    const args = keyArgs(world, { name: "zurich", exportable: false });
    const fault = world.fault({ kind: "pauseAfterCommit", match: { method: "POST", path: /Key$/ } });
    const crashed = await world.provider();
    const creating = assert.rejects(make(crashed, "ProvisioningKey", args));
    await fault.waitUntilFired();
    await crashed.kill("SIGKILL");
    await creating;
    fault.clear();
    const [lost] = world.simulator.keys.keys();
    const { id, outputs } = await make(await world.provider(), "ProvisioningKey", args);
    assert.notEqual(id, lost);
    assert.equal(outputs.name, "zurich");
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  it("leaves a key alone whose text an engine may have recorded before it was killed", async () => {
    const args = keyArgs(world, { exportable: false });
    const killed = await world.provider();
    const { id: first } = await make(killed, "ProvisioningKey", args);
    await killed.kill("SIGKILL");
    const { id } = await make(await world.provider(), "ProvisioningKey", args);
    assert.notEqual(id, first);
    await world.assertInvariants({ live: [`key ${first}`, `key ${id}`] });
  });

  it("says what to do with a key of this name whose text nobody can read", async () => {
    const group = String(keyArgs(world).zcomponentId);
    world.simulator.addKey({ name: "zurich", zcomponentId: group, exportable: false });
    world.protect();
    const words = /exists already.*so it cannot be adopted: if nothing uses it, delete it in the Admin Portal/;
    await assert.rejects(make(await world.provider(), "ProvisioningKey", keyArgs(world, { name: "zurich" })), words);
    await world.assertInvariants();
  });
});
