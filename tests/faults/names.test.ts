import assert from "node:assert/strict";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import { World } from "../harness/world";
import { secretsFor } from "../protocol/driver";

describe("Names that are taken, on the genuine engine", function () {
  this.timeout(120_000);
  needsEngine();

  let world: World;
  let key: Pick<zpa.ProvisioningKeyArgs, "zcomponentId" | "maxUsage"> & { associationType: "CONNECTOR_GRP" };
  beforeEach(async () => {
    world = await World.start();
    const { id: zcomponentId } = world.simulator.addAppConnectorGroup({ name: "A" });
    key = { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage: 10 };
  });
  afterEach(() => world.close());

  it("refuses a name that a foreign object has, with its id and the line to take it over, until that line is there", async () => {
    const { password, otherPassword } = secretsFor(world);
    const foreignKey = world.simulator.addKey({ name: "zurich", zcomponentId: key.zcomponentId as string });
    const foreignLogin = world.simulator.addCredential({
      ...{ name: "jump", credentialType: "PASSWORD", password: otherPassword },
    });
    world.protect();
    const adopt: { key?: string; login?: string } = {};
    const stack = await world.stack(async () => {
      const taken = adopt.key === undefined ? {} : { adopt: adopt.key };
      new zpa.ProvisioningKey("key", { ...key, name: "zurich", maxUsage: 25, ...taken });
      new zpa.PrivilegedCredential("login", {
        ...{ credentialType: "PASSWORD", name: "jump", password },
        ...(adopt.login === undefined ? {} : { adopt: adopt.login }),
      });
    });
    // one failure ends a run, so that each is asked for by itself
    const refused = async (urn: string, id: string) => {
      const run = stack.up({ target: [`urn:pulumi:test::harness::pulumi-nodejs:dynamic/zpa:${urn}`] });
      await assert.rejects(run, new RegExp(`exists already \\(id ${id}\\).*aliases.*adopt: "${id}"`));
    };
    await refused("ProvisioningKey::key", foreignKey.id);
    await refused("PrivilegedCredential::login", foreignLogin.id);
    assert.equal(world.writes.length, 0);
    await world.assertInvariants();

    Object.assign(adopt, { key: foreignKey.id, login: foreignLogin.id });
    world.protect(`key ${foreignKey.id}`, `credential ${foreignLogin.id}`);
    await stack.up();
    assert.equal(foreignKey.maxUsage, "25");
    assert.ok(foreignLogin.password === password);
    await world.assertInvariants();
    for (const name of ["key", "login"] as const) delete adopt[name];
    assert.equal((await stack.up()).changeSummary.update, 0, "taking the line away again changes nothing");
    await world.assertInvariants();
  });

  it("says at preview which resource asks for the same name, and asks ZPA nothing", async () => {
    const stack = await world.stack(async () => {
      const first = new zpa.ProvisioningKey("first", { ...key, name: "zurich" });
      new zpa.ProvisioningKey("second", { ...key, name: "zurich" }, { dependsOn: first });
    });
    await assert.rejects(stack.preview(), /resource 'second' has a problem: name is also used by resource "first"/);
    assert.deepEqual(world.simulator.log, []);
    await assert.rejects(stack.up());
    const { resources } = (await stack.exportState()).deployment as { resources: { type: string }[] };
    assert.equal(resources.filter(({ type }) => type.endsWith("ProvisioningKey")).length, world.simulator.keys.size);
    await stack.destroy();
    await world.assertInvariants();
  });
});
