import assert from "node:assert/strict";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import { World } from "../harness/world";
import { secretsFor } from "../protocol/driver";

describe("Two stacks that run at the same time on one tenant", function () {
  this.timeout(180_000);
  needsEngine();

  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("keep the rate together, share no object, and leave each other's alone", async () => {
    const { id: zcomponentId } = world.simulator.addAppConnectorGroup({ name: "A" });
    const { password } = secretsFor(world);
    const maxUsage = { dev: 10, prod: 10 };
    const stackOf = (stackName: keyof typeof maxUsage) =>
      world.stack(
        async () => {
          for (const name of ["a", "b", "c"]) {
            const key = { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage: maxUsage[stackName] } as const;
            new zpa.ProvisioningKey(name, key);
            new zpa.PrivilegedCredential(name, { credentialType: "PASSWORD", password });
          }
        },
        { stackName },
      );
    const [dev, prod] = [await stackOf("dev"), await stackOf("prod")];
    await Promise.all([dev.up(), prod.up()]);
    assert.equal(world.writes.length, 12);
    assert.equal(new Set(world.made().map(({ ref }) => ref)).size, 12);
    const tokens = new Set(world.writes.map(({ headers }) => headers.authorization));
    assert.equal(tokens.size, 2, "two processes have written");

    maxUsage.prod = 20;
    await Promise.all([dev.destroy(), prod.up()]);
    assert.deepEqual(
      [...world.simulator.keys.values()].map((key) => key.maxUsage),
      ["20", "20", "20"],
    );
    await world.assertInvariants({ steadyBy: ["up"] });
    await prod.destroy();
    await world.assertInvariants();
  });
});
