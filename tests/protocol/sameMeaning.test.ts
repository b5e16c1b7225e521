import assert from "node:assert/strict";
import { World } from "../harness/world";
import { argsOf, credentialArgs, keyArgs, make, plan, resources, secretsFor } from "./driver";

describe("What means the same", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  for (const type of resources) {
    it(`is the Default microtenant of a ${type}, written or not`, async () => {
      const made = await make(await world.provider(), type, argsOf(world, type));
      const fresh = await world.provider();
      assert.equal((await plan(fresh, made, { ...argsOf(world, type), microtenantId: "0" })).diff.changes, false);
      const written = await make(fresh, type, {
        ...argsOf(world, type),
        microtenantId: "0",
        __zpa: { seed: "other-0a1b2c3" },
      });
      const args = { ...argsOf(world, type), __zpa: { seed: "other-0a1b2c3" } };
      assert.equal((await plan(fresh, written, args)).diff.changes, false);
    });

    it(`is the microtenant of the settings for a ${type}, written or not`, async () => {
      const { id } = world.simulator.addMicrotenant({ name: "Home" });
      const env = { ZPA_MICROTENANT_ID: id };
      const made = await make(await world.provider({ env }), type, argsOf(world, type));
      const fresh = await world.provider({ env });
      assert.equal((await plan(fresh, made, { ...argsOf(world, type), microtenantId: id })).diff.changes, false);
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
