/**
 * A plane of the simulation behind the sync port: the reference table with its merge rules, and what packets and the
 * sweep would do to it. Its ring may have no room; then changes wait for a sweep, as in bpf/merge.h.
 */
import {
  type ApplyResult,
  type Cleaning,
  NOTHING_APPLIED,
  type Origin,
  type SyncPort,
  type TableWalk,
} from '../../../../src/datapath/ports.ts';
import { HERE, MemoryTable } from '../../../../src/datapath/reference/memory-table.ts';
import { recordAt, type TableRecord, writeRecord } from '../../../../src/datapath/reference/table-record.ts';
import { Events, Marks } from '../../../../src/datapath/reference/told.ts';
import { RECORD_FAMILY, RECORD_OP, type RecordBatch } from '../../../../src/model/record.ts';
import type { Random } from '../../../support/random.ts';

export const STATES = [1, 4, 5, 7] as const;
/** Connections of a slice: so few that much happens between two. */
const SLICE = 3;

export interface PlaneOptions {
  readonly maker: number;
  /** Milliseconds of the director's own clock: that of versions. */
  readonly clock: () => number;
  readonly random: Random;
  /** Told of every change that this plane makes. */
  readonly onChange: (record: TableRecord) => void;
}

const FIRST_PORT = 1000;

/** The connection's number. */
export function numberOf({ clientPort }: Pick<TableRecord, 'clientPort'>): number {
  return clientPort - FIRST_PORT;
}

/** Connection n; each has a reply tuple of its own. */
function tuple(n: number): Omit<TableRecord, 'op' | 'state' | 'maker' | 'term' | 'version'> {
  const port = FIRST_PORT + n;
  return {
    ...{ protocol: 6, family: RECORD_FAMILY.IPV4, high: [], timeout: 1_000_000 },
    ...{ client: 0x0a01_0100, clientPort: port, virtual: 0x0a01_0101, virtualPort: 80 },
    ...{ local: 0xc0a8_0a01, localPort: port, server: 0xc0a8_0a02, serverPort: 22 },
  };
}

export class SimulatedPlane implements SyncPort {
  readonly maker: number;
  readonly #options: PlaneOptions;
  readonly #table: MemoryTable;
  /** The newest word on each connection that this plane has made or taken, also of those that are gone. */
  readonly #known = new Map<number, TableRecord>();
  readonly #events = new Events();
  /** Changes that found no room in the ring. */
  readonly #unsent = new Set<number>();
  readonly #marks = new Marks();
  #overflows = 0;
  /** Events that the ring takes before it is read. */
  room = Number.POSITIVE_INFINITY;
  term = 1;

  constructor(options: PlaneOptions) {
    this.#options = options;
    this.maker = options.maker;
    this.#table = new MemoryTable(1_000_000, {
      maker: options.maker,
      // The plane does not take more to clean up than its ring has room for.
      tell: (record) => this.#tell(record),
    });
  }

  /** What is in the table, by connection. */
  snapshot(): Map<number, TableRecord> {
    return new Map([...this.#table.records()].map((record) => [numberOf(record), record]));
  }

  get size(): number {
    return this.#table.size;
  }

  /** The highest term of any connection here. */
  get newestTerm(): number {
    return Math.max(0, ...[...this.#table.records()].map(({ term }) => term));
  }

  /** A packet begins, or changes, connection n. */
  touch(n: number): void {
    const held = this.#known.get(n);
    this.#make({
      ...tuple(n),
      op: RECORD_OP.UPDATE,
      state: this.#options.random.pick(STATES),
      ...this.#newer(held),
    });
  }

  /** The connection ends here; it stays while its end cannot be told. */
  close(n: number): void {
    const held = this.#table.find(tuple(n));
    if (!held || this.#events.length >= this.room) return;
    this.#make({ ...held, op: RECORD_OP.DELETE, ...this.#newer(held) });
  }

  /** Announces what could not be announced. @returns how many still cannot */
  sweep(): number {
    const held = this.snapshot();
    for (const key of this.#unsent) {
      const record = held.get(key);
      if (!record) this.#unsent.delete(key);
      else if (this.#events.length < this.room)
        this.#make({ ...record, op: RECORD_OP.UPDATE, ...this.#newer(record) });
    }
    return this.#unsent.size;
  }

  /** Another daemon adopts the plane: it reads what was not acknowledged. */
  adopted(): this {
    this.#events.rewind();
    return this;
  }

  read(batch: RecordBatch): number {
    return this.#events.read(batch);
  }

  acknowledge(): void {
    this.#events.acknowledge();
  }

  overflows(): number {
    return this.#overflows;
  }

  apply(batch: RecordBatch, from: Origin): ApplyResult {
    const records = Array.from({ length: batch.length }, (_, index) => recordAt(batch, index));
    return this.#merge(records, from);
  }

  newMark(): number {
    return this.#marks.next();
  }

  /** Sees what is there all the time, and of what comes meanwhile nothing. */
  walk(): TableWalk {
    const keys = this.#options.random.shuffled([...this.#table.records()].map(numberOf));
    return {
      read: (batch) => {
        for (let count = 0; count < SLICE && batch.length < batch.capacity; count++) {
          const key = keys.pop();
          if (key === undefined) return false;
          const record = this.#table.find(tuple(key));
          // What no peer was told of yet is told by a sweep.
          if (record) writeRecord(batch, batch.length++, record);
        }
        return true;
      },
    };
  }

  clean(from: Origin): Cleaning {
    const keys = [...this.#table.leftOver(from)];
    return {
      step: () => {
        const slice = keys.splice(0, SLICE).map((record) => ({ ...record, op: RECORD_OP.FORGET }));
        return { removed: this.#merge(slice, from).applied, waits: false, done: keys.length === 0 };
      },
    };
  }

  renewSyncLease(): void {}

  announceAll(): boolean {
    return this.sweep() === 0;
  }

  #merge(records: readonly TableRecord[], from: Origin): ApplyResult {
    const result = records.length > 0 ? this.#table.apply(records, from, 0) : NOTHING_APPLIED;
    for (const record of records) this.#know(record);
    return result;
  }

  #make(record: TableRecord): void {
    const { applied } = this.#table.apply([record], { sender: HERE, mark: 0 }, 0);
    if (applied !== 1) throw new Error(`the plane's own change had no effect: ${JSON.stringify(record)}`);
    this.#know(record);
    this.#options.onChange(record);
    const key = numberOf(record);
    if (this.#events.length >= this.room) {
      this.#overflows++;
      this.#unsent.add(key);
      return;
    }
    this.#unsent.delete(key);
    this.#events.push(record);
  }

  #tell(record: TableRecord): void {
    this.#events.push(record);
    const known = this.#known.get(numberOf(record));
    if (record.maker !== this.maker || (known && !isNewer(record, known))) return;
    this.#know(record);
    this.#options.onChange(record);
  }

  /** As raise_version and announce do it, and outlive for what is gone. */
  #newer(held: TableRecord | undefined): Pick<TableRecord, 'maker' | 'term' | 'version'> {
    const clock = this.#options.clock();
    const term = Math.max(this.term, held?.term ?? 0);
    return { maker: this.maker, term, version: Math.max(clock, (held?.version ?? 0) + 1) };
  }

  #know(record: TableRecord): void {
    const key = numberOf(record);
    const known = this.#known.get(key);
    if (record.op !== RECORD_OP.FORGET && (!known || isNewer(record, known))) this.#known.set(key, record);
  }
}

export function isNewer(a: TableRecord, b: TableRecord): boolean {
  if (a.term !== b.term) return a.term > b.term;
  if (a.version !== b.version) return a.version > b.version;
  return a.maker > b.maker;
}
