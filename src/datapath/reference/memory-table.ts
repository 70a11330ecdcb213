/**
 * The connection table in plain TypeScript, with the merge rules of bpf/table.h: a newer (term, version, maker) wins,
 * a reply tuple belongs to one connection, an older holder gives way, and what is gone does not come back.
 */
import { ipv4FromNumber } from '../../model/address.ts';
import { type Connection, TCP_STATE_NAME } from '../../model/connection.ts';
import { RECORD_OP, type RecordBatch } from '../../model/record.ts';
import { PROTOCOL_NUMBER, protocolOf } from '../../model/rules.ts';
import { isLater } from '../../model/serial.ts';
import { type ApplyResult, NOTHING_APPLIED, type Origin } from '../ports.ts';

/** One record of a batch, as a value. */
export interface TableRecord {
  readonly op: number;
  readonly protocol: number;
  readonly state: number;
  readonly client: number;
  readonly clientPort: number;
  readonly virtual: number;
  readonly virtualPort: number;
  readonly local: number;
  readonly localPort: number;
  readonly server: number;
  readonly serverPort: number;
  readonly timeout: number;
  readonly maker: number;
  readonly term: number;
  readonly version: number;
}

interface Held {
  readonly record: TableRecord;
  /** Microseconds of the caller's clock. */
  readonly seenAt: number;
  /** Who told us this version; 0: it was made here. */
  readonly learnedFrom: number;
  /** The bulk transfer of that one that last named it. */
  mark: number;
}

type Stone = Pick<TableRecord, 'term' | 'version' | 'maker'>;

export interface MemoryTableOptions {
  /** What records of this plane's own making bear. */
  readonly maker?: number;
  /** Connections that are gone of which that is remembered. */
  readonly tombstones?: number;
}

const TOMBSTONES = 16_384;

const US_PER_S = 1_000_000;

export function recordAt(batch: RecordBatch, index: number): TableRecord {
  const at = (column: ArrayLike<number>) => column[index] ?? 0;
  return {
    op: at(batch.op),
    protocol: at(batch.protocol),
    state: at(batch.state),
    client: at(batch.client),
    clientPort: at(batch.clientPort),
    virtual: at(batch.virtual),
    virtualPort: at(batch.virtualPort),
    local: at(batch.local),
    localPort: at(batch.localPort),
    server: at(batch.server),
    serverPort: at(batch.serverPort),
    timeout: at(batch.timeout),
    maker: at(batch.maker),
    term: at(batch.term),
    version: at(batch.version),
  };
}

export function writeRecord(batch: RecordBatch, index: number, record: TableRecord): void {
  batch.op[index] = record.op;
  batch.protocol[index] = record.protocol;
  batch.state[index] = record.state;
  batch.flags[index] = 0;
  batch.client[index] = record.client;
  batch.clientPort[index] = record.clientPort;
  batch.virtual[index] = record.virtual;
  batch.virtualPort[index] = record.virtualPort;
  batch.local[index] = record.local;
  batch.localPort[index] = record.localPort;
  batch.server[index] = record.server;
  batch.serverPort[index] = record.serverPort;
  batch.timeout[index] = record.timeout;
  batch.maker[index] = record.maker;
  batch.term[index] = record.term;
  batch.version[index] = record.version;
  batch.emittedAt[index] = 0;
}

export class MemoryTable {
  readonly #capacity: number;
  readonly #maker: number | undefined;
  readonly #mostStones: number;
  /** The oldest first. */
  readonly #stones = new Map<string, Stone>();
  readonly #byRequest = new Map<string, Held>();
  readonly #requestOfReply = new Map<string, string>();

  constructor(capacity: number, { maker, tombstones = TOMBSTONES }: MemoryTableOptions = {}) {
    this.#capacity = capacity;
    this.#maker = maker;
    this.#mostStones = tombstones;
  }

  get size(): number {
    return this.#byRequest.size;
  }

  apply(records: readonly TableRecord[], from: Origin, now: number): ApplyResult {
    const result = { ...NOTHING_APPLIED };
    for (const record of records) {
      const outcome =
        record.op === RECORD_OP.FORGET ? this.#forget(record, from) : this.#merge(record, from, now);
      if (outcome) result[outcome] += 1;
    }
    return result;
  }

  *records(): Generator<TableRecord> {
    for (const { record } of this.#byRequest.values()) yield record;
  }

  /** What came from this sender, was not changed here since, and bears another mark. */
  *leftOver(from: Origin): Generator<TableRecord> {
    for (const held of this.#byRequest.values()) if (isLeftOver(held, from)) yield held.record;
  }

  /** Removes what has been idle longer than its timeout allows; returns how many. */
  expire(now: number): number {
    let expired = 0;
    for (const [key, held] of this.#byRequest) {
      if (remaining(held, now) > 0) continue;
      this.#end(key, held.record);
      expired += 1;
    }
    return expired;
  }

  *connections(now: number): Generator<Connection> {
    for (const held of this.#byRequest.values()) yield connectionOf(held, now);
  }

  #merge(record: TableRecord, from: Origin, now: number): keyof ApplyResult {
    if (!plausible(record)) return 'refused';
    const key = requestKey(record);
    const held = this.#byRequest.get(key);
    const update = record.op !== RECORD_OP.DELETE;
    if (held && from.mark !== 0 && update && held.learnedFrom === from.sender) held.mark = from.mark;
    if (held && !isNewer(record, held.record)) return 'stale';
    if (!update) {
      if (held) this.#end(key, held.record);
      this.#bury(key, record);
      return held ? 'applied' : 'stale';
    }
    if (!held && this.#isGone(key, record)) return 'gone';
    if (held && replyKey(held.record) !== replyKey(record)) this.#end(key, held.record);
    if (!this.#claim(record, key)) return 'conflicts';
    if (!this.#byRequest.has(key) && this.#byRequest.size >= this.#capacity) return 'failed';
    this.#byRequest.set(key, { record, seenAt: now, learnedFrom: from.sender, mark: from.mark });
    this.#requestOfReply.set(replyKey(record), key);
    return 'applied';
  }

  #forget(record: TableRecord, from: Origin): 'applied' | undefined {
    const key = requestKey(record);
    const held = this.#byRequest.get(key);
    if (!held || !isLeftOver(held, from)) return undefined;
    this.#end(key, held.record);
    return 'applied';
  }

  #isGone(key: string, record: TableRecord): boolean {
    const former = this.#stones.get(key);
    return record.maker === this.#maker || (former !== undefined && !isNewer(record, former));
  }

  #claim(record: TableRecord, key: string): boolean {
    const holder = this.#requestOfReply.get(replyKey(record));
    if (holder === undefined || holder === key) return true;
    const held = this.#byRequest.get(holder);
    if (held && !isNewer(record, held.record)) return false;
    if (held) this.#end(holder, held.record);
    return true;
  }

  #end(key: string, record: TableRecord): void {
    this.#bury(key, record);
    this.#byRequest.delete(key);
    this.#requestOfReply.delete(replyKey(record));
  }

  #bury(key: string, { term, version, maker }: Stone): void {
    const stone = { term, version, maker };
    const held = this.#stones.get(key);
    if (held && !isNewer(stone, held)) return;
    this.#stones.delete(key);
    this.#stones.set(key, stone);
    for (const oldest of this.#stones.keys()) {
      if (this.#stones.size <= this.#mostStones) return;
      this.#stones.delete(oldest);
    }
  }
}

function isNewer(a: Stone, b: Stone): boolean {
  if (a.term !== b.term) return isLater(a.term, b.term);
  if (a.version !== b.version) return isLater(a.version, b.version);
  return a.maker > b.maker;
}

function isLeftOver(held: Held, from: Origin): boolean {
  return held.learnedFrom === from.sender && held.mark !== from.mark;
}

function plausible(record: TableRecord): boolean {
  if (record.protocol === PROTOCOL_NUMBER.tcp) return record.state < TCP_STATE_NAME.length;
  return record.protocol === PROTOCOL_NUMBER.udp && record.state === 0;
}

function requestKey(record: TableRecord): string {
  return `${record.protocol} ${record.client}:${record.clientPort} ${record.virtual}:${record.virtualPort}`;
}

function replyKey(record: TableRecord): string {
  return `${record.protocol} ${record.server}:${record.serverPort} ${record.local}:${record.localPort}`;
}

function remaining(held: Held, now: number): number {
  return held.record.timeout - (now - held.seenAt) / US_PER_S;
}

function connectionOf(held: Held, now: number): Connection {
  const { record } = held;
  return {
    protocol: protocolOf(record.protocol) ?? 'tcp',
    client: { address: ipv4FromNumber(record.client), port: record.clientPort },
    virtual: { address: ipv4FromNumber(record.virtual), port: record.virtualPort },
    local: { address: ipv4FromNumber(record.local), port: record.localPort },
    server: { address: ipv4FromNumber(record.server), port: record.serverPort },
    forwarding: 'fullnat',
    state: record.state,
    expires: Math.max(0, Math.floor(remaining(held, now))),
  };
}
