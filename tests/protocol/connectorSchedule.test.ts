import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import path from "node:path";
import type { ProviderCallError, ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";
import { change, make, plan, refresh, refusal } from "./driver";

const type = "ConnectorSchedule";
const seed = { __zpa: { seed: "clean-up-0a1b2c3" } };
const others = { id: "7", enabled: true, deleteDisabled: true, frequencyInterval: "90" };

for (const { associationType, address, record } of [
  { associationType: "CONNECTOR_GRP", address: "connectorSchedule", record: "connectorSchedule" },
  { associationType: "SERVICE_EDGE_GRP", address: "serviceEdgeSchedule", record: "serviceEdgeSchedule" },
] as const) {
  describe(`The clean-up schedule of ${associationType} over the provider protocol`, () => {
    let world: World;
    let provider: ProviderProcess;
    beforeEach(async () => {
      world = await World.start({ env: { ZPA_OPERATION_TIMEOUT: "2" } });
      provider = await world.provider();
    });
    afterEach(async () => {
      await world.assertInvariants();
      await world.close();
    });

    const args = (more = {}) => ({ associationType, frequencyInterval: 5, ...seed, ...more });
    const stored = () => world.simulator[record];
    const sent = async (action: () => Promise<unknown>) =>
      (await world.requestsOf(action)).map((request) => `${request.method} ${request.path.replace(/.*customers\/\d+\//, "").replace(/\/\d+$/, "")}`); // prettier-ignore

    it("is created where there is none with two calls, and disabled in the end", async () => {
      let made = await make(await world.provider(), type, args());
      assert.deepEqual(
        { ...stored(), id: "" },
        { id: "", enabled: true, deleteDisabled: false, frequencyInterval: "5" },
      );
      made = await change(provider, made, args({ frequencyInterval: 7 }));
      assert.equal(stored()?.frequencyInterval, "7");
      const gone = await sent(() => provider.delete(type, made.id, made.outputs));
      assert.deepEqual([gone, stored()?.enabled], [[`GET ${address}`, `PUT ${address}`], false]);
    });

    it("is brought back by a destroy also where ZPA has given it another id since", async () => {
      world.simulator[record] = { ...others };
      const made = await make(await world.provider(), type, args());
      world.simulator[record] = { ...stored()!, id: "8" };
      await provider.delete(type, made.id, made.outputs);
      assert.deepEqual(stored(), { ...others, id: "8" });
    });

    it("takes over what is configured, and brings it back in the end", async () => {
      world.simulator[record] = { ...others };
      let made = await make(await world.provider(), type, args());
      assert.deepEqual(stored(), { ...others, deleteDisabled: false, frequencyInterval: "5" });
      assert.equal(made.id, "7");
      made = await change(provider, made, args({ deleteDisabled: true }));
      const put = await sent(async () => await provider.delete(type, made.id, made.outputs));
      assert.deepEqual(put, [`GET ${address}`, `PUT ${address}`]);
      assert.deepEqual(stored(), others);
      assert.match(provider.output(), /is again as it was before this resource: enabled true, deleteDisabled true, frequencyInterval 90\./); // prettier-ignore
    });

    it("stays as others have configured it meanwhile, whether a refresh has seen it or not, and says what was before", async () => {
      world.simulator[record] = { ...others };
      const made = await make(await world.provider(), type, args());
      const theirs = { ...others, frequencyInterval: "30" };
      world.simulator[record] = { ...theirs };
      const seen = (await refresh(await world.provider(), made))!;
      for (const { id, outputs } of [made, seen]) {
        await provider.delete(type, id, outputs);
        assert.deepEqual(stored(), theirs);
      }
      assert.match(provider.output(), /warning: the clean-up schedule .* stays as others have configured it meanwhile: enabled true, deleteDisabled true, frequencyInterval 30\. Before this resource it was enabled true, deleteDisabled true, frequencyInterval 90\./); // prettier-ignore
    });

    it("can be changed and destroyed where others have switched it off meanwhile", async () => {
      const made = await make(await world.provider(), type, args());
      world.simulator[record] = { ...stored()!, enabled: false };
      await provider.update(type, made.id, made.outputs, { ...made.inputs, enabled: false });
      await provider.delete(type, made.id, made.outputs);
      assert.equal(stored()?.enabled, false);
    });

    it("can be destroyed where its first write was refused and it was off", async () => {
      world.simulator[record] = { ...others, enabled: false };
      const body = { id: "authz.permission.denied", reason: "No." };
      world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
      const maker = await world.provider();
      const { inputs } = await maker.check(type, {}, args());
      const failed: unknown = await maker.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
      const { id, properties } = (failed as ProviderCallError).initFailure!;
      await provider.delete(type, id, properties);
      assert.deepEqual(stored(), { ...others, enabled: false });
    });

    it("stays as the program says where its resource was renamed without an alias, and tells what was before", async () => {
      world.simulator[record] = { ...others, enabled: false };
      const one = await make(await world.provider(), type, args());
      // the engine creates what is new, then deletes what is no longer in the program
      const two = await make(provider, type, { ...args(), __zpa: { seed: "other-0a1b2c3" } });
      await provider.delete(type, one.id, one.outputs);
      assert.deepEqual([two.outputs["enabled"], stored()?.enabled, stored()?.frequencyInterval], [true, true, "5"]);
      assert.match(provider.output(), /warning: .* stays as another resource of this run has configured it\. .* Before this resource it was enabled false, .* aliases\./); // prettier-ignore
    });

    it("stays the new resource's where that one has the name that its old one has had before", async () => {
      const one = await make(await world.provider(), type, args());
      await make(provider, type, args());
      await provider.delete(type, one.id, one.outputs);
      assert.equal(stored()?.enabled, true);
    });

    it("is brought back also where the run was killed before its creation was recorded", async () => {
      world.simulator[record] = { ...others };
      await make(await world.provider(), type, args());
      const made = await make(await world.provider(), type, args());
      await provider.delete(type, made.id, made.outputs);
      assert.deepEqual(stored(), others);
    });

    it("is brought back also where the run was killed before its update was recorded", async () => {
      world.simulator[record] = { ...others };
      const made = await make(await world.provider(), type, args());
      await change(provider, made, args({ frequencyInterval: 7 }));
      const seen = (await refresh(await world.provider(), made))!;
      await provider.delete(type, seen.id, seen.outputs);
      assert.deepEqual(stored(), others);
    });

    it("is brought back where a killed creation has switched it off, and ZPA tells no interval of one that is off", async () => {
      world.simulator[record] = { ...others };
      await make(await world.provider(), type, args({ enabled: false }));
      const fault = world.fault({ kind: "omit", match: { method: "GET" }, fields: ["frequencyInterval"], times: Infinity }); // prettier-ignore
      const made = await make(await world.provider(), type, args({ enabled: false }));
      fault.clear();
      await provider.delete(type, made.id, made.outputs);
      assert.deepEqual(stored(), others);
    });

    it("is not brought back by the resource of another stack, whatever this machine remembers of the first", async () => {
      world.simulator[record] = { ...others };
      await make(await world.provider(), type, args());
      const found = { ...stored()! };
      const made = await make(await world.provider(), type, args({ frequencyInterval: 7, __zpa: { seed: "two-0a1b2c3" } })); // prettier-ignore
      await provider.delete(type, made.id, made.outputs);
      assert.deepEqual(stored(), found);
    });

    it("is switched off by a destroy where a killed creation was followed by one that ZPA refused", async () => {
      await make(await world.provider(), type, args());
      const body = { id: "authz.permission.denied", reason: "No." };
      world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
      const { inputs } = await provider.check(type, {}, args({ frequencyInterval: 7 }));
      const failed: unknown = await provider.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
      const { id, properties } = (failed as ProviderCallError).initFailure!;
      await (await world.provider()).delete(type, id, properties);
      assert.equal(stored()?.enabled, false);
    });

    it("is sent by the next up where its creation was refused, also with ignoreChanges", async () => {
      world.simulator[record] = { ...others, enabled: false };
      const body = { id: "authz.permission.denied", reason: "No." };
      world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
      const ignoring = args({ __zpa: { ...seed.__zpa, ignored: ["frequencyInterval"] } });
      const { inputs } = await provider.check(type, {}, ignoring);
      const failed: unknown = await provider.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
      const { id, properties } = (failed as ProviderCallError).initFailure!;
      const { outputs } = await provider.update(type, id, properties, inputs);
      assert.equal(stored()?.enabled, true);
      await (await world.provider()).delete(type, id, outputs);
    });

    it("stays as others have it, where a write of the program was refused or has left to them what they have changed", async () => {
      world.simulator[record] = { ...others };
      const made = await make(await world.provider(), type, args());
      const body = { id: "authz.permission.denied", reason: "No." };
      world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
      await assert.rejects(change(await world.provider(), made, args({ enabled: false })));
      world.simulator[record] = { ...stored()!, enabled: false };
      await provider.delete(type, made.id, made.outputs);
      assert.equal(stored()?.enabled, false);
    });

    for (const [what, isRefreshed, more] of [
      ["an update", false, { frequencyInterval: 7 }],
      ["a refresh, after which the engine takes it for the program's", true, {}],
      ["a refresh and an update", true, { frequencyInterval: 7 }],
    ] as const) {
      it(`stays off as others have switched it, where ignoreChanges leaves that to them, also after ${what}`, async () => {
        world.simulator[record] = { ...others };
        const ignoring = (some = {}) => args({ ...some, __zpa: { ...seed.__zpa, ignored: ["enabled"] } });
        const made = await make(await world.provider(), type, ignoring());
        world.simulator[record] = { ...stored()!, enabled: false };
        const seen = isRefreshed ? (await refresh(await world.provider(), made))! : made;
        const theirs = isRefreshed ? { enabled: false } : {};
        const changed = await change(await world.provider(), seen, ignoring({ ...theirs, ...more }));
        await provider.delete(type, changed.id, changed.outputs);
        assert.equal(stored()?.enabled, false);
      });
    }

    it("stays as others have it, whatever an earlier run of this machine has sent that state knows to be outdated", async () => {
      world.simulator[record] = { ...others };
      const made = await make(await world.provider(), type, args());
      const elsewhere = await world.provider({ env: { TMPDIR: mkdtempSync(path.join(world.env.TMPDIR!, "other-")) } });
      const changed = await change(elsewhere, made, args({ frequencyInterval: 7 }));
      const theirs = { ...stored()!, frequencyInterval: "5" };
      world.simulator[record] = { ...theirs };
      await provider.delete(type, changed.id, changed.outputs);
      assert.deepEqual(stored(), theirs);
    });

    it("is as the program says where a rename without an alias was interrupted and then undone", async () => {
      world.simulator[record] = { ...others };
      const one = await make(await world.provider(), type, args());
      const two = await make(await world.provider(), type, args({ frequencyInterval: 7, __zpa: { seed: "two-0a1b2c3" } })); // prettier-ignore
      assert.equal((await plan(provider, one, args())).diff.changes, false);
      await provider.delete(type, two.id, two.outputs);
      assert.equal(stored()?.frequencyInterval, "5");
      assert.match(provider.output(), /is as the other resource has it: enabled true, deleteDisabled false, frequencyInterval 5\./); // prettier-ignore
      await (await world.provider()).delete(type, one.id, one.outputs);
      assert.deepEqual(stored(), others);
    });

    it("is switched off by a program that switches it off again after a lost answer to switching it on", async () => {
      const off = args({ enabled: false });
      world.simulator[record] = { ...others, enabled: false };
      const made = await make(await world.provider(), type, off);
      const fault = world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
      const { inputs } = await provider.check(type, made.inputs, args());
      const failed: unknown = await provider.update(type, made.id, made.outputs, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
      fault.clear();
      assert.equal(stored()?.enabled, true);
      const half = { ...made, outputs: (failed as ProviderCallError).initFailure!.properties };
      await change(await world.provider(), half, off);
      assert.equal(stored()?.enabled, false);
    });

    for (const what of ["of a resource that was renamed", "of a resource that another machine has made"] as const) {
      it(`is brought back also where an update ${what} was killed`, async () => {
        world.simulator[record] = { ...others };
        const isElsewhere = what.endsWith("made");
        const TMPDIR = mkdtempSync(path.join(world.env.TMPDIR!, "other-"));
        const maker = await world.provider(isElsewhere ? { env: { TMPDIR } } : {});
        const seedNow = isElsewhere ? seed : { __zpa: { seed: "renamed-0a1b2c3" } };
        const renamed = (days: number) => ({ ...args({ frequencyInterval: days }), ...seedNow });
        const made = await make(maker, type, args());
        const changed = isElsewhere ? made : await change(await world.provider(), made, renamed(7));
        await change(await world.provider(), changed, renamed(14));
        const seen = (await refresh(await world.provider(), changed))!;
        const later = await world.provider();
        const { outputs } = await change(later, seen, renamed(14));
        for (const state of [changed.outputs, outputs]) {
          world.simulator[record] = { ...stored()!, deleteDisabled: false, frequencyInterval: "14" };
          await (await world.provider()).delete(type, made.id, state);
          assert.deepEqual(stored(), others);
        }
      });
    }

    it("is brought back as others have left it between a refused creation and the next up", async () => {
      world.simulator[record] = { ...others };
      const body = { id: "authz.permission.denied", reason: "No." };
      world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
      const { inputs } = await provider.check(type, {}, args());
      const failed: unknown = await provider.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
      const { id, properties } = (failed as ProviderCallError).initFailure!;
      world.simulator[record] = { ...others, enabled: false };
      const { outputs } = await provider.update(type, id, properties, inputs);
      assert.equal(stored()?.enabled, true);
      await (await world.provider()).delete(type, id, outputs);
      assert.equal(stored()?.enabled, false);
    });

    it("is the program's once that says what others have configured, and is brought back then", async () => {
      world.simulator[record] = { ...others };
      const made = await make(await world.provider(), type, args());
      world.simulator[record] = { ...stored()!, frequencyInterval: "30" };
      const seen = (await refresh(await world.provider(), made))!;
      let accepted = seen;
      assert.deepEqual(await sent(async () => (accepted = await change(provider, seen, args({ frequencyInterval: 30 })))), []); // prettier-ignore
      await (await world.provider()).delete(type, accepted.id, accepted.outputs);
      assert.deepEqual(stored(), others);
    });

    it("says what was there before where ZPA does not take it back", async () => {
      world.simulator[record] = { ...others, frequencyInterval: "45" };
      const made = await make(await world.provider(), type, args());
      await assert.rejects(
        provider.delete(type, made.id, made.outputs),
        /It was to become .* frequencyInterval 45: configure that in the Admin Portal, then .*pulumi state delete/,
      );
    });

    for (const [what, days] of [
      ["the same values", 5],
      ["other values", 7],
    ] as const) {
      for (const order of ["the first one first", "the first one last", "at once"] as const) {
        it(`is brought back by two resources, one of which has found what the other has configured, with ${what}, ${order}`, async () => {
          world.simulator[record] = { ...others };
          const one = await make(await world.provider(), type, args());
          const renamed = args({ frequencyInterval: days, __zpa: { seed: "renamed-0a1b2c3" } });
          const two = await make(await world.provider(), type, renamed);
          const remove = ({ id, outputs }: typeof one) => provider.delete(type, id, outputs);
          const [first, second] = order === "the first one last" ? [two, one] : [one, two];
          const going = remove(first);
          if (order !== "at once") await going;
          await Promise.all([going, remove(second)]);
          assert.deepEqual(stored(), others);
        });
      }
    }

    it("is given back once: a later one of the same name finds what others have configured since", async () => {
      const made = await make(await world.provider(), type, args());
      await provider.delete(type, made.id, made.outputs);
      world.simulator[record] = { ...stored()!, enabled: true };
      const again = await make(await world.provider(), type, args());
      await provider.delete(type, again.id, again.outputs);
      assert.equal(stored()?.enabled, true);
    });

    it("stays so also where a later run deletes the old resource than the one that has made the new one", async () => {
      const one = await make(await world.provider(), type, args());
      const other = { ...args(), __zpa: { seed: "other-0a1b2c3" } };
      const two = await make(await world.provider(), type, other);
      assert.equal((await plan(provider, two, other)).diff.changes, false);
      await provider.delete(type, one.id, one.outputs);
      assert.equal(stored()?.enabled, true);
    });

    it("is brought back by destroy --refresh of a resource that an alias has renamed", async () => {
      world.simulator[record] = { ...others };
      const made = await make(await world.provider(), type, args());
      const { inputs } = await provider.check(type, made.inputs, { ...args(), __zpa: { seed: "renamed-0a1b2c3" } });
      const later = await world.provider();
      const seen = (await refresh(later, { ...made, inputs }))!;
      await later.delete(type, seen.id, seen.outputs);
      assert.deepEqual(stored(), others);
    });

    for (const [what, theirs] of [
      ["switched it off", { ...others, enabled: false }],
      ["configured it", { ...others, deleteDisabled: false, frequencyInterval: "30" }],
    ] as const) {
      it(`stays as others have ${what} after a creation whose answers were lost`, async () => {
        world.simulator[record] = { ...others };
        const fault = world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
        const { inputs } = await provider.check(type, {}, args());
        const failed: unknown = await provider.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
        fault.clear();
        const { id, properties } = (failed as ProviderCallError).initFailure!;
        world.simulator[record] = { ...theirs };
        await (await world.provider()).delete(type, id, properties);
        assert.deepEqual(stored(), theirs);
      });
    }

    it("is not said to be as before where ZPA refuses it", async () => {
      world.simulator[record] = { ...others };
      const made = await make(await world.provider(), type, args());
      const body = { id: "authz.permission.denied", reason: "No." };
      world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
      await assert.rejects(provider.delete(type, made.id, made.outputs), /No\./);
      assert.doesNotMatch(provider.output(), /again as it was/);
      await provider.delete(type, made.id, made.outputs);
      assert.match(provider.output(), /again as it was/);
    });

    it("leaves to others in the end what ignoreChanges lists since an up that changed nothing else", async () => {
      world.simulator[record] = { ...others, deleteDisabled: false };
      const made = await make(await world.provider(), type, args());
      const ignoring = { ...args(), __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } };
      let changed = made;
      assert.deepEqual(await sent(async () => (changed = await change(await world.provider(), made, ignoring))), []);
      world.simulator[record] = { ...stored()!, deleteDisabled: true };
      await provider.delete(type, changed.id, changed.outputs);
      assert.deepEqual(stored(), others);
      assert.equal((await plan(provider, changed, ignoring)).diff.changes, false);
    });

    it("is kept in state where its first write was refused and ZPA told no interval", async () => {
      world.simulator[record] = { ...others, enabled: false };
      world.fault({ kind: "omit", match: { method: "GET" }, fields: ["frequencyInterval"] });
      const body = { id: "authz.permission.denied", reason: "No." };
      world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
      const maker = await world.provider();
      const { inputs } = await maker.check(type, {}, args());
      const failed: unknown = await maker.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
      assert.equal((failed as ProviderCallError).initFailure?.id, "7");
    });

    it("leaves to others what ignoreChanges lists", async () => {
      const ignoring = { ...args({ deleteDisabled: false }), __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } };
      const made = await make(await world.provider(), type, ignoring);
      world.simulator[record] = { ...stored()!, deleteDisabled: true };
      const seen = (await refresh(await world.provider(), made))!;
      assert.equal((await plan(provider, seen, ignoring)).diff.changes, false);
      const calls = await sent(() => change(provider, seen, { ...ignoring, frequencyInterval: 7 }));
      assert.deepEqual(calls, [`GET ${address}`, `PUT ${address}`]);
      assert.deepEqual([stored()?.deleteDisabled, stored()?.frequencyInterval], [true, "7"]);
    });

    it("leaves to others what ignoreChanges lists in the end too", async () => {
      world.simulator[record] = { ...others, deleteDisabled: false };
      const ignoring = { ...args(), __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } };
      const made = await make(await world.provider(), type, ignoring);
      world.simulator[record] = { ...stored()!, deleteDisabled: true };
      await provider.delete(type, made.id, made.outputs);
      assert.deepEqual(stored(), { ...others, deleteDisabled: true, frequencyInterval: "90" });
      assert.match(provider.output(), /as it was before this resource, but for what others have changed: enabled true/);
    });

    it("is off in the end where there was none, also with ignoreChanges for everything", async () => {
      const made = await make(await world.provider(), type, { ...args(), __zpa: { ...seed.__zpa, ignored: ["*"] } });
      await provider.delete(type, made.id, made.outputs);
      assert.equal(stored()?.enabled, false);
    });

    for (const kind of ["resetAfterCommit", "resetBeforeCommit"] as const) {
      it(`brings back what was there after an update that failed with ${kind}`, async () => {
        world.simulator[record] = { ...others };
        const made = await make(await world.provider(), type, args());
        const fault = world.fault({ kind, match: { method: "PUT" }, times: Infinity });
        const update = provider.update(type, made.id, made.outputs, { ...made.inputs, frequencyInterval: 7 });
        const failed: unknown = await update.then(() => undefined, (error: unknown) => error); // prettier-ignore
        fault.clear();
        const { properties = made.outputs } = (failed as ProviderCallError).initFailure ?? {};
        await (await world.provider()).delete(type, made.id, properties);
        assert.deepEqual(stored(), others);
      });
    }

    it("is asked for where it was found, also when the settings name another microtenant since", async () => {
      const [one, two] = ["one", "two"].map((name) => world.simulator.addMicrotenant({ name }).id);
      const made = await make(await world.provider({ env: { ZPA_MICROTENANT_ID: one! } }), type, args());
      const later = await world.provider({ env: { ZPA_MICROTENANT_ID: two! } });
      const requests = await world.requestsOf(async () => {
        const changed = await change(later, made, args({ frequencyInterval: 7 }));
        await refresh(later, changed);
        await later.delete(type, made.id, changed.outputs);
      });
      assert.deepEqual(new Set(requests.map(({ query }) => query["microtenantId"])), new Set([one]));
    });

    it("is brought back in one microtenant by a run that has configured that of another one", async () => {
      const [one, two] = ["one", "two"].map((name) => world.simulator.addMicrotenant({ name }).id);
      const made = await make(await world.provider({ env: { ZPA_MICROTENANT_ID: one! } }), type, args());
      const later = await world.provider({ env: { ZPA_MICROTENANT_ID: two! } });
      await make(later, type, { ...args(), __zpa: { seed: "other-0a1b2c3" } });
      await later.delete(type, made.id, made.outputs);
      assert.equal(stored()?.enabled, false);
    });

    it("says how to configure it anew where it is gone", async () => {
      const made = await make(await world.provider(), type, args());
      world.simulator[record] = undefined;
      const update = provider.update(type, made.id, made.outputs, { ...made.inputs, frequencyInterval: 7 });
      await assert.rejects(update, /does not exist any more\. Run pulumi up --refresh, which configures it anew\.$/);
    });

    it("costs one read and no write where it is as wanted, at creation and at the end", async () => {
      world.simulator[record] = { ...others, deleteDisabled: false };
      const calls = await sent(async () => {
        const made = await make(await world.provider(), type, args({ frequencyInterval: 90 }));
        await provider.delete(type, made.id, made.outputs);
      });
      assert.deepEqual(calls, [`GET ${address}`]);
    });

    it("shows at a refresh what others have changed, and is brought back by the next up", async () => {
      const made = await make(await world.provider(), type, args());
      world.simulator[record] = { ...stored()!, frequencyInterval: "30" };
      const seen = (await refresh(await world.provider(), made))!;
      assert.equal(seen.outputs["frequencyInterval"], 30);
      const { changes, replaces } = await provider.diff(type, seen.id, seen.outputs, made.inputs);
      assert.deepEqual([changes, replaces], [true, []]);
      await change(provider, seen, args());
      assert.equal(stored()?.frequencyInterval, "5");
      world.simulator[record] = undefined;
      assert.equal(await refresh(await world.provider(), seen), undefined);
      await provider.delete(type, seen.id, seen.outputs);
    });

    it("sends nothing about a schedule that is off and stays so", async () => {
      world.simulator[record] = { ...others, enabled: false };
      const made = await make(await world.provider(), type, args({ enabled: false }));
      const seen = (await refresh(await world.provider(), made))!;
      assert.deepEqual(seen.outputs["frequencyInterval"], 90);
      assert.equal((await provider.diff(type, seen.id, seen.outputs, made.inputs)).changes, false);
      assert.deepEqual(await sent(() => provider.delete(type, seen.id, seen.outputs)), []);
      assert.deepEqual(stored(), { ...others, enabled: false });
    });

    it("brings back what was there also where the answers to its first write were lost", async () => {
      world.simulator[record] = { ...others };
      const fault = world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
      const { inputs } = await provider.check(type, {}, args());
      const failed: unknown = await provider.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
      fault.clear();
      assert.equal(stored()?.frequencyInterval, "5");
      const { id, properties } = (failed as ProviderCallError).initFailure!;
      const half = { type, id, inputs, outputs: properties } as const;
      const { outputs } = await provider.update(type, id, half.outputs, inputs);
      assert.equal(stored()?.frequencyInterval, "5");
      const later = await world.provider();
      await later.delete(type, id, half.outputs);
      assert.deepEqual(stored(), others);
      await later.delete(type, id, outputs);
      assert.deepEqual(stored(), others);
    });

    it("is disabled in the end also where the answer to its creation was lost", async () => {
      world.fault({ kind: "resetAfterCommit", match: { method: "POST", path: new RegExp(`${address}$`) } });
      const made = await make(await world.provider(), type, args());
      await provider.delete(type, made.id, made.outputs);
      assert.equal(stored()?.enabled, false);
    });

    it("is disabled in the end also where the answers to its creation and to the look after it were lost", async () => {
      const match = { path: new RegExp(`${address}$`) };
      world.fault({ kind: "resetAfterCommit", match: { ...match, method: "POST" } });
      const blind = world.fault({ kind: "status", status: 503, match: { ...match, method: "GET", nth: 2 }, times: Infinity }); // prettier-ignore
      await assert.rejects(make(await world.provider(), type, args()), /Whether there is a schedule now could not be found out: .* Run the same command again/); // prettier-ignore
      blind.clear();
      const made = await make(await world.provider(), type, args());
      await provider.delete(type, made.id, made.outputs);
      assert.equal(stored()?.enabled, false);
    });

    it("takes a schedule of which ZPA does not tell that it is on for one that is off", async () => {
      world.simulator[record] = { ...others, enabled: false };
      world.fault({ kind: "omit", match: { method: "GET" }, fields: ["enabled", "frequencyInterval"] });
      const made = await make(await world.provider(), type, args());
      await provider.delete(type, made.id, made.outputs);
      assert.equal(stored()?.enabled, false);
    });

    it("refuses another tenant's state before it writes", async () => {
      const made = await make(await world.provider(), type, args());
      const foreign = { ...made.outputs, __zpa: { tenant: "0123456789abcdef" } };
      const calls = await sent(async () => {
        await assert.rejects(provider.delete(type, made.id, foreign), /belongs to a different ZPA tenant/);
        await assert.rejects(provider.update(type, made.id, foreign, made.inputs), /belongs to a different ZPA tenant/);
        await assert.rejects(provider.read(type, made.id, foreign), /belongs to a different ZPA tenant/);
      });
      assert.deepEqual(calls, []);
      await provider.delete(type, made.id, made.outputs);
    });
  });
}

describe("The arguments of a clean-up schedule", () => {
  let world: World;
  let provider: ProviderProcess;
  beforeEach(async () => {
    world = await World.start();
    provider = await world.provider();
  });
  afterEach(async () => {
    await world.assertInvariants();
    await world.close();
  });

  it("are checked before anything is sent", async () => {
    const check = (news: object) => provider.check(type, {}, { ...seed, ...news });
    await refusal(check({}), "frequencyInterval", /is required/);
    await refusal(check({ frequencyInterval: 6 }), "frequencyInterval", /must be 5 or 7 or 14 or 30 or 60 or 90/);
    await refusal(check({ frequencyInterval: 5, associationType: "CONNECTOR" }), "associationType", /must be "CONNECTOR_GRP" or/); // prettier-ignore
    const { inputs, failures } = await check({ frequencyInterval: "14", enabled: "false" });
    assert.deepEqual([failures, inputs["frequencyInterval"], inputs["enabled"]], [[], 14, false]);
    assert.equal(world.requests.length, 0);
  });

  it("belong to one resource of a program for each type", async () => {
    const check = (name: string, associationType?: string) =>
      provider.check(type, {}, { frequencyInterval: 5, associationType, __zpa: { seed: `${name}-0a1b2c3` } });
    assert.deepEqual((await check("one")).failures, []);
    assert.deepEqual((await check("edges", "SERVICE_EDGE_GRP")).failures, []);
    await refusal(check("other", "CONNECTOR_GRP"), "associationType", /is also used by resource "one"/);
  });

  it("replace the schedule with that of the other type", async () => {
    const made = await make(await world.provider(), type, { frequencyInterval: 5, ...seed });
    const news = { frequencyInterval: 5, associationType: "SERVICE_EDGE_GRP", ...seed };
    assert.deepEqual((await plan(provider, made, news)).diff.replaces, ["associationType"]);
    await provider.delete(type, made.id, made.outputs);
  });
});
