import assert from "node:assert/strict";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import { World } from "../harness/world";

describe("Keys that move to another group while their own one, which has a name of its own, is replaced on the genuine engine", function () {
  this.timeout(240_000);
  needsEngine();

  const place = { latitude: 50.1109, longitude: 8.6821, location: "Frankfurt, Germany" };
  let world: World;
  let [isMoved, isOrdered] = [false, false];
  beforeEach(async () => {
    world = await World.start();
    [isMoved, isOrdered] = [false, false];
  });
  afterEach(() => world.close());

  /** The keys move in the same run in which the group is replaced. */
  const program = async () => {
    const keepers = { rotation: isMoved ? "2" : "1" };
    const frankfurt = new zpa.AppConnectorGroup("frankfurt", { ...place, name: "Frankfurt", keepers });
    const zurich = new zpa.AppConnectorGroup("zurich", place);
    const dependsOn = isOrdered ? [frankfurt] : [];
    const zcomponentId = isMoved ? zurich.id : frankfurt.id;
    for (const name of ["key", "spare", "third"]) {
      const key = { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage: 10 } as const;
      new zpa.ProvisioningKey(name, key, { dependsOn });
    }
  };

  for (const isRenamed of [false, true]) {
    it(`come once they depend on it: the engine could not read its state if one came before the old one went${isRenamed ? ", also after the stack was renamed" : ""}`, async () => {
      const stack = await world.stack(program);
      await stack.up();
      if (isRenamed) {
        await stack.rename("other");
        await stack.up();
      }
      const held = world.fault({ kind: "pause", match: { method: "DELETE", path: /provisioningKey/ } });
      // as soon as the first creation is refused, the first deletion goes on
      const onOutput = (text: string) => text.includes("was not created") && held.resume();
      isMoved = true;
      const words = /was not created: it moves to another group, and .* is not deleted yet.*to the key's dependsOn, then run/; // prettier-ignore
      await assert.rejects(stack.up({ onOutput }), words);
      isOrdered = true;
      await stack.up();
      const groups = [...world.simulator.keys.values()].map(({ zcomponentId }) => zcomponentId);
      const zurich = [...world.simulator.appConnectorGroups.values()].find(({ name }) => name !== "Frankfurt")!;
      assert.deepEqual(groups, [zurich.id, zurich.id, zurich.id]);
      await world.assertInvariants();
    });
  }

  it("stay with it where a machine keeps it, and state can be read", async () => {
    const stack = await world.stack(program);
    await stack.up();
    const [{ provisioningKey } = { provisioningKey: "" }] = world.simulator.keys.values();
    const old = [...world.simulator.keys.keys()];
    const { id } = world.simulator.enrollMachine(provisioningKey, { connected: true });
    isMoved = true;
    await assert.rejects(stack.up(), /was not deleted: its group/);
    assert.deepEqual([...world.simulator.keys.keys()], old);
    world.simulator.machinesOf("CONNECTOR_GRP").delete(id);
    isOrdered = true;
    await stack.up();
    assert.equal(world.simulator.keys.size, 3);
    await world.assertInvariants();
  });
});
