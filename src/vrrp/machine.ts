/**
 * The virtual router (RFC 9568 section 6.4) with the rules of the fence: a master answers for the addresses
 * only under a lease, which an advertisement that left this host renews, and which ends before any backup
 * that heard that advertisement moves. Pure.
 */
import { backupHears, backupTimer, released } from './backup.ts';
import { LAST_LOOK } from './lease.ts';
import { barMaster, extend, masterHears, masterLearns, masterTimer, release, sent } from './master.ts';
import {
  NO_PEER,
  type RouterEvent,
  type RouterSettings,
  type RouterState,
  type RouterStep,
} from './router.ts';
import { CLOSE_FENCE, count, farewell, rearm, role, still, takeOver, yieldTo } from './steps.ts';
import { leaseTime, masterDown } from './timing.ts';
import { LONGEST_INTERVAL_US, PRIORITY } from './wire.ts';

/** Steps further apart than this many intervals were slept through. Below it lies ordinary jitter. */
const SLEEP_INTERVALS = 1.5;

/** A step that no caller may ask for: a mistake in the program. */
export class RouterMisuse extends Error {
  constructor(state: RouterState, event: RouterEvent) {
    super(`a virtual router in state "${state.role}" cannot take the event "${event.kind}"`);
    this.name = 'RouterMisuse';
  }
}

export function newRouter(settings: RouterSettings): RouterState {
  return {
    settings,
    role: 'init',
    priority: settings.priority,
    reach: 0,
    term: 0,
    intervalUs: settings.advertUs,
    silentSince: 0,
    masterDownAt: 0,
    masterSince: 0,
    advertAt: 0,
    leaseUntil: 0,
    extensionUs: 0,
    sentAt: 0,
    advertisedAt: 0,
    offeringSince: 0,
    unproven: false,
    announcedAt: 0,
    contestedSince: 0,
    contestedAt: 0,
    contestedUs: 0,
    givingUntil: 0,
    gaveAt: 0,
    staleUntil: 0,
    releaseHeardAt: 0,
    lowerSince: 0,
    askedAt: 0,
    strangeSince: 0,
    deferredSince: 0,
    stepsAside: false,
    barred: false,
    peer: NO_PEER,
    steppedAt: 0,
    wokeAt: 0,
  };
}

/**
 * When the machine wants its next `timer` at the latest. Never more than one interval ahead, so that the
 * machine can tell silence from its own sleep.
 */
export function deadline(state: RouterState): number {
  const awake = state.steppedAt + Math.min(state.intervalUs, state.settings.advertUs);
  if (state.role === 'backup') return Math.min(state.masterDownAt, awake);
  const lastLook = state.leaseUntil - LAST_LOOK * state.settings.advertUs;
  const lease = lastLook > state.steppedAt ? lastLook : state.leaseUntil;
  return Math.min(state.advertAt, lease, awake, state.givingUntil || Number.POSITIVE_INFINITY);
}

/** @throws RouterMisuse */
export function step(before: RouterState, event: RouterEvent, now: number): RouterStep {
  if ((before.role === 'init') !== (event.kind === 'startup')) throw new RouterMisuse(before, event);
  const woken = wake(before, now);
  const { state, effects } = react(woken.state, event, now);
  return { state: { ...state, steppedAt: now }, effects: [...woken.effects, ...effects] };
}

/** What the clock alone says, before anything else is looked at. */
function wake(state: RouterState, now: number): RouterStep {
  // Never renewed late: somebody else may be master since. RFC 9568 knows no such rule, SIGCONT needs it.
  if (state.role === 'master' && now >= state.leaseUntil) {
    return yieldTo({ ...state, wokeAt: now }, now, state.settings.advertUs, whyRanOut(state, now), [
      count('lapses'),
    ]);
  }
  const slept = now - state.steppedAt;
  const limit = SLEEP_INTERVALS * Math.min(state.intervalUs, state.settings.advertUs);
  // Silence while we slept is no silence of the master's: a suspended machine's packets are gone.
  if (state.role === 'backup' && slept > limit) {
    const silentSince = state.silentSince + slept;
    const masterDownAt = state.masterDownAt + slept;
    return { state: { ...state, silentSince, masterDownAt, wokeAt: now }, effects: [count('slept')] };
  }
  return { state, effects: [] };
}

/** A person must know where to look: at this host, or at the way to the other one. */
function whyRanOut({ steppedAt, peer, settings }: RouterState, now: number): string {
  const inMs = (us: number) => `${Math.round(us / 1000)} ms`;
  const late = now - steppedAt > SLEEP_INTERVALS * settings.advertUs;
  if (late) return `the lease ran out: this daemon stood still for ${inMs(now - steppedAt)}`;
  if (peer.advertHeardAt === 0) return 'the lease ran out';
  return `the lease ran out: the peer last heard us ${inMs(now - peer.advertHeardAt)} ago`;
}

function react(state: RouterState, event: RouterEvent, now: number): RouterStep {
  const master = state.role === 'master';
  switch (event.kind) {
    case 'startup':
      return startup(state, event.fence, now);
    case 'timer':
      return master ? masterTimer(state, now) : backupTimer(state, now);
    case 'advert':
      return master ? masterHears(state, event, now) : backupHears(state, event, now);
    case 'sent':
      return master ? sent(state, event, now) : still(state);
    case 'peer':
      return master
        ? masterLearns({ ...state, peer: event.view }, now)
        : still({ ...state, peer: event.view });
    case 'tracked':
      return still(tracked(state, event));
    case 'extend':
      return master ? extend(state, event.us, now) : still(state);
    case 'release':
      return master ? release(state, event.ordered, now) : still(state);
    case 'released':
      return master ? still(state) : released(state, now);
    case 'bar':
      return master ? barMaster(state, event.gently, now) : still({ ...state, barred: true });
    case 'unbar':
      return still({ ...(master ? state : rearm(state, now)), barred: false, givingUntil: 0 });
    case 'shutdown':
      return shutdown(state, event.handOver);
  }
}

function startup(before: RouterState, fence: { until: number; term: number }, now: number): RouterStep {
  const state = { ...before, term: fence.term };
  const left = fence.until - now;
  // Of a director that was configured without a router: no peer waits for its end.
  const absurd = left > leaseTime(LONGEST_INTERVAL_US);
  if (left > 0 && !absurd) {
    return {
      state: { ...state, role: 'master', leaseUntil: fence.until, advertAt: now, advertisedAt: 0 },
      effects: [count('adoptions'), role('master', state.term, 'a lease from before the restart still runs')],
    };
  }
  const { priority, preempt } = state.settings;
  if (priority === PRIORITY.OWNER && preempt === 'advertise')
    return takeOver(state, now, 'owner of the addresses');
  return {
    state: { ...rearm(state, now), role: 'backup' },
    effects: [...(absurd ? [CLOSE_FENCE] : []), role('backup', state.term, 'started')],
  };
}

/** The better a backup has become, the earlier it moves; the owner of the addresses stays what it is. */
function tracked(before: RouterState, { priority, reach }: { priority: number; reach: number }): RouterState {
  const state = { ...before, reach };
  if (priority === state.priority || state.settings.priority === PRIORITY.OWNER) return state;
  const earlier = masterDown(state.priority, state.intervalUs) - masterDown(priority, state.intervalUs);
  return { ...state, priority, masterDownAt: state.masterDownAt - earlier };
}

function shutdown(state: RouterState, handOver: boolean): RouterStep {
  const gone = role('init', state.term, 'stopped');
  const next = newRouter(state.settings);
  if (state.role !== 'master' || !handOver) return { state: next, effects: [gone] };
  return { state: next, effects: [CLOSE_FENCE, gone, ...farewell()] };
}
