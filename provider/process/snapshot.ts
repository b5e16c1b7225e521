// What is known of the objects of one type in one microtenant, for one run of the provider process.
//
// The engine asks for one object at a time, in waves of `--parallel`, and never says how many will follow. Reading one
// costs one call, reading all costs one call for 500, and an object that the list does not hold costs one more, since
// only ZPA's own "not found" means gone. So one alone is read alone, and the list is begun with the second. A page may
// be read as long as all that is waited for could still be asked for one by one within twice the calls that this would
// have cost from the start (the ski-rental rule): whatever comes, the whole is never more than twice the cheapest way.

import { ListOrder } from "./listOrder";

/** What a snapshot needs of its endpoint. */
export interface SnapshotSource<T> {
  /** Resolves when requests can be sent at once: signing in first lets a whole wave arrive before the first decision. */
  ready(): Promise<void>;
  /** One request. Up to 500 objects; the first page is 1. */
  page(number: number): Promise<{ items: T[]; totalPages: number }>;
  /** Undefined when ZPA says that it is gone. One request. */
  get(id: string): Promise<T | undefined>;
  /** One request where the name is searchable; else it reads the whole list. */
  named(name: string): Promise<T[]>;
  isSearchable(name: string): boolean;
  /** Those of the objects that have this name. */
  havingName(objects: readonly T[], name: string): T[];
  /** Whether objects of other types are being read: once they are answered, the engine may ask for more of these. */
  othersAreRead(): boolean;
  /** Ends after some milliseconds. */
  pause(milliseconds: number): Promise<void>;
}

/** A wave of the engine arrives within some milliseconds; waiting for it costs less than one request's latency. */
const wave = 50;
/** As long as more arrive, the wait is repeated up to so many times. */
const longestWave = 5;
/** The first of all waits so often for a second one, which on a busy machine may come late: one list serves both. */
const longestAlone = 3;
/** Pages are read to try one's luck only where so many of them hold one of those that are waited for, on average. */
const pagesPerHit = 4;

type Demand<T> =
  | { by: "id"; id: string; resolve: (item: T | undefined) => void; reject: (error: unknown) => void }
  | { by: "name"; name: string; resolve: (items: T[]) => void; reject: (error: unknown) => void };

export class Snapshot<T extends { id: string; name: string }> {
  private readonly items = new Map<string, T>();
  /** Written by us since they were listed: whoever wants them has to ask. */
  private readonly stale = new Set<string>();
  /** Deleted by us: a page that was on its way meanwhile may still hold them. */
  private readonly gone = new Set<string>();
  private readonly pagesRead = new Set<number>();
  private readonly order = new ListOrder();
  private totalPages: number | undefined;
  /** All that was ever asked for. */
  private readonly wanted = new Set<string>();
  /** Calls for one object. */
  private singles = 0;
  /** How many were wanted when single objects were last asked for. */
  private wantedAtSingles = 0;
  private waiting: Demand<T>[] = [];
  private running = false;

  /**
   * @param lists - false for one call per object, always: only to measure what the lists save.
   * @param peers - all snapshots of this type, of other microtenants too: an object may be listed in several.
   */
  constructor(
    private readonly source: SnapshotSource<T>,
    private readonly lists = true,
    private readonly peers = new Set<Snapshot<T>>(),
  ) {
    peers.add(this);
  }

  /** The object, or undefined when ZPA itself has said that it is gone. */
  read(id: string): Promise<T | undefined> {
    return new Promise((resolve, reject) => this.enqueue({ by: "id", id, resolve, reject }));
  }

  /** The objects of exactly this name. */
  named(name: string): Promise<T[]> {
    return new Promise((resolve, reject) => this.enqueue({ by: "name", name, resolve, reject }));
  }

  /** The same, as ZPA has it at this moment. */
  namedNow(name: string): Promise<T[]> {
    return this.source.named(name);
  }

  /** Our own create. */
  created(item: T): void {
    for (const { gone } of this.peers) gone.delete(item.id);
    this.items.set(item.id, item);
  }

  /** Our own update: what was listed of it no longer holds. */
  updated(id: string): void {
    for (const { stale } of this.peers) stale.add(id);
  }

  /** Our own delete. */
  deleted(id: string): void {
    for (const { gone, items } of this.peers) {
      items.delete(id);
      gone.add(id);
    }
  }

  /** Whether several are being read; one alone waits for others itself. */
  get readsSeveral(): boolean {
    return this.running && this.wanted.size > 1;
  }

  private get isComplete(): boolean {
    return this.totalPages !== undefined && this.pagesLeft(this.totalPages).length === 0;
  }

  private pagesLeft(totalPages: number): number[] {
    const all = Array.from({ length: totalPages }, (_, index) => index + 1);
    return all.filter((number) => !this.pagesRead.has(number));
  }

  private enqueue(demand: Demand<T>): void {
    if (!this.lists) return void this.askOne(demand);
    this.waiting.push(demand);
    this.wanted.add(demand.by === "id" ? `id ${demand.id}` : `name ${demand.name}`);
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      while (this.waiting.length > 0) {
        if (!this.isComplete) await Promise.all([this.source.ready(), this.arrivals()]);
        this.serve();
        if (this.waiting.length > 0) await this.ask();
      }
    } catch (error) {
      this.take(() => true).forEach((demand) => demand.reject(error));
    } finally {
      this.running = false;
    }
  }

  private async arrivals(): Promise<void> {
    let rounds = 0;
    let goOn: boolean;
    do {
      const seen = this.waiting.length;
      await this.source.pause(wave);
      rounds += 1;
      const isAlone = this.wanted.size === 1 && this.waiting[0]?.by === "id";
      if (isAlone && this.source.othersAreRead()) rounds = 0;
      goOn = this.waiting.length > seen ? rounds < longestWave : isAlone && rounds < longestAlone;
    } while (goOn);
  }

  /** Answers what is known; asks ZPA itself where a complete list does not hold an id, before it is called gone. */
  private serve(): void {
    for (const demand of this.take((one) => one.by === "id" && this.knows(one.id))) {
      if (demand.by === "id") demand.resolve(this.items.get(demand.id));
    }
    if (!this.isComplete) return;
    for (const demand of this.take(() => true)) {
      const listed = demand.by === "id" ? undefined : this.listed(demand.name);
      if (demand.by === "name" && listed !== undefined) demand.resolve(listed);
      else void this.askOne(demand);
    }
  }

  private knows(id: string): boolean {
    return this.items.has(id) && !this.stale.has(id);
  }

  /** Undefined when one of them may bear another name by now. */
  private listed(name: string): T[] | undefined {
    const matches = this.source.havingName([...this.items.values()], name);
    return matches.some((item) => this.stale.has(item.id)) ? undefined : matches;
  }

  private async ask(): Promise<void> {
    const pages = this.pagesToRead();
    if (pages.length > 0) return this.readPages(pages);
    const ids = this.waiting.filter((demand) => demand.by === "id");
    // the engine sends one more for each that is answered: half of them tell whether there are more to come
    const isLast = this.wantedAtSingles === this.wanted.size;
    const now = new Set<Demand<T>>(isLast ? ids : ids.slice(0, Math.ceil(ids.length / 2)));
    this.wantedAtSingles = this.wanted.size;
    const batch = this.take((demand) => demand.by === "name" || now.has(demand));
    await Promise.all(batch.map((demand) => this.askOne(demand)));
  }

  /** None when single calls are cheaper, as far as can be known. */
  private pagesToRead(): number[] {
    const { totalPages, waiting } = this;
    const names = waiting.filter((demand) => demand.by === "name");
    const ids = waiting.length - names.length;
    // the first page also says how many there are, and mostly it is the only one
    if (totalPages === undefined) return this.wanted.size === 1 && ids === 1 ? [] : [1];
    const left = this.pagesLeft(totalPages);
    if (names.some(({ name }) => !this.source.isSearchable(name))) return left;
    const mayCost = 2 * this.wanted.size - this.singles - this.pagesRead.size;
    const isAffordable = left.length + ids <= mayCost;
    if (ids < waiting.length && isAffordable) return left;
    const tries = isAffordable ? left.length : mayCost - waiting.length;
    if (ids === 0 || tries < 1) return [];
    // what one up has made stands together, and mostly at one end
    if (left.includes(totalPages)) return [totalPages];
    const isWorthTrying = isAffordable || left.length <= ids * pagesPerHit;
    if (this.order.isKnown) return this.likelyPages(left, isWorthTrying ? 1 : 2).slice(0, tries);
    return isWorthTrying ? left.slice(0, tries) : [];
  }

  /** Where so many of those that are waited for stand by the order of the list, the fullest page first. */
  private likelyPages(left: readonly number[], atLeast: number): number[] {
    const hits = new Map<number, number>();
    for (const demand of this.waiting) {
      const page = demand.by === "id" ? this.order.pageOf(demand.id, left) : undefined;
      if (page !== undefined) hits.set(page, (hits.get(page) ?? 0) + 1);
    }
    return [...hits]
      .filter(([, count]) => count >= atLeast)
      .sort(([, one], [, other]) => other - one)
      .map(([page]) => page);
  }

  private async readPages(numbers: readonly number[]): Promise<void> {
    const [knownBefore, totalBefore] = [this.items.size, this.totalPages ?? Number.POSITIVE_INFINITY];
    const pages = await Promise.all(numbers.map((number) => this.source.page(number)));
    numbers.forEach((number, index) => {
      this.pagesRead.add(number);
      const ids = pages[index]!.items.map((item) => item.id);
      this.order.read(number, ids);
    });
    for (const item of pages.flatMap((page) => page.items)) this.learn(item);
    this.totalPages = Math.max(1, pages.at(-1)?.totalPages ?? 1);
    if (this.totalPages > totalBefore && this.items.size === knownBefore) {
      throw new Error(`ZPA's list never ends: page ${numbers.at(-1)} brings nothing new, and announces more pages`);
    }
  }

  private async askOne(demand: Demand<T>): Promise<void> {
    this.singles += 1;
    try {
      if (demand.by === "name") return demand.resolve(await this.source.named(demand.name));
      const item = await this.source.get(demand.id);
      this.stale.delete(demand.id);
      if (item === undefined) this.items.delete(demand.id);
      else this.learn(item);
      demand.resolve(item);
    } catch (error) {
      demand.reject(error);
    }
  }

  private learn(item: T): void {
    if (!this.gone.has(item.id)) this.items.set(item.id, item);
  }

  private take(which: (demand: Demand<T>) => boolean): Demand<T>[] {
    const taken = this.waiting.filter(which);
    this.waiting = this.waiting.filter((demand) => !taken.includes(demand));
    return taken;
  }
}
