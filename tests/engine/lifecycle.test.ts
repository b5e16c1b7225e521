import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import { providerTexts } from "../harness/providerProcess";
import type { OperationResult, TestStack } from "../harness/stack";
import { World } from "../harness/world";
import { credentialArgs, secretsFor } from "../protocol/driver";

/** What a program says of all five resources; each test changes some of it between two runs. */
interface Wishes {
  maxUsage: number;
  description: string;
  keepers: Record<string, string>;
}

const names = ["connectors", "edges", "rdp", "ssh", "vnc"];

describe("The whole life of keys and credentials on the genuine engine", function () {
  this.timeout(240_000);
  needsEngine();

  let world: World;
  afterEach(() => world.close());

  /** What became of each resource, without the steps that only tell of another step. */
  function outcomes({ steps }: OperationResult): Record<string, string> {
    const telling = steps.filter(({ op }) => op !== "create-replacement" && op !== "delete-replaced");
    return Object.fromEntries(telling.map(({ name, op }) => [name, op]));
  }
  const all = (op: string) => Object.fromEntries(names.map((name) => [name, op]));

  async function assertSecretsEncrypted(stack: TestStack): Promise<void> {
    world.assertNothingShown();
    const { resources = [] } = (await stack.exportState()).deployment as { resources?: Record<string, unknown>[] };
    for (const { type, inputs, outputs } of resources) {
      const [, resource] = /dynamic\/zpa:(\w+)$/.exec(String(type)) ?? [];
      if (resource === undefined) continue;
      const text = providerTexts[resource as keyof typeof providerTexts];
      assert.equal((inputs as { __provider: string }).__provider, text);
      assert.equal((outputs as { __provider: string }).__provider, text);
    }
  }

  for (const place of ["the Default microtenant", "a microtenant"]) {
    it(`goes up, stays, changes, is put right after others, is replaced and comes down in ${place}`, async () => {
      world = await World.start();
      const { simulator } = world;
      const groups = [simulator.addAppConnectorGroup({ name: "A" }), simulator.addAppConnectorGroup({ name: "B" })];
      const edges = simulator.addServiceEdgeGroup({ name: "E" });
      const microtenant = simulator.addMicrotenant({ name: "Scope C" });
      const where = place === "a microtenant" ? { microtenantId: microtenant.id } : {};
      // others' objects of the same kinds, which nothing here may touch
      simulator.addKey({ name: "foreign", zcomponentId: groups[0]!.id });
      simulator.addCredential({ name: "foreign", credentialType: "PASSWORD", password: "of another" });
      world.protect();

      const args = credentialArgs(world);
      const { password, privateKey, passphrase } = { ...args.SSH_KEY, ...args.PASSWORD } as Record<string, string>;
      const wishes: Wishes = { maxUsage: 10, description: "of a test", keepers: { rotation: "1" } };
      const program = async () => {
        const { maxUsage, description, keepers } = wishes;
        const key = new zpa.ProvisioningKey("connectors", {
          associationType: "CONNECTOR_GRP",
          zcomponentId: groups[0]!.id,
          ...{ maxUsage, keepers, ...where },
        });
        const edgeKey = new zpa.ProvisioningKey("edges", {
          associationType: "SERVICE_EDGE_GRP",
          zcomponentId: edges.id,
          // a text, as configuration gives it to plain JavaScript
          maxUsage: String(maxUsage) as unknown as number,
          ...{ exportable: false, keepers, ...where },
        });
        const common = { description, keepers, ...where };
        new zpa.PrivilegedCredential("rdp", {
          ...{ credentialType: "USERNAME_PASSWORD", userName: "svc", userDomain: "corp", ...common },
          // plain on purpose: the resource has to make it a secret
          password: password!,
        });
        new zpa.PrivilegedCredential("ssh", {
          ...{ credentialType: "SSH_KEY", userName: "svc", ...common },
          ...{ privateKey: pulumi.secret(privateKey!), passphrase: passphrase! },
        });
        new zpa.PrivilegedCredential("vnc", {
          ...{ credentialType: "PASSWORD", ...common },
          password: pulumi.secret(password!),
        });
        return { key: key.provisioningKey, edgeKey: edgeKey.provisioningKey, remaining: key.remainingUses };
      };
      const stack = await world.stack(program);
      const idOf = async (name: string) => {
        const { resources } = (await stack.exportState()).deployment as { resources: { urn: string; id: string }[] };
        return resources.find(({ urn }) => urn.endsWith(`::${name}`))!.id;
      };

      const up = await stack.up();
      assert.deepEqual(outcomes(up), all("create"));
      assert.equal(world.writes.length, 5, "five objects, five writes");
      for (const [output, name] of [
        ["key", "connectors"],
        ["edgeKey", "edges"],
      ] as const) {
        // prettier-ignore
        const { value, secret } = up.outputs[output] as { value: unknown; secret: boolean };
        assert.ok(value === simulator.keys.get(await idOf(name))!.provisioningKey, `${output} is the key's text`);
        assert.equal(secret, true);
      }
      assert.deepEqual(up.outputs.remaining, { value: 10, secret: false });
      for (const name of names) {
        const made = simulator.keys.get(await idOf(name)) ?? simulator.credentials.get(await idOf(name))!;
        assert.equal(made.microtenantId, where.microtenantId, name);
        assert.match(made.name, new RegExp(`^${name}-[0-9a-f]{7}$`));
      }
      await assertSecretsEncrypted(stack);

      for (const operation of ["up", "preview"] as const) {
        const requests = await world.requestsOf(async () =>
          assert.deepEqual(outcomes(await stack[operation]()), all("same")),
        );
        assert.equal(requests.length, 0, `${operation} without a change asks nothing`);
        await assertSecretsEncrypted(stack);
      }

      Object.assign(wishes, { maxUsage: 20, description: "of another test" });
      const updating = await world.requestsOf(async () => assert.deepEqual(outcomes(await stack.up()), all("update")));
      const calls = updating.map(({ method }) => method).sort();
      // the keys leave fields to others: one list of each type says what they are
      assert.deepEqual(calls, ["GET", "GET", ...Array<string>(5).fill("PUT")]);
      await assertSecretsEncrypted(stack);

      for (const name of ["connectors", "edges"]) simulator.editKey(await idOf(name), { maxUsage: "33" });
      for (const name of ["rdp", "ssh", "vnc"]) simulator.editCredential(await idOf(name), { description: "changed" });
      const drifted = await stack.refresh();
      assert.equal(drifted.changeSummary.update, 5);
      await assertSecretsEncrypted(stack);
      assert.deepEqual(outcomes(await stack.up()), all("update"));
      assert.equal(simulator.keys.get(await idOf("edges"))!.maxUsage, "20");
      assert.equal(simulator.credentials.get(await idOf("vnc"))!.description, "of another test");

      simulator.removeKey(await idOf("connectors"));
      simulator.removeCredential(await idOf("ssh"));
      assert.equal((await stack.refresh()).changeSummary.delete, 2);
      await assertSecretsEncrypted(stack);
      assert.deepEqual(outcomes(await stack.up()), { ...all("same"), connectors: "create", ssh: "create" });

      const before = await Promise.all(names.map(idOf));
      wishes.keepers = { rotation: "2" };
      const replacing = await world.requestsOf(async () =>
        assert.deepEqual(outcomes(await stack.up()), all("replace")),
      );
      const order = replacing.filter(({ method }) => method !== "GET").map(({ method }) => method);
      assert.deepEqual(order, [...Array<string>(5).fill("POST"), ...Array<string>(5).fill("DELETE")]);
      const after = await Promise.all(names.map(idOf));
      assert.ok(after.every((id, index) => id !== before[index]));
      await world.assertInvariants();

      assert.equal((await stack.destroy()).changeSummary.delete, 6);
      await assertSecretsEncrypted(stack);
      await world.assertInvariants();
    });
  }

  // the protocol tests have the breadth of it
  it("refuses wrong arguments at preview: one line each that names the field, no secret, no trace, no call", async () => {
    world = await World.start();
    const { password, passphrase } = secretsFor(world);
    const key = { associationType: "CONNECTOR_GRP", zcomponentId: "72058", maxUsage: 10 } as const;
    const login = { credentialType: "USERNAME_PASSWORD", userName: "svc" } as const;
    const wrong: Record<string, [zpa.ProvisioningKeyArgs | zpa.PrivilegedCredentialArgs | object, RegExp]> = {
      negative: [{ ...key, maxUsage: -1 }, /maxUsage must be an integer/],
      misspelt: [{ ...key, maxUsages: 1 }, /maxUsages .*did you mean maxUsage\?/],
      keyless: [{ credentialType: "SSH_KEY", userName: "svc" }, /privateKey is required/],
      typo: [{ ...login, password, passphrases: pulumi.secret(passphrase) }, /passphrases .*did you mean passphrase\?/],
    };
    const current: { name: string; args: object } = { name: "", args: {} };
    const stack = await world.stack(async () => {
      const { name, args } = current;
      if ("associationType" in args) new zpa.ProvisioningKey(name, args as zpa.ProvisioningKeyArgs);
      else new zpa.PrivilegedCredential(name, args as zpa.PrivilegedCredentialArgs);
    });
    for (const [name, [args, words]] of Object.entries(wrong)) {
      Object.assign(current, { name, args });
      await assert.rejects(stack.preview(), (error: Error) => {
        const [, diagnostics] = /\nDiagnostics:\n([^]*?)\n\n/.exec(error.message) ?? [];
        const [head, line, ...others] = diagnostics!.split("\n");
        assert.ok(head!.endsWith(`(${name}):`), head);
        assert.match(line!, new RegExp(`resource '${name}' has a problem: ${words.source}`));
        assert.deepEqual(others, [], "more than one line");
        return true;
      });
    }
    assert.deepEqual(world.simulator.log, []);
    await world.assertInvariants();
  });
});
