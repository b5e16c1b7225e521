import assert from "node:assert/strict";
import * as zpa from "pulumi-zpa-dynamic";
import { makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";

describe("What others change", function () {
  needsEngine();
  this.timeout(120_000);

  let world: World;
  afterEach(() => world.close());

  const only = <T>(items: ReadonlyMap<string, T>): T => [...items.values()].at(-1)!;
  /** Refresh and up: what was written, without ids. */
  const settle = async (stack: TestStack): Promise<string[]> => {
    const requests = await world.requestsOf(async () => {
      await stack.refresh();
      await stack.up();
    });
    return requests
      .filter(({ method }) => method !== "GET")
      .map(({ method, path }) => `${method} ${path.split("/").at(-2)}`);
  };

  it("is put back where the program says otherwise, in one write, with a name that ZPA escapes", async () => {
    world = await World.start();
    const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
    const password = (world.canaries.password = makePassword());
    const stack = await world.stack(async () => {
      new zpa.ProvisioningKey("key", {
        name: 'Grüße & <Co> "*.example"',
        associationType: "CONNECTOR_GRP",
        zcomponentId: group.id,
        maxUsage: 10,
        enabled: false,
        ipAcl: ["192.0.2.0/24"],
        uiConfig: "ours",
      });
      new zpa.PrivilegedCredential("credential", {
        name: "jump <host>",
        credentialType: "USERNAME_PASSWORD",
        userName: "svc@example.com",
        userDomain: "corp.example.com",
        description: "*.example & co",
        password,
      });
    });
    await stack.up();
    assert.deepEqual(await settle(stack), [], "nothing has drifted yet");

    const key = only(world.simulator.keys);
    const certificate = world.simulator.addEnrollmentCertificate({ name: "other", privateKeyPresent: true });
    // the program never named a certificate
    const theirs = { name: "renamed", maxUsage: "99", enabled: true, ipAcl: [], uiConfig: "theirs" };
    world.simulator.editKey(key.id, { ...theirs, enrollmentCertId: certificate.id });
    const credential = only(world.simulator.credentials);
    const other = { name: "renamed", userName: "root", userDomain: "other.example.com", description: "theirs" };
    world.simulator.editCredential(credential.id, other);
    assert.deepEqual((await settle(stack)).sort(), ["PUT credential", "PUT provisioningKey"]);
    const now = only(world.simulator.keys);
    assert.deepEqual([now.maxUsage, now.enabled, now.ipAcl, now.uiConfig], ["10", false, ["192.0.2.0/24"], "ours"]);
    assert.deepEqual([now.name, now.enrollmentCertId], ['Grüße & <Co> "*.example"', certificate.id]);
    const { userName, userDomain, description } = only(world.simulator.credentials);
    assert.deepEqual([userName, userDomain, description], ["svc@example.com", "corp.example.com", "*.example & co"]);
    await world.assertInvariants();
  });

  it("is left alone where the program says nothing, and a domain that is not echoed is none", async () => {
    world = await World.start({ simulator: { echoUserDomain: false } });
    const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
    const password = (world.canaries.password = makePassword());
    const stack = await world.stack(async () => {
      new zpa.ProvisioningKey("key", {
        associationType: "CONNECTOR_GRP",
        zcomponentId: group.id,
        maxUsage: 10,
        microtenantId: "0",
      });
      new zpa.PrivilegedCredential("credential", {
        credentialType: "USERNAME_PASSWORD",
        userName: "svc",
        userDomain: "corp.example.com",
        password,
      });
    });
    await stack.up();
    assert.deepEqual(await settle(stack), []);
    world.simulator.editKey(only(world.simulator.keys).id, {
      enabled: false,
      ipAcl: ["192.0.2.1"],
      uiConfig: "theirs",
    });
    world.simulator.editCredential(only(world.simulator.credentials).id, { description: "theirs" });
    assert.deepEqual(await settle(stack), []);
    assert.equal(only(world.simulator.keys).enabled, false);
    await world.assertInvariants();
  });

  it("brings a moved credential back with one move, makes a moved key anew, and what is deleted as well", async () => {
    world = await World.start();
    const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
    const home = world.simulator.addMicrotenant({ name: "Home" });
    const away = world.simulator.addMicrotenant({ name: "Away" });
    const password = (world.canaries.password = makePassword());
    const stack = await world.stack(async () => {
      new zpa.ProvisioningKey("key", {
        associationType: "CONNECTOR_GRP",
        zcomponentId: group.id,
        maxUsage: 10,
        microtenantId: home.id,
      });
      new zpa.PrivilegedCredential("credential", { credentialType: "PASSWORD", password, microtenantId: home.id });
    });
    await stack.up();
    const { id } = only(world.simulator.credentials);
    for (const microtenantId of [away.id, undefined]) {
      world.simulator.editCredential(id, { microtenantId });
      assert.deepEqual(await settle(stack), [`POST ${id}`], "one move");
      assert.equal(world.simulator.credentials.get(id)!.microtenantId, home.id);
    }
    world.simulator.removeKey(only(world.simulator.keys).id);
    world.simulator.removeCredential(id);
    const writes = await settle(stack);
    assert.equal(writes.length, 2);
    assert.ok(
      writes.every((write) => write.startsWith("POST ")),
      "both are made anew",
    );
    await world.assertInvariants();
  });

  for (const putDemandsSecret of [false, true]) {
    const api = putDemandsSecret ? "demands the secret with each update" : "keeps a secret that is left out";
    it(`is told when it was a secret, and the secret is written again, where ZPA ${api}`, async () => {
      world = await World.start({ simulator: { putDemandsSecret } });
      const password = (world.canaries.password = makePassword());
      const next = (world.canaries.next = makePassword());
      let args = { description: "first", password };
      const stack = await world.stack(async () => {
        new zpa.PrivilegedCredential("credential", { credentialType: "PASSWORD", ...args });
      });
      await stack.up();
      const { id } = only(world.simulator.credentials);
      const stored = () => world.simulator.credentials.get(id)!.password;
      assert.deepEqual(await settle(stack), []);

      args = { description: "second", password };
      assert.deepEqual(await settle(stack), ["PUT credential"], "our own write");
      assert.deepEqual(await settle(stack), [], "our own write is nobody else's");

      args = { description: "second", password: next };
      assert.deepEqual(await settle(stack), ["PUT credential"], "a secret that the program changes");
      assert.ok(stored() === next);
      assert.deepEqual(await settle(stack), []);

      await stack.refresh();
      world.simulator.editCredential(id, { password: makePassword() });
      await stack.refresh();
      const { stdout } = await stack.up();
      assert.match(
        stdout,
        /zpa: the secret of "credential-[0-9a-f]{7}" was changed outside of Pulumi at 20\d\d-.*; this up writes it again/,
      );
      assert.ok(stored() === next);
      assert.deepEqual(await settle(stack), []);

      // before a refresh has seen our own write, an hour later
      args = { description: "third", password: next };
      await stack.up();
      const hour = Number(world.simulator.credentials.get(id)!.lastCredentialResetTime) + 3600;
      world.simulator.editCredential(id, { password: makePassword(), lastCredentialResetTime: String(hour) });
      assert.deepEqual(await settle(stack), ["PUT credential"]);
      assert.ok(stored() === next);
      await world.assertInvariants();
    });
  }
});
