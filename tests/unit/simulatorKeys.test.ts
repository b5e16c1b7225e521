import assert from "node:assert/strict";
import { field, names, object, refusal, rows, SimulatorClient } from "./simulatorClient";

const keys = "/associationType/CONNECTOR_GRP/provisioningKey";
const edgeKeys = "/associationType/SERVICE_EDGE_GRP/provisioningKey";

describe("the simulator's provisioning keys", () => {
  let client: SimulatorClient;
  let zcomponentId: string;
  let enrollmentCertId: string;
  beforeEach(async () => {
    client = await SimulatorClient.start();
    zcomponentId = client.simulator.addAppConnectorGroup({ name: "Zurich" }).id;
    enrollmentCertId = client.simulator.builtInCertificate("Connector");
  });
  afterEach(() => client.simulator.close());

  const body = (changes: object = {}): object => ({
    name: "k",
    maxUsage: "2",
    enrollmentCertId,
    zcomponentId,
    ...changes,
  });
  const create = async (changes: object = {}): Promise<string> => {
    const answer = await client.call("POST", keys, body(changes));
    assert.equal(answer.status, 201);
    return field(answer, "id");
  };

  it("answers a create with 201 and the key's text, without the names of what it refers to", async () => {
    const answer = await client.call("POST", keys, body());
    assert.equal(answer.status, 201);
    const { id, provisioningKey, creationTime, ...rest } = object(answer);
    assert.deepEqual(rest, {
      modifiedTime: creationTime,
      modifiedBy: client.simulator.customerId,
      name: "k",
      usageCount: "0",
      maxUsage: "2",
      zcomponentId,
      enabled: true,
      exportable: true,
      readOnly: false,
      zscalerManaged: false,
      enrollmentCertId,
      microtenantName: "Default",
    });
    assert.match(String(id), /^\d{4}$/);
    assert.match(zcomponentId, /^\d{18}$/);
    assert.equal(creationTime, String(client.simulator.clock.epochSeconds()));
    assert.match(String(provisioningKey), /^3\|api\.private\.zscaler\.com\|[A-Za-z0-9+/=]{400}-\d+$/);
  });

  it("has the names, and the same text, in the answers to GET and LIST", async () => {
    const created = await client.call("POST", keys, body());
    const read = await client.call("GET", `${keys}/${field(created, "id")}`);
    for (const found of [object(read), rows(await client.call("GET", keys))[0]]) {
      assert.equal(found?.["enrollmentCertName"], "Connector");
      assert.equal(found?.["zcomponentName"], "Zurich");
      assert.equal(found?.["appConnectorGroupName"], "Zurich");
      assert.equal(found?.["autoSign"], "1");
      assert.equal(found?.["provisioningKey"], object(created)["provisioningKey"]);
    }
  });

  it("shows the text of a key that is not exportable in the answer to its create only", async () => {
    const created = await client.call("POST", keys, body({ exportable: false }));
    assert.equal(typeof object(created)["provisioningKey"], "string");
    const read = await client.call("GET", `${keys}/${field(created, "id")}`);
    assert.ok(!("provisioningKey" in object(read)));
    assert.equal(object(read)["exportable"], false);
  });

  it("takes counts as numbers and ignores surplus fields", async () => {
    const id = await create({
      maxUsage: 7,
      usageCount: "5",
      provisioningKey: "x",
      associationType: "",
      componentId: "1",
    });
    const key = client.simulator.keys.get(id);
    assert.deepEqual([key?.maxUsage, key?.usageCount], ["7", "0"]);
    assert.notEqual(key?.provisioningKey, "x");
  });

  it("takes an id beyond 2^53 that comes as a number", async () => {
    const text = JSON.stringify(body()).replace(`"${zcomponentId}"`, zcomponentId);
    assert.equal(object(await client.call("POST", keys, text))["zcomponentId"], zcomponentId);
  });

  it("names the mandatory parameters that are missing", async () => {
    const answer = await client.call("POST", keys, { name: "", maxUsage: "2", zcomponentId });
    assert.deepEqual(refusal(answer), [400, "missing.mandatory.params", ["name", "enrollmentCertId"]]);
  });

  it("refuses what a key cannot refer to", async () => {
    const post = (changes: object) => client.call("POST", keys, body(changes));
    assert.deepEqual(refusal(await post({ zcomponentId: "1" })), [400, "resource.not.found", ["zcomponentId"]]);
    assert.deepEqual(refusal(await post({ enrollmentCertId: "1" })), [400, "resource.not.found", ["enrollmentCertId"]]);
    const root = client.simulator.builtInCertificate("Root");
    assert.deepEqual(refusal(await post({ enrollmentCertId: root })), [400, "invalid.param", ["enrollmentCertId"]]);
    const edgeGroup = client.simulator.addServiceEdgeGroup({ name: "Edges" }).id;
    assert.deepEqual(refusal(await post({ zcomponentId: edgeGroup })), [400, "resource.not.found", ["zcomponentId"]]);
    for (const maxUsage of ["0", "-1", "1.5", "many"]) {
      assert.deepEqual(refusal(await post({ maxUsage })), [400, "invalid.param", ["maxUsage"]]);
    }
    assert.equal(client.simulator.keys.size, 0);
  });

  it("refuses a name that is taken in the same type and microtenant, unless it is told not to", async () => {
    const microtenantId = client.simulator.addMicrotenant({ name: "Scope C" }).id;
    const edgeGroup = client.simulator.addServiceEdgeGroup({ name: "Edges" }).id;
    await create();
    assert.deepEqual(refusal(await client.call("POST", keys, body())), [400, "resource.already.exist", ["k"]]);
    assert.equal((await client.call("POST", `${keys}?microtenantId=${microtenantId}`, body())).status, 201);
    assert.equal((await client.call("POST", edgeKeys, body({ zcomponentId: edgeGroup }))).status, 201);
    const other = await create({ name: "other" });
    assert.equal((await client.call("PUT", `${keys}/${other}`, { name: "k" })).status, 400);
    client.simulator.settings.refuseDuplicateNames = false;
    assert.equal((await client.call("POST", keys, body())).status, 201);
  });

  it("keeps what is mandatory and drops what is optional when a PUT leaves it out", async () => {
    const id = await create({ ipAcl: ["10.0.0.0/8"], uiConfig: "x", enabled: false });
    const answer = await client.call("PUT", `${keys}/${id}`, { maxUsage: "9" });
    assert.deepEqual([answer.status, answer.body], [204, undefined]);
    const key = client.simulator.keys.get(id);
    assert.deepEqual(
      [key?.name, key?.maxUsage, key?.zcomponentId, key?.enrollmentCertId, key?.ipAcl, key?.uiConfig, key?.enabled],
      ["k", "9", zcomponentId, enrollmentCertId, undefined, undefined, true],
    );
    assert.equal(key?.modifiedTime, String(client.simulator.clock.epochSeconds()));
  });

  it("keeps optional fields too when it is told so", async () => {
    client.simulator.settings.putDropsAbsentFields = false;
    const id = await create({ ipAcl: ["10.0.0.0/8"], uiConfig: "x", enabled: false });
    await client.call("PUT", `${keys}/${id}`, { maxUsage: "9" });
    const key = client.simulator.keys.get(id);
    assert.deepEqual([key?.ipAcl, key?.uiConfig, key?.enabled], [["10.0.0.0/8"], "x", false]);
  });

  it("lets exportable fall but not rise, and counts its absence as true", async () => {
    const id = await create();
    assert.equal((await client.call("PUT", `${keys}/${id}`, body({ exportable: false }))).status, 204);
    for (const changes of [{ exportable: true }, {}]) {
      const answer = await client.call("PUT", `${keys}/${id}`, body(changes));
      assert.deepEqual(refusal(answer), [400, "invalid.param", ["exportable"]]);
    }
    assert.equal(client.simulator.keys.get(id)?.exportable, false);
  });

  it("refuses another group, and a limit below what is used", async () => {
    const id = await create({ maxUsage: "5" });
    client.simulator.editKey(id, { usageCount: "3" });
    const other = client.simulator.addAppConnectorGroup({ name: "Bern" }).id;
    const moved = await client.call("PUT", `${keys}/${id}`, body({ zcomponentId: other }));
    assert.deepEqual(refusal(moved), [400, "invalid.param", ["zcomponentId"]]);
    assert.deepEqual(refusal(await client.call("PUT", `${keys}/${id}`, body())), [400, "invalid.param", ["maxUsage"]]);
    assert.equal((await client.call("PUT", `${keys}/${id}`, body({ maxUsage: "3" }))).status, 204);
  });

  it("lets nobody update or delete a key of Zscaler Deception", async () => {
    const { id } = client.simulator.addKey({ name: "Deception", readOnly: true, zscalerManaged: true });
    for (const method of ["PUT", "DELETE"]) {
      assert.equal((await client.call(method, `${keys}/${id}`, body())).status, 400);
    }
    const read = object(await client.call("GET", `${keys}/${id}`));
    assert.deepEqual([read["name"], read["readOnly"], read["zscalerManaged"]], ["Deception", true, true]);
  });

  it("silently takes another certificate when signingCertId comes beside enrollmentCertId", async () => {
    const edgeGroup = client.simulator.addServiceEdgeGroup({ name: "Edges" }).id;
    const signer = client.simulator.builtInCertificate("Service Edge");
    const edgeBody = body({ zcomponentId: edgeGroup, enrollmentCertId: signer, signingCertId: signer });
    const answer = await client.call("POST", edgeKeys, edgeBody);
    assert.equal(answer.status, 201);
    assert.notEqual(object(answer)["enrollmentCertId"], signer);
    assert.throws(() => client.simulator.enroll(field(answer, "provisioningKey")), { refusal: "wrongCertificate" });
  });

  it("is gone after a DELETE, with 400 or with 404, and is no key of the other type", async () => {
    const id = await create();
    assert.equal((await client.call("GET", `${edgeKeys}/${id}`)).status, 400);
    const answer = await client.call("DELETE", `${keys}/${id}`);
    assert.deepEqual([answer.status, answer.body], [204, undefined]);
    assert.deepEqual(refusal(await client.call("DELETE", `${keys}/${id}`)), [400, "resource.not.found", [id]]);
    client.simulator.settings.notFoundStatus = 404;
    assert.deepEqual(refusal(await client.call("GET", `${keys}/${id}`)), [404, "resource.not.found", [id]]);
  });

  it("holds 100 keys of each type", async () => {
    for (let i = 0; i < 100; i += 1) client.simulator.addKey({ name: `key ${i}` });
    const answer = await client.call("POST", keys, body());
    assert.deepEqual(refusal(answer).slice(0, 2), [403, "LIMIT_EXCEEDED"]);
    const edgeGroup = client.simulator.addServiceEdgeGroup({ name: "Edges" }).id;
    assert.equal((await client.call("POST", edgeKeys, body({ zcomponentId: edgeGroup }))).status, 201);
  });

  it("answers names HTML-escaped: once, twice or never", async () => {
    const id = await create({ name: `*.example & <"it's">` });
    const { settings, keys: stored } = client.simulator;
    const name = async () => field(await client.call("GET", `${keys}/${id}`), "name");
    assert.equal(await name(), "&#x2a;&#x2e;example &amp; &lt;&quot;it&#x27;s&quot;&gt;");
    assert.equal(stored.get(id)?.name, `*.example & <"it's">`);
    settings.escapeTexts = "twice";
    assert.match(await name(), /^&amp;#x2a;&amp;#x2e;example &amp;amp; &amp;lt;/);
    assert.deepEqual(names(await client.call("GET", keys)), [await name()]);
    settings.escapeTexts = "never";
    assert.equal(await name(), `*.example & <"it's">`);
  });

  it("says readOnly and zscalerManaged of every key, wherever it is answered", async () => {
    const id = await create();
    for (const answered of [
      object(await client.call("GET", `${keys}/${id}`)),
      rows(await client.call("GET", keys))[0],
    ]) {
      assert.deepEqual([answered?.["readOnly"], answered?.["zscalerManaged"]], [false, false]);
    }
  });

  it("has a modifiedTime from the creation on, or from the first change when it is told so", async () => {
    const times = async (id: string) => {
      const { creationTime, modifiedTime } = object(await client.call("GET", `${keys}/${id}`));
      return { creationTime, modifiedTime };
    };
    const stamped = await times(await create());
    assert.equal(stamped.modifiedTime, stamped.creationTime);
    const old = client.simulator.addKey({ name: "old", creationTime: "1617747326" });
    assert.deepEqual(await times(old.id), { creationTime: "1617747326", modifiedTime: "1617747326" });
    client.simulator.settings.stampModifiedOnCreate = false;
    const id = await create({ name: "bare" });
    assert.equal((await times(id)).modifiedTime, undefined);
    client.clock.now += 1_000;
    await client.call("PUT", `${keys}/${id}`, body({ name: "bare" }));
    assert.equal((await times(id)).modifiedTime, String(client.simulator.clock.epochSeconds()));
  });

  it("gives a change by others a time after the creation, also within one second", async () => {
    const id = await create();
    client.simulator.editKey(id, { maxUsage: "9" });
    const { creationTime, modifiedTime } = object(await client.call("GET", `${keys}/${id}`));
    assert.equal(Number(modifiedTime), Number(creationTime) + 1);
  });

  it("leaves the text out of the answers to so many creates as it is told", async () => {
    const fault = client.simulator.createAnswerWithoutText(2);
    const texts: unknown[] = [];
    for (const name of ["a", "b", "c"]) {
      const created = object(await client.call("POST", keys, body({ name })));
      assert.equal(created["name"], name);
      texts.push(typeof created["provisioningKey"]);
    }
    assert.deepEqual(texts, ["undefined", "undefined", "string"]);
    assert.equal(fault.fired, 2);
    const [first] = rows(await client.call("GET", keys));
    assert.equal(typeof first?.["provisioningKey"], "string", "the key has a text");
  });

  it("gives the keys of one group as an array", async () => {
    const id = await create();
    client.simulator.addKey({
      name: "other",
      zcomponentId: client.simulator.addAppConnectorGroup({ name: "Bern" }).id,
    });
    const answer = await client.call(
      "GET",
      `/associationType/CONNECTOR_GRP/zcomponent/${zcomponentId}/provisioningKey`,
    );
    assert.ok(Array.isArray(answer.body));
    assert.deepEqual(
      answer.body.map((key: Record<string, unknown>) => key["id"]),
      [id],
    );
  });

  it("takes the microtenant from a body, unless the query names one", async () => {
    const [query, inBody] = ["A", "B"].map((name) => client.simulator.addMicrotenant({ name }).id);
    let made = 0;
    const microtenantOf = async (changes: object, search = ""): Promise<unknown> => {
      const answer = await client.call("POST", `${keys}${search}`, body({ name: `k${made++}`, ...changes }));
      assert.equal(answer.status, 201);
      return object(answer)["microtenantId"];
    };
    assert.equal(await microtenantOf({ microtenantId: inBody }), inBody);
    assert.equal(await microtenantOf({ microtenantId: inBody }, `?microtenantId=${query}`), query);
    assert.equal(await microtenantOf({ microtenantId: inBody }, "?microtenantId=0"), undefined);
    assert.equal(await microtenantOf({ microtenantId: "0" }), undefined);
    assert.equal(await microtenantOf({ microtenantId: null }), undefined);
    const unknown = await client.call("POST", keys, body({ microtenantId: "77" }));
    assert.deepEqual(refusal(unknown), [400, "resource.not.found", ["microtenantId"]]);
    client.simulator.settings.honourBodyMicrotenant = false;
    assert.equal(await microtenantOf({ microtenantId: inBody }), undefined);
  });
});
