import assert from "node:assert/strict";
import { make, plan, refresh } from "./driver";
import { describeSchedules, others } from "./scheduleScene";

const type = "ConnectorSchedule";
const two = { __zpa: { seed: "two-0a1b2c3" } };

describeSchedules(
  "The clean-up schedule … that two resources configure, as after a rename without an alias",
  (scene) => {
    it("stays as the program says where its resource was renamed without an alias, and tells what was before", async () => {
      scene.world.simulator[scene.record] = { ...others, enabled: false };
      const one = await scene.ended((provider) => make(provider, type, scene.args()));
      // the engine creates what is new, then deletes what is no longer in the program
      const two = await make(scene.provider, type, { ...scene.args(), __zpa: { seed: "other-0a1b2c3" } });
      await scene.provider.delete(type, one.id, one.outputs);
      assert.deepEqual(
        [two.outputs["enabled"], scene.stored()?.enabled, scene.stored()?.frequencyInterval],
        [true, true, "5"],
      );
      assert.match(scene.provider.output(), /warning: .* stays as another resource of this run has configured it\. .* Before this resource it was off\. .* aliases\./); // prettier-ignore
    });

    it("stays the new resource's where that one has the name that its old one has had before", async () => {
      const one = await scene.ended((provider) => make(provider, type, scene.args()));
      await make(scene.provider, type, scene.args());
      await scene.provider.delete(type, one.id, one.outputs);
      assert.equal(scene.stored()?.enabled, true);
    });

    it("is not brought back by the resource of another stack, whatever this machine remembers of the first", async () => {
      scene.world.simulator[scene.record] = { ...others };
      await scene.ended((provider) => make(provider, type, scene.args()));
      const found = { ...scene.stored()! };
      const made = await scene.ended((provider) => make(provider, type, scene.args({ frequencyInterval: 7, ...two }))); // prettier-ignore
      await scene.provider.delete(type, made.id, made.outputs);
      assert.deepEqual(scene.stored(), found);
    });

    for (const days of [5, 7]) {
      for (const isFirst of ["deletion", "creation"] as const) {
        it(`is as the new resource of a run says, with ${days} days, where that deletes the old one at the same time, the ${isFirst} first`, async () => {
          scene.world.simulator[scene.record] = { ...others };
          const one = await scene.ended((provider) => make(provider, type, scene.args()));
          const { inputs } = await scene.provider.check(type, {}, scene.args({ frequencyInterval: days, ...two }));
          const steps = [
            () => scene.provider.delete(type, one.id, one.outputs),
            () => scene.provider.create(type, inputs),
          ] as (() => Promise<unknown>)[];
          if (isFirst === "creation") steps.reverse();
          await Promise.all(steps.map((step) => step()));
          assert.equal(scene.stored()?.frequencyInterval, String(days));
        });
      }
    }

    it("stays the program's where the other resource has had the same name before an alias", async () => {
      scene.world.simulator[scene.record] = { ...others };
      const renamed = await scene.ended((provider) => make(provider, type, scene.args()));
      const one = await scene.ended((provider) => make(provider, type, scene.args()));
      assert.equal((await plan(scene.provider, one, scene.args())).diff.changes, false);
      await scene.provider.delete(type, renamed.id, renamed.outputs);
      assert.equal(scene.stored()?.frequencyInterval, "5");
    });

    it("is as the program says where a rename without an alias was interrupted and then undone", async () => {
      scene.world.simulator[scene.record] = { ...others };
      const one = await scene.ended((provider) => make(provider, type, scene.args()));
      const other = await scene.ended((provider) => make(provider, type, scene.args({ frequencyInterval: 7, ...two }))); // prettier-ignore
      assert.equal((await plan(scene.provider, one, scene.args())).diff.changes, false);
      await scene.provider.delete(type, other.id, other.outputs);
      assert.equal(scene.stored()?.frequencyInterval, "5");
      assert.match(scene.provider.output(), /is as the other resource has it: on, with deleteDisabled false and frequencyInterval 5\./); // prettier-ignore
      await (await scene.world.provider()).delete(type, one.id, one.outputs);
      assert.deepEqual(scene.stored(), others);
    });

    for (const [what, days] of [
      ["the same values", 5],
      ["other values", 7],
    ] as const) {
      for (const order of ["the first one first", "the first one last", "at once"] as const) {
        it(`is brought back by two resources, one of which has found what the other has configured, with ${what}, ${order}`, async () => {
          scene.world.simulator[scene.record] = { ...others };
          const one = await scene.ended((provider) => make(provider, type, scene.args()));
          const renamed = scene.args({ frequencyInterval: days, __zpa: { seed: "renamed-0a1b2c3" } });
          const two = await scene.ended((provider) => make(provider, type, renamed));
          const remove = ({ id, outputs }: typeof one) => scene.provider.delete(type, id, outputs);
          const [first, second] = order === "the first one last" ? [two, one] : [one, two];
          const going = remove(first);
          if (order !== "at once") await going;
          await Promise.all([going, remove(second)]);
          assert.deepEqual(scene.stored(), others);
        });
      }
    }

    it("stays so also where a later run deletes the old resource than the one that has made the new one", async () => {
      const one = await scene.ended((provider) => make(provider, type, scene.args()));
      const other = { ...scene.args(), __zpa: { seed: "other-0a1b2c3" } };
      const two = await scene.ended((provider) => make(provider, type, other));
      assert.equal((await plan(scene.provider, two, other)).diff.changes, false);
      await scene.provider.delete(type, one.id, one.outputs);
      assert.equal(scene.stored()?.enabled, true);
    });

    it("is brought back by destroy --refresh of a resource that an alias has renamed", async () => {
      scene.world.simulator[scene.record] = { ...others };
      const made = await scene.ended((provider) => make(provider, type, scene.args()));
      const { inputs } = await scene.provider.check(type, made.inputs, {
        ...scene.args(),
        __zpa: { seed: "renamed-0a1b2c3" },
      });
      const later = await scene.world.provider();
      const seen = (await refresh(later, { ...made, inputs }))!;
      await later.delete(type, seen.id, seen.outputs);
      assert.deepEqual(scene.stored(), others);
    });
  },
);
