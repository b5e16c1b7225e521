import assert from "node:assert/strict";
import fc from "fast-check";
import { CountingTenant, type Disturbance, inWaves, type Item, pageSize } from "./countingTenant";
import { FakeClock } from "./fakeClock";
import { pagesPerObject } from "../../provider/process/snapshot";

/** What one stack wants of one type in one microtenant. */
interface Part {
  /** Other people's objects. */
  foreign: number;
  /** Ours that are there, as the place that each has among all, from 0 to 1. */
  there: number[];
  /** Ours that somebody has deleted. */
  gone: number;
  /** Names that are looked for before a create; even ones are taken by an object of other people. */
  names: number;
  /** One more name, which the search does not take. */
  oddName: boolean;
}

const place = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const count = fc.oneof(fc.constantFrom(0, 1, 2), fc.nat(60));
const parts: fc.Arbitrary<Part[]> = fc.array(
  fc.record({
    foreign: fc.oneof(fc.nat(3 * pageSize), fc.integer({ min: 3 * pageSize, max: 30 * pageSize })),
    there: fc.oneof(
      fc.constant<number[]>([]),
      fc.array(place, { maxLength: 120 }),
      // made together: they stand together
      fc.tuple(fc.nat(60), place).map(([many, at]) => Array.from({ length: many }, () => at)),
    ),
    gone: count,
    names: fc.oneof(fc.constant(0), count),
    oddName: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);
const disturbances = fc.infiniteStream(
  fc.oneof(
    { weight: 9, arbitrary: fc.constant<Disturbance>("none") },
    fc.constantFrom<Disturbance>("removeFirst", "addFirst", "addLast"),
  ),
);
const latencies = fc.infiniteStream(fc.integer({ min: 1, max: 150 }));
const parallels = fc.constantFrom(1, 2, 4, 8, 16, 32, 64, 1000);

/** The whole list, and of each of ours its id. */
function itemsOf(part: Part): { items: Item[]; ours: string[] } {
  const foreign = Array.from({ length: part.foreign }, (_, index) => ({
    at: index / part.foreign,
    name: `theirs ${index}`,
  }));
  const own = part.there.map((at, index) => ({ at, name: `ours ${index}` }));
  const items = [...foreign, ...own]
    .sort((one, other) => one.at - other.at)
    .map(({ name }, position) => ({ id: `id ${position}`, name }));
  const ids = new Map(items.map(({ id, name }) => [name, id]));
  return { items, ours: own.map(({ name }) => ids.get(name)!) };
}

/**
 * What the rule allows: each alone and one page, or the list, and each alone of those that came before it or are not in it.
 *
 * @param pages - the fewest and the most that the list had while it was read
 */
function allowed({ there, gone, names, oddName }: Part, [fewest, most]: [number, number], slipped: number): number {
  const wanted = there.length + gone + names + (oddName ? 1 : 0);
  const isListed = oddName || fewest <= pagesPerObject * wanted + 1;
  const before = Math.ceil(most / pagesPerObject);
  return isListed ? Math.min(wanted, before) + Math.max(1, most) + gone + slipped : wanted + 1;
}

/** Everything that a stack wants, in an order that the run decides. */
function demandsOf(part: Part, ours: readonly string[], tenant: CountingTenant): (() => Promise<void>)[] {
  const snapshot = tenant.snapshot();
  const read = (id: string, there: boolean) => async () => {
    const item = await snapshot.read(id);
    assert.equal(item?.id, there ? id : undefined);
  };
  const look = (name: string) => async () => {
    const found = await snapshot.named(name);
    assert.ok(found.every((item) => item.name === name));
    // what others move from page to page meanwhile may be missed by any list: the create itself finds it then
    if (!tenant.isDisturbed) assert.equal(found.length, tenant.items.filter((item) => item.name === name).length);
  };
  return [
    ...ours.map((id) => read(id, true)),
    ...Array.from({ length: part.gone }, (_, index) => read(`gone ${index}`, false)),
    ...Array.from({ length: part.names }, (_, index) => look(index % 2 === 0 ? `theirs ${index}` : `free ${index}`)),
    ...(part.oddName ? [look("this & that")] : []),
  ];
}

describe("The snapshots of a run", function () {
  this.timeout(60_000);

  it("answer rightly and within the calls that their rule allows, whatever is asked and while pages shift", async () => {
    const orders = fc.infiniteStream(fc.nat());
    await fc.assert(
      fc.asyncProperty(
        parts,
        parallels,
        latencies,
        disturbances,
        orders,
        async (mix, parallel, latency, change, order) => {
          const clock = new FakeClock();
          const next = () => latency.next().value as number;
          const lists = mix.map(itemsOf);
          const before = lists.map(({ items }) => items.length);
          const tenants = lists.map(
            ({ items }) => new CountingTenant(items, clock, next, () => change.next().value as Disturbance),
          );
          const demands = mix
            .flatMap((part, index) => demandsOf(part, lists[index]!.ours, tenants[index]!))
            .map((demand) => ({ demand, at: order.next().value as number }))
            .sort((one, other) => one.at - other.at)
            .map(({ demand }) => demand);
          await clock.runFor(inWaves(parallel, demands));
          mix.forEach((part, index) => {
            const { calls, items, slipped } = tenants[index]!;
            const pages = [before[index]!, items.length].map((length) => Math.ceil(length / pageSize));
            // while it is read it may grow by a page and shrink again, with so few changes
            const most = allowed(part, [Math.min(...pages) - 1, Math.max(...pages) + 1], slipped);
            assert.ok(calls <= most, `${calls} calls where ${most} are allowed: ${JSON.stringify(part)}`);
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
