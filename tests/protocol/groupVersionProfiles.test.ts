import assert from "node:assert/strict";
import type { Properties, ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";
import type { GenericRecord } from "../simulator/records";
import { change, editRecord, groupArgs, make, plan, recordsOf, replan, refOf, refresh } from "./driver";

for (const type of ["AppConnectorGroup", "ServiceEdgeGroup"] as const) {
  describe(`The name of the version profile of a resource of the type ${type}`, () => {
    let world: World;
    let provider: ProviderProcess;
    beforeEach(async () => {
      world = await World.start();
      provider = await world.provider();
    });
    afterEach(() => world.close());

    const stored = ({ id }: { id: string }) => recordsOf(world, type).get(id) as GenericRecord;
    const args = (name: string, more: Properties = {}) =>
      groupArgs({ overrideVersionProfile: true, versionProfileName: name, ...more });
    const lookUps = () => world.requests.filter(({ path: at }) => at.endsWith("/visible/versionProfiles")).length;

    it("looks all names up with one GET a run, and sends the id", async () => {
      const made = [
        await make(provider, type, args("New Release")),
        await make(provider, type, args("Previous Default", { __zpa: { seed: "other-0a1b2c3" } })),
      ];
      assert.equal(lookUps(), 1);
      assert.deepEqual(made.map((one) => stored(one).fields["versionProfileId"]), ["2", "1"]); // prettier-ignore
      assert.deepEqual(made.map(({ outputs }) => outputs.versionProfileId), ["2", "1"]); // prettier-ignore
      assert.ok(world.writes.every(({ body }) => !("versionProfileName" in body!)));
      const next = await world.provider();
      const seen = (await refresh(next, made[0]!))!;
      assert.equal((await plan(next, seen, args("New Release"))).diff.changes, false);
      assert.equal(lookUps(), 1, "neither refresh nor diff asks");
      await world.assertInvariants({ live: made.map(refOf) });
    });

    it("sees that others chose another profile, whether ZPA tells its name or not, and sets its own again", async () => {
      const made = await make(provider, type, args("New Release"));
      for (const fields of [[], ["versionProfileName"]]) {
        editRecord(world, made, { versionProfileId: "1" });
        const next = await world.provider();
        const fault = world.fault({ kind: "omit", match: { method: "GET" }, fields, times: Infinity });
        const seen = (await refresh(next, made))!;
        assert.deepEqual((await plan(next, seen, args("New Release"))).diff.changes, true);
        fault.clear();
        await change(next, seen, args("New Release"));
        assert.equal(stored(made).fields["versionProfileId"], "2");
      }
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("is left to others where ignoreChanges names it, also by an update of something else", async () => {
      const notes = { seed: "frankfurt-0a1b2c3", generated: true, ignored: ["versionProfileName"] };
      const ignoring = args("New Release", { __zpa: notes });
      const made = await make(provider, type, ignoring);
      assert.equal(stored(made).fields["versionProfileId"], "2", "at creation it counts");
      editRecord(world, made, { versionProfileId: "1" });
      await change(await world.provider(), made, { ...ignoring, description: "changed" });
      assert.deepEqual([stored(made).description, stored(made).fields["versionProfileId"]], ["changed", "1"]);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("goes over to an id and back", async () => {
      const byName = await make(provider, type, args("New Release"));
      const id = groupArgs({ overrideVersionProfile: true, versionProfileId: "1" });
      const byId = await change(provider, byName, id);
      assert.equal(stored(byId).fields["versionProfileId"], "1");
      assert.equal(byId.outputs.versionProfileName, undefined);
      assert.equal((await plan(provider, byId, id)).diff.changes, false);
      const again = await change(provider, byId, args("Previous Default"));
      assert.equal(again.outputs.versionProfileId, "1");
      assert.equal((await plan(provider, again, args("Previous Default"))).diff.changes, false);
      await world.assertInvariants({ live: [refOf(again)] });
    });

    it("keeps a group with a name of its own from being deleted for a replacement when there is no such profile", async () => {
      const made = await make(await world.provider(), type, args("New Release", { name: "Frankfurt" }));
      const news = args("Newest", { name: "Frankfurt", keepers: { rotation: "2" } });
      assert.equal((await replan(provider, made, news)).diff.deleteBeforeReplace, true);
      await assert.rejects(provider.delete(type, made.id, made.outputs), /there is no version profile "Newest"/);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("names the profiles that there are when it is none of them, and makes nothing", async () => {
      const words = /versionProfileName: there is no version profile "Newest".*"Default", .*"New Release"\.$/;
      await assert.rejects(make(provider, type, args("Newest")), words);
      const twins = ["twin", "twin"].map((name) => world.simulator.addVersionProfile({ name }).id);
      const again = make(await world.provider(), type, args("twin"));
      await assert.rejects(again, new RegExp(`several .*${twins.join(", ")}.*Use versionProfileId`));
      assert.deepEqual(world.writes, []);
      await world.assertInvariants();
    });
  });
}
