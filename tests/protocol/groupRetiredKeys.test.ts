import assert from "node:assert/strict";
import { unknownValue } from "../harness/providerProcess";
import { World } from "../harness/world";
import { change, groupArgs, type Made, make, refOf } from "./driver";

for (const [type, associationType] of [
  ["AppConnectorGroup", "CONNECTOR_GRP"],
  ["ServiceEdgeGroup", "SERVICE_EDGE_GRP"],
] as const) {
  describe(`A resource of the type ${type} that is deleted while retired keys belong to it`, () => {
    let world: World;
    let made: Made;
    beforeEach(async () => {
      world = await World.start();
      made = await make(await world.provider(), type, groupArgs());
    });
    afterEach(() => world.close());

    const left = () => [...world.simulator.machinesOf(associationType).keys()];
    const force = async () => change(await world.provider(), made, groupArgs({ forceDestroy: true }));
    const remove = async ({ id, outputs }: Made) => (await world.provider()).delete(type, id, outputs);

    /** A key of the group that machines of this state have enrolled with, and that an earlier run has retired. */
    function retired(connected: boolean) {
      const { simulator } = world;
      const key = simulator.addKey({ name: "key", associationType, zcomponentId: made.id, maxUsage: "200" });
      const machine = simulator.enrollMachine(key.provisioningKey, { connected });
      simulator.editKey(key.id, { name: `key-retired-${key.id}`, enabled: false });
      return { key, machine };
    }

    it("takes them with it too when forceDestroy says so, and no connected machine needs them", async () => {
      const { key, machine } = retired(false);
      const { outputs } = await force();
      const provider = await world.provider();
      await provider.delete(type, made.id, outputs);
      assert.deepEqual([left(), world.simulator.keys.has(key.id)], [[], false]);
      assert.match(provider.output(), new RegExp(`key "key-retired-${key.id}" .* is deleted: no connected machine`));
      assert.match(provider.output(), new RegExp(`\\(${machine.id}\\) of .* are deleted`));
    });

    /** A key of the group, in this microtenant, that the engine has compared because the group goes first. */
    async function goingFirst(microtenantId: string) {
      const name = `key-of-${microtenantId}`;
      const args = { name, associationType, zcomponentId: made.id, maxUsage: 1, retire: "when-unused", microtenantId };
      const key = await make(await world.provider(), "ProvisioningKey", args);
      const provider = await world.provider();
      await provider.diff("ProvisioningKey", key.id, key.outputs, { ...key.inputs, zcomponentId: unknownValue });
      return { key, deletion: () => provider.delete("ProvisioningKey", key.id, key.outputs), provider };
    }

    it("keeps a key that would go before it, and delete retired ones of another microtenant only", async () => {
      const old = world.simulator.addKey({ name: "key", associationType, zcomponentId: made.id });
      world.simulator.editKey(old.id, { name: `key-retired-${old.id}`, enabled: false });
      const { key, deletion } = await goingFirst(world.simulator.addMicrotenant({ name: "Home" }).id);
      await assert.rejects(deletion(), new RegExp(`keys that do not go with it: "key-retired-${old.id}"`));
      assert.ok(world.simulator.keys.delete(key.id));
      await (await goingFirst("0")).deletion();
      assert.ok(!world.simulator.keys.has(old.id));
    });

    it("loses a key that goes before it also where the engine compares that one with its own arguments afterwards", async () => {
      const { key, deletion, provider } = await goingFirst("0");
      await provider.diff("ProvisioningKey", key.id, key.outputs, key.inputs);
      await deletion();
      assert.ok(!world.simulator.keys.has(key.id));
    });

    it("takes with it one that the same run has retired, once its machine has disconnected", async () => {
      const { outputs } = await force();
      const args = { name: "key", associationType, zcomponentId: made.id, maxUsage: 1, retire: "when-unused" };
      const key = await make(await world.provider(), "ProvisioningKey", args);
      const machine = world.simulator.enrollMachine(String(key.outputs["provisioningKey"]), { connected: true });
      const provider = await world.provider();
      await provider.delete("ProvisioningKey", key.id, key.outputs);
      assert.equal(world.simulator.keys.get(key.id)?.enabled, false);
      world.simulator.disconnectMachine(machine.id);
      await provider.delete(type, made.id, outputs);
      assert.deepEqual([left(), world.simulator.keys.has(key.id)], [[], false]);
    });

    it("keeps them while a connected machine of another group needs one", async () => {
      const { key, machine } = retired(true);
      world.simulator.machinesOf(associationType).get(machine.id)!.groupId = "1"; // of others
      const { outputs } = await force();
      world.protect(refOf(made));
      await assert.rejects(remove({ ...made, outputs }), new RegExp(`key "key-retired-${key.id}"`));
      assert.ok(world.simulator.keys.has(key.id));
    });

    it("keeps one that the program has adopted", async () => {
      const { key } = retired(false);
      const provider = await world.provider();
      const adopted = await provider.read("ProvisioningKey", `${associationType}/${key.id}`, {});
      await provider.diff("ProvisioningKey", adopted.id, adopted.props, adopted.inputs!);
      const { outputs } = await force();
      world.protect(refOf(made));
      await assert.rejects(provider.delete(type, made.id, outputs), new RegExp(`key "key-retired-${key.id}"`));
      assert.ok(world.simulator.keys.has(key.id));
    });

    it("keeps its machines where ZPA does not know one of them", async () => {
      const { key, machine } = retired(false);
      const { outputs } = await force();
      const body = { id: "resource.not.found" };
      world.fault({ kind: "status", status: 404, body, match: { method: "DELETE", path: new RegExp(`${key.id}$`) } });
      world.protect(refOf(made));
      await assert.rejects(remove({ ...made, outputs }), new RegExp(`key "key-retired-${key.id}"`));
      assert.deepEqual(left(), [machine.id]);
    });

    it("keeps them while another key stands in its way", async () => {
      const { key } = retired(false);
      world.simulator.addKey({ name: "other", associationType, zcomponentId: made.id });
      const { outputs } = await force();
      world.protect(refOf(made));
      await assert.rejects(remove({ ...made, outputs }), /provisioning keys .*"other"/);
      assert.ok(world.simulator.keys.has(key.id));
    });
  });
}
