/**
 * Reads a BPF ring buffer through shared memory, without a call per event. Layout: kernel/bpf/ringbuf.c. The
 * first page holds the consumer's position, the second the producer's; behind them the data is mapped twice in a
 * row, so that a record that wraps is read in one piece.
 */
import { type Mapping, mapShared } from '../native/mmap.ts';

const PAGE = 4096;
const HEADER = 8;
/** linux/bpf.h: BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT */
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;

export class Ring {
  readonly #mask: number;
  readonly #consumer: BigInt64Array;
  readonly #producer: BigInt64Array;
  readonly #words: Int32Array;
  readonly #data: DataView;
  readonly #mappings: readonly Mapping[];
  /** Read up to here, not yet given back to the kernel. */
  #position: number;

  /** @param size bytes of data: the map's max_entries, a power of two */
  constructor(fd: number, size: number) {
    const consumer = mapShared(fd, PAGE, 0, true);
    const producer = mapShared(fd, PAGE + 2 * size, PAGE, false);
    this.#mappings = [consumer, producer];
    this.#mask = size - 1;
    this.#consumer = new BigInt64Array(consumer.bytes, 0, 1);
    this.#producer = new BigInt64Array(producer.bytes, 0, 1);
    this.#words = new Int32Array(producer.bytes, PAGE);
    this.#data = new DataView(producer.bytes, PAGE);
    this.#position = Number(Atomics.load(this.#consumer, 0));
  }

  /** Hands over records until there is no more, or `take` says false (that one was not taken). */
  read(take: (data: DataView, offset: number) => boolean): void {
    const end = Number(Atomics.load(this.#producer, 0));
    while (this.#position < end) {
      const at = this.#position & this.#mask;
      const head = Atomics.load(this.#words, at >> 2) >>> 0;
      if (head & BUSY) return;
      if (!(head & DISCARDED) && !take(this.#data, at + HEADER)) return;
      const length = head & ~(BUSY | DISCARDED);
      this.#position += (length + HEADER + 7) & ~7;
    }
  }

  /** Gives the room of everything read back to the kernel. */
  acknowledge(): void {
    Atomics.store(this.#consumer, 0, BigInt(this.#position));
  }

  close(): void {
    for (const mapping of this.#mappings) mapping.unmap();
  }
}
