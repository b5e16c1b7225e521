import assert from "node:assert/strict";
import { Double, keyRow } from "./double";

describe("A look-up by name in one microtenant", () => {
  let double: Double;
  beforeEach(async () => (double = await Double.start()));
  afterEach(() => double.close());

  it("finds the microtenant's own object, and not what its list shows of Default", async () => {
    const own = { ...keyRow(), id: "1", name: "edge", microtenantId: "7", microtenantName: "Sales" };
    const inherited = { ...keyRow(), id: "2", name: "edge", microtenantId: undefined, microtenantName: "Default" };
    double.script = [{ body: { totalPages: "1", list: [own, inherited] } }];
    const keys = double.client().provisioningKeys;
    assert.equal((await keys.find("CONNECTOR_GRP", "edge", { microtenantId: "7" })).id, "1");
  });
});
