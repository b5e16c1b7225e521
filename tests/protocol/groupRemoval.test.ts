import assert from "node:assert/strict";
import { describe as inWords } from "../harness/invariants";
import { World } from "../harness/world";
import { change, groupArgs, type Made, make, refOf } from "./driver";

for (const [type, path, machines, associationType] of [
  ["AppConnectorGroup", "appConnectorGroup", "connector", "CONNECTOR_GRP"],
  ["ServiceEdgeGroup", "serviceEdgeGroup", "serviceEdge", "SERVICE_EDGE_GRP"],
] as const) {
  describe(`A resource of the type ${type} that is deleted`, () => {
    let world: World;
    let made: Made;
    beforeEach(async () => {
      world = await World.start();
      made = await make(await world.provider(), type, groupArgs());
    });
    afterEach(() => world.close());

    /** Machines in the group, whose key is gone. */
    function enroll(...connected: boolean[]): string[] {
      const { simulator } = world;
      const key = simulator.addKey({ name: "key", associationType, zcomponentId: made.id, maxUsage: "20" });
      const ids = connected.map((is) => simulator.enrollMachine(key.provisioningKey, { connected: is }).id);
      simulator.removeKey(key.id);
      return ids;
    }
    const left = () => [...world.simulator.machinesOf(associationType).keys()];
    const force = async () => change(await world.provider(), made, groupArgs({ forceDestroy: true }));
    const remove = async ({ id, outputs }: Made) => (await world.provider()).delete(type, id, outputs);

    it("and is empty, goes with one DELETE", async () => {
      const { outputs } = await force();
      const requests = await world.requestsOf(() => remove({ ...made, outputs }));
      assert.deepEqual(requests.map(({ method }) => method), ["DELETE"]); // prettier-ignore
      await world.assertInvariants();
    });

    it("stays without forceDestroy, and the error names them and the way", async () => {
      const [one, two] = enroll(false, false);
      const words = new RegExp(
        `cannot be deleted: it has .*\\(${one}, disconnected\\), .*\\(${two}, disconnected\\)\\. Delete them with .* connectors ` +
          "--group … --delete; or, unless this run replaces the group, set forceDestroy to true and run pulumi up\\. Then run the same command again\\.$",
      );
      await assert.rejects(remove(made), words);
      assert.equal(left().length, 2);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("takes disconnected ones with it when forceDestroy says so", async () => {
      enroll(false, false);
      const { outputs } = await force();
      const writes = await world.requestsOf(() => remove({ ...made, outputs }));
      assert.deepEqual(writes.map(inWords), [
        `DELETE ${path}/${made.id} 400`,
        `GET ${machines} 200`,
        `GET associationType/${associationType}/provisioningKey 200`,
        `POST ${machines}/bulkDelete 204`,
        `DELETE ${path}/${made.id} 204`,
      ]);
      assert.deepEqual(left(), []);
      await world.assertInvariants();
    });

    it("stays with all its machines while one is connected, whatever forceDestroy says", async () => {
      const [one, two] = enroll(true, false);
      const { outputs } = await force();
      const words = new RegExp(`\\(${one}, connected\\), .*\\(${two}, disconnected\\)\\. Take the connected ones out`);
      await assert.rejects(remove({ ...made, outputs }), words);
      assert.deepEqual(left(), [one, two]);
      world.simulator.disconnectMachine(one!);
      await remove({ ...made, outputs });
      await world.assertInvariants();
    });

    it("goes also where the answer to the deletion of its machines is lost, or others are first", async () => {
      enroll(false);
      const { outputs } = await force();
      world.fault({ kind: "resetAfterCommit", match: { path: /bulkDelete$/ } });
      await remove({ ...made, outputs });
      await world.assertInvariants();
    });

    it("says that something else uses it where it has neither machines nor keys", async () => {
      world.fault({ kind: "status", status: 400, body: { id: "resource.in.use" }, match: { method: "DELETE" } });
      await assert.rejects(remove(made), /has no .* and no keys: a server group or a policy uses it\. Remove it there/);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("names the keys that use it, and how a retired one goes", async () => {
      const key = world.simulator.addKey({ name: "key", associationType, zcomponentId: made.id, enabled: false });
      world.simulator.editKey(key.id, { name: `key-retired-${key.id}` });
      world.protect(refOf(made));
      const words = `"key-retired-${key.id}" \\(${key.id}\\).*npx pulumi-zpa-dynamic keys --retired --delete`;
      await assert.rejects(remove(made), new RegExp(words));
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("keeps disconnected machines while something else stands in its way, whatever forceDestroy says", async () => {
      const [one] = enroll(false);
      world.simulator.addKey({ name: "key", associationType, zcomponentId: made.id });
      const { outputs } = await force();
      world.protect(refOf(made));
      await assert.rejects(remove({ ...made, outputs }), /provisioning key "key"/);
      assert.deepEqual(left(), [one]);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("stays with its machines while one cannot be read, whatever forceDestroy says", async () => {
      const [one, two] = enroll(true, false);
      world.simulator.machinesOf(associationType).get(one!)!.raw = { enabled: "perhaps" };
      const { outputs } = await force();
      await assert.rejects(remove({ ...made, outputs }), new RegExp(`\\(${one}\\).*cannot be read`));
      assert.deepEqual(left(), [one, two]);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("lists ten machines at most", async () => {
      enroll(...Array<boolean>(12).fill(false));
      await assert.rejects(remove(made), /disconnected\) and 2 more\. Delete them/);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("names the key that uses it where it has none", async () => {
      world.simulator.addKey({ name: "key", associationType, zcomponentId: made.id });
      world.protect(refOf(made));
      await assert.rejects(remove(made), /in use.* has provisioning key "key" \(\d+\)\. Delete it, then run/);
      await world.assertInvariants({ live: [refOf(made)] });
    });
  });
}
