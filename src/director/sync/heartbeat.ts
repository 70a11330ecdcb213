/** The sync channel's heartbeat: when it is due, and what it says. */
import type { Peers } from '../../sync/peers.ts';
import { type Echo, type Heartbeat, MOST_ECHOES, type Position } from '../../wire/sync-message.ts';
import type { Board } from '../board.ts';

/** Microseconds: the fastest that news may hurry a heartbeat, whoever causes them. */
const HURRY = 5_000;

export class HeartbeatClock {
  readonly #interval: number;
  #nextAt = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #ticks: number | undefined;

  /** @param interval microseconds */
  constructor(interval: number) {
    this.#interval = interval;
  }

  /** Something should be known before the interval is over. */
  soon(now: number): void {
    this.#nextAt = Math.min(this.#nextAt, Math.max(now, this.#lastAt + HURRY));
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

function echoes(peers: Peers, now: number): Echo[] {
  return [...peers].slice(0, MOST_ECHOES).map((peer) => ({
    sender: peer.sender,
    epoch: peer.epoch,
    applied: peer.applied,
    appliedAge: peer.applied === 0 ? 0 : Math.max(0, Math.trunc(now - peer.appliedAt)),
    earlier: peer.earlier,
  }));
}

export function composeHeartbeat(
  own: {
    name: string;
    priority: number;
    newest: number;
    continues: Position | undefined;
    keys: readonly number[];
  },
  board: Board,
  peers: Peers,
  now: number,
): Heartbeat {
  const { name, priority, newest, continues, keys } = own;
  const heardAt = board.get('peerAdvertAt');
  return {
    kind: 'heartbeat',
    ...{ name, priority, newest },
    role: board.get('role'),
    term: board.get('term'),
    leaseRemaining: Math.max(0, Math.trunc(board.get('leaseUntil') - now)),
    ...(heardAt > 0 && { advertAge: Math.max(0, Math.trunc(now - heardAt)) }),
    synced: peers.synced,
    ...(continues && { continues }),
    echoes: echoes(peers, now),
    keys,
  };
}
