import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../harness/environment";
import type { Properties, ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";
import { change, keyArgs, make, type Made, plan, refresh, type Resource, secretsFor } from "./driver";

/** A resource as a release has left it in state; its secrets stand in as `<name>`, its group as `<group>`. */
interface Recorded {
  type: Resource;
  args: Properties;
  inputs: Properties;
  outputs: Properties;
}

const fixtures = path.join(repositoryRoot, "tests", "fixtures");
const { version } = JSON.parse(readFileSync(path.join(repositoryRoot, "package.json"), "utf8")) as { version: string };

const releases = readdirSync(fixtures).filter((file) => /^state-.*\.json$/.test(file));

describe("State that a release has left", () => {
  let world: World;
  let provider: ProviderProcess;
  let standIns: Record<string, string>;
  beforeEach(async () => {
    world = await World.start();
    provider = await world.provider();
    const { password, encryptedKey, passphrase } = secretsFor(world);
    const group = String(keyArgs(world).zcomponentId);
    standIns = { "<password>": password, "<privateKey>": encryptedKey, "<passphrase>": passphrase, "<group>": group };
  });
  afterEach(() => world.close());

  const argsOfAll = (): { type: Resource; args: Properties }[] => {
    const { password, encryptedKey, passphrase } = secretsFor(world);
    const common = { __zpa: { seed: "credential-0a1b2c3" } };
    return [
      { type: "ProvisioningKey", args: keyArgs(world, { enabled: false, ipAcl: ["192.0.2.1"], keepers: { a: "1" } }) },
      { type: "ProvisioningKey", args: keyArgs(world, { name: "named", headroom: "3", warnAtPercent: 5 }) },
      { type: "PrivilegedCredential", args: { ...common, credentialType: "PASSWORD", password, description: "d" } },
      {
        type: "PrivilegedCredential",
        args: { name: "ssh", credentialType: "SSH_KEY", userName: "svc", privateKey: encryptedKey, passphrase },
      },
    ];
  };

  /** Writes the fixture of this version: once for each release, with `RECORD_STATE=1`. */
  const record = async () => {
    const texts = Object.entries(standIns);
    const recorded: Recorded[] = [];
    for (const { type, args } of argsOfAll()) {
      const { inputs, outputs } = await make(provider, type, args);
      recorded.push({
        type,
        args,
        inputs,
        outputs: { ...outputs, ...("provisioningKey" in outputs && { provisioningKey: "<text>" }) },
      });
    }
    const json = texts.reduce(
      (text, [name, value]) => text.split(JSON.stringify(value)).join(JSON.stringify(name)),
      JSON.stringify(recorded, undefined, 2),
    );
    writeFileSync(path.join(fixtures, `state-${version}.json`), `${json}\n`);
  };

  it("is recorded for this version", async () => {
    if (process.env.RECORD_STATE === "1") await record();
    assert.ok(readdirSync(fixtures).includes(`state-${version}.json`), "run this test once with RECORD_STATE=1");
  });

  /** The object that a recorded resource stands for, in the tenant. */
  const restore = (text: string): Made & { args: Properties } => {
    const { type, args, inputs, outputs } = JSON.parse(text) as Recorded;
    if (type === "PrivilegedCredential") {
      const { lastCredentialResetTime, creationTime, ...fields } = outputs as Record<string, string>;
      const record = world.simulator.addCredential({
        ...(fields as { name: string }),
        lastCredentialResetTime,
        creationTime,
      });
      return { type, args, inputs, outputs, id: record.id };
    }
    const { maxUsage, usageCount, ...fields } = outputs as { name: string; [output: string]: unknown };
    const { name, enabled, ipAcl, enrollmentCertId } = fields as Parameters<typeof world.simulator.addKey>[0];
    const key = { name, maxUsage: String(maxUsage), usageCount: String(usageCount), enabled, ipAcl, enrollmentCertId };
    const record = world.simulator.addKey({ ...key, zcomponentId: outputs.zcomponentId as string });
    return { type, args, inputs, outputs: { ...outputs, provisioningKey: record.provisioningKey }, id: record.id };
  };

  for (const file of releases) {
    it(`is read, left alone, changed and deleted as ever: ${file}`, async () => {
      const text = readFileSync(path.join(fixtures, file), "utf8");
      const recorded = JSON.parse(text) as Recorded[];
      for (const one of recorded) {
        const filled = Object.entries(standIns).reduce(
          (json, [name, value]) => json.split(JSON.stringify(name)).join(JSON.stringify(value)),
          JSON.stringify(one),
        );
        const old = restore(filled);
        const { diff } = await plan(provider, old, old.args);
        assert.equal(diff.changes, false, `${file}: the same arguments are no change`);
        const read = await refresh(provider, old);
        assert.ok(read !== undefined, "it is still there");
        assert.equal((await plan(provider, read, old.args)).diff.changes, false, `${file}: a refresh is no change`);
        const more = old.type === "ProvisioningKey" ? { maxUsage: 77 } : { description: "changed" };
        const changed = await change(provider, read, { ...old.args, ...more });
        const [[name, value]] = Object.entries(more) as [[string, unknown]];
        assert.deepEqual(changed.outputs[name], value);
        await (await world.provider()).delete(old.type, changed.id, changed.outputs);
      }
      assert.equal(world.simulator.keys.size + world.simulator.credentials.size, 0);
    });
  }
});
