import assert from "node:assert/strict";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import { World } from "../harness/world";
import { secretsFor } from "../protocol/driver";

const onceRefused = { status: 403, body: {} };

describe("What is half done when ZPA fails, on the genuine engine", function () {
  this.timeout(120_000);
  needsEngine();

  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.close());

  it("is kept in state: a key whose text could not be read gets it with the next up, from the same object", async () => {
    const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
    const stack = await world.stack(async () => {
      const args = { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 5 } as const;
      return { text: new zpa.ProvisioningKey("connectors", args).provisioningKey };
    });
    world.simulator.createAnswerWithoutText();
    world.fault({ kind: "status", ...onceRefused, match: { method: "GET", path: /provisioningKey\/\d+$/ } });
    await assert.rejects(stack.up(), /403 reading provisioning key/);
    const [key] = world.simulator.keys.values();

    const { outputs } = await stack.up();
    assert.ok(outputs.text!.value === key!.provisioningKey, "the text is that of the key");
    assert.equal(outputs.text!.secret, true);
    assert.deepEqual(
      world.writes.map(({ method }) => method),
      ["POST"],
    );
    await world.assertInvariants();
    await stack.destroy();
    await world.assertInvariants();
  });

  it("is replaced where replaceOnChanges lists every change, though it has a name of its own, and a destroy leaves nothing", async () => {
    const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
    world.protect();
    const stack = await world.stack(async () => {
      const args = { name: "zurich", associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 5 } as const;
      new zpa.ProvisioningKey("connectors", args, { replaceOnChanges: ["*"] });
    });
    world.simulator.createAnswerWithoutText();
    world.fault({ kind: "status", ...onceRefused, match: { method: "GET", path: /provisioningKey\/\d+$/ } });
    await assert.rejects(stack.up(), /403 reading provisioning key/);

    await stack.up();
    assert.equal(world.simulator.keys.size, 1);
    await world.assertInvariants();
    await stack.destroy();
    assert.equal(world.simulator.keys.size, 0);
    await world.assertInvariants();
  });

  it("is kept in state: a credential that has moved and not changed is changed where it is", async () => {
    const { password } = secretsFor(world);
    const microtenant = world.simulator.addMicrotenant({ name: "EMEA" });
    const args = { credentialType: "USERNAME_PASSWORD", userName: "svc", password } as const;
    const stack = await world.stack(async () => {
      new zpa.PrivilegedCredential("jump", args);
    });
    await stack.up();
    const [id] = world.simulator.credentials.keys();
    stack.setProgram(async () => {
      new zpa.PrivilegedCredential("jump", { ...args, userName: "svc2", microtenantId: microtenant.id });
    });
    world.fault({ kind: "status", ...onceRefused, match: { method: "PUT", path: /credential\/\d+$/ } });
    await assert.rejects(stack.up(), /403/);
    assert.equal(world.simulator.credentials.get(id!)!.microtenantId, microtenant.id);

    await stack.up();
    assert.equal(world.simulator.credentials.get(id!)!.userName, "svc2");
    assert.equal(world.writes.filter(({ path }) => path.includes("/move")).length, 1, "it is moved once");
    await world.assertInvariants();
    await stack.destroy();
    await world.assertInvariants();
  });
});
