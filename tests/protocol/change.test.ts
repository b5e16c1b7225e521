import assert from "node:assert/strict";
import { describe as inWords } from "../harness/invariants";
import type { ProviderProcess, Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import { argsOf, change, credentialArgs, keyArgs, type Made, make, plan, refOf, refresh, resources, secretsFor, without } from "./driver"; // prettier-ignore

const keys = "associationType/CONNECTOR_GRP/provisioningKey";

describe("Changing and deleting over the provider protocol", () => {
  let world: World;
  let provider: ProviderProcess;
  beforeEach(async () => {
    world = await World.start({ env: { ZPA_OPERATION_TIMEOUT: "2" } });
    provider = await world.provider();
  });
  afterEach(() => world.close());

  /** The bodies of the PUTs that an update sends; it must send nothing else, but for one look at what others have set. */
  async function putsOf(made: Made, args: Properties): Promise<{ made: Made; bodies: unknown[] }> {
    let after = made;
    const requests = await world.requestsOf(async () => (after = await change(provider, made, args)));
    const puts = requests.filter(({ method }) => method === "PUT");
    const reads = requests.filter(({ method }) => method === "GET");
    assert.ok(reads.length <= puts.length && reads.length + puts.length === requests.length, "a call too many");
    return { made: after, bodies: puts.map(({ body }) => body) };
  }

  for (const type of resources) {
    it(`notes retainOnDelete of a ${type} with an update that sends nothing, once`, async () => {
      const args = argsOf(world, type);
      const made = await make(provider, type, args);
      const retained = { ...args, __zpa: { ...(args.__zpa as object), retain: true } };
      assert.equal((await plan(provider, made, retained)).diff.changes, true);
      let after = made;
      assert.deepEqual(await world.requestsOf(async () => (after = await change(provider, made, retained))), []);
      assert.equal((await plan(provider, after, retained)).diff.changes, false);
      await world.assertInvariants({ live: [refOf(made)] });
    });
  }

  it("changes a key with one PUT of the full writable body, and keeps what ZPA has set", async () => {
    const args = keyArgs(world, { name: "zurich", ipAcl: ["10.0.0.0/8"], uiConfig: "x", exportable: true });
    const made = await make(provider, "ProvisioningKey", args);
    const { made: after, bodies } = await putsOf(made, { ...args, maxUsage: 20 });
    assert.deepEqual(bodies, [
      {
        ...{ name: "zurich", maxUsage: "20", enrollmentCertId: world.simulator.builtInCertificate("Connector") },
        ...{ zcomponentId: args.zcomponentId, enabled: true, exportable: true, ipAcl: ["10.0.0.0/8"], uiConfig: "x" },
      },
    ]); // prettier-ignore
    assert.ok(after.outputs.provisioningKey === made.outputs.provisioningKey);
    assert.deepEqual([after.outputs.maxUsage, after.outputs.remainingUses], [20, 20]);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("sends enabled: false, and takes back what the program no longer says", async () => {
    const args = keyArgs(world, { ipAcl: ["10.0.0.0/8"] });
    const made = await make(provider, "ProvisioningKey", args);
    const stored = world.simulator.keys.get(made.id)!;
    const { made: off } = await putsOf(made, { ...args, enabled: false });
    assert.equal(stored.enabled, false);
    const { made: on } = await putsOf(off, without(args, "ipAcl"));
    assert.deepEqual([stored.enabled, stored.ipAcl, on.outputs.enabled, on.outputs.ipAcl], [true, undefined, true, []]);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("renames a key in place", async () => {
    const args = keyArgs(world);
    const made = await make(provider, "ProvisioningKey", args);
    await putsOf(made, { ...args, name: "zurich" });
    assert.equal(world.simulator.keys.get(made.id)!.name, "zurich");
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("sends nothing for what concerns only us", async () => {
    const args = keyArgs(world);
    const made = await make(provider, "ProvisioningKey", args);
    const { made: after, bodies } = await putsOf(made, { ...args, headroom: 2, warnAtPercent: 50 });
    assert.deepEqual(bodies, []);
    assert.deepEqual([after.outputs.headroom, after.outputs.warnAtPercent], [2, 50]);
    assert.ok(after.outputs.provisioningKey === made.outputs.provisioningKey);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("raises the limit as headroom asks, and never lowers it", async () => {
    const args = keyArgs(world, { headroom: 4 });
    const made = await make(provider, "ProvisioningKey", args);
    for (let machine = 0; machine < 8; machine++) world.simulator.enroll(world.simulator.keys.get(made.id)!.provisioningKey);
    const used = (await refresh(await world.provider(), made))!;
    const { made: raised } = await putsOf(used, args);
    assert.equal(world.simulator.keys.get(made.id)!.maxUsage, "12");
    assert.deepEqual([raised.outputs.maxUsage, raised.outputs.remainingUses], [12, 4]);
    assert.deepEqual((await putsOf(raised, args)).bodies, []);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  }); // prettier-ignore

  it("refuses a limit below what is spent before it writes", async () => {
    const args = keyArgs(world);
    const made = await make(provider, "ProvisioningKey", args);
    const used = { ...made.outputs, usageCount: 5 };
    const { inputs } = await provider.check("ProvisioningKey", made.inputs, { ...args, maxUsage: 4 });
    const requests = await world.requestsOf(() =>
      assert.rejects(provider.update("ProvisioningKey", made.id, used, inputs), /maxUsage.* 4,.* 5 machines/),
    );
    assert.deepEqual(requests, []);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  for (const type of ["USERNAME_PASSWORD", "SSH_KEY", "PASSWORD"] as const) {
    it(`changes a credential of type ${type} with one PUT that holds all its fields and its secrets`, async () => {
      world.simulator.settings.putDemandsSecret = true;
      const args = { ...credentialArgs(world)[type], name: "jump", description: "of a test" };
      const made = await make(provider, "PrivilegedCredential", args);
      const { bodies } = await putsOf(made, { ...args, description: "another" });
      assert.equal(bodies.length, 1);
      const sent = Object.entries(bodies[0] as object).filter(([, value]) => value !== "");
      const expected: Properties = { ...without(args, "__zpa"), description: "another" };
      assert.deepEqual(sent.map(([name]) => name).sort(), Object.keys(expected).sort());
      for (const [field, value] of sent) assert.ok(value === expected[field], field);
      await world.assertInvariants({ live: [`credential ${made.id}`] });
    });
  }

  it("writes another password to a credential, and the program's alone", async () => {
    const { otherPassword } = secretsFor(world);
    const args = credentialArgs(world).USERNAME_PASSWORD;
    const made = await make(provider, "PrivilegedCredential", args);
    const { made: after } = await putsOf(made, { ...args, password: otherPassword });
    assert.ok(world.simulator.credentials.get(made.id)!.password === otherPassword);
    assert.ok(after.outputs.password === otherPassword);
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });

  it("raises the limit for headroom by the uses that it finds spent, so that a second up has nothing to raise", async () => {
    const made = await make(provider, "ProvisioningKey", keyArgs(world));
    world.simulator.enroll(world.simulator.keys.get(made.id)!.provisioningKey);
    const args = keyArgs(world, { headroom: 12 });
    const raised = await change(await world.provider(), made, args);
    assert.deepEqual([raised.outputs.usageCount, raised.outputs.maxUsage], [1, 13]);
    assert.equal(world.simulator.keys.get(made.id)!.maxUsage, "13");
    assert.equal((await plan(await world.provider(), raised, args)).diff.changes, false);
    await world.assertInvariants({ live: [`key ${made.id}`] });
  });

  it("moves a credential with one POST and nothing else, there and back", async () => {
    const { id: there } = world.simulator.addMicrotenant({ name: "Scope C" });
    const args = credentialArgs(world).PASSWORD;
    const made = await make(provider, "PrivilegedCredential", args);
    const move = async (from: Made, microtenantId: string) => {
      let after = from;
      const requests = await world.requestsOf(
        async () => (after = await change(provider, from, { ...args, microtenantId })),
      );
      assert.deepEqual(requests.map(inWords), [`POST credential/${made.id}/move 204`]);
      assert.deepEqual(requests[0]!.body, undefined);
      return after;
    };
    const away = await move(made, there);
    assert.equal(world.simulator.credentials.get(made.id)!.microtenantId, there);
    assert.equal(away.outputs.microtenantId, there);
    const back = await move((await refresh(await world.provider(), away))!, "0");
    assert.equal(world.simulator.credentials.get(made.id)!.microtenantId, undefined);
    await (await world.provider()).delete("PrivilegedCredential", back.id, back.outputs);
    await world.assertInvariants();
  });

  it("moves and changes a credential in one update", async () => {
    const { id: microtenantId } = world.simulator.addMicrotenant({ name: "Scope C" });
    const { otherPassword } = secretsFor(world);
    const args = credentialArgs(world).PASSWORD;
    const made = await make(provider, "PrivilegedCredential", args);
    const from = world.simulator.log.length;
    await change(provider, made, { ...args, microtenantId, password: otherPassword });
    const requests = world.simulator.log.slice(from).map(inWords);
    const [moved, looked, written] = ["POST", "GET", "PUT"].map((method) => `${method} credential/${made.id}`);
    assert.deepEqual(requests, [`${moved}/move 204`, `${looked} 200`, `${written} 204`]);
    assert.ok(world.simulator.credentials.get(made.id)!.password === otherPassword);
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });

  it("keeps in state where a credential is now, when it has moved but could not be changed", async () => {
    const { id: microtenantId } = world.simulator.addMicrotenant({ name: "Scope C" });
    const { otherPassword } = secretsFor(world);
    const args = credentialArgs(world).PASSWORD;
    const made = await make(provider, "PrivilegedCredential", args);
    world.fault({ kind: "status", status: 403, body: { id: "authz.denied", reason: "No." }, match: { method: "PUT" } });
    const news = { ...args, microtenantId, password: otherPassword };
    const { inputs } = await provider.check("PrivilegedCredential", made.inputs, news);
    await assert.rejects(provider.update("PrivilegedCredential", made.id, made.outputs, inputs), (error: Error) => {
      const { initFailure } = error as never as { initFailure?: { properties: Properties; reasons: string[] } };
      assert.equal(initFailure?.properties.microtenantId, microtenantId);
      assert.match(String(initFailure.properties.__provider), /provider\/v1/);
      assert.match(initFailure.reasons.join(), /403/);
      return true;
    });
    const seen = (await refresh(await world.provider(), { ...made, outputs: { ...made.outputs, microtenantId } }))!;
    await change(provider, seen, news);
    assert.ok(world.simulator.credentials.get(made.id)!.password === otherPassword);
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });

  describe("deleting", () => {
    // what a process has created it never deletes: the next run is another one
    let next: ProviderProcess;
    beforeEach(async () => (next = await world.provider()));

    it("takes one DELETE, in the object's own microtenant", async () => {
      const { id: microtenantId } = world.simulator.addMicrotenant({ name: "Scope C" });
      const key = await make(provider, "ProvisioningKey", keyArgs(world, { microtenantId }));
      const requests = await world.requestsOf(() => next.delete("ProvisioningKey", key.id, key.outputs));
      assert.deepEqual(requests.map(inWords), [`DELETE ${keys}/${key.id} 204`]);
      assert.equal(requests[0]!.microtenantId, microtenantId);
      await world.assertInvariants();
    });

    for (const status of [400, 404] as const) {
      it(`is content with what is gone already, said as ${status}`, async () => {
        world.simulator.settings.notFoundStatus = status;
        const key = await make(provider, "ProvisioningKey", keyArgs(world));
        const credential = await make(provider, "PrivilegedCredential", credentialArgs(world).PASSWORD);
        for (const { type, id, outputs } of [key, credential]) {
          await next.delete(type, id, outputs);
          await next.delete(type, id, outputs);
        }
        await world.assertInvariants();
      });
    }

    it("fails where ZPA forbids it, and the object stays in state", async () => {
      const key = await make(provider, "ProvisioningKey", keyArgs(world));
      world.fault({ kind: "status", status: 403, body: { id: "authz.denied", reason: "No." } });
      await assert.rejects(next.delete("ProvisioningKey", key.id, key.outputs), /403 authz\.denied/);
      await world.assertInvariants({ live: [`key ${key.id}`] });
    });

    for (const flag of ["readOnly", "zscalerManaged"] as const) {
      it(`refuses a key that is ${flag} before it asks, and says how to be rid of it`, async () => {
        const args = keyArgs(world, { name: "Zscaler Deception" });
        const made = await make(provider, "ProvisioningKey", args);
        world.simulator.editKey(made.id, { [flag]: true });
        const seen = (await refresh(await world.provider(), made))!;
        assert.equal(seen.outputs[flag], true);
        const requests = await world.requestsOf(async () => {
          await assert.rejects(next.delete("ProvisioningKey", seen.id, seen.outputs), /Deception.*pulumi state delete/);
          const { inputs } = await provider.check("ProvisioningKey", seen.inputs, { ...args, maxUsage: 20 });
          await assert.rejects(provider.update("ProvisioningKey", seen.id, seen.outputs, inputs), /Deception/);
        });
        assert.deepEqual(requests, []);
        await world.assertInvariants({ live: [`key ${made.id}`] });
      }); // prettier-ignore
    }

    it("has its settings for every one of many deletes that are the first thing a process is asked", async () => {
      const made: Made[] = [];
      // no more than ten writes with the deletes, which else would wait for the rate limit
      for (const name of ["a", "b"]) {
        made.push(await make(provider, "ProvisioningKey", keyArgs(world, { name, __zpa: { seed: `${name}-0` } })));
        const words = { ...credentialArgs(world).PASSWORD, name, __zpa: { seed: `${name}-1` } };
        made.push(await make(provider, "PrivilegedCredential", words));
      }
      // nothing in the environment: what is not read from the configuration is missing
      const blank = Object.fromEntries(Object.keys(world.env).map((name) => [name, ""]));
      const { clientId, clientSecret, customerId, url } = world.simulator;
      const fresh = await world.provider({
        env: blank,
        config: { "zpa:zpaClientId": clientId, "zpa:zpaCustomerId": customerId, "zpa:baseUrl": url },
        secretConfig: { "zpa:zpaClientSecret": clientSecret },
      });
      const signIns = world.simulator.count({ path: /signin/ });
      await Promise.all(made.map(({ type, id, outputs }) => fresh.delete(type, id, outputs)));
      assert.equal(world.simulator.count({ path: /signin/ }), signIns + 1, "one token serves all");
      await world.assertInvariants();
    });
  });
});
