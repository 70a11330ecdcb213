/** Our side of the stream: numbers the records, packs them into messages, and measures how long they take. */
import type { RecordBatch } from '../model/record.ts';
import { encodeRecords, type Position } from '../wire/sync-message.ts';
import { recordsThatFit } from '../wire/sync-records.ts';
import { LagHistogram } from './lag.ts';

/** Messages whose time is remembered until they are acknowledged: at 1000 a second, four seconds. */
const REMEMBERED = 4096;

export class Sender {
  readonly epoch: number;
  readonly lag = new LagHistogram();
  /** Handed in when the plane was adopted: where the daemon before us stood. */
  readonly #continues: Position | undefined;
  readonly #emittedAt = new Uint32Array(REMEMBERED);
  #newest = 0;
  #oldestKnown = 1;
  #acknowledged = 0;

  constructor(epoch: number, continues?: Position) {
    this.epoch = epoch;
    this.#continues = continues;
  }

  /** The sequence of the last message, 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  get continues(): Position | undefined {
    return this.#continues;
  }

  get position(): Position {
    return { epoch: this.epoch, sequence: this.#newest };
  }

  /**
   * Puts a whole batch into messages.
   * @param limit bytes of a message, frame not counted
   * @throws RangeError when not even one record fits
   */
  pack(batch: RecordBatch, limit: number): Uint8Array[] {
    const bodies: Uint8Array[] = [];
    for (let from = 0; from < batch.length; ) {
      const sequence = this.#newest + 1;
      const count = recordsThatFit(batch, from, sequence, limit);
      if (count === 0) throw new RangeError(`a record does not fit in ${limit} bytes`);
      bodies.push(encodeRecords(batch, from, from + count, sequence));
      this.#newest = sequence;
      // The plane emits in order: the first is the oldest.
      this.#emittedAt[sequence % REMEMBERED] = batch.emittedAt[from] ?? 0;
      from += count;
    }
    return bodies;
  }

  /**
   * Leaves one number out: records were lost before they reached us, and whoever listens must not believe
   * that it has everything.
   */
  skip(): void {
    this.#newest++;
    this.#oldestKnown = this.#newest + 1;
  }

  /**
   * A peer says what it has applied.
   * @param age microseconds since then, by its own clock
   */
  acknowledged(sequence: number, age: number, now: number): void {
    const known = sequence >= this.#oldestKnown && sequence > this.#newest - REMEMBERED;
    if (!known || sequence <= this.#acknowledged || sequence > this.#newest) return;
    this.#acknowledged = sequence;
    const emittedAt = this.#emittedAt[sequence % REMEMBERED] ?? 0;
    // Modulo 2^32; what comes out above 2^31 is a peer whose age is longer than the record's life.
    const lag = (now - age - emittedAt) % 2 ** 32;
    const positive = lag < 0 ? lag + 2 ** 32 : lag;
    if (positive < 2 ** 31) this.lag.add(positive);
  }
}
