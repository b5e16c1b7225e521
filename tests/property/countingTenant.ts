// A tenant's objects of one type, with a list of 500 per page that other people change, and a count of the calls.

import { Snapshot } from "../../provider/process/snapshot";
import type { FakeClock } from "./fakeClock";

export interface Item {
  id: string;
  name: string;
}

export const pageSize = 500;

/** What other people do to the list while it is read. */
export type Disturbance = "removeFirst" | "addFirst" | "addLast" | "none";

export class CountingTenant {
  calls = 0;
  pages = 0;
  /** Objects that were there, but had slipped from one page to another: no list can spare their calls. */
  slipped = 0;
  /** Whether other people have changed anything. */
  isDisturbed = false;
  /** Every page announces another one, and repeats the first. */
  isEndless = false;
  /** ZPA says that there is no such list. */
  isUnlisted = false;
  private readonly failures = new Map<string, Error>();
  /** Whether objects of other types are being read. */
  othersAreRead = false;
  private made = 0;
  private readonly shown = new Set<string>();
  private readonly shownPages = new Set<number>();
  /** Whether all pages were shown. */
  private isListed = false;

  constructor(
    readonly items: Item[],
    private readonly clock: FakeClock,
    private readonly latency: () => number = () => 60,
    private readonly disturb: () => Disturbance = () => "none",
  ) {}

  /** The next request of this kind fails. */
  failNext(part: "ready" | "page" | "get", failure: Error): void {
    this.failures.set(part, failure);
  }

  snapshot(lists = true): Snapshot<Item> {
    const source = {
      ready: async () => {
        await this.clock.sleep(this.latency());
        this.failIfPlanned("ready");
      },
      page: (number: number) => {
        this.pages += 1;
        return this.answer(() => {
          this.failIfPlanned("page");
          if (this.isUnlisted) return undefined;
          if (this.isEndless) return { items: this.items.slice(0, pageSize), totalPages: number + 1 };
          const items = this.items.slice((number - 1) * pageSize, number * pageSize);
          const totalPages = Math.ceil(this.items.length / pageSize);
          this.shownPages.add(number);
          for (const item of items) this.shown.add(item.id);
          this.isListed = this.shownPages.size >= totalPages;
          return { items, totalPages };
        });
      },
      get: (id: string) =>
        this.answer(() => {
          this.failIfPlanned("get");
          const item = this.items.find((one) => one.id === id);
          if (item !== undefined && this.isListed && !this.shown.has(id)) this.slipped += 1;
          return item;
        }),
      named: async (name: string) => {
        if (isSearchable(name)) return this.answer(() => this.items.filter((item) => item.name === name));
        throw new Error("the snapshot has the list");
      },
      isSearchable,
      havingName: (objects: readonly Item[], name: string) => objects.filter((object) => object.name === name),
      othersAreRead: () => this.othersAreRead,
      pause: (milliseconds: number) => this.clock.sleep(milliseconds),
      now: () => this.clock.now(),
    };
    return new Snapshot<Item>(source, lists);
  }

  private failIfPlanned(part: string): void {
    const failure = this.failures.get(part);
    this.failures.delete(part);
    if (failure !== undefined) throw failure;
  }

  private async answer<R>(result: () => R): Promise<R> {
    this.calls += 1;
    const latency = this.latency();
    await this.clock.sleep(latency / 2);
    const found = result();
    this.change(this.disturb());
    await this.clock.sleep(latency / 2);
    return found;
  }

  /** Never touches what the stack has: its names begin with `ours`. */
  private change(disturbance: Disturbance): void {
    this.isDisturbed ||= disturbance !== "none";
    const foreign = () => ({ id: `new${++this.made}`, name: `new ${this.made}` });
    if (disturbance === "addFirst") this.items.unshift(foreign());
    if (disturbance === "addLast") this.items.push(foreign());
    if (disturbance !== "removeFirst") return;
    const first = this.items.findIndex((item) => !item.name.startsWith("ours"));
    if (first >= 0) this.items.splice(first, 1);
  }
}

function isSearchable(name: string): boolean {
  return !name.includes("&");
}

/** Takes the demands as the engine does: so many at a time, the next one when one is answered. */
export async function inWaves(parallel: number, demands: readonly (() => Promise<void>)[]): Promise<void> {
  const rest = [...demands];
  const worker = async () => {
    for (let demand = rest.shift(); demand !== undefined; demand = rest.shift()) await demand();
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
