import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { ImportOptions } from "@pulumi/pulumi/automation";
import * as zpa from "pulumi-zpa-dynamic";
import { assertNoSecrets, makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import { childEnvironment, repositoryRoot } from "../harness/environment";
import { runsInProcess } from "../harness/providerInProcess";
import { World } from "../harness/world";

const run = promisify(execFile);

describe("Taking over what is there already", function () {
  needsEngine();
  this.timeout(120_000);

  const place = { latitude: 50.1109, longitude: 8.6821, location: "Frankfurt, Germany" };
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("adopts what a resource of another Provider holds, and what the same run would delete", async function () {
    if (runsInProcess()) this.skip(); // a process knows its own adoptions
    const args = { ...place, name: "Zurich" };
    const later: { adopt?: string } = {};
    const stack = await world.stack(async () => {
      const provider = new zpa.Provider("own", { operationTimeout: 299 });
      if (later.adopt === undefined) return { id: new zpa.AppConnectorGroup("old", args, { provider }).id };
      return { id: new zpa.AppConnectorGroup("new", { ...args, ...later }).id };
    });
    later.adopt = (await stack.up()).outputs["id"]!.value as string;
    assert.match((await stack.up()).stdout, /was not deleted: another Provider of this run has just adopted it/);
    assert.deepEqual([...world.simulator.appConnectorGroups.keys()], [later.adopt]);
    await world.assertInvariants();
    await stack.destroy();
    await world.assertInvariants();
  });

  it("reads foreign objects with get, by every form of the id, and never deletes them", async () => {
    const microtenant = world.simulator.addMicrotenant({ name: "Scope C" });
    const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
    const edges = world.simulator.addServiceEdgeGroup({ name: "Edges" });
    const connector = world.simulator.addKey({
      name: "theirs",
      zcomponentId: group.id,
      maxUsage: "7",
      usageCount: "3",
    });
    const edge = world.simulator.addKey({ name: "edge", associationType: "SERVICE_EDGE_GRP", zcomponentId: edges.id });
    const scoped = world.simulator.addKey({ name: "scoped", zcomponentId: group.id, microtenantId: microtenant.id });
    const credential = world.simulator.addCredential({ name: "theirs", credentialType: "PASSWORD" });
    world.protect();

    const stack = await world.stack(async () => {
      const plain = zpa.ProvisioningKey.get("plain", connector.id);
      const typed = zpa.ProvisioningKey.get("typed", `CONNECTOR_GRP/${connector.id}`);
      const untyped = zpa.ProvisioningKey.get("untyped", edge.id);
      const full = zpa.ProvisioningKey.get("full", `${microtenant.id}/CONNECTOR_GRP/${scoped.id}`);
      const theirs = zpa.PrivilegedCredential.get("theirs", credential.id);
      return {
        text: plain.provisioningKey,
        remaining: plain.remainingUses,
        typed: typed.id,
        edge: untyped.associationType,
        full: full.id,
        credential: theirs.credentialType,
      };
    });
    const { outputs } = await stack.up();
    assert.equal(outputs.text!.secret, true);
    assert.ok(outputs.text!.value === connector.provisioningKey, "the text is the key's");
    assert.deepEqual(
      ["remaining", "typed", "edge", "full", "credential"].map((name) => outputs[name]!.value as unknown),
      [4, connector.id, "SERVICE_EDGE_GRP", scoped.id, "PASSWORD"],
    );
    await stack.refresh();
    await stack.destroy();
    await world.assertInvariants();
  });

  it("adopts a key and a credential, brings them to the arguments once, and owns them from then on", async () => {
    const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
    const key = world.simulator.addKey({ name: "old", zcomponentId: group.id, maxUsage: "7", usageCount: "3" });
    const credential = world.simulator.addCredential({ name: "jump", credentialType: "PASSWORD" });
    world.protect(`key ${key.id}`, `credential ${credential.id}`);
    const password = (world.canaries.password = makePassword());

    const stack = await world.stack(async () => {
      const adopted = new zpa.ProvisioningKey("key", {
        name: "new",
        associationType: "CONNECTOR_GRP",
        zcomponentId: group.id,
        maxUsage: 9,
        adopt: key.id,
      });
      const jump = new zpa.PrivilegedCredential("jump", {
        name: "jump",
        credentialType: "PASSWORD",
        password,
        adopt: credential.id,
      });
      return { key: adopted.id, text: adopted.provisioningKey, jump: jump.id };
    });
    const { outputs } = await stack.up();
    assert.deepEqual([outputs.key!.value, outputs.jump!.value], [key.id, credential.id]);
    assert.equal(outputs.text!.secret, true);
    const now = world.simulator.keys.get(key.id)!;
    assert.deepEqual([now.name, now.maxUsage], ["new", "9"]);
    assert.ok(world.simulator.credentials.get(credential.id)!.password === password, "the secret is the program's");
    assert.deepEqual(
      world.writes.map(({ method }) => method),
      ["PUT", "PUT"],
    );
    await world.assertInvariants();
    await stack.destroy();
    assert.equal(world.simulator.keys.size + world.simulator.credentials.size, 0);
  });

  it("knows the name of what it adopts without one when it has it, and not at the preview before", async () => {
    const { simulator } = world;
    const group = simulator.addAppConnectorGroup({ name: "Berlin" });
    const edges = simulator.addServiceEdgeGroup({ name: "Edges" });
    const key = simulator.addKey({ name: "old", zcomponentId: group.id });
    const jump = simulator.addCredential({ name: "jump", credentialType: "PASSWORD" });
    world.protect(`key ${key.id}`, `credential ${jump.id}`, `connectorGroup ${group.id}`, `edgeGroup ${edges.id}`);
    const password = (world.canaries.password = makePassword());
    let names: string[] = [];
    const place = { latitude: 52.5, longitude: 13.4, location: "Berlin" };
    const stack = await world.stack(() => {
      const adopted = [
        new zpa.AppConnectorGroup("group", { ...place, adopt: group.id }),
        new zpa.ServiceEdgeGroup("edges", { ...place, adopt: edges.id }),
        new zpa.ProvisioningKey("key", {
          associationType: "CONNECTOR_GRP",
          zcomponentId: group.id,
          maxUsage: 9,
          adopt: key.id,
        }),
        new zpa.PrivilegedCredential("jump", { credentialType: "PASSWORD", password, adopt: jump.id }),
      ];
      for (const { name } of adopted) name.apply((known) => names.push(known));
      return Promise.resolve();
    });
    await stack.preview();
    assert.deepEqual(names, []);
    await stack.up();
    assert.deepEqual(names.sort(), ["Berlin", "Edges", "jump", "old"]);
    names = [];
    await stack.preview();
    assert.deepEqual(names.sort(), ["Berlin", "Edges", "jump", "old"]);
    await world.assertInvariants();
  });

  it("says so when there is nothing to adopt", async () => {
    const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
    const stack = await world.stack(async () => {
      new zpa.ProvisioningKey("key", {
        associationType: "CONNECTOR_GRP",
        zcomponentId: group.id,
        maxUsage: 9,
        adopt: "4711",
      });
    });
    await assert.rejects(stack.up(), /adopt: there is no provisioning key 4711\. Check the id/);
    assert.equal(world.writes.length, 0);
  });

  it("imports by file: a refresh fetches the text as a secret, up changes no key, and no file holds one", async () => {
    const group = world.simulator.addAppConnectorGroup({ name: "Berlin" });
    const key = world.simulator.addKey({ name: "Über & Co", zcomponentId: group.id, maxUsage: "7", usageCount: "3" });
    const credential = world.simulator.addCredential({
      name: "jump",
      credentialType: "USERNAME_PASSWORD",
      userName: "svc",
      userDomain: "corp.example.com",
      password: (world.canaries.theirs = makePassword()),
    });
    world.protect(`key ${key.id}`, `credential ${credential.id}`);
    const password = (world.canaries.password = makePassword());
    const folder = mkdtempSync(path.join(os.tmpdir(), "zpa-import-"));
    try {
      const cli = path.join(repositoryRoot, "dist", "provider", "cli", "index.js");
      const find = async (...args: string[]) => {
        const file = path.join(folder, `${args[1]}.json`);
        const command = [cli, "import", ...args, "--out", file];
        const env = childEnvironment({ ...world.env, ZPA_LOG: "debug" });
        const { stdout, stderr } = await run(process.execPath, command, { env });
        return { file, program: stdout, told: stderr, text: readFileSync(file, "utf8") };
      };
      const keys = await find("--type", "CONNECTOR_GRP", "--name", key.name);
      const credentials = await find("--type", "CREDENTIAL", "--all");
      assert.match(keys.program, /new zpa\.ProvisioningKey\("ber-co", \{\n {2}name: "Über & Co",/);
      assert.match(credentials.program, /password: config\.requireSecret\("jumpPassword"\),/);
      for (const { text, program, told } of [keys, credentials]) {
        assertNoSecrets([text, program, told].join("\n"), world.secrets(), "what is written");
        assert.match(told, /zpa GET \S+ 200/);
      }

      const stack = await world.stack(async () => {
        const imported = new zpa.ProvisioningKey("ber-co", {
          name: key.name,
          associationType: "CONNECTOR_GRP",
          zcomponentId: group.id,
          maxUsage: 7,
          enrollmentCertId: key.enrollmentCertId,
        });
        new zpa.PrivilegedCredential("jump", {
          name: "jump",
          credentialType: "USERNAME_PASSWORD",
          userName: "svc",
          userDomain: "corp.example.com",
          password,
        });
        return { text: imported.provisioningKey };
      });
      for (const { text } of [keys, credentials]) {
        const { resources } = JSON.parse(text) as ImportOptions;
        await stack.inEnvironment(() => stack.automation.import({ resources, protect: false, generateCode: false }));
      }
      assert.equal(world.requests.filter(({ method }) => method !== "GET").length, 0);
      // before any up: state does not know yet which outputs are secret, so the provider has to say it
      await stack.refresh();
      world.assertNothingShown();
      const { changeSummary } = await stack.up({ refresh: true });
      assert.deepEqual([changeSummary.create, changeSummary.update], [0, 1], "only the credential's secret is written");
      assert.deepEqual(
        world.writes.map(({ method, path: called }) => `${method} ${called.split("/").slice(-2).join("/")}`),
        [`PUT credential/${credential.id}`],
      );
      const { outputs } = await stack.up();
      assert.equal(outputs.text!.secret, true);
      assert.ok(outputs.text!.value === key.provisioningKey, "the text is the key's");
      await world.assertInvariants();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
