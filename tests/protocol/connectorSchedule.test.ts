import assert from "node:assert/strict";
import type { ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";
import { change, make, plan, refresh, refusal } from "./driver";
import { describeSchedules, others, seed } from "./scheduleScene";

const type = "ConnectorSchedule";

describeSchedules("The clean-up schedule … over the provider protocol", (scene) => {
  it("is created where there is none with two calls, and disabled in the end", async () => {
    let made = await make(await scene.world.provider(), type, scene.args());
    assert.deepEqual(
      { ...scene.stored(), id: "" },
      { id: "", enabled: true, deleteDisabled: false, frequencyInterval: "5" },
    );
    made = await change(scene.provider, made, scene.args({ frequencyInterval: 7 }));
    assert.equal(scene.stored()?.frequencyInterval, "7");
    const gone = await scene.sent(() => scene.provider.delete(type, made.id, made.outputs));
    assert.deepEqual([gone, scene.stored()?.enabled], [[`GET ${scene.address}`, `PUT ${scene.address}`], false]);
  });

  it("takes over what is configured, and brings it back in the end", async () => {
    scene.world.simulator[scene.record] = { ...others };
    let made = await make(await scene.world.provider(), type, scene.args());
    assert.deepEqual(scene.stored(), { ...others, deleteDisabled: false, frequencyInterval: "5" });
    assert.equal(made.id, "7");
    made = await change(scene.provider, made, scene.args({ deleteDisabled: true }));
    const put = await scene.sent(async () => await scene.provider.delete(type, made.id, made.outputs));
    assert.deepEqual(put, [`GET ${scene.address}`, `PUT ${scene.address}`]);
    assert.deepEqual(scene.stored(), others);
    assert.match(scene.provider.output(), /is again as it was before this resource: on, with deleteDisabled true and frequencyInterval 90\./); // prettier-ignore
  });

  it("says at its creation what was there before, which nothing else keeps where the run cannot be recorded", async () => {
    await make(scene.provider, type, scene.args());
    assert.match(scene.provider.output(), /schedule .* is on, with deleteDisabled false and frequencyInterval 5\. Before this resource there was none\./); // prettier-ignore
    scene.world.simulator[scene.record] = { ...others };
    const later = await scene.world.provider();
    await make(later, type, scene.args());
    assert.match(later.output(), /schedule .* is on, .* 5\. Before this resource it was on, with deleteDisabled true and frequencyInterval 90\./); // prettier-ignore
  });

  it("has no other arguments after a refresh than the program has set, with ZPA's values", async () => {
    const args = { frequencyInterval: 5, associationType: scene.associationType, ...seed };
    const made = await make(await scene.world.provider(), type, args);
    scene.world.simulator[scene.record] = { ...scene.stored()!, frequencyInterval: "30", enabled: false };
    const seen = (await refresh(scene.provider, made))!;
    assert.deepEqual(seen.inputs, { ...args, frequencyInterval: 30 });
    assert.equal((await plan(scene.provider, seen, args)).diff.changes, true);
  });

  it("says how to configure it anew where it is gone", async () => {
    const made = await make(await scene.world.provider(), type, scene.args());
    scene.world.simulator[scene.record] = undefined;
    const update = scene.provider.update(type, made.id, made.outputs, { ...made.inputs, frequencyInterval: 7 });
    await assert.rejects(update, /does not exist any more\. Run pulumi up --refresh, which configures it anew\.$/);
  });

  it("costs one read and no write where it is as wanted, at creation and at the end", async () => {
    scene.world.simulator[scene.record] = { ...others, deleteDisabled: false };
    const calls = await scene.sent(async () => {
      const made = await make(await scene.world.provider(), type, scene.args({ frequencyInterval: 90 }));
      await scene.provider.delete(type, made.id, made.outputs);
    });
    assert.deepEqual(calls, [`GET ${scene.address}`]);
  });

  it("sends nothing about a schedule that is off and stays so", async () => {
    scene.world.simulator[scene.record] = { ...others, enabled: false };
    const made = await make(await scene.world.provider(), type, scene.args({ enabled: false }));
    const seen = (await refresh(await scene.world.provider(), made))!;
    assert.deepEqual(seen.outputs["frequencyInterval"], 90);
    assert.equal((await scene.provider.diff(type, seen.id, seen.outputs, made.inputs)).changes, false);
    assert.deepEqual(await scene.sent(() => scene.provider.delete(type, seen.id, seen.outputs)), []);
    assert.deepEqual(scene.stored(), { ...others, enabled: false });
  });

  it("takes a schedule of which ZPA does not tell that it is on for one that is off", async () => {
    scene.world.simulator[scene.record] = { ...others, enabled: false };
    scene.world.fault({ kind: "omit", match: { method: "GET" }, fields: ["enabled", "frequencyInterval"] });
    const made = await make(await scene.world.provider(), type, scene.args());
    await scene.provider.delete(type, made.id, made.outputs);
    assert.equal(scene.stored()?.enabled, false);
  });
});

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
