/** What both roles do: the parts that steps are put together from. Pure. */

import { nextAfter } from '../model/serial.ts';
import type { RouterCount, RouterEffect, RouterState, RouterStep } from './router.ts';
import { leaseTime, masterDown } from './timing.ts';
import { PRIORITY } from './wire.ts';

/** One may be lost; more say nothing new. */
const RELEASE_ADVERTS = 3;

export const CLOSE_FENCE = { kind: 'close-fence' } as const;

export function still(state: RouterState): RouterStep {
  return { state, effects: [] };
}

export function andThen(first: RouterStep, next: (state: RouterState) => RouterStep): RouterStep {
  const { state, effects } = next(first.state);
  return { state, effects: [...first.effects, ...effects] };
}

export function count(name: RouterCount): RouterEffect {
  return { kind: 'count', name };
}

export function role(name: RouterState['role'], term: number, why: string): RouterEffect {
  return { kind: 'role', role: name, term, why };
}

export function farewell(): RouterEffect[] {
  return Array.from({ length: RELEASE_ADVERTS }, () => ({
    kind: 'send-advert' as const,
    priority: PRIORITY.RELEASE,
  }));
}

/** Silence counts from now. */
export function rearm(state: RouterState, now: number): RouterState {
  const masterDownAt = now + masterDown(state.priority, state.intervalUs);
  return { ...state, silentSince: now, masterDownAt, releaseHeardAt: 0 };
}

/** The fence opens at once; it closes again if the first advertisement cannot be sent. */
export function takeOver(state: RouterState, now: number, why: string): RouterStep {
  const { advertUs } = state.settings;
  const term = nextAfter(state.term, state.peer.term);
  const until = now + leaseTime(advertUs);
  return {
    state: {
      ...state,
      role: 'master',
      term,
      intervalUs: advertUs,
      masterSince: now,
      advertAt: now + advertUs,
      advertisedAt: now,
      leaseUntil: until,
      extensionUs: 0,
      unproven: true,
      announcedAt: now,
      contestedAt: 0,
      staleUntil: 0,
      offeringSince: 0,
      givingUntil: 0,
      stepsAside: false,
    },
    effects: [
      { kind: 'open-fence', until, term },
      { kind: 'send-advert', priority: state.priority },
      role('master', term, why),
      count('takeovers'),
    ],
  };
}

/** From master to backup: the fence shuts first, then a whole master-down interval of the new master's passes. */
export function yieldTo(
  before: RouterState,
  now: number,
  intervalUs: number,
  why: string,
  counts: readonly RouterEffect[] = [],
): RouterStep {
  const state: RouterState = {
    ...before,
    intervalUs,
    role: 'backup',
    leaseUntil: 0,
    extensionUs: 0,
    unproven: false,
    offeringSince: 0,
    givingUntil: 0,
    lowerSince: 0,
    strangeSince: 0,
    deferredSince: 0,
  };
  return {
    state: rearm(state, now),
    effects: [CLOSE_FENCE, role('backup', state.term, why), count('yields'), ...counts],
  };
}
