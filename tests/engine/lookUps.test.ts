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
});
