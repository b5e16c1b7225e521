import assert from "node:assert/strict";
import * as fc from "fast-check";
import { havingName, NotFoundError, sameName, UnreadableObject, type ZpaClient } from "../../sdk";
import { escapeHtml } from "../simulator/htmlEscape";
import { Double, failureOf, keyRow } from "./double";

const type = "CONNECTOR_GRP";

describe("A name that ZPA escapes", () => {
  let double: Double;
  let client: ZpaClient;
  beforeEach(async () => {
    double = await Double.start();
    client = double.client();
  });
  afterEach(() => double.close());

  const tenantOf = (...rows: [id: string, name: string][]) => {
    double.script = [{ body: { totalPages: "1", list: rows.map(([id, name]) => keyRow({ id, name })) } }];
  };
  const found = async (name: string) => (await client.provisioningKeys.named(type, name)).map(({ id }) => id);

  it("twice is found by what was meant", async () => {
    tenantOf(["1", "R&amp;amp;D"], ["2", "other"]);
    assert.deepEqual(await found("R&D"), ["1"]);
    assert.equal((await client.provisioningKeys.find(type, "R&D")).id, "1");
  });

  it("once comes first, and alone, where another object's is escaped twice", async () => {
    tenantOf(["1", "R&amp;amp;D"], ["2", "R&amp;D"]);
    assert.deepEqual(await found("R&D"), ["2"]);
    assert.deepEqual(await found("R&amp;D"), ["1"]);
  });

  it("twice is found when the object cannot be read, too", async () => {
    double.script = [{ body: { totalPages: "1", list: [keyRow({ name: "R&amp;amp;D", maxUsage: null })] } }];
    const [taken] = await client.provisioningKeys.named(type, "R&D");
    assert.ok(taken instanceof UnreadableObject);
  });

  it("three times is another name", async () => {
    tenantOf(["1", "R&amp;amp;amp;D"]);
    assert.ok((await failureOf(client.provisioningKeys.find(type, "R&D"))) instanceof NotFoundError);
  });

  it("twice is given back unescaped once, for nothing tells it from one that holds an entity", async () => {
    double.script = [{ body: keyRow({ name: "R&amp;amp;D" }) }];
    const { name } = await client.provisioningKeys.get(type, "6211");
    assert.equal(name, "R&amp;D");
    assert.ok(sameName("R&D", name) && sameName("R&amp;D", name));
    assert.ok(!sameName("R&D ", name) && !sameName("r&d", name));
  });

  it("is the same, however often it is escaped, for any name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        assert.ok(sameName(name, name) && sameName(name, escapeHtml(name)));
        const once = { name };
        const twice = { name: escapeHtml(name) };
        assert.ok(havingName([twice, once], name).includes(once));
        assert.deepEqual(havingName([twice], name), [twice]);
      }),
    );
  });
});
