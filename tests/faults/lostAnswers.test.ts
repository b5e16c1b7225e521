import assert from "node:assert/strict";
import { describe as inWords } from "../harness/invariants";
import type { ProviderProcess, Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import type { FaultKind } from "../simulator";
import { change, credentialArgs, groupArgs, keyArgs, make, refOf, type Resource, secretsFor } from "../protocol/driver";

const creation = { method: "POST", path: /\/(?:provisioningKey|credential|appConnectorGroup|serviceEdgeGroup)$/ };

describe("Answers that are lost", () => {
  let world: World;
  let provider: ProviderProcess;
  beforeEach(async () => {
    world = await World.start({ env: { ZPA_REQUEST_TIMEOUT: "0.5" } });
    provider = await world.provider();
  });
  afterEach(() => world.close());

  const resources: [what: string, Resource, args: () => Properties][] = [
    ["a key", "ProvisioningKey", () => keyArgs(world)],
    ["a key that is not exportable", "ProvisioningKey", () => keyArgs(world, { exportable: false })],
    ["a key with a name of its own", "ProvisioningKey", () => keyArgs(world, { name: "zurich & bern" })],
    ["a credential", "PrivilegedCredential", () => credentialArgs(world).USERNAME_PASSWORD],
    ["an App Connector Group", "AppConnectorGroup", () => groupArgs()],
    ["a Service Edge Group", "ServiceEdgeGroup", () => groupArgs({ name: "zurich & bern" })],
  ];

  async function assertMadeOnce(type: Resource, id: string, outputs: Properties): Promise<void> {
    if (type === "ProvisioningKey") {
      assert.ok(outputs.provisioningKey === world.simulator.keys.get(id)!.provisioningKey, "the key's text is known");
    }
    await world.assertInvariants({ live: [refOf({ type, id })] });
  }

  const losses: [how: string, kind: FaultKind, status?: number][] = [
    ["the connection is reset after ZPA has made it", "resetAfterCommit"],
    ["the connection is reset before ZPA has made it", "resetBeforeCommit"],
    ["ZPA makes it and never answers", "hangAfterCommit"],
    ["ZPA does nothing and never answers", "hang"],
    ["ZPA makes it and answers 503", "statusAfterCommit", 503],
    ["ZPA makes it and answers 500", "statusAfterCommit", 500],
    ["ZPA does nothing and answers 502", "status", 502],
  ];
  for (const [how, kind, status] of losses) {
    for (const [what, type, args] of resources) {
      it(`makes ${what} once where ${how}`, async () => {
        const fault = world.fault({ kind, match: creation, ...(status === undefined ? {} : { status }) });
        const { id, outputs } = await make(provider, type, args());
        assert.equal(fault.fired, 1);
        await assertMadeOnce(type, id, outputs);
      });
    }
  }

  for (const [what, type, args] of resources) {
    it(`makes ${what} once where ZPA has made it, and a proxy answers in HTML`, async () => {
      world.fault({ kind: "body", body: "<html>Please sign in</html>", match: creation });
      const { id, outputs } = await make(provider, type, args());
      await assertMadeOnce(type, id, outputs);
    });
  }

  it("makes it once also where ZPA itself would take the name twice", async () => {
    world.simulator.settings.refuseDuplicateNames = false;
    world.fault({ kind: "resetAfterCommit", match: creation });
    const { id, outputs } = await make(provider, "ProvisioningKey", keyArgs(world));
    await assertMadeOnce("ProvisioningKey", id, outputs);
  });

  it("gives up after two requests that were lost, and the next run makes it once", async () => {
    const fault = world.fault({ kind: "resetBeforeCommit", times: 2, match: creation });
    await assert.rejects(make(provider, "ProvisioningKey", keyArgs(world)), /may or may not have been carried out/);
    assert.equal(fault.fired, 2);
    const { id, outputs } = await make(await world.provider(), "ProvisioningKey", keyArgs(world));
    await assertMadeOnce("ProvisioningKey", id, outputs);
  });

  it("takes the one over that an earlier run has made, where even the look for it failed", async () => {
    world.fault({ kind: "resetAfterCommit", match: creation });
    const looks = { method: "GET", path: /provisioningKey$/, nth: 2 };
    world.fault({ kind: "status", status: 403, body: { id: "authz.denied", reason: "No." }, match: looks });
    await assert.rejects(make(provider, "ProvisioningKey", keyArgs(world)), /403/);
    const posts = world.writes.length;
    const { id, outputs } = await make(await world.provider(), "ProvisioningKey", keyArgs(world));
    assert.equal(world.writes.length, posts, "nothing is made a second time");
    await assertMadeOnce("ProvisioningKey", id, outputs);
  });

  it("waits as long as a 429 asks before it sends the create again", async () => {
    const asked = { status: 429, headers: { "retry-after": "2s" }, body: { id: "invalid.toomanyrequests" } };
    world.fault({ kind: "status", ...asked, match: creation });
    const { id, outputs } = await make(provider, "ProvisioningKey", keyArgs(world));
    const [first, second] = world.writes;
    assert.ok(second!.at - first!.at >= 2000);
    await assertMadeOnce("ProvisioningKey", id, outputs);
  });

  describe("of a key that is not exportable and has lost its text with them", () => {
    /** A run that dies when ZPA has made the key. */
    async function orphan() {
      const fault = world.fault({ kind: "pauseAfterCommit", match: creation });
      const creating = assert.rejects(make(provider, "ProvisioningKey", keyArgs(world, { exportable: false })));
      await fault.waitUntilFired();
      await provider.kill();
      await creating;
      fault.clear();
      const [key] = world.simulator.keys.values();
      return key!;
    }

    it("makes it anew when no machine has used it", async () => {
      const lost = await orphan();
      const next = await world.provider();
      const { id, outputs } = await make(next, "ProvisioningKey", keyArgs(world, { exportable: false }));
      assert.notEqual(id, lost.id);
      await assertMadeOnce("ProvisioningKey", id, outputs);
    });

    it("leaves it alone when a machine has, says so, and creates another one", async () => {
      const lost = await orphan();
      world.simulator.enroll(lost.provisioningKey);
      const next = await world.provider();
      const { id, outputs } = await make(next, "ProvisioningKey", keyArgs(world, { exportable: false }));
      assert.notEqual(id, lost.id);
      assert.notEqual(outputs.name, lost.name);
      await next.kill();
      assert.match(
        next.output(),
        new RegExp(`warning: provisioning key "${lost.name}" \\(id ${lost.id}\\) exists already`),
      );
      await world.assertInvariants({ live: [`key ${lost.id}`, `key ${id}`] });
    });
  });

  it("sends a change again whose answer was lost", async () => {
    const key = await make(provider, "ProvisioningKey", keyArgs(world));
    const args = credentialArgs(world).PASSWORD;
    const credential = await make(provider, "PrivilegedCredential", args);
    world.fault({ kind: "resetAfterCommit", match: { method: "PUT", path: /provisioningKey/ } });
    world.fault({ kind: "hangAfterCommit", match: { method: "PUT", path: /credential/ } });
    await change(provider, key, keyArgs(world, { maxUsage: 30 }));
    await change(provider, credential, { ...args, password: secretsFor(world).otherPassword });
    assert.equal(world.simulator.keys.get(key.id)!.maxUsage, "30");
    assert.ok(world.simulator.credentials.get(credential.id)!.password === secretsFor(world).otherPassword);
    await world.assertInvariants({ live: [`key ${key.id}`, `credential ${credential.id}`] });
  });

  for (const kind of ["resetAfterCommit", "resetBeforeCommit", "hangAfterCommit", "statusAfterCommit"] as const) {
    it(`moves a credential once where the move ends with ${kind}`, async () => {
      const { id: microtenantId } = world.simulator.addMicrotenant({ name: "Scope C" });
      const args = credentialArgs(world).PASSWORD;
      const made = await make(provider, "PrivilegedCredential", args);
      world.fault({ kind, match: { path: /\/move$/ } });
      const after = await change(provider, made, { ...args, microtenantId });
      assert.equal(world.simulator.credentials.get(made.id)!.microtenantId, microtenantId);
      assert.equal(after.outputs.microtenantId, microtenantId);
      await world.assertInvariants({ live: [`credential ${made.id}`] });
    });
  }

  for (const kind of ["resetAfterCommit", "resetBeforeCommit", "hangAfterCommit", "statusAfterCommit"] as const) {
    it(`deletes where the delete ends with ${kind}`, async () => {
      const { id, outputs } = await make(provider, "ProvisioningKey", keyArgs(world));
      world.fault({ kind, match: { method: "DELETE" } });
      await (await world.provider()).delete("ProvisioningKey", id, outputs);
      assert.ok(world.writes.map(inWords).at(-1)!.startsWith("DELETE"));
      await world.assertInvariants();
    });
  }
});
