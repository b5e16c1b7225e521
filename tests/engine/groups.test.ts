import assert from "node:assert/strict";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import { describe as inWords } from "../harness/invariants";
import type { OperationResult } from "../harness/stack";
import { World } from "../harness/world";

describe("The whole life of groups on the genuine engine", function () {
  this.timeout(240_000);
  needsEngine();

  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  const place = { latitude: 50.1109, longitude: 8.6821, location: "Frankfurt, Germany" };

  /** What became of each resource of this package. */
  function outcomes({ steps }: OperationResult): Record<string, string> {
    const telling = steps.filter(({ op }) => op !== "create-replacement" && op !== "delete-replaced");
    return Object.fromEntries(telling.map(({ name, op }) => [name, op]));
  }

  /** Requests by method and kind of object, in order. */
  async function callsOf(action: () => Promise<unknown>): Promise<string[]> {
    const requests = await world.requestsOf(action);
    return requests
      .map((request) =>
        inWords(request)
          .replace(/ \d+$/, "")
          .replace(/\/\d+$/, ""),
      )
      .sort();
  }

  it("goes up with its key in one run, changes, is put right after others, is replaced and comes down", async () => {
    const { simulator } = world;
    simulator.addAppConnectorGroup({ name: "foreign" });
    simulator.addServiceEdgeGroup({ name: "foreign" });
    world.protect();
    const wishes = { upgradeDay: "SUNDAY" as "SUNDAY" | "MONDAY", isPublic: true, keepers: { rotation: "1" } };
    const stack = await world.stack(async () => {
      const { upgradeDay, isPublic, keepers } = wishes;
      const profile = { overrideVersionProfile: true, versionProfileName: "New Release" };
      const group = new zpa.AppConnectorGroup("frankfurt", { ...place, ...profile, upgradeDay, forceDestroy: true });
      new zpa.AppConnectorGroup("spare", { ...place, upgradeDay, keepers });
      new zpa.ServiceEdgeGroup("edges", { ...place, isPublic, upgradeDay, trustedNetworks: ["7"] });
      const key = new zpa.ProvisioningKey("key", {
        associationType: "CONNECTOR_GRP",
        zcomponentId: group.id,
        maxUsage: 10,
      });
      return { groupOfKey: key.zcomponentId, latitude: group.latitude };
    });
    const names = ["frankfurt", "spare", "edges", "key"];
    const all = (op: string) => Object.fromEntries(names.map((name) => [name, op]));
    const idOf = async (name: string) => {
      const { resources } = (await stack.exportState()).deployment as { resources: { urn: string; id: string }[] };
      return resources.find(({ urn }) => urn.endsWith(`::${name}`))!.id;
    };

    const preview = await stack.preview();
    assert.deepEqual(outcomes(preview), all("create"));
    const creating = await callsOf(async () => assert.deepEqual(outcomes(await stack.up()), all("create")));
    const looks = ["GET appConnectorGroup", "GET serviceEdgeGroup", "GET visible/versionProfiles"];
    const ofKey = ["GET associationType/CONNECTOR_GRP/provisioningKey", "GET enrollmentCert"];
    const made = ["POST appConnectorGroup", "POST appConnectorGroup", "POST serviceEdgeGroup"];
    const keyMade = "POST associationType/CONNECTOR_GRP/provisioningKey";
    assert.deepEqual(creating, [...looks, ...ofKey, ...made, keyMade].sort());
    const frankfurt = simulator.appConnectorGroups.get(await idOf("frankfurt"))!;
    assert.match(frankfurt.name, /^frankfurt-[0-9a-f]{7}$/);
    assert.equal(frankfurt.fields["versionProfileId"], "2");
    assert.equal((await stack.outputs())["latitude"]!.value, "50.1109");

    wishes.upgradeDay = "MONDAY";
    wishes.isPublic = false;
    const updating = await callsOf(async () =>
      assert.deepEqual(outcomes(await stack.up()), { ...all("update"), key: "same" }),
    );
    // the groups leave fields to others: one list of each kind says what they are
    const puts = ["PUT appConnectorGroup", "PUT appConnectorGroup", "PUT serviceEdgeGroup"];
    assert.deepEqual(updating, [...looks, ...puts].sort());

    simulator.editGroup(await idOf("edges"), { fields: { isPublic: "TRUE" } });
    simulator.editGroup(await idOf("frankfurt"), { description: "theirs", fields: { versionProfileId: "0" } });
    const refreshing = await callsOf(async () => assert.equal((await stack.refresh()).changeSummary.update, 2));
    assert.deepEqual(refreshing, [...looks.slice(0, 2), `GET associationType/CONNECTOR_GRP/provisioningKey`].sort());
    assert.deepEqual(outcomes(await stack.up()), { ...all("same"), edges: "update", frankfurt: "update" });
    assert.equal(simulator.serviceEdgeGroups.get(await idOf("edges"))!.fields["isPublic"], "FALSE");
    assert.equal(frankfurt.fields["versionProfileId"], "2");
    assert.equal(frankfurt.description, "theirs");

    wishes.keepers = { rotation: "2" };
    assert.deepEqual(outcomes(await stack.up()), { ...all("same"), spare: "replace" });
    const [key] = simulator.keys.values();
    const { id: machine } = simulator.enrollMachine(key!.provisioningKey);
    await world.assertInvariants();

    await assert.rejects(
      stack.destroy(),
      new RegExp(`cannot be deleted: it has App Connectors .*\\(${machine}, connected\\)`),
    );
    simulator.disconnectMachine(machine);
    const destroying = await callsOf(() => stack.destroy());
    assert.ok(destroying.includes("POST connector/bulkDelete"));
    assert.equal(simulator.machinesOf("CONNECTOR_GRP").size, 0);
    await world.assertInvariants();
  });
});
