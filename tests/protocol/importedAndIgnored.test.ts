import assert from "node:assert/strict";
import type { Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import { change, credentialArgs, keyArgs, make, refresh, secretsFor, without } from "./driver";

describe("ignoreChanges", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("leaves a secret to others whichever way a property path of ignoreChanges is written", async () => {
    const { PASSWORD } = credentialArgs(world);
    const args = { ...PASSWORD, __zpa: { seed: "jump-0a1b2c3", generated: true, ignored: ['["password"]'] } };
    const made = (await refresh(
      await world.provider(),
      await make(await world.provider(), "PrivilegedCredential", args),
    ))!;
    const { otherPassword } = secretsFor(world);
    world.simulator.editCredential(made.id, { password: otherPassword }, { resetSecret: true });
    await change(await world.provider(), made, { ...args, description: "of the jump host" });
    assert.ok(world.simulator.credentials.get(made.id)!.password === otherPassword, "their secret was overwritten");
  });

  it("gives each of two resources that were imported and ignore every change an object of its own, though one create stays incomplete", async () => {
    const provider = await world.provider();
    // the engine resets every argument to the import file's, our notes too
    const [one, two] = ["one", "two"].map((name) => without(keyArgs(world, { name }), "__zpa")) as [
      Properties,
      Properties,
    ];
    world.simulator.createAnswerWithoutText();
    world.fault({ kind: "status", status: 403, body: {}, match: { method: "GET", path: /Key\/\d+$/ } });
    let first: string | undefined;
    try {
      await make(provider, "ProvisioningKey", one);
    } catch (error) {
      first = (error as { initFailure?: { id: string } }).initFailure?.id;
    }
    assert.ok(first !== undefined);
    const second = await make(provider, "ProvisioningKey", two);
    assert.notEqual(second.id, first);
  });
});
