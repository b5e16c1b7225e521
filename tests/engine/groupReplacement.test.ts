import assert from "node:assert/strict";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import { groupScene, place, type Way } from "./groupScene";

describe("A group with a name of its own, and keys, that is to be replaced on the genuine engine", function () {
  this.timeout(240_000);
  needsEngine();

  const scene = groupScene();
  const { program, idsNow, firstKey, goesFirst, underItsName, underAnotherName, byForce, byTrigger, withUpstream } =
    scene;

  const ways: Record<string, Way> = {
    "under its name": underItsName,
    "under another name": underAnotherName,
    "by force": byForce,
    "by a replacementTrigger": byTrigger,
    "by replaceWith": withUpstream("replaceWith"),
    "because it depends on another group that goes first": withUpstream("keepers"),
    "with a generated name, and deleteBeforeReplace": {
      before: () => ([scene.args, scene.options] = [{}, { deleteBeforeReplace: true }]),
      replace: underItsName.replace,
    },
    "while its keys have a Provider of their own": {
      before: () => (scene.setting.isOwnProvider = true),
      replace: underItsName.replace,
    },
  };

  /** What keeps a group, and how it goes. */
  type Obstacle = (group: string, text: string) => () => unknown;

  function machine({ connected, ...more }: { connected: boolean; raw?: Record<string, unknown> }): Obstacle {
    return (_group, text) => {
      const { simulator } = scene.world;
      const { id } = simulator.enrollMachine(text, { connected });
      Object.assign(simulator.machinesOf("CONNECTOR_GRP").get(id)!, more);
      return () => simulator.machinesOf("CONNECTOR_GRP").delete(id);
    };
  }

  const serverGroup: Obstacle = (id) => {
    const { fields } = scene.world.simulator.appConnectorGroups.get(id)!;
    fields["serverGroups"] = [{ id: "9", name: "web" }];
    return () => delete fields["serverGroups"];
  };

  const othersKey: Obstacle = (zcomponentId) => {
    const { id } = scene.world.simulator.addKey({ name: "theirs", zcomponentId });
    return () => scene.world.simulator.keys.delete(id);
  };

  /** A machine of another group that has enrolled with a key of this one. */
  const movedMachine: Obstacle = (_group, text) => {
    const { simulator } = scene.world;
    const { id: groupId } = simulator.addAppConnectorGroup({ name: "Taken" });
    const moved = simulator.enrollMachine(text, { connected: true });
    Object.assign(moved, { groupId });
    return () => {
      simulator.machinesOf("CONNECTOR_GRP").delete(moved.id);
      scene.world.give(`connectorGroup ${groupId}`);
      return simulator.appConnectorGroups.delete(groupId);
    };
  };

  const connected = machine({ connected: true });
  const oneMachine = String.raw`machines: "[^"]+" \(\d+\)\. Move or delete`;
  const cases: [string, Way, Obstacle, string][] = [
    ...Object.entries(ways).map(([way, how]): [string, Way, Obstacle, string] => [`${way}, while it has a machine`, how, connected, oneMachine]),
    ["while it has a machine that is not connected", byForce, machine({ connected: false }), oneMachine],
    ["while it has a machine that cannot be read", underItsName, machine({ connected: true, raw: { enabled: "perhaps" } }), String.raw`machines or keys, as it may have .*cannot be read`],
    ["while it has a server group", byForce, serverGroup, String.raw`server groups: "web"\. Remove the group there, or`],
    ["while it has a key of others", underAnotherName, othersKey, String.raw`keys that do not go with it: "theirs" \(\d+\)\. Delete those that nobody needs, or`],
    ["while machines that were moved elsewhere need its key", { ...underItsName, before: () => (scene.keyArgs = { retire: "when-unused" }) }, movedMachine, String.raw`keys that do not go with it: "(key|spare)-\S+" \(\d+\), because connected machines have enrolled with it: \S+ Give the group`],
  ]; // prettier-ignore

  for (const [what, { before, replace }, putInTheWay, words] of cases) {
    it(`stays with its keys, ${what}`, async () => {
      before?.();
      const stack = await scene.world.stack(program);
      await stack.up();
      const old = idsNow();
      const group = old[2]!;
      const undo = putInTheWay(group, firstKey().provisioningKey);
      const refused = `key "(key|spare)-.*was not deleted: its group "[^"]+" \\(${group}\\) is to be deleted before.* it has ${words}`;
      await assert.rejects(replace(stack), new RegExp(refused));
      assert.ok(old.every((id) => idsNow().includes(id)));
      undo();
      await replace(stack);
      assert.equal(idsNow().length, 3);
      assert.ok(old.every((id) => !idsNow().includes(id)));
      await scene.world.assertInvariants();
    });
  }

  it("goes with its machines, which are not connected, where forceDestroy says so", async () => {
    scene.args = { name: "Frankfurt", forceDestroy: true };
    const stack = await scene.world.stack(program);
    await stack.up();
    const old = idsNow();
    machine({ connected: false })(old[2]!, firstKey().provisioningKey);
    await underItsName.replace(stack);
    assert.equal(scene.world.simulator.machinesOf("CONNECTOR_GRP").size, 0);
    assert.ok(idsNow().every((id) => !old.includes(id)));
    await scene.world.assertInvariants();
  });

  it("goes with keys that --target leaves out: their creation fails, and the next up without it creates them", async () => {
    const stack = await scene.world.stack(program);
    await stack.up();
    scene.args = { ...scene.args, keepers: { rotation: "2" } };
    const target = [(await stack.outputs())["group"]!.value as string];
    await assert.rejects(stack.up({ target }), /creating provisioning key "key-.*: check zcomponentId/);
    assert.equal(scene.world.simulator.keys.size, 0);
    await stack.up();
    assert.equal(scene.world.simulator.keys.size, 2);
    await scene.world.assertInvariants();
  });

  it("goes with the keys that earlier runs have retired, and no machine needs any more", async () => {
    scene.keyArgs = { retire: "when-unused", keepers: { rotation: "1" } };
    const stack = await scene.world.stack(program);
    await stack.up();
    const undo = connected("", firstKey().provisioningKey);
    scene.keyArgs = { retire: "when-unused", keepers: { rotation: "2" } };
    await stack.up();
    assert.equal(scene.world.simulator.keys.size, 3);
    undo();
    await underItsName.replace(stack);
    assert.equal(scene.world.simulator.keys.size, 2);
    await scene.world.assertInvariants();
  });

  it("stays where a key goes because its group is chosen with the help of another one that goes", async () => {
    const stack = await scene.world.stack(async () => {
      const green = new zpa.AppConnectorGroup("green", place);
      const blue = new zpa.AppConnectorGroup("blue", { ...place, ...scene.args }, { dependsOn: green });
      const zcomponentId = blue.id.apply(() => green.id);
      new zpa.ProvisioningKey("key", { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage: 10 });
    });
    await stack.up();
    const { id, provisioningKey: text } = firstKey();
    connected("", text);
    await underItsName.replace(stack);
    assert.notEqual(firstKey().id, id);
    scene.world.simulator.machinesOf("CONNECTOR_GRP").clear();
    await scene.world.assertInvariants();
  });

  const withoutComparison: Record<string, Way> = {
    "by force": { replace: byForce.replace },
    "by a replacementTrigger": {
      before: () => (scene.options = { replacementTrigger: "1" }),
      replace: byTrigger.replace,
    },
    "by replaceWith": { ...withUpstream("replaceWith"), before: () => (scene.setting.upstream = "replaceWith") },
  };
  for (const [how, { before, replace }] of Object.entries(withoutComparison)) {
    it(`stays with its keys where it is replaced ${how}, and neither its name changes nor deleteBeforeReplace is set`, async () => {
      before?.();
      const stack = await scene.world.stack(program);
      await stack.up();
      const old = idsNow();
      const words = /"Frankfurt" exists already .*change its name too, or set deleteBeforeReplace/;
      await assert.rejects(replace(stack), words);
      assert.deepEqual(idsNow(), old);
      scene.args = { name: "Zurich" };
      await replace(stack);
      assert.ok(idsNow().every((id) => !old.includes(id)));
      await scene.world.assertInvariants();
    });
  }

  it("is made first under another name: its keys change over, and it goes when it can", async () => {
    const stack = await scene.world.stack(program);
    await stack.up();
    const [group] = scene.world.simulator.appConnectorGroups.keys();
    const undo = serverGroup(group!, firstKey().provisioningKey);
    await assert.rejects(underAnotherName.replace(stack), /is used by server group "web"/);
    const zurich = [...scene.world.simulator.appConnectorGroups.values()].find(({ name }) => name === "Zurich")!;
    assert.deepEqual([...scene.world.simulator.keys.values()].map(({ zcomponentId }) => zcomponentId), [zurich.id, zurich.id]); // prettier-ignore
    undo();
    await stack.up();
    assert.deepEqual([...scene.world.simulator.appConnectorGroups.keys()], [zurich.id]);
    await scene.world.assertInvariants();
  });

  const doubts: [string, Partial<zpa.AppConnectorGroupArgs>, string, RegExp][] = [
    ["its replacement names a version profile that there is not", { overrideVersionProfile: true, versionProfileName: "Nope" }, "none", /group "Frankfurt" .* cannot be replaced\. .*there is no version profile "Nope"/],
    ["others have the new name", { name: "Taken" }, "none", /group "Frankfurt" .* cannot be replaced\. An App Connector Group named "Taken" exists already/],
    ["whether it has machines cannot be found out", {}, "/connector", /was not deleted: whether its group .* could not be found out\. .* 403 .*Let the API client read/],
  ]; // prettier-ignore
  for (const [what, change, refused, words] of doubts) {
    it(`stays with its keys where ${what}`, async () => {
      scene.world.simulator.addAppConnectorGroup({ name: "Taken" });
      scene.world.protect();
      goesFirst();
      const stack = await scene.world.stack(program);
      await stack.up();
      const before = idsNow();
      scene.world.fault({ kind: "status", status: 403, body: {}, match: { path: new RegExp(`${refused}$`) } });
      scene.args = { ...scene.args, ...change, keepers: { rotation: "2" } };
      await assert.rejects(stack.up(), words);
      assert.deepEqual(idsNow(), before);
      scene.args = { name: "Frankfurt" };
      await scene.world.assertInvariants();
    });
  }

  it("is replaced under another name beside the old one, which retainOnDelete keeps with its machines", async () => {
    const { simulator } = scene.world;
    scene.options = { retainOnDelete: true };
    const stack = await scene.world.stack(program);
    await stack.up();
    const old = idsNow();
    machine({ connected: true })(old[2]!, firstKey().provisioningKey);
    await underAnotherName.replace(stack);
    const now = idsNow();
    assert.deepEqual(now.filter((id) => old.includes(id)), [old[2]]); // prettier-ignore
    assert.equal(now.length, 4);
    simulator.machinesOf("CONNECTOR_GRP").clear();
    simulator.appConnectorGroups.delete(old[2]!); // by hand
    await scene.world.assertInvariants();
  });
});
