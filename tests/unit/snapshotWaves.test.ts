import assert from "node:assert/strict";
import { CountingTenant, type Item } from "../property/countingTenant";
import { FakeClock } from "../property/fakeClock";

const items = (count: number): Item[] =>
  Array.from({ length: count }, (_, index) => ({ id: `ours${index}`, name: `ours ${index}` }));

function setUp(count: number) {
  const clock = new FakeClock();
  // the sign-in is done, so that only the wave is waited for
  const tenant = new CountingTenant(items(count), clock, () => 0);
  return { clock, tenant, snapshot: tenant.snapshot() };
}

describe("The wave that a snapshot waits for", () => {
  /** Sends these reads, and tells when the first call is made. */
  async function firstCall(demands: readonly { at: number; name?: string }[]): Promise<number> {
    const { clock, tenant, snapshot } = setUp(100);
    const read = ({ name }: { name?: string }, index: number): Promise<unknown> =>
      name === undefined ? snapshot.read(`ours${index}`) : snapshot.named(name);
    const all = demands.map((demand, index) =>
      demand.at === 0 ? read(demand, index) : clock.sleep(demand.at).then(() => read(demand, index)),
    );
    let at = 0;
    while (tenant.calls === 0) await clock.runUntil(++at);
    await clock.runFor(Promise.all(all));
    return at;
  }

  it("is three rounds long for one object that stays alone", async () => {
    assert.equal(await firstCall([{ at: 0 }]), 150);
  });

  it("is one round long for a name, which is looked up in the list anyway", async () => {
    assert.equal(await firstCall([{ at: 0, name: "new" }]), 50);
  });

  it("ends with the round in which nothing more arrives", async () => {
    assert.equal(await firstCall([{ at: 0 }, { at: 0 }]), 100);
    assert.equal(await firstCall([{ at: 0 }, { at: 10 }, { at: 60 }]), 150);
  });

  it("is five rounds long at most, however many arrive", async () => {
    const endless = Array.from({ length: 50 }, (_, index) => ({ at: index * 10 }));
    assert.equal(await firstCall(endless), 250);
  });
});

describe("A snapshot", () => {
  it("reads several from the second one on until all are answered", async () => {
    const { clock, snapshot } = setUp(2);
    assert.equal(snapshot.readsSeveral, false);
    const first = snapshot.read("ours0");
    assert.equal(snapshot.readsSeveral, false);
    const second = snapshot.read("ours1");
    assert.equal(snapshot.readsSeveral, true);
    await clock.runFor(Promise.all([first, second]));
    assert.equal(snapshot.readsSeveral, false);
  });

  it("reads the other pages when there are five for each object, and no more", async () => {
    for (const [count, pages] of [
      [3_000, 6],
      [3_001, 1],
    ] as const) {
      const { clock, tenant, snapshot } = setUp(count);
      await clock.runFor(snapshot.named("ours 2999"));
      assert.equal(tenant.pages, pages);
    }
  });

  it("asks once for what was updated, and knows it then", async () => {
    const { clock, tenant, snapshot } = setUp(2);
    await clock.runFor(snapshot.named("new"));
    snapshot.updated("ours0");
    await clock.runFor(snapshot.read("ours0"));
    await clock.runFor(snapshot.read("ours0"));
    assert.deepEqual([tenant.calls, tenant.pages], [2, 1]);
  });

  it("has ZPA itself say that what was deleted is gone", async () => {
    const { clock, tenant, snapshot } = setUp(2);
    await clock.runFor(snapshot.named("new"));
    tenant.items.shift();
    snapshot.deleted("ours0");
    assert.deepEqual(await clock.runFor(snapshot.named("ours 0")), []);
    assert.equal(await clock.runFor(snapshot.read("ours0")), undefined);
    assert.equal(tenant.calls, 2);
  });

  it("asks ZPA for a name that must be known as it is at this moment, whatever the list says", async () => {
    const { clock, tenant, snapshot } = setUp(1);
    assert.deepEqual(await clock.runFor(snapshot.named("late")), []);
    tenant.items.push({ id: "late", name: "late" });
    assert.deepEqual(await clock.runFor(snapshot.namedNow("late")), [{ id: "late", name: "late" }]);
  });
});
