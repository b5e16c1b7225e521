import assert from "node:assert/strict";
import { Double, keyRow } from "./double";

describe("A look-up by name in one microtenant", () => {
  let double: Double;
  beforeEach(async () => (double = await Double.start()));
  afterEach(() => double.close());

  for (const [whose, settings, scope] of [
    ["of the call", {}, { microtenantId: "7" }],
    ["of the settings", { microtenantId: "7" }, {}],
  ] as const) {
    it(`finds the object of the microtenant ${whose}, and not what its list shows of Default`, async () => {
      const own = { ...keyRow(), id: "1", name: "edge", microtenantId: "7", microtenantName: "Sales" };
      const inherited = { ...keyRow(), id: "2", name: "edge", microtenantId: undefined, microtenantName: "Default" };
      double.script = [{ body: { totalPages: "1", list: [own, inherited] } }];
      const keys = double.client(settings).provisioningKeys;
      assert.equal((await keys.find("CONNECTOR_GRP", "edge", scope)).id, "1");
    });
  }
});
