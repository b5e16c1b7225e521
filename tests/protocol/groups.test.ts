import assert from "node:assert/strict";
import { describe as inWords } from "../harness/invariants";
import type { Properties, ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";
import type { GenericRecord } from "../simulator/records";
import { change, editRecord, groupArgs, type Made, make, plan, recordsOf, refOf, refresh } from "./driver";

const own = {
  AppConnectorGroup: {
    ...{
      dnsQueryType: "IPV4",
      lssAppConnectorGroup: true,
      praEnabled: false,
      wafDisabled: true,
      dcHostingInfo: "rack",
    },
    ...{ tcpQuickAckApp: true, tcpQuickAckAssistant: true, tcpQuickAckReadAssistant: true },
  },
  ServiceEdgeGroup: {
    ...{ city: "Frankfurt", isPublic: false, trustedNetworks: ["7", "8"], altCloud: "beta" },
    ...{ graceDistanceEnabled: true, graceDistanceValue: 10.5, graceDistanceValueUnit: "KMS" },
    ...{ exclusiveForBusinessContinuity: true },
  },
} as const;

/** What stands on the wire for those arguments that are written in another way. */
const onWire: Record<keyof typeof own, Properties> = {
  AppConnectorGroup: {},
  ServiceEdgeGroup: { isPublic: "FALSE", trustedNetworks: [{ id: "7" }, { id: "8" }], graceDistanceValue: "10.5" },
};

const paths = { AppConnectorGroup: "appConnectorGroup", ServiceEdgeGroup: "serviceEdgeGroup" } as const;

for (const type of ["AppConnectorGroup", "ServiceEdgeGroup"] as const) {
  const path = paths[type];

  describe(`A resource of the type ${type}`, () => {
    let world: World;
    let provider: ProviderProcess;
    beforeEach(async () => {
      world = await World.start();
      provider = await world.provider();
    });
    afterEach(() => world.close());

    const stored = ({ id }: { id: string }) => recordsOf(world, type).get(id) as GenericRecord;

    it("is made of few arguments with one POST of just these, and nothing is asked afterwards", async () => {
      const made = await make(provider, type, groupArgs());
      assert.deepEqual(world.requests.map(inWords), [`GET ${path} 200`, `POST ${path} 201`]);
      const { name, latitude, longitude, location } = made.outputs;
      assert.deepEqual(world.requests.at(-1)!.body, { name, latitude, longitude, location });
      assert.match(String(name), /^frankfurt-[0-9a-f]{7}$/);
      const { enabled, upgradeDay, upgradeTimeInSecs, versionProfileId, readOnly, zscalerManaged } = made.outputs;
      assert.deepEqual([enabled, upgradeDay, upgradeTimeInSecs, versionProfileId], [true, "SUNDAY", 66600, "0"]);
      assert.deepEqual([readOnly, zscalerManaged], [false, false]);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    const everything = () => {
      const common = {
        ...{ name: "R&D *", description: "a <b>", enabled: false, latitude: 50, longitude: "8.6821", location: "FRA" },
        ...{ cityCountry: "Frankfurt, DE", countryCode: "DE", upgradeDay: "MONDAY", upgradeTimeInSecs: "3600" },
        ...{ overrideVersionProfile: true, versionProfileId: "2", useInDrMode: true, siteId: "5" },
        enrollmentCertId: world.simulator.builtInCertificate("Connector"),
      };
      const args: Properties = { ...common, ...own[type], forceDestroy: true, keepers: { a: "1" } };
      const body: Properties = { ...common, ...own[type], ...onWire[type], latitude: "50" };
      return { args: { ...args, __zpa: { seed: "all-0a1b2c3" } }, body };
    };

    it("sends every argument, false flags among them, and what is ours alone not; then no change is left", async () => {
      const { args, body } = everything();
      const made = await make(provider, type, args);
      assert.deepEqual(world.writes.map((request) => request.body), [body]); // prettier-ignore
      const next = await world.provider();
      const seen = (await refresh(next, made))!;
      assert.equal(seen.outputs.versionProfileName, "New Release");
      for (const one of [made, seen]) assert.equal((await plan(next, one, args)).diff.changes, false);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("takes what ZPA leaves out of its answer as it was sent", async () => {
      const { args, body } = everything();
      const fields = Object.keys(body).filter((name) => name !== "name");
      world.fault({ kind: "omit", match: { method: "POST" }, fields: [...fields, "versionProfileName"] });
      const made = await make(provider, type, args);
      assert.equal((await plan(provider, made, args)).diff.changes, false);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    const drifts: Properties = {
      ...{ name: "renamed", description: "d", enabled: false, latitude: "1", longitude: "2", location: "elsewhere" },
      ...{ cityCountry: "Bern, CH", countryCode: "CH", upgradeDay: "FRIDAY", upgradeTimeInSecs: "900" },
      ...{ versionProfileId: "1", useInDrMode: true, siteId: "6" },
      ...(type === "AppConnectorGroup"
        ? { dnsQueryType: "IPV6", lssAppConnectorGroup: false, praEnabled: true, dcHostingInfo: "other" }
        : { isPublic: "TRUE", trustedNetworks: [{ id: "9" }], graceDistanceValue: "3", altCloud: "x" }),
    };
    for (const [field, value] of Object.entries(drifts)) {
      it(`sees that ${field} was changed outside, and the next up puts it right with one PUT`, async () => {
        const { args } = everything();
        const all = { ...args, name: "n", enabled: true, useInDrMode: false };
        const made = await make(provider, type, all);
        const before = structuredClone(stored(made));
        editRecord(world, made, { [field]: value });
        const next = await world.provider();
        const seen = (await refresh(next, made))!;
        const { diff } = await plan(next, seen, all);
        assert.deepEqual([diff.changes, diff.replaces], [true, []]);
        const requests = await world.requestsOf(() => change(next, seen, all));
        assert.equal(requests.filter(({ method }) => method === "PUT").length, 1);
        assert.deepEqual({ ...stored(made), modifiedTime: 0 }, { ...before, modifiedTime: 0 });
        await world.assertInvariants({ live: [refOf(made)] });
      });
    }

    it("is no drift where ZPA writes a coordinate with other digits, and state keeps the program's", async () => {
      const made = await make(provider, type, groupArgs({ latitude: "50.5" }));
      editRecord(world, made, { latitude: "50.5000000", longitude: "8.68210000001" });
      const next = await world.provider();
      const seen = (await refresh(next, made))!;
      assert.equal(seen.outputs.latitude, "50.5");
      assert.equal((await plan(next, seen, groupArgs({ latitude: "50.50" }))).diff.changes, false);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("keeps what others have set where the program says nothing, through an update", async () => {
      const made = await make(provider, type, groupArgs());
      const theirs =
        type === "AppConnectorGroup"
          ? { lssAppConnectorGroup: true, praEnabled: true, siteId: "5" }
          : { isPublic: "TRUE", trustedNetworks: [{ id: "7" }], city: "Bern" };
      editRecord(world, made, { ...theirs, description: "theirs" });
      const next = await world.provider();
      const requests = await world.requestsOf(() => change(next, made, groupArgs({ upgradeDay: "MONDAY" })));
      assert.deepEqual(requests.map(({ method }) => method), ["GET", "PUT"]); // prettier-ignore
      const { fields, description } = stored(made);
      assert.deepEqual(
        { ...fields, description },
        { ...fields, ...theirs, upgradeDay: "MONDAY", description: "theirs" },
      );
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("does not send back the empty texts with which ZPA tells that there is none", async () => {
      const made = await make(provider, type, groupArgs());
      editRecord(world, made, { cityCountry: "", siteId: "", enrollmentCertId: "" });
      await change(await world.provider(), made, groupArgs({ upgradeDay: "MONDAY" }));
      const { body } = world.writes.at(-1)!;
      for (const name of ["cityCountry", "siteId", "enrollmentCertId"]) assert.ok(!(name in body!), name);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("goes back to the default of an argument that is taken out of the program", async () => {
      const more = { description: "d", enabled: false, upgradeDay: "MONDAY", overrideVersionProfile: true };
      const made = await make(provider, type, groupArgs({ ...more, versionProfileId: "2" }));
      await change(provider, made, groupArgs());
      const { description, enabled, fields } = stored(made);
      assert.deepEqual([description, enabled, fields["upgradeDay"]], [undefined, true, "SUNDAY"]);
      assert.deepEqual([fields["overrideVersionProfile"], fields["versionProfileId"]], [false, "0"]);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("is read with others by one list, and nothing is asked for a field that is ours alone", async () => {
      const seeds = ["a", "b", "c"].map((name) => groupArgs({ __zpa: { seed: `${name}-0a1b2c3` } }));
      const made = await Promise.all(seeds.map((args) => make(provider, type, args)));
      const many = await world.provider();
      const requests = await world.requestsOf(() => Promise.all(made.map((one) => refresh(many, one))));
      assert.deepEqual(requests.map(({ method, query }) => [method, query.pagesize]), [["GET", "500"]]); // prettier-ignore
      const local = await world.requestsOf(() => change(many, made[0]!, { ...seeds[0], forceDestroy: true }));
      assert.deepEqual(local, []);
      await world.assertInvariants({ live: made.map(refOf) });
    });

    it("is adopted, brought to the arguments, and keeps the rest", async () => {
      const add = type === "AppConnectorGroup" ? "addAppConnectorGroup" : "addServiceEdgeGroup";
      const fields = { latitude: "1", longitude: "2", location: "there", siteId: "5", lssAppConnectorGroup: true };
      const { id } = world.simulator[add]({ name: "there", description: "old", fields });
      world.protect(refOf({ type, id }));
      const args = groupArgs({ adopt: id });
      const made = await make(provider, type, args);
      assert.equal(made.id, id);
      assert.deepEqual(world.writes.map(inWords), [`PUT ${path}/${id} 204`]);
      const { name, description, fields: now } = stored(made);
      assert.deepEqual([name, description, now["siteId"], now["location"]], ["there", "old", "5", args.location]);
      if (type === "AppConnectorGroup") assert.equal(now["lssAppConnectorGroup"], true);
      assert.equal((await plan(await world.provider(), made, args)).diff.changes, false);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("is neither adopted, changed nor deleted while it belongs to Zscaler, and says so", async () => {
      const made = await make(provider, type, groupArgs());
      editRecord(world, made, { readOnly: true });
      const next = await world.provider();
      const seen = (await refresh(next, made))!;
      const words = /belongs to Zscaler: the API cannot change or delete it. Remove it from the stack/;
      await assert.rejects(plan(next, seen, groupArgs({ description: "d" })), words);
      await assert.rejects(next.delete(type, made.id, seen.outputs), words);
      const adopting = groupArgs({ description: "d", adopt: made.id, __zpa: { seed: "other-0a1b2c3" } });
      await assert.rejects(make(await world.provider(), type, adopting), new RegExp(`Read it with ${type}.get`));
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("refuses a name that another group has, with the line to take it over", async () => {
      const add = type === "AppConnectorGroup" ? "addAppConnectorGroup" : "addServiceEdgeGroup";
      const { id } = world.simulator[add]({ name: "taken" });
      const words = new RegExp(`An? [\\w ]+ Group named "taken" exists already .*adopt: "${id}"`);
      await assert.rejects(make(provider, type, groupArgs({ name: "taken" })), words);
      assert.deepEqual(world.writes, []);
      await world.assertInvariants();
    });

    it("is left alone by a create that finds it with a machine in it", async () => {
      const lost = await make(provider, type, groupArgs());
      await provider.close();
      editRecord(world, lost, { [type === "AppConnectorGroup" ? "connectors" : "serviceEdges"]: [{ id: "1" }] });
      world.protect();
      const made = await make(await world.provider(), type, groupArgs());
      assert.notEqual(made.id, lost.id);
      await world.assertInvariants({ live: [refOf(made)] });
    });

    it("is found again after a crash as the program says, and left alone where the program has changed since", async () => {
      const lost = await make(provider, type, groupArgs({ description: "of the first run" }));
      await provider.close();
      const same = await make(await world.provider(), type, groupArgs({ description: "of the first run" }));
      assert.equal(same.id, lost.id);
      const changed = groupArgs({ __zpa: { seed: "changed-0a1b2c3" } });
      const crashed = await make(await world.provider(), type, { ...changed, description: "of the first run" });
      const made = await make(await world.provider(), type, changed);
      assert.notEqual(made.id, crashed.id);
      await world.assertInvariants({ live: [same, crashed, made].map(refOf) });
    });

    it("is left alone by a create that finds it with a key, or with something else that uses it", async () => {
      const seeds = ["key", "servers"].map((name) => groupArgs({ __zpa: { seed: `${name}-0a1b2c3` } }));
      const [withKey, withServers] = [await make(provider, type, seeds[0]!), await make(provider, type, seeds[1]!)];
      await provider.close();
      const associationType = type === "AppConnectorGroup" ? "CONNECTOR_GRP" : "SERVICE_EDGE_GRP";
      world.simulator.addKey({ name: "key", associationType, zcomponentId: withKey.id });
      editRecord(world, withServers, { serverGroups: [{ id: "1" }] });
      world.protect();
      const next = await world.provider();
      const made = [await make(next, type, seeds[0]!), await make(next, type, seeds[1]!)];
      assert.deepEqual(made.filter(({ id }) => id === withKey.id || id === withServers.id), []); // prettier-ignore
      await world.assertInvariants({ live: made.map(refOf) });
    });

    it("is got by id, with or without its microtenant, and not from another one", async () => {
      const { id: microtenantId } = world.simulator.addMicrotenant({ name: "Scope C" });
      const made = await make(provider, type, groupArgs({ microtenantId }));
      const next = await world.provider();
      for (const id of [made.id, `${microtenantId}/${made.id}`])
        assert.equal((await next.read(type, id, {})).id, made.id);
      await assert.rejects(next.read(type, `0/${made.id}`, {}), /There is no .* Group/);
      await assert.rejects(next.read(type, "4711", {}), /There is no .* Group 4711/);
      await assert.rejects(next.read(type, "frankfurt", {}), /"frankfurt" is not the id of an? .* Group/);
      await world.assertInvariants({ live: [refOf(made)] });
    });
  });
}

describe("An App Connector Group that is read alone", () => {
  it("has its lssAppConnectorGroup right, which ZPA tells wrong by id", async () => {
    const world = await World.start();
    try {
      const args = groupArgs({ lssAppConnectorGroup: true });
      const made = await make(await world.provider(), "AppConnectorGroup", args);
      const next = await world.provider();
      let seen: Made | undefined;
      const requests = await world.requestsOf(async () => (seen = await refresh(next, made)));
      assert.equal(requests.length, 1);
      assert.equal(seen!.outputs.lssAppConnectorGroup, true);
      assert.equal((await plan(next, seen!, args)).diff.changes, false);
      await world.assertInvariants({ live: [refOf(made)] });
    } finally {
      await world.close();
    }
  });
});
