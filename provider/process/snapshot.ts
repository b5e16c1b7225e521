// A cache of the objects of one type in one microtenant, for one run of the provider process.
//
// The engine asks for one object at a time, in waves of `--parallel`, and never says how many will follow. A call reads
// one object, or a page of the list with 500. The rule: one object alone is read alone. With the second one, the first
// page is read, which also tells how many there are; mostly it is the only one. The other pages are read once enough
// objects have been asked for (`pagesPerObject`); until then each is read alone. What a complete list does not hold is
// asked for once more, for only ZPA's own "not found" means gone.
//
// A run may take hours, as where it waits for machines. What was read too long ago is read again in the same way.

/** What a snapshot needs of its endpoint. */
export interface SnapshotSource<T> {
  /** Resolves when the client is signed in, so that a whole wave can arrive before the first decision. */
  ready(): Promise<void>;
  /** One request. Up to 500 objects; the first page is 1. Undefined if ZPA says that there is no such list. */
  page(number: number): Promise<{ items: T[]; totalPages: number } | undefined>;
  /** Undefined if ZPA says that it does not exist. One request. */
  get(id: string): Promise<T | undefined>;
  /** One request where the name is searchable; else it reads the whole list. */
  named(name: string): Promise<T[]>;
  isSearchable(name: string): boolean;
  /** Those of the objects that have this name. */
  havingName(objects: readonly T[], name: string): T[];
  /** Whether objects of other types are being read; after them, the engine may ask for more of this type. */
  othersAreRead(): boolean;
  /** Resolves after some milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** Milliseconds. */
  now(): number;
}

/** A wave of the engine arrives within some milliseconds; waiting for it costs less than one request's latency. */
const wave = 50;
/** The most times that the wait is repeated while more demands arrive. */
const longestWave = 5;
/** How often the first demand waits for a second one: one list serves both. */
const longestAlone = 3;
/**
 * The other pages are read when there are at most so many for each object that was asked for. 5 lets the first wave of
 * the smallest usual `--parallel`, 8, list a tenant of 10 000 credentials (20 pages), and a handful be read alone.
 */
export const pagesPerObject = 5;

/**
 * Milliseconds for which what was read counts: what others change later would be overwritten by an update. Up to two more
 * lists in two minutes are little beside the 120 writes that ZPA allows meanwhile.
 */
export const longestAge = 120_000;

type Demand<T> = { askedAt: number } & (
  | { by: "id"; id: string; resolve: (item: T | undefined) => void; reject: (error: unknown) => void }
  | { by: "name"; name: string; resolve: (items: T[]) => void; reject: (error: unknown) => void }
);

export class Snapshot<T extends { id: string; name: string }> {
  private readonly items = new Map<string, T>();
  /** Ids that we wrote since they were listed; they have to be read again. */
  private readonly stale = new Set<string>();
  /** Ids that we deleted; a page that was in flight may still contain them. */
  private readonly gone = new Set<string>();
  private readonly pagesRead = new Set<number>();
  private totalPages: number | undefined;
  /** When the list was asked for, or the first object before it arrived. */
  private readAt: number | undefined;
  /** When the last page, or the first object before it, arrived. */
  private arrivedAt: number | undefined;
  /** How often it was forgotten what was read. */
  private generation = 0;
  /** Everything that was asked for so far. */
  private readonly wanted = new Set<string>();
  private waiting: Demand<T>[] = [];
  private running = false;
  /** ZPA has said that there is no list. */
  private isRefused = false;

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

  /** The object, or undefined if ZPA itself says that it does not exist. */
  read(id: string): Promise<T | undefined> {
    return new Promise((resolve, reject) =>
      this.enqueue({ askedAt: this.source.now(), by: "id", id, resolve, reject }),
    );
  }

  /** The objects of exactly this name. */
  named(name: string): Promise<T[]> {
    return new Promise((resolve, reject) =>
      this.enqueue({ askedAt: this.source.now(), by: "name", name, resolve, reject }),
    );
  }

  /** The same, as ZPA has it at this moment. */
  namedNow(name: string): Promise<T[]> {
    return this.source.named(name);
  }

  /** Our own create. */
  created(item: T): void {
    for (const { gone } of this.peers) gone.delete(item.id);
    this.learn(item);
  }

  /** Our own update: the listed object is outdated. */
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

  /** Everything is read again from now on; what is on its way counts no more. */
  forget(): void {
    this.generation += 1;
    this.readAt = undefined;
    this.arrivedAt = undefined;
    this.totalPages = undefined;
    for (const known of [this.items, this.stale, this.pagesRead, this.wanted]) known.clear();
    for (const demand of this.waiting) this.wanted.add(keyOf(demand));
  }

  /** Whether several objects are being read. A single one waits for others itself. */
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
    this.wanted.add(keyOf(demand));
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      while (this.waiting.length > 0) {
        if (this.waiting.some(({ askedAt }) => this.isTooOldFor(askedAt))) this.forget();
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

  /** Whoever asks while a list is read, however long that takes, is served by it. */
  private isTooOldFor(askedAt: number): boolean {
    const { readAt = askedAt, arrivedAt = askedAt } = this;
    return askedAt > arrivedAt && askedAt - readAt > longestAge;
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

  /** Resolves what is known. Reads an id that a complete list lacks, because only ZPA can say that it does not exist. */
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

  /** Undefined if one of them may have been renamed. */
  private listed(name: string): T[] | undefined {
    const matches = this.source.havingName([...this.items.values()], name);
    return matches.some((item) => this.stale.has(item.id)) ? undefined : matches;
  }

  private async ask(): Promise<void> {
    const pages = this.pagesToRead();
    if (pages.length > 0 && !this.isRefused) return this.readPages(pages);
    await Promise.all(this.take(() => true).map((demand) => this.askOne(demand)));
  }

  /** The pages to read next; none if single reads are cheaper. */
  private pagesToRead(): number[] {
    const { totalPages, waiting, wanted } = this;
    if (totalPages === undefined) return wanted.size === 1 && waiting[0]!.by === "id" ? [] : [1];
    const left = this.pagesLeft(totalPages);
    const needsAll = waiting.some((demand) => demand.by === "name" && !this.source.isSearchable(demand.name));
    return needsAll || left.length <= pagesPerObject * wanted.size ? left : [];
  }

  private async readPages(numbers: readonly number[]): Promise<void> {
    const { generation } = this;
    const askedAt = this.source.now();
    const [knownBefore, totalBefore] = [this.items.size, this.totalPages ?? Number.POSITIVE_INFINITY];
    const pages = await this.pages(numbers);
    if (pages === undefined || generation !== this.generation) return;
    if (this.pagesRead.size === 0) this.readAt = askedAt;
    this.arrivedAt = this.source.now();
    for (const number of numbers) this.pagesRead.add(number);
    for (const item of pages.flatMap((page) => page.items)) this.learn(item);
    this.totalPages = Math.max(1, pages.at(-1)?.totalPages ?? 1);
    if (this.totalPages > totalBefore && this.items.size === knownBefore) {
      throw new Error(`ZPA's list never ends: page ${numbers.at(-1)} brings nothing new, and announces more pages`);
    }
  }

  /** Undefined if ZPA has no such list, as that of a microtenant that was deleted: then each object is read alone. */
  private async pages(numbers: readonly number[]): Promise<{ items: T[]; totalPages: number }[] | undefined> {
    const pages = await Promise.all(numbers.map((number) => this.source.page(number)));
    const found = pages.filter((page) => page !== undefined);
    this.isRefused = found.length < pages.length;
    return this.isRefused ? undefined : found;
  }

  private async askOne(demand: Demand<T>): Promise<void> {
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
    this.readAt ??= this.source.now();
    this.arrivedAt ??= this.readAt;
    if (!this.gone.has(item.id)) this.items.set(item.id, item);
  }

  private take(which: (demand: Demand<T>) => boolean): Demand<T>[] {
    const taken = this.waiting.filter(which);
    this.waiting = this.waiting.filter((demand) => !taken.includes(demand));
    return taken;
  }
}

function keyOf<T>(demand: Demand<T>): string {
  return demand.by === "id" ? `id ${demand.id}` : `name ${demand.name}`;
}
