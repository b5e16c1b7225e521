import assert from "node:assert/strict";
import * as zpa from "pulumi-zpa-dynamic";
import { needsEngine } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";

const before = { id: "7", enabled: true, deleteDisabled: true, frequencyInterval: "90" };

describe("ZPA's clean-up of machines in a stack", function () {
  needsEngine();
  this.timeout(240_000);

  let world: World;
  let stack: TestStack;
  let days: zpa.CleanUpInterval;
  let logicalName: string;
  let ignoreChanges: string[];
  /** Whether another resource of the program fails. */
  let fails: boolean;
  beforeEach(async () => {
    world = await World.start({ env: { ZPA_OPERATION_TIMEOUT: "2" } });
    days = 5;
    logicalName = "clean-up";
    ignoreChanges = [];
    fails = false;
    world.simulator.connectorSchedule = { ...before };
    stack = await world.stack(() => {
      const schedule = new zpa.ConnectorSchedule(logicalName, { frequencyInterval: days }, { ignoreChanges });
      if (fails) {
        new zpa.ProvisioningKey("key", { associationType: "CONNECTOR_GRP", zcomponentId: "999999", maxUsage: 1 });
      }
      return Promise.resolve({ days: schedule.frequencyInterval });
    });
  });
  afterEach(() => world.close());

  const stored = () => world.simulator.connectorSchedule;
  const calls = async (action: () => Promise<unknown>) =>
    (await world.requestsOf(action)).map(({ method }) => method).join(" ");

  it("takes over what is configured, follows the program, and brings the former back when it goes", async () => {
    assert.equal(await calls(() => stack.up()), "GET PUT");
    assert.deepEqual(stored(), { ...before, deleteDisabled: false, frequencyInterval: "5" });
    await world.assertInvariants();
    days = 30;
    assert.equal(await calls(() => stack.up()), "PUT");
    // others have changed it: the next up after a refresh brings it back
    world.simulator.connectorSchedule = { ...stored()!, frequencyInterval: "60" };
    assert.equal(await calls(() => stack.refresh()), "GET");
    assert.equal(await calls(() => stack.up()), "PUT");
    assert.equal(stored()?.frequencyInterval, "30");
    await world.assertInvariants();
    assert.equal(await calls(() => stack.destroy()), "GET PUT");
    assert.deepEqual(stored(), before);
  });

  it("stays as others have it once ignoreChanges leaves all to them", async () => {
    await stack.up();
    world.simulator.connectorSchedule = { ...stored()!, frequencyInterval: "30" };
    ignoreChanges = ["*"];
    await stack.up({ refresh: true });
    assert.equal(stored()?.frequencyInterval, "30");
    await world.assertInvariants();
  });

  for (const isRefreshed of [true, false]) {
    it(`stays as others have it in the end where ignoreChanges for everything came later, ${isRefreshed ? "with" : "without"} a refresh`, async () => {
      await stack.up();
      ignoreChanges = ["*"];
      await stack.up({ refresh: isRefreshed });
      const theirs = { ...stored()!, frequencyInterval: "30" };
      world.simulator.connectorSchedule = { ...theirs };
      await stack.up({ refresh: isRefreshed });
      await stack.destroy();
      assert.deepEqual(stored(), theirs);
    });
  }

  it("fails an update whose outcome is unknown in its time, where there was none before, and can be destroyed", async () => {
    world.simulator.connectorSchedule = undefined;
    await stack.up();
    const fault = world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
    days = 7;
    await assert.rejects(stack.up());
    fault.clear();
    await stack.destroy();
    assert.equal(stored()!.enabled, false);
  });

  it("is as the program says after its resource was renamed without an alias, which is told", async () => {
    await stack.up();
    logicalName = "renamed";
    await stack.up();
    assert.deepEqual(stored(), { ...before, deleteDisabled: false, frequencyInterval: "5" });
    assert.match(
      stack.transcript(),
      /warning: the clean-up schedule of type "CONNECTOR_GRP" stays as another resource of this run/,
    );
    await world.assertInvariants();
  });

  it("is as before after a destroy of an up that failed in the middle of such a rename", async () => {
    await stack.up();
    logicalName = "renamed";
    fails = true;
    await assert.rejects(stack.up());
    await stack.destroy();
    assert.deepEqual(stored(), before);
  });

  const commands = {
    refresh: () => stack.refresh(),
    "up --refresh": () => stack.up({ refresh: true }),
    up: () => stack.up(),
  };
  for (const [command, run] of Object.entries(commands)) {
    it(`is as before after a creation whose outcome is unknown, ${command} and a destroy`, async () => {
      const fault = world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
      await assert.rejects(stack.up());
      fault.clear();
      await run();
      await stack.destroy();
      assert.deepEqual(stored(), before);
    });
  }

  it("is as the program says after a forced replacement, and as before in the end", async () => {
    await stack.up();
    const { resources } = (await stack.exportState()).deployment as { resources: { type: string; urn: string }[] };
    const { urn } = resources.find(({ type }) => type.endsWith("ConnectorSchedule"))!;
    await stack.up({ replace: [urn] });
    assert.deepEqual(stored(), { ...before, deleteDisabled: false, frequencyInterval: "5" });
    await world.assertInvariants();
    await stack.destroy();
    assert.deepEqual(stored(), before);
  });
});
