/** How punctual our advertisements are: what the intervals between them differ from what they should be. */

/** The newest that count: some minutes of the usual intervals, and quickly sorted. */
const REMEMBERED = 1024;

export class Punctuality {
  readonly #intervalUs: number;
  readonly #newest = new Float64Array(REMEMBERED);
  #count = 0;
  #lastAt = 0;
  #most = 0;

  /** @param intervalUs microseconds between two advertisements */
  constructor(intervalUs: number) {
    this.#intervalUs = intervalUs;
  }

  /** An advertisement has left then. */
  sent(at: number): void {
    const interval = at - this.#lastAt;
    const first = this.#lastAt === 0;
    this.#lastAt = at;
    // An answer to somebody else's is sent at once, between two that were due.
    if (first || interval < this.#intervalUs / 2) return;
    const late = Math.abs(interval - this.#intervalUs);
    this.#newest[this.#count % REMEMBERED] = late;
    this.#count += 1;
    this.#most = Math.max(this.#most, late);
  }

  /** What comes next is another time as master. */
  pause(): void {
    this.#lastAt = 0;
  }

  /** Microseconds: of the newest, and the most ever. */
  get jitter(): { readonly p50: number; readonly p99: number; readonly max: number } {
    const sorted = this.#newest.subarray(0, Math.min(this.#count, REMEMBERED)).slice().sort();
    const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
    return { p50: at(0.5), p99: at(0.99), max: Math.round(this.#most) };
  }
}
