import assert from "node:assert/strict";
import { ProtocolError, UnreadableObject, ValidationError, type ZpaClient } from "../../sdk";
import { Double, failureOf, keyRow } from "./double";

const type = "CONNECTOR_GRP";
const credentialRow = (more: Record<string, unknown> = {}) => ({
  id: "7",
  name: "jump",
  credentialType: "PASSWORD",
  ...more,
});

describe("One odd object of others", () => {
  let double: Double;
  let client: ZpaClient;
  beforeEach(async () => {
    double = await Double.start();
    client = double.client();
  });
  afterEach(() => double.close());

  const listed = (...list: unknown[]) => ({ body: { totalPages: "1", list } });

  describe("is taken as it is meant where its writing can mean one thing only", () => {
    const harmless: [string, Record<string, unknown>, Record<string, unknown>][] = [
      ["a number as its name", { name: 42 }, { name: "42" }],
      ["a number as a text", { uiConfig: 1, zcomponentName: 2 }, { uiConfig: "1", zcomponentName: "2" }],
      ["null for what is absent", { usageCount: null, ipAcl: null }, { usageCount: undefined, ipAcl: undefined }],
      ["a flag as a text or a number", { enabled: "FALSE", exportable: 1 }, { enabled: false, exportable: true }],
      ["fields that are new", { labels: { a: [1] }, version: 2 }, { labels: { a: [1] }, version: 2 }],
    ];
    for (const [what, odd, expected] of harmless) {
      it(what, async () => {
        double.script = [listed(keyRow({ id: "1", ...odd })), { body: keyRow({ id: "1", ...odd }) }];
        const [key] = await Array.fromAsync(client.provisioningKeys.list(type));
        const alone = await client.provisioningKeys.get(type, "1");
        for (const [field, value] of Object.entries(expected))
          assert.deepEqual([key?.[field], alone[field]], [value, value]);
      });
    }

    it("a kind of credential that is new to this client", async () => {
      double.script = [listed(credentialRow({ credentialType: "FINGERPRINT" }))];
      const [credential] = await Array.fromAsync(client.credentials.list());
      assert.equal(credential?.credentialType, "FINGERPRINT");
    });
  });

  const oddKeys: [string, Record<string, unknown>, string][] = [
    ["a limit that is null", { maxUsage: null }, "maxUsage"],
    ["a limit in words", { maxUsage: "many" }, "maxUsage"],
    ["a list where a text is usual", { zcomponentName: ["x"] }, "zcomponentName"],
    ["a text where a list is usual", { ipAcl: "10.0.0.1" }, "ipAcl"],
    ["a flag that is neither", { enabled: "perhaps" }, "enabled"],
  ];
  for (const [what, odd, field] of oddKeys) {
    describe(`with ${what}`, () => {
      const row = keyRow({ id: "1", name: "theirs", ...odd });

      it("hides none of the rest of a list", async () => {
        double.script = [listed(keyRow({ id: "5", name: "ours" }), row, keyRow({ id: "6", name: "ours too" }))];
        const ids = (await Array.fromAsync(client.provisioningKeys.list(type))).map(({ id }) => id);
        assert.deepEqual(ids, ["5", "6"]);
        const { items, unreadable } = await client.provisioningKeys.page(type, 1);
        assert.deepEqual(
          items.map(({ id }) => id),
          ["5", "6"],
        );
        assert.deepEqual(unreadable, [new UnreadableObject("1", "theirs", undefined, undefined, [field])]);
      });

      it("holds its name nevertheless", async () => {
        double.script = [listed(row)];
        const [taken, ...others] = await client.provisioningKeys.named(type, "theirs");
        assert.ok(taken instanceof UnreadableObject && others.length === 0);
        assert.deepEqual([taken.id, taken.name, taken.unreadable], ["1", "theirs", [field]]);
        const error = await failureOf(client.provisioningKeys.find(type, "theirs"));
        assert.ok(error instanceof ProtocolError);
        assert.ok(
          error.message.startsWith(
            `ZPA looking for provisioning key "theirs": ${field} (the object with the id 1 is not in the form that ZPA documents)`,
          ),
          error.message,
        );
      });

      it("is an error that names the field when it is asked for alone", async () => {
        double.script = [{ body: row }];
        const error = await failureOf(client.provisioningKeys.get(type, "1"));
        assert.ok(error instanceof ProtocolError);
        assert.match(error.message, new RegExp(`reading provisioning key 1: ${field} \\(not in the form`));
      });
    });
  }

  it("tells where it is as far as that can be read", async () => {
    const odd = { name: "theirs", maxUsage: null };
    double.script = [
      listed(
        keyRow({ id: "1", ...odd, microtenantId: 5, microtenantName: "Scope &amp; C" }),
        keyRow({ id: "2", ...odd, microtenantId: {}, microtenantName: [] }),
      ),
    ];
    const { unreadable } = await client.provisioningKeys.page(type, 1);
    assert.deepEqual(
      unreadable.map(({ microtenantId, microtenantName }) => [microtenantId, microtenantName]),
      [
        ["5", "Scope & C"],
        [undefined, undefined],
      ],
    );
  });

  it("counts among several of a name", async () => {
    double.script = [listed(keyRow({ id: "1" }), keyRow({ id: "2", maxUsage: null }))];
    const error = await failureOf(client.provisioningKeys.find(type, "edge"));
    assert.ok(error instanceof ValidationError);
    assert.deepEqual(error.params, ["1", "2"]);
  });

  it("without an id is no object that anybody could mean, but may be any, and without a name it goes by its id", async () => {
    const list = [keyRow({ id: null }), keyRow({ name: null }), null, "x", [], 5, keyRow({ id: "3", name: "ours" })];
    double.script = [listed(...list)];
    assert.deepEqual(
      (await Array.fromAsync(client.provisioningKeys.list(type))).map(({ id }) => id),
      ["3"],
    );
    const { unreadable } = await client.provisioningKeys.page(type, 1);
    const odd = "an object without an id";
    assert.deepEqual(unreadable.map(({ name }) => name), [odd, "6211", odd, odd, odd, odd]); // prettier-ignore
    double.script = [listed(...list)];
    const whole = await client.provisioningKeys.listWhole(type);
    assert.deepEqual(whole.unreadable.map(({ id, name }) => [id, name]), [["", odd], ["6211", "6211"]]); // prettier-ignore
  });

  it("on a page of its own ends no list", async () => {
    const pageOf = (...list: unknown[]) => ({ body: { totalPages: "4", list } });
    double.script = [
      pageOf(keyRow({ id: "1" })),
      pageOf(keyRow({ name: null })),
      pageOf(keyRow({ id: "2", maxUsage: null })),
      pageOf(keyRow({ id: "3" })),
    ];
    const ids = (await Array.fromAsync(client.provisioningKeys.list(type, { pageSize: 1 }))).map(({ id }) => id);
    assert.deepEqual(ids, ["1", "3"]);
    assert.equal(double.requests.length, 4);
  });

  it("does not count where a list ends after so many objects", async () => {
    double.script = [listed(keyRow({ id: "1", maxUsage: null }), keyRow({ id: "2" }), keyRow({ id: "3" }))];
    const ids = (await Array.fromAsync(client.provisioningKeys.list(type, { maxItems: 1 }))).map(({ id }) => id);
    assert.deepEqual(ids, ["2"]);
  });

  it("hides none of the rest of credentials, groups, certificates and microtenants", async () => {
    const whole = { id: "2", name: "whole" };
    const odd = { id: "1", name: "odd", description: {} };
    for (const family of [
      client.appConnectorGroups,
      client.serviceEdgeGroups,
      client.enrollmentCertificates,
      client.microtenants,
    ]) {
      double.script = [listed(odd, whole)];
      assert.equal((await family.find("whole")).id, "2");
      assert.ok((await family.named("odd"))[0] instanceof UnreadableObject);
    }
    double.script = [listed(credentialRow({ credentialType: null }), credentialRow({ id: "8", name: "whole" }))];
    assert.equal((await client.credentials.find("whole")).id, "8");
    assert.ok((await client.credentials.named("jump"))[0] instanceof UnreadableObject);
  });
});
