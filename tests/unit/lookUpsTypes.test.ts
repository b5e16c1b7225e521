import assert from "node:assert/strict";
import * as zpa from "../../provider";

describe("The types of look-ups", () => {
  it("take exactly one of name and id, as the functions do in plain JavaScript", async () => {
    const calls = [
      // @ts-expect-error -- none
      () => zpa.getAppConnectorGroup({}),
      // @ts-expect-error -- none
      () => zpa.getAppConnectorGroup({ microtenantId: "0" }),
      // @ts-expect-error -- both
      () => zpa.getAppConnectorGroup({ name: "Frankfurt", id: "1" }),
      // @ts-expect-error -- both
      () => zpa.getPrivilegedCredential({ name: "Frankfurt", id: "1" }),
      // @ts-expect-error -- none
      () => zpa.getProvisioningKey({ associationType: "CONNECTOR_GRP" }),
    ];
    for (const call of calls)
      await assert.rejects(call, /^(?:Run)?Error: \w+: give exactly one of name and id, not (?:both|none)$/);
  });

  it("want the type of a provisioning key", async () => {
    const calls = [
      // @ts-expect-error -- none
      () => zpa.getProvisioningKey({ name: "Frankfurt" }),
      // @ts-expect-error -- unknown
      () => zpa.getProvisioningKey({ name: "Frankfurt", associationType: "CONNECTOR" }),
    ];
    const refusal = /^(?:Run)?Error: getProvisioningKey: associationType must be CONNECTOR_GRP or SERVICE_EDGE_GRP$/;
    for (const call of calls) await assert.rejects(call, refusal);
  });
});
