import assert from "node:assert/strict";
import { AlreadyExistsError, type AssociationType, NotFoundError, ValidationError, ZpaClient } from "../../sdk";
import { ZpaSimulator } from "../simulator";
import { Double, failureOf } from "./double";

const families = [
  { type: "CONNECTOR_GRP", name: "appConnectors", path: "connector", add: "addAppConnectorGroup" },
  { type: "SERVICE_EDGE_GRP", name: "serviceEdges", path: "serviceEdge", add: "addServiceEdgeGroup" },
] as const;

describe("Machines", () => {
  let simulator: ZpaSimulator;
  let client: ZpaClient;
  beforeEach(async () => {
    simulator = await ZpaSimulator.start({ rateLimits: { windows: "off" } });
    client = new ZpaClient({}, { env: simulator.legacyEnvironment(), rateLedger: false });
  });
  afterEach(async () => {
    await client.close();
    await simulator.close();
  });

  const sent = () => simulator.log.filter(({ path }) => !path.endsWith("/signin")).map(({ method, path }) => `${method} ${path.split("/").slice(6).join("/")}`); // prettier-ignore

  for (const { type, name, path, add } of families) {
    /** Two keys of two groups, with two machines each, of which the second is not connected. */
    const fleet = () => {
      const keys = ["a", "b"].map((key) =>
        simulator.addKey({ name: key, associationType: type, zcomponentId: simulator[add]({ name: key }).id }),
      );
      const machines = keys.map(({ provisioningKey }) =>
        [true, false].map((connected) => simulator.enrollMachine(provisioningKey, { connected })),
      );
      return { keys, machines };
    };

    it(`of ${name} are found by group, by key and by connection, with one GET each`, async () => {
      const { keys, machines } = fleet();
      const [[one, two], [three]] = machines as [typeof machines[number], typeof machines[number]]; // prettier-ignore
      const ids = async (filter: object) => (await client[name].matching(filter)).map(({ id }) => id);
      assert.deepEqual(await ids({ provisioningKeyId: keys[0]!.id }), [one!.id, two!.id]);
      assert.deepEqual(await ids({ groupId: keys[1]!.zcomponentId, connected: true }), [three!.id]);
      assert.deepEqual((await ids({ connected: false })).length, 2);
      assert.deepEqual(sent(), Array(3).fill(`GET ${path}`));
    });

    it(`of ${name} tell group, key and connection, and are disabled and deleted one by one`, async () => {
      const { keys, machines } = fleet();
      const { id } = machines[0]![0]!;
      const machine = await client[name].get(id);
      assert.equal(machine.isConnected, true);
      assert.deepEqual([machine.groupId, machine.groupName], [keys[0]!.zcomponentId, "a"]);
      assert.deepEqual([machine.provisioningKeyId, machine.provisioningKeyName], [keys[0]!.id, "a"]);
      simulator.clearLog();
      await client[name].update(id, { ...machine, enabled: false, description: "drains & goes" });
      assert.deepEqual(simulator.log[0]!.body, {
        name: machine.name,
        description: "drains & goes",
        enabled: false,
      });
      const read = await client[name].get(id);
      assert.deepEqual([read.enabled, read.description, read.isConnected], [false, "drains & goes", true]);
      assert.equal(await client[name].delete(id), true);
      assert.ok((await failureOf(client[name].delete(id))) instanceof NotFoundError);
    });

    it(`of ${name} are deleted together, with one POST, and none where one is unknown`, async () => {
      const { machines } = fleet();
      const ids = machines.flat().map(({ id }) => id);
      await client[name].deleteAll([]);
      assert.deepEqual(sent(), []);
      assert.ok((await failureOf(client[name].deleteAll([ids[0]!, "7"]))) instanceof NotFoundError);
      assert.equal(simulator.machinesOf(type).size, 4);
      simulator.clearLog();
      await client[name].deleteAll(ids.slice(1));
      assert.deepEqual(sent(), [`POST ${path}/bulkDelete`]);
      assert.deepEqual([...simulator.machinesOf(type).keys()], ids.slice(0, 1));
    });

    it(`of type ${type} have a clean-up that is configured once and changed then`, async () => {
      const { cleanUpSchedules } = client;
      assert.ok((await failureOf(cleanUpSchedules.get(type))) instanceof NotFoundError);
      const body = { enabled: true, deleteDisabled: false, frequencyInterval: 5 } as const;
      const { id } = await cleanUpSchedules.create(type, body);
      assert.ok((await failureOf(cleanUpSchedules.create(type, body))) instanceof AlreadyExistsError);
      await cleanUpSchedules.update(type, id, { ...body, deleteDisabled: true, frequencyInterval: 90 });
      const { enabled, deleteDisabled, frequencyInterval } = await cleanUpSchedules.get(type);
      assert.deepEqual({ enabled, deleteDisabled, frequencyInterval }, { ...body, deleteDisabled: true, frequencyInterval: 90 }); // prettier-ignore
      const written = simulator.log.filter(({ method }) => method === "PUT").map(({ body: written }) => written); // prettier-ignore
      assert.deepEqual(written, [
        { id, customerId: simulator.customerId, enabled: true, deleteDisabled: true, frequency: "days", frequencyInterval: "90" }, // prettier-ignore
      ]);
    });
  }

  it("are deleted in requests of a hundred", async () => {
    simulator.settings.limits.machines = 150;
    const { id: zcomponentId } = simulator.addAppConnectorGroup({ name: "large" });
    const key = simulator.addKey({ name: "large", zcomponentId, maxUsage: "150" });
    const ids = Array.from({ length: 101 }, () => simulator.enrollMachine(key.provisioningKey).id);
    await client.appConnectors.deleteAll(ids);
    const posts = simulator.log.map(({ body }) => (body?.["ids"] as string[] | undefined)?.length);
    assert.deepEqual(posts.filter((count) => count !== undefined), [100, 1]); // prettier-ignore
    assert.equal(simulator.appConnectors.size, 0);
  });

  it("have a clean-up for either type, and for no other", async () => {
    const { cleanUpSchedules } = client;
    const other = "CONNECTOR" as AssociationType;
    const body = { enabled: true, deleteDisabled: false, frequencyInterval: 5 } as const;
    for (const call of [
      () => cleanUpSchedules.get(other),
      () => cleanUpSchedules.create(other, body),
      () => cleanUpSchedules.update(other, "1", body),
    ]) {
      assert.ok((await failureOf(call())) instanceof ValidationError);
    }
    assert.deepEqual(simulator.log, []);
  });

  it("are connected only with the status that says so, and their times are seconds whatever the server counts in", async () => {
    const double = await Double.start();
    try {
      const row = { id: "1", name: "one", controlChannelStatus: "ZPN_STATUS_CONNECTING" };
      const times = ["1700000000", "1700000000123", "1700000000123456", 1700000000, null];
      double.script = [{ body: { totalPages: "1", list: times.map((time, at) => ({ ...row, id: String(at), lastBrokerConnectTime: time })) } }]; // prettier-ignore
      const machines = await Array.fromAsync(double.client().appConnectors.list());
      assert.deepEqual(
        machines.map(({ isConnected, lastBrokerConnectTime }) => [isConnected, lastBrokerConnectTime]),
        [...Array<[boolean, string]>(4).fill([false, "1700000000"]), [false, undefined]],
      );
    } finally {
      await double.close();
    }
  });
});
