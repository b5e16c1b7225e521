// On which page of a list an object probably stands: ZPA hands out ids in ascending order, and a list that is in their
// order, forwards or backwards, can be opened where the object must be, as one opens a dictionary.

interface Range {
  page: number;
  first: bigint;
  last: bigint;
}

export class ListOrder {
  /** Of the pages that were read, in the order of ids. */
  private ranges: Range[] = [];

  /** A page was read that holds these ids. */
  read(page: number, ids: readonly string[]): void {
    const numbers = ids.filter((id) => /^\d+$/.test(id)).map(BigInt);
    if (numbers.length === 0) return;
    const [first, last] = numbers.reduce<[bigint, bigint]>(
      ([least, most], id) => [id < least ? id : least, id > most ? id : most],
      [numbers[0]!, numbers[0]!],
    );
    this.ranges.push({ page, first, last });
    this.ranges.sort((one, other) => (one.first < other.first ? -1 : 1));
  }

  /** Whether the pages that were read, two at least, can be those of a list in the order of ids. */
  get isKnown(): boolean {
    const [, ...others] = this.ranges;
    return others.length > 0 && others.every(({ first }, index) => this.ranges[index]!.last < first);
  }

  /** Of the pages that are left, the one where the id stands in such a list. */
  pageOf(id: string, left: readonly number[]): number | undefined {
    if (!/^\d+$/.test(id)) return undefined;
    const number = BigInt(id);
    const above = this.ranges.findIndex(({ first }) => first > number);
    const [lower, upper] = [this.ranges[above - 1], this.ranges[above]];
    if (lower === undefined || upper === undefined || lower.last >= number) return undefined;
    const share = Number(number - lower.last) / Number(upper.first - lower.last);
    const guess = lower.page + share * (upper.page - lower.page);
    const isBetween = (page: number) =>
      page > Math.min(lower.page, upper.page) && page < Math.max(lower.page, upper.page);
    return left
      .filter(isBetween)
      .sort((one, other) => Math.abs(one - guess) - Math.abs(other - guess))
      .at(0);
  }
}
