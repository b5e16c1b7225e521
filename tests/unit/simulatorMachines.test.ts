import assert from "node:assert/strict";
import { refusal, SimulatorClient } from "./simulatorClient";

const typesOfMachine = [
  { type: "CONNECTOR_GRP", path: "/connector", group: "appConnectorGroup", add: "addAppConnectorGroup" },
  { type: "SERVICE_EDGE_GRP", path: "/serviceEdge", group: "serviceEdgeGroup", add: "addServiceEdgeGroup" },
] as const;

describe("the simulator's machines", () => {
  let client: SimulatorClient;
  beforeEach(async () => {
    client = await SimulatorClient.start();
  });
  afterEach(() => client.simulator.close());

  /** Machines of one new key, and its group. */
  function enroll(count: number, { type, add } = typesOfMachine[0] as (typeof typesOfMachine)[number]) {
    const group = client.simulator[add]({ name: "fra" });
    const key = client.simulator.addKey({ name: "edge", associationType: type, zcomponentId: group.id });
    const machines = Array.from({ length: count }, () => client.simulator.enrollMachine(key.provisioningKey));
    return { group, key, machines, ids: machines.map(({ id }) => id) };
  }

  for (const kind of typesOfMachine) {
    it(`show ${kind.path} with its group, its key and its control connection`, async () => {
      const { group, key, ids } = enroll(2, kind);
      const answer = await client.call("GET", kind.path);
      const { list } = answer.body as { list: Record<string, unknown>[] };
      assert.deepEqual(list.map(({ id }) => id), ids); // prettier-ignore
      const [machine] = list;
      assert.equal(machine?.[`${kind.group}Id`], group.id);
      assert.equal(machine[`${kind.group}Name`], "fra");
      assert.equal(machine["provisioningKeyId"], key.id);
      assert.equal(machine["controlChannelStatus"], "ZPN_STATUS_AUTHENTICATED");
      assert.match(String(machine["name"]), /^edge-\d+$/);
      assert.equal(key.usageCount, "2");
    });
  }

  it("tell when a connection ended", async () => {
    const { ids } = enroll(1);
    client.clock.now += 60_000;
    client.simulator.disconnectMachine(ids[0]!, 30);
    const machine = (await client.call("GET", `/connector/${ids[0]}`)).body as Record<string, unknown>;
    assert.equal(machine["controlChannelStatus"], "ZPN_STATUS_DISCONNECTED");
    assert.equal(machine["lastBrokerDisconnectTime"], String(client.simulator.clock.epochSeconds() - 30));
    client.simulator.connectMachine(ids[0]!);
    const again = (await client.call("GET", `/connector/${ids[0]}`)).body as Record<string, unknown>;
    assert.equal(again["controlChannelStatus"], "ZPN_STATUS_AUTHENTICATED");
  });

  it("are disabled, described and deleted one by one", async () => {
    const { ids, machines } = enroll(2);
    const [id] = ids;
    const body = { name: machines[0]!.name, description: "drains", enabled: false };
    assert.equal((await client.call("PUT", `/connector/${id}`, body)).status, 204);
    const machine = (await client.call("GET", `/connector/${id}`)).body as Record<string, unknown>;
    assert.deepEqual([machine["enabled"], machine["description"]], [false, "drains"]);
    assert.equal((await client.call("DELETE", `/connector/${id}`)).status, 204);
    assert.deepEqual([...client.simulator.appConnectors.keys()], ids.slice(1));
  });

  it("are deleted together, or none of them where an id is unknown", async () => {
    const { ids } = enroll(3);
    const refused = await client.call("POST", "/connector/bulkDelete", { ids: [ids[0], "7"] });
    assert.deepEqual(refusal(refused), [400, "resource.not.found", ["7"]]);
    assert.equal(client.simulator.appConnectors.size, 3);
    assert.equal((await client.call("POST", "/connector/bulkDelete", { ids: ids.slice(0, 2) })).status, 204);
    assert.deepEqual([...client.simulator.appConnectors.keys()], ids.slice(2));
    client.simulator.settings.bulkDeleteUnknownIds = "ignore";
    assert.equal((await client.call("POST", "/connector/bulkDelete", { ids: [ids[2], "7"] })).status, 204);
    assert.equal(client.simulator.appConnectors.size, 0);
    assert.equal((await client.call("POST", "/connector/bulkDelete", { ids: [] })).status, 400);
  });

  it("keep their group from being deleted", async () => {
    const { group, key, ids } = enroll(1);
    client.simulator.removeKey(key.id);
    const refused = await client.call("DELETE", `/appConnectorGroup/${group.id}`);
    assert.deepEqual(refusal(refused), [400, "resource.in.use", [group.id, ids[0]]]);
    await client.call("DELETE", `/connector/${ids[0]}`);
    assert.equal((await client.call("DELETE", `/appConnectorGroup/${group.id}`)).status, 204);
  });

  it("are refused where the tenant is full of them", () => {
    client.simulator.settings.limits.machines = 1;
    assert.throws(() => enroll(2), { refusal: "tooManyMachines" });
    assert.throws(() => client.simulator.connectMachine("7"), /There are|there are/);
  });

  for (const path of ["/connectorSchedule", "/serviceEdgeSchedule"]) {
    it(`have a clean-up at ${path}, which is configured once and changed then`, async () => {
      assert.deepEqual(refusal(await client.call("GET", path)).slice(0, 2), [400, "resource.not.found"]);
      const made = await client.call("POST", path, { enabled: true, frequency: "days", frequencyInterval: "5" });
      const { id } = made.body as { id: string };
      const changed = { enabled: false, deleteDisabled: true, frequency: "days", frequencyInterval: "30" };
      assert.equal((await client.call("PUT", `${path}/${id}`, changed)).status, 204);
      const { customerId } = client.simulator;
      assert.deepEqual((await client.call("GET", path)).body, { id, customerId, ...changed });
      const odd = await client.call("PUT", `${path}/${id}`, { ...changed, enabled: true, frequencyInterval: "6" });
      assert.deepEqual(refusal(odd).slice(0, 2), [400, "invalid.param"]);
    });

    it(`read at ${path} as disabled from the beginning, if the setting says so`, async () => {
      client.simulator.settings.unsetSchedule = "disabled";
      const read = (await client.call("GET", path)).body as Record<string, unknown>;
      assert.equal(read["enabled"], false);
      client.simulator.settings.disabledScheduleUpdates = "accept";
      const kept = { enabled: false, frequency: "days", frequencyInterval: "7" };
      assert.equal((await client.call("PUT", `${path}/${String(read["id"])}`, kept)).status, 204);
    });
  }
});
