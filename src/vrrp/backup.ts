/** The backup: waits for silence, and asks a lesser master for its place. Pure. */
import { authority, believedInterval, heardOnSync, hearsayDownAt, peerShouldMove } from './peer.ts';
import type { RouterEvent, RouterState, RouterStep } from './router.ts';
import { count, rearm, still, takeOver } from './steps.ts';
import { masterDown, skew } from './timing.ts';
import { PRIORITY } from './wire.ts';

/** Whoever is refused has been told why, and may be granted it a little later. */
const ASK_EVERY_US = 2_000_000;

type Advert = Extract<RouterEvent, { kind: 'advert' }>;

export function backupTimer(state: RouterState, now: number): RouterStep {
  if (now < state.masterDownAt) return still(state);
  if (state.barred) return still(rearm(state, now));
  const heardOf = hearsayDownAt(state);
  if (heardOf > now)
    return { state: { ...state, masterDownAt: heardOf, deferredSince: 0 }, effects: [count('held')] };
  if (peerShouldMove(state, now)) {
    const deferredSince = state.deferredSince || now;
    const masterDownAt = now + state.settings.advertUs;
    return { state: { ...state, deferredSince, masterDownAt }, effects: [count('deferred')] };
  }
  const released =
    state.releaseHeardAt > 0 && state.masterDownAt - state.releaseHeardAt < 3 * state.intervalUs;
  const why = released ? 'the master gave the addresses up' : 'no advertisement for a master-down interval';
  return takeOver(state, now, why);
}

export function backupHears(before: RouterState, advert: Advert, now: number): RouterStep {
  if (advert.priority === PRIORITY.RELEASE) return releaseHeard(before, now);
  const state = judged(before, now);
  if (isStrange(state, now)) return { state, effects: [count('strange')] };
  const followed = () =>
    rearm({ ...state, intervalUs: believedInterval(state, advert.intervalUs, now), deferredSince: 0 }, now);
  if (advert.priority >= state.priority) return still({ ...followed(), lowerSince: 0 });
  const lower = { ...state, lowerSince: state.lowerSince || now };
  if (!wantsIt(lower, now)) return still({ ...followed(), lowerSince: lower.lowerSince });
  // A peer that was ever heard on the sync path can be asked.
  if (lower.settings.preempt === 'advertise' && lower.peer.at === 0) return still(lower);
  return ask({ ...followed(), lowerSince: lower.lowerSince }, now);
}

/** Priority 0: the master goes. Of a sealed peer we know better. */
function releaseHeard(state: RouterState, now: number): RouterStep {
  // The farewell of the handover before ours, overtaken by it.
  if (now < state.staleUntil) return { state, effects: [count('stale')] };
  const masterDownAt = now + skew(state.priority, state.intervalUs);
  const releaseHeardAt = authority(state, now) && state.peer.master ? state.releaseHeardAt : now;
  return still({ ...state, masterDownAt, releaseHeardAt });
}

/** An advertisement of somebody may be a little faster than the peer's word that it is that somebody. */
function judged(state: RouterState, now: number): RouterState {
  if (!authority(state, now) || state.peer.master) return { ...state, strangeSince: 0 };
  return { ...state, strangeSince: state.strangeSince || now };
}

function isStrange({ strangeSince, priority, settings }: RouterState, now: number): boolean {
  return strangeSince > 0 && now - strangeSince > masterDown(priority, settings.advertUs);
}

function wantsIt({ settings, stepsAside, barred, lowerSince }: RouterState, now: number): boolean {
  if (settings.preempt === 'never' || stepsAside || barred) return false;
  return now - lowerSince >= settings.preemptDelayUs;
}

function ask(state: RouterState, now: number): RouterStep {
  const { peer, askedAt } = state;
  // Without its table we would be the worse master (I4).
  const may = heardOnSync(state, now) && peer.master && peer.held;
  if (!may || (askedAt > 0 && now - askedAt < ASK_EVERY_US)) return still(state);
  return { state: { ...state, askedAt: now }, effects: [count('asked'), { kind: 'ask-handover' }] };
}

/** The peer closed its fence for us. */
export function released(state: RouterState, now: number): RouterStep {
  if (state.barred) return still(state);
  // It may have waited while we slept, until the peer gave up on us and took the addresses back.
  if (now - state.wokeAt < state.intervalUs) return { state, effects: [count('stale')] };
  const { state: next, effects } = takeOver(state, now, 'the peer handed over');
  // The sync path may be faster than the advertisements that the peer sent before it let go.
  return { state: { ...next, staleUntil: now + state.settings.advertUs }, effects };
}
