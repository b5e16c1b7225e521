import assert from "node:assert/strict";
import { change, type Made, make, refresh } from "./driver";
import { describeSchedules, others, seed } from "./scheduleScene";

const type = "ConnectorSchedule";
const two = { __zpa: { seed: "two-0a1b2c3" } };

describeSchedules("The clean-up schedule … after a run that was killed before its write was recorded", (scene) => {
  const creation = (more = {}) => scene.killed((provider) => make(provider, type, scene.args(more)));
  const update = (made: Made<typeof type>, more: object) =>
    scene.killed((provider) => change(provider, made, scene.args(more)));
  const up = (made: Made<typeof type>, more: object) =>
    scene.ended((provider) => change(provider, made, scene.args(more)));
  const destroy = ({ id, outputs }: Made<typeof type>) => scene.ended((provider) => provider.delete(type, id, outputs));

  it("is brought back where that was its creation", async () => {
    scene.world.simulator[scene.record] = { ...others };
    await creation();
    const made = await scene.ended(async (provider) => {
      const found = await make(provider, type, scene.args());
      assert.match(provider.output(), /is on, .* 5\. Before this resource it was on, .* 90\./);
      return found;
    });
    await destroy(made);
    assert.deepEqual(scene.stored(), others);
  });

  it("is brought back where creations with different values were killed one after the other", async () => {
    scene.world.simulator[scene.record] = { ...others };
    await creation();
    await creation({ frequencyInterval: 7 });
    await destroy(await scene.ended((provider) => make(provider, type, scene.args({ frequencyInterval: 14 }))));
    assert.deepEqual(scene.stored(), others);
  });

  it("is brought back where a killed creation has switched it off, and ZPA tells no interval of one that is off", async () => {
    scene.world.simulator[scene.record] = { ...others };
    await creation({ enabled: false });
    const fault = scene.world.fault({ kind: "omit", match: { method: "GET" }, fields: ["frequencyInterval"], times: Infinity }); // prettier-ignore
    const made = await make(await scene.world.provider(), type, scene.args({ enabled: false }));
    fault.clear();
    await destroy(made);
    assert.deepEqual(scene.stored(), others);
  });

  it("is switched off in the end where there was none, also where ZPA has refused a creation in between", async () => {
    await creation();
    scene.refuseNextPut();
    await assert.rejects(
      scene.ended((provider) => make(provider, type, scene.args({ frequencyInterval: 7 }))),
      /No\./,
    );
    await destroy(await scene.ended((provider) => make(provider, type, scene.args({ frequencyInterval: 7 }))));
    assert.equal(scene.stored()?.enabled, false);
  });

  it("is brought back where that was an update", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await update(made, { frequencyInterval: 7 });
    const seen = (await refresh(await scene.world.provider(), made))!;
    await destroy(seen);
    assert.deepEqual(scene.stored(), others);
  });

  it("is brought back where updates with different values were killed one after the other", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await update(made, { frequencyInterval: 7 });
    await update(made, { frequencyInterval: 14 });
    await destroy(made);
    assert.deepEqual(scene.stored(), others);
  });

  it("is brought back where the answer to a later update was lost, before ZPA had it", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await update(made, { frequencyInterval: 7 });
    const fault = scene.world.fault({ kind: "resetBeforeCommit", match: { method: "PUT" }, times: Infinity });
    const half = await scene.ended((p) => scene.halfChanged(p, made, scene.args({ frequencyInterval: 14 })));
    fault.clear();
    await destroy(half);
    assert.deepEqual(scene.stored(), others);
  });

  it("is brought back where ignoreChanges lists later what the killed update has changed", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await update(made, { frequencyInterval: 7 });
    const ignoring = { deleteDisabled: true, __zpa: { ...seed.__zpa, ignored: ["frequencyInterval"] } };
    await destroy(await up(made, ignoring));
    assert.deepEqual(scene.stored(), others);
  });

  it("is brought back where an up lists later, in ignoreChanges alone, what the killed update has changed", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await update(made, { frequencyInterval: 7 });
    await destroy(await up(made, { __zpa: { ...seed.__zpa, ignored: ["frequencyInterval"] } }));
    assert.deepEqual(scene.stored(), others);
  });

  for (const before of [others, { ...others, enabled: false }, undefined]) {
    const was = before === undefined ? "there was none" : `it was ${before.enabled ? "on" : "off"}`;
    for (const enabled of [false, true]) {
      it(`is as before, where ${was}, and the killed update was to switch it ${enabled ? "on" : "off"} and no longer to ignore that`, async () => {
        scene.world.simulator[scene.record] = before && { ...before };
        const ignoring = scene.args({ enabled: !enabled, __zpa: { ...seed.__zpa, ignored: ["enabled"] } });
        const made = await scene.ended((provider) => make(provider, type, ignoring));
        await update(made, { enabled });
        assert.equal(scene.stored()?.enabled, enabled);
        await destroy(made);
        assert.equal(scene.stored()?.enabled, before?.enabled ?? false);
        if (before?.enabled) assert.deepEqual(scene.stored(), before);
      });
    }
  }

  it("is brought back where ignoreChanges was to list from then on what others have changed before", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: true };
    await update(made, { frequencyInterval: 7, __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } });
    await destroy(made);
    assert.deepEqual(scene.stored(), others);
  });

  it("leaves to others what ignoreChanges lists", async () => {
    scene.world.simulator[scene.record] = { ...others, deleteDisabled: false };
    const ignoring = { __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } };
    const made = await scene.ended((provider) => make(provider, type, scene.args(ignoring)));
    scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: true };
    await update(made, { frequencyInterval: 7, ...ignoring });
    await destroy(made);
    assert.deepEqual(scene.stored(), others);
  });

  it("is brought back where an alias has renamed the resource since", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await update(made, { frequencyInterval: 7, ...two });
    await destroy((await refresh(await scene.world.provider(), made))!);
    assert.deepEqual(scene.stored(), others);
  });

  it("is brought back where another machine has created the resource", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.killed((provider) => make(provider, type, scene.args()), scene.elsewhere());
    await update(made, { frequencyInterval: 7 });
    await destroy(made);
    assert.deepEqual(scene.stored(), others);
  });

  it("is taken for what was there before where another machine has killed its creation", async () => {
    scene.world.simulator[scene.record] = { ...others };
    await scene.killed((provider) => make(provider, type, scene.args()), scene.elsewhere());
    await destroy(await scene.ended((provider) => make(provider, type, scene.args({ frequencyInterval: 7 }))));
    assert.equal(scene.stored()?.frequencyInterval, "5");
  });

  it("is taken for that of others where another machine has killed its update, and what was before is told", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await scene.killed((provider) => change(provider, made, scene.args({ frequencyInterval: 7 })), scene.elsewhere());
    await scene.provider.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.frequencyInterval, "7");
    assert.match(
      scene.provider.output(),
      /stays as others, or another resource, have configured it meanwhile: .* 7\. Before .* 90\./,
    );
  });

  it("is brought back by the old resource where that was the creation of a renamed one", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await creation({ frequencyInterval: 7, ...two });
    await destroy(made);
    assert.deepEqual(scene.stored(), others);
  });

  it("stays as others have it where a later run that ended in order has created or deleted it", async () => {
    scene.world.simulator[scene.record] = { ...others };
    await creation();
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    for (const end of [() => Promise.resolve(), () => destroy(made)]) {
      await end();
      // as the resource has configured it, but by others
      scene.world.simulator[scene.record] = { ...others, deleteDisabled: false, frequencyInterval: "5" };
      await destroy(await scene.ended((provider) => make(provider, type, scene.args({ frequencyInterval: 7 }))));
      assert.deepEqual(scene.stored(), { ...others, deleteDisabled: false, frequencyInterval: "5" });
    }
  });
});
