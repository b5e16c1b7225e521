import assert from "node:assert/strict";
import type { ProviderProcess } from "../harness/providerProcess";
import { describe as inWords } from "../harness/invariants";
import { World } from "../harness/world";
import { privilegedCredentialFields } from "../../provider/model/privilegedCredential";
import { provisioningKeyFields } from "../../provider/model/provisioningKey";
import { credentialArgs, edgeKeyArgs, keyArgs, make, plan, refOf, refresh, secretsFor, without } from "./driver";

const keysPath = (type: string) => `associationType/${type}/provisioningKey`;

describe("Creating over the provider protocol", () => {
  let world: World;
  let provider: ProviderProcess;
  beforeEach(async () => {
    world = await World.start();
    provider = await world.provider();
  });
  afterEach(() => world.close());

  it("makes a key of few arguments with one POST of just these, and asks nothing afterwards", async () => {
    const { id, outputs } = await make(provider, "ProvisioningKey", keyArgs(world));
    const key = world.simulator.keys.get(id)!;
    const connector = world.simulator.builtInCertificate("Connector");
    assert.deepEqual(world.requests.map(inWords), [
      `GET ${keysPath("CONNECTOR_GRP")} 200`,
      "GET enrollmentCert 200",
      `POST ${keysPath("CONNECTOR_GRP")} 201`,
    ]);
    assert.deepEqual(world.requests.at(-1)!.body, {
      name: outputs.name,
      maxUsage: "10",
      enrollmentCertId: connector,
      zcomponentId: key.zcomponentId,
    });
    const { name, maxUsage, usageCount, remainingUses, provisioningKey, enrollmentCertId, enabled, exportable } =
      outputs;
    assert.match(String(name), /^connectors-[0-9a-f]{7}$/);
    assert.equal(key.name, name);
    assert.ok(provisioningKey === key.provisioningKey, "the key's text is an output");
    assert.deepEqual(
      { maxUsage, usageCount, remainingUses, enrollmentCertId, enabled, exportable },
      { maxUsage: 10, usageCount: 0, remainingUses: 10, enrollmentCertId: connector, enabled: true, exportable: true },
    );
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  it("sends every argument of a key, false flags among them, and what is ours alone not", async () => {
    const { id: enrollmentCertId } = world.simulator.addEnrollmentCertificate({ name: "Own CA" });
    const args = keyArgs(world, {
      ...{ name: "Zürich & Bern", maxUsage: "25", enrollmentCertId, enabled: false, exportable: false },
      ...{ ipAcl: ["10.0.0.0/8", "192.0.2.7"], uiConfig: "x", headroom: 3, warnAtPercent: 20, keepers: { a: "1" } },
    });
    const { id, outputs } = await make(provider, "ProvisioningKey", args);
    assert.deepEqual(world.writes.map(({ body }) => body), [
      {
        ...{ name: "Zürich & Bern", maxUsage: "25", enrollmentCertId, zcomponentId: args.zcomponentId },
        ...{ enabled: false, exportable: false, ipAcl: ["10.0.0.0/8", "192.0.2.7"], uiConfig: "x" },
      },
    ]); // prettier-ignore
    assert.equal(outputs.name, "Zürich & Bern");
    assert.ok(outputs.provisioningKey === world.simulator.keys.get(id)!.provisioningKey);
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  it("takes what ZPA leaves out of its answer as it was sent", async () => {
    const { id: enrollmentCertId } = world.simulator.addEnrollmentCertificate({ name: "Own CA" });
    const key = {
      ...{ enrollmentCertId, enabled: false, exportable: false, ipAcl: ["192.0.2.7"], uiConfig: "x" },
      __zpa: { seed: "quiet-0a1b2c3" },
    };
    const credential = { ...credentialArgs(world).USERNAME_PASSWORD, description: "of the team" };
    const live: string[] = [];
    for (const [type, args, table] of [
      ["ProvisioningKey", keyArgs(world, key), provisioningKeyFields],
      ["PrivilegedCredential", credential, privilegedCredentialFields],
    ] as const) {
      const answered = ["name", "maxUsage", "credentialType"];
      const fields = table.map(({ name }) => name).filter((name) => !answered.includes(name));
      world.fault({ kind: "omit", match: { method: "POST" }, fields });
      const made = await make(provider, type, args);
      const { diff } = await plan(provider, made, args);
      assert.deepEqual([diff.changes, diff.replaces], [false, []]);
      live.push(refOf(made));
    }
    await world.assertInvariants({ live });
  });

  it("signs a service edge's key with the certificate Service Edge", async () => {
    const { id, outputs } = await make(provider, "ProvisioningKey", edgeKeyArgs(world));
    assert.equal(outputs.enrollmentCertId, world.simulator.builtInCertificate("Service Edge"));
    assert.equal(world.writes[0]!.path.endsWith(keysPath("SERVICE_EDGE_GRP")), true);
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  it("looks the certificate of each type up once in a process, however many keys there are", async () => {
    const names = ["a", "b", "c"];
    const wanted = names.flatMap((name) => [
      make(provider, "ProvisioningKey", keyArgs(world, { name, __zpa: { seed: `${name}-0` } })),
      make(provider, "ProvisioningKey", edgeKeyArgs(world, { name, __zpa: { seed: `${name}-1` } })),
    ]);
    const keys = await Promise.all(wanted);
    const reads = world.requests.filter(({ method }) => method === "GET");
    assert.equal(reads.filter(({ path }) => path.endsWith("enrollmentCert")).length, 2);
    assert.equal(reads.filter(({ path }) => path.endsWith("provisioningKey")).length, 2, "one look per type and run");
    assert.equal(world.writes.length, 6);
    assert.equal(world.simulator.count({ path: /signin/ }), 1);
    await world.assertInvariants({ live: keys.map(({ id }) => `key ${id}`) });
  });

  it("signs a key with the certificate of its own microtenant, and not with that of the settings", async () => {
    const { simulator } = world;
    const [one, two] = ["one", "two"].map((name) => simulator.addMicrotenant({ name }).id);
    const own = simulator.addEnrollmentCertificate({ name: "Connector", microtenantId: two! });
    const { id: zcomponentId } = simulator.addAppConnectorGroup({ name: "there", microtenantId: two! });
    const there = await world.provider({ env: { ZPA_MICROTENANT_ID: one! } });
    const args = keyArgs(world, { zcomponentId, microtenantId: two! });
    const { id } = await make(there, "ProvisioningKey", args);
    assert.equal(simulator.keys.get(id)!.enrollmentCertId, own.id);
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  it("reads no certificate when the program names one", async () => {
    const enrollmentCertId = world.simulator.builtInCertificate("Connector");
    const { id } = await make(provider, "ProvisioningKey", keyArgs(world, { enrollmentCertId }));
    assert.equal(world.simulator.count({ path: /enrollmentCert/ }), 0);
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  for (const type of ["USERNAME_PASSWORD", "SSH_KEY", "PASSWORD"] as const) {
    it(`makes a credential of type ${type} with one POST of exactly its fields`, async () => {
      const args = { ...credentialArgs(world)[type], description: "of a test" };
      const { id, outputs } = await make(provider, "PrivilegedCredential", args);
      const [post, ...others] = world.writes;
      assert.deepEqual([post!.method, others.length], ["POST", 0]);
      const sent = Object.fromEntries(Object.entries(post!.body!).filter(([, value]) => value !== ""));
      const expected = { ...without(args, "__zpa"), name: outputs.name };
      assert.deepEqual(Object.keys(sent).sort(), Object.keys(expected).sort());
      for (const [field, value] of Object.entries(expected)) assert.ok(sent[field] === value, field);
      const stored = world.simulator.credentials.get(id)!;
      for (const secret of ["password", "privateKey", "passphrase"] as const) {
        assert.ok(stored[secret] === (args as Record<string, unknown>)[secret], secret);
      }
      const last = world.requests.at(-1)!;
      assert.equal(last.method, "POST", "something was asked after the POST");
      await world.assertInvariants({ live: [`credential ${id}`] });
    });
  }

  it("makes objects in the microtenant that they name", async () => {
    const { id: microtenantId } = world.simulator.addMicrotenant({ name: "Scope C" });
    const key = await make(provider, "ProvisioningKey", keyArgs(world, { microtenantId }));
    const credential = await make(provider, "PrivilegedCredential", {
      ...credentialArgs(world).PASSWORD,
      microtenantId,
    });
    for (const write of world.writes) {
      assert.equal(write.microtenantId, microtenantId);
      assert.ok(!("microtenantId" in write.body!), "the microtenant travels as a query parameter");
    }
    assert.equal(world.simulator.keys.get(key.id)!.microtenantId, microtenantId);
    assert.equal(world.simulator.credentials.get(credential.id)!.microtenantId, microtenantId);
    assert.deepEqual([key.outputs.microtenantId, credential.outputs.microtenantId], [microtenantId, microtenantId]);
    await world.assertInvariants({ live: [`key ${key.id}`, `credential ${credential.id}`] });
  });

  it("makes objects in the microtenant of the settings, unless they name another", async () => {
    const { id: home } = world.simulator.addMicrotenant({ name: "Home" });
    const { id: away } = world.simulator.addMicrotenant({ name: "Away" });
    const settled = await world.provider({ env: { ZPA_MICROTENANT_ID: home } });
    const inHome = await make(settled, "ProvisioningKey", keyArgs(world));
    const inAway = await make(settled, "ProvisioningKey", keyArgs(world, { microtenantId: away }));
    const inDefault = await make(settled, "ProvisioningKey", keyArgs(world, { microtenantId: "0" }));
    const placed = [inHome, inAway, inDefault].map(({ id }) => world.simulator.keys.get(id)!.microtenantId);
    assert.deepEqual(placed, [home, away, undefined]);
    assert.deepEqual([inHome, inAway, inDefault].map(({ outputs }) => outputs.microtenantId), [home, away, "0"]); // prettier-ignore
    await world.assertInvariants({ live: [inHome, inAway, inDefault].map(({ id }) => `key ${id}`) });
  });

  it("makes objects of the same name in two microtenants", async () => {
    const { id: microtenantId } = world.simulator.addMicrotenant({ name: "Scope C" });
    world.simulator.addKey({ name: "zurich", zcomponentId: keyArgs(world).zcomponentId as string, microtenantId });
    world.protect();
    const { id } = await make(provider, "ProvisioningKey", keyArgs(world, { name: "zurich" }));
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  it("works through OneAPI as through the legacy API", async () => {
    const blank = Object.fromEntries(Object.keys(world.simulator.legacyEnvironment()).map((name) => [name, ""]));
    const oneApi = await world.provider({ env: { ...blank, ...world.simulator.oneApiEnvironment() } });
    const made = await make(oneApi, "ProvisioningKey", keyArgs(world));
    assert.ok((await refresh(oneApi, made)) !== undefined);
    assert.ok(world.requests.every(({ path }) => path.startsWith("/zpa/")));
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("refuses a name that a foreign key has, with its id and the line to take it over, and leaves it alone", async () => {
    const args = keyArgs(world, { name: "zurich" });
    const foreign = world.simulator.addKey({ name: "zurich", zcomponentId: args.zcomponentId as string });
    world.protect();
    await assert.rejects(make(provider, "ProvisioningKey", args), ({ message }: Error) => {
      assert.match(message, new RegExp(`"zurich" .*${foreign.id}.*adopt: "${foreign.id}"`));
      assert.doesNotMatch(message, /\n/);
      return true;
    });
    assert.equal(world.writes.length, 0);
    await world.assertInvariants();
  });

  it("refuses a name that a foreign credential has just as well, also where the API itself would not", async () => {
    world.simulator.settings.refuseDuplicateNames = false;
    const foreign = world.simulator.addCredential({ name: "jump", password: secretsFor(world).otherPassword });
    world.protect();
    const args = { ...credentialArgs(world).PASSWORD, name: "jump" };
    await assert.rejects(make(provider, "PrivilegedCredential", args), new RegExp(`adopt: "${foreign.id}"`));
    await world.assertInvariants();
  });

  it("takes over what adopt names and brings it to the arguments, with the key's text in the outputs", async () => {
    const args = keyArgs(world, { name: "zurich", maxUsage: 50 });
    const there = world.simulator.addKey({ name: "old name", zcomponentId: args.zcomponentId as string });
    const { id, outputs } = await make(provider, "ProvisioningKey", { ...args, adopt: there.id });
    assert.equal(id, there.id);
    assert.deepEqual(world.writes.map(inWords), [`PUT ${keysPath("CONNECTOR_GRP")}/${id} 204`]);
    assert.deepEqual([there.name, there.maxUsage], ["zurich", "50"]);
    assert.ok(outputs.provisioningKey === there.provisioningKey);
    await world.assertInvariants({ live: [`key ${id}`] });
  });

  it("takes over a credential that adopt names, and writes the program's secret to it", async () => {
    const { otherPassword, password } = secretsFor(world);
    const there = world.simulator.addCredential({ name: "x", credentialType: "PASSWORD", password: otherPassword });
    const { id } = await make(provider, "PrivilegedCredential", { ...credentialArgs(world).PASSWORD, adopt: there.id });
    assert.equal(id, there.id);
    assert.ok(there.password === password, "the secret was written");
    await world.assertInvariants({ live: [`credential ${id}`] });
  });

  it("says so when adopt names nothing", async () => {
    await assert.rejects(
      make(provider, "ProvisioningKey", keyArgs(world, { adopt: "4711" })),
      /no provisioning key 4711/,
    );
    assert.equal(world.writes.length, 0);
    await world.assertInvariants();
  });
});
