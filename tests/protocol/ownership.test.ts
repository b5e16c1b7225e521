import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe as inWords } from "../harness/invariants";
import type { Properties, ProviderProcess } from "../harness/providerProcess";
import { runsInProcess } from "../harness/providerInProcess";
import { World } from "../harness/world";
import type { StoredRecord } from "../simulator/records";
import {
  argsOf,
  credentialArgs,
  editRecord,
  keyArgs,
  type Made,
  make,
  otherValue,
  plan,
  recordsOf,
  refOf,
  type Resource,
  resources,
  secretsFor,
} from "./driver";

const day = 24 * 60 * 60;

describe("An object that has the generated name of a new one", () => {
  let world: World;
  beforeEach(async () => (world = await World.start({ env: { ZPA_OPERATION_TIMEOUT: "2" } })));
  afterEach(() => world.close());

  const recordOf = ({ type, id }: Made): StoredRecord => recordsOf(world, type).get(id)!;

  /** What a run leaves whose processes were killed before the engine could record it. */
  async function leftOver(type: Resource, args = argsOf(world, type)): Promise<Made> {
    const provider = await world.provider();
    const made = await make(provider, type, args);
    await provider.kill("SIGKILL");
    return made;
  }

  /** What a run leaves that the engine has recorded. */
  async function recorded(type: Resource, args = argsOf(world, type)): Promise<Made> {
    const provider = await world.provider();
    const made = await make(provider, type, args);
    await provider.kill("SIGINT");
    return made;
  }

  for (const type of resources) {
    describe(`of type ${type}`, () => {
      it("is taken over when it is what a killed run has left", async () => {
        const lost = await leftOver(type);
        const provider = await world.provider();
        const again = await make(provider, type, argsOf(world, type));
        assert.equal(again.id, lost.id);
        await provider.kill();
        assert.match(provider.output(), new RegExp(`\\(${lost.id}\\) was created by an earlier run that ended before`));
        await world.assertInvariants({ live: [refOf(again)] });
      });

      it("is taken over with retainOnDelete too, and the run says how to get a new one", async () => {
        const lost = await leftOver(type);
        const provider = await world.provider();
        const args = argsOf(world, type);
        const again = await make(provider, type, { ...args, __zpa: { ...(args["__zpa"] as object), retain: true } });
        assert.equal(again.id, lost.id);
        await provider.kill();
        assert.match(provider.output(), /takes it over\. Where another machine has recorded it, and this run should replace it, change keepers\./); // prettier-ignore
        await world.assertInvariants({ live: [refOf(again)] });
      });

      it("is not deleted by the process that took it over, which says so", async () => {
        const lost = await leftOver(type);
        const provider = await world.provider();
        const again = await make(provider, type, argsOf(world, type));
        const requests = await world.requestsOf(() => provider.delete(type, lost.id, lost.outputs));
        assert.deepEqual(requests, []);
        await provider.kill();
        assert.match(
          provider.output(),
          new RegExp(`"${again.outputs.name as string}" \\(${lost.id}\\) was not deleted`),
        );
        await world.assertInvariants({ live: [refOf(again)] });
      });

      it("is left alone when an engine has recorded it, and the new one gets another name", async () => {
        const old = await recorded(type);
        const provider = await world.provider();
        const replacement = await make(provider, type, argsOf(world, type));
        assert.notEqual(replacement.id, old.id);
        assert.notEqual(replacement.outputs.name, old.outputs.name);
        await provider.delete(type, old.id, old.outputs);
        await provider.kill();
        assert.match(provider.output(), new RegExp(`warning: .*"${old.outputs.name as string}" \\(id ${old.id}\\)`));
        await world.assertInvariants({ live: [refOf(replacement)] });
      });

      it("is left alone without a warning when a run has found it in state", async () => {
        const old = await recorded(type);
        const later = await world.provider();
        await plan(later, old, argsOf(world, type));
        await later.kill("SIGINT");
        const provider = await world.provider();
        const replacement = await make(provider, type, argsOf(world, type));
        await provider.delete(type, old.id, old.outputs);
        await provider.kill();
        assert.match(
          provider.output(),
          new RegExp(`^zpa: [^:]*\\(id ${old.id}\\) is held by this stack or another one`),
        );
        await world.assertInvariants({ live: [refOf(replacement)] });
      });

      const explanations: Record<string, (made: Made) => void> = {
        "is older than a day by the server's clock": (made) => {
          const record = recordOf(made);
          record.creationTime = String(Number(record.creationTime) - day - 60);
        },
        "was changed since": (made) => {
          const record = recordOf(made);
          record.modifiedTime = String(Number(record.creationTime) + 60);
        },
        "differs in a field": (made) => {
          editRecord(world, made, otherValue(type));
        },
      };
      for (const [what, explain] of Object.entries(explanations)) {
        it(`is left alone when it ${what}`, async () => {
          const other = await leftOver(type);
          explain(other);
          world.protect();
          const made = await make(await world.provider(), type, argsOf(world, type));
          assert.notEqual(made.id, other.id);
          await world.assertInvariants({ live: [refOf(made)] });
        });
      }

      it("is found again in the next generation, too, when the run is killed once more", async () => {
        const old = await recorded(type);
        world.protect();
        const lost = await leftOver(type);
        const again = await make(await world.provider(), type, argsOf(world, type));
        assert.deepEqual([again.id, again.outputs.name], [lost.id, lost.outputs.name]);
        assert.notEqual(again.id, old.id);
        await world.assertInvariants({ live: [refOf(again)] });
      });

      it("is never one that the resource had before its present one", async () => {
        const args = argsOf(world, type);
        const first = await leftOver(type, { ...args, keepers: { rotation: "A" } });
        const second = await replace(first, { ...args, keepers: { rotation: "B" } });
        const third = await replace(second, { ...args, keepers: { rotation: "A" } });
        assert.equal(new Set([first.id, second.id, third.id]).size, 3);
        await world.assertInvariants({ live: [first, second, third].map(refOf) });
      });

      it("is left alone while another resource of the run has it in state", async () => {
        const kept = await leftOver(type);
        const provider = await world.provider();
        await plan(provider, kept, { ...argsOf(world, type), __zpa: { seed: "renamed-0a1b2c3" } });
        const made = await make(provider, type, argsOf(world, type));
        assert.notEqual(made.id, kept.id);
        await world.assertInvariants({ live: [refOf(kept), refOf(made)] });
      });
    });
  }

  it("is left alone when a machine has enrolled with it", async () => {
    const used = await leftOver("ProvisioningKey");
    world.simulator.enroll(world.simulator.keys.get(used.id)!.provisioningKey);
    world.protect();
    const made = await make(await world.provider(), "ProvisioningKey", keyArgs(world));
    assert.notEqual(made.id, used.id);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  /** As the engine replaces, in a process of its own: check, diff, check without old inputs, create. */
  async function replace(old: Made, args: Properties): Promise<Made> {
    const provider = await world.provider();
    const { diff } = await plan(provider, old, args);
    assert.deepEqual(diff.replaces, ["keepers"]);
    const made = await make(provider, old.type, args);
    await provider.kill("SIGKILL");
    return made;
  }

  it("is told by its program's own name with aliases before adopt", async () => {
    const args = keyArgs(world, { name: "zurich" });
    await leftOver("ProvisioningKey", args);
    world.protect();
    await assert.rejects(make(await world.provider(), "ProvisioningKey", args), /aliases.*adopt: "\d+"/);
    await world.assertInvariants();
  });

  describe("after an answer that was lost", () => {
    let provider: ProviderProcess;
    beforeEach(async () => (provider = await world.provider()));
    const creation = { method: "POST", path: /provisioningKey$/ };

    it("is ours when it is as we asked for, though it came late", async () => {
      const args = keyArgs(world, { name: "zurich" });
      // the first request is carried out only while the second one is on its way
      world.fault({ kind: "status", status: 504, body: {}, match: creation });
      const { log } = world.simulator;
      const push = log.push.bind(log);
      log.push = (...arrived) => {
        const count = push(...arrived);
        if (world.simulator.count(creation) === 2 && world.simulator.keys.size === 0) {
          world.simulator.addKey({ name: "zurich", zcomponentId: args.zcomponentId as string, maxUsage: "10" });
        }
        return count;
      };
      const { id } = await make(provider, "ProvisioningKey", args);
      assert.equal(world.simulator.keys.size, 1);
      await world.assertInvariants({ live: [`key ${id}`] });
    });

    it("is refused when it differs: somebody else has made it", async () => {
      const args = keyArgs(world, { name: "zurich" });
      world.fault({ kind: "resetBeforeCommit", match: creation });
      const other = world.simulator.addKey({ name: "bern", zcomponentId: args.zcomponentId as string, maxUsage: "3" });
      world.simulator.settings.refuseDuplicateNames = true;
      const rename = setInterval(() => {
        if (world.simulator.count(creation) > 0) other.name = "zurich";
      }, 1);
      await assert
        .rejects(make(provider, "ProvisioningKey", args), /"zurich" exists already/)
        .finally(() => clearInterval(rename));
      assert.equal(world.simulator.keys.size, 1);
      assert.equal(other.maxUsage, "3");
    });
  });

  describe("whose answer lacks the key's text", () => {
    it("costs one GET where the key is exportable", async () => {
      world.simulator.createAnswerWithoutText();
      const { id, outputs } = await make(await world.provider(), "ProvisioningKey", keyArgs(world, { name: "zurich" }));
      assert.ok(outputs.provisioningKey === world.simulator.keys.get(id)!.provisioningKey);
      const last = world.requests.slice(-2).map(inWords);
      assert.deepEqual(
        last.map((text) => text.split(" ")[0]),
        ["POST", "GET"],
      );
      await world.assertInvariants({ live: [`key ${id}`] });
    });

    it("is created once more, and not without end, where the key is not exportable", async () => {
      world.simulator.createAnswerWithoutText(Infinity);
      const args = keyArgs(world, { exportable: false });
      await assert.rejects(make(await world.provider(), "ProvisioningKey", args), /ZPA did not return its text/);
      assert.equal(world.writes.filter(({ method }) => method === "POST").length, 2);
      await world.assertInvariants();
    });

    it("is no object that is forgotten when its text cannot be read: the next update reads it", async () => {
      world.simulator.createAnswerWithoutText();
      const args = keyArgs(world);
      const fault = world.fault({ kind: "status", status: 403, body: {}, match: { method: "GET", path: /Key\/\d+$/ } });
      const provider = await world.provider();
      const { inputs } = await provider.check("ProvisioningKey", {}, args);
      let kept: Properties | undefined;
      await assert.rejects(provider.create("ProvisioningKey", inputs), (error) => {
        kept = (error as { initFailure?: { properties: Properties } }).initFailure?.properties;
        return /403/.test(String((error as Error).message));
      });
      fault.clear();
      const [key] = world.simulator.keys.values();
      const next = await world.provider();
      const { outputs } = await next.update("ProvisioningKey", key!.id, kept!, inputs);
      assert.ok(outputs.provisioningKey === key!.provisioningKey, "the text is an output");
      await next.delete("ProvisioningKey", key!.id, kept!);
      await world.assertInvariants();
    });
  });

  describe("on a machine whose notes are its own", () => {
    const machines: string[] = [];
    afterEach(() => machines.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));
    const machine = () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), "zpa-machine-"));
      machines.push(folder);
      return { env: { TMPDIR: folder } };
    };

    it("is never deleted for its text where another machine has posted it", async () => {
      const args = keyArgs(world, { exportable: false });
      const provider = await world.provider(machine());
      const theirs = await make(provider, "ProvisioningKey", args);
      await provider.kill("SIGKILL");
      world.protect(refOf(theirs));
      const next = await world.provider(machine());
      const made = await make(next, "ProvisioningKey", args);
      assert.notEqual(made.id, theirs.id);
      await next.kill();
      assert.match(next.output(), new RegExp(`\\(id ${theirs.id}\\) exists already and is left alone`));
      await world.assertInvariants({ live: [refOf(theirs), refOf(made)] });
    });

    it("is left alone, though the answer to its creation did not tell when it was made", async () => {
      world.fault({ kind: "omit", fields: ["creationTime"], match: { method: "POST", path: /provisioningKey$/ } });
      const here = machine();
      const provider = await world.provider(here);
      const old = await make(provider, "ProvisioningKey", keyArgs(world));
      await provider.kill("SIGINT");
      world.protect(refOf(old));
      const made = await make(await world.provider(here), "ProvisioningKey", keyArgs(world));
      assert.notEqual(made.id, old.id);
      await world.assertInvariants({ live: [refOf(old), refOf(made)] });
    });
  });

  it("is not deleted for an old entry of state while another entry keeps it", async () => {
    const args = keyArgs(world);
    const made = await leftOver("ProvisioningKey", args);
    const provider = await world.provider();
    await plan(provider, made, args);
    assert.deepEqual(await world.requestsOf(() => provider.delete(made.type, made.id, made.outputs)), []);
    await provider.kill();
    assert.match(provider.output(), /was not deleted: another entry of this stack holds it/);
    // a refresh asks as well, and says nothing about what the program keeps
    const refreshed = await world.provider();
    const { props } = await refreshed.read(made.type, made.id, made.outputs);
    await plan(refreshed, { ...made, outputs: props }, args);
    await refreshed.delete(made.type, made.id, props);
    await world.assertInvariants();
  });

  it("is not adopted again when it is being replaced", async () => {
    const { password } = secretsFor(world);
    const old = world.simulator.addCredential({ name: "old", credentialType: "PASSWORD", password });
    world.protect(`credential ${old.id}`);
    const args = { ...credentialArgs(world).PASSWORD, adopt: old.id };
    const first = await world.provider();
    const adopted = await make(first, "PrivilegedCredential", args);
    assert.equal(adopted.outputs.name, "old", "an adopted object keeps its name");
    if (!runsInProcess()) await first.kill("SIGINT");
    const successor = await replace(adopted, { ...args, keepers: { rotation: "1" } });
    assert.notEqual(successor.id, old.id);
    await (await world.provider()).delete("PrivilegedCredential", adopted.id, adopted.outputs);
    await world.assertInvariants({ live: [`credential ${successor.id}`] });
  });

  it("is not adopted again after this run has deleted it", async () => {
    const args = keyArgs(world, { name: "zurich" });
    const old = world.simulator.addKey({ name: "zurich", zcomponentId: args.zcomponentId as string });
    world.protect(`key ${old.id}`);
    const first = await world.provider();
    const adopted = await make(first, "ProvisioningKey", { ...args, adopt: old.id });
    if (!runsInProcess()) await first.kill("SIGINT");
    // the engine was told to replace it, the old one first
    const provider = await world.provider();
    await provider.delete("ProvisioningKey", adopted.id, adopted.outputs);
    const successor = await make(provider, "ProvisioningKey", { ...args, adopt: old.id });
    assert.notEqual(successor.id, old.id);
    await world.assertInvariants({ live: [`key ${successor.id}`] });
  });
});
