/**
 * What the peer's sync heartbeat says, on the board: written by the sync worker, read by the heartbeat worker, which
 * must not see half of one word and half of the next.
 */
import { type Address, addressToBytes } from '../model/address.ts';
import { hearing } from '../vrrp/lease.ts';
import type { PeerView } from '../vrrp/router.ts';
import type { Heartbeat } from '../wire/sync-message.ts';
import { BOARD_ROLE, type Board } from './board.ts';

export interface Listener {
  readonly own: { readonly sender: number; readonly epoch: number };
  /** Where our first virtual router advertises from. */
  readonly address: Address | undefined;
  /** Microseconds between our advertisements. */
  readonly interval: number;
  readonly sealed: boolean;
}

export function writePeer(board: Board, heartbeat: Heartbeat, listener: Listener, now: number): void {
  const { own, address, interval, sealed } = listener;
  const { role, term, leaseRemaining, priority, router, advertAge: silence } = heartbeat;
  // What it echoes of a former life of ours may be another clock's.
  const echo = heartbeat.echoes.find(({ sender, epoch }) => sender === own.sender && epoch === own.epoch);
  const heard = hearing({ silence, echo: echo?.heard }, now, interval);
  const outranks = router && address && Buffer.compare(router.address, addressToBytes(address)) > 0;
  const version = board.get('peerVersion');
  board.set('peerVersion', version + 1);
  board.set('peerRole', role);
  board.set('peerTerm', term);
  board.set('peerLeaseUntil', leaseRemaining > 0 ? now + leaseRemaining : 0);
  board.set('peerSealed', sealed ? 1 : 0);
  board.set('peerAble', role === BOARD_ROLE.BACKUP && router?.unfit === false ? 1 : 0);
  board.set('peerPriority', priority);
  board.set('peerInterval', router?.interval ?? 0);
  board.set('peerOutranks', outranks ? 1 : 0);
  board.set('peerReach', router?.reach ?? 0);
  board.set('peerHolds', heartbeat.synced ? 1 : 0);
  board.set('peerAdvertHeardAt', heard.advertHeardAt);
  board.set('peerDeaf', heard.deaf ? 1 : 0);
  board.set('peerBeatHeardAt', heard.beatHeardAt);
  board.set('peerSyncAt', now);
  board.set('peerVersion', version + 2);
}

/** Undefined while it is being written: a moment later it is whole. */
export function readPeer(board: Board): PeerView | undefined {
  const version = board.get('peerVersion');
  const is = (field: Parameters<Board['get']>[0]) => board.get(field) === 1;
  const view: PeerView = {
    at: board.get('peerSyncAt'),
    sealed: is('peerSealed'),
    master: board.get('peerRole') === BOARD_ROLE.MASTER,
    able: is('peerAble'),
    term: board.get('peerTerm'),
    leaseUntil: board.get('peerLeaseUntil'),
    priority: board.get('peerPriority'),
    intervalUs: board.get('peerInterval'),
    outranks: is('peerOutranks'),
    reach: board.get('peerReach'),
    held: is('synced'),
    holds: is('peerHolds'),
    advertHeardAt: board.get('peerAdvertHeardAt'),
    deaf: is('peerDeaf'),
    beatHeardAt: board.get('peerBeatHeardAt'),
  };
  return version % 2 === 0 && version === board.get('peerVersion') ? view : undefined;
}
