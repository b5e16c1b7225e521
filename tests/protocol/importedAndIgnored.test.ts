import assert from "node:assert/strict";
import type { Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import { keyArgs, make, without } from "./driver";

describe("Imported resources that ignore every change", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("get an object each, though one create stays incomplete", async () => {
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
    await world.assertInvariants({ live: [`key ${first}`, `key ${second.id}`] });
  });
});
