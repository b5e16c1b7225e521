import assert from "node:assert/strict";
import { needsEngine } from "../harness/engine";
import { type Properties, ProviderProcess } from "../harness/providerProcess";
import { ZpaSimulator } from "../simulator";
import { inWaves } from "./countingTenant";
import { CountedStack, halves } from "./stackOf";

/** Counts do not depend on the limits, and waiting for them would take minutes. */
const unlimited = { ZPA_READS_PER_10S: "0", ZPA_WRITES_PER_10S: "0" };

/** Bytes that a key takes in state beside its text, which is there as ciphertext; undefined for what is no key. */
function stateSize(resource: { type?: string; outputs?: Properties }): number | undefined {
  if (!resource.type?.endsWith("zpa:ProvisioningKey")) return undefined;
  const outputs: Properties = { ...resource.outputs, provisioningKey: undefined };
  return Buffer.byteLength(JSON.stringify({ ...resource, outputs }));
}

describe("What a stack costs in API calls", function () {
  this.timeout(120_000);
  needsEngine();

  let counted: CountedStack | undefined;
  let provider: ProviderProcess | undefined;
  let simulator: ZpaSimulator | undefined;
  afterEach(async () => {
    await Promise.all([counted?.dispose(), provider?.close(), simulator?.close()]);
    counted = provider = simulator = undefined;
  });

  it("is the floor for create, refresh, update, no-op and destroy of 30 keys and 30 credentials", async () => {
    counted = await CountedStack.start(halves(60), { env: unlimited });
    const create = await counted.up();
    assert.deepEqual([create.writes, create.reads], [60, 3], "60 POST, a list for each type, and the certificate");
    assert.ok(create.calls <= 64);

    const nothing = await counted.up();
    assert.equal(nothing.calls, 0, "an up without changes does not even sign in");

    const refresh = await counted.refresh();
    assert.ok(refresh.calls <= 4, `refresh: ${refresh.calls} calls`);

    counted.maxUsage = 20;
    const again = await counted.refresh();
    const update = await counted.up();
    assert.equal(update.writes, 30);
    assert.ok(again.calls + update.calls <= 36, `update with refresh: ${again.calls + update.calls} calls`);

    const state = (await counted.stack.exportState()).deployment as { resources: object[] };
    const keys = state.resources.filter((one) => stateSize(one) !== undefined);
    assert.equal(keys.length, 30);
    for (const key of keys) assert.ok(stateSize(key)! <= 3 * 1024, `${stateSize(key)} bytes of state for a key`);

    const destroy = await counted.destroy();
    assert.equal(destroy.writes, 60);
    assert.ok(destroy.calls <= 62, `destroy: ${destroy.calls} calls`);
  });

  it("is the floor for groups of both kinds too", async () => {
    const shares = { connectorKeys: 0, edgeKeys: 0, credentials: 0, connectorGroups: 10, edgeGroups: 10 };
    // a list for each kind, and one group for each where a busy machine's engine asks for the second one too late
    const listEach = 4;
    counted = await CountedStack.start(shares, { env: unlimited });
    const create = await counted.up();
    assert.deepEqual([create.writes, create.reads], [20, 2], "20 POST, and a list for each kind");
    assert.equal((await counted.up()).calls, 0);
    const refresh = await counted.refresh();
    assert.equal(refresh.writes, 0);
    assert.ok(refresh.reads <= listEach, `refresh: ${refresh.reads} reads`);
    counted.maxUsage = 20;
    const update = await counted.up();
    assert.equal(update.writes, 20);
    // what the program leaves to others is read before the PUT, which has all fields
    assert.ok(update.reads <= listEach, `update: ${update.reads} reads`);
    const destroy = await counted.destroy();
    assert.deepEqual([destroy.writes, destroy.reads], [20, 0]);
  });

  it("is at most 24 for a refresh at a full tenant, 300 of its 10 000 credentials and all 200 keys in the stack", async () => {
    simulator = await ZpaSimulator.start({ rateLimits: { windows: "off" } });
    const groups = {
      CONNECTOR_GRP: simulator.addAppConnectorGroup({ name: "connectors" }).id,
      SERVICE_EDGE_GRP: simulator.addServiceEdgeGroup({ name: "edges" }).id,
    };
    const stack: { type: "ProvisioningKey" | "PrivilegedCredential"; id: string; props: Properties }[] = [];
    for (const associationType of ["CONNECTOR_GRP", "SERVICE_EDGE_GRP"] as const) {
      for (let index = 0; index < 100; index++) {
        const zcomponentId = groups[associationType];
        const { id, name } = simulator.addKey({ name: `key ${index}`, associationType, zcomponentId });
        stack.push({ type: "ProvisioningKey", id, props: { name, associationType, zcomponentId, maxUsage: 10 } });
      }
    }
    for (let index = 0; index < 10_000; index++) {
      const { id, name } = simulator.addCredential({ name: `credential ${index}` });
      // spread over all pages, and over the run
      if (index % 33 === 7 && stack.length < 500) {
        stack.splice((index * 7) % stack.length, 0, { type: "PrivilegedCredential", id, props: { name } });
      }
    }
    assert.equal(stack.length, 500);
    provider = await ProviderProcess.start({ env: { ...simulator.legacyEnvironment(), ...unlimited } });
    const process = provider;
    const reads = stack.map(({ type, id, props }) => async () => {
      assert.equal((await process.read(type, id, props)).props.name, props.name);
    });
    await inWaves(8, reads);
    assert.ok(simulator.count() <= 24, `${simulator.count()} calls`);
  });

  it("is one GET for the refresh of one credential in a tenant of 10 000, and two for its creation", async () => {
    counted = await CountedStack.start({ connectorKeys: 0, edgeKeys: 0, credentials: 1 }, { env: unlimited });
    const tenant = counted.simulator;
    for (let index = 1; index < 10_000; index++) tenant.addCredential({ name: `theirs ${index}` });
    const create = await counted.up();
    assert.deepEqual([create.reads, create.writes], [2, 1]);
    const refresh = await counted.refresh();
    assert.deepEqual([refresh.reads, refresh.writes], [1, 0]);
  });
});
