/**
 * The connection table in plain TypeScript, with the rules by which records of other directors are merged: a newer (term,
 * version, maker) wins, a reply tuple belongs to one connection, an older holder gives way, and what is gone does not come
 * back.
 */

import type { Connection } from '../../model/connection.ts';
import { RECORD_OP } from '../../model/record.ts';
import { isLater } from '../../model/serial.ts';
import { type ApplyResult, type Clash, NOTHING_APPLIED, type Origin } from '../ports.ts';
import {
  connectionOf,
  type Held,
  hasReply,
  isPlausible,
  methodOf,
  newSide,
  replyOf,
  seenAt,
} from './held.ts';
import type { ServerState } from './rule-book.ts';
import { isNewer, type TableRecord, type Version } from './table-record.ts';
import { tupleKey } from './tuple.ts';

/** What names a connection. */
export type TableRequest = Pick<
  TableRecord,
  'template' | 'protocol' | 'client' | 'clientPort' | 'virtual' | 'virtualPort' | 'high'
>;

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
  /** Called when a connection came into the table, when it left, and after its record has changed. */
  readonly joined?: (held: Held) => void;
  readonly left?: (held: Held) => void;
  readonly changed?: (held: Held, before: TableRecord) => void;
  /** Called when a record's local port belongs to another connection. */
  readonly clashed?: () => void;
}

const TOMBSTONES = 16_384;

/** The origin of what this plane makes itself. */
export const HERE = 0;

const US_PER_S = 1_000_000;
/** So long the answers to a datagram of a one-packet service find their way back. */
const ONE_PACKET_WAIT = 10 * US_PER_S;

/** A direction of a connection. */
export interface Found {
  readonly held: Held;
  readonly isRequest: boolean;
}

type Keep = Pick<Held, 'announced' | 'synced' | 'learnedFrom' | 'mark' | 'server'>;

export class MemoryTable {
  /** Connections of each family. */
  readonly #capacity: number;
  readonly #options: MemoryTableOptions;
  /** The oldest first. */
  readonly #stones = new Map<string, Version>();
  readonly #connections = new Map<string, Held>();
  /** Both directions of each, by the tuple of their packets. */
  readonly #directions = new Map<string, Found>();
  readonly #onePackets = new Set<Held>();
  /** Entries of each family: of most connections two. */
  readonly #entries = [0, 0];

  constructor(capacity: number, options: MemoryTableOptions = {}) {
    this.#capacity = capacity;
    this.#options = options;
  }

  get size(): number {
    return this.#connections.size;
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
    return this.holding(request)?.record;
  }

  holding(request: TableRequest): Held | undefined {
    return this.#connections.get(requestKey(request));
  }

  /** The connection to which packets of this tuple belong. @param key of {@link tupleKey} */
  lookup(key: string): Found | undefined {
    return this.#directions.get(key);
  }

  *records(): Generator<TableRecord> {
    for (const { record } of this.#connections.values()) yield record;
  }

  *connections(now: number): Generator<Connection> {
    for (const held of this.#connections.values()) {
      const remaining = held.record.timeout - (now - seenAt(held)) / US_PER_S;
      yield connectionOf(held, Math.max(0, Math.floor(remaining)));
    }
  }

  held(): IterableIterator<Held> {
    return this.#connections.values();
  }

  /** What this sender's bulk transfer with this mark has not named. */
  *leftOver(from: Origin): Generator<TableRecord> {
    for (const held of this.#connections.values()) if (isLeftOver(held, from)) yield held.record;
  }

  /** Removes what has been idle longer than its record allows; returns how many. */
  expire(now: number): number {
    let expired = 0;
    for (const held of this.#connections.values()) {
      if (now - seenAt(held) < held.record.timeout * US_PER_S) continue;
      this.end(held);
      expired += 1;
    }
    return expired;
  }

  /** A connection that begins here, if the reply's tuple is free and there is room. */
  open(record: TableRecord, server: ServerState, now: number): Held | 'taken' | 'full' {
    if (hasReply(record) && this.#directions.has(tupleKey(replyOf(record)))) return 'taken';
    if (!this.#hasRoom(record)) return 'full';
    return this.#insert(record, now, { announced: false, synced: false, learnedFrom: HERE, mark: 0, server });
  }

  /**
   * Where the answers to one datagram are to go. A port that waits for those to another one may be taken; where it is the
   * client's, of the same virtual address alone: nothing else tells whose answers they are.
   */
  openOnePacket(record: TableRecord, server: ServerState, now: number): Held | 'taken' | 'full' {
    const held: Held = {
      ...{ record, server, request: newSide(now), reply: newSide(now), onePacket: true },
      // Nobody is told of it.
      ...{ announced: true, unsent: false, synced: false, learnedFrom: HERE, mark: 0 },
      ...{ announcedAt: 0, announcedPackets: 0, usedAt: 0 },
    };
    if (!hasReply(record)) return held;
    const key = tupleKey(replyOf(record));
    const holder = this.#directions.get(key)?.held;
    if (holder && !mayTakePort(holder, record)) return 'taken';
    if (holder) this.#endOnePacket(holder);
    if (!this.#hasRoom(record, 1)) return 'full';
    this.#directions.set(key, { held, isRequest: false });
    this.#countEntries(record, 1, 1);
    this.#onePackets.add(held);
    return held;
  }

  endOnePackets(now: number): void {
    for (const held of this.#onePackets)
      if (held.reply.seenAt + ONE_PACKET_WAIT <= now) this.#endOnePacket(held);
  }

  #endOnePacket(held: Held): void {
    this.#onePackets.delete(held);
    this.#directions.delete(tupleKey(replyOf(held.record)));
    this.#countEntries(held.record, -1, 1);
  }

  /** Newer than whatever had this tuple before, if that is remembered. */
  outlive(request: TableRequest, version: Version): Version {
    const former = this.#stones.get(requestKey(request));
    // Of the same moment the former one is newer, whoever made it.
    if (!former || isNewer({ ...version, maker: 0 }, former)) return version;
    return { ...version, term: former.term, version: (former.version + 1) >>> 0 };
  }

  change(held: Held, changes: Partial<TableRecord>): void {
    const before = held.record;
    held.record = { ...before, ...changes };
    this.#options.changed?.(held, before);
  }

  end(held: Held): void {
    const { record } = held;
    const key = requestKey(record);
    // Only what others were told of is worth remembering.
    if (held.announced) this.#bury(key, record);
    this.#connections.delete(key);
    this.#directions.delete(key);
    if (hasReply(record)) this.#directions.delete(tupleKey(replyOf(record)));
    this.#countEntries(record, -1);
    this.#options.left?.(held);
  }

  #hasRoom(record: TableRecord, entries = entriesOf(record)): boolean {
    return (this.#entries[record.family] ?? 0) + entries <= 2 * this.#capacity;
  }

  #countEntries(record: TableRecord, sign: 1 | -1, entries = entriesOf(record)): void {
    this.#entries[record.family] = (this.#entries[record.family] ?? 0) + sign * entries;
  }

  #insert(record: TableRecord, now: number, keep: Keep): Held {
    const held: Held = {
      ...{ record, request: newSide(now), reply: newSide(now), ...keep },
      ...{ announcedAt: Math.floor(now / US_PER_S), announcedPackets: 0, unsent: false, usedAt: 0 },
    };
    const key = requestKey(record);
    this.#connections.set(key, held);
    this.#directions.set(key, { held, isRequest: true });
    if (hasReply(record)) this.#directions.set(tupleKey(replyOf(record)), { held, isRequest: false });
    this.#countEntries(record, 1);
    this.#options.joined?.(held);
    return held;
  }

  #merge(record: TableRecord, from: Origin, now: number): keyof ApplyResult {
    if (!isPlausible(record)) return 'refused';
    const key = requestKey(record);
    const held = this.#connections.get(key);
    const update = record.op !== RECORD_OP.DELETE;
    if (held && from.mark !== 0 && update) markNamed(held, record, from);
    if (held ? !isNewer(record, held.record) : this.#directions.has(key)) return 'stale';
    if (held && stays(held, from) && (!update || !isSameWay(held.record, record))) {
      this.#insist(held, record, now);
      return 'conflicts';
    }
    if (!update) {
      if (held) this.end(held);
      this.#bury(key, record);
      return held ? 'applied' : 'stale';
    }
    const end = held || from.sender === HERE ? undefined : this.#endOf(key, record);
    if (end) {
      this.#options.tell?.({ ...record, ...end, op: RECORD_OP.DELETE });
      return 'gone';
    }
    if (held && isSameWay(held.record, record)) {
      this.#refresh(held, record, from, now);
      return 'applied';
    }
    if (held) this.end(held);
    if (hasReply(record) && !this.#claim(record, now, from.clash)) return 'conflicts';
    if (!this.#hasRoom(record)) return 'failed';
    const origin = { learnedFrom: from.sender, mark: from.mark };
    this.#insert(record, now, {
      announced: true,
      synced: from.sender !== HERE,
      ...origin,
      server: undefined,
    });
    return 'applied';
  }

  #refresh(held: Held, record: TableRecord, from: Origin, now: number): void {
    held.learnedFrom = from.sender;
    held.mark = from.mark;
    held.request.seenAt = now;
    held.announcedAt = Math.floor(now / US_PER_S);
    held.announced = true;
    held.unsent = false;
    held.synced = from.sender !== HERE;
    this.change(held, record);
  }

  #forget(record: TableRecord, from: Origin): 'applied' | undefined {
    const held = this.#connections.get(requestKey(record));
    if (!held || !isLeftOver(held, from)) return undefined;
    if (held.learnedFrom !== from.sender || stays(held, from)) {
      if (held.announced && !held.unsent) this.#options.tell?.(held.record);
      return undefined;
    }
    this.end(held);
    return 'applied';
  }

  /** Tells a connection above what was said of it. */
  #insist(held: Held, told: TableRecord, now: number): void {
    const { version: ours, maker } = held.record;
    const newest = isLater(ours, told.version) ? ours : told.version;
    held.learnedFrom = HERE;
    held.announced = true;
    held.announcedAt = Math.floor(now / US_PER_S);
    const version = (newest + 1) >>> 0;
    this.change(held, { term: told.term, version, maker: this.#options.maker ?? maker });
    this.#options.tell?.(held.record);
  }

  /** With what version a connection that is not here has ended; undefined: it has not, or was never here. */
  #endOf(key: string, record: TableRecord): Version | undefined {
    const former = this.#stones.get(key);
    if (former && !isNewer(record, former)) return former;
    const { term, version, maker } = record;
    return maker === this.#options.maker ? { term, version: (version + 1) >>> 0, maker } : undefined;
  }

  #claim(record: TableRecord, now: number, clash: Clash = 'newer'): boolean {
    const holder = this.#directions.get(tupleKey(replyOf(record)));
    if (!holder) return true;
    // A client's own tuple: no plane made such a record.
    if (holder.isRequest) return false;
    this.#options.clashed?.();
    if (holder.held.onePacket) {
      if (now - holder.held.reply.seenAt <= US_PER_S) return false;
      this.#endOnePacket(holder.held);
      return true;
    }
    if (!givesWay(holder.held, record, clash)) return false;
    this.end(holder.held);
    return true;
  }

  #bury(key: string, { term, version, maker }: Version): void {
    const stone = { term, version, maker };
    const held = this.#stones.get(key);
    if (held && !isNewer(stone, held)) return;
    this.#stones.delete(key);
    this.#stones.set(key, stone);
    const most = this.#options.tombstones ?? TOMBSTONES;
    for (const oldest of this.#stones.keys()) {
      if (this.#stones.size <= most) return;
      this.#stones.delete(oldest);
    }
  }
}

/** What is told is looked at; what nobody was told of is nobody's to name. */
function isLeftOver(held: Held, from: Origin): boolean {
  return held.mark !== from.mark && (held.learnedFrom === from.sender || held.announced);
}

/** By its source, or by one that has the same version and is its source from now on. */
function markNamed(held: Held, record: TableRecord, from: Origin): void {
  if (held.learnedFrom !== HERE && held.learnedFrom !== from.sender) {
    const { term, version, maker } = held.record;
    if (record.term !== term || record.version !== version || record.maker !== maker) return;
    held.learnedFrom = from.sender;
  }
  held.mark = from.mark;
}

/** While both were master, the one that yields now may have ended what is in use here: as in bpf/merge.h. */
function stays(held: Held, { clash }: Origin): boolean {
  return clash === 'ours' && !held.synced;
}

function givesWay(held: Held, record: TableRecord, clash: Clash): boolean {
  if (!held.synced && clash !== 'newer') return clash === 'theirs';
  return isNewer(record, held.record);
}

function mayTakePort(holder: Held, record: TableRecord): boolean {
  if (!holder.onePacket) return false;
  return methodOf(record) !== 'masq' || requestKey(holder.record) === requestKey(record);
}

function entriesOf(record: TableRecord): number {
  return hasReply(record) ? 2 : 1;
}

/** By the same method, between the same ends. */
function isSameWay(held: TableRecord, record: TableRecord): boolean {
  return methodOf(held) === methodOf(record) && tupleKey(replyOf(held)) === tupleKey(replyOf(record));
}

function requestKey(request: TableRequest): string {
  const { protocol, client, clientPort, virtual, virtualPort, high } = request;
  // No packet has such a tuple.
  const kind = request.template ? 'template ' : '';
  return `${kind}${protocol} ${high.slice(0, 6)} ${client}:${clientPort} ${virtual}:${virtualPort}`;
}
