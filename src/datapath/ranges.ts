/**
 * Hands out runs of array entries. A freed run is used again as late as possible: a packet on another CPU may
 * still be walking it.
 */
export class RangeAllocator {
  readonly size: number;
  /** A byte an entry: 1 where somebody has it. */
  readonly #taken: Buffer;
  #next = 0;

  constructor(size: number) {
    this.size = size;
    this.#taken = Buffer.alloc(size);
  }

  /** The first entry of a free run, or undefined when none is long enough. */
  allocate(length: number): number | undefined {
    if (length === 0) return 0;
    return this.#search(this.#next, this.size, length) ?? this.#search(0, this.#next + length, length);
  }

  /** A run that somebody else handed out. */
  reserve(start: number, length: number): void {
    this.#taken.fill(1, start, start + length);
  }

  free(start: number, length: number): void {
    this.#taken.fill(0, start, start + length);
  }

  #search(from: number, to: number, length: number): number | undefined {
    const end = Math.min(to, this.size);
    for (let start = this.#firstFree(from); start + length <= end; ) {
      const last = this.#taken.subarray(start, start + length).lastIndexOf(1);
      if (last < 0) {
        this.reserve(start, length);
        this.#next = start + length;
        return start;
      }
      start = this.#firstFree(start + last);
    }
    return undefined;
  }

  #firstFree(from: number): number {
    const found = this.#taken.indexOf(0, from);
    return found < 0 ? this.size : found;
  }
}
