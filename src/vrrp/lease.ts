/**
 * From when a master's lease counts. An advertisement that nobody hears must renew nothing: while the peer is heard
 * on the sync path, the lease counts from the newest life sign that the peer says it heard. Pure.
 *
 * The peer's word is about the past, and the word itself takes time. So it counts like this:
 * - It says that it misses our advertisements: binding until it would long have moved. Meanwhile sync heartbeats stand
 *   for advertisements, if it hears those.
 * - It says that it hears us: binding for a moment. When no word follows (the peer is dead, or words come late), the
 *   lease counts from what we sent, as if there were no peer.
 */
import type { RouterState } from './router.ts';
import { leaseTime } from './timing.ts';

/** A peer that hears us says so behind every advertisement: so many intervals later it has nothing more to say. */
const WORD_STANDS = 1.25;
/** Without an advertisement for so many intervals a peer calls itself deaf: one is late, or lost. */
const DEAF_AFTER = 1.5;
/** The least that a backup waits: a deaf one that could move has moved then, and says so. */
const DEAF_WORD_STANDS = 3;
/** Words about something so old say more about the way that they took. */
const OLDEST_NEWS = 1.75;

/** So much of an interval before a lease ends, a last look is taken at what the peer has said, and whether it still counts. */
export const LAST_LOOK = 1 / 4;

/** @param age microseconds since the last advertisement was heard, of a master with that interval */
export function isDeaf(age: number, intervalUs: number): boolean {
  return age > DEAF_AFTER * intervalUs;
}

/** What the peer's sync heartbeat says of its hearing. Ages are microseconds, at the moment when it was made. */
export interface Word {
  /** Since when it waits for an advertisement; undefined when it does not wait. */
  readonly silence: number | undefined;
  /** The newest of our own sync heartbeats that it heard: our clock in it, and for how long it has had that. */
  readonly echo: { readonly clock: number; readonly age: number } | undefined;
}

export interface Hearing {
  readonly advertHeardAt: number;
  readonly deaf: boolean;
  readonly beatHeardAt: number;
}

/** Two clocks that are both disciplined may drift by 500 ppm each (adjtimex(2)). */
const DRIFT = 1e-3;
/** Of an interval: more doubt than that makes an echo useless. */
const MOST_DRIFT = 1 / 4;

/**
 * The peer's word in our own clock. A word may have been under way, or have waited in our socket, for any time: so its
 * ages are counted from the clock reading of ours that the peer echoes, which it cannot have heard before we made it.
 * @param at when we heard the word
 * @param intervalUs our interval of advertisements
 */
export function hearing({ silence, echo }: Word, at: number, intervalUs: number): Hearing {
  const beatHeardAt = echo ? Math.min(echo.clock, at) : 0;
  if (silence === undefined) return { advertHeardAt: 0, deaf: false, beatHeardAt };
  const drift = echo ? DRIFT * echo.age : Number.POSITIVE_INFINITY;
  const advertHeardAt =
    echo && drift <= MOST_DRIFT * intervalUs ? beatHeardAt + echo.age - silence - drift : at - silence;
  return {
    advertHeardAt: Math.max(1, Math.min(Math.trunc(advertHeardAt), at)),
    deaf: isDeaf(silence, intervalUs),
    beatHeardAt,
  };
}

/** Whether the sync path shall stand for a VRRP path that the peer does not hear. */
export function deafPeer({ peer, settings }: RouterState, now: number): boolean {
  return peer.at > 0 && peer.deaf && now - peer.at < DEAF_WORD_STANDS * settings.advertUs;
}

/** The end of the lease of a master that has advertised. */
export function leaseEnd(state: RouterState, now: number): number {
  return leaseBase(state, now) + leaseTime(state.settings.advertUs) + state.extensionUs;
}

function leaseBase(state: RouterState, now: number): number {
  const { peer, sentAt, masterSince, offeringSince, settings } = state;
  // It can have heard nothing newer than what we sent, whatever it says. What it says of the time before this term
  // is about somebody else.
  const heard = Math.max(Math.min(peer.advertHeardAt, sentAt), masterSince);
  if (deafPeer(state, now)) {
    const offered = offeringSince > 0 && peer.beatHeardAt >= offeringSince;
    return Math.max(heard, offered ? Math.min(peer.beatHeardAt, now) : 0);
  }
  const A = settings.advertUs;
  const fresh = peer.advertHeardAt > 0 && now - peer.at <= WORD_STANDS * A && now - heard <= OLDEST_NEWS * A;
  return fresh ? heard : sentAt;
}
