import assert from "node:assert/strict";
import type { Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import {
  change,
  credentialArgs,
  keyArgs,
  make,
  type Made,
  plan,
  refresh,
  refusal,
  secretsFor,
  without,
} from "./driver";

const refOf = ({ type, id }: Made) => `${type === "ProvisioningKey" ? "key" : "credential"} ${id}`;

describe("What others do to an object", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("stays through an update of a key that concerns something else", async () => {
    const args = keyArgs(world);
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const stored = world.simulator.keys.get(made.id)!;
    world.simulator.editKey(made.id, { enabled: false, ipAcl: ["192.0.2.1"], uiConfig: "theirs" });
    const requests = await world.requestsOf(async () => {
      const after = await change(await world.provider(), made, { ...args, maxUsage: 20 });
      assert.deepEqual([after.outputs.enabled, after.outputs.ipAcl], [false, ["192.0.2.1"]]);
    });
    assert.deepEqual(
      [stored.maxUsage, stored.enabled, stored.ipAcl, stored.uiConfig],
      ["20", false, ["192.0.2.1"], "theirs"],
    );
    assert.deepEqual(
      requests.map(({ method }) => method),
      ["GET", "PUT"],
    );
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("costs no look where the program sets everything that an update writes", async () => {
    const enrollmentCertId = world.simulator.builtInCertificate("Connector");
    const all = { enrollmentCertId, enabled: true, exportable: true, ipAcl: ["192.0.2.1"], uiConfig: "x" };
    const args = keyArgs(world, all);
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const requests = await world.requestsOf(async () => {
      await change(await world.provider(), made, { ...args, maxUsage: 20 });
    });
    assert.deepEqual(
      requests.map(({ method }) => method),
      ["PUT"],
    );
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("stays through an update of a credential that concerns something else", async () => {
    const args = credentialArgs(world).USERNAME_PASSWORD;
    const made = await make(await world.provider(), "PrivilegedCredential", without(args, "userDomain"));
    const stored = world.simulator.credentials.get(made.id)!;
    world.simulator.editCredential(made.id, { description: "theirs", userDomain: "corp" });
    const password = secretsFor(world).otherPassword;
    await change(await world.provider(), made, { ...without(args, "userDomain"), password });
    assert.deepEqual([stored.description, stored.userDomain], ["theirs", "corp"]);
    assert.ok(stored.password === password);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  for (const type of ["ProvisioningKey", "PrivilegedCredential"] as const) {
    it(`does not keep a ${type} alive that was moved to another microtenant: it is deleted where it is`, async () => {
      const microtenant = world.simulator.addMicrotenant({ name: "Scope C" });
      const args = type === "ProvisioningKey" ? keyArgs(world) : credentialArgs(world).PASSWORD;
      const home = world.simulator.addMicrotenant({ name: "Home" });
      const made = await make(await world.provider(), type, { ...args, microtenantId: home.id });
      if (type === "ProvisioningKey") world.simulator.editKey(made.id, { microtenantId: microtenant.id });
      else world.simulator.editCredential(made.id, { microtenantId: microtenant.id });
      await (await world.provider()).delete(type, made.id, made.outputs);
      await world.assertInvariants();
    });
  }

  it("does not keep a destroy from ending when they delete a key that this run has listed", async () => {
    const keys = ["a", "b"].map((name) => keyArgs(world, { name, __zpa: { seed: `${name}-0` } }));
    const made = await Promise.all(keys.map(async (args) => make(await world.provider(), "ProvisioningKey", args)));
    const provider = await world.provider();
    await Promise.all(made.map((one) => refresh(provider, one)));
    for (const { id } of made) world.simulator.removeKey(id);
    await Promise.all(made.map(({ type, id, outputs }) => provider.delete(type, id, outputs)));
    await world.assertInvariants();
  });

  it("replaces a key with spent uses, though its limit would be too low for the old one", async () => {
    const args = keyArgs(world, { maxUsage: 20 });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const used = { ...made, outputs: { ...made.outputs, usageCount: 13 } };
    const { diff } = await plan(await world.provider(), used, { ...args, maxUsage: 10, keepers: { rotation: "2" } });
    assert.deepEqual(diff.replaces, ["keepers"]);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("does not matter where it is odd: rows that cannot be read are skipped, and their names are taken", async () => {
    const { simulator } = world;
    const args = keyArgs(world, { name: "zurich" });
    const { zcomponentId } = args as { zcomponentId: string };
    simulator.addOddKey({ id: "990001", name: 17, maxUsage: null, zcomponentId });
    simulator.addOddCredential({ id: "990002", name: "odd", credentialType: "PASSKEY", userName: 4 });
    world.protect();
    const key = await make(await world.provider(), "ProvisioningKey", args);
    const credential = await make(await world.provider(), "PrivilegedCredential", credentialArgs(world).PASSWORD);
    const fresh = await world.provider();
    const all = await Promise.all([key, credential].map((made) => refresh(fresh, made)));
    assert.ok(all.every((made) => made !== undefined));
    await world.assertInvariants({ live: [refOf(key), refOf(credential)] });
  });

  it("does not matter to a name that ZPA escapes twice", async () => {
    world.simulator.settings.escapeTexts = "twice";
    const args = { ...credentialArgs(world).PASSWORD, name: "R&D <1>", description: "a & b" };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    assert.deepEqual([made.outputs.name, made.outputs.description], ["R&D <1>", "a & b"]);
    const seen = (await refresh(await world.provider(), made))!;
    assert.equal((await plan(await world.provider(), seen, args)).diff.changes, false);
    const again = { ...args, __zpa: { seed: "other-0a1b2c3" } };
    await assert.rejects(make(await world.provider(), "PrivilegedCredential", again), /"R&D <1>" exists already/);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("does not matter to a credential whose secret is left to them with ignoreChanges", async () => {
    const args = { ...credentialArgs(world).PASSWORD, name: "jump" };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    const seen = (await refresh(await world.provider(), made))!;
    world.simulator.editCredential(made.id, { password: secretsFor(world).otherPassword }, { resetSecret: true });
    const reset = (await refresh(await world.provider(), seen))!;
    assert.equal("password" in reset.inputs, false);
    // the engine puts the old input in place of the program's: there is none
    const ignoring = without(args, "password");
    const first = await plan(await world.provider(), reset, ignoring);
    assert.equal(first.diff.changes, false);
    const second = await plan(await world.provider(), { ...reset, inputs: first.inputs }, ignoring);
    assert.equal(second.diff.changes, false);
    const described = await change(
      await world.provider(),
      { ...reset, inputs: first.inputs },
      { ...ignoring, description: "d" },
    );
    assert.ok(world.simulator.credentials.get(made.id)!.password === secretsFor(world).otherPassword);
    assert.equal(described.outputs.description, "d");
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("fails a run that asks for it when a key has no uses left", async () => {
    const args = keyArgs(world, { maxUsage: 2, failWhenExhausted: true });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const spent = { ...made, outputs: { ...made.outputs, usageCount: 2, remainingUses: 0 } };
    const fresh = await world.provider();
    await assert.rejects(plan(fresh, spent, args), /no uses left \(2 of 2\).*headroom/);
    assert.equal((await plan(fresh, spent, { ...args, failWhenExhausted: false })).diff.changes, true);
    assert.equal((await plan(fresh, spent, { ...args, maxUsage: 5 })).diff.changes, true);
    await world.assertInvariants({ live: [refOf(made)] });
  });
});

describe("What means the same", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  for (const type of ["ProvisioningKey", "PrivilegedCredential"] as const) {
    const argsOf = (): Properties => (type === "ProvisioningKey" ? keyArgs(world) : credentialArgs(world).PASSWORD);

    it(`is the Default microtenant of a ${type}, written or not`, async () => {
      const made = await make(await world.provider(), type, argsOf());
      const fresh = await world.provider();
      assert.equal((await plan(fresh, made, { ...argsOf(), microtenantId: "0" })).diff.changes, false);
      const written = await make(fresh, type, { ...argsOf(), microtenantId: "0", __zpa: { seed: "other-0a1b2c3" } });
      const args = { ...argsOf(), __zpa: { seed: "other-0a1b2c3" } };
      assert.equal((await plan(fresh, written, args)).diff.changes, false);
    });

    it(`is the microtenant of the settings for a ${type}, written or not`, async () => {
      const { id } = world.simulator.addMicrotenant({ name: "Home" });
      const env = { ZPA_MICROTENANT_ID: id };
      const made = await make(await world.provider({ env }), type, argsOf());
      const fresh = await world.provider({ env });
      assert.equal((await plan(fresh, made, { ...argsOf(), microtenantId: id })).diff.changes, false);
    });
  }

  it("is a list of addresses in any order", async () => {
    const made = await make(
      await world.provider(),
      "ProvisioningKey",
      keyArgs(world, { ipAcl: ["10.0.0.1", "10.0.0.2"] }),
    );
    const turned = keyArgs(world, { ipAcl: ["10.0.0.2", "10.0.0.1"] });
    assert.equal((await plan(await world.provider(), made, turned)).diff.changes, false);
  });

  it("is not a keeper that holds an object with another value", async () => {
    const keepers = (version: number) => keyArgs(world, { keepers: { image: { id: "ami", version } } });
    const made = await make(await world.provider(), "ProvisioningKey", keepers(1));
    assert.equal((await plan(await world.provider(), made, keepers(1))).diff.changes, false);
    assert.deepEqual((await plan(await world.provider(), made, keepers(2))).diff.replaces, ["keepers"]);
  });

  it("is not a field that replaceOnChanges names", async () => {
    const args = keyArgs(world);
    const made = await make(await world.provider(), "ProvisioningKey", args);
    const notes = { seed: "connectors-0a1b2c3", replaceOn: ["maxUsage"] };
    const { diff } = await plan(await world.provider(), made, { ...args, maxUsage: 20, __zpa: notes });
    assert.deepEqual(diff.replaces, ["maxUsage"]);
    assert.deepEqual(
      (await plan(await world.provider(), made, { ...args, enabled: false, __zpa: notes })).diff.replaces,
      [],
    );
  });

  it("is the limit that headroom asks for at creation, and at the next up", async () => {
    const args = keyArgs(world, { maxUsage: 3, headroom: 8 });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    assert.equal(world.simulator.keys.get(made.id)!.maxUsage, "8");
    assert.equal((await plan(await world.provider(), made, args)).diff.changes, false);
  });

  it("is a password with blanks around it, and they are kept", async () => {
    const password = ` ${secretsFor(world).otherPassword} `;
    const made = await make(await world.provider(), "PrivilegedCredential", {
      ...credentialArgs(world).PASSWORD,
      password,
    });
    assert.ok(world.simulator.credentials.get(made.id)!.password === password);
  });
});

describe("Another tenant in the settings", () => {
  let home: World;
  let other: World;
  beforeEach(async () => {
    home = await World.start();
    other = await World.start({ simulator: { customerId: "288230376151711744" } });
  });
  afterEach(() => Promise.all([home.close(), other.close()]));

  for (const type of ["ProvisioningKey", "PrivilegedCredential"] as const) {
    it(`is told in plain words for a ${type}, before any call, and never taken for gone`, async () => {
      const args = type === "ProvisioningKey" ? keyArgs(home) : credentialArgs(home).PASSWORD;
      const made = await make(await home.provider(), type, args);
      const wrong = await other.provider();
      const words = /belongs to a different ZPA tenant.*Configure the customer id/;
      const { inputs } = await wrong.check(type, made.inputs, args);
      await assert.rejects(wrong.diff(type, made.id, made.outputs, inputs), words);
      await assert.rejects(wrong.read(type, made.id, made.outputs), words);
      await assert.rejects(wrong.update(type, made.id, made.outputs, inputs), words);
      await assert.rejects(wrong.delete(type, made.id, made.outputs), words);
      assert.deepEqual(other.requests, []);
      assert.equal((await plan(await home.provider(), made, args)).diff.changes, false);
      await home.assertInvariants({ live: [`${type === "ProvisioningKey" ? "key" : "credential"} ${made.id}`] });
    });
  }

  it("is told for OneAPI, whose token names the tenant", async () => {
    const blank = Object.fromEntries(Object.keys(home.simulator.legacyEnvironment()).map((name) => [name, ""]));
    const made = await make(await home.provider(), "ProvisioningKey", keyArgs(home));
    const same = await home.provider({ env: { ...blank, ...home.simulator.oneApiEnvironment() } });
    assert.ok((await refresh(same, made)) !== undefined, "the same tenant, by another kind of credential");
    const wrong = await other.provider({ env: { ...blank, ...other.simulator.oneApiEnvironment() } });
    await assert.rejects(wrong.read("ProvisioningKey", made.id, made.outputs), /a different ZPA tenant/);
    // what replaces the object would be created before the old one is deleted
    const keepers = { rotation: "2" };
    const unread = await other.provider({
      env: { ...blank, ...other.simulator.oneApiEnvironment(), ZPA_CUSTOMER_ID: "" },
    });
    assert.deepEqual((await plan(unread, made, keyArgs(home, { keepers }))).diff.replaces, ["keepers"]);
    await assert.rejects(make(unread, "ProvisioningKey", keyArgs(home, { keepers })), /a different ZPA tenant/);
    assert.deepEqual(other.writes, []);
    await home.assertInvariants({ live: [`key ${made.id}`] });
  });
});

describe("A microtenant that the settings name", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("is another place for a name than Default", async () => {
    const { id } = world.simulator.addMicrotenant({ name: "Home" });
    const provider = await world.provider({ env: { ZPA_MICROTENANT_ID: id } });
    const inHome = keyArgs(world, { name: "zurich" });
    const inDefault = { ...inHome, microtenantId: "0", __zpa: { seed: "other-0a1b2c3" } };
    const keys = [await make(provider, "ProvisioningKey", inHome), await make(provider, "ProvisioningKey", inDefault)];
    const twice = { ...inHome, microtenantId: id, __zpa: { seed: "third-0a1b2c3" } };
    await refusal(provider.check("ProvisioningKey", {}, twice), "name", /is also used by resource "connectors"/);
    await world.assertInvariants({ live: keys.map((key) => refOf(key)) });
  });

  it("is told where it stands in the environment and is not used, because the API client stands elsewhere", async () => {
    const { ZPA_CLIENT_ID, ZPA_CLIENT_SECRET, ZPA_CUSTOMER_ID, ...blank } = world.simulator.legacyEnvironment();
    const config = {
      "zpa:zpaClientId": ZPA_CLIENT_ID!,
      "zpa:zpaClientSecret": ZPA_CLIENT_SECRET!,
      "zpa:zpaCustomerId": ZPA_CUSTOMER_ID!,
      "zpa:baseUrl": world.simulator.url,
    };
    const env = { ...Object.fromEntries(Object.keys(blank).map((name) => [name, ""])), ZPA_MICROTENANT_ID: "11" };
    const provider = await world.provider({ env, config });
    const made = await make(provider, "ProvisioningKey", keyArgs(world));
    await provider.kill();
    assert.match(
      provider.output(),
      /^zpa: warning: ZPA_MICROTENANT_ID in the environment is not used.*pulumi config set zpa:microtenantId/m,
    );
    await world.assertInvariants({ live: [refOf(made)] });
  });
});

describe("Getting what is managed elsewhere", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("fails for what is not there, of the other kind, or in another microtenant than the id says", async () => {
    const microtenant = world.simulator.addMicrotenant({ name: "Scope C" });
    const { zcomponentId } = keyArgs(world);
    const key = world.simulator.addKey({ name: "theirs", zcomponentId: zcomponentId as string });
    const credential = world.simulator.addCredential({ name: "theirs", credentialType: "PASSWORD" });
    world.protect();
    const provider = await world.provider();
    const get = (type: "ProvisioningKey" | "PrivilegedCredential", id: string, hints: Properties = {}) =>
      provider.read(type, id, hints);
    assert.equal((await get("ProvisioningKey", key.id)).id, key.id);
    for (const id of [
      "4711",
      credential.id,
      `SERVICE_EDGE_GRP/${key.id}`,
      `${microtenant.id}/CONNECTOR_GRP/${key.id}`,
    ]) {
      await assert.rejects(get("ProvisioningKey", id), /There is no provisioning key .*Check the id/);
    }
    await assert.rejects(
      get("ProvisioningKey", key.id, { microtenantId: microtenant.id }),
      /There is no provisioning key/,
    );
    await assert.rejects(get("PrivilegedCredential", key.id), /There is no privileged credential/);
    await world.assertInvariants();
  });

  it("forgets it at a refresh when it has gone meanwhile", async () => {
    const { zcomponentId } = keyArgs(world);
    const key = world.simulator.addKey({ name: "theirs", zcomponentId: zcomponentId as string });
    const { props } = await (await world.provider()).read("ProvisioningKey", key.id, {});
    world.simulator.removeKey(key.id);
    assert.equal((await (await world.provider()).read("ProvisioningKey", key.id, props)).id, "");
  });
});
