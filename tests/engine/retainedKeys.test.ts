import assert from "node:assert/strict";
import { needsEngine } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { groupScene } from "./groupScene";

describe("A group with keys of which retainOnDelete keeps one, and that is to be replaced on the genuine engine", function () {
  this.timeout(240_000);
  needsEngine();

  const scene = groupScene();
  const { program, idsNow, drift, underItsName, underAnotherName, withUpstream } = scene;

  const retained: [string, (stack: TestStack) => Promise<unknown>, { refresh: boolean }][] = [
    ["", () => Promise.resolve(), { refresh: false }],
    [", also after a refresh", (stack) => stack.refresh(), { refresh: false }],
    [", also after a refresh that finds changes", (stack) => (drift(), stack.refresh()), { refresh: false }],
    [", also in an up with a refresh that finds changes", () => Promise.resolve(drift()), { refresh: true }],
    [
      ", also in one with other settings",
      (stack) => (drift(), stack.cli("config", "set", "zpa:operationTimeout", "298")),
      { refresh: true },
    ],
  ];
  for (const [when, prepare, { refresh }] of retained) {
    it(`stays with its keys while one of them has got retainOnDelete${when}`, async () => {
      scene.setting.isRetained = false;
      const stack = await scene.world.stack(program);
      await stack.up();
      scene.setting.isRetained = true;
      const sent = scene.world.writes.length;
      const { changeSummary } = await stack.up();
      assert.deepEqual([changeSummary.update, scene.world.writes.length], [1, sent]);
      await prepare(stack);
      const old = idsNow();
      scene.args = { ...scene.args, keepers: { rotation: "2" } };
      const words = /"spare-.* has retainOnDelete: it would leave the stack, and stay in its group "Frankfurt" .*remove retainOnDelete from the key, and run/; // prettier-ignore
      await assert.rejects(stack.preview({ refresh }), words);
      await assert.rejects(stack.up({ refresh }), words);
      assert.deepEqual(idsNow(), old);
      scene.setting.isRetained = false;
      scene.args = { name: "Frankfurt" };
      await stack.up({ refresh });
      drift();
      await stack.refresh();
      await underItsName.replace(stack);
      assert.ok(idsNow().every((id) => !old.includes(id)));
      await scene.world.assertInvariants();
    });
  }

  it("stays with its keys while one of them has retainOnDelete, also where deleteBeforeReplace has it go under another name", async () => {
    [scene.setting.isRetained, scene.options] = [true, { deleteBeforeReplace: true }];
    const stack = await scene.world.stack(program);
    await stack.up();
    const old = idsNow();
    await assert.rejects(underAnotherName.replace(stack), /"spare-.* has retainOnDelete: it would leave the stack/);
    assert.deepEqual(idsNow(), old);
    [scene.setting.isRetained, scene.args] = [false, { name: "Frankfurt" }];
    await stack.up();
    await underAnotherName.replace(stack);
    assert.ok(idsNow().every((id) => !old.includes(id)));
    await scene.world.assertInvariants();
  });

  it("stays with the keys that Pulumi asks about while one of them has retainOnDelete and another group takes it along", async () => {
    scene.setting.isRetained = true;
    const { before, replace } = withUpstream("keepers");
    before!();
    const stack = await scene.world.stack(program);
    await stack.up();
    const old = idsNow();
    const words =
      /it has keys that do not go with it: "spare-\S+" \(\d+\), because retainOnDelete keeps it\. Delete those that nobody needs, or give the group/;
    await assert.rejects(replace(stack), words);
    assert.deepEqual(idsNow(), old);
    // the engine has dropped the retained one, which is in the way of the group
    for (const { id, name } of scene.world.simulator.keys.values())
      if (name.startsWith("spare-")) scene.world.simulator.keys.delete(id);
    await stack.up();
    assert.ok(idsNow().every((id) => !old.includes(id)));
    await scene.world.assertInvariants();
  });

  it("is made first under another name, also with a key that retainOnDelete keeps", async () => {
    scene.setting.isRetained = true;
    const stack = await scene.world.stack(program);
    await stack.up();
    const [spare] = [...scene.world.simulator.keys.values()].filter(({ name }) => name.startsWith("spare"));
    scene.args = { name: "Zurich", keepers: { rotation: "2" } };
    await stack.preview();
    await assert.rejects(stack.up(), new RegExp(`has provisioning key "${spare!.name}" `));
    assert.deepEqual([scene.world.simulator.keys.size, scene.world.simulator.appConnectorGroups.size], [3, 2]);
    scene.world.simulator.keys.delete(spare!.id);
    await stack.up();
    await scene.world.assertInvariants();
  });

  it("is replaced under another name beside the old one with its keys, where retainOnDelete keeps all of them", async () => {
    scene.setting.isRetained = true;
    const stack = await scene.world.stack(program);
    await stack.up();
    const old = idsNow();
    scene.options = { retainOnDelete: true };
    await stack.up();
    await underAnotherName.replace(stack);
    const [key, spare, group] = old;
    const kept = [key, spare].filter((id) => scene.world.simulator.keys.get(id!)?.name.startsWith("spare-"));
    assert.deepEqual(idsNow().filter((id) => old.includes(id)), [...kept, group]); // prettier-ignore
    scene.world.simulator.keys.delete(kept[0]!); // by hand
    scene.world.simulator.appConnectorGroups.delete(group!);
    await scene.world.assertInvariants();
  });
});
