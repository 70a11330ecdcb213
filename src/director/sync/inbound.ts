/** From datagrams to records in the table: refuses, counts, and collects what one turn applies. */
import type { SyncPort } from '../../datapath/ports.ts';
import { RecordBatch } from '../../model/record.ts';
import { LARGEST_MAXLEN } from '../../model/sync-daemon.ts';
import type { Peer } from '../../sync/peer.ts';
import type { Peers } from '../../sync/peers.ts';
import type { Opener } from '../../wire/seal.ts';
import { SyncWireError } from '../../wire/sync-error.ts';
import {
  type Ack,
  type BracketMessage,
  decodeMessage,
  type HandoverMessage,
  type Heartbeat,
  type RecordsMessage,
} from '../../wire/sync-message.ts';
import { appendRecords, MOST_RECORDS } from '../../wire/sync-records.ts';
import type { RulesMessage } from '../../wire/sync-rules.ts';
import { clashRule } from './clash.ts';
import type { Counters } from './counters.ts';

/** Records of several datagrams go into the table in one call. */
const BATCH = 2 * MOST_RECORDS;

export interface InboundOptions {
  readonly port: SyncPort;
  readonly opener: Opener;
  readonly peers: Peers;
  readonly counters: Counters;
  /** Our own sender id. */
  readonly sender: number;
  /** Our role now: one of BOARD_ROLE. */
  readonly role: () => number;
  /** Also of one that is not live yet: its heartbeats are what shows that it is. */
  readonly onHeartbeat: (peer: Peer, heartbeat: Heartbeat, now: number) => void;
  readonly onHandover: (peer: Peer, message: HandoverMessage, now: number) => void;
  readonly onAck: (peer: Peer, ack: Ack, now: number) => void;
  readonly onRules: (peer: Peer, message: RulesMessage, now: number) => void;
  /** A sender that was not heard before, or one that restarted. */
  readonly onLife: (peer: Peer) => void;
}

export class Inbound {
  readonly #options: InboundOptions;
  readonly #batch = new RecordBatch(BATCH);
  /** Whose records wait in the batch, of which bulk transfer, and the newest sequence of them. */
  #from: Peer | undefined;
  #mark = 0;
  #newest = 0;
  /** Records are taken, not only heartbeats. */
  taking = false;
  /** 0 takes every id. */
  syncid = 0;
  /** Bytes of the largest datagram that is taken. */
  maxlen: number = LARGEST_MAXLEN;
  /** Of the last datagram that was taken. */
  heardSyncid = 0;

  constructor(options: InboundOptions) {
    this.#options = options;
  }

  /** Never throws for what the network sent. */
  deliver(datagram: Buffer, now: number): void {
    try {
      this.#take(datagram, now);
    } catch (error) {
      if (!(error instanceof SyncWireError)) throw error;
      this.#options.counters.refuse(error, now);
    }
  }

  /** Puts what has come into the table. */
  apply(now: number): void {
    const batch = this.#batch;
    const from = this.#from;
    if (!from || batch.length === 0) return;
    const { port, counters } = this.#options;
    const result = port.apply(batch, {
      ...{ sender: from.sender, mark: this.#mark },
      clash: clashRule(this.#options.role(), from),
    });
    const { applied, stale, gone, conflicts, refused, failed, deferred } = result;
    batch.length = 0;
    counters.add('records_applied', applied);
    counters.add('records_stale', stale);
    counters.add('records_gone', gone);
    counters.add('records_conflicting', conflicts);
    if (refused > 0) counters.reject('record', refused, 'records of connections that no plane makes', now);
    if (failed > 0)
      counters.reject('table-full', failed, 'the connection table has no room for records of the peer', now);
    from.clashed ||= conflicts > 0;
    if (failed + deferred > 0) from.overflow(now);
    from.applied = Math.max(from.applied, this.#newest);
    from.appliedAt = now;
    this.#newest = 0;
  }

  #take(datagram: Buffer, now: number): void {
    const { opener, peers, counters, sender } = this.#options;
    const claimed = opener.peek(datagram);
    if (datagram.length > this.maxlen)
      throw new SyncWireError(
        'oversized',
        `${datagram.length} bytes, at most ${this.maxlen} are taken: set the same sync-maxlen on both directors`,
      );
    if (this.syncid !== 0 && claimed.syncid !== this.syncid)
      throw new SyncWireError('syncid', `syncid ${claimed.syncid}, ours is ${this.syncid}`);
    if (claimed.sender === sender)
      throw new SyncWireError('own', 'our own sender id: two directors with one name, or a loop');
    const freshness = peers.get(claimed.sender)?.check(claimed, now) ?? 'fresh';
    if (freshness === 'seen') {
      counters.add('duplicates');
      return;
    }
    if (freshness === 'behind')
      throw new SyncWireError(
        'replay',
        `datagram ${claimed.counter} of epoch ${claimed.epoch} came again, or late`,
      );
    const frame = opener.open(datagram);
    // All is known to be good before anything changes.
    const message = decodeMessage(frame.body);
    const former = peers.get(frame.sender)?.epoch;
    const peer = peers.admit(frame);
    peer.accept(frame, now);
    this.heardSyncid = frame.syncid;
    counters.add('received');
    if (former !== peer.epoch) this.#options.onLife(peer);
    if (message.kind === 'heartbeat') this.#options.onHeartbeat(peer, message, now);
    else if (!peer.live) counters.count('unproven');
    else if (message.kind === 'records') this.#records(peer, message, now);
    else if (message.kind === 'bracket') this.#bracket(peer, message, now);
    else if (message.kind === 'ack') this.#options.onAck(peer, message, now);
    else if (message.kind === 'handover') {
      // Its answer says what is in the table, not what is on the way there.
      this.apply(now);
      this.#options.onHandover(peer, message, now);
    } else this.#options.onRules(peer, message, now);
  }

  #records(peer: Peer, message: RecordsMessage, now: number): void {
    if (!this.#arrives(peer, message, now)) return;
    const mark = peer.markOf(message.sequence);
    const same = this.#from === peer && this.#mark === mark;
    if (!same || this.#batch.length + message.count > this.#batch.capacity) this.apply(now);
    appendRecords(message.columns, this.#batch);
    this.#from = peer;
    this.#mark = mark;
    this.#newest = Math.max(this.#newest, message.sequence);
    if (!message.walked) return;
    this.#options.counters.add('bulk_received', message.count);
    peer.walked(message.bulk, message.count);
  }

  #bracket(peer: Peer, message: BracketMessage, now: number): void {
    if (this.#arrives(peer, message, now)) peer.bracket(message, now);
  }

  /** @returns whether it came for the first time */
  #arrives(peer: Peer, message: RecordsMessage | BracketMessage, now: number): boolean {
    if (!this.taking) {
      peer.miss(message.sequence, now);
      throw new SyncWireError('off', 'records, but this director does not receive: start-daemon backup');
    }
    if (peer.take(message, now)) return true;
    this.#options.counters.add('duplicates');
    return false;
  }
}
