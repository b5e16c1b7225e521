import assert from "node:assert/strict";
import * as zpa from "pulumi-zpa-dynamic";
import { needsEngine } from "../harness/engine";
import { World } from "../harness/world";

describe("A look-up of the program", function () {
  needsEngine();
  this.timeout(120_000);

  it("says that it waits where ZPA has refused it", async () => {
    const world = await World.start();
    try {
      world.simulator.addAppConnectorGroup({ name: "Berlin" });
      world.protect();
      world.fault({
        kind: "status",
        status: 429,
        headers: { "retry-after": "5s" },
        body: {},
        match: { method: "GET", path: /appConnectorGroup/ },
      });
      const stack = await world.stack(() =>
        Promise.resolve({ id: zpa.getAppConnectorGroupOutput({ name: "Berlin" }).id }),
      );
      await stack.up();
      assert.match(stack.transcript(), /zpa: 1 (read|request) waits until/);
      await world.assertInvariants({ lookUpReads: 1 });
    } finally {
      await world.close();
    }
  });

  it("hands the text of a key to the program as it is, and as a secret in the form with outputs", async () => {
    const world = await World.start();
    try {
      const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
      world.simulator.addKey({ name: "shared", zcomponentId: group.id });
      world.protect();
      const which = { associationType: "CONNECTOR_GRP", name: "shared" } as const;
      const stack = await world.stack(async () => ({
        open: (await zpa.getProvisioningKey(which)).provisioningKey?.length,
        sealed: zpa.getProvisioningKeyOutput(which).provisioningKey.apply((text) => text?.length),
      }));
      const { outputs } = await stack.up();
      assert.equal(outputs["open"]!.value, outputs["sealed"]!.value);
      assert.deepEqual([outputs["open"]!.secret, outputs["sealed"]!.secret], [false, true]);
      await world.assertInvariants({ lookUpReads: 1 });
    } finally {
      await world.close();
    }
  });
});
