import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import path from "node:path";
import type { ProviderCallError } from "../harness/providerProcess";
import { change, make, refresh } from "./driver";
import { describeSchedules, others, seed } from "./scheduleScene";

const type = "ConnectorSchedule";

describeSchedules("The clean-up schedule … after a write that failed, or whose run was killed", (scene) => {
  it("can be destroyed where its first write was refused and it was off", async () => {
    scene.world.simulator[scene.record] = { ...others, enabled: false };
    const body = { id: "authz.permission.denied", reason: "No." };
    scene.world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
    const maker = await scene.world.provider();
    const { inputs } = await maker.check(type, {}, scene.args());
    const failed: unknown = await maker.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
    const { id, properties } = (failed as ProviderCallError).initFailure!;
    await scene.provider.delete(type, id, properties);
    assert.deepEqual(scene.stored(), { ...others, enabled: false });
  });

  it("is brought back also where the run was killed before its creation was recorded", async () => {
    scene.world.simulator[scene.record] = { ...others };
    await make(await scene.world.provider(), type, scene.args());
    const made = await make(await scene.world.provider(), type, scene.args());
    await scene.provider.delete(type, made.id, made.outputs);
    assert.deepEqual(scene.stored(), others);
  });

  it("is brought back also where the run was killed before its update was recorded", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await make(await scene.world.provider(), type, scene.args());
    await change(scene.provider, made, scene.args({ frequencyInterval: 7 }));
    const seen = (await refresh(await scene.world.provider(), made))!;
    await scene.provider.delete(type, seen.id, seen.outputs);
    assert.deepEqual(scene.stored(), others);
  });

  it("is brought back where a killed creation has switched it off, and ZPA tells no interval of one that is off", async () => {
    scene.world.simulator[scene.record] = { ...others };
    await make(await scene.world.provider(), type, scene.args({ enabled: false }));
    const fault = scene.world.fault({ kind: "omit", match: { method: "GET" }, fields: ["frequencyInterval"], times: Infinity }); // prettier-ignore
    const made = await make(await scene.world.provider(), type, scene.args({ enabled: false }));
    fault.clear();
    await scene.provider.delete(type, made.id, made.outputs);
    assert.deepEqual(scene.stored(), others);
  });

  it("is switched off by a destroy where a killed creation was followed by one that ZPA refused", async () => {
    await make(await scene.world.provider(), type, scene.args());
    const body = { id: "authz.permission.denied", reason: "No." };
    scene.world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
    const { inputs } = await scene.provider.check(type, {}, scene.args({ frequencyInterval: 7 }));
    const failed: unknown = await scene.provider.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
    const { id, properties } = (failed as ProviderCallError).initFailure!;
    await (await scene.world.provider()).delete(type, id, properties);
    assert.equal(scene.stored()?.enabled, false);
  });

  it("is sent by the next up where its creation was refused, also with ignoreChanges", async () => {
    scene.world.simulator[scene.record] = { ...others, enabled: false };
    const body = { id: "authz.permission.denied", reason: "No." };
    scene.world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
    const ignoring = scene.args({ __zpa: { ...seed.__zpa, ignored: ["frequencyInterval"] } });
    const { inputs } = await scene.provider.check(type, {}, ignoring);
    const failed: unknown = await scene.provider.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
    const { id, properties } = (failed as ProviderCallError).initFailure!;
    const { outputs } = await scene.provider.update(type, id, properties, inputs);
    assert.equal(scene.stored()?.enabled, true);
    await (await scene.world.provider()).delete(type, id, outputs);
  });

  it("stays as others have it, where a write of the program was refused or has left to them what they have changed", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await make(await scene.world.provider(), type, scene.args());
    const body = { id: "authz.permission.denied", reason: "No." };
    scene.world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
    await assert.rejects(change(await scene.world.provider(), made, scene.args({ enabled: false })));
    scene.world.simulator[scene.record] = { ...scene.stored()!, enabled: false };
    await scene.provider.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });

  it("is switched off by a program that switches it off again after a lost answer to switching it on", async () => {
    const off = scene.args({ enabled: false });
    scene.world.simulator[scene.record] = { ...others, enabled: false };
    const made = await make(await scene.world.provider(), type, off);
    const fault = scene.world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
    const { inputs } = await scene.provider.check(type, made.inputs, scene.args());
    const failed: unknown = await scene.provider.update(type, made.id, made.outputs, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
    fault.clear();
    assert.equal(scene.stored()?.enabled, true);
    const half = { ...made, outputs: (failed as ProviderCallError).initFailure!.properties };
    await change(await scene.world.provider(), half, off);
    assert.equal(scene.stored()?.enabled, false);
  });

  for (const what of ["of a resource that was renamed", "of a resource that another machine has made"] as const) {
    it(`is brought back also where an update ${what} was killed`, async () => {
      scene.world.simulator[scene.record] = { ...others };
      const isElsewhere = what.endsWith("made");
      const TMPDIR = mkdtempSync(path.join(scene.world.env.TMPDIR!, "other-"));
      const maker = await scene.world.provider(isElsewhere ? { env: { TMPDIR } } : {});
      const seedNow = isElsewhere ? seed : { __zpa: { seed: "renamed-0a1b2c3" } };
      const renamed = (days: number) => ({ ...scene.args({ frequencyInterval: days }), ...seedNow });
      const made = await make(maker, type, scene.args());
      const changed = isElsewhere ? made : await change(await scene.world.provider(), made, renamed(7));
      await change(await scene.world.provider(), changed, renamed(14));
      const seen = (await refresh(await scene.world.provider(), changed))!;
      const later = await scene.world.provider();
      const { outputs } = await change(later, seen, renamed(14));
      for (const state of [changed.outputs, outputs]) {
        scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: false, frequencyInterval: "14" };
        await (await scene.world.provider()).delete(type, made.id, state);
        assert.deepEqual(scene.stored(), others);
      }
    });
  }

  it("is brought back as others have left it between a refused creation and the next up", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const body = { id: "authz.permission.denied", reason: "No." };
    scene.world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
    const { inputs } = await scene.provider.check(type, {}, scene.args());
    const failed: unknown = await scene.provider.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
    const { id, properties } = (failed as ProviderCallError).initFailure!;
    scene.world.simulator[scene.record] = { ...others, enabled: false };
    const { outputs } = await scene.provider.update(type, id, properties, inputs);
    assert.equal(scene.stored()?.enabled, true);
    await (await scene.world.provider()).delete(type, id, outputs);
    assert.equal(scene.stored()?.enabled, false);
  });

  it("says what was there before where ZPA does not take it back", async () => {
    scene.world.simulator[scene.record] = { ...others, frequencyInterval: "45" };
    const made = await make(await scene.world.provider(), type, scene.args());
    await assert.rejects(
      scene.provider.delete(type, made.id, made.outputs),
      /It was to become .* frequencyInterval 45: configure that in the Admin Portal, then .*pulumi state delete/,
    );
  });

  for (const [what, theirs] of [
    ["switched it off", { ...others, enabled: false }],
    ["configured it", { ...others, deleteDisabled: false, frequencyInterval: "30" }],
  ] as const) {
    it(`stays as others have ${what} after a creation whose answers were lost`, async () => {
      scene.world.simulator[scene.record] = { ...others };
      const fault = scene.world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
      const { inputs } = await scene.provider.check(type, {}, scene.args());
      const failed: unknown = await scene.provider.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
      fault.clear();
      const { id, properties } = (failed as ProviderCallError).initFailure!;
      scene.world.simulator[scene.record] = { ...theirs };
      await (await scene.world.provider()).delete(type, id, properties);
      assert.deepEqual(scene.stored(), theirs);
    });
  }

  it("is not said to be as before where ZPA refuses it", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await make(await scene.world.provider(), type, scene.args());
    const body = { id: "authz.permission.denied", reason: "No." };
    scene.world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
    await assert.rejects(scene.provider.delete(type, made.id, made.outputs), /No\./);
    assert.doesNotMatch(scene.provider.output(), /again as it was/);
    await scene.provider.delete(type, made.id, made.outputs);
    assert.match(scene.provider.output(), /again as it was/);
  });

  it("is kept in state where its first write was refused and ZPA told no interval", async () => {
    scene.world.simulator[scene.record] = { ...others, enabled: false };
    scene.world.fault({ kind: "omit", match: { method: "GET" }, fields: ["frequencyInterval"] });
    const body = { id: "authz.permission.denied", reason: "No." };
    scene.world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
    const maker = await scene.world.provider();
    const { inputs } = await maker.check(type, {}, scene.args());
    const failed: unknown = await maker.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
    assert.equal((failed as ProviderCallError).initFailure?.id, "7");
  });

  for (const kind of ["resetAfterCommit", "resetBeforeCommit"] as const) {
    it(`brings back what was there after an update that failed with ${kind}`, async () => {
      scene.world.simulator[scene.record] = { ...others };
      const made = await make(await scene.world.provider(), type, scene.args());
      const fault = scene.world.fault({ kind, match: { method: "PUT" }, times: Infinity });
      const update = scene.provider.update(type, made.id, made.outputs, { ...made.inputs, frequencyInterval: 7 });
      const failed: unknown = await update.then(() => undefined, (error: unknown) => error); // prettier-ignore
      fault.clear();
      const { properties = made.outputs } = (failed as ProviderCallError).initFailure ?? {};
      await (await scene.world.provider()).delete(type, made.id, properties);
      assert.deepEqual(scene.stored(), others);
    });
  }

  it("brings back what was there also where the answers to its first write were lost", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const fault = scene.world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
    const { inputs } = await scene.provider.check(type, {}, scene.args());
    const failed: unknown = await scene.provider.create(type, inputs).then(() => undefined, (error: unknown) => error); // prettier-ignore
    fault.clear();
    assert.equal(scene.stored()?.frequencyInterval, "5");
    const { id, properties } = (failed as ProviderCallError).initFailure!;
    const half = { type, id, inputs, outputs: properties } as const;
    const { outputs } = await scene.provider.update(type, id, half.outputs, inputs);
    assert.equal(scene.stored()?.frequencyInterval, "5");
    const later = await scene.world.provider();
    await later.delete(type, id, half.outputs);
    assert.deepEqual(scene.stored(), others);
    await later.delete(type, id, outputs);
    assert.deepEqual(scene.stored(), others);
  });

  it("is disabled in the end also where the answer to its creation was lost", async () => {
    scene.world.fault({ kind: "resetAfterCommit", match: { method: "POST", path: new RegExp(`${scene.address}$`) } });
    const made = await make(await scene.world.provider(), type, scene.args());
    await scene.provider.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });

  it("is disabled in the end also where the answers to its creation and to the look after it were lost", async () => {
    const match = { path: new RegExp(`${scene.address}$`) };
    scene.world.fault({ kind: "resetAfterCommit", match: { ...match, method: "POST" } });
    const blind = scene.world.fault({ kind: "status", status: 503, match: { ...match, method: "GET", nth: 2 }, times: Infinity }); // prettier-ignore
    await assert.rejects(make(await scene.world.provider(), type, scene.args()), /Whether there is a schedule now could not be found out: .* Run the same command again/); // prettier-ignore
    blind.clear();
    const made = await make(await scene.world.provider(), type, scene.args());
    await scene.provider.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });
});
