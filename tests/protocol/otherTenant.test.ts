import assert from "node:assert/strict";
import { World } from "../harness/world";
import { argsOf, keyArgs, make, plan, refOf, refresh, refusal, resources } from "./driver";

describe("Another tenant in the settings", () => {
  let home: World;
  let other: World;
  beforeEach(async () => {
    home = await World.start();
    other = await World.start({ simulator: { customerId: "288230376151711744" } });
  });
  afterEach(() => Promise.all([home.close(), other.close()]));

  for (const type of resources) {
    it(`is told in plain words for a ${type}, before any call, and never taken for gone`, async () => {
      const args = argsOf(home, type);
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
      await home.assertInvariants({ live: [refOf(made)] });
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

describe("A tenant that only the token names", () => {
  it("gets no new object while those of the stack belong to another one", async () => {
    const home = await World.start();
    const other = await World.start({ simulator: { customerId: "288230376151711744" } });
    try {
      const made = await make(await home.provider(), "ProvisioningKey", keyArgs(home));
      const blank = Object.fromEntries(Object.keys(other.simulator.legacyEnvironment()).map((name) => [name, ""]));
      const provider = await other.provider({
        env: { ...blank, ...other.simulator.oneApiEnvironment(), ZPA_CUSTOMER_ID: "" },
      });
      assert.equal((await plan(provider, made, keyArgs(home))).diff.changes, false);
      await assert.rejects(
        make(provider, "ProvisioningKey", keyArgs(other, { __zpa: { seed: "new-0a1b2c3" } })),
        /belongs to a different ZPA tenant/,
      );
      assert.equal(other.simulator.keys.size, 0);
      await home.assertInvariants({ live: [refOf(made)] });
    } finally {
      await Promise.all([home.close(), other.close()]);
    }
  });
});
