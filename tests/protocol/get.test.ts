import assert from "node:assert/strict";
import type { Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import { keyArgs } from "./driver";

describe("Getting what is managed elsewhere", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("fails for what is not there, of the other kind, or in another microtenant than the id says", async () => {
    const microtenant = world.simulator.addMicrotenant({ name: "Scope C" });
    const { zcomponentId } = keyArgs(world);
    const key = world.simulator.addKey({ name: "theirs", zcomponentId: zcomponentId as string });
    const credential = world.simulator.addCredential({ name: "theirs", credentialType: "PASSWORD" });
    world.protect();
    const provider = await world.provider();
    const get = (type: "ProvisioningKey" | "PrivilegedCredential", id: string, hints: Properties = {}) =>
      provider.read(type, id, hints);
    assert.equal((await get("ProvisioningKey", key.id)).id, key.id);
    for (const id of [
      "4711",
      credential.id,
      `SERVICE_EDGE_GRP/${key.id}`,
      `${microtenant.id}/CONNECTOR_GRP/${key.id}`,
    ]) {
      await assert.rejects(get("ProvisioningKey", id), /There is no provisioning key .*Check the id/);
    }
    await assert.rejects(
      get("ProvisioningKey", key.id, { microtenantId: microtenant.id }),
      /There is no provisioning key/,
    );
    await assert.rejects(get("PrivilegedCredential", key.id), /There is no privileged credential/);
    await world.assertInvariants();
  });

  it("forgets it at a refresh when it has gone meanwhile", async () => {
    const { zcomponentId } = keyArgs(world);
    const key = world.simulator.addKey({ name: "theirs", zcomponentId: zcomponentId as string });
    const { props } = await (await world.provider()).read("ProvisioningKey", key.id, {});
    world.simulator.removeKey(key.id);
    assert.equal((await (await world.provider()).read("ProvisioningKey", key.id, props)).id, "");
  });
});
