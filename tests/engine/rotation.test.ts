import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";
import { makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";

describe("Replacing and rotating", function () {
  needsEngine();
  this.timeout(120_000);

  let world: World;
  let stack: TestStack;
  let keyArgs: Partial<zpa.ProvisioningKeyArgs>;
  let credentialArgs: Partial<zpa.PasswordArgs>;
  let options: pulumi.CustomResourceOptions;
  beforeEach(async () => {
    world = await World.start();
    const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
    const password = (world.canaries.password = makePassword());
    [keyArgs, credentialArgs, options] = [{}, {}, {}];
    stack = await world.stack(async () => {
      const key = new zpa.ProvisioningKey(
        "key",
        { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 10, ...keyArgs },
        options,
      );
      const credential = new zpa.PrivilegedCredential(
        "credential",
        { credentialType: "PASSWORD", password, ...credentialArgs },
        options,
      );
      return { key: key.id, name: key.name, credential: credential.id };
    });
  });
  afterEach(() => world.close());

  const made = async () => {
    const { key, credential, name } = await stack.outputs();
    return { key: key!.value as string, credential: credential!.value as string, name: name!.value as string };
  };
  const order = (action: () => Promise<unknown>) =>
    world
      .requestsOf(action)
      .then((requests) =>
        requests
          .filter(({ method }) => method !== "GET")
          .map(({ method, path }) => `${method} ${path.split("/").at(-1)}`),
      );

  it("makes a new object before the old one goes when a keeper changes, and names it otherwise", async () => {
    keyArgs = credentialArgs = { keepers: { rotation: "1" } };
    await stack.up();
    const before = await made();
    keyArgs = credentialArgs = { keepers: { rotation: "2" } };
    const writes = await order(() => stack.up());
    const after = await made();
    assert.notEqual(before.key, after.key);
    assert.notEqual(before.name, after.name);
    for (const [post, gone] of [
      ["POST provisioningKey", `DELETE ${before.key}`],
      ["POST credential", `DELETE ${before.credential}`],
    ] as const) {
      assert.ok(writes.indexOf(post) !== -1 && writes.indexOf(post) < writes.indexOf(gone), writes.join(", "));
    }
    await world.assertInvariants();
  });

  it("keeps the old key in ZPA with retainOnDelete", async () => {
    options = { retainOnDelete: true };
    keyArgs = { keepers: { rotation: "1" } };
    await stack.up();
    const before = await made();
    keyArgs = { keepers: { rotation: "2" } };
    const writes = await order(() => stack.up());
    assert.deepEqual(writes, ["POST provisioningKey"]);
    assert.ok(world.simulator.keys.has(before.key));
  });

  it("deletes first where the name is the program's own", async () => {
    keyArgs = { name: "ours", keepers: { rotation: "1" } };
    await stack.up();
    const before = await made();
    keyArgs = { name: "ours", keepers: { rotation: "2" } };
    assert.deepEqual(await order(() => stack.up()), [`DELETE ${before.key}`, "POST provisioningKey"]);
    await world.assertInvariants();
  });

  it("closes an exportable key in place, and replaces one that has to be opened again", async () => {
    await stack.up();
    const before = await made();
    keyArgs = { exportable: false };
    assert.deepEqual(await order(() => stack.up()), [`PUT ${before.key}`]);
    assert.equal((await made()).name, before.name);
    await stack.refresh();
    keyArgs = { exportable: true };
    const writes = await order(() => stack.up());
    assert.deepEqual([...writes].sort(), [`DELETE ${before.key}`, "POST provisioningKey"]);
    await world.assertInvariants();
  });

  it("puts the name that it made back when somebody renames the object", async () => {
    await stack.up();
    const { key, name } = await made();
    world.simulator.editKey(key, { name: "renamed by hand" });
    await stack.refresh();
    assert.deepEqual(await order(() => stack.up()), [`PUT ${key}`]);
    assert.equal(world.simulator.keys.get(key)!.name, name);
    await world.assertInvariants();
  });

  it("moves a credential to another microtenant with one POST", async () => {
    const microtenant = world.simulator.addMicrotenant({ name: "Scope C" });
    await stack.up();
    const { credential } = await made();
    credentialArgs = { microtenantId: microtenant.id };
    assert.deepEqual(await order(() => stack.up()), ["POST move"]);
    assert.equal((await made()).credential, credential);
    credentialArgs = { microtenantId: "0" };
    assert.deepEqual(await order(() => stack.up()), ["POST move"]);
    await world.assertInvariants();
  });
});
