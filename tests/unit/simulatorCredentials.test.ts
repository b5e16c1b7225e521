import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { field, names, object, refusal, rows, SimulatorClient } from "./simulatorClient";

const secret = (): string => randomBytes(12).toString("base64url");

describe("the simulator's credentials, look-ups and microtenants", () => {
  let client: SimulatorClient;
  let microtenantId: string;
  beforeEach(async () => {
    client = await SimulatorClient.start();
    microtenantId = client.simulator.addMicrotenant({ name: "Scope C" }).id;
  });
  afterEach(() => client.simulator.close());

  const body = (changes: object = {}): object => ({
    credentialType: "USERNAME_PASSWORD",
    name: "c",
    userName: "u",
    password: secret(),
    ...changes,
  });
  const create = async (changes: object = {}, query = ""): Promise<string> => {
    const answer = await client.call("POST", `/credential${query}`, body(changes));
    assert.equal(answer.status, 201);
    return field(answer, "id");
  };

  it("answers without the secrets, which it keeps", async () => {
    const password = secret();
    const answer = await client.call("POST", "/credential", body({ password, userDomain: "corp", description: "d" }));
    const time = String(client.simulator.clock.epochSeconds());
    const { id, ...rest } = object(answer);
    assert.deepEqual(rest, {
      creationTime: time,
      modifiedTime: time,
      modifiedBy: client.simulator.customerId,
      name: "c",
      description: "d",
      userDomain: "corp",
      userName: "u",
      credentialType: "USERNAME_PASSWORD",
      lastCredentialResetTime: time,
      microtenantName: "Default",
    });
    assert.deepEqual(object(await client.call("GET", `/credential/${String(id)}`)), object(answer));
    assert.deepEqual(rows(await client.call("GET", "/credential")), [object(answer)]);
    assert.equal(client.simulator.credentials.get(String(id))?.password, password);
  });

  it("demands what each type needs, and no more", async () => {
    const post = async (changes: object) => client.call("POST", "/credential", { name: "n", ...changes });
    const missing = async (changes: object) => refusal(await post(changes));
    const id = "missing.mandatory.params";
    assert.deepEqual(await missing({}), [400, id, ["credentialType"]]);
    assert.deepEqual(await missing({ credentialType: "USERNAME_PASSWORD" }), [400, id, ["userName", "password"]]);
    assert.deepEqual(await missing({ credentialType: "SSH_KEY" }), [400, id, ["userName", "privateKey"]]);
    assert.deepEqual(await missing({ credentialType: "PASSWORD" }), [400, id, ["password"]]);
    assert.deepEqual(await missing({ credentialType: "TOKEN" }), [400, "invalid.param", ["credentialType"]]);
    const notPem = { credentialType: "SSH_KEY", userName: "u", privateKey: secret() };
    assert.deepEqual(await missing(notPem), [400, "invalid.param", ["privateKey"]]);
    assert.equal((await post({ credentialType: "PASSWORD", password: secret() })).status, 201);
    const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    const created = await post({ ...notPem, name: "ssh", privateKey: pem, passphrase: secret(), password: secret() });
    const stored = client.simulator.credentials.get(field(created, "id"));
    assert.equal(stored?.privateKey, pem);
    assert.ok(stored?.passphrase);
    assert.equal(stored.password, undefined);
  });

  it("moves lastCredentialResetTime with each write of a secret, also within one second, and with no other", async () => {
    const id = await create();
    const resetTime = () => Number(client.simulator.credentials.get(id)?.lastCredentialResetTime);
    const start = resetTime();
    await client.call("PUT", `/credential/${id}`, body());
    assert.equal(resetTime(), start + 1);
    await client.call("PUT", `/credential/${id}`, body());
    assert.equal(resetTime(), start + 2);
    client.clock.now += 60_000;
    await client.call("PUT", `/credential/${id}`, { userName: "v" });
    assert.equal(resetTime(), start + 2);
    await client.call("PUT", `/credential/${id}`, body());
    assert.equal(resetTime(), start + 60);
    client.simulator.editCredential(id, { password: secret() }, { resetSecret: true });
    assert.equal(resetTime(), start + 61);
  });

  it("keeps the old secret when a PUT leaves it out, or refuses that when it is told so", async () => {
    const id = await create({ description: "d", userDomain: "corp" });
    const { password } = client.simulator.credentials.get(id) ?? {};
    assert.equal((await client.call("PUT", `/credential/${id}`, { userName: "v" })).status, 204);
    const stored = client.simulator.credentials.get(id);
    assert.deepEqual([stored?.password, stored?.userName, stored?.name], [password, "v", "c"]);
    assert.deepEqual([stored?.description, stored?.userDomain], [undefined, undefined]);
    client.simulator.settings.putDemandsSecret = true;
    const refused = await client.call("PUT", `/credential/${id}`, { userName: "w" });
    assert.deepEqual(refusal(refused), [400, "missing.mandatory.params", ["password"]]);
    assert.equal(stored?.userName, "v");
  });

  it("never changes the type", async () => {
    const id = await create();
    const answer = await client.call("PUT", `/credential/${id}`, body({ credentialType: "PASSWORD" }));
    assert.deepEqual(refusal(answer), [400, "invalid.param", ["credentialType"]]);
  });

  it("echoes userDomain unless it is told not to, and never for the type PASSWORD", async () => {
    const id = await create({ userDomain: "corp" });
    const read = async (of: string) => object(await client.call("GET", `/credential/${of}`));
    assert.equal((await read(id))["userDomain"], "corp");
    const ofPassword = { name: "p", credentialType: "PASSWORD", userDomain: "corp" };
    const created = await client.call("POST", "/credential", body(ofPassword));
    assert.ok(!("userDomain" in object(created)));
    assert.ok(!("userDomain" in (await read(field(created, "id")))));
    const [, listed] = rows(await client.call("GET", "/credential"));
    assert.ok(listed && !("userDomain" in listed));
    assert.equal(client.simulator.credentials.get(field(created, "id"))?.userDomain, "corp");
    client.simulator.settings.echoUserDomain = false;
    assert.ok(!("userDomain" in (await read(id))));
  });

  it("keeps microtenants apart: absent is Default on a write and all on a read", async () => {
    const own = await create({ name: "own" }, `?microtenantId=${microtenantId}`);
    const common = await create({ name: "common" });
    const list = async (query: string) => names(await client.call("GET", `/credential?${query}`));
    assert.deepEqual(await list(""), ["own", "common"]);
    assert.deepEqual(await list("microtenantId=null"), ["own", "common"]);
    assert.deepEqual(await list("microtenantId=0"), ["common"]);
    assert.deepEqual(await list(`microtenantId=${microtenantId}`), ["own"]);
    const read = object(await client.call("GET", `/credential/${own}`));
    assert.deepEqual([read["microtenantId"], read["microtenantName"]], [microtenantId, "Scope C"]);
    const wrong = await client.call("GET", `/credential/${own}?microtenantId=0`);
    assert.deepEqual(refusal(wrong), [400, "resource.not.found", [own]]);
    assert.equal((await client.call("DELETE", `/credential/${own}`)).status, 400);
    assert.equal((await client.call("DELETE", `/credential/${common}`)).status, 204);
    assert.equal((await client.call("DELETE", `/credential/${own}?microtenantId=${microtenantId}`)).status, 204);
    const unknown = await client.call("GET", "/credential?microtenantId=77");
    assert.deepEqual(refusal(unknown), [400, "resource.not.found", ["microtenantId"]]);
  });

  it("tells inherited credentials from a microtenant's own", async () => {
    await create({ name: "own" }, `?microtenantId=${microtenantId}`);
    await create({ name: "common" });
    const list = (type: string) =>
      client.call("GET", `/credential?microtenantId=${microtenantId}&search=ownershipType%20EQ%20${type}`);
    assert.deepEqual(names(await list("MICROTENANT_SPECIFIC")), ["own"]);
    assert.deepEqual(names(await list("INHERITED")), ["common"]);
    assert.ok(!("ownershipType" in (rows(await list("INHERITED"))[0] ?? {})));
  });

  it("moves a credential between microtenants", async () => {
    const id = await create();
    const move = (query: string) => client.call("POST", `/credential/${id}/move?${query}`);
    assert.deepEqual(refusal(await move("")), [400, "missing.mandatory.params", ["targetMicrotenantId"]]);
    assert.equal((await move(`microtenantId=${microtenantId}&targetMicrotenantId=0`)).status, 400);
    const answer = await move(`targetMicrotenantId=${microtenantId}`);
    assert.deepEqual([answer.status, answer.body], [204, undefined]);
    assert.equal(client.simulator.credentials.get(id)?.microtenantId, microtenantId);
    assert.equal((await move(`microtenantId=${microtenantId}&targetMicrotenantId=0`)).status, 204);
    assert.equal(client.simulator.credentials.get(id)?.microtenantId, undefined);
  });

  it("refuses a move to where the name is taken", async () => {
    const id = await create();
    await create({}, `?microtenantId=${microtenantId}`);
    const answer = await client.call("POST", `/credential/${id}/move?targetMicrotenantId=${microtenantId}`);
    assert.deepEqual(refusal(answer), [400, "resource.already.exist", ["c"]]);
  });

  it("holds as many credentials as it is told to", async () => {
    client.simulator.settings.limits.credentials = 1;
    await create();
    const answer = await client.call("POST", "/credential", body({ name: "second" }));
    assert.deepEqual(refusal(answer).slice(0, 2), [403, "LIMIT_EXCEEDED"]);
  });

  it("has the built-in certificates: listed by v2, read by v1", async () => {
    const list = rows(await client.call("GET", "/v2/enrollmentCert"));
    assert.deepEqual(
      list.map(({ name, privateKeyPresent }) => [name, privateKeyPresent]),
      [
        ["Root", false],
        ["Client", true],
        ["Connector", true],
        ["Service Edge", true],
        ["Isolation Client", true],
      ],
    );
    const { id } = list[2] ?? {};
    assert.deepEqual(object(await client.call("GET", `/enrollmentCert/${String(id)}`)), list[2]);
    assert.deepEqual(refusal(await client.call("GET", "/enrollmentCert")).slice(0, 2), [404, "api.endpoint.not.found"]);
    assert.equal((await client.call("GET", `/v2/enrollmentCert/${String(id)}`)).status, 404);
    assert.equal((await client.call("POST", "/v2/enrollmentCert", {})).status, 405);
  });

  it("lists the microtenants without Default, which can be read as 0", async () => {
    assert.deepEqual(names(await client.call("GET", "/microtenants")), ["Scope C"]);
    assert.equal(object(await client.call("GET", "/microtenants/0"))["name"], "Default");
    assert.equal(object(await client.call("GET", `/microtenants/${microtenantId}`))["id"], microtenantId);
  });

  it("lets other clients manage groups, and drops what a PUT leaves out", async () => {
    for (const kind of ["/appConnectorGroup", "/serviceEdgeGroup"]) {
      const created = await client.call("POST", kind, {
        name: "g",
        description: "*",
        latitude: "1",
        dnsQueryType: "IPV4",
      });
      assert.equal(created.status, 201);
      const path = `${kind}/${field(created, "id")}`;
      assert.equal(object(await client.call("GET", path))["description"], "&#x2a;");
      assert.equal((await client.call("PUT", path, { latitude: "2" })).status, 204);
      const read = object(await client.call("GET", path));
      assert.deepEqual([read["name"], read["latitude"], "dnsQueryType" in read], ["g", "2", false]);
      assert.equal((await client.call("DELETE", path)).status, 204);
      assert.deepEqual(rows(await client.call("GET", kind)), []);
    }
  });

  it("does not delete a group that has keys, in words that a setting names", async () => {
    const { simulator } = client;
    for (const kind of ["appConnectorGroup", "serviceEdgeGroup"] as const) {
      const ofEdges = kind === "serviceEdgeGroup";
      const group = ofEdges
        ? simulator.addServiceEdgeGroup({ name: "g" })
        : simulator.addAppConnectorGroup({ name: "g" });
      const key = simulator.addKey({
        name: "k",
        associationType: ofEdges ? "SERVICE_EDGE_GRP" : "CONNECTOR_GRP",
        zcomponentId: group.id,
      });
      const path = `/${kind}/${group.id}`;
      simulator.settings.refusals.groupInUse = { status: 400, id: "resource.in.use" };
      assert.deepEqual(refusal(await client.call("DELETE", path)), [400, "resource.in.use", [group.id, key.id]]);
      simulator.settings.refusals.groupInUse = { status: 409, id: "group.has.keys" };
      assert.deepEqual(refusal(await client.call("DELETE", path)).slice(0, 2), [409, "group.has.keys"]);
      assert.equal((await client.call("GET", path)).status, 200);
      simulator.removeKey(key.id);
      assert.equal((await client.call("DELETE", path)).status, 204);
    }
  });

  it("does not delete a credential that is used, until it is released", async () => {
    const id = await create();
    client.simulator.useCredential(id);
    const remove = () => client.call("DELETE", `/credential/${id}`);
    assert.deepEqual(refusal(await remove()), [400, "resource.in.use", [id]]);
    assert.equal((await client.call("PUT", `/credential/${id}`, body())).status, 204);
    client.simulator.releaseCredential(id);
    assert.equal((await remove()).status, 204);
    assert.throws(() => client.simulator.useCredential(id), /no object/);
  });

  it("looks for an object in the microtenant of a PUT's body", async () => {
    const own = await create({ name: "own" }, `?microtenantId=${microtenantId}`);
    const put = (changes: object, query = "") => client.call("PUT", `/credential/${own}${query}`, body(changes));
    assert.equal((await put({ name: "own" })).status, 400);
    assert.equal((await put({ name: "own", microtenantId })).status, 204);
    assert.equal((await put({ name: "own", microtenantId }, "?microtenantId=0")).status, 400);
  });

  it("refuses a body that is no JSON object", async () => {
    for (const text of ["{", "[]", "7"]) {
      assert.deepEqual(refusal(await client.call("POST", "/credential", text)).slice(0, 2), [400, "invalid.json"]);
    }
  });
});
