import assert from "node:assert/strict";
import type { Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import { argsOf, credentialArgs, keyArgs, make, plan, refusal, type Resource, resources } from "./driver";

describe("Adopting", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  /** Nothing is written, and the error is one sentence that names the field. */
  async function assertRefused(type: Resource, args: Properties, reason: RegExp): Promise<void> {
    world.protect();
    await assert.rejects(make(await world.provider(), type, args), ({ message }: Error) => {
      assert.match(message, reason);
      return true;
    });
    assert.deepEqual(world.writes, []);
    await world.assertInvariants();
  }

  it("refuses a key of another group, and names both", async () => {
    const { zcomponentId } = keyArgs(world);
    const other = world.simulator.addAppConnectorGroup({ name: "Other" });
    const there = world.simulator.addKey({ name: "zurich", zcomponentId: other.id });
    const reason = new RegExp(`"zurich" \\(${there.id}\\).*zcomponentId is "${other.id}".*"${zcomponentId as string}"`);
    await assertRefused("ProvisioningKey", keyArgs(world, { adopt: there.id }), reason);
  });

  it("refuses a key of the other type", async () => {
    const edges = world.simulator.addServiceEdgeGroup({ name: "Edges" });
    const there = world.simulator.addKey({
      name: "edge",
      associationType: "SERVICE_EDGE_GRP",
      zcomponentId: edges.id,
    });
    await assertRefused(
      "ProvisioningKey",
      keyArgs(world, { adopt: there.id }),
      /its associationType is "SERVICE_EDGE_GRP"/,
    );
  });

  it("refuses a key that is not exportable, whose text nobody can read", async () => {
    const { zcomponentId } = keyArgs(world);
    const there = world.simulator.addKey({
      name: "zurich",
      zcomponentId: zcomponentId as string,
      exportable: false,
    });
    const args = { adopt: there.id, exportable: false };
    await assertRefused("ProvisioningKey", keyArgs(world, args), /"zurich" is not exportable/);
    const more = { ...args, keepers: { rotation: "1" } };
    await assertRefused("ProvisioningKey", keyArgs(world, more), /"zurich" is not exportable/);
  });

  it("refuses a key that is spent where failWhenExhausted says so, also with keepers", async () => {
    const { zcomponentId } = keyArgs(world);
    const there = world.simulator.addKey({ name: "zurich", zcomponentId: zcomponentId as string, maxUsage: "1" });
    world.simulator.enroll(there.provisioningKey);
    const args = { adopt: there.id, maxUsage: 1, failWhenExhausted: true, keepers: { rotation: "1" } };
    await assertRefused("ProvisioningKey", keyArgs(world, args), /"zurich" has no uses left \(1 of 1\)/);
  });

  it("says that adopt has to go where the adopted object was replaced", async () => {
    const args = credentialArgs(world).PASSWORD;
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    const provider = await world.provider();
    const { diff } = await plan(provider, made, { ...args, adopt: "4711" });
    assert.equal(diff.changes, false);
    await provider.kill();
    assert.match(provider.output(), new RegExp(`"jump" holds .* ${made.id} and does not take 4711 over: adopt counts`));
    // as after pulumi up --replace
    await assert.rejects(
      make(await world.provider(), "PrivilegedCredential", { ...args, adopt: "4711" }),
      /has been replaced since.* remove adopt/,
    );
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });

  it("is seen as it has become by what reads the object later in the same run", async () => {
    const there = world.simulator.addKey({ name: "old", zcomponentId: keyArgs(world).zcomponentId as string });
    world.protect(`key ${there.id}`);
    const provider = await world.provider();
    const made = await make(provider, "ProvisioningKey", keyArgs(world, { name: "zurich", adopt: there.id }));
    const { props } = await provider.read("ProvisioningKey", made.id, made.outputs);
    assert.equal(props.name, "zurich");
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("refuses two resources of one program that adopt the same key", async () => {
    const args = keyArgs(world, { adopt: "4711" });
    const provider = await world.provider();
    assert.deepEqual((await provider.check("ProvisioningKey", {}, args)).failures, []);
    const other = { ...args, __zpa: { seed: "other-0a1b2c3" } };
    await refusal(provider.check("ProvisioningKey", {}, other), "adopt", /is also used by resource "connectors"/);
    assert.deepEqual((await provider.check("PrivilegedCredential", {}, { ...credentialArgs(world).PASSWORD, adopt: "4711" })).failures, []); // prettier-ignore
  });

  it("refuses a limit below the uses that are spent", async () => {
    const { zcomponentId } = keyArgs(world);
    const there = world.simulator.addKey({
      name: "zurich",
      zcomponentId: zcomponentId as string,
      maxUsage: "20",
      usageCount: "13",
    });
    await assertRefused("ProvisioningKey", keyArgs(world, { adopt: there.id }), /maxUsage.* 10.* 13 machines/);
  });

  for (const type of resources) {
    it(`refuses a ${type} of another microtenant, and says where it is`, async () => {
      const microtenant = world.simulator.addMicrotenant({ name: "Scope C" });
      const args = argsOf(world, type);
      const elsewhere = { name: "there", microtenantId: microtenant.id };
      const add: Record<Resource, () => { id: string }> = {
        ProvisioningKey: () => world.simulator.addKey({ ...elsewhere, zcomponentId: args.zcomponentId as string }),
        PrivilegedCredential: () => world.simulator.addCredential({ ...elsewhere, userName: "svc" }),
        AppConnectorGroup: () => world.simulator.addAppConnectorGroup(elsewhere),
        ServiceEdgeGroup: () => world.simulator.addServiceEdgeGroup(elsewhere),
      };
      const { id } = add[type]();
      await assertRefused(
        type,
        { ...args, adopt: id },
        new RegExp(`microtenantId is "${microtenant.id}", and the program leaves it out`),
      );
    });
  }

  it("refuses a credential of another type", async () => {
    const there = world.simulator.addCredential({ name: "jump", credentialType: "SSH_KEY", userName: "svc" });
    const args = { ...credentialArgs(world).PASSWORD, adopt: there.id };
    await assertRefused("PrivilegedCredential", args, /its credentialType is "SSH_KEY".*"PASSWORD"/);
  });

  it("raises the limit of a key as headroom asks, and counts what remains", async () => {
    const { zcomponentId } = keyArgs(world);
    const there = world.simulator.addKey({
      name: "zurich",
      zcomponentId: zcomponentId as string,
      maxUsage: "20",
      usageCount: "18",
    });
    const args = keyArgs(world, { adopt: there.id, headroom: 5 });
    const made = await make(await world.provider(), "ProvisioningKey", args);
    assert.deepEqual([made.outputs.maxUsage, made.outputs.remainingUses], [23, 5]);
    assert.equal(there.maxUsage, "23");
    assert.equal((await plan(await world.provider(), made, args)).diff.changes, false);
    await world.assertInvariants({ live: [`key ${there.id}`] });
  });

  it("keeps what others have set where the program says nothing", async () => {
    const { zcomponentId } = keyArgs(world);
    const there = world.simulator.addKey({
      name: "zurich",
      zcomponentId: zcomponentId as string,
      enabled: false,
      ipAcl: ["192.0.2.1"],
    });
    const made = await make(
      await world.provider(),
      "ProvisioningKey",
      keyArgs(world, { adopt: there.id, maxUsage: 50 }),
    );
    assert.deepEqual([there.enabled, there.ipAcl, there.name, there.maxUsage], [false, ["192.0.2.1"], "zurich", "50"]);
    assert.deepEqual([made.outputs.enabled, made.outputs.name], [false, "zurich"]);
    await world.assertInvariants({ live: [`key ${there.id}`] });
  });
});
