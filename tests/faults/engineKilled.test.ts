import assert from "node:assert/strict";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import { resourcesOf, type StoredDeployment } from "../harness/invariants";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";

describe("A killed engine takes its provider with it", function () {
  this.timeout(180_000);
  needsEngine();

  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.close());

  type Condition = () => boolean | Promise<boolean>;
  const until = async (isReached: Condition) => {
    while (!(await isReached())) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  /** Kills the CLI alone when `isReached`: the provider sends nothing more, and ends within seconds. */
  async function killedWhen(running: Promise<unknown>, stack: TestStack, isReached: Condition): Promise<void> {
    const failed = assert.rejects(running);
    await until(isReached);
    const sent = world.requests.length;
    assert.equal(stack.signalEngine("SIGKILL"), 1, "there was no CLI");
    const killedAt = performance.now();
    await until(() => stack.countProviders() === 0);
    assert.ok(performance.now() - killedAt < 5_000, "the provider process lives on");
    assert.equal(world.requests.length, sent, "a request came after the engine was killed");
    await failed;
    await stack.cancel();
  }

  function program(count: number, more: Partial<zpa.ProvisioningKeyArgs> = {}): () => Promise<Record<string, unknown>> {
    const [first] = world.simulator.appConnectorGroups.values();
    const { id } = first ?? world.simulator.addAppConnectorGroup({ name: "Berlin" });
    const args = { associationType: "CONNECTOR_GRP", zcomponentId: id, maxUsage: 10, ...more } as const;
    return async () => {
      const keys = Array.from({ length: count }, (_, index) => new zpa.ProvisioningKey(`key${index}`, args));
      return { texts: keys.map(({ provisioningKey }) => provisioningKey) };
    };
  }

  it("during the POST of a key whose text is shown once: the key is not made anew before the next up", async () => {
    const stack = await world.stack(program(1, { exportable: false }));
    const fault = world.fault({ kind: "hangAfterCommit", match: { method: "POST", path: /Key$/ } });
    await killedWhen(stack.up(), stack, () => fault.fired > 0);
    const [lost] = world.simulator.keys.keys();

    const { outputs } = await stack.up({ refresh: true });
    const [key, ...others] = world.simulator.keys.values();
    assert.deepEqual(others, []);
    assert.notEqual(key!.id, lost);
    assert.ok((outputs.texts!.value as string[])[0] === key!.provisioningKey, "the text is that of the key");
    await stack.refresh({ clearPendingCreates: true });
    await world.assertInvariants();
  });

  it("during a PUT: it is not sent again over newer values", async () => {
    const stack = await world.stack(program(1));
    await stack.up();
    stack.setProgram(program(1, { maxUsage: 20 }));
    const fault = world.fault({ kind: "hang", match: { method: "PUT" } });
    await killedWhen(stack.up(), stack, () => fault.fired > 0);
    stack.setProgram(program(1, { maxUsage: 30 }));
    await stack.up({ refresh: true });
    const [key] = world.simulator.keys.values();
    assert.equal(key!.maxUsage, "30");
    await world.assertInvariants();
  });

  it("during the PUT of a clean-up schedule: a destroy brings back what was there before", async () => {
    const others = { id: "7", enabled: true, deleteDisabled: true, frequencyInterval: "90" };
    world.simulator.connectorSchedule = { ...others };
    let frequencyInterval: zpa.CleanUpInterval = 5;
    const stack = await world.stack(async () => {
      new zpa.ConnectorSchedule("clean-up", { frequencyInterval });
    });
    const creation = world.fault({ kind: "hangAfterCommit", match: { method: "PUT" } });
    await killedWhen(stack.up(), stack, () => creation.fired > 0);
    await stack.up();
    assert.equal(world.simulator.connectorSchedule?.frequencyInterval, "5");
    frequencyInterval = 7;
    const change = world.fault({ kind: "hangAfterCommit", match: { method: "PUT" } });
    await killedWhen(stack.up(), stack, () => change.fired > 0);
    await stack.up({ refresh: true });
    assert.equal(world.simulator.connectorSchedule?.frequencyInterval, "7");
    await stack.destroy();
    assert.deepEqual(world.simulator.connectorSchedule, others);
  });

  it("during a destroy of more than the rate limit lets through: the rest stays", async () => {
    const stack = await world.stack(program(16), { env: { ZPA_WRITES_PER_10S: "0" } });
    await stack.up();
    stack.setEnvironment({ ...world.env });
    // a state that the engine is writing cannot be read, and would stay so
    const left = async () => resourcesOf((await stack.exportState()).deployment as StoredDeployment).length;
    await killedWhen(stack.destroy(), stack, async () => (await left().catch(() => 16)) === 6);
    assert.equal(world.simulator.keys.size, 6);
    await stack.up({ refresh: true });
    assert.equal(world.simulator.keys.size, 16);
    await world.assertInvariants({ isRateKept: false });
    await stack.destroy();
    await world.assertInvariants({ isRateKept: false });
  });
});
