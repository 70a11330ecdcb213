/**
 * The virtual router (RFC 9568 section 6.4) with the rules of the fence: a master answers for the addresses
 * only under a lease, which an advertisement that left this host renews, and which ends before any backup
 * that heard that advertisement moves. Pure.
 */
import { nextAfter } from '../model/serial.ts';
import {
  NO_PEER,
  type RouterCount,
  type RouterEffect,
  type RouterEvent,
  type RouterSettings,
  type RouterState,
  type RouterStep,
} from './router.ts';
import { leaseTime, masterDown, skew } from './timing.ts';
import { LONGEST_INTERVAL_US, PRIORITY } from './wire.ts';

/** One may be lost; more say nothing new. */
const RELEASE_ADVERTS = 3;
/** A contest repeats with every advertisement of the loser; the neighbours need not hear of each. */
const CONTEST_ANNOUNCE_US = 1_000_000;
/** Steps further apart than this many intervals were slept through. Below it lies ordinary jitter. */
const SLEEP_INTERVALS = 1.5;

const CLOSE_FENCE = { kind: 'close-fence' } as const;

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
    term: 0,
    intervalUs: settings.advertUs,
    masterDownAt: 0,
    advertAt: 0,
    leaseUntil: 0,
    advertisedAt: 0,
    unproven: false,
    announcedAt: 0,
    contestedSince: 0,
    contestedAt: 0,
    staleUntil: 0,
    releaseHeardAt: 0,
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
  return Math.min(state.advertAt, state.leaseUntil, awake);
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
    return yieldTo({ ...state, wokeAt: now }, now, state.settings.advertUs, 'the lease ran out', [
      count('lapses'),
    ]);
  }
  const slept = now - state.steppedAt;
  const limit = SLEEP_INTERVALS * Math.min(state.intervalUs, state.settings.advertUs);
  // Silence while we slept is no silence of the master's: a suspended machine's packets are gone.
  if (state.role === 'backup' && slept > limit) {
    const masterDownAt = state.masterDownAt + slept;
    return { state: { ...state, masterDownAt, wokeAt: now }, effects: [count('slept')] };
  }
  return { state, effects: [] };
}

function react(state: RouterState, event: RouterEvent, now: number): RouterStep {
  switch (event.kind) {
    case 'startup':
      return startup(state, event.fence, now);
    case 'timer':
      return state.role === 'master' ? masterTimer(state, now) : backupTimer(state, now);
    case 'advert':
      return state.role === 'master' ? masterHears(state, event, now) : backupHears(state, event, now);
    case 'sent':
      return sent(state, event, now);
    case 'peer':
      return { state: { ...state, peer: event.view }, effects: [] };
    case 'release':
      return state.role === 'master' ? release(state, now) : still(state);
    case 'released':
      return released(state, now);
    case 'bar':
      return bar(state, now);
    case 'unbar':
      return { state: { ...rearm(state, now), barred: false }, effects: [] };
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
  if (priority === PRIORITY.OWNER && preempt) return takeOver(state, now, 'owner of the addresses');
  return {
    state: { ...rearm(state, now), role: 'backup' },
    effects: [...(absurd ? [CLOSE_FENCE] : []), role('backup', state.term, 'started')],
  };
}

function backupTimer(state: RouterState, now: number): RouterStep {
  if (now < state.masterDownAt) return still(state);
  if (state.barred) return still(rearm(state, now));
  const heardOf = hearsayDownAt(state);
  if (heardOf > now) return { state: { ...state, masterDownAt: heardOf }, effects: [count('held')] };
  const released = state.masterDownAt - state.releaseHeardAt < 3 * state.intervalUs;
  const why = released ? 'the master gave the addresses up' : 'no advertisement for a master-down interval';
  return takeOver(state, now, why);
}

/**
 * When silence would have lasted long enough if we had heard the advertisement that the peer's lease counts
 * from: the sync path told us of that lease. 0 without one. Bounded: hearsay must not hold us for long.
 */
function hearsayDownAt({ peer, intervalUs, releaseHeardAt, settings }: RouterState): number {
  if (!peer.master || peer.at <= releaseHeardAt) return 0;
  const lease = leaseTime(intervalUs);
  const leaseUntil = Math.min(peer.leaseUntil, peer.at + lease);
  // Over before it was told: a master that is just giving up.
  if (leaseUntil <= peer.at) return 0;
  return leaseUntil - lease + masterDown(settings.priority, intervalUs);
}

function takeOver(state: RouterState, now: number, why: string): RouterStep {
  const { advertUs, priority } = state.settings;
  const term = nextAfter(state.term, state.peer.term);
  const until = now + leaseTime(advertUs);
  return {
    state: {
      ...state,
      role: 'master',
      term,
      intervalUs: advertUs,
      advertAt: now + advertUs,
      advertisedAt: now,
      leaseUntil: until,
      unproven: true,
      announcedAt: now,
      contestedAt: 0,
      staleUntil: 0,
    },
    effects: [
      { kind: 'open-fence', until, term },
      { kind: 'send-advert', priority },
      role('master', term, why),
      count('takeovers'),
    ],
  };
}

function masterTimer(state: RouterState, now: number): RouterStep {
  return now < state.advertAt ? still(state) : advertise(state, now);
}

function advertise(state: RouterState, now: number): RouterStep {
  const { advertUs, priority } = state.settings;
  // From the slot, not from now, so that lateness does not add up; unless a whole slot was missed.
  const slot = state.advertAt + advertUs;
  const advertAt = slot > now && state.advertAt <= now ? slot : now + advertUs;
  return { state: { ...state, advertAt, advertisedAt: now }, effects: [{ kind: 'send-advert', priority }] };
}

function sent(state: RouterState, event: { at: number; ok: boolean }, now: number): RouterStep {
  if (state.role !== 'master') return still(state);
  const { advertUs } = state.settings;
  if (!event.ok) {
    const failed = count('send_failures');
    if (!state.unproven) return { state, effects: [failed] };
    return yieldTo(state, now, advertUs, 'the first advertisement could not be sent', [failed]);
  }
  // Also when that is shorter than what a daemon with a longer interval left.
  const leaseUntil = event.at + leaseTime(advertUs);
  const open: RouterEffect = { kind: 'open-fence', until: leaseUntil, term: state.term };
  return {
    state: { ...state, leaseUntil, unproven: false },
    effects: state.unproven ? [open, { kind: 'announce' }] : [open],
  };
}

type Advert = Extract<RouterEvent, { kind: 'advert' }>;

function backupHears(state: RouterState, advert: Advert, now: number): RouterStep {
  const { priority, preempt } = state.settings;
  if (advert.priority === PRIORITY.RELEASE) {
    // The farewell of the handover before ours, overtaken by it.
    if (now < state.staleUntil) return { state, effects: [count('stale')] };
    const masterDownAt = now + skew(priority, state.intervalUs);
    return still({ ...state, masterDownAt, releaseHeardAt: now });
  }
  if (preempt && advert.priority < priority) return still(state);
  return still(rearm({ ...state, intervalUs: advert.intervalUs }, now));
}

function masterHears(state: RouterState, advert: Advert, now: number): RouterStep {
  const { priority } = state.settings;
  if (advert.priority === PRIORITY.RELEASE)
    return mayAnswer(state, now) ? advertise(state, now) : still(state);
  const wins = advert.priority > priority || (advert.priority === priority && advert.source > advert.own);
  if (wins && now < state.staleUntil) return { state, effects: [count('stale')] };
  if (wins)
    return yieldTo(state, now, advert.intervalUs, `a router of priority ${advert.priority} is master`);
  return contested(state, advert, now);
}

/**
 * RFC 9568 answers every release and every losing advertisement at once. A quarter of an interval between two answers
 * is soon enough for the other one, and keeps a flood from being answered with a flood.
 */
function mayAnswer({ advertisedAt, settings }: RouterState, now: number): boolean {
  return now - advertisedAt >= settings.advertUs / 4;
}

function contested(before: RouterState, advert: Advert, now: number): RouterStep {
  const { priority, advertUs } = before.settings;
  const fresh = now - before.contestedAt > 2 * advert.intervalUs;
  const state = { ...before, contestedAt: now, contestedSince: fresh ? now : before.contestedSince };
  const patience = masterDown(priority, Math.max(advertUs, advert.intervalUs));
  // Whoever loses for so long does not hear us; RFC 9568 would let both go on for ever. We hear it, so it
  // can be the one master and we cannot. Unless our peer is no master: then it is a stranger.
  const peerIsBackup = !state.peer.master && now - state.peer.at < patience;
  if (now - state.contestedSince > patience && !peerIsBackup) {
    const why = `a router of priority ${advert.priority} is master and does not hear us`;
    return yieldTo(state, now, advert.intervalUs, why, [count('unheard')]);
  }
  if (!mayAnswer(state, now)) return { state, effects: [count('contested')] };
  const answer = advertise({ ...state, advertAt: now }, now);
  const effects = [count('contested'), ...answer.effects];
  // The neighbours may have believed the loser: after a split heals, say again where the addresses are.
  if (now - state.announcedAt < CONTEST_ANNOUNCE_US) return { state: answer.state, effects };
  return { state: { ...answer.state, announcedAt: now }, effects: [...effects, { kind: 'announce' }] };
}

function release(before: RouterState, now: number): RouterStep {
  const { state, effects } = yieldTo(before, now, before.settings.advertUs, 'handed over');
  const { priority, advertUs } = state.settings;
  // The peer needs at most one master-down interval to move; we do not compete for twice as long.
  const masterDownAt = now + 2 * masterDown(priority, advertUs);
  const staleUntil = now + advertUs;
  return { state: { ...state, masterDownAt, staleUntil }, effects: [...effects, ...farewell()] };
}

function released(state: RouterState, now: number): RouterStep {
  if (state.role === 'master' || state.barred) return still(state);
  // It may have waited while we slept, until the peer gave up on us and took the addresses back.
  if (now - state.wokeAt < state.intervalUs) return { state, effects: [count('stale')] };
  const { state: next, effects } = takeOver(state, now, 'the peer handed over');
  // The sync path may be faster than the advertisements that the peer sent before it let go.
  return { state: { ...next, staleUntil: now + state.settings.advertUs }, effects };
}

function bar(state: RouterState, now: number): RouterStep {
  if (state.role !== 'master') return still({ ...state, barred: true });
  const why = 'this director must not be master now';
  const { state: next, effects } = yieldTo(state, now, state.settings.advertUs, why);
  return { state: { ...next, barred: true }, effects: [...effects, ...farewell()] };
}

function shutdown(state: RouterState, handOver: boolean): RouterStep {
  const gone = role('init', state.term, 'stopped');
  const next = newRouter(state.settings);
  if (state.role !== 'master' || !handOver) return { state: next, effects: [gone] };
  return { state: next, effects: [CLOSE_FENCE, gone, ...farewell()] };
}

/** From master to backup: the fence shuts first, then a whole master-down interval of the new master's passes. */
function yieldTo(
  state: RouterState,
  now: number,
  intervalUs: number,
  why: string,
  counts: readonly RouterEffect[] = [],
): RouterStep {
  return {
    state: { ...rearm({ ...state, intervalUs }, now), role: 'backup', leaseUntil: 0, unproven: false },
    effects: [CLOSE_FENCE, role('backup', state.term, why), count('yields'), ...counts],
  };
}

function rearm(state: RouterState, now: number): RouterState {
  return { ...state, masterDownAt: now + masterDown(state.settings.priority, state.intervalUs) };
}

function farewell(): RouterEffect[] {
  return Array.from({ length: RELEASE_ADVERTS }, () => ({
    kind: 'send-advert' as const,
    priority: PRIORITY.RELEASE,
  }));
}

function still(state: RouterState): RouterStep {
  return { state, effects: [] };
}

function count(name: RouterCount): RouterEffect {
  return { kind: 'count', name };
}

function role(name: RouterState['role'], term: number, why: string): RouterEffect {
  return { kind: 'role', role: name, term, why };
}
