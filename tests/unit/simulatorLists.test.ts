import assert from "node:assert/strict";
import { names, object, refusal, rows, SimulatorClient } from "./simulatorClient";

const keys = "/associationType/CONNECTOR_GRP/provisioningKey";
const invalidOperand = "filtering.input.invalid.operand";

describe("the simulator's lists", () => {
  let client: SimulatorClient;
  beforeEach(async () => {
    client = await SimulatorClient.start();
    client.simulator.addAppConnectorGroup({ name: "Zurich" });
  });
  afterEach(() => client.simulator.close());

  const search = (expression: string) => client.call("GET", `${keys}?search=${encodeURIComponent(expression)}`);
  const found = async (expression: string): Promise<unknown[]> => names(await search(expression));

  it("pages by 20 and by what is asked for, up to 500", async () => {
    for (let i = 1; i <= 41; i += 1) client.simulator.addKey({ name: `key ${i}` });
    const first = object(await client.call("GET", keys));
    assert.deepEqual([first["totalPages"], first["totalCount"], (first["list"] as []).length], ["3", "41", 20]);
    assert.deepEqual(names(await client.call("GET", `${keys}?page=3`)), ["key 41"]);
    assert.equal(rows(await client.call("GET", `${keys}?page=1&pagesize=30`)).length, 30);
    assert.equal(rows(await client.call("GET", `${keys}?pagesize=500`)).length, 41);
    assert.equal(rows(await client.call("GET", `${keys}?pagesize=501`)).length, 41);
    client.simulator.settings.oversizedPage = "refuse";
    assert.equal((await client.call("GET", `${keys}?pagesize=501`)).status, 400);
    assert.equal((await client.call("GET", `${keys}?page=0`)).status, 400);
    client.simulator.settings.totalCount = "zero";
    assert.equal(object(await client.call("GET", keys))["totalCount"], "0");
  });

  it("leaves the list out when it is empty", async () => {
    assert.deepEqual(object(await client.call("GET", keys)), { totalPages: "0", totalCount: "0" });
  });

  it("searches by any field, however the spaces are encoded", async () => {
    for (const [name, maxUsage] of [
      ["alpha one", "2"],
      ["alpha", "3"],
      ["ALPHA two", "2"],
    ] as const) {
      client.simulator.addKey({ name, maxUsage });
    }
    const encoded = async (text: string) => names(await client.call("GET", `${keys}?search=${text}`));
    assert.deepEqual(await encoded("maxUsage%20EQ%202"), ["alpha one", "ALPHA two"]);
    assert.deepEqual(await encoded("name+EQ+alpha"), ["alpha"]);
    assert.deepEqual(await encoded("name%2BEQ%2BAlpha%20One"), ["alpha one"]);
    assert.deepEqual(await encoded("name%2BEQ%2Balpha%2Bone"), ["alpha one"]);
    assert.deepEqual(await encoded("alpha"), ["alpha one", "alpha", "ALPHA two"]);
    assert.deepEqual(await encoded("two"), ["ALPHA two"]);
    assert.deepEqual(await encoded("name%20EQ%20beta"), []);
    assert.deepEqual(names(await client.call("GET", `${keys}&search=maxUsage%20EQ%203`)), ["alpha"]);
  });

  it("refuses to search for odd characters and for fields that keys do not have", async () => {
    client.simulator.addKey({ name: "a@b" });
    for (const value of ["a@b", "a&b", "a(b", "a%b", "a+b", 'a"b', "a  b", "ä"]) {
      const answer = await client.call("GET", `${keys}?search=${encodeURIComponent(`name EQ ${value}`)}`);
      assert.deepEqual(refusal(answer).slice(0, 2), [400, "filtering.input.invalid.operand"], value);
    }
    const unknown = await client.call("GET", `${keys}?search=colour%20EQ%20red`);
    assert.deepEqual(refusal(unknown), [400, "filtering.input.invalid.operand", ["colour"]]);
  });

  it("sorts by a field, numbers by their size", async () => {
    for (const maxUsage of ["9", "100", "20"]) client.simulator.addKey({ name: maxUsage, maxUsage });
    const sorted = async (query: string) => names(await client.call("GET", `${keys}?${query}`));
    assert.deepEqual(await sorted("sortBy=maxUsage"), ["9", "20", "100"]);
    assert.deepEqual(await sorted("sortBy=maxUsage&sortdir=DSC"), ["100", "20", "9"]);
    assert.deepEqual(await sorted("sortBy=status&sortdir=DSC"), ["9", "100", "20"]);
  });

  it("gives 20 rows a page to who spells pagesize in another way", async () => {
    for (let i = 1; i <= 41; i += 1) client.simulator.addKey({ name: `key ${i}` });
    for (const parameter of ["pageSize", "PageSize", "page_size", "pagesizes"]) {
      const answer = object(await client.call("GET", `${keys}?${parameter}=500`));
      assert.deepEqual([answer["totalPages"], (answer["list"] as []).length], ["3", 20], parameter);
    }
  });

  it("compares by the operators that the vendor's clients name", async () => {
    for (const maxUsage of ["9", "100", "20"]) client.simulator.addKey({ name: `Site ${maxUsage}`, maxUsage });
    assert.deepEqual(await found("maxUsage GT 20"), ["Site 100"]);
    assert.deepEqual(await found("maxUsage GE 20"), ["Site 100", "Site 20"]);
    assert.deepEqual(await found("maxUsage LT 20"), ["Site 9"]);
    assert.deepEqual(await found("maxUsage LE 20"), ["Site 9", "Site 20"]);
    assert.deepEqual(await found("maxUsage NE 20"), ["Site 9", "Site 100"]);
    assert.deepEqual(await found("name LIKE ite 1"), ["Site 100"]);
    assert.deepEqual(await found("name CONTAINS E 2"), ["Site 20"]);
    assert.deepEqual(await found("name+STARTSWITH+site"), ["Site 9", "Site 100", "Site 20"]);
    assert.deepEqual(await found("name ENDSWITH 0"), ["Site 100", "Site 20"]);
    assert.deepEqual(await found("name EQ sITE 20"), ["Site 20"]);
  });

  it("refuses a search whose operand or operator is malformed", async () => {
    client.simulator.addKey({ name: "Corp - Trusted Networks" });
    for (const [expression, operand] of [
      ["name EQ ", ""],
      ["name EQ", ""],
      ["maxUsage GT many", "many"],
      ["maxUsage LE ", ""],
      ["name IS 2", "IS"],
      ["name eq 2", "eq"],
      ["Corp - Trusted Networks", "-"],
      ["Corp  Trusted", ""],
    ] as const) {
      assert.deepEqual(refusal(await search(expression)), [400, invalidOperand, [operand]], expression);
    }
  });

  it("knows no more operators than it is told, and takes odd searches when it is told so", async () => {
    client.simulator.addKey({ name: "Corp - Trusted (Networks)" });
    client.simulator.settings.searchOperators = ["EQ"];
    assert.deepEqual(refusal(await search("name LIKE Corp")), [400, invalidOperand, ["LIKE"]]);
    client.simulator.settings.oddSearch = "accept";
    assert.deepEqual(await found("name EQ Corp - Trusted (Networks)"), ["Corp - Trusted (Networks)"]);
    assert.deepEqual(await found("corp - trusted networks"), ["Corp - Trusted (Networks)"]);
  });

  it("lists odd keys as they are, among the others", async () => {
    const { id } = client.simulator.addKey({ name: "usual" });
    const odd = client.simulator.addOddKey({ name: 7, maxUsage: null, enabled: "yes", zcomponentName: "<&>", id: 12 });
    const [usual, row] = rows(await client.call("GET", keys));
    assert.equal(usual?.["id"], id);
    const { name, maxUsage, enabled, zcomponentName, usageCount } = row ?? {};
    assert.deepEqual([name, maxUsage, enabled, zcomponentName, usageCount], [7, null, "yes", "<&>", "0"]);
    assert.equal(row?.["id"], 12);
    assert.equal(object(await client.call("GET", `${keys}/${odd.id}`))["name"], 7);
    client.simulator.addOddKey({ name: "&amp;amp;", usageCount: undefined }, "SERVICE_EDGE_GRP");
    const [edge] = rows(await client.call("GET", "/associationType/SERVICE_EDGE_GRP/provisioningKey"));
    assert.equal(edge?.["name"], "&amp;amp;", "an odd text is not escaped");
    assert.ok(!("usageCount" in edge));
  });

  it("lists odd credentials as they are, among the others", async () => {
    const { id } = client.simulator.addCredential({ name: "usual" });
    const odd = client.simulator.addOddCredential({ credentialType: "CERTIFICATE", name: null, colour: { red: 1 } });
    const [usual, row] = rows(await client.call("GET", "/credential"));
    assert.equal(usual?.["id"], id);
    const { credentialType, name, colour, id: oddId } = row ?? {};
    assert.deepEqual([credentialType, name, colour, oddId], ["CERTIFICATE", null, { red: 1 }, odd.id]);
    assert.ok(row && !("ownershipType" in row));
  });

  it("searches where some rows are odd", async () => {
    client.simulator.addOddKey({ name: 7, maxUsage: null });
    client.simulator.addKey({ name: "usual", maxUsage: "2" });
    assert.deepEqual(await found("name EQ usual"), ["usual"]);
    assert.deepEqual(await found("maxUsage GT 1"), ["usual"]);
    assert.deepEqual(await found("7"), [7]);
  });

  it("sums groups up in pages of ids and names", async () => {
    const { simulator } = client;
    for (let i = 1; i <= 21; i += 1) simulator.addServiceEdgeGroup({ name: `edge ${i}`, description: "d" });
    const { id } = simulator.addServiceEdgeGroup({ name: "Bern & Thun", fields: { location: "Bern" } });
    const first = object(await client.call("GET", "/serviceEdgeGroup/summary"));
    assert.deepEqual([first["totalPages"], first["totalCount"]], ["2", "22"]);
    const second = rows(await client.call("GET", "/serviceEdgeGroup/summary?page=2"));
    assert.deepEqual(second.at(-1), { id, name: "Bern &amp; Thun", enabled: true });
    assert.deepEqual(names(await client.call("GET", "/appConnectorGroup/summary?search=name%20EQ%20zurich")), [
      "Zurich",
    ]);
    const microtenantId = simulator.addMicrotenant({ name: "Scope C" }).id;
    const none = await client.call("GET", `/appConnectorGroup/summary?microtenantId=${microtenantId}`);
    assert.deepEqual(names(none), []);
    assert.equal((await client.call("POST", "/appConnectorGroup/summary", {})).status, 405);
  });

  it("sums microtenants up as an array with Default, which their list has only when it is told so", async () => {
    const { id } = client.simulator.addMicrotenant({ name: "Scope C" });
    assert.deepEqual((await client.call("GET", "/microtenants/summary")).body, [
      { id, name: "Scope C", enabled: true },
      { id: "0", name: "Default", enabled: true },
    ]);
    client.simulator.settings.defaultMicrotenant = "listed";
    assert.deepEqual(names(await client.call("GET", "/microtenants")), ["Scope C", "Default"]);
  });
});
