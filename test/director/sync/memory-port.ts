/** A plane of a few maps behind the sync port: enough to see what the stream does to it. */
import {
  type ApplyResult,
  type Cleaning,
  NOTHING_APPLIED,
  type Origin,
  type SyncPort,
  type TableWalk,
} from '../../../src/datapath/ports.ts';
import { RECORD_OP, type RecordBatch } from '../../../src/model/record.ts';
import { append, ordinaryRecord, type PlainRecord, recordAt } from '../../wire/records.ts';

export class MemoryPort implements SyncPort {
  /** By client address and port. */
  readonly table = new Map<string, PlainRecord>();
  /** Who told us of a connection, and the bulk transfer that named it. */
  readonly #origins = new Map<string, Origin>();
  #mark = 0;
  /** Emitted and not acknowledged, oldest first. */
  readonly events: { record: PlainRecord; at: number }[] = [];
  readonly unannounced: PlainRecord[] = [];
  readonly clock: () => number;
  room = Number.POSITIVE_INFINITY;
  ringRoom = Number.POSITIVE_INFINITY;
  lease: number | undefined;
  /** Numbers of records that a newer connection of ours stands against. */
  readonly conflicting = new Set<number>();
  lost = 0;
  #read = 0;

  constructor(clock: () => number) {
    this.clock = clock;
  }

  /** The plane makes or changes a connection. */
  emit(record: PlainRecord): void {
    this.#put(record);
    this.events.push({ record, at: this.clock() });
  }

  connect(number: number, version = 1): void {
    this.emit(ordinaryRecord(number, version));
  }

  read(batch: RecordBatch): number {
    let count = 0;
    while (this.#read < this.events.length && batch.length < batch.capacity) {
      const event = this.events[this.#read++];
      if (event) append(batch, event.record, event.at % 2 ** 32);
      count++;
    }
    return count;
  }

  acknowledge(): void {
    this.events.splice(0, this.#read);
    this.#read = 0;
  }

  overflows(): number {
    return this.lost;
  }

  apply(batch: RecordBatch, from: Origin): ApplyResult {
    const result = { ...NOTHING_APPLIED };
    for (let at = 0; at < batch.length; at++) result[this.#put(recordAt(batch, at), from)]++;
    return result;
  }

  newMark(): number {
    return ++this.#mark;
  }

  /** A slice is one connection. */
  walk(): TableWalk {
    const records = this.table.values();
    return {
      read: (batch) => {
        const next = records.next();
        if (!next.done) append(batch, next.value);
        return !next.done;
      },
    };
  }

  clean(from: Origin): Cleaning {
    const left = [...this.#origins].filter(
      ([, { sender, mark }]) => sender === from.sender && mark !== from.mark,
    );
    return {
      step: () => {
        for (const [name] of left) {
          this.table.delete(name);
          this.#origins.delete(name);
        }
        return { removed: left.length, waits: false, done: true };
      },
    };
  }

  renewSyncLease(until: number): void {
    this.lease = until;
  }

  /** As many as the ring has room for. */
  announceAll(): boolean {
    for (const record of this.unannounced.splice(0, this.ringRoom)) this.emit(record);
    return this.unannounced.length === 0;
  }

  /** A new daemon adopts the plane: it reads what was not acknowledged. */
  adopted(): this {
    this.#read = 0;
    return this;
  }

  #put(record: PlainRecord, from?: Origin): keyof ApplyResult {
    const name = `${record.client}:${record.clientPort}`;
    const known = this.table.get(name);
    if (from && from.mark !== 0 && this.#origins.get(name)?.sender === from.sender)
      this.#origins.set(name, from);
    if (known && (known.term - record.term || known.version - record.version) >= 0) return 'stale';
    if (this.conflicting.has(record.clientPort)) return 'conflicts';
    if (!known && this.table.size >= this.room) return 'failed';
    if (from && record.op === RECORD_OP.UPDATE) this.#origins.set(name, from);
    else this.#origins.delete(name);
    if (record.op === RECORD_OP.DELETE) this.table.delete(name);
    else this.table.set(name, record);
    return 'applied';
  }
}
