import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import path from "node:path";
import { change, make, plan, refresh } from "./driver";
import { describeSchedules, others, seed } from "./scheduleScene";

const type = "ConnectorSchedule";

describeSchedules("The clean-up schedule … that others, or another resource, configure too", (scene) => {
  it("is brought back by a destroy also where ZPA has given it another id since", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await make(await scene.world.provider(), type, scene.args());
    scene.world.simulator[scene.record] = { ...scene.stored()!, id: "8" };
    await scene.provider.delete(type, made.id, made.outputs);
    assert.deepEqual(scene.stored(), { ...others, id: "8" });
  });

  it("stays as others have configured it meanwhile, whether a refresh has seen it or not, and says what was before", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await make(await scene.world.provider(), type, scene.args());
    const theirs = { ...others, frequencyInterval: "30" };
    scene.world.simulator[scene.record] = { ...theirs };
    const seen = (await refresh(await scene.world.provider(), made))!;
    for (const { id, outputs } of [made, seen]) {
      await scene.provider.delete(type, id, outputs);
      assert.deepEqual(scene.stored(), theirs);
    }
    assert.match(scene.provider.output(), /warning: the clean-up schedule .* stays as others have configured it meanwhile: enabled true, deleteDisabled true, frequencyInterval 30\. Before this resource it was enabled true, deleteDisabled true, frequencyInterval 90\./); // prettier-ignore
  });

  it("can be changed and destroyed where others have switched it off meanwhile", async () => {
    const made = await make(await scene.world.provider(), type, scene.args());
    scene.world.simulator[scene.record] = { ...scene.stored()!, enabled: false };
    await scene.provider.update(type, made.id, made.outputs, { ...made.inputs, enabled: false });
    await scene.provider.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });

  it("stays as the program says where its resource was renamed without an alias, and tells what was before", async () => {
    scene.world.simulator[scene.record] = { ...others, enabled: false };
    const one = await make(await scene.world.provider(), type, scene.args());
    // the engine creates what is new, then deletes what is no longer in the program
    const two = await make(scene.provider, type, { ...scene.args(), __zpa: { seed: "other-0a1b2c3" } });
    await scene.provider.delete(type, one.id, one.outputs);
    assert.deepEqual(
      [two.outputs["enabled"], scene.stored()?.enabled, scene.stored()?.frequencyInterval],
      [true, true, "5"],
    );
    assert.match(scene.provider.output(), /warning: .* stays as another resource of this run has configured it\. .* Before this resource it was enabled false, .* aliases\./); // prettier-ignore
  });

  it("stays the new resource's where that one has the name that its old one has had before", async () => {
    const one = await make(await scene.world.provider(), type, scene.args());
    await make(scene.provider, type, scene.args());
    await scene.provider.delete(type, one.id, one.outputs);
    assert.equal(scene.stored()?.enabled, true);
  });

  it("is not brought back by the resource of another stack, whatever this machine remembers of the first", async () => {
    scene.world.simulator[scene.record] = { ...others };
    await make(await scene.world.provider(), type, scene.args());
    const found = { ...scene.stored()! };
    const made = await make(await scene.world.provider(), type, scene.args({ frequencyInterval: 7, __zpa: { seed: "two-0a1b2c3" } })); // prettier-ignore
    await scene.provider.delete(type, made.id, made.outputs);
    assert.deepEqual(scene.stored(), found);
  });

  for (const [what, isRefreshed, more] of [
    ["an update", false, { frequencyInterval: 7 }],
    ["a refresh, after which the engine takes it for the program's", true, {}],
    ["a refresh and an update", true, { frequencyInterval: 7 }],
  ] as const) {
    it(`stays off as others have switched it, where ignoreChanges leaves that to them, also after ${what}`, async () => {
      scene.world.simulator[scene.record] = { ...others };
      const ignoring = (some = {}) => scene.args({ ...some, __zpa: { ...seed.__zpa, ignored: ["enabled"] } });
      const made = await make(await scene.world.provider(), type, ignoring());
      scene.world.simulator[scene.record] = { ...scene.stored()!, enabled: false };
      const seen = isRefreshed ? (await refresh(await scene.world.provider(), made))! : made;
      const theirs = isRefreshed ? { enabled: false } : {};
      const changed = await change(await scene.world.provider(), seen, ignoring({ ...theirs, ...more }));
      await scene.provider.delete(type, changed.id, changed.outputs);
      assert.equal(scene.stored()?.enabled, false);
    });
  }

  it("stays as others have it, whatever an earlier run of this machine has sent that state knows to be outdated", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await make(await scene.world.provider(), type, scene.args());
    const elsewhere = await scene.world.provider({
      env: { TMPDIR: mkdtempSync(path.join(scene.world.env.TMPDIR!, "other-")) },
    });
    const changed = await change(elsewhere, made, scene.args({ frequencyInterval: 7 }));
    const theirs = { ...scene.stored()!, frequencyInterval: "5" };
    scene.world.simulator[scene.record] = { ...theirs };
    await scene.provider.delete(type, changed.id, changed.outputs);
    assert.deepEqual(scene.stored(), theirs);
  });

  it("is as the program says where a rename without an alias was interrupted and then undone", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const one = await make(await scene.world.provider(), type, scene.args());
    const two = await make(await scene.world.provider(), type, scene.args({ frequencyInterval: 7, __zpa: { seed: "two-0a1b2c3" } })); // prettier-ignore
    assert.equal((await plan(scene.provider, one, scene.args())).diff.changes, false);
    await scene.provider.delete(type, two.id, two.outputs);
    assert.equal(scene.stored()?.frequencyInterval, "5");
    assert.match(scene.provider.output(), /is as the other resource has it: enabled true, deleteDisabled false, frequencyInterval 5\./); // prettier-ignore
    await (await scene.world.provider()).delete(type, one.id, one.outputs);
    assert.deepEqual(scene.stored(), others);
  });

  it("is the program's once that says what others have configured, and is brought back then", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await make(await scene.world.provider(), type, scene.args());
    scene.world.simulator[scene.record] = { ...scene.stored()!, frequencyInterval: "30" };
    const seen = (await refresh(await scene.world.provider(), made))!;
    let accepted = seen;
    assert.deepEqual(await scene.sent(async () => (accepted = await change(scene.provider, seen, scene.args({ frequencyInterval: 30 })))), []); // prettier-ignore
    await (await scene.world.provider()).delete(type, accepted.id, accepted.outputs);
    assert.deepEqual(scene.stored(), others);
  });

  for (const [what, days] of [
    ["the same values", 5],
    ["other values", 7],
  ] as const) {
    for (const order of ["the first one first", "the first one last", "at once"] as const) {
      it(`is brought back by two resources, one of which has found what the other has configured, with ${what}, ${order}`, async () => {
        scene.world.simulator[scene.record] = { ...others };
        const one = await make(await scene.world.provider(), type, scene.args());
        const renamed = scene.args({ frequencyInterval: days, __zpa: { seed: "renamed-0a1b2c3" } });
        const two = await make(await scene.world.provider(), type, renamed);
        const remove = ({ id, outputs }: typeof one) => scene.provider.delete(type, id, outputs);
        const [first, second] = order === "the first one last" ? [two, one] : [one, two];
        const going = remove(first);
        if (order !== "at once") await going;
        await Promise.all([going, remove(second)]);
        assert.deepEqual(scene.stored(), others);
      });
    }
  }

  it("is given back once: a later one of the same name finds what others have configured since", async () => {
    const made = await make(await scene.world.provider(), type, scene.args());
    await scene.provider.delete(type, made.id, made.outputs);
    scene.world.simulator[scene.record] = { ...scene.stored()!, enabled: true };
    const again = await make(await scene.world.provider(), type, scene.args());
    await scene.provider.delete(type, again.id, again.outputs);
    assert.equal(scene.stored()?.enabled, true);
  });

  it("stays so also where a later run deletes the old resource than the one that has made the new one", async () => {
    const one = await make(await scene.world.provider(), type, scene.args());
    const other = { ...scene.args(), __zpa: { seed: "other-0a1b2c3" } };
    const two = await make(await scene.world.provider(), type, other);
    assert.equal((await plan(scene.provider, two, other)).diff.changes, false);
    await scene.provider.delete(type, one.id, one.outputs);
    assert.equal(scene.stored()?.enabled, true);
  });

  it("is brought back by destroy --refresh of a resource that an alias has renamed", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await make(await scene.world.provider(), type, scene.args());
    const { inputs } = await scene.provider.check(type, made.inputs, {
      ...scene.args(),
      __zpa: { seed: "renamed-0a1b2c3" },
    });
    const later = await scene.world.provider();
    const seen = (await refresh(later, { ...made, inputs }))!;
    await later.delete(type, seen.id, seen.outputs);
    assert.deepEqual(scene.stored(), others);
  });

  it("leaves to others in the end what ignoreChanges lists since an up that changed nothing else", async () => {
    scene.world.simulator[scene.record] = { ...others, deleteDisabled: false };
    const made = await make(await scene.world.provider(), type, scene.args());
    const ignoring = { ...scene.args(), __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } };
    let changed = made;
    assert.deepEqual(
      await scene.sent(async () => (changed = await change(await scene.world.provider(), made, ignoring))),
      [],
    );
    scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: true };
    await scene.provider.delete(type, changed.id, changed.outputs);
    assert.deepEqual(scene.stored(), others);
    assert.equal((await plan(scene.provider, changed, ignoring)).diff.changes, false);
  });

  it("leaves to others what ignoreChanges lists", async () => {
    const ignoring = {
      ...scene.args({ deleteDisabled: false }),
      __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] },
    };
    const made = await make(await scene.world.provider(), type, ignoring);
    scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: true };
    const seen = (await refresh(await scene.world.provider(), made))!;
    assert.equal((await plan(scene.provider, seen, ignoring)).diff.changes, false);
    const calls = await scene.sent(() => change(scene.provider, seen, { ...ignoring, frequencyInterval: 7 }));
    assert.deepEqual(calls, [`GET ${scene.address}`, `PUT ${scene.address}`]);
    assert.deepEqual([scene.stored()?.deleteDisabled, scene.stored()?.frequencyInterval], [true, "7"]);
  });

  it("leaves to others what ignoreChanges lists in the end too", async () => {
    scene.world.simulator[scene.record] = { ...others, deleteDisabled: false };
    const ignoring = { ...scene.args(), __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } };
    const made = await make(await scene.world.provider(), type, ignoring);
    scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: true };
    await scene.provider.delete(type, made.id, made.outputs);
    assert.deepEqual(scene.stored(), { ...others, deleteDisabled: true, frequencyInterval: "90" });
    assert.match(
      scene.provider.output(),
      /as it was before this resource, but for what others have changed: enabled true/,
    );
  });

  it("is off in the end where there was none, also with ignoreChanges for everything", async () => {
    const made = await make(await scene.world.provider(), type, {
      ...scene.args(),
      __zpa: { ...seed.__zpa, ignored: ["*"] },
    });
    await scene.provider.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });

  it("is asked for where it was found, also when the settings name another microtenant since", async () => {
    const [one, two] = ["one", "two"].map((name) => scene.world.simulator.addMicrotenant({ name }).id);
    const made = await make(await scene.world.provider({ env: { ZPA_MICROTENANT_ID: one! } }), type, scene.args());
    const later = await scene.world.provider({ env: { ZPA_MICROTENANT_ID: two! } });
    const requests = await scene.world.requestsOf(async () => {
      const changed = await change(later, made, scene.args({ frequencyInterval: 7 }));
      await refresh(later, changed);
      await later.delete(type, made.id, changed.outputs);
    });
    assert.deepEqual(new Set(requests.map(({ query }) => query["microtenantId"])), new Set([one]));
  });

  it("is brought back in one microtenant by a run that has configured that of another one", async () => {
    const [one, two] = ["one", "two"].map((name) => scene.world.simulator.addMicrotenant({ name }).id);
    const made = await make(await scene.world.provider({ env: { ZPA_MICROTENANT_ID: one! } }), type, scene.args());
    const later = await scene.world.provider({ env: { ZPA_MICROTENANT_ID: two! } });
    await make(later, type, { ...scene.args(), __zpa: { seed: "other-0a1b2c3" } });
    await later.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });

  it("shows at a refresh what others have changed, and is brought back by the next up", async () => {
    const made = await make(await scene.world.provider(), type, scene.args());
    scene.world.simulator[scene.record] = { ...scene.stored()!, frequencyInterval: "30" };
    const seen = (await refresh(await scene.world.provider(), made))!;
    assert.equal(seen.outputs["frequencyInterval"], 30);
    const { changes, replaces } = await scene.provider.diff(type, seen.id, seen.outputs, made.inputs);
    assert.deepEqual([changes, replaces], [true, []]);
    await change(scene.provider, seen, scene.args());
    assert.equal(scene.stored()?.frequencyInterval, "5");
    scene.world.simulator[scene.record] = undefined;
    assert.equal(await refresh(await scene.world.provider(), seen), undefined);
    await scene.provider.delete(type, seen.id, seen.outputs);
  });

  it("refuses another tenant's state before it writes", async () => {
    const made = await make(await scene.world.provider(), type, scene.args());
    const foreign = { ...made.outputs, __zpa: { tenant: "0123456789abcdef" } };
    const calls = await scene.sent(async () => {
      await assert.rejects(scene.provider.delete(type, made.id, foreign), /belongs to a different ZPA tenant/);
      await assert.rejects(
        scene.provider.update(type, made.id, foreign, made.inputs),
        /belongs to a different ZPA tenant/,
      );
      await assert.rejects(scene.provider.read(type, made.id, foreign), /belongs to a different ZPA tenant/);
    });
    assert.deepEqual(calls, []);
    await scene.provider.delete(type, made.id, made.outputs);
  });
});
