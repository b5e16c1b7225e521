import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import * as zpa from "pulumi-zpa-dynamic";
import { needsEngine } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";

/** What was said on the key itself, as `severity: text`. */
function saidOnKey(events: readonly EngineEvent[]): string[] {
  return events
    .map(({ diagnosticEvent }) => diagnosticEvent)
    .filter((said) => said?.urn?.endsWith("::key") && ["warning", "error"].includes(said.severity))
    .map((said) => `${said!.severity}: ${said!.message.replace(/<\{%[^%]*%\}>/g, "").trim()}`);
}

describe("A key that runs dry", function () {
  needsEngine();
  this.timeout(120_000);

  let world: World;
  let args: Partial<zpa.ProvisioningKeyArgs>;
  let stack: TestStack;
  /** The limits that the program has seen. */
  let limits: number[];
  beforeEach(async () => {
    world = await World.start();
    const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
    args = {};
    limits = [];
    stack = await world.stack(async () => {
      const key = new zpa.ProvisioningKey("key", {
        associationType: "CONNECTOR_GRP",
        zcomponentId: group.id,
        maxUsage: 10,
        ...args,
      });
      key.maxUsage.apply((limit) => limits.push(limit));
      return { id: key.id, maxUsage: key.maxUsage, used: key.usageCount, left: key.remainingUses };
    });
  });
  afterEach(() => world.close());

  const enroll = (machines: number) => {
    const [key] = [...world.simulator.keys.values()];
    for (let machine = 0; machine < machines; machine++) world.simulator.enroll(key!.provisioningKey);
  };
  const numbers = async () => {
    const outputs = await stack.outputs();
    return ["maxUsage", "used", "left"].map((name) => outputs[name]!.value as number);
  };

  it("shows the uses spent as outputs, never as a change, and warns on the resource from ten percent on", async () => {
    await stack.up();
    enroll(8);
    await stack.refresh();
    const calm = await stack.up();
    assert.deepEqual([calm.changeSummary.update, await numbers()], [0, [10, 8, 2]]);
    assert.deepEqual(saidOnKey(calm.events), []);
    enroll(1);
    await stack.refresh();
    const { events } = await stack.up();
    assert.deepEqual(
      [...new Set(saidOnKey(events))].map((said) => said.replace(/key-[0-9a-f]{7}/, "key")),
      [
        'warning: Provisioning key "key" has 1 of 10 uses left. Raise maxUsage, set headroom, or silence this with warnAtPercent: 0.',
      ],
    );
    await world.assertInvariants();
  });

  it("warns when none is left, and fails the run where the program asks for it", async () => {
    await stack.up();
    enroll(10);
    await stack.refresh();
    let said: string[] = [];
    await stack.up({ onEvent: (event) => void (said = [...said, ...saidOnKey([event])]) });
    assert.match(
      said[0]!,
      /^warning: Provisioning key "key-[0-9a-f]{7}" has 0 of 10 uses left: no machine can enroll with it\./,
    );
    args = { failWhenExhausted: true };
    await assert.rejects(stack.preview(), /no uses left \(10 of 10\)/);
    args = { warnAtPercent: 0 };
    await stack.up();
    await world.assertInvariants();
  });

  it("refreshes a spent key that shall fail the run, and lets the run fail, or go on where the program raises the limit", async () => {
    args = { failWhenExhausted: true };
    await stack.up();
    enroll(10);
    await stack.refresh();
    assert.equal((await stack.refresh()).changeSummary.same, 2);
    await assert.rejects(stack.up({ refresh: true }), /no uses left \(10 of 10\)/);
    args = { failWhenExhausted: true, maxUsage: 12 };
    await stack.up({ refresh: true });
    assert.deepEqual(await numbers(), [12, 10, 2]);
    await world.assertInvariants();
  });

  it("raises the limit in place while headroom asks for it, and never lowers it", async () => {
    args = { headroom: 4 };
    await stack.up();
    enroll(7);
    await stack.refresh();
    const raised = await stack.up();
    assert.deepEqual([raised.changeSummary.update, raised.changeSummary.replace], [1, 0]);
    assert.deepEqual(await numbers(), [11, 7, 4]);
    assert.equal([...world.simulator.keys.values()][0]!.maxUsage, "11");
    args = { headroom: 2 };
    await stack.up();
    assert.deepEqual(await numbers(), [11, 7, 4]);
    args = { headroom: 2, maxUsage: 20 };
    await stack.up();
    assert.deepEqual(await numbers(), [20, 7, 13]);
    await world.assertInvariants();
  });

  it("has no limit at preview that headroom will raise, and no warning where headroom is kept", async () => {
    args = { headroom: 1 };
    await stack.up();
    enroll(9);
    await stack.refresh();
    const { events } = await stack.up();
    assert.deepEqual(saidOnKey(events), []);
    enroll(1);
    await stack.refresh();
    limits = [];
    await stack.preview();
    assert.deepEqual(limits, []);
    await stack.up();
    assert.deepEqual(limits, [11]);
    limits = [];
    await stack.preview();
    assert.deepEqual(limits, [11]);
    await world.assertInvariants();
  });

  it("says nothing of a key that is disabled, and fails no run for it", async () => {
    args = { failWhenExhausted: true };
    await stack.up();
    enroll(10);
    await stack.refresh();
    await assert.rejects(stack.up(), /where another key follows it, set failWhenExhausted to false/);
    args = { failWhenExhausted: true, enabled: false };
    await stack.up();
    const { events } = await stack.up();
    assert.deepEqual(saidOnKey(events), []);
    await world.assertInvariants();
  });

  it("says what to do about a limit below what is spent since the last refresh, which it does not read", async () => {
    await stack.up();
    enroll(7);
    const { name, enrollmentCertId } = [...world.simulator.keys.values()][0]!;
    const whole = { name, enrollmentCertId, enabled: true, exportable: true, ipAcl: ["10.0.0.0/8"], uiConfig: "x" };
    args = { ...whole, maxUsage: 5 };
    await assert.rejects(stack.up(), /maxUsage cannot be lower than the uses already spent: pulumi refresh reads how/);
    args = {};
    await stack.up();
    await world.assertInvariants();
  });

  it("refuses a limit below what is spent, with both numbers, at preview", async () => {
    await stack.up();
    enroll(7);
    await stack.refresh();
    args = { maxUsage: 5 };
    await assert.rejects(
      stack.preview(),
      /maxUsage must not be lower than the uses already spent: it is 5, and 7 machines have enrolled/,
    );
    args = {};
    await world.assertInvariants();
  });
});
