/**
 * Which of two connections keeps a local port that both directors have given away, each for itself: after a split.
 * The master's, because it goes on and the other one yields; neither term nor version says who that is. What the other
 * one has ended and the master uses goes on, too. What each of them refused while both were master, the one that yields
 * asks for once more.
 */
import type { Clash } from '../../datapath/ports.ts';
import type { Peer } from '../../sync/peer.ts';
import { BOARD_ROLE } from '../board.ts';

/** @param role ours, one of BOARD_ROLE */
export function clashRule(role: number, peer: Peer): Clash {
  if (role === BOARD_ROLE.MASTER) return 'ours';
  return yieldsTo(role, peer) ? 'theirs' : 'newer';
}

function yieldsTo(role: number, peer: Peer): boolean {
  return role === BOARD_ROLE.BACKUP && peer.heartbeat?.role === BOARD_ROLE.MASTER;
}

/** To be called each turn. */
export function settleClashes(role: number, peer: Peer, now: number): void {
  if (!peer.clashed) return;
  if (yieldsTo(role, peer)) peer.settle(now);
  else if (role === BOARD_ROLE.MASTER && peer.heartbeat?.role === BOARD_ROLE.BACKUP) peer.clashed = false;
}
