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
      const key = simulator.addKey({ name: "key", associationType, zcomponentId: made.id, maxUsage: "200" });
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
          `--group ${made.id} --delete, or set forceDestroy to true and run pulumi up, unless .* a replacement has left\\. Then run the same command again\\.$`,
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
        `GET associationType/${associationType}/provisioningKey 200`,
        // a single App Connector Group is read from the list: its answer by id is wrong in one field
        `GET ${path}${type === "AppConnectorGroup" ? "" : `/${made.id}`} 200`,
        `GET ${machines} 200`,
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

    it("stays with all its machines while one of another microtenant is connected, and takes it along when it is not", async () => {
      const { simulator } = world;
      const { id: microtenantId } = simulator.addMicrotenant({ name: "emea" });
      const [one] = enroll(false);
      const key = simulator.addKey({ name: "emea", associationType, zcomponentId: made.id, microtenantId });
      const { id: two } = simulator.enrollMachine(key.provisioningKey, { connected: true });
      simulator.removeKey(key.id);
      const { outputs } = await force();
      await assert.rejects(remove({ ...made, outputs }), new RegExp(`\\(${two}, connected\\)\\. Take the connected`));
      assert.deepEqual(left(), [one, two]);
      simulator.disconnectMachine(two);
      await remove({ ...made, outputs });
      assert.deepEqual(left(), []);
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
      world.fault({
        kind: "status",
        status: 400,
        body: { id: "resource.in.use" },
        match: { method: "DELETE" },
        times: 2,
      });
      await assert.rejects(remove(made), /has no .* and no keys: a policy uses it\. Remove it there/);
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

    const inUse = {
      kind: "status",
      status: 400,
      body: { id: "resource.in.use" },
      match: { method: "DELETE" },
    } as const;

    it("stays with its machines while a server group uses it, which the error names", async () => {
      const [one] = enroll(false);
      world.simulator.groupsOf(associationType).get(made.id)!.fields["serverGroups"] = [{ id: "9", name: "web" }];
      world.fault({ ...inUse, times: Infinity });
      const { outputs } = await force();
      await assert.rejects(remove({ ...made, outputs }), /is used by server group "web"\. Remove it there, then run/);
      assert.deepEqual(left(), [one]);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("stays with its machines while a key that cannot be read may belong to it", async () => {
      const [one] = enroll(false);
      const key = world.simulator.addKey({ name: "odd", associationType, zcomponentId: made.id });
      key.raw = { maxUsage: "many" };
      world.protect(refOf(made));
      const { outputs } = await force();
      await assert.rejects(
        remove({ ...made, outputs }),
        /Provisioning keys "odd" \(\d+\) may belong to .* cannot be read/,
      );
      assert.deepEqual(left(), [one]);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    const silent = { controlChannelStatus: null, lastBrokerConnectTime: null, lastBrokerDisconnectTime: null };
    for (const [what, raw] of Object.entries({
      "whose status is an empty text, and which last connected": { controlChannelStatus: "" },
      "without a name, which is connected": { name: null },
      "of which ZPA tells neither status nor times": silent,
    })) {
      it(`stays with its machines while there is one ${what}`, async () => {
        const [one, two] = enroll(true, false);
        world.simulator.machinesOf(associationType).get(one!)!.raw = raw;
        const { outputs } = await force();
        await assert.rejects(remove({ ...made, outputs }), new RegExp(`\\(${one}, `));
        assert.deepEqual(left(), [one, two]);
        await world.assertInvariants({ live: [refOf(made)] });
      });
    }

    it("keeps a machine that connects while it is asked what else uses the group", async () => {
      const [one] = enroll(false);
      const { outputs } = await force();
      const fault = world.fault({ kind: "pause", match: { method: "GET", path: /provisioningKey$/ } });
      const removal = assert.rejects(remove({ ...made, outputs }), /\(\d+, connected\)/);
      await fault.waitUntilFired();
      world.simulator.connectMachine(one!);
      fault.resume();
      await removal;
      assert.deepEqual(left(), [one]);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("goes with the rest of its machines where others delete one of them meanwhile", async () => {
      const [one] = enroll(false, false);
      world.simulator.settings.bulkDeleteUnknownIds = "refuse";
      const { outputs } = await force();
      const fault = world.fault({ kind: "pause", match: { path: /bulkDelete$/ } });
      const removal = remove({ ...made, outputs });
      await fault.waitUntilFired();
      world.simulator.machinesOf(associationType).delete(one!);
      fault.resume();
      await removal;
      assert.deepEqual(left(), []);
      await world.assertInvariants();
    });

    it("goes where the key that was in its way is deleted meanwhile", async () => {
      const { simulator } = world;
      const key = simulator.addKey({ name: "key", associationType, zcomponentId: made.id });
      const pause = world.fault({ kind: "pause", match: { method: "GET", path: /provisioningKey$/ } });
      const going = remove(made);
      await pause.waitUntilFired();
      simulator.removeKey(key.id);
      pause.resume();
      await going;
      await world.assertInvariants();
    });

    it("goes beside a key that names it by its id", async () => {
      const keyType = type === "AppConnectorGroup" ? "CONNECTOR_GRP" : "SERVICE_EDGE_GRP";
      const args = { associationType: keyType, zcomponentId: made.id, maxUsage: 5, __zpa: { seed: "key-0a1b2c3" } };
      const key = await make(await world.provider(), "ProvisioningKey", args);
      const provider = await world.provider();
      const pause = world.fault({ kind: "pause", match: { method: "DELETE", path: /provisioningKey/ } });
      const going = provider.delete("ProvisioningKey", key.id, key.outputs);
      await pause.waitUntilFired();
      const group = provider.delete(type, made.id, made.outputs);
      const isDeletion = ({ method, path: address }: { method: string; path: string }) =>
        method === "DELETE" && address.includes(path);
      while (!world.requests.some(isDeletion)) await new Promise((resolve) => setImmediate(resolve));
      pause.resume();
      await Promise.all([going, group]);
      await world.assertInvariants();
    });

    it("leaves a machine that comes while others delete one of its machines, and names it", async () => {
      const [gone, old] = enroll(false, false);
      const { outputs } = await force();
      world.simulator.settings.bulkDeleteUnknownIds = "refuse";
      const pause = world.fault({ kind: "pause", match: { path: /bulkDelete$/ } });
      const going = remove({ ...made, outputs });
      await pause.waitUntilFired();
      world.simulator.machinesOf(associationType).delete(gone!);
      const [late] = enroll(false);
      pause.resume();
      await assert.rejects(going, new RegExp(`${late}, disconnected\\)\\. Some have come meanwhile`));
      assert.deepEqual(left(), [late]);
      assert.ok(!left().includes(old!));
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("says why its machines are still there", async () => {
      enroll(false);
      const { outputs } = await force();
      world.fault({ kind: "status", status: 503, match: { path: /bulkDelete$/ }, times: Infinity });
      await assert.rejects(
        remove({ ...made, outputs }),
        /ZPA still has them: ZPA 503 .*Then run the same command again/,
      );
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("names the machines that went although the group stays", async () => {
      const [one] = enroll(false);
      const { outputs } = await force();
      const body = { id: "authz.permission.denied", reason: "No." };
      world.fault({ kind: "status", status: 403, body, match: { method: "DELETE", nth: 2 } });
      const provider = await world.provider();
      await assert.rejects(provider.delete(type, made.id, outputs), /No\./);
      assert.deepEqual(left(), []);
      assert.match(provider.output(), new RegExp(`^zpa: the disconnected .*s "[^"]*" \\(${one}\\) of .*Group .* are deleted\\.$`, "m")); // prettier-ignore
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("names the machines that went also where the answer to their deletion is lost", async () => {
      const [one] = enroll(false);
      const { outputs } = await force();
      world.fault({ kind: "resetAfterCommit", match: { path: /bulkDelete$/ } });
      const body = { id: "authz.permission.denied", reason: "No." };
      world.fault({ kind: "status", status: 403, body, match: { method: "DELETE", nth: 2 } });
      const provider = await world.provider();
      await assert.rejects(provider.delete(type, made.id, outputs), /No\./);
      assert.match(provider.output(), new RegExp(`^zpa: the disconnected .*s "[^"]*" \\(${one}\\) of .*Group .* are deleted\\.$`, "m")); // prettier-ignore
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("says which may be gone where ZPA does not tell", async () => {
      const [one] = enroll(false);
      const { outputs } = await force();
      const body = { id: "authz.permission.denied", reason: "No." };
      world.fault({ kind: "status", status: 403, body, match: { path: /bulkDelete$/ } });
      world.fault({ kind: "status", status: 403, body, match: { method: "GET", path: new RegExp(`/${machines}$`), nth: 2 } }); // prettier-ignore
      const provider = await world.provider();
      await assert.rejects(provider.delete(type, made.id, outputs), /No\./);
      assert.match(provider.output(), new RegExp(`warning: the disconnected .*\\(${one}\\) of .* may be deleted`));
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("names those of a first hundred that went where ZPA refuses to delete the others", async () => {
      world.simulator.settings.limits.machines = 200;
      const ids = enroll(...Array.from({ length: 101 }, () => false));
      const { outputs } = await force();
      const body = { id: "authz.permission.denied", reason: "No." };
      world.fault({ kind: "status", status: 403, body, match: { path: /bulkDelete$/, nth: 2 } });
      const provider = await world.provider();
      await assert.rejects(provider.delete(type, made.id, outputs), /No\./);
      assert.deepEqual(left(), ids.slice(-1));
      assert.match(provider.output(), /^zpa: the disconnected .* and 90 more of .* are deleted\.$/m);
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
      await assert.rejects(
        remove(made),
        /in use.* has provisioning key "key" \(\d+\)\. A key whose zcomponentId is the id of the group's resource goes before it, unless --target leaves it out or retainOnDelete keeps it\. .* Delete other keys where they are managed, then run/,
      );
      await world.assertInvariants({ live: [refOf(made)] });
    });
  });
}
