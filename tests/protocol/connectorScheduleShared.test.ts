import assert from "node:assert/strict";
import { change, make, plan, refresh } from "./driver";
import { describeSchedules, others, seed } from "./scheduleScene";

const type = "ConnectorSchedule";

describeSchedules("The clean-up schedule … that others configure too", (scene) => {
  it("is brought back by a destroy also where ZPA has given it another id since", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    scene.world.simulator[scene.record] = { ...scene.stored()!, id: "8" };
    await scene.provider.delete(type, made.id, made.outputs);
    assert.deepEqual(scene.stored(), { ...others, id: "8" });
  });

  it("stays as others have configured it meanwhile, whether a refresh has seen it or not, and says what was before", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    const theirs = { ...others, frequencyInterval: "30" };
    scene.world.simulator[scene.record] = { ...theirs };
    const seen = (await refresh(await scene.world.provider(), made))!;
    for (const { id, outputs } of [made, seen]) {
      await scene.provider.delete(type, id, outputs);
      assert.deepEqual(scene.stored(), theirs);
    }
    assert.match(scene.provider.output(), /warning: the clean-up schedule .* stays as others, or another resource, have configured it meanwhile: on, with deleteDisabled true and frequencyInterval 30\. Before this resource it was on, with deleteDisabled true and frequencyInterval 90\./); // prettier-ignore
  });

  it("can be changed and destroyed where others have switched it off meanwhile", async () => {
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    scene.world.simulator[scene.record] = { ...scene.stored()!, enabled: false };
    await scene.provider.update(type, made.id, made.outputs, { ...made.inputs, enabled: false });
    await scene.provider.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });

  for (const [what, isRefreshed, more] of [
    ["an update", false, { frequencyInterval: 7 }],
    ["a refresh, after which the engine takes it for the program's", true, {}],
    ["a refresh and an update", true, { frequencyInterval: 7 }],
  ] as const) {
    it(`stays off as others have switched it, where ignoreChanges leaves that to them, also after ${what}`, async () => {
      scene.world.simulator[scene.record] = { ...others };
      const ignoring = (some = {}) => scene.args({ ...some, __zpa: { ...seed.__zpa, ignored: ["enabled"] } });
      const made = await scene.ended((provider) => make(provider, type, ignoring()));
      scene.world.simulator[scene.record] = { ...scene.stored()!, enabled: false };
      const seen = isRefreshed ? (await refresh(await scene.world.provider(), made))! : made;
      const theirs = isRefreshed ? { enabled: false } : {};
      const changed = await scene.ended((provider) => change(provider, seen, ignoring({ ...theirs, ...more })));
      await scene.provider.delete(type, changed.id, changed.outputs);
      assert.equal(scene.stored()?.enabled, false);
    });
  }

  it("stays as the creation has found it, whatever an earlier run that ended in order has brought back or left", async () => {
    const off = { ...others, enabled: false, frequencyInterval: "60" };
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args({ enabled: false })));
    const elsewhere = await scene.world.provider({ env: scene.elsewhere() });
    await elsewhere.delete(type, made.id, made.outputs);
    assert.deepEqual(scene.stored(), others);
    scene.world.simulator[scene.record] = { ...off };
    const again = await scene.ended((provider) => make(provider, type, scene.args({ enabled: false })));
    await scene.provider.delete(type, again.id, again.outputs);
    assert.deepEqual(scene.stored(), off);
  });

  it("stays as others have it where another machine has changed it since", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    const elsewhere = await scene.world.provider({ env: scene.elsewhere() });
    const changed = await change(elsewhere, made, scene.args({ frequencyInterval: 7 }));
    const theirs = { ...scene.stored()!, frequencyInterval: "5" };
    scene.world.simulator[scene.record] = { ...theirs };
    await scene.provider.delete(type, changed.id, changed.outputs);
    assert.deepEqual(scene.stored(), theirs);
  });

  it("is configured once it is on again as the program says, where ignoreChanges leaves that to others", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const ignoring = (days: number) =>
      scene.args({ frequencyInterval: days, __zpa: { ...seed.__zpa, ignored: ["enabled"] } });
    let made = await scene.ended((provider) => make(provider, type, ignoring(5)));
    scene.world.simulator[scene.record] = { ...scene.stored()!, enabled: false };
    made = (await refresh(await scene.world.provider(), made))!;
    made = await scene.ended((provider) => change(provider, made, ignoring(7)));
    scene.world.simulator[scene.record] = { ...scene.stored()!, enabled: true };
    const seen = (await refresh(await scene.world.provider(), made))!;
    const changed = await scene.ended((provider) => change(provider, seen, ignoring(7)));
    assert.equal(scene.stored()?.frequencyInterval, "7");
    for (const { id, outputs } of [changed, seen]) {
      await (await scene.world.provider()).delete(type, id, outputs);
      assert.deepEqual(scene.stored(), others);
      scene.world.simulator[scene.record] = { ...others, deleteDisabled: false, frequencyInterval: "5" };
    }
  });

  it("is said to be left as it is where the resource has changed nothing", async () => {
    scene.world.simulator[scene.record] = { ...others, deleteDisabled: false, frequencyInterval: "5" };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    assert.deepEqual(await scene.sent(() => scene.provider.delete(type, made.id, made.outputs)), []);
    assert.match(scene.provider.output(), /is left as it is\. Before this resource it was on, with deleteDisabled false and frequencyInterval 5\./); // prettier-ignore
  });

  it("is said to have been none before where others have configured it since", async () => {
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    scene.world.simulator[scene.record] = { ...scene.stored()!, frequencyInterval: "30" };
    await scene.provider.delete(type, made.id, made.outputs);
    assert.match(scene.provider.output(), /frequencyInterval 30\. Before this resource there was none\./);
  });

  it("is the program's once that says what others have configured, and is brought back then", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    scene.world.simulator[scene.record] = { ...scene.stored()!, frequencyInterval: "30" };
    const seen = (await refresh(await scene.world.provider(), made))!;
    let accepted = seen;
    assert.deepEqual(await scene.sent(async () => (accepted = await change(scene.provider, seen, scene.args({ frequencyInterval: 30 })))), []); // prettier-ignore
    await (await scene.world.provider()).delete(type, accepted.id, accepted.outputs);
    assert.deepEqual(scene.stored(), others);
  });

  it("is given back once: a later one of the same name finds what others have configured since", async () => {
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    await scene.provider.delete(type, made.id, made.outputs);
    scene.world.simulator[scene.record] = { ...scene.stored()!, enabled: true };
    const again = await scene.ended((provider) => make(provider, type, scene.args()));
    await scene.provider.delete(type, again.id, again.outputs);
    assert.equal(scene.stored()?.enabled, true);
  });

  it("leaves to others in the end what ignoreChanges lists since an up that changed nothing else", async () => {
    scene.world.simulator[scene.record] = { ...others, deleteDisabled: false };
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
    const ignoring = { ...scene.args(), __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } };
    let changed = made;
    assert.deepEqual(
      await scene.sent(async () => (changed = await scene.ended((provider) => change(provider, made, ignoring)))),
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
    const made = await scene.ended((provider) => make(provider, type, ignoring));
    scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: true };
    const seen = (await refresh(await scene.world.provider(), made))!;
    assert.equal((await plan(scene.provider, seen, ignoring)).diff.changes, false);
    const calls = await scene.sent(() => change(scene.provider, seen, { ...ignoring, frequencyInterval: 7 }));
    assert.deepEqual(calls, [`GET ${scene.address}`, `PUT ${scene.address}`]);
    assert.deepEqual([scene.stored()?.deleteDisabled, scene.stored()?.frequencyInterval], [true, "7"]);
  });

  it("leaves to others what ignoreChanges lists, also a value that no program could give", async () => {
    const ignoring = scene.args({ __zpa: { ...seed.__zpa, ignored: ["frequencyInterval"] } });
    const made = await scene.ended((provider) => make(provider, type, ignoring));
    scene.world.simulator[scene.record] = { ...scene.stored()!, frequencyInterval: "45" };
    const seen = (await refresh(await scene.world.provider(), made))!;
    const handedOut = { ...ignoring, frequencyInterval: seen.inputs["frequencyInterval"] };
    assert.equal((await plan(scene.provider, seen, handedOut)).diff.changes, false);
  });

  it("leaves to others what ignoreChanges lists in the end too", async () => {
    scene.world.simulator[scene.record] = { ...others, deleteDisabled: false };
    const ignoring = { ...scene.args(), __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } };
    const made = await scene.ended((provider) => make(provider, type, ignoring));
    scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: true };
    await scene.provider.delete(type, made.id, made.outputs);
    assert.deepEqual(scene.stored(), { ...others, deleteDisabled: true, frequencyInterval: "90" });
    assert.match(scene.provider.output(), /as it was before this resource, but for what others have changed: on, /);
  });

  it("is brought back where others have switched it on, and ignoreChanges left that to them", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const ignoring = (more: object) => scene.args({ ...more, __zpa: { ...seed.__zpa, ignored: ["enabled"] } });
    const made = await scene.ended((provider) => make(provider, type, ignoring({ enabled: false })));
    scene.world.simulator[scene.record] = { ...others, frequencyInterval: "30" };
    const seen = (await refresh(await scene.world.provider(), made))!;
    const changed = await scene.ended((provider) => change(provider, seen, ignoring({ enabled: true })));
    assert.equal(scene.stored()?.frequencyInterval, "5");
    await scene.provider.delete(type, changed.id, changed.outputs);
    assert.deepEqual(scene.stored(), others);
  });

  for (const isRefreshed of [false, true]) {
    it(`stays as others have it where ignoreChanges for everything came later, ${isRefreshed ? "with" : "without"} a refresh`, async () => {
      scene.world.simulator[scene.record] = { ...others };
      const made = await scene.ended((provider) => make(provider, type, scene.args()));
      const theirs = { ...scene.stored()!, frequencyInterval: "30" };
      scene.world.simulator[scene.record] = { ...theirs };
      const seen = isRefreshed ? (await refresh(await scene.world.provider(), made))! : made;
      const handedOut = isRefreshed ? { frequencyInterval: 30 } : {};
      const ignoring = scene.args({ ...handedOut, __zpa: { ...seed.__zpa, ignored: ["*"] } });
      const changed = await scene.ended((provider) => change(provider, seen, ignoring));
      await scene.provider.delete(type, changed.id, changed.outputs);
      assert.deepEqual(scene.stored(), theirs);
    });
  }

  it("is brought back as it was where others have changed what ignoreChanges lists while it was off", async () => {
    scene.world.simulator[scene.record] = { ...others };
    const ignoring = scene.args({ enabled: false, __zpa: { ...seed.__zpa, ignored: ["deleteDisabled"] } });
    const made = await scene.ended((provider) => make(provider, type, ignoring));
    scene.world.simulator[scene.record] = { ...scene.stored()!, deleteDisabled: false };
    await scene.provider.delete(type, made.id, made.outputs);
    assert.deepEqual(scene.stored(), others);
  });

  it("keeps its interval at a refresh where ZPA tells none of one that others have switched off", async () => {
    const ignoring = scene.args({ __zpa: { ...seed.__zpa, ignored: ["frequencyInterval"] } });
    const made = await scene.ended((provider) => make(provider, type, ignoring));
    scene.world.simulator[scene.record] = { ...scene.stored()!, enabled: false };
    scene.world.fault({ kind: "omit", match: { method: "GET" }, fields: ["frequencyInterval"] });
    const seen = (await refresh(scene.provider, made))!;
    assert.deepEqual([seen.inputs, seen.outputs].map((values) => values["frequencyInterval"]), [5, 5]); // prettier-ignore
  });

  it("is off in the end where there was none, also with ignoreChanges for everything", async () => {
    const made = await scene.ended((provider) =>
      make(provider, type, {
        ...scene.args(),
        __zpa: { ...seed.__zpa, ignored: ["*"] },
      }),
    );
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
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
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
    const made = await scene.ended((provider) => make(provider, type, scene.args()));
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
