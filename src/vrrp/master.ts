/** The master: advertises, holds the lease, and gives way. Pure. */
import { isLater, nextAfter } from '../model/serial.ts';
import { deafPeer, LAST_LOOK, leaseEnd } from './lease.ts';
import { authority, believedInterval, canTakeOver } from './peer.ts';
import type { RouterEvent, RouterState, RouterStep } from './router.ts';
import { andThen, count, farewell, still, yieldTo } from './steps.ts';
import { leaseTime, masterDown } from './timing.ts';
import { PRIORITY } from './wire.ts';

/** A contest repeats with every advertisement of the loser; the neighbours need not hear of each. */
const CONTEST_ANNOUNCE_US = 1_000_000;
/** A handover takes milliseconds; a peer that does not manage it in this time will not. */
const GIVE_BOUND_US = 500_000;
const GIVE_EVERY_US = 5_000_000;

type Advert = Extract<RouterEvent, { kind: 'advert' }>;

export function masterTimer(state: RouterState, now: number): RouterStep {
  if (state.givingUntil > 0 && now >= state.givingUntil) {
    return letGo(state, now, 'the peer did not take over in time');
  }
  const looked = lastLook(state, now);
  if (looked.state.role !== 'master') return looked;
  const { state: calm, effects } = calmed(looked.state, now);
  const before = [...looked.effects, ...effects];
  if (now < calm.advertAt) return { state: calm, effects: before };
  const advertised = advertise(calm, now);
  return { state: advertised.state, effects: [...before, ...advertised.effects] };
}

/** A word that came late may have made the lease short, and be too old to count by now. */
function lastLook(state: RouterState, now: number): RouterStep {
  const due = now >= state.leaseUntil - LAST_LOOK * state.settings.advertUs;
  return due && !state.unproven && state.sentAt > 0 ? renewed(state, now) : still(state);
}

/**
 * Once the loser of a contest is silent. What it said of the addresses before it heard us may have come later than what
 * we said; so they are announced again, for the last time.
 */
function calmed(state: RouterState, now: number): RouterStep {
  const { contestedAt, contestedUs, announcedAt, peer } = state;
  const over = now - contestedAt > 2 * contestedUs || (!peer.master && peer.at > contestedAt);
  if (contestedAt === 0 || !over || now - announcedAt < CONTEST_ANNOUNCE_US) return still(state);
  return { state: { ...state, contestedAt: 0, announcedAt: now }, effects: [{ kind: 'announce' }] };
}

function advertise(state: RouterState, now: number): RouterStep {
  const { advertUs } = state.settings;
  // From the slot, not from now, so that lateness does not add up; unless a whole slot was missed.
  const slot = state.advertAt + advertUs;
  const advertAt = slot > now && state.advertAt <= now ? slot : now + advertUs;
  return {
    state: { ...state, advertAt, advertisedAt: now },
    effects: [{ kind: 'send-advert', priority: state.priority }],
  };
}

export function sent(before: RouterState, event: { at: number; ok: boolean }, now: number): RouterStep {
  const { advertUs } = before.settings;
  if (!event.ok) {
    const failed = count('send_failures');
    if (!before.unproven) return { state: before, effects: [failed] };
    return yieldTo(before, now, advertUs, 'the first advertisement could not be sent', [failed]);
  }
  const state = { ...before, sentAt: event.at };
  const { effects, state: leased } = renewed({ ...state, unproven: false }, now);
  return { state: leased, effects: state.unproven ? [...effects, { kind: 'announce' }] : effects };
}

/** Also when the end is earlier than what was: a daemon with a longer interval left it, or the peer has moved on. */
function renewed(state: RouterState, now: number): RouterStep {
  const leaseUntil = leaseEnd(state, now);
  if (leaseUntil <= now) {
    return yieldTo({ ...state, wokeAt: now }, now, state.settings.advertUs, 'the peer does not hear us', [
      count('lapses'),
    ]);
  }
  if (leaseUntil === state.leaseUntil) return still(state);
  return {
    state: { ...state, leaseUntil },
    effects: [{ kind: 'open-fence', until: leaseUntil, term: state.term }],
  };
}

export function masterHears(state: RouterState, advert: Advert, now: number): RouterStep {
  if (advert.priority === PRIORITY.RELEASE)
    return mayAnswer(state, now) ? advertise(state, now) : still(state);
  const tie = advert.priority === state.priority;
  if (tie && advert.outranks === undefined) return still(state);
  const wins = advert.priority > state.priority || (tie && advert.outranks === true);
  if (!wins) return contested(state, advert, now);
  if (now < state.staleUntil) return { state, effects: [count('stale')] };
  // The peer would say so of itself on the sync path, a moment later at most.
  if (authority(state, now) && !state.peer.master) return { state, effects: [count('strange')] };
  const intervalUs = believedInterval(state, advert.intervalUs, now);
  return yieldTo(state, now, intervalUs, `a router of priority ${advert.priority} is master`);
}

/** Longer when the peer has been told; shorter before it is. */
export function extend(before: RouterState, us: number, now: number): RouterStep {
  const state = { ...before, extensionUs: us };
  if (us > 0) return state.sentAt > 0 ? renewed(state, now) : still(state);
  if (before.extensionUs === 0) return still(state);
  const leaseUntil = Math.min(before.leaseUntil, now + leaseTime(state.settings.advertUs));
  const told = advertise({ ...state, leaseUntil }, now);
  return {
    state: told.state,
    effects: [{ kind: 'open-fence', until: leaseUntil, term: state.term }, ...told.effects],
  };
}

/** What the peer says of itself on the sync path. */
export function masterLearns(state: RouterState, now: number): RouterStep {
  const { peer } = state;
  if (peer.master && peer.at > state.masterSince && peer.leaseUntil > now) return rival(state, now);
  return andThen(raised(state), (next) => learn(next, now));
}

/**
 * The peer was master beside us, took over last, or as often as we, and has lost: from now on what we say of
 * connections is newer than all that it said.
 */
function raised(state: RouterState): RouterStep {
  if (isLater(state.term, state.peer.term)) return still(state);
  const term = nextAfter(state.term, state.peer.term);
  return { state: { ...state, term }, effects: [{ kind: 'open-fence', until: state.leaseUntil, term }] };
}

function learn(before: RouterState, now: number): RouterStep {
  const { peer } = before;
  const deaf = deafPeer(before, now);
  const state = { ...before, offeringSince: deaf ? before.offeringSince || now : 0 };
  // An adopted lease stands until we have advertised ourselves.
  if (state.unproven || state.sentAt === 0) return still(state);
  const lease = renewed(state, now);
  if (lease.state.role !== 'master') return lease;
  if (!deaf || !canTakeOver(state, now) || peer.reach <= state.reach || recentlyGave(state, now))
    return lease;
  const why = `it does not hear us, and reaches ${peer.reach} of what is tracked, we ${state.reach}`;
  return andThen(lease, (leased) => give(leased, now, why));
}

/** Both are master, and the sync path tells us so. */
function rival(state: RouterState, now: number): RouterStep {
  const { peer, priority } = state;
  const wins = peer.priority > priority || (peer.priority === priority && peer.outranks);
  if (!wins) return andThen(raised(state), (next) => contested(next, peer, now));
  if (now < state.staleUntil) return { state, effects: [count('stale')] };
  const intervalUs = peer.intervalUs || state.settings.advertUs;
  return yieldTo(state, now, intervalUs, `the peer, of priority ${peer.priority}, is master`);
}

/**
 * RFC 9568 answers every release and every losing advertisement at once. A quarter of an interval between two answers
 * is soon enough for the other one, and keeps a flood from being answered with a flood.
 */
function mayAnswer({ advertisedAt, settings }: RouterState, now: number): boolean {
  return now - advertisedAt >= settings.advertUs / 4;
}

function contested(
  before: RouterState,
  other: { readonly priority: number; readonly intervalUs: number },
  now: number,
): RouterStep {
  const { advertUs } = before.settings;
  const intervalUs = believedInterval(before, other.intervalUs, now);
  const fresh = now - before.contestedAt > 2 * intervalUs;
  const contestedSince = fresh ? now : before.contestedSince;
  const state = { ...before, contestedAt: now, contestedUs: intervalUs, contestedSince };
  const patience = masterDown(state.priority, Math.max(advertUs, intervalUs));
  // Whoever loses for so long does not hear us; RFC 9568 would let both go on for ever. We hear it, so it
  // can be the one master and we cannot. Unless our peer is no master: then it is a stranger.
  const peerIsBackup = !state.peer.master && now - state.peer.at < patience;
  if (now - state.contestedSince > patience && !peerIsBackup) {
    const why = `a router of priority ${other.priority} is master and does not hear us`;
    return yieldTo(state, now, intervalUs, why, [count('unheard')]);
  }
  if (!mayAnswer(state, now)) return { state, effects: [count('contested')] };
  const answer = advertise({ ...state, advertAt: now }, now);
  const effects = [count('contested'), ...answer.effects];
  // The neighbours may have believed the loser: after a split heals, say again where the addresses are.
  if (now - state.announcedAt < CONTEST_ANNOUNCE_US) return { state: answer.state, effects };
  return { state: { ...answer.state, announcedAt: now }, effects: [...effects, { kind: 'announce' }] };
}

const recentlyGave = ({ gaveAt }: RouterState, now: number) => gaveAt > 0 && now - gaveAt < GIVE_EVERY_US;

function give(state: RouterState, now: number, why: string): RouterStep {
  return {
    state: { ...state, gaveAt: now },
    effects: [count('gave'), { kind: 'give-handover', why }],
  };
}

export function release(before: RouterState, ordered: boolean, now: number): RouterStep {
  const { state, effects } = yieldTo(before, now, before.settings.advertUs, 'handed over');
  const { priority, settings } = state;
  // The peer needs at most one master-down interval to move; we do not compete for twice as long.
  const masterDownAt = now + 2 * masterDown(priority, settings.advertUs);
  const staleUntil = now + settings.advertUs;
  return {
    state: { ...state, masterDownAt, staleUntil, stepsAside: ordered },
    effects: [...effects, ...farewell()],
  };
}

/** This director must not be master. */
export function barMaster(state: RouterState, gently: boolean, now: number): RouterStep {
  const barred = { ...state, barred: true };
  if (!gently || !canTakeOver(state, now)) return letGo(barred, now, 'this director must not be master now');
  return give({ ...barred, givingUntil: now + GIVE_BOUND_US }, now, 'this director must not be master now');
}

function letGo(before: RouterState, now: number, why: string): RouterStep {
  const { state, effects } = yieldTo(before, now, before.settings.advertUs, why);
  return { state, effects: [...effects, ...farewell()] };
}
