/** Messages of our stream that can be sent again: the newest ones, bounded in bytes and in number. */

/** Of a million records a second, a second; of an ordinary load, minutes. */
const MOST_BYTES = 32 * 1024 * 1024;
/** What V8 and the map need for each beside its bytes, about. */
const OVERHEAD = 128;
/** A power of two. At a message each millisecond, a minute. */
const SLOTS = 65_536;

interface Entry {
  readonly body: Uint8Array;
  /** When it was last sent again; microseconds. */
  againAt: number;
}

export class History {
  readonly #mostBytes: number;
  readonly #entries: (Entry | undefined)[] = [];
  #oldest = 1;
  #next = 1;
  #bytes = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** The oldest that is there; above the newest when there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  /** The numbers rise by one. */
  push(sequence: number, body: Uint8Array): void {
    if (sequence !== this.#next) throw new RangeError(`message ${sequence} after ${this.#next - 1}`);
    this.#next++;
    this.#entries[sequence % SLOTS] = { body, againAt: Number.NEGATIVE_INFINITY };
    this.#bytes += body.length + OVERHEAD;
    while (this.#bytes > this.#mostBytes || this.#next - this.#oldest > SLOTS) this.#forgetOldest();
  }

  /** Leaves one number out: nobody can have it, nor what was before. */
  skip(): void {
    while (this.#oldest < this.#next) this.#forgetOldest();
    this.#next++;
    this.#oldest = this.#next;
  }

  get(sequence: number): Entry | undefined {
    return sequence >= this.#oldest && sequence < this.#next ? this.#entries[sequence % SLOTS] : undefined;
  }

  #forgetOldest(): void {
    const at = this.#oldest++ % SLOTS;
    this.#bytes -= (this.#entries[at]?.body.length ?? 0) + OVERHEAD;
    this.#entries[at] = undefined;
  }
}
