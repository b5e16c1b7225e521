import assert from "node:assert/strict";
import type { ProviderProcess, Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import { change, credentialArgs, keyArgs, type Made, make, plan, refresh, secretsFor } from "./driver";

describe("Reading over the provider protocol", () => {
  let world: World;
  let provider: ProviderProcess;
  beforeEach(async () => {
    // errors that last are given up soon
    world = await World.start({ env: { ZPA_OPERATION_TIMEOUT: "2" } });
    provider = await world.provider();
  });
  afterEach(() => world.close());

  /** A refresh by the next run, or by one that is given, then what the next up would do. */
  async function refreshed(made: Made, args: Properties, by?: ProviderProcess) {
    const next = by ?? (await world.provider());
    const seen = (await refresh(next, made))!;
    assert.ok(seen, "the object is there");
    const { diff } = await plan(next, seen, args);
    return { next, seen, diff };
  }

  describe("a key", () => {
    let args: Properties;
    let made: Made;
    let otherCertificate: string;
    beforeEach(async () => {
      otherCertificate = world.simulator.addEnrollmentCertificate({ name: "Own CA" }).id;
      const enrollmentCertId = world.simulator.builtInCertificate("Connector");
      args = keyArgs(world, { name: "zurich", enrollmentCertId, ipAcl: ["10.0.0.0/8"], uiConfig: "x", enabled: true });
      made = await make(provider, "ProvisioningKey", args);
    });

    const drifts: [field: string, stored: () => Record<string, unknown>, seen: () => unknown][] = [
      ["name", () => ({ name: "renamed" }), () => "renamed"],
      ["maxUsage", () => ({ maxUsage: "77" }), () => 77],
      ["enabled", () => ({ enabled: false }), () => false],
      ["ipAcl", () => ({ ipAcl: undefined }), () => []],
      ["uiConfig", () => ({ uiConfig: undefined }), () => ""],
      ["enrollmentCertId", () => ({ enrollmentCertId: otherCertificate }), () => otherCertificate],
    ];
    for (const [field, stored, value] of drifts) {
      it(`sees that ${field} was changed outside, and the next up puts it right`, async () => {
        world.simulator.editKey(made.id, stored());
        const { next, seen, diff } = await refreshed(made, args);
        assert.deepEqual(seen.outputs[field], value());
        assert.deepEqual(seen.inputs[field], value(), "the inputs show the drift");
        assert.deepEqual([diff.changes, diff.replaces], [true, []]);
        const { outputs } = await change(next, seen, args);
        assert.deepEqual(outputs[field], made.outputs[field]);
        assert.deepEqual((await refreshed({ ...seen, outputs }, args, next)).diff.changes, false);
        await world.assertInvariants({ live: [`key ${made.id}`] });
      });
    }

    it("shows no difference for fields that the program never set", async () => {
      world.simulator.editKey(made.id, { modifiedBy: "4711", expirationInEpochSec: "1900000000" });
      const { diff } = await refreshed(made, args);
      assert.equal(diff.changes, false);
      await world.assertInvariants({ live: [`key ${made.id}`] });
    });

    it("leaves the inputs in state as they are until an argument changes, be it one that no update has written", async () => {
      const provider = await world.provider();
      const read = () => provider.read("ProvisioningKey", made.id, made.outputs);
      assert.equal((await read()).inputs, undefined);
      const plain = await make(provider, "ProvisioningKey", keyArgs(world, { __zpa: { seed: "plain-0a1b2c3" } }));
      world.simulator.editKey(plain.id, { enabled: false });
      const later = await world.provider();
      const { inputs } = await later.read("ProvisioningKey", plain.id, plain.outputs);
      assert.deepEqual([typeof inputs, inputs?.enabled], ["object", undefined]);
      await world.assertInvariants({ live: [`key ${made.id}`, `key ${plain.id}`] });
    });

    it("counts the machines that have enrolled, which is no difference", async () => {
      const { provisioningKey } = world.simulator.keys.get(made.id)!;
      for (let machine = 0; machine < 3; machine++) world.simulator.enroll(provisioningKey);
      const { seen, diff } = await refreshed(made, args);
      assert.deepEqual([seen.outputs.usageCount, seen.outputs.remainingUses], [3, 7]);
      assert.equal(diff.changes, false);
      await world.assertInvariants({ live: [`key ${made.id}`] });
    });

    it("keeps the text of a key that was made unexportable outside, which cannot be undone but by replacing it", async () => {
      world.simulator.editKey(made.id, { exportable: false });
      const { seen, diff } = await refreshed(made, { ...args, exportable: true });
      assert.ok(seen.outputs.provisioningKey === made.outputs.provisioningKey);
      assert.deepEqual(diff.replaces, ["exportable"]);
      await world.assertInvariants({ live: [`key ${made.id}`] });
    });

    it("notices that another key text is in force", async () => {
      const text = `3|api.private.zscaler.com|${secretsFor(world).otherPassword.repeat(4)}`;
      world.simulator.editKey(made.id, { provisioningKey: text });
      const { seen } = await refreshed(made, args);
      assert.ok(seen.outputs.provisioningKey === text);
      world.canaries.newKeyText = text;
      await world.assertInvariants({ live: [`key ${made.id}`] });
    });

    it("finds a key that was put into another microtenant, and replaces it", async () => {
      const { id: microtenantId } = world.simulator.addMicrotenant({ name: "Scope C" });
      const inDefault = await make(provider, "ProvisioningKey", { ...args, name: "bern", microtenantId: "0" });
      world.simulator.editKey(inDefault.id, { microtenantId });
      const { seen, diff } = await refreshed(inDefault, { ...args, name: "bern", microtenantId: "0" });
      assert.equal(seen.outputs.microtenantId, microtenantId);
      assert.deepEqual(diff.replaces, ["microtenantId"]);
      await world.assertInvariants({ live: [`key ${made.id}`, `key ${inDefault.id}`] });
    });

    for (const status of [400, 404] as const) {
      it(`says that a key is gone when ZPA answers ${status}`, async () => {
        world.simulator.settings.notFoundStatus = status;
        world.simulator.removeKey(made.id);
        assert.equal(await refresh(await world.provider(), made), undefined);
        await world.assertInvariants();
      });
    }

    const answers: [status: number, body: unknown][] = [
      [401, { id: "access.denied", reason: "Access denied." }],
      [401, { id: "authz.featureflag.permission.denied", params: ["ui.waf"] }],
      [403, { id: "authz.permission.denied", reason: "Not allowed." }],
      [400, { id: "invalid.parameter", reason: "Not like this." }],
      [500, { id: "internal.error", reason: "Something broke." }],
      [503, { id: "retryable.server.error", reason: "Please retry." }],
      [502, "<html>Bad gateway</html>"],
      [200, "<html>Please sign in</html>"],
    ];
    for (const [status, body] of answers) {
      const id = typeof body === "string" ? "as HTML" : (body as { id: string }).id;
      it(`never says that a key is gone for ${status} ${id}`, async () => {
        const kind = status === 200 ? "body" : "status";
        world.fault({ kind, status, body, times: Infinity, match: { method: "GET", path: /mgmtconfig/ } });
        await assert.rejects(refresh(await world.provider(), made), ({ message }: Error) => {
          assert.match(message, new RegExp(`\\b${status}\\b`));
          assert.doesNotMatch(message, /\n|gone|\.(?:ts|js):\d/);
          return true;
        });
        await world.assertInvariants({ live: [`key ${made.id}`] });
      });
    }

    it("never says that a key is gone when nobody answers", async () => {
      const next = await world.provider();
      world.fault({ kind: "resetBeforeCommit", times: Infinity, match: { method: "GET", path: /mgmtconfig/ } });
      await assert.rejects(refresh(next, made), /ZPA .*(?:reset|closed|connection)/i);
      await world.assertInvariants({ live: [`key ${made.id}`] });
    });
  });

  it("reads names that ZPA escapes as the program wrote them", async () => {
    const name = `Zürich & <Bern> "it's" *.corp`;
    const args = keyArgs(world, { name, uiConfig: "a&b" });
    const made = await make(provider, "ProvisioningKey", args);
    assert.equal(made.outputs.name, name);
    const { seen, diff } = await refreshed(made, args);
    assert.equal(seen.outputs.name, name);
    assert.equal(diff.changes, false);
    const description = "R&D *.example.com";
    const words = { ...credentialArgs(world).PASSWORD, name: "R&D", description };
    const credential = await make(provider, "PrivilegedCredential", words);
    const again = await refreshed(credential, words);
    assert.deepEqual([again.seen.outputs.name, again.seen.outputs.description], ["R&D", description]);
    assert.equal(again.diff.changes, false);
    await world.assertInvariants({ live: [`key ${made.id}`, `credential ${credential.id}`] });
  });

  it("sees no drift where ZPA names the Default microtenant without its id", async () => {
    const keyed = keyArgs(world, { microtenantId: "0" });
    const made = await make(provider, "ProvisioningKey", keyed);
    assert.equal((await refreshed(made, keyed)).diff.changes, false);
    const worded = { ...credentialArgs(world).PASSWORD, microtenantId: "0" };
    const credential = await make(provider, "PrivilegedCredential", worded);
    assert.equal((await refreshed(credential, worded)).diff.changes, false);
    await world.assertInvariants({ live: [`key ${made.id}`, `credential ${credential.id}`] });
  });

  it("sees no drift where ZPA does not echo userDomain", async () => {
    world.simulator.settings.echoUserDomain = false;
    const args = credentialArgs(world).USERNAME_PASSWORD;
    const made = await make(provider, "PrivilegedCredential", args);
    const { seen, diff } = await refreshed(made, args);
    assert.equal(seen.outputs.userDomain, "corp");
    assert.equal(diff.changes, false);
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });

  describe("a credential", () => {
    const drifts: [field: string, value: string][] = [
      ["name", "renamed"],
      ["description", "another"],
      ["userName", "svc2"],
      ["userDomain", "corp2"],
    ];
    for (const [field, value] of drifts) {
      it(`sees that ${field} was changed outside, and the next up puts it right`, async () => {
        const args = { ...credentialArgs(world).USERNAME_PASSWORD, name: "jump", description: "of a test" };
        const made = await make(provider, "PrivilegedCredential", args);
        world.simulator.editCredential(made.id, { [field]: value });
        const { next, seen, diff } = await refreshed(made, args);
        assert.deepEqual([seen.outputs[field], seen.inputs[field]], [value, value]);
        assert.deepEqual([diff.changes, diff.replaces], [true, []]);
        const after = await change(next, seen, args);
        assert.equal((await refreshed(after, args, next)).diff.changes, false);
        await world.assertInvariants({ live: [`credential ${made.id}`] });
      });
    }

    it("finds one that was moved to another microtenant, and moves it back", async () => {
      const { id: microtenantId } = world.simulator.addMicrotenant({ name: "Scope C" });
      const args = { ...credentialArgs(world).PASSWORD, microtenantId: "0" };
      const made = await make(provider, "PrivilegedCredential", args);
      world.simulator.editCredential(made.id, { microtenantId });
      const { next, seen, diff } = await refreshed(made, args);
      assert.equal(seen.outputs.microtenantId, microtenantId);
      assert.deepEqual([diff.changes, diff.replaces], [true, []]);
      await change(next, seen, args);
      assert.equal(world.simulator.credentials.get(made.id)!.microtenantId, undefined);
      await world.assertInvariants({ live: [`credential ${made.id}`] });
    });

    it("writes the secret again that somebody else has reset, and then is content", async () => {
      const { otherPassword, password } = secretsFor(world);
      const args = credentialArgs(world).USERNAME_PASSWORD;
      const made = await make(provider, "PrivilegedCredential", args);
      const stored = world.simulator.credentials.get(made.id)!;
      world.simulator.editCredential(made.id, { password: otherPassword });
      const { next, seen, diff } = await refreshed(made, args);
      assert.deepEqual([diff.changes, diff.replaces], [true, []]);
      const after = await change(next, seen, args);
      assert.ok(stored.password === password, "the program's secret is in force");
      assert.match(next.output(), /was changed outside of Pulumi/);
      assert.equal((await refreshed(after, args, next)).diff.changes, false);
      await world.assertInvariants({ live: [`credential ${made.id}`] });
    });

    it("takes its own writes of a secret for its own", async () => {
      const { otherPassword } = secretsFor(world);
      const args = credentialArgs(world).PASSWORD;
      const made = await make(provider, "PrivilegedCredential", args);
      const changed = await change(provider, made, { ...args, password: otherPassword });
      const { seen, diff } = await refreshed(changed, { ...args, password: otherPassword });
      assert.equal(diff.changes, false);
      assert.equal((await refreshed(seen, { ...args, password: otherPassword })).diff.changes, false);
      await world.assertInvariants({ live: [`credential ${made.id}`] });
    });
  });

  it("reads many of one type with one list, and one alone with one GET", async () => {
    const args = ["a", "b", "c", "d"].map((name) => keyArgs(world, { name, __zpa: { seed: `${name}-0` } }));
    const keys = await Promise.all(args.map((one) => make(provider, "ProvisioningKey", one)));
    const many = await world.provider();
    const ofMany = await world.requestsOf(() => Promise.all(keys.map((key) => refresh(many, key))));
    assert.deepEqual(ofMany.map(({ method, query }) => [method, query.pagesize]), [["GET", "500"]]); // prettier-ignore
    const single = await world.provider();
    const ofOne = await world.requestsOf(() => refresh(single, keys[0]!));
    assert.equal(ofOne.length, 1);
    await world.assertInvariants({ live: keys.map(({ id }) => `key ${id}`) });
  });
});
