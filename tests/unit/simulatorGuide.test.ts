import assert from "node:assert/strict";
import { ZpaClient } from "pulumi-zpa-dynamic/sdk";
import { ZpaSimulator } from "pulumi-zpa-dynamic/simulator";

it("deletes a key though the answer is lost", async () => {
  await using simulator = await ZpaSimulator.start();
  simulator.addAppConnectorGroup({ name: "Berlin" });
  const { id } = simulator.addKey({ name: "berlin" });
  const lost = simulator.fault({ kind: "resetAfterCommit", match: { method: "DELETE" } });

  const zpa = new ZpaClient({}, { env: simulator.legacyEnvironment() });
  await zpa.provisioningKeys.delete("CONNECTOR_GRP", id);
  await zpa.close();

  assert.equal(lost.fired, 1);
  assert.equal(simulator.keys.size, 0);
});
