/** What the sync path says of the peer, and how far that decides. Pure. */
import type { RouterState } from './router.ts';
import { leaseTime, masterDown } from './timing.ts';

/** So long a takeover is left to a peer that has the table and does not use it. */
const DEFER_DOWNS = 3;

/** The peer has been heard on the sync path within a master-down interval. */
export function heardOnSync({ peer, priority, settings }: RouterState, now: number): boolean {
  return peer.at > 0 && now - peer.at < masterDown(priority, settings.advertUs);
}

/** Who is master stands on authority: advertisements, which anybody can forge, do not change it (I7). */
export function authority(state: RouterState, now: number): boolean {
  return state.peer.sealed && heardOnSync(state, now);
}

/** The peer is there, can become master, and has everything that we would give it. */
export function canTakeOver(state: RouterState, now: number): boolean {
  return heardOnSync(state, now) && state.peer.able && state.peer.holds;
}

/**
 * The interval of a master that advertises `advertised`. One that is longer than both directors' own is no
 * director's: it would keep us waiting for minutes.
 */
export function believedInterval(state: RouterState, advertised: number, now: number): number {
  if (!authority(state, now)) return advertised;
  return Math.min(advertised, Math.max(state.settings.advertUs, state.peer.intervalUs));
}

/**
 * When silence would have lasted long enough if we had heard the advertisement that the peer's lease counts
 * from: the sync path told us of that lease. 0 without one. Bounded: hearsay must not hold us for long.
 */
export function hearsayDownAt({ peer, intervalUs, releaseHeardAt, priority }: RouterState): number {
  if (!peer.master || peer.at <= releaseHeardAt) return 0;
  const lease = leaseTime(intervalUs);
  const leaseUntil = Math.min(peer.leaseUntil, peer.at + lease);
  // Over before it was told: a master that is just giving up.
  if (leaseUntil <= peer.at) return 0;
  return leaseUntil - lease + masterDown(priority, intervalUs);
}

/**
 * The takeover is the peer's: it has the table, and we do not (I4). Or it cannot hear us, and so will not learn that we
 * moved, while we can hear that it does (I2). Not for ever, should it fail to.
 */
export function peerShouldMove(state: RouterState, now: number): boolean {
  const { deferredSince, peer, priority, settings } = state;
  const better = !peer.held && canTakeOver(state, now);
  if (!better && !isDeafToUs(state, now)) return false;
  return deferredSince === 0 || now - deferredSince < DEFER_DOWNS * masterDown(priority, settings.advertUs);
}

/** It says, in time, that it has not heard our sync heartbeats for long. */
function isDeafToUs(state: RouterState, now: number): boolean {
  const { peer, priority, settings } = state;
  if (!heardOnSync(state, now) || !peer.able) return false;
  return now - peer.beatHeardAt > masterDown(priority, settings.advertUs);
}
