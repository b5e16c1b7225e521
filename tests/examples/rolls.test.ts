import assert from "node:assert/strict";
import { componentsOf } from "./components";
import { configs } from "./configs";
import { type Graph, MockedClouds } from "./mockedClouds";
import { fleets } from "./project";
import { type Boot, breakOfZpa, instanceRefresh, type Outcome, proactiveReplacement, rollingUpgrade } from "./rolls";

const roll = {
  "aws-autoscaling": instanceRefresh,
  "aws-service-edge": instanceRefresh,
  "azure-vmss": rollingUpgrade,
  "gcp-mig": proactiveReplacement,
} as const;

/** How a roll ends in which no new machine can enroll. */
const refusal = {
  "aws-autoscaling": "stopped",
  "aws-service-edge": "stopped",
  "azure-vmss": "stopped",
  "gcp-mig": "waiting",
} as const;

const group = {
  "aws-autoscaling": "autoscaling/group:Group",
  "aws-service-edge": "autoscaling/group:Group",
  "azure-vmss": "VirtualMachineScaleSet",
  "gcp-mig": "RegionInstanceGroupManager",
} as const;

const noUse: Boot = undefined;

for (const example of fleets) {
  describe(`A roll of ${example}`, () => {
    let graph: Graph;
    before(
      async () => (graph = await new MockedClouds().run(example, { ...configs[example], keyGenerations: [2, 1] })),
    );

    for (const fleet of [1, 2, 6]) {
      it(`leaves a fleet of ${fleet} as it is with a key that no machine can use`, () => {
        const { old, end } = roll[example](graph, fleet, noUse);
        assert.deepEqual([old, end], [fleet, refusal[example]]);
      });

      it(`replaces a fleet of ${fleet} when the new machines enroll, slow ones included`, () => {
        for (const boot of [2, 14]) {
          assert.deepEqual(roll[example](graph, fleet, boot), { old: 0, young: fleet, end: "done" }, `${boot} minutes`);
        }
      });
    }

    it("takes a machine that says nothing at all for one that cannot enroll", () => {
      const { old, end } = roll[example](graph, 2, "silent");
      assert.deepEqual([old, end], [2, refusal[example]]);
    });

    it("takes a machine that has not enrolled within the boot script's time for one that will not", () => {
      assert.equal(roll[example](graph, 2, 20).old, 2);
    });
  });

  describe(`A break of ZPA, for ${example},`, () => {
    it("leaves the fleet as it is", async () => {
      const graph = await new MockedClouds().run(example, configs[example]);
      assert.equal(breakOfZpa(graph, group[example], 6), 6);
    });
  });
}

describe("The gate of a roll", () => {
  const without = async (example: (typeof fleets)[number]): Promise<Graph> => {
    const world = new MockedClouds();
    return world.runProgram(example, configs[example], () => {
      componentsOf(world)[example]("connectors", { healthGate: false });
      return {};
    });
  };

  for (const example of ["aws-autoscaling", "gcp-mig"] as const) {
    it(`is what saves the fleet of ${example}: without it the same roll takes every old machine away`, async () => {
      assert.equal(roll[example](await without(example), 2, noUse).old, 0);
    });
  }

  it("of azure-vmss cannot be left out of an automatic roll: without it somebody rolls by hand", async () => {
    assert.deepEqual(rollingUpgrade(await without("azure-vmss"), 2, noUse), { old: 2, young: 0, end: "waiting" });
  });

  describe("of azure-vmss", () => {
    const world = new MockedClouds();
    interface Model {
      upgradePolicy: { rollingUpgradePolicy: Record<string, unknown> };
      virtualMachineProfile: { extensionProfile: { extensions: Record<string, unknown>[] } };
    }
    async function changed(change: (model: Model) => void, ...args: [number, Boot, number?]): Promise<Outcome> {
      const graph = await world.run("azure-vmss", configs["azure-vmss"]);
      change(graph.the("VirtualMachineScaleSet").inputs as unknown as Model);
      return rollingUpgrade(graph, ...args);
    }

    it("looks at the enrollment: one that looks at sshd lets the old machines go", async () => {
      const sshd = { typeHandlerVersion: "1.0", settings: { protocol: "tcp", port: 22 } };
      const { old } = await changed(
        ({ virtualMachineProfile: { extensionProfile } }) => (extensionProfile.extensions = [sshd]),
        2,
        noUse,
      );
      assert.equal(old, 0);
    });

    it("has a grace period: without it one slow boot in a fleet of two stops the roll", async () => {
      const { end } = await changed(
        ({ virtualMachineProfile: { extensionProfile } }) =>
          (extensionProfile.extensions[0]!["typeHandlerVersion"] = "1.0"),
        2,
        10,
      );
      assert.equal(end, "stopped");
    });

    it("bears one ill machine in a fleet of two, which Azure's own defaults do not", async () => {
      assert.equal((await changed(() => undefined, 2, 10, 1)).end, "done");
      const { end } = await changed(
        ({ upgradePolicy }) => (upgradePolicy.rollingUpgradePolicy = { maxSurge: true }),
        2,
        10,
        1,
      );
      assert.equal(end, "stopped");
    });

    it("bears no new machine that is ill: with half of them allowed, an old machine goes for nothing", async () => {
      const { old } = await changed(
        ({ upgradePolicy }) => (upgradePolicy.rollingUpgradePolicy["maxUnhealthyUpgradedInstancePercent"] = 50),
        2,
        noUse,
      );
      assert.equal(old, 1);
    });
  });

  it("of gcp-mig waits on: a machine that loses its connection at once replaces nobody", async () => {
    const graph = await new MockedClouds().run("gcp-mig", configs["gcp-mig"]);
    assert.equal(proactiveReplacement(graph, 2, 2, 150).old, 2);
  });
});
