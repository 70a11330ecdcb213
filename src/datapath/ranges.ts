/**
 * Hands out runs of array entries. A freed run is used again as late as possible: a packet on another CPU may
 * still be walking it.
 */
export class RangeAllocator {
  readonly size: number;
  readonly #taken = new Map<number, number>();
  #next = 0;

  constructor(size: number) {
    this.size = size;
  }

  /** The first entry of a free run, or undefined when none is long enough. */
  allocate(length: number): number | undefined {
    if (length === 0) return 0;
    return this.#search(this.#next, this.size, length) ?? this.#search(0, this.#next + length, length);
  }

  /** A run that somebody else handed out. */
  reserve(start: number, length: number): void {
    if (length > 0) this.#taken.set(start, length);
  }

  /** An empty run takes nothing, so that its start may be that of another run. */
  free(start: number, length: number): void {
    if (length > 0) this.#taken.delete(start);
  }

  #search(from: number, to: number, length: number): number | undefined {
    const end = Math.min(to, this.size);
    for (let start = from; start + length <= end; ) {
      const blocked = this.#blocker(start, length);
      if (blocked === undefined) {
        this.#taken.set(start, length);
        this.#next = start + length;
        return start;
      }
      start = blocked;
    }
    return undefined;
  }

  /** Where a run that overlaps [start, start + length) ends. */
  #blocker(start: number, length: number): number | undefined {
    const own = this.#taken.get(start);
    if (own !== undefined) return start + own;
    for (const [taken, size] of this.#taken) {
      if (taken < start + length && start < taken + size) return taken + size;
    }
    return undefined;
  }
}
