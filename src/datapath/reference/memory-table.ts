/**
 * The connection table in plain TypeScript, with the merge rules of bpf/table.h: a newer (term, version) wins, a
 * reply tuple belongs to one connection, and an older holder gives way.
 */
import { ipv4FromNumber } from '../../model/address.ts';
import { type Connection, TCP_STATE_NAME } from '../../model/connection.ts';
import { RECORD_OP, type RecordBatch } from '../../model/record.ts';
import { PROTOCOL_NUMBER, protocolOf } from '../../model/rules.ts';
import { isLater } from '../../model/serial.ts';
import { type ApplyResult, NOTHING_APPLIED } from '../ports.ts';

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
  readonly owner: number;
  readonly term: number;
  readonly version: number;
}

interface Held {
  readonly record: TableRecord;
  /** Microseconds of the caller's clock. */
  readonly seenAt: number;
}

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
    owner: at(batch.owner),
    term: at(batch.term),
    version: at(batch.version),
  };
}

export class MemoryTable {
  readonly #capacity: number;
  readonly #byRequest = new Map<string, Held>();
  readonly #requestOfReply = new Map<string, string>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#byRequest.size;
  }

  apply(records: readonly TableRecord[], now: number): ApplyResult {
    const result = { ...NOTHING_APPLIED };
    for (const record of records) result[this.#merge(record, now)] += 1;
    return result;
  }

  /** Removes what has been idle longer than its timeout allows; returns how many. */
  expire(now: number): number {
    let expired = 0;
    for (const [key, held] of this.#byRequest) {
      if (remaining(held, now) > 0) continue;
      this.#remove(key, held.record);
      expired += 1;
    }
    return expired;
  }

  *connections(now: number): Generator<Connection> {
    for (const held of this.#byRequest.values()) yield connectionOf(held, now);
  }

  #merge(record: TableRecord, now: number): keyof ApplyResult {
    if (!plausible(record)) return 'refused';
    const key = requestKey(record);
    const held = this.#byRequest.get(key);
    if (held && !isNewer(record, held.record)) return 'stale';
    if (held && (record.op === RECORD_OP.DELETE || replyKey(held.record) !== replyKey(record))) {
      this.#remove(key, held.record);
    }
    if (record.op === RECORD_OP.DELETE) return held ? 'applied' : 'stale';
    if (!this.#claim(record, key)) return 'conflicts';
    if (!this.#byRequest.has(key) && this.#byRequest.size >= this.#capacity) return 'failed';
    this.#byRequest.set(key, { record, seenAt: now });
    this.#requestOfReply.set(replyKey(record), key);
    return 'applied';
  }

  #claim(record: TableRecord, key: string): boolean {
    const holder = this.#requestOfReply.get(replyKey(record));
    if (holder === undefined || holder === key) return true;
    const held = this.#byRequest.get(holder);
    if (held && !isNewer(record, held.record)) return false;
    if (held) this.#remove(holder, held.record);
    return true;
  }

  #remove(key: string, record: TableRecord): void {
    this.#byRequest.delete(key);
    this.#requestOfReply.delete(replyKey(record));
  }
}

function isNewer(a: TableRecord, b: TableRecord): boolean {
  return a.term !== b.term ? isLater(a.term, b.term) : isLater(a.version, b.version);
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
