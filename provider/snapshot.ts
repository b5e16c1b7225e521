// What is known of the objects of one type in one microtenant, for one run of the provider process.
//
// The engine asks for one object at a time, in waves, and never says how many will follow. Reading one costs one GET,
// reading all costs one GET for 500. So: one alone is read alone; as soon as the list would have been cheaper it is
// read, and serves all who follow. That is never more than twice the cheapest way (the ski-rental rule).

/** What a snapshot needs of its endpoint. Each call is one request, but `named`, which may read a whole list. */
export interface SnapshotSource<T> {
  /** Resolves when requests can be sent at once: signing in first lets a whole wave arrive before the first decision. */
  ready(): Promise<void>;
  page(number: number): Promise<{ items: T[]; totalPages: number }>;
  /** Undefined when it is gone. */
  get(id: string): Promise<T | undefined>;
  named(name: string): Promise<T[]>;
  /** Whether `named` costs one request for this name. */
  isSearchable(name: string): boolean;
  /** Ends after some milliseconds. */
  pause(milliseconds: number): Promise<void>;
}

/** A wave of the engine arrives within a few milliseconds; waiting for it costs less than one request's latency. */
const wave = 20;

type Demand<T> =
  | { by: "id"; id: string; resolve: (item: T | undefined) => void; reject: (error: unknown) => void }
  | { by: "name"; name: string; resolve: (items: T[]) => void; reject: (error: unknown) => void };

export class Snapshot<T extends { id: string; name: string }> {
  private readonly items = new Map<string, T>();
  /** Written since they were listed: the next read has to ask. */
  private readonly stale = new Set<string>();
  private pagesRead = 0;
  private totalPages: number | undefined;
  private singles = 0;
  private waiting: Demand<T>[] = [];
  private running = false;

  constructor(private readonly source: SnapshotSource<T>) {}

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
    this.items.set(item.id, item);
  }

  /** Our own update: what was listed of it no longer holds. */
  updated(id: string): void {
    this.stale.add(id);
  }

  /** Our own delete. */
  deleted(id: string): void {
    this.items.delete(id);
  }

  private get isComplete(): boolean {
    return this.totalPages !== undefined && this.pagesRead >= this.totalPages;
  }

  private enqueue(demand: Demand<T>): void {
    this.waiting.push(demand);
    if (this.running) return;
    this.running = true;
    void this.run().finally(() => (this.running = false));
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      if (!this.isComplete) {
        try {
          await Promise.all([this.source.ready(), this.source.pause(wave)]);
        } catch (error) {
          this.take(() => true).forEach((demand) => demand.reject(error));
          return;
        }
      }
      this.serveFromList();
      if (this.waiting.length > 0) await this.askOrList();
    }
  }

  /** Answers what is known; asks ZPA itself where a complete list does not hold an id, before it is called gone. */
  private serveFromList(): void {
    const served = this.take((demand) => (demand.by === "id" ? this.knows(demand.id) : this.isComplete));
    for (const demand of served) {
      if (demand.by === "id") demand.resolve(this.items.get(demand.id));
      else demand.resolve([...this.items.values()].filter((item) => item.name === demand.name));
    }
    if (this.isComplete) for (const demand of this.take(() => true)) void this.askOne(demand);
  }

  private knows(id: string): boolean {
    return this.items.has(id) && !this.stale.has(id);
  }

  private async askOrList(): Promise<void> {
    const pagesLeft = this.totalPages === undefined ? 1 : this.totalPages - this.pagesRead;
    const onlyListed = this.waiting.some((demand) => demand.by === "name" && !this.source.isSearchable(demand.name));
    const few = this.singles + this.waiting.length <= (this.totalPages === undefined ? 1 : pagesLeft);
    if (few && !onlyListed) {
      const batch = this.take(() => true);
      this.singles += batch.length;
      await Promise.all(batch.map((demand) => this.askOne(demand)));
      return;
    }
    try {
      await this.readPages(pagesLeft);
    } catch (error) {
      this.take(() => true).forEach((demand) => demand.reject(error));
    }
  }

  /** The next pages, all at once; the first says how many there are. */
  private async readPages(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, index) => this.pagesRead + index + 1);
    const pages = await Promise.all(numbers.map((number) => this.source.page(number)));
    for (const page of pages) for (const item of page.items) this.items.set(item.id, item);
    this.pagesRead += count;
    this.totalPages = Math.max(1, pages.at(-1)?.totalPages ?? 1);
  }

  private async askOne(demand: Demand<T>): Promise<void> {
    try {
      if (demand.by === "name") return demand.resolve(await this.source.named(demand.name));
      const item = await this.source.get(demand.id);
      this.stale.delete(demand.id);
      if (item === undefined) this.items.delete(demand.id);
      else this.items.set(item.id, item);
      demand.resolve(item);
    } catch (error) {
      demand.reject(error);
    }
  }

  private take(which: (demand: Demand<T>) => boolean): Demand<T>[] {
    const taken = this.waiting.filter(which);
    this.waiting = this.waiting.filter((demand) => !taken.includes(demand));
    return taken;
  }
}
