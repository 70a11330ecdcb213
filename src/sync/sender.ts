/**
 * Our side of the stream: numbers the messages, packs records into them, keeps them to be sent again, and measures
 * how long records take.
 */
import type { RecordBatch } from '../model/record.ts';
import { encodeRecords } from '../wire/records-writer.ts';
import { type BracketPhase, encodeBracket, type Position } from '../wire/sync-message.ts';
import { recordsThatFit } from '../wire/sync-records.ts';
import { History } from './history.ts';
import { LagHistogram } from './lag.ts';
import { Resends } from './resends.ts';

/** Messages whose time is remembered until they are acknowledged. */
const REMEMBERED = 65_536;

export class Sender {
  readonly epoch: number;
  readonly lag = new LagHistogram();
  readonly resends: Resends;
  /** Handed in when the plane was adopted: where the daemon before us stood. */
  readonly #continues: Position | undefined;
  readonly #history: History;
  /** Microseconds modulo 2^32; 0: not to be measured. */
  readonly #emittedAt = new Uint32Array(REMEMBERED);
  #newest = 0;
  #acknowledged = 0;
  #bulk = 0;

  /** @param history bytes of messages that are kept to be sent again */
  constructor(epoch: number, continues?: Position, history?: number) {
    this.epoch = epoch;
    this.#continues = continues;
    this.#history = new History(history);
    this.resends = new Resends(this.#history);
  }

  /** The sequence of the last message, 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** The oldest that can be sent again. */
  get oldest(): number {
    return this.#history.oldest;
  }

  get continues(): Position | undefined {
    return this.#continues;
  }

  get position(): Position {
    return { epoch: this.epoch, sequence: this.#newest };
  }

  /** The sequence that began the bulk transfer which runs; 0: none does. */
  get bulk(): number {
    return this.#bulk;
  }

  /**
   * Puts a whole batch into messages.
   * @param limit bytes of a message, frame not counted
   * @param walked records of a bulk transfer, not news
   * @throws RangeError when not even one record fits
   */
  pack(batch: RecordBatch, limit: number, walked = false): Uint8Array[] {
    const bodies: Uint8Array[] = [];
    for (let from = 0; from < batch.length; ) {
      const place = { sequence: this.#newest + 1, bulk: this.#bulk, walked };
      const count = recordsThatFit(batch, from, place, limit);
      if (count === 0) throw new RangeError(`a record does not fit in ${limit} bytes`);
      // The plane emits in order: the first is the oldest.
      const emittedAt = walked ? 0 : (batch.emittedAt[from] ?? 0);
      bodies.push(this.#push(encodeRecords(batch, from, from + count, place), emittedAt));
      from += count;
    }
    return bodies;
  }

  /**
   * One end of a bulk transfer.
   * @param complete for `begin`: what we told before and do not name now is gone
   */
  bracket(phase: BracketPhase, total: number, complete = false): Uint8Array {
    const sequence = this.#newest + 1;
    if (phase === 'begin') this.#bulk = sequence;
    const body = encodeBracket({ kind: 'bracket', sequence, bulk: this.#bulk, phase, total, complete });
    if (phase !== 'begin') this.#bulk = 0;
    return this.#push(body, 0);
  }

  /**
   * Leaves one number out: records were lost before they reached us, and whoever listens must not believe
   * that it has everything.
   */
  skip(): void {
    this.#newest++;
    this.#history.skip();
    this.#acknowledged = this.#newest;
  }

  /**
   * A peer says what it has.
   * @param upTo everything up to that number
   * @param age microseconds since it got the last of that, by its own clock
   */
  acknowledged(upTo: number, age: number, now: number): void {
    if (upTo > this.#newest) return;
    for (let sequence = this.#firstUnknown(); sequence <= upTo; sequence++) {
      const emittedAt = this.#emittedAt[sequence % REMEMBERED] ?? 0;
      if (emittedAt === 0) continue;
      // Modulo 2^32; what comes out above 2^31 is a peer whose age is longer than the record's life.
      const lag = (now - age - emittedAt) % 2 ** 32;
      const positive = lag < 0 ? lag + 2 ** 32 : lag;
      if (positive < 2 ** 31) this.lag.add(positive);
    }
    this.passed(upTo);
  }

  /** What a peer without our table takes measures nothing. */
  passed(upTo: number): void {
    if (upTo <= this.#newest) this.#acknowledged = Math.max(this.#acknowledged, upTo);
  }

  #firstUnknown(): number {
    return Math.max(this.#acknowledged, this.#newest - REMEMBERED) + 1;
  }

  #push(body: Uint8Array, emittedAt: number): Uint8Array {
    const sequence = ++this.#newest;
    this.#emittedAt[sequence % REMEMBERED] = emittedAt;
    this.#history.push(sequence, body);
    return body;
  }
}
