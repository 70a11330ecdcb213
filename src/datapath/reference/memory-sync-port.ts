/**
 * The memory plane's side of connection sync, in the worker. The table that commands read lives in the main thread;
 * this port keeps one of its own, to which the same happens, because nobody here waits for the other thread.
 */
import type { MessagePort } from 'node:worker_threads';
import { RECORD_OP, type RecordBatch } from '../../model/record.ts';
import { bootTimeUs } from '../../native/clock.ts';
import type { ApplyResult, Cleaning, Origin, SyncPort, TableWalk } from '../ports.ts';
import { MemoryTable } from './memory-table.ts';
import { recordAt, type TableRecord, writeRecord } from './table-record.ts';
import { Events, Marks } from './told.ts';

/** What the worker sends to the main thread. */
export interface MemoryApply {
  readonly records: readonly TableRecord[];
  readonly from: Origin;
}

export class MemorySyncPort implements SyncPort {
  readonly #port: MessagePort;
  readonly #table: MemoryTable;
  readonly #now: () => number;
  readonly #marks = new Marks();
  /** What others are to be told of, not acknowledged yet. */
  readonly #events = new Events();

  constructor(port: MessagePort, capacity: number, now = bootTimeUs) {
    this.#port = port;
    this.#table = new MemoryTable(capacity, { tell: (record) => this.#events.push(record) });
    this.#now = now;
  }

  /** Without packets nothing happens here; only answers to what the peer says. */
  read(batch: RecordBatch): number {
    return this.#events.read(batch);
  }

  acknowledge(): void {
    this.#events.acknowledge();
  }

  overflows(): number {
    return 0;
  }

  apply(batch: RecordBatch, from: Origin): ApplyResult {
    return this.#merge(
      Array.from({ length: batch.length }, (_, index) => recordAt(batch, index)),
      from,
    );
  }

  newMark(): number {
    return this.#marks.next();
  }

  walk(): TableWalk {
    this.#table.expire(this.#now());
    const records = this.#table.records();
    return {
      read: (batch) => {
        while (batch.length < batch.capacity) {
          const next = records.next();
          if (next.done) return false;
          writeRecord(batch, batch.length++, next.value);
        }
        return true;
      },
    };
  }

  clean(from: Origin): Cleaning {
    return {
      step: () => {
        const forgotten = [...this.#table.leftOver(from)].map((record) => ({
          ...record,
          op: RECORD_OP.FORGET,
        }));
        return { removed: this.#merge(forgotten, from).applied, waits: false, done: true };
      },
    };
  }

  renewSyncLease(): void {}

  announceAll(): boolean {
    return true;
  }

  #merge(records: readonly TableRecord[], from: Origin): ApplyResult {
    const message: MemoryApply = { records, from };
    this.#port.postMessage(message);
    const now = this.#now();
    this.#table.expire(now);
    return this.#table.apply(records, from, now);
  }
}
