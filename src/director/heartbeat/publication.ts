/** What the other threads see of the heartbeat: its state on the board, its counters now and then. */
import type { RouterState } from '../../vrrp/router.ts';
import { BOARD_PATH, BOARD_ROLE, type Board } from '../board.ts';
import type { HeartbeatCounters } from './counters.ts';
import type { HeartbeatEvent } from './messages.ts';
import type { PathWatch } from './path-watch.ts';
import type { Punctuality } from './punctuality.ts';

const COUNTERS_EVERY_US = 1_000_000;

export interface PublicationParts {
  readonly board: Board;
  readonly counters: HeartbeatCounters;
  readonly paths: PathWatch;
  readonly punctuality: Punctuality;
  readonly post: (event: HeartbeatEvent) => void;
}

export interface Public {
  readonly state: RouterState;
  /** What advertisements say, in microseconds. */
  readonly intervalUs: number;
  readonly peerAdvertAt: number;
  readonly barred: boolean;
  /** The thread ends: what it has counted is said for the last time. */
  readonly last: boolean;
}

export class Publication {
  readonly #parts: PublicationParts;
  #ticks = 0;
  #countersAt = 0;

  constructor(parts: PublicationParts) {
    this.#parts = parts;
  }

  show({ state, intervalUs, peerAdvertAt, barred, last }: Public, now: number): void {
    const { board, paths } = this.#parts;
    const { role, term, leaseUntil, priority, reach, silentSince, offeringSince } = state;
    this.#ticks += 1;
    board.set('role', BOARD_ROLE[role === 'master' ? 'MASTER' : role === 'backup' ? 'BACKUP' : 'INIT']);
    board.set('term', term);
    board.set('leaseUntil', leaseUntil);
    board.set('interval', intervalUs);
    board.set('peerAdvertAt', peerAdvertAt);
    board.set('barred', barred ? 1 : 0);
    board.set('priority', priority);
    board.set('reach', reach);
    board.set('silentSince', role === 'backup' ? silentSince : 0);
    board.set('offering', offeringSince > 0 ? 1 : 0);
    board.set('vrrpPath', BOARD_PATH[paths.state('vrrp')]);
    board.set('syncPath', BOARD_PATH[paths.state('sync')]);
    board.set('heartbeatTicks', this.#ticks);
    if (last || now - this.#countersAt >= COUNTERS_EVERY_US) this.tellCounters(now);
  }

  /** Also before its time: what happens with a change of the role is counted when that is heard of. */
  tellCounters(now: number): void {
    const { counters, punctuality, post } = this.#parts;
    this.#countersAt = now;
    const { p50, p99, max } = punctuality.jitter;
    counters.set('jitter_us_p50', p50);
    counters.set('jitter_us_p99', p99);
    counters.set('jitter_us_max', max);
    const snapshot = counters.snapshot();
    if (snapshot) post({ kind: 'counters', counters: snapshot });
  }
}
