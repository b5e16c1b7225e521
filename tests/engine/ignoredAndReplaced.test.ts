import assert from "node:assert/strict";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { ProvisioningKey, type ProvisioningKeyArgs } from "../../provider";
import { needsEngine } from "../harness/engine";
import { World } from "../harness/world";

describe("Options of a key, on the engine", function () {
  needsEngine();
  let world: World;
  let args: Partial<ProvisioningKeyArgs>;
  let options: CustomResourceOptions;
  beforeEach(async () => {
    world = await World.start();
    [args, options] = [{}, {}];
  });
  afterEach(() => world.close());

  const stackOf = (zcomponentId: string) =>
    world.stack(() => {
      new ProvisioningKey("edge", { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage: 10, ...args }, options);
      return Promise.resolve();
    });

  it("ignoreChanges of the limit leaves it to others, though an up changes something else", async () => {
    const { id } = world.simulator.addAppConnectorGroup({ name: "Connectors" });
    const stack = await stackOf(id);
    options = { ignoreChanges: ["maxUsage", "name"] };
    await stack.up();
    const [key] = [...world.simulator.keys.values()];
    world.simulator.editKey(key!.id, { maxUsage: "500", name: "theirs" });
    args = { enabled: false };
    await stack.up();
    assert.deepEqual([key!.maxUsage, key!.enabled], ["500", false]);
    await stack.refresh();
    args = { enabled: true };
    await stack.up();
    assert.deepEqual([key!.maxUsage, key!.enabled, key!.name], ["500", true, "theirs"]);
    await world.assertInvariants();
  });

  it("replaceOnChanges replaces a key for what would else be an update, and for nothing that it does not list", async () => {
    const { id } = world.simulator.addAppConnectorGroup({ name: "Connectors" });
    const stack = await stackOf(id);
    options = { replaceOnChanges: ["uiConfig"] };
    await stack.up();
    const [first] = [...world.simulator.keys.keys()];
    args = { maxUsage: 20 };
    await stack.up();
    assert.deepEqual([...world.simulator.keys.keys()], [first]);
    args = { maxUsage: 20, uiConfig: "{}" };
    await stack.up();
    const left = [...world.simulator.keys.values()];
    assert.deepEqual([left.length, left[0]!.uiConfig], [1, "{}"]);
    assert.notEqual(left[0]!.id, first);
    await world.assertInvariants();
  });

  it("replacementTrigger deletes no key first whose new name another one has", async () => {
    const { id } = world.simulator.addAppConnectorGroup({ name: "Connectors" });
    world.simulator.addKey({ name: "zurich", zcomponentId: id });
    world.protect();
    const stack = await stackOf(id);
    [args, options] = [{ name: "basel" }, { replacementTrigger: "1" }];
    await stack.up();
    [args, options] = [{ name: "zurich" }, { replacementTrigger: "2" }];
    await assert.rejects(stack.up(), /"zurich" exists already/);
    assert.deepEqual([...world.simulator.keys.values()].map(({ name }) => name).sort(), ["basel", "zurich"]);
    [args, options] = [{ name: "bern" }, { replacementTrigger: "2" }];
    await stack.up();
    assert.deepEqual([...world.simulator.keys.values()].map(({ name }) => name).sort(), ["bern", "zurich"]);
    await world.assertInvariants();
  });
});
