import assert from "node:assert/strict";
import { change, make } from "./driver";
import { describeSchedules, others, seed } from "./scheduleScene";

const type = "ConnectorSchedule";

describeSchedules("The clean-up schedule … after a write that failed", (scene) => {
  it("is taken over as others have it by the up after one whose creation was refused, which records nothing", async () => {
    scene.world.simulator[scene.record] = { ...others };
    scene.refuseNextPut();
    await assert.rejects(
      make(scene.provider, type, scene.args()),
      (error: { initFailure?: unknown }) => error.initFailure === undefined,
    );
    scene.world.simulator[scene.record] = { ...others, enabled: false };
    const made = await make(scene.provider, type, scene.args());
    assert.equal(scene.stored()?.enabled, true);
    await (await scene.world.provider()).delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });

  it("stays as others have it, where an update was refused", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    scene.refuseNextPut();
    await assert.rejects(change(await scene.world.provider(), made, scene.args({ enabled: false })));
    scene.world.simulator[scene.record] = { ...scene.stored()!, enabled: false };
    await scene.provider.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });

  it("is switched off by a program that switches it off again after a lost answer to switching it on", async () => {
    const off = scene.args({ enabled: false });
    scene.world.simulator[scene.record] = { ...others, enabled: false };
    const made = await scene.ended((provider) => make(provider, type, off));
    const fault = scene.world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
    const half = await scene.halfChanged(scene.provider, made, scene.args());
    fault.clear();
    assert.equal(scene.stored()?.enabled, true);
    await scene.ended((provider) => change(provider, half, off));
    assert.equal(scene.stored()?.enabled, false);
  });

  it("is off in the end where it was, after a lost answer to switching it on and an up that no longer leaves a part to others", async () => {
    scene.world.simulator[scene.record] = { ...others, enabled: false };
    const ignoring = (more: object) =>
      scene.args({ ...more, __zpa: { ...seed.__zpa, ignored: ["frequencyInterval"] } });
    const made = await scene.ended((provider) => make(provider, type, ignoring({ enabled: false })));
    const fault = scene.world.fault({ kind: "resetAfterCommit", match: { method: "PUT" }, times: Infinity });
    const half = await scene.ended((provider) => scene.halfChanged(provider, made, ignoring({})));
    fault.clear();
    const changed = await scene.ended((provider) => change(provider, half, scene.args()));
    await scene.provider.delete(type, changed.id, changed.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });

  it("is brought back where switching it on again was lost before ZPA had it, and that is left to others since", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args({ enabled: false })));
    const fault = scene.world.fault({ kind: "resetBeforeCommit", match: { method: "PUT" }, times: Infinity });
    const half = await scene.ended((provider) => scene.halfChanged(provider, made, scene.args()));
    fault.clear();
    const ignoring = scene.args({ __zpa: { ...seed.__zpa, ignored: ["enabled"] } });
    const changed = await scene.ended((provider) => change(provider, half, ignoring));
    await scene.provider.delete(type, changed.id, changed.outputs);
    assert.deepEqual(scene.stored(), others);
  });

  it("says what was there before where ZPA does not take it back", async () => {
    scene.world.simulator[scene.record] = { ...others, frequencyInterval: "45" };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await assert.rejects(
      scene.provider.delete(type, made.id, made.outputs),
      /It was to become on, .* frequencyInterval 45: configure that in the Admin Portal, then .*pulumi state delete/,
    );
  });

  it("is not said to be as before where ZPA refuses it, but what it was to become", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    scene.refuseNextPut();
    await assert.rejects(
      scene.provider.delete(type, made.id, made.outputs),
      /No\. .* It was to become on, with deleteDisabled true and frequencyInterval 90\.$/,
    );
    assert.doesNotMatch(scene.provider.output(), /again as it was/);
    await scene.provider.delete(type, made.id, made.outputs);
    assert.match(scene.provider.output(), /again as it was/);
  });

  for (const kind of ["resetAfterCommit", "resetBeforeCommit"] as const) {
    const failing = async <T>(action: () => Promise<T>): Promise<T> => {
      const fault = scene.world.fault({ kind, match: { method: "PUT" }, times: Infinity });
      const done = await action();
      fault.clear();
      return done;
    };
    const created = (more = {}) =>
      failing(async () => {
        const provider = await scene.world.provider();
        const half = await scene.halfMade(provider, scene.args(more));
        assert.match(provider.output(), /may be on, .* 5\. Before this resource it was /);
        return half;
      });

    it(`is brought back after a creation that failed with ${kind}, and an up that repeats it`, async () => {
      scene.world.simulator[scene.record] = { ...others };
      const half = await created();
      const made = await change(scene.provider, half, scene.args());
      assert.equal(scene.stored()?.frequencyInterval, "5");
      for (const { id, outputs } of [half, made]) {
        await (await scene.world.provider()).delete(type, id, outputs);
        assert.deepEqual(scene.stored(), others);
      }
    });

    it(`stays as others have switched it off after a creation that failed with ${kind}, with an up in between or not`, async () => {
      scene.world.simulator[scene.record] = { ...others };
      const half = await created();
      scene.world.simulator[scene.record] = { ...others, enabled: false };
      await (await scene.world.provider()).delete(type, half.id, half.outputs);
      assert.deepEqual(scene.stored(), { ...others, enabled: false });
      const made = await scene.ended((provider) => change(provider, half, scene.args()));
      assert.equal(scene.stored()?.enabled, true);
      await scene.provider.delete(type, made.id, made.outputs);
      assert.equal(scene.stored()?.enabled, false);
    });

    it(`stays as others have configured it after a creation that failed with ${kind}, with an up in between or not`, async () => {
      scene.world.simulator[scene.record] = { ...others };
      const half = await created();
      const theirs = { ...others, deleteDisabled: false, frequencyInterval: "30" };
      scene.world.simulator[scene.record] = { ...theirs };
      await (await scene.world.provider()).delete(type, half.id, half.outputs);
      assert.deepEqual(scene.stored(), theirs);
      const made = await scene.ended((provider) => change(provider, half, scene.args()));
      assert.equal(scene.stored()?.frequencyInterval, "5");
      await scene.provider.delete(type, made.id, made.outputs);
      assert.deepEqual(scene.stored(), theirs);
    });

    it(`leaves to others what ignoreChanges lists after a creation that failed with ${kind}`, async () => {
      scene.world.simulator[scene.record] = { ...others, deleteDisabled: false };
      const half = await created({ __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } });
      scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: true };
      await scene.provider.delete(type, half.id, half.outputs);
      assert.deepEqual(scene.stored(), others);
    });

    it(`is off again after an update that switched it on and failed with ${kind}, whatever ignoreChanges lists`, async () => {
      scene.world.simulator[scene.record] = { ...others, enabled: false };
      const ignoring = (more: object) => scene.args({ ...more, __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } });
      const made = await scene.ended((provider) => make(provider, type, ignoring({ enabled: false })));
      const half = await failing(() => scene.ended((provider) => scene.halfChanged(provider, made, ignoring({}))));
      const changed = await scene.ended((provider) => change(provider, half, ignoring({ frequencyInterval: 14 })));
      assert.equal(scene.stored()?.frequencyInterval, "14");
      await scene.provider.delete(type, changed.id, changed.outputs);
      assert.equal(scene.stored()?.enabled, false);
    });

    it(`leaves to others what ignoreChanges has listed, after an update that failed with ${kind} and was not to list it`, async () => {
      scene.world.simulator[scene.record] = { ...others, deleteDisabled: false };
      const ignoring = scene.args({ __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } });
      const made = await scene.ended((provider) => make(provider, type, ignoring));
      if (kind === "resetBeforeCommit")
        scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: true };
      const changed = scene.args({ frequencyInterval: 7 });
      const half = await failing(() => scene.ended((provider) => scene.halfChanged(provider, made, changed)));
      await scene.provider.delete(type, half.id, half.outputs);
      assert.deepEqual(scene.stored(), { ...others, deleteDisabled: kind === "resetBeforeCommit" });
    });

    it(`is brought back, but for what ignoreChanges lists, after an update that failed with ${kind} and was to list it`, async () => {
      scene.world.simulator[scene.record] = { ...others };
      const made = await scene.ended((provider) => make(provider, type, scene.args()));
      scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: true };
      const changed = scene.args({ frequencyInterval: 7, __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } });
      const half = await failing(async () => scene.halfChanged(await scene.world.provider(), made, changed));
      await scene.provider.delete(type, half.id, half.outputs);
      assert.deepEqual(scene.stored(), others);
    });

    it(`is off in the end where there was none, after an update that failed with ${kind}`, async () => {
      const made = await scene.ended((provider) => make(provider, type, scene.args()));
      const changed = scene.args({ frequencyInterval: 7 });
      const half = await failing(async () => scene.halfChanged(await scene.world.provider(), made, changed));
      await scene.provider.delete(type, half.id, half.outputs);
      assert.equal(scene.stored()?.enabled, false);
    });

    it(`is brought back after an update that failed with ${kind}`, async () => {
      scene.world.simulator[scene.record] = { ...others };
      const made = await scene.ended((provider) => make(provider, type, scene.args()));
      const changed = scene.args({ frequencyInterval: 7 });
      const half = await failing(async () => scene.halfChanged(await scene.world.provider(), made, changed));
      await scene.provider.delete(type, half.id, half.outputs);
      assert.deepEqual(scene.stored(), others);
    });
  }

  it("is disabled in the end also where the answer to its creation was lost", async () => {
    scene.world.fault({ kind: "resetAfterCommit", match: { method: "POST", path: new RegExp(`${scene.address}$`) } });
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await scene.provider.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });

  it("is disabled in the end also where the answers to its creation and to the look after it were lost", async () => {
    const match = { path: new RegExp(`${scene.address}$`) };
    scene.world.fault({ kind: "resetAfterCommit", match: { ...match, method: "POST" } });
    const blind = scene.world.fault({ kind: "status", status: 503, match: { ...match, method: "GET", nth: 2 }, times: Infinity }); // prettier-ignore
    const unknown = /Whether there is a schedule now could not be found out: .* Run the same command again/;
    await scene.ended((provider) => assert.rejects(make(provider, type, scene.args()), unknown));
    blind.clear();
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await scene.provider.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });
});
