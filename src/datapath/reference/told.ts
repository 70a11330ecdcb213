/** What a plane in plain TypeScript keeps for those who listen, as the ring and the `sources` map do for the XDP plane. */
import type { RecordBatch } from '../../model/record.ts';
import { type TableRecord, writeRecord } from './table-record.ts';

const LARGEST_MARK = 255;

/** Events, the oldest first. Those that were read stay until they are acknowledged. */
export class Events {
  readonly #events: TableRecord[] = [];
  #read = 0;

  get length(): number {
    return this.#events.length;
  }

  push(record: TableRecord): void {
    this.#events.push(record);
  }

  /** @returns how many were appended */
  read(batch: RecordBatch): number {
    let count = 0;
    for (; this.#read < this.#events.length && batch.length < batch.capacity; count++) {
      const record = this.#events[this.#read++];
      if (record) writeRecord(batch, batch.length++, record);
    }
    return count;
  }

  acknowledge(): void {
    this.#events.splice(0, this.#read);
    this.#read = 0;
  }

  /** Whoever reads next begins with what was not acknowledged. */
  rewind(): void {
    this.#read = 0;
  }
}

/** Marks of bulk transfers: 1 to 255, over and over. */
export class Marks {
  #newest = 0;

  next(): number {
    this.#newest = (this.#newest % LARGEST_MARK) + 1;
    return this.#newest;
  }
}
