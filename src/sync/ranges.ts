/** Ranges of sequence numbers, oldest and smallest first, with the time since when each is on the list. */
export interface Range {
  readonly from: number;
  readonly to: number;
  /** Microseconds. */
  readonly since: number;
}

/** Numbers that a stream waits for. A jump of any length is one entry, so that no datagram makes it long. */
export class Ranges {
  readonly #ranges: Range[] = [];

  get length(): number {
    return this.#ranges.length;
  }

  get first(): Range | undefined {
    return this.#ranges[0];
  }

  /** The range must lie behind all others. */
  push(range: Range): void {
    this.#ranges.push(range);
  }

  shift(): Range | undefined {
    return this.#ranges.shift();
  }

  has(number: number): boolean {
    return this.#find(number) >= 0;
  }

  /** Takes one number out. @returns whether it was on the list */
  take(number: number): boolean {
    const at = this.#find(number);
    const range = this.#ranges[at];
    if (!range) return false;
    const rest: Range[] = [];
    if (range.from < number) rest.push({ ...range, to: number - 1 });
    if (number < range.to) rest.push({ ...range, from: number + 1 });
    this.#ranges.splice(at, 1, ...rest);
    return true;
  }

  #find(number: number): number {
    return this.#ranges.findIndex((range) => range.from <= number && number <= range.to);
  }
}
