import * as zpa from "pulumi-zpa-dynamic";
import { needsEngine } from "../harness/engine";
import { importFileOf } from "../harness/imported";
import { World } from "../harness/world";

describe("A key that was imported by file", function () {
  needsEngine();
  this.timeout(240_000);

  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  for (const how of ["by destroy --refresh", "by up --refresh, once it is out of the program"] as const) {
    it(`is deleted ${how}`, async () => {
      const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
      const key = world.simulator.addKey({ name: "zurich", zcomponentId: group.id, maxUsage: "7" });
      let isThere = true;
      const stack = await world.stack(async () => {
        if (!isThere) return {};
        new zpa.ProvisioningKey("zurich", {
          name: key.name,
          associationType: "CONNECTOR_GRP",
          zcomponentId: group.id,
          maxUsage: 7,
          enrollmentCertId: key.enrollmentCertId,
        });
        return {};
      });
      const { resources } = importFileOf(key);
      await stack.inEnvironment(() => stack.automation.import({ resources, protect: false, generateCode: false }));
      await stack.up({ refresh: true });
      isThere = false;
      if (how === "by destroy --refresh") await stack.inEnvironment(() => stack.automation.destroy({ refresh: true }));
      else await stack.up({ refresh: true });
      await world.assertInvariants();
    });
  }
});
