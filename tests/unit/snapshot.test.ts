import assert from "node:assert/strict";
import { longestAge, type Snapshot } from "../../provider/process/snapshot";
import { CountingTenant, inWaves, type Item } from "../property/countingTenant";
import { FakeClock } from "../property/fakeClock";

const mine = (count: number): Item[] =>
  Array.from({ length: count }, (_, index) => ({ id: `ours${index}`, name: `ours ${index}` }));
const others = (count: number): Item[] =>
  Array.from({ length: count }, (_, index) => ({ id: `theirs${index}`, name: `theirs ${index}` }));

function setUp(items: Item[]) {
  const clock = new FakeClock();
  const tenant = new CountingTenant(items, clock);
  return { clock, tenant, snapshot: tenant.snapshot() };
}

/** Reads as a refresh does. */
function refresh(snapshot: Snapshot<Item>, ids: readonly string[], parallel: number): Promise<void> {
  const reads = ids.map((id) => async () => assert.equal((await snapshot.read(id))?.id, id));
  return inWaves(parallel, reads);
}

describe("A snapshot", () => {
  it("reads one object of a tenant of 10 000 with one call", async () => {
    const { clock, tenant, snapshot } = setUp([...others(9_999), ...mine(1)]);
    await clock.runFor(refresh(snapshot, ["ours0"], 16));
    assert.equal(tenant.calls, 1);
  });

  it("waits a little for a second one, and then reads both with one list", async () => {
    const { clock, tenant, snapshot } = setUp(mine(2));
    const late = clock.sleep(120).then(() => snapshot.read("ours1"));
    await clock.runFor(Promise.all([snapshot.read("ours0"), late]));
    assert.deepEqual([tenant.calls, tenant.pages], [1, 1]);
  });

  it("waits for a second one as long as others are read, whose answers let the engine go on", async () => {
    const { clock, tenant, snapshot } = setUp(mine(2));
    tenant.othersAreRead = true;
    const first = snapshot.read("ours0");
    await clock.runUntil(2_000);
    assert.equal(tenant.calls, 0);
    tenant.othersAreRead = false;
    await clock.runFor(Promise.all([first, snapshot.read("ours1")]));
    assert.deepEqual([tenant.calls, tenant.pages], [1, 1]);
  });

  it("looks for the name of one that is created in a tenant of 10 000 with two calls", async () => {
    const { clock, tenant, snapshot } = setUp(others(10_000));
    assert.deepEqual(await clock.runFor(snapshot.named("new")), []);
    assert.equal(tenant.calls, 2);
  });

  for (const parallel of [1, 8, 16, 64]) {
    it(`looks for the names of 60 that are created, ${parallel} at once, with one list`, async () => {
      const { clock, tenant, snapshot } = setUp(others(400));
      const looks = Array.from({ length: 60 }, (_, index) => async () => {
        assert.deepEqual(await snapshot.named(`new ${index}`), []);
        snapshot.created({ id: `made${index}`, name: `new ${index}` });
      });
      await clock.runFor(inWaves(parallel, looks));
      assert.equal(tenant.calls, 1);
    });
  }

  /** 24 for the whole refresh: one sign-in, one page for each type of key, and these. */
  const most = 21;
  const ours = mine(300);
  // the engine's order is not the list's
  const shuffled = ours.map((_, index) => ours[(index * 77) % ours.length]!.id);
  const theirs = others(9_700);
  const spread = [
    ...theirs.map((item, index) => ({ item, at: index / 9_700 })),
    ...ours.map((item, index) => ({ item, at: index / 300 })),
  ]
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
  const tenants = { first: [...ours, ...theirs], last: [...theirs, ...ours], spread };
  for (const [where, items] of Object.entries(tenants)) {
    for (const parallel of [8, 16, 32, 64]) {
      it(`reads 300 of 10 000 credentials, ${parallel} at once, ${where} in the list, with at most ${most} calls`, async () => {
        const { clock, tenant, snapshot } = setUp([...items]);
        await clock.runFor(refresh(snapshot, shuffled, parallel));
        assert.ok(tenant.calls <= most, `${tenant.calls} calls`);
      });
    }
  }

  it("reads three of 10 000 alone, and the list with the fourth", async () => {
    const { clock, tenant, snapshot } = setUp([...others(9_996), ...mine(4)]);
    await clock.runFor(refresh(snapshot, ["ours0", "ours1", "ours2"], 1));
    // the first page tells how many there are
    assert.deepEqual([tenant.calls, tenant.pages], [4, 1]);
    await clock.runFor(refresh(snapshot, ["ours3"], 1));
    assert.deepEqual([tenant.calls, tenant.pages], [23, 20]);
  });

  it("says that an object is gone only when ZPA has said so itself", async () => {
    const { clock, tenant, snapshot } = setUp([...mine(3)]);
    await clock.runFor(refresh(snapshot, ["ours0", "ours1"], 2));
    assert.equal(await clock.runFor(snapshot.read("gone")), undefined);
    assert.equal(tenant.calls, 2);
    tenant.items.push({ id: "late", name: "late" });
    assert.equal((await clock.runFor(snapshot.read("late")))?.id, "late");
  });

  it("reads the whole list for a name that ZPA cannot search, however long it is", async () => {
    const { clock, tenant, snapshot } = setUp([...others(9_999), { id: "ours", name: "R&D" }]);
    assert.deepEqual((await clock.runFor(snapshot.named("R&D"))).map(({ id }) => id), ["ours"]); // prettier-ignore
    assert.deepEqual([tenant.calls, tenant.pages], [20, 20]);
  });

  it("reads each object alone where ZPA has no such list, and asks for the list once", async () => {
    const { clock, tenant, snapshot } = setUp(mine(4));
    tenant.isUnlisted = true;
    await clock.runFor(refresh(snapshot, ["ours0", "ours1", "ours2"], 3));
    assert.deepEqual([tenant.calls, tenant.pages], [4, 1]);
    await clock.runFor(refresh(snapshot, ["ours3"], 1));
    assert.deepEqual([tenant.calls, tenant.pages], [5, 1]);
  });

  it("knows what it has read alone", async () => {
    const { clock, tenant, snapshot } = setUp(mine(1));
    for (let time = 0; time < 2; time += 1) await clock.runFor(refresh(snapshot, ["ours0"], 1));
    assert.equal(tenant.calls, 1);
  });

  it("finds by its name no object that it was told is gone", async () => {
    const { clock, tenant, snapshot } = setUp(mine(2));
    await clock.runFor(refresh(snapshot, ["ours0", "ours1"], 2));
    snapshot.updated("ours0");
    tenant.items.shift();
    assert.equal(await clock.runFor(snapshot.read("ours0")), undefined);
    assert.deepEqual(await clock.runFor(snapshot.named("ours 0")), []);
  });

  it("knows what was created since the list was read, without a call", async () => {
    const { clock, tenant, snapshot } = setUp(mine(1));
    await clock.runFor(snapshot.named("new"));
    snapshot.created({ id: "made", name: "new" });
    assert.deepEqual(await clock.runFor(snapshot.named("new")), [{ id: "made", name: "new" }]);
    assert.equal((await clock.runFor(snapshot.read("made")))?.name, "new");
    assert.equal(tenant.calls, 1);
  });

  it("reads again what it has read more than two minutes ago, one alone and several with one list", async () => {
    const { clock, tenant, snapshot } = setUp([...mine(3), ...others(100)]);
    await clock.runFor(refresh(snapshot, ["ours0", "ours1"], 2));
    await clock.runFor(clock.sleep(longestAge + 1));
    tenant.items[0] = { id: "ours0", name: "of others" };
    assert.equal((await clock.runFor(snapshot.read("ours0")))?.name, "of others");
    assert.deepEqual([tenant.calls, tenant.pages], [2, 1]);
    await clock.runFor(refresh(snapshot, ["ours1", "ours2"], 2));
    assert.deepEqual([tenant.calls, tenant.pages], [3, 2]);
  });

  it("counts the age of a list from its first page on", async () => {
    const { clock, tenant, snapshot } = setUp([...mine(3), ...others(1_000)]);
    await clock.runFor(snapshot.named("ours 0"));
    await clock.runFor(clock.sleep(longestAge - 1_000));
    await clock.runFor(snapshot.named("a name that ZPA cannot search: \u00e9"));
    const { pages } = tenant;
    await clock.runFor(clock.sleep(2_000));
    await clock.runFor(snapshot.named("ours 1"));
    assert.ok(tenant.pages > pages, "the first page is two minutes old");
  });

  it("serves those who ask while a list is read for minutes, and does not begin anew", async () => {
    const clock = new FakeClock();
    const tenant = new CountingTenant(mine(3), clock, () => 2 * longestAge);
    const snapshot = tenant.snapshot();
    const late = clock.sleep(3 * longestAge).then(() => snapshot.read("ours2"));
    await clock.runFor(Promise.all([refresh(snapshot, ["ours0", "ours1"], 2), late]));
    assert.deepEqual([tenant.calls, tenant.pages], [1, 1]);
  });

  it("serves each who asks from a list that takes minutes, however many ask meanwhile", async () => {
    const clock = new FakeClock();
    const tenant = new CountingTenant(mine(3), clock, () => longestAge + 10_000);
    const snapshot = tenant.snapshot();
    const asking = Array.from({ length: 6 }, (_, index) =>
      clock.sleep(index * (longestAge + 5_000)).then(() => snapshot.read(`ours${index % 3}`)),
    );
    await clock.runFor(Promise.all(asking));
    assert.ok(tenant.calls <= asking.length, `${tenant.calls} calls`);
  });

  it("does not take a list for new that was on its way while everything was forgotten", async () => {
    const clock = new FakeClock();
    const tenant = new CountingTenant(mine(2), clock);
    const snapshot = tenant.snapshot();
    const reads = Promise.all(["ours0", "ours1"].map((id) => snapshot.read(id)));
    // the sign-in takes 60 ms and so does the list, whose rows are read after half of them
    await clock.runUntil(100);
    assert.equal(tenant.pages, 1);
    tenant.items[0] = { id: "ours0", name: "written meanwhile" };
    snapshot.updated("ours0");
    snapshot.forget();
    assert.equal((await clock.runFor(reads))[0]?.name, "written meanwhile");
    assert.equal(tenant.pages, 2);
  });

  it("reads again whatever it is asked after a wait, and still knows what it has deleted", async () => {
    const { clock, tenant, snapshot } = setUp(mine(3));
    await clock.runFor(refresh(snapshot, ["ours0", "ours1"], 2));
    snapshot.deleted("ours2");
    snapshot.forget();
    await clock.runFor(refresh(snapshot, ["ours0", "ours1"], 2));
    assert.deepEqual([tenant.calls, tenant.pages], [2, 2]);
    assert.deepEqual(await clock.runFor(snapshot.named("ours 2")), []);
  });

  it("asks again for what was updated since the list was read", async () => {
    const { clock, tenant, snapshot } = setUp(mine(2));
    await clock.runFor(refresh(snapshot, ["ours0", "ours1"], 2));
    tenant.items[0] = { id: "ours0", name: "renamed" };
    snapshot.updated("ours0");
    assert.deepEqual(await clock.runFor(snapshot.named("ours 0")), []);
    assert.equal((await clock.runFor(snapshot.read("ours0")))?.name, "renamed");
    assert.equal(tenant.calls, 3);
  });

  it("does not find what was deleted while the page that held it was on its way", async () => {
    const { clock, tenant, snapshot } = setUp(mine(2));
    const looking = snapshot.named("ours 0");
    // the page has left ZPA, but is not here yet
    await clock.runUntil(clock.now() + 90);
    assert.equal(tenant.calls, 1);
    tenant.items.shift();
    snapshot.deleted("ours0");
    assert.deepEqual(await clock.runFor(looking), []);
    assert.equal(await clock.runFor(snapshot.read("ours0")), undefined);
  });

  it("takes a look that comes just when the one before is answered", async () => {
    const { clock, snapshot } = setUp(mine(2));
    const both = snapshot.read("ours0").then(() => snapshot.read("ours1"));
    assert.equal((await clock.runFor(both))?.id, "ours1");
  });

  describe("when ZPA fails", () => {
    const failing = (part: "ready" | "page" | "get") => {
      const clock = new FakeClock();
      const tenant = new CountingTenant(mine(3), clock);
      const failure = new Error("ZPA is down");
      tenant.failNext(part, failure);
      return { clock, tenant, failure, snapshot: tenant.snapshot() };
    };

    it("lets all fail that waited for the sign-in, and tries anew for those who come later", async () => {
      const { clock, failure, snapshot } = failing("ready");
      const reads = [snapshot.read("ours0"), snapshot.read("ours1")].map((read) => assert.rejects(read, failure));
      await clock.runFor(Promise.all(reads));
      assert.equal((await clock.runFor(snapshot.read("ours0")))?.id, "ours0");
    });

    it("lets all fail that waited for a page, and tries anew for those who come later", async () => {
      const { clock, failure, snapshot } = failing("page");
      const reads = [snapshot.read("ours0"), snapshot.read("gone")].map((read) => assert.rejects(read, failure));
      await clock.runFor(Promise.all(reads));
      assert.equal((await clock.runFor(snapshot.read("ours0")))?.id, "ours0");
      assert.equal(await clock.runFor(snapshot.read("gone")), undefined);
    });

    it("takes a failure for no absence", async () => {
      const { clock, failure, snapshot } = failing("get");
      await clock.runFor(assert.rejects(snapshot.read("ours0"), failure));
    });
  });

  it("gives up on a list that announces more pages for ever", async () => {
    const { clock, tenant, snapshot } = setUp(mine(1));
    tenant.isEndless = true;
    await clock.runFor(assert.rejects(snapshot.named("this & that"), /never ends/));
  });

  it("makes one call for each object when it is only there to be measured against", async () => {
    const { clock, tenant } = setUp(mine(20));
    const snapshot = tenant.snapshot(false);
    await clock.runFor(
      refresh(
        snapshot,
        mine(20).map(({ id }) => id),
        8,
      ),
    );
    assert.deepEqual([tenant.calls, tenant.pages], [20, 0]);
  });
});
