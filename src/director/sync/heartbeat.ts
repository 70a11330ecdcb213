/** The sync channel's heartbeat: when it is due, and what it says. */
import { type Address, addressToBytes } from '../../model/address.ts';
import type { Peers } from '../../sync/peers.ts';
import { isDeaf } from '../../vrrp/lease.ts';
import { leaseTime } from '../../vrrp/timing.ts';
import { type Echo, type Heartbeat, MOST_ECHOES, type Position } from '../../wire/sync-message.ts';
import { BOARD_ROLE, type Board, type BoardField } from '../board.ts';

/** Microseconds, and of an interval: the fastest that news may hurry a heartbeat, whoever causes them. */
const HURRY = 5_000;
const HURRY_INTERVALS = 1 / 4;

export class HeartbeatClock {
  readonly #interval: number;
  readonly #hurry: number;
  #nextAt = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #ticks: number | undefined;

  /** @param interval microseconds */
  constructor(interval: number) {
    this.#interval = interval;
    this.#hurry = Math.min(HURRY, HURRY_INTERVALS * interval);
  }

  /** Something should be known before the interval is over. */
  soon(now: number): void {
    this.#nextAt = Math.min(this.#nextAt, Math.max(now, this.#lastAt + this.#hurry));
  }

  /** While the peers are in doubt about each other: more than one heartbeat may be lost before a lease is. */
  often(now: number): void {
    const spacing = HURRY_INTERVALS * this.#interval;
    this.#nextAt = Math.min(this.#nextAt, Math.max(now, this.#lastAt + spacing));
  }

  /**
   * @param ticks of the heartbeat worker: without a new one we are silent, so that a director whose
   *   heartbeat stands still does not look alive here; undefined where no such worker runs
   */
  due(ticks: number | undefined, now: number): boolean {
    if (now < this.#nextAt) return false;
    if (ticks !== undefined && (ticks === this.#ticks || ticks === 0)) return false;
    this.#ticks = ticks;
    this.#lastAt = now;
    // Keeps the beat when the turn is a little late, and does not catch up when it is very late.
    this.#nextAt = Math.max(this.#nextAt + this.#interval, now + this.#interval / 2);
    return true;
  }
}

/** Own news that the peer's lease or takeover may hang on: it shall have them before the interval is over. */
const NEWS: readonly BoardField[] = ['role', 'term', 'interval', 'barred', 'offering', 'silentSince'];

/** Hurries the clock when the heartbeat worker has news, and while one of the two does not hear the other. */
export class RouterNews {
  readonly #board: Board;
  readonly #clock: HeartbeatClock;
  readonly #interval: number;
  #last = '';

  /** @param interval microseconds between the peer's advertisements */
  constructor(board: Board, clock: HeartbeatClock, interval: number) {
    this.#board = board;
    this.#clock = clock;
    this.#interval = interval;
  }

  look(now: number): void {
    const board = this.#board;
    const news = NEWS.map((field) => board.get(field)).join();
    if (news !== this.#last) this.#clock.soon(now);
    this.#last = news;
    const silentSince = board.get('silentSince');
    const missesIt =
      silentSince > 0 &&
      board.get('peerRole') === BOARD_ROLE.MASTER &&
      isDeaf(now - silentSince, this.#interval);
    if (missesIt || board.get('offering') === 1) this.#clock.often(now);
  }
}

function echoes(peers: Peers, now: number): Echo[] {
  return [...peers].slice(0, MOST_ECHOES).map((peer) => ({
    sender: peer.sender,
    epoch: peer.epoch,
    applied: peer.applied,
    appliedAge: peer.applied === 0 ? 0 : Math.max(0, Math.trunc(now - peer.appliedAt)),
    earlier: peer.earlier,
    ...(peer.heartbeat?.clock && {
      heard: { clock: peer.heartbeat.clock, age: Math.max(0, Math.trunc(now - peer.heartbeatAt)) },
    }),
  }));
}

export interface OwnNews {
  readonly name: string;
  readonly priority: number;
  readonly newest: number;
  /** The oldest message that we can send again. */
  readonly oldest: number;
  /** Changes that could not be told yet. */
  readonly shortfall: number;
  readonly continues: Position | undefined;
  /** Ids of the keys that we open. */
  readonly keys: readonly number[];
  /** Microseconds between heartbeats, and between advertisements. */
  readonly interval: number;
  /** Where the first virtual router advertises from; none without one. */
  readonly address: Address | undefined;
}

export function composeHeartbeat(own: OwnNews, board: Board, peers: Peers, now: number): Heartbeat {
  const { name, newest, oldest, shortfall, continues, interval, address, keys } = own;
  const silentSince = board.get('silentSince');
  // Where they stand for advertisements, this one gives what an advertisement would.
  const offered = board.get('offering') === 1 ? leaseTime(interval) : 0;
  return {
    kind: 'heartbeat',
    ...{ name, newest, oldest, shortfall },
    priority: board.get('priority') || own.priority,
    role: board.get('role'),
    term: board.get('term'),
    leaseRemaining: Math.max(0, Math.trunc(board.get('leaseUntil') - now), offered),
    ...(silentSince > 0 && { advertAge: Math.max(0, Math.trunc(now - silentSince)) }),
    synced: peers.synced,
    ...(continues && { continues }),
    echoes: echoes(peers, now),
    keys,
    clock: Math.trunc(now),
    ...(address !== undefined && {
      router: {
        ...{
          interval: board.get('interval') || interval,
          address: addressToBytes(address),
          reach: board.get('reach'),
        },
        unfit: board.get('barred') === 1,
      },
    }),
  };
}
