/** Gives the whole table to who lacks it, and takes out of ours what a peer's has not. */
import type { Cleaning, SyncPort, TableWalk } from '../../datapath/ports.ts';
import { RecordBatch } from '../../model/record.ts';
import { BulkGiver } from '../../sync/bulk-giver.ts';
import type { Filling } from '../../sync/bulk-taker.ts';
import type { Peer } from '../../sync/peer.ts';
import type { Peers } from '../../sync/peers.ts';
import type { Sender } from '../../sync/sender.ts';
import type { BulkStatus } from '../status.ts';
import { clashRule } from './clash.ts';
import type { Counters } from './counters.ts';
import type { SyncEvent } from './messages.ts';

/** Records that are read of the table at once: a dozen datagrams, so that the window is kept. */
const BATCH = 512;
/** Records of one turn, and reads: news must not wait for more than about two milliseconds. */
const MOST_OF_A_TURN = 2048;
const MOST_READS = 8;
/** Microseconds of a turn that cleaning up may take. */
const CLEANING = 2000;

const US_PER_S = 1_000_000;

export interface BulkDeskOptions {
  readonly port: SyncPort;
  readonly counters: Counters;
  readonly peers: Peers;
  readonly clock: () => number;
  /** Ours now: one of BOARD_ROLE. */
  readonly role: () => number;
  /** Connections in our table, about. */
  readonly connections: () => number;
  readonly report: (event: SyncEvent) => void;
}

interface Sweeping {
  readonly filling: Filling;
  readonly cleaning: Cleaning;
  removed: number;
}

export class BulkDesk {
  readonly giver = new BulkGiver();
  readonly #options: BulkDeskOptions;
  readonly #batch = new RecordBatch(BATCH);
  #walk: TableWalk | undefined;
  #walkBegan = 0;
  /** Bulk transfers that we follow, since when. */
  readonly #following = new Map<Peer, { readonly since: number; done: number }>();
  readonly #sweeping = new Map<Peer, Sweeping>();

  constructor(options: BulkDeskOptions) {
    this.#options = options;
  }

  /** Another epoch: whoever wants the table asks again. */
  reset(): void {
    this.giver.reset();
    this.#walk = undefined;
  }

  /** Messages of a walk that are due now. @param limit bytes of a message, frame not counted */
  give(stream: Sender, limit: number, now: number): Uint8Array[] {
    const step = this.giver.next(now);
    if (!step) return [];
    if (step === 'abandon') {
      this.#told('broken', now);
      this.giver.ended(now);
      this.#walk = undefined;
      return [stream.bracket('abandoned', this.giver.done)];
    }
    const bodies: Uint8Array[] = [];
    if (step === 'begin') bodies.push(this.#begin(stream, now));
    let records = 0;
    for (let reads = 0; this.#walk && reads < MOST_READS && records < MOST_OF_A_TURN; reads++) {
      if (this.giver.room(stream.newest) === 0) break;
      const batch = this.#batch;
      batch.length = 0;
      const more = this.#walk.read(batch);
      bodies.push(...stream.pack(batch, limit, true));
      records += batch.length;
      this.giver.walked(batch.length);
      if (more) continue;
      bodies.push(stream.bracket('end', this.giver.done));
      this.#told('end', now);
      this.giver.ended(now);
      this.#walk = undefined;
    }
    this.#options.counters.add('bulk_sent', records);
    return bodies;
  }

  /** After what came is in the table, and the peers have had their turn. */
  turn(now: number): void {
    for (const peer of this.#options.peers) {
      this.#watch(peer, now);
      if (peer.cleaning) this.#clean(peer, peer.cleaning, now);
      else this.#sweeping.delete(peer);
    }
  }

  forget(peer: Peer): void {
    this.#following.delete(peer);
    this.#sweeping.delete(peer);
  }

  status(): BulkStatus {
    const receiving = [...this.#options.peers].find(({ progress }) => progress)?.progress;
    return { sending: this.giver.progress ?? null, receiving: receiving ?? null };
  }

  #begin(stream: Sender, now: number): Uint8Array {
    const { port, connections, peers, report } = this.#options;
    const total = connections();
    const body = stream.bracket('begin', total, peers.complete);
    this.#walk = port.walk();
    this.#walkBegan = now;
    this.giver.began(stream.newest, total, now);
    report({ type: 'bulk', way: 'to', phase: 'begin', records: total, seconds: 0, removed: 0 });
    return body;
  }

  #told(phase: 'end' | 'broken', now: number): void {
    const seconds = (now - this.#walkBegan) / US_PER_S;
    this.#options.report({ type: 'bulk', way: 'to', phase, records: this.giver.done, seconds, removed: 0 });
  }

  /** Says when a bulk transfer from a peer begins, and when it broke. */
  #watch(peer: Peer, now: number): void {
    const { progress } = peer;
    const known = this.#following.get(peer);
    if (progress && known) known.done = progress.done;
    else if (progress) {
      this.#following.set(peer, { since: now, done: progress.done });
      this.#say('begin', progress.total, 0, 0);
    } else if (known) {
      this.#following.delete(peer);
      this.#say('broken', known.done, (now - known.since) / US_PER_S, 0);
    }
  }

  #clean(peer: Peer, filling: Filling, now: number): void {
    const { port, clock, role } = this.#options;
    const known = this.#sweeping.get(peer);
    let sweeping = known?.filling === filling ? known : undefined;
    if (!filling.complete) {
      this.#finish(peer, 0, now);
      return;
    }
    if (!sweeping) {
      const origin = { sender: peer.sender, mark: filling.mark, clash: clashRule(role(), peer) };
      sweeping = { filling, cleaning: port.clean(origin), removed: 0 };
      this.#sweeping.set(peer, sweeping);
    }
    const until = clock() + CLEANING;
    do {
      const { removed, waits, done } = sweeping.cleaning.step();
      sweeping.removed += removed;
      if (waits) return;
      if (!done) continue;
      this.#finish(peer, sweeping.removed, now);
      return;
    } while (clock() < until);
  }

  #finish(peer: Peer, removed: number, now: number): void {
    const { counters } = this.#options;
    const done = peer.progress?.done ?? 0;
    const since = this.#following.get(peer)?.since ?? now;
    peer.cleaned();
    this.forget(peer);
    counters.add('bulks_completed');
    counters.add('bulk_removed', removed);
    this.#say('end', done, (now - since) / US_PER_S, removed);
  }

  #say(phase: 'begin' | 'end' | 'broken', records: number, seconds: number, removed: number): void {
    this.#options.report({ type: 'bulk', way: 'from', phase, records, seconds, removed });
  }
}
