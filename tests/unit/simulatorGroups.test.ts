import assert from "node:assert/strict";
import { field, object, refusal, rows, SimulatorClient } from "./simulatorClient";

for (const kind of ["appConnectorGroup", "serviceEdgeGroup"] as const) {
  describe(`the simulator's groups of the kind ${kind}`, () => {
    let client: SimulatorClient;
    beforeEach(async () => (client = await SimulatorClient.start()));
    afterEach(() => client.simulator.close());

    const post = (body: object) => client.call("POST", `/${kind}`, { name: "g", ...body });
    const put = (id: string, body: object) => client.call("PUT", `/${kind}/${id}`, body);
    const read = async (id: string) => object(await client.call("GET", `/${kind}/${id}`));

    it("keep what was written, and not what only the API writes", async () => {
      const fields = { latitude: "1.5", upgradeDay: "MONDAY", trustedNetworks: [{ id: "7" }], versionProfileId: "1" };
      const created = await post({ ...fields, readOnly: true, connectors: [{ id: "1" }], versionProfileName: "x" });
      const group = await read(field(created, "id"));
      const { latitude, upgradeDay, trustedNetworks, versionProfileId, versionProfileName } = group;
      assert.deepEqual({ latitude, upgradeDay, trustedNetworks, versionProfileId }, fields);
      assert.equal(versionProfileName, "Previous Default");
      assert.ok(!("readOnly" in group) && !("connectors" in group));
    });

    it("refuse what is out of range, half of the quick-ack flags, and what does not exist", async () => {
      const wrong: [body: object, param: string][] = [
        [{ latitude: "90.5" }, "latitude"],
        [{ longitude: "east" }, "longitude"],
        [{ tcpQuickAckApp: true }, "tcpQuickAckApp"],
        [{ versionProfileId: "99" }, "versionProfileId"],
        [{ trustedNetworks: ["7"] }, "trustedNetworks"],
      ];
      const { id } = object(await post({}));
      for (const [body, param] of wrong) {
        assert.deepEqual(refusal(await post({ ...body, name: "other" }))[2], [param]);
        assert.deepEqual(refusal(await put(String(id), body))[2], [param]);
      }
      const profile = client.simulator.addVersionProfile({ name: "own" });
      assert.equal((await put(String(id), { versionProfileId: profile.id })).status, 204);
    });

    it("keep the mandatory fields and what the API writes through a PUT without them", async () => {
      const created = await post({ latitude: "1", longitude: "2", location: "here", upgradeDay: "MONDAY" });
      const id = field(created, "id");
      client.simulator.editGroup(id, { fields: { geoLocationId: "5" } });
      assert.equal((await put(id, { description: "d" })).status, 204);
      const { latitude, longitude, location, geoLocationId, upgradeDay } = await read(id);
      assert.deepEqual([latitude, longitude, location, geoLocationId, upgradeDay], ["1", "2", "here", "5", undefined]);
      client.simulator.settings.putDropsAbsentFields = false;
      assert.equal((await put(id, { latitude: "3" })).status, 204);
      assert.equal((await read(id))["description"], "d");
    });

    it("refuse a rename to a name that is taken", async () => {
      const { id } = object(await post({}));
      assert.equal((await post({ name: "taken" })).status, 201);
      assert.equal(refusal(await put(String(id), { name: "taken" }))[1], "resource.already.exist");
      assert.equal((await put(String(id), { name: "g" })).status, 204);
    });

    it("are neither updated nor deleted while Zscaler manages them", async () => {
      const { id } = object(await post({}));
      client.simulator.editGroup(String(id), { fields: { zscalerManaged: true } });
      for (const method of ["PUT", "DELETE"]) {
        assert.equal(refusal(await client.call(method, `/${kind}/${String(id)}`, {}))[1], "resource.readonly");
      }
      client.simulator.removeGroup(String(id));
      assert.deepEqual(rows(await client.call("GET", `/${kind}`)), []);
    });
  });
}

describe("the simulator's App Connector Groups", () => {
  it("tell lssAppConnectorGroup right in lists, and by id only when they are told to", async () => {
    const client = await SimulatorClient.start();
    try {
      const group = client.simulator.addAppConnectorGroup({ name: "g", fields: { lssAppConnectorGroup: true } });
      const byId = async () => object(await client.call("GET", `/appConnectorGroup/${group.id}`));
      assert.equal(rows(await client.call("GET", "/appConnectorGroup"))[0]?.["lssAppConnectorGroup"], true);
      assert.equal((await byId())["lssAppConnectorGroup"], false);
      client.simulator.settings.lssInSingleReads = "right";
      assert.equal((await byId())["lssAppConnectorGroup"], true);
    } finally {
      await client.simulator.close();
    }
  });
});
