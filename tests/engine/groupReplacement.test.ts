import assert from "node:assert/strict";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import { type TestStack } from "../harness/stack";
import { World } from "../harness/world";

describe("A group with a name of its own, and keys, that is to be replaced on the genuine engine", function () {
  this.timeout(240_000);
  needsEngine();

  let world: World;
  beforeEach(async () => {
    world = await World.start();
    [args, options] = [{ name: "Frankfurt" }, {}];
  });
  afterEach(() => world.close());

  const place = { latitude: 50.1109, longitude: 8.6821, location: "Frankfurt, Germany" };
  let args: Partial<zpa.AppConnectorGroupArgs>;
  let options: CustomResourceOptions;

  const program = async () => {
    const group = new zpa.AppConnectorGroup("frankfurt", { ...place, ...args }, options);
    const zcomponentId = group.id;
    for (const name of ["key", "spare"]) {
      new zpa.ProvisioningKey(name, { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage: 10 });
    }
    return { group: group.urn };
  };

  const idsNow = () => [...world.simulator.keys.keys(), ...world.simulator.appConnectorGroups.keys()];

  /** How a program, or its user, has the group replaced. */
  const ways: Record<string, (stack: TestStack) => Promise<unknown>> = {
    "under its name": (stack) => {
      args = { ...args, keepers: { rotation: "2" } };
      return stack.up();
    },
    "under another name": (stack) => {
      args = { name: "Zurich", keepers: { rotation: "3" } };
      return stack.up();
    },
    "by force": async (stack) => {
      args = { ...args, keepers: args.keepers };
      return stack.up({ replace: [(await stack.outputs())["group"]!.value as string] });
    },
  };

  const obstacles: [string, (group: string, text: string) => () => unknown, RegExp][] = [
    ["a machine that is connected", machine(true), /machines: "[^"]+" \(\d+\)\. Move or delete/],
    ["a machine that is not connected", machine(false), /machines: "[^"]+" \(\d+\)\. Move or delete/],
    ["a server group", serverGroup, /server groups: "web"\. Remove the group there, or/],
    ["a key of others", othersKey, /keys that do not go with it: "theirs" \(\d+\)\. Delete these keys, or/],
  ];

  function machine(connected: boolean) {
    return (_group: string, text: string) => {
      const { id } = world.simulator.enrollMachine(text, { connected });
      return () => world.simulator.machinesOf("CONNECTOR_GRP").delete(id);
    };
  }

  function serverGroup(id: string) {
    const { fields } = world.simulator.appConnectorGroups.get(id)!;
    fields["serverGroups"] = [{ id: "9", name: "web" }];
    return () => delete fields["serverGroups"];
  }

  function othersKey(zcomponentId: string) {
    const { id } = world.simulator.addKey({ name: "theirs", zcomponentId });
    return () => world.simulator.keys.delete(id);
  }

  for (const [what, putInTheWay, words] of obstacles) {
    it(`stays with its keys, however it is replaced, while it has ${what}`, async () => {
      const stack = await world.stack(program);
      await stack.up();
      const [group] = world.simulator.appConnectorGroups.keys();
      const [{ provisioningKey: text } = { provisioningKey: "" }] = world.simulator.keys.values();
      const undo = putInTheWay(group!, text);
      const before = idsNow();
      for (const [way, replace] of Object.entries(ways)) {
        args = { name: "Frankfurt" };
        const refused = `key "(key|spare)-.*was not deleted: its group "Frankfurt" \\(${group}\\) is to be deleted before.* it has ${words.source}`;
        await assert.rejects(replace(stack), new RegExp(refused), way);
        assert.deepEqual(idsNow(), before, way);
      }
      undo();
      args = { name: "Frankfurt" };
      for (const [way, replace] of Object.entries(ways)) {
        const old = idsNow();
        await replace(stack);
        const now = idsNow();
        assert.equal(now.length, 3, way);
        assert.ok(old.every((id) => !now.includes(id)), way); // prettier-ignore
      }
      await world.assertInvariants();
    });
  }

  it("goes by force, and with forceDestroy, where its machines are not connected", async () => {
    args = { name: "Frankfurt", forceDestroy: true };
    const stack = await world.stack(program);
    const { outputs } = await stack.up();
    const old = idsNow();
    machine(false)(old[2]!, [...world.simulator.keys.values()][0]!.provisioningKey);
    await stack.up({ replace: [outputs["group"]!.value as string] });
    assert.equal(world.simulator.machinesOf("CONNECTOR_GRP").size, 0);
    assert.ok(idsNow().every((id) => !old.includes(id)));
    await world.assertInvariants();
  });

  it("is made first under another name where deleteBeforeReplace is false: its keys change over, and it goes when it can", async () => {
    const stack = await world.stack(program);
    await stack.up();
    const [group] = world.simulator.appConnectorGroups.keys();
    const undo = serverGroup(group!);
    options = { deleteBeforeReplace: false };
    await assert.rejects(ways["under another name"]!(stack), /is used by server group "web"/);
    const zurich = [...world.simulator.appConnectorGroups.values()].find(({ name }) => name === "Zurich")!;
    assert.deepEqual([...world.simulator.keys.values()].map(({ zcomponentId }) => zcomponentId), [zurich.id, zurich.id]); // prettier-ignore
    undo();
    await stack.up();
    assert.deepEqual([...world.simulator.appConnectorGroups.keys()], [zurich.id]);
    await world.assertInvariants();
  });

  const doubts: [string, Partial<zpa.AppConnectorGroupArgs>, string, RegExp][] = [
    ["its replacement names a version profile that there is not", { overrideVersionProfile: true, versionProfileName: "Nope" }, "none", /group "Frankfurt" .* cannot be replaced\. .*there is no version profile "Nope"/],
    ["others have the new name", { name: "Taken" }, "none", /group "Frankfurt" .* cannot be replaced\. An App Connector Group named "Taken" exists already/],
    ["whether it has machines cannot be found out", {}, "/connector", /was not deleted: whether its group .* could not be found out\. .* 403 .*Let the API client read/],
  ]; // prettier-ignore
  for (const [what, change, refused, words] of doubts) {
    it(`stays with its keys where ${what}`, async () => {
      world.simulator.addAppConnectorGroup({ name: "Taken" });
      world.protect();
      const stack = await world.stack(program);
      await stack.up();
      const before = idsNow();
      world.fault({ kind: "status", status: 403, body: {}, match: { path: new RegExp(`${refused}$`) } });
      args = { ...args, ...change, keepers: { rotation: "2" } };
      await assert.rejects(stack.up(), words);
      assert.deepEqual(idsNow(), before);
      args = { name: "Frankfurt" };
      await world.assertInvariants();
    });
  }

  it("is replaced under another name beside the old one, which retainOnDelete keeps with its machines", async () => {
    const { simulator } = world;
    options = { retainOnDelete: true };
    const stack = await world.stack(program);
    await stack.up();
    const old = idsNow();
    machine(true)(old[2]!, [...simulator.keys.values()][0]!.provisioningKey);
    await ways["under another name"]!(stack);
    const now = idsNow();
    assert.deepEqual(now.filter((id) => old.includes(id)), [old[2]]); // prettier-ignore
    assert.equal(now.length, 4);
    simulator.machinesOf("CONNECTOR_GRP").clear();
    simulator.appConnectorGroups.delete(old[2]!); // by hand
    await world.assertInvariants();
  });
});
