import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";
import { needsEngine } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";

/** Two seconds: how long a run waits for machines that never come. */
const briefly = 1 / 30;

describe("A run that waits for machines to enroll", function () {
  needsEngine();
  this.timeout(240_000);

  let world: World;
  let stack: TestStack;
  let groupId: string;
  /** What the program is to do. */
  let wanted: { rotation: string; withinMinutes: number; trigger?: string; hasNames?: boolean };

  beforeEach(async () => {
    world = await World.start();
    groupId = world.simulator.addAppConnectorGroup({ name: "Frankfurt" }).id;
    world.protect();
    wanted = { rotation: "1", withinMinutes: 5 };
    stack = await world.stack(() => {
      const { rotation, withinMinutes, trigger, hasNames = true } = wanted;
      const key = new zpa.ProvisioningKey("connectors", {
        associationType: "CONNECTOR_GRP",
        zcomponentId: groupId,
        maxUsage: 10,
        keepers: { rotation },
      });
      const fleet = new zpa.EnrolledConnectors("fleet", {
        associationType: "CONNECTOR_GRP",
        provisioningKeyId: key.id,
        groupId,
        atLeast: 2,
        withinMinutes,
        ...(trigger === undefined ? {} : { triggers: { trigger } }),
      });
      // with the outputs of what has failed, the program fails, and the run ends before the engine deletes anything
      return Promise.resolve({ key: key.provisioningKey, ...(hasNames ? { names: fleet.connectedNames } : {}) });
    });
  });
  afterEach(() => world.close());

  /** Machines of the newest key, as soon as the run looks for them. */
  function enrollWhenLookedFor(machines: number): Promise<void> {
    const look = world.fault({ kind: "pause", match: { method: "GET", path: /\/connector$/ } });
    return look.waitUntilFired().then(() => {
      const key = [...world.simulator.keys.values()].at(-1)!;
      for (let machine = 0; machine < machines; machine++) world.simulator.enrollMachine(key.provisioningKey);
      look.resume();
    });
  }

  const keys = () => [...world.simulator.keys.values()].map(({ id }) => id);

  it("ends when as many are connected as it asks for, and does not wait again without a reason", async () => {
    const enrolled = enrollWhenLookedFor(2);
    const { outputs } = await stack.up();
    await enrolled;
    assert.deepEqual(
      outputs["names"]!.value,
      [...world.simulator.appConnectors.values()].map(({ name }) => name),
    );
    await world.assertInvariants();
    wanted.trigger = "image-2";
    const looks = await world.requestsOf(() => stack.up());
    assert.deepEqual(
      looks.map(({ method, path }) => [method, path.split("/").at(-1)]),
      [["GET", "connector"]],
    );
    await world.assertInvariants();
    assert.deepEqual(await world.requestsOf(() => stack.refresh()).then((all) => all.filter(({ path }) => path.endsWith("/connector"))), []); // prettier-ignore
    const [...machines] = world.simulator.appConnectors.keys();
    await stack.destroy();
    assert.deepEqual([...world.simulator.appConnectors.keys()], machines);
    assert.deepEqual(keys(), []);
  });

  it("lets a rotated key go only when the new machines are in", async () => {
    await Promise.all([enrollWhenLookedFor(2), stack.up()]);
    const [old] = keys();
    wanted.rotation = "2";
    await Promise.all([enrollWhenLookedFor(2), stack.up()]);
    assert.equal(keys().length, 1);
    assert.notEqual(keys()[0], old);
    await world.assertInvariants();
  });

  it("keeps the old key and fails where the new machines do not come, and the next up finishes", async () => {
    await Promise.all([enrollWhenLookedFor(2), stack.up()]);
    const [old] = keys();
    wanted = { rotation: "2", withinMinutes: briefly };
    const failed = await Promise.all([enrollWhenLookedFor(1), stack.up().catch((error: unknown) => String(error))]);
    assert.match(
      failed[1] as string,
      /1 of 2 App Connectors are connected after .*1 has enrolled in group \d+ with key/s,
    );
    assert.ok(
      stack.transcript().includes("zpa: 1 of 2 App Connectors are connected with key"),
      "tells of its progress",
    );
    assert.equal(keys().length, 2);
    assert.equal(keys()[0], old);
    assert.equal(world.simulator.keys.get(old!)?.enabled, true);

    // without machines it fails again, and still keeps the old key
    const again = await stack.up().catch((error: unknown) => String(error));
    assert.match(again as string, /1 of 2 App Connectors are connected/);
    assert.ok(keys().includes(old!));

    wanted.withinMinutes = 5;
    await Promise.all([enrollWhenLookedFor(1), stack.up()]);
    assert.equal(keys().length, 1);
    assert.ok(!keys().includes(old!));
    await world.assertInvariants();
  });

  const goingOn: [string, boolean, (stack: TestStack) => Promise<unknown>][] = [
    ["", false, () => Promise.resolve()],
    [" once more", true, () => Promise.resolve()],
    [", after the stack was renamed", false, (some) => some.rename("other")],
    [" once more, after the stack was renamed", true, (some) => some.rename("other").then(() => some.up())],
  ];
  for (const [what, isAgain, prepare] of goingOn) {
    it(`keeps the old key with --continue-on-error too where the wait fails${what}`, async () => {
      await Promise.all([enrollWhenLookedFor(2), stack.up()]);
      await prepare(stack);
      const [old] = keys();
      wanted = { rotation: "2", withinMinutes: briefly, hasNames: false };
      if (isAgain) await assert.rejects(stack.up(), /0 of 2 App Connectors are connected/);
      const words = isAgain
        ? /was not deleted: EnrolledConnectors has waited in vain for machines of \d+, which/
        : /0 of 2/;
      await assert.rejects(stack.up({ continueOnError: true }), words);
      assert.deepEqual([keys().length, keys()[0]], [2, old]);
      wanted.withinMinutes = 5;
      await Promise.all([enrollWhenLookedFor(2), stack.up({ continueOnError: true })]);
      assert.ok(keys().length === 1 && keys()[0] !== old);
      await world.assertInvariants();
    });
  }

  it("keeps no key from a destroy that runs the program, after the wait has failed", async () => {
    await Promise.all([enrollWhenLookedFor(2), stack.up()]);
    wanted = { rotation: "2", withinMinutes: briefly };
    await assert.rejects(stack.up(), /0 of 2 App Connectors are connected/);
    await stack.destroy({ runProgram: true });
    assert.deepEqual(keys(), []);
    await world.assertInvariants();
  });

  it("counts a machine of which ZPA tells the name of the key without its id, but none that is older than the key", async () => {
    await Promise.all([enrollWhenLookedFor(2), stack.up()]);
    const { name } = [...world.simulator.keys.values()][0]!;
    const machines = [...world.simulator.machinesOf("CONNECTOR_GRP").values()];
    for (const machine of machines) machine.raw = { provisioningKeyId: "", provisioningKeyName: name };
    wanted = { ...wanted, trigger: "2", withinMinutes: briefly };
    await stack.up();
    machines[0]!.creationTime = "1700000000";
    wanted.trigger = "3";
    await assert.rejects(stack.up(), /1 of 2 App Connectors are connected/);
    wanted.trigger = "2";
    await world.assertInvariants();
  });

  it("lets the run go on with what others have set meanwhile", async () => {
    const { simulator } = world;
    const machine = simulator.enrollMachine(
      simulator.addKey({ name: "theirs", zcomponentId: groupId }).provisioningKey,
    );
    world.protect();
    let location = "Frankfurt";
    const other = await world.stack(() => {
      const place = { latitude: 50.1, longitude: 8.7, location };
      // two that are updated read the list before the wait
      const first = ["a", "b"].map((name) => new zpa.AppConnectorGroup(name, place));
      const { provisioningKeyId = "" } = machine;
      const awaited = {
        associationType: "CONNECTOR_GRP",
        provisioningKeyId,
        atLeast: 1,
        triggers: { location },
      } as const;
      const wait = new zpa.EnrolledConnectors("wait", awaited, { dependsOn: first });
      return Promise.resolve({ id: new zpa.AppConnectorGroup("c", place, { dependsOn: wait }).id });
    });
    const { outputs } = await other.up();
    location = "Berlin";
    simulator.disconnectMachine(machine.id);
    const look = world.fault({ kind: "pause", match: { method: "GET", path: /\/connector$/, nth: 2 } });
    const up = other.up();
    await look.waitUntilFired();
    simulator.connectMachine(machine.id);
    simulator.editGroup(String(outputs["id"]!.value), { description: "theirs", fields: { upgradeDay: "MONDAY" } });
    look.resume();
    await up;
    const { description, fields } = simulator.appConnectorGroups.get(String(outputs["id"]!.value))!;
    assert.deepEqual([description, fields["upgradeDay"], fields["location"]], ["theirs", "MONDAY", "Berlin"]);
    await world.assertInvariants();
  });

  it("says at once that there is no such key, and is not in state then", async () => {
    const other = await world.stack(() => {
      const fleet = new zpa.EnrolledConnectors("fleet", {
        associationType: "CONNECTOR_GRP",
        provisioningKeyId: "77",
        atLeast: 1,
      });
      return Promise.resolve({ fleet: pulumi.output(fleet.connected) });
    });
    const failed = await other.up().catch((error: unknown) => String(error));
    assert.match(
      failed as string,
      /provisioningKeyId: ZPA has no key 77 for App Connectors\. [^\n]*run pulumi up --refresh/,
    );
    const state = await other.exportState();
    assert.doesNotMatch(JSON.stringify(state.deployment), /EnrolledConnectors/);
    await world.assertInvariants();
  });
});
