/**
 * Which counters of one sender's epoch were seen, in a window that slides with the newest (as RFC 6479 does
 * for IPsec: whole words are cleared as the window moves, nothing is shifted).
 */
const WORD_BITS = 32;
/** One word more than the window needs, so that the oldest can be partly in use. */
const WORDS = 33;

/** How far behind the newest a datagram may come and still be taken. */
export const REPLAY_WINDOW = (WORDS - 1) * WORD_BITS;

/**
 * Microseconds after which no network doubles a datagram any more: whoever sends it again then has recorded it.
 */
const DOUBLED_WITHIN = 100_000;

export type Freshness = 'fresh' | 'seen' | 'behind';

export class ReplayWindow {
  readonly #words = new Uint32Array(WORDS);
  #newest = 0;
  #newestAt = 0;
  /** What was the newest at `#markAt`, and at a time that is at least {@link DOUBLED_WITHIN} before it. */
  #mark = 0;
  #markAt = 0;
  #settled = 0;

  /**
   * Changes nothing: what is not authentic yet must not move the window.
   * @returns `seen` of one that came a moment ago, `behind` of all that is older
   */
  check(counter: number, now: number): Freshness {
    if (counter > this.#newest) return 'fresh';
    if (counter === 0 || counter <= this.#newest - REPLAY_WINDOW) return 'behind';
    if (!(this.#word(counter) & this.#bit(counter))) return 'fresh';
    return this.#isOld(counter, now) ? 'behind' : 'seen';
  }

  /** Marks a counter that {@link check} called fresh. */
  accept(counter: number, now: number): void {
    const silent = now - this.#newestAt >= DOUBLED_WITHIN;
    if (silent || now - this.#markAt >= DOUBLED_WITHIN) {
      this.#settled = silent ? this.#newest : this.#mark;
      this.#mark = this.#newest;
      this.#markAt = now;
    }
    this.#newestAt = now;
    if (counter > this.#newest) {
      const from = Math.floor(this.#newest / WORD_BITS);
      const steps = Math.min(Math.floor(counter / WORD_BITS) - from, WORDS);
      for (let step = 1; step <= steps; step++) this.#words[(from + step) % WORDS] = 0;
      this.#newest = counter;
    }
    const at = Math.floor(counter / WORD_BITS) % WORDS;
    this.#words[at] = this.#word(counter) | this.#bit(counter);
  }

  #isOld(counter: number, now: number): boolean {
    if (now - this.#newestAt >= DOUBLED_WITHIN) return true;
    return counter <= (now - this.#markAt >= DOUBLED_WITHIN ? this.#mark : this.#settled);
  }

  #word(counter: number): number {
    return this.#words[Math.floor(counter / WORD_BITS) % WORDS] ?? 0;
  }

  #bit(counter: number): number {
    return 1 << (counter % WORD_BITS);
  }
}
