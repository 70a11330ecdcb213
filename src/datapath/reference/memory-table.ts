/**
 * The connection table in plain TypeScript, with the merge rules of bpf/merge.h: a newer (term, version, maker) wins,
 * a reply tuple belongs to one connection, an older holder gives way, and what is gone does not come back.
 */
import { type Address, addressFromBytes, ipv4FromNumber } from '../../model/address.ts';
import { type Connection, TCP_STATE_NAME } from '../../model/connection.ts';
import {
  EXTRA_COLUMNS,
  type ExtraColumn,
  HIGH_WORDS,
  RECORD_FAMILY,
  RECORD_OP,
  type RecordBatch,
} from '../../model/record.ts';
import { FORWARDING_METHODS, PROTOCOL_NUMBER, protocolOf } from '../../model/rules.ts';
import { isLater } from '../../model/serial.ts';
import { type ApplyResult, type Clash, NOTHING_APPLIED, type Origin } from '../ports.ts';

/** One record of a batch, as a value. */
export interface TableRecord {
  readonly op: number;
  readonly protocol: number;
  readonly family: number;
  /** As {@link RecordBatch.high}; empty for IPv4. */
  readonly high: readonly number[];
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
  /** What is not 0. */
  readonly extra?: Readonly<Partial<Record<ExtraColumn, number>>>;
}

/** What names a connection. */
export type TableRequest = Pick<
  TableRecord,
  'protocol' | 'client' | 'clientPort' | 'virtual' | 'virtualPort' | 'high'
>;

interface Held {
  readonly record: TableRecord;
  /** Microseconds of the caller's clock. */
  readonly seenAt: number;
  /** Who told us this version; {@link HERE}: it was made here. */
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
  /**
   * Called with what others are to be told because they do not seem to know it: that a connection has ended which they
   * tell us of, or that there is one which their bulk transfer did not name.
   */
  readonly tell?: (record: TableRecord) => void;
}

const TOMBSTONES = 16_384;

/** The origin of what this plane makes itself. */
export const HERE = 0;

const US_PER_S = 1_000_000;

export function recordAt(batch: RecordBatch, index: number): TableRecord {
  const at = (column: ArrayLike<number>) => column[index] ?? 0;
  return {
    op: at(batch.op),
    protocol: at(batch.protocol),
    family: at(batch.family),
    high:
      at(batch.family) === RECORD_FAMILY.IPV6
        ? [...batch.high.subarray(index * HIGH_WORDS, (index + 1) * HIGH_WORDS)]
        : [],
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
    ...extraAt(batch, index),
  };
}

function extraAt({ extra }: RecordBatch, index: number): Pick<TableRecord, 'extra'> {
  const used = EXTRA_COLUMNS.filter((name) => extra[name][index]);
  return used.length > 0 ? { extra: Object.fromEntries(used.map((name) => [name, extra[name][index]])) } : {};
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
  batch.family[index] = record.family;
  batch.high.set(record.high, index * HIGH_WORDS);
  for (const name of EXTRA_COLUMNS) batch.extra[name][index] = record.extra?.[name] ?? 0;
}

export class MemoryTable {
  readonly #capacity: number;
  readonly #maker: number | undefined;
  readonly #mostStones: number;
  readonly #tell: (record: TableRecord) => void;
  /** The oldest first. */
  readonly #stones = new Map<string, Stone>();
  readonly #byRequest = new Map<string, Held>();
  readonly #requestOfReply = new Map<string, string>();

  constructor(capacity: number, { maker, tombstones = TOMBSTONES, tell }: MemoryTableOptions = {}) {
    this.#capacity = capacity;
    this.#maker = maker;
    this.#mostStones = tombstones;
    this.#tell = tell ?? (() => {});
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

  /** The connection of this client and virtual address. */
  find(request: TableRequest): TableRecord | undefined {
    return this.#byRequest.get(requestKey(request))?.record;
  }

  *records(): Generator<TableRecord> {
    for (const { record } of this.#byRequest.values()) yield record;
  }

  /** What came from this sender and was not changed here since, or was made here, and bears another mark. */
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
    if (held && from.mark !== 0 && update && isOf(held, from)) held.mark = from.mark;
    if (held && !isNewer(record, held.record)) return 'stale';
    if (!update) {
      if (held) this.#end(key, held.record);
      this.#bury(key, record);
      return held ? 'applied' : 'stale';
    }
    const end = held || from.sender === HERE ? undefined : this.#endOf(key, record);
    if (end) {
      this.#tell({ ...record, ...end, op: RECORD_OP.DELETE });
      return 'gone';
    }
    if (held && replyKey(held.record) !== replyKey(record)) this.#end(key, held.record);
    if (!this.#claim(record, key, from.clash)) return 'conflicts';
    if (!this.#byRequest.has(key) && this.#byRequest.size >= this.#capacity) return 'failed';
    this.#byRequest.set(key, { record, seenAt: now, learnedFrom: from.sender, mark: from.mark });
    this.#requestOfReply.set(replyKey(record), key);
    return 'applied';
  }

  #forget(record: TableRecord, from: Origin): 'applied' | undefined {
    const key = requestKey(record);
    const held = this.#byRequest.get(key);
    if (!held || !isLeftOver(held, from)) return undefined;
    if (held.learnedFrom === HERE) {
      this.#tell(held.record);
      return undefined;
    }
    this.#end(key, held.record);
    return 'applied';
  }

  /** With what version a connection that is not here has ended; undefined: it has not, or was never here. */
  #endOf(key: string, record: TableRecord): Stone | undefined {
    const former = this.#stones.get(key);
    if (former && !isNewer(record, former)) return former;
    const { term, version, maker } = record;
    return maker === this.#maker ? { term, version: (version + 1) >>> 0, maker } : undefined;
  }

  #claim(record: TableRecord, key: string, clash: Clash = 'newer'): boolean {
    const holder = this.#requestOfReply.get(replyKey(record));
    if (holder === undefined || holder === key) return true;
    const held = this.#byRequest.get(holder);
    if (held && !givesWay(held, record, clash)) return false;
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
  return isOf(held, from) && held.mark !== from.mark;
}

function isOf(held: Held, from: Origin): boolean {
  return held.learnedFrom === from.sender || held.learnedFrom === HERE;
}

function givesWay(held: Held, record: TableRecord, clash: Clash): boolean {
  if (held.learnedFrom === HERE && clash !== 'newer') return clash === 'theirs';
  return isNewer(record, held.record);
}

function plausible(record: TableRecord): boolean {
  if (record.family > RECORD_FAMILY.IPV6) return false;
  if (record.protocol === PROTOCOL_NUMBER.tcp) return record.state < TCP_STATE_NAME.length;
  return record.protocol === PROTOCOL_NUMBER.udp && record.state === 0;
}

function requestKey(record: TableRequest): string {
  const { protocol, client, clientPort, virtual, virtualPort, high } = record;
  return `${protocol} ${high.slice(0, 6)} ${client}:${clientPort} ${virtual}:${virtualPort}`;
}

function replyKey(record: TableRecord): string {
  const { protocol, server, serverPort, local, localPort, high } = record;
  return `${protocol} ${high.slice(6)} ${server}:${serverPort} ${local}:${localPort}`;
}

function remaining(held: Held, now: number): number {
  return held.record.timeout - (now - held.seenAt) / US_PER_S;
}

/** @param which of the record's four addresses, from 0 */
function addressOf({ family, high }: TableRecord, which: number, low: number): Address {
  if (family !== RECORD_FAMILY.IPV6) return ipv4FromNumber(low);
  const bytes = Buffer.alloc(16);
  [...high.slice(which * 3, which * 3 + 3), low].forEach((word, at) => {
    bytes.writeUInt32BE(word, at * 4);
  });
  return addressFromBytes(bytes);
}

function connectionOf(held: Held, now: number): Connection {
  const { record } = held;
  return {
    protocol: protocolOf(record.protocol) ?? 'tcp',
    client: { address: addressOf(record, 0, record.client), port: record.clientPort },
    virtual: { address: addressOf(record, 1, record.virtual), port: record.virtualPort },
    local: { address: addressOf(record, 2, record.local), port: record.localPort },
    server: { address: addressOf(record, 3, record.server), port: record.serverPort },
    forwarding: FORWARDING_METHODS[record.extra?.forwarding ?? 0] ?? 'fullnat',
    state: record.state,
    expires: Math.max(0, Math.floor(remaining(held, now))),
  };
}
