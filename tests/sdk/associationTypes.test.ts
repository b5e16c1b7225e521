import assert from "node:assert/strict";
import { type AssociationType, ValidationError } from "../../sdk";
import { Double, failureOf, keyBody } from "./double";

describe("An association type", () => {
  let double: Double;
  beforeEach(async () => (double = await Double.start()));
  afterEach(() => double.close());

  it("that is none is refused before anything is sent, whatever is called", async () => {
    const { provisioningKeys } = double.client();
    const other = "CONNECTOR" as AssociationType;
    const listing = "listing provisioning keys";
    const calls: [operation: string, call: () => Promise<unknown>][] = [
      ['creating provisioning key "edge"', () => provisioningKeys.create(other, keyBody)],
      ["reading provisioning key 1", () => provisioningKeys.get(other, "1")],
      ['updating provisioning key "edge" (1)', () => provisioningKeys.update(other, "1", keyBody)],
      ["deleting provisioning key 1", () => provisioningKeys.delete(other, "1")],
      [listing, () => Array.fromAsync(provisioningKeys.list(other))],
      [listing, () => provisioningKeys.page(other, 1)],
      [listing, () => provisioningKeys.named(other, "edge")],
      [listing, () => provisioningKeys.find(other, "edge")],
    ];
    for (const [operation, call] of calls) {
      const error = await failureOf(call());
      assert.ok(error instanceof ValidationError, String(error));
      assert.equal(
        error.message,
        `ZPA ${operation}: associationType ("CONNECTOR" is not valid). Hint: use CONNECTOR_GRP or SERVICE_EDGE_GRP.`,
      );
    }
    for (const none of [undefined, null, "", "constructor", {}]) {
      const error = await failureOf(provisioningKeys.find(none as AssociationType, "edge"));
      assert.ok(error instanceof ValidationError, String(error));
    }
    assert.equal(double.requests.length + double.signIns.length, 0);
  });
});
