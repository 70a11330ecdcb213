/** Ranges of sequence numbers that have not come, oldest and smallest first. */

/** Times are in microseconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
  /** It is missing since then. */
  readonly since: number;
  /** It is asked for then, and after that pause again. */
  readonly askAt: number;
  readonly pause: number;
  /** When it was asked for first; 0: not yet. */
  readonly askedAt: number;
}

/** A jump of any length is one entry, so that no datagram makes the list long. */
export class Ranges {
  readonly #ranges: Range[] = [];
  #numbers = 0;

  /** How many ranges. */
  get length(): number {
    return this.#ranges.length;
  }

  /** How many numbers. */
  get numbers(): number {
    return this.#numbers;
  }

  get first(): Range | undefined {
    return this.#ranges[0];
  }

  at(index: number): Range | undefined {
    return this.#ranges[index];
  }

  /** The range must lie behind all others. */
  push(range: Range): void {
    this.#ranges.push(range);
    this.#numbers += range.to - range.from + 1;
  }

  /** Takes one number out. @returns the range that it was in, if it was on the list */
  take(number: number): Range | undefined {
    const at = this.#find(number);
    const range = this.#ranges[at];
    if (!range || range.from > number) return undefined;
    const rest: Range[] = [];
    if (range.from < number) rest.push({ ...range, to: number - 1 });
    if (number < range.to) rest.push({ ...range, from: number + 1 });
    this.#ranges.splice(at, 1, ...rest);
    this.#numbers--;
    return range;
  }

  /** Takes out all below a number. @returns how many numbers that are above `uncounted` */
  drop(below: number, uncounted = 0): number {
    let counted = 0;
    let whole = 0;
    for (const range of this.#ranges) {
      if (range.from >= below) break;
      const to = Math.min(range.to, below - 1);
      this.#numbers -= to - range.from + 1;
      counted += Math.max(0, to - Math.max(range.from, uncounted + 1) + 1);
      if (range.to < below) whole++;
    }
    this.#ranges.splice(0, whole);
    const [first] = this.#ranges;
    if (first && first.from < below) this.#ranges[0] = { ...first, from: below };
    return counted;
  }

  /** Replaces the first `count` numbers of a range; the rest of it stays as it is. */
  change(index: number, count: number, change: Pick<Range, 'askAt' | 'pause' | 'askedAt'>): void {
    const range = this.#ranges[index];
    if (!range) return;
    const head = { ...range, ...change, to: Math.min(range.to, range.from + count - 1) };
    const rest = head.to < range.to ? [{ ...range, from: head.to + 1 }] : [];
    this.#ranges.splice(index, 1, head, ...rest);
  }

  /** The place of the first range that ends at or behind a number. */
  #find(number: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.to ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
