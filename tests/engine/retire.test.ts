import assert from "node:assert/strict";
import * as zpa from "pulumi-zpa-dynamic";
import { needsEngine } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";

describe("A stack whose keys retire when nobody uses them", function () {
  needsEngine();
  this.timeout(240_000);

  let world: World;
  let stack: TestStack;
  let wanted: { generations: number[]; rotation: string };
  beforeEach(async () => {
    world = await World.start();
    const zcomponentId = world.simulator.addAppConnectorGroup({ name: "Frankfurt" }).id;
    world.protect();
    wanted = { generations: [1], rotation: "1" };
    stack = await world.stack(() => {
      for (const generation of wanted.generations) {
        new zpa.ProvisioningKey(`connectors-${generation}`, {
          associationType: "CONNECTOR_GRP",
          zcomponentId,
          maxUsage: 10,
          retire: "when-unused",
          keepers: { rotation: wanted.rotation },
        });
      }
      return Promise.resolve({});
    });
  });
  afterEach(() => world.close());

  const names = () => [...world.simulator.keys.values()].map(({ id, name }) => name.replace(id, "<id>"));
  const newest = () => [...world.simulator.keys.values()].at(-1)!;
  /** The keys that are in use stay in ZPA, and are nobody's then. */
  const settle = async () => {
    const own = [...world.simulator.keys.values()].filter(({ name }) => !name.includes("-retired-"));
    world.protect(...own.map(({ id }) => `key ${id}`));
    await world.assertInvariants();
  };

  it("keeps the key of a running fleet, disabled, when its number is taken out, and a later run deletes it", async () => {
    await stack.up();
    const machine = world.simulator.enrollMachine(newest().provisioningKey);
    wanted.generations = [2, 1];
    await stack.up();
    wanted.generations = [2];
    const { stdout } = await stack.up();
    assert.ok(
      stdout.includes(`because connected machines have enrolled with it: ${machine.name}`),
      "says which machines",
    );
    assert.equal(names().filter((name) => /^connectors-1-[0-9a-f]{7}-retired-<id>$/.test(name)).length, 1);
    await settle();
    // refresh and preview know nothing of it any more
    assert.equal((await stack.refresh()).changeSummary.delete, 0);

    world.simulator.disconnectMachine(machine.id);
    wanted.generations = [3];
    await stack.up();
    assert.deepEqual(names().map((name) => name.slice(0, "connectors-3".length)), ["connectors-3"]); // prettier-ignore
    await stack.destroy();
    assert.deepEqual(names(), []);
    await world.assertInvariants();
  });

  it("keeps the key that keepers replace in the same way", async () => {
    await stack.up();
    world.simulator.enrollMachine(newest().provisioningKey);
    wanted.rotation = "2";
    await stack.up();
    assert.equal(names().length, 2);
    assert.match(names()[0]!, /-retired-<id>$/);
    await settle();
    await stack.destroy();
    assert.equal(names().length, 1);
  });
});
