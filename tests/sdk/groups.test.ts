import assert from "node:assert/strict";
import {
  AlreadyExistsError,
  type AppConnectorGroupBody,
  NotFoundError,
  type ServiceEdgeGroupBody,
  ValidationError,
  ZpaClient,
} from "../../sdk";
import { ZpaSimulator } from "../simulator";
import { failureOf } from "./double";

describe("Groups", () => {
  let simulator: ZpaSimulator;
  let client: ZpaClient;
  beforeEach(async () => {
    simulator = await ZpaSimulator.start({ rateLimits: { windows: "off" } });
    client = new ZpaClient({ readsPer10s: 0, writesPer10s: 0 }, { env: simulator.legacyEnvironment() });
  });
  afterEach(async () => {
    await client.close();
    await simulator.close();
  });

  const place = { latitude: "50.1109", longitude: "8.6821", location: "Frankfurt, Germany" };
  const common = {
    ...{ name: "Frankfurt", description: "R&D", enabled: false, cityCountry: "Frankfurt, DE", countryCode: "DE" },
    ...{
      ...place,
      upgradeDay: "MONDAY" as const,
      overrideVersionProfile: true,
      versionProfileId: "2",
      useInDrMode: true,
    },
    ...{ siteId: "72058", enrollmentCertId: "6242" },
  } as const;
  const connectors: Required<AppConnectorGroupBody> = {
    ...{ ...common, upgradeTimeInSecs: 3600, dnsQueryType: "IPV4", dcHostingInfo: "rack 7" },
    ...{ tcpQuickAckApp: true, tcpQuickAckAssistant: true, tcpQuickAckReadAssistant: true },
    ...{ lssAppConnectorGroup: true, praEnabled: false, wafDisabled: true },
  };
  const edges: Required<ServiceEdgeGroupBody> = {
    ...{ ...common, upgradeTimeInSecs: 3600, city: "Frankfurt", isPublic: "FALSE", trustedNetworks: [{ id: "216" }] },
    ...{ graceDistanceEnabled: true, graceDistanceValue: "10.0", graceDistanceValueUnit: "KMS" },
    ...{ altCloud: "beta", exclusiveForBusinessContinuity: true },
  };

  it("of both kinds are created with exactly the fields of the body, counts as texts, and read back as they are", async () => {
    const surplus = { id: "1", connectors: [], readOnly: true, microtenantId: "7" };
    const made = await client.appConnectorGroups.create({ ...connectors, ...surplus });
    const madeEdges = await client.serviceEdgeGroups.create({ ...edges, ...surplus });
    const bodies = simulator.log.filter(({ method }) => method === "POST").slice(-2).map(({ body }) => body); // prettier-ignore
    const asText = { upgradeTimeInSecs: "3600" };
    assert.deepEqual(bodies, [
      { ...connectors, ...asText },
      { ...edges, ...asText },
    ]);
    const [read] = await Array.fromAsync(client.appConnectorGroups.list());
    for (const group of [made, read!]) {
      for (const [field, value] of Object.entries(connectors)) assert.deepEqual(group[field], value, field);
      assert.equal(group.versionProfileName, "New Release");
    }
    const readEdges = await client.serviceEdgeGroups.get(madeEdges.id);
    for (const [field, value] of Object.entries(edges)) {
      if (field !== "trustedNetworks") assert.deepEqual(readEdges[field], value, field);
    }
    assert.deepEqual(readEdges.trustedNetworks?.map(({ id }) => id), ["216"]); // prettier-ignore
  });

  it("are updated with the whole body, and fields that it omits are left out of the request", async () => {
    const { id } = await client.appConnectorGroups.create(connectors);
    await client.appConnectorGroups.update(id, { ...place, name: "Bern" });
    assert.deepEqual(simulator.log.at(-1)!.body, { ...place, name: "Bern" });
    assert.equal(simulator.appConnectorGroups.get(id)!.name, "Bern");
  });

  it("are deleted, and not while a key uses them", async () => {
    const { id } = await client.appConnectorGroups.create(connectors);
    const key = simulator.addKey({ name: "k", zcomponentId: id });
    const refused = await failureOf(client.appConnectorGroups.delete(id));
    assert.ok(refused instanceof ValidationError);
    assert.deepEqual(refused.params, [id, key.id]);
    simulator.removeKey(key.id);
    assert.equal(await client.appConnectorGroups.delete(id), true);
    assert.ok((await failureOf(client.appConnectorGroups.delete(id))) instanceof NotFoundError);
  });

  it("are written in the microtenant of the call", async () => {
    const { id: microtenantId } = simulator.addMicrotenant({ name: "Scope C" });
    const { id } = await client.serviceEdgeGroups.create({ ...place, name: "there" }, { microtenantId });
    assert.equal(simulator.serviceEdgeGroups.get(id)!.microtenantId, microtenantId);
    const elsewhere = client.serviceEdgeGroups.update(id, { ...place, name: "x" }, { microtenantId: "0" });
    assert.ok((await failureOf(elsewhere)) instanceof NotFoundError);
    assert.equal(await client.serviceEdgeGroups.delete(id, { microtenantId }), true);
  });

  it("say that a name is taken, and what was being done", async () => {
    simulator.addServiceEdgeGroup({ name: "Frankfurt" });
    const taken = await failureOf(client.serviceEdgeGroups.create({ ...place, name: "Frankfurt" }));
    assert.ok(taken instanceof AlreadyExistsError);
    assert.match(taken.message, /creating Service Edge Group "Frankfurt"/);
  });

  it("have version profiles, which are found by name with one GET", async () => {
    const { id } = simulator.addVersionProfile({ name: "Default - el8" });
    const from = simulator.log.length;
    assert.equal((await client.versionProfiles.find("Default - el8")).id, id);
    assert.equal(simulator.log.slice(from).filter(({ path }) => path.endsWith("/visible/versionProfiles")).length, 1);
    const names = (await Array.fromAsync(client.versionProfiles.list())).map(({ name }) => name);
    assert.deepEqual(names, ["Default", "Previous Default", "New Release", "Default - el8"]);
  });
});
