/**
 * The backup's half of a handover. Pure.
 *
 *     idle --offer--> preparing --all applied--> ready --release--> taking --all applied--> idle (take)
 *               |        |                         |
 *               +--------+-- refused --> idle      +-- no release in time --> idle (abandoned)
 *
 * "All applied": everything up to the sequence that the message names. After the release the other fence is
 * closed, so what is still missing then delays the take by {@link TAKE_BOUND} at most.
 */
import type { HandoverMessage, HandoverPhase } from '../wire/sync-message.ts';

/** Microseconds for what is on its way to arrive. */
export const PREPARE_BOUND = 200_000;
/** Longer than the giver may take to close its fence. */
export const RELEASE_BOUND = 1_500_000;
export const TAKE_BOUND = 20_000;

interface Exchange {
  readonly token: number;
  readonly from: number;
  readonly sequence: number;
  readonly until: number;
}

export type TakerState =
  /** `last` is the token of the exchange that ended in a take: its repeated release is no news. */
  | { readonly phase: 'idle'; readonly last?: number }
  | ({ readonly phase: 'preparing' | 'ready' | 'taking' } & Exchange);

/** What our table has of the giver's stream. */
export interface Progress {
  readonly synced: boolean;
  readonly upTo: number;
}

export type TakerEvent =
  | {
      readonly type: 'message';
      readonly from: number;
      readonly message: HandoverMessage;
      readonly progress: Progress;
      /** Why we do not want to be master now. */
      readonly unwilling?: string | undefined;
    }
  | { readonly type: 'tick'; readonly progress: Progress };

export type TakerEffect =
  | { readonly type: 'send'; readonly message: HandoverMessage }
  | { readonly type: 'take'; readonly from: number }
  | { readonly type: 'abandoned' };

export interface TakerStep {
  readonly state: TakerState;
  readonly effects: readonly TakerEffect[];
}

function answer(exchange: Exchange, phase: HandoverPhase, reason = ''): TakerEffect {
  const { token, from, sequence } = exchange;
  return { type: 'send', message: { kind: 'handover', phase, token, peer: from, sequence, reason } };
}

function prepare(exchange: Exchange, progress: Progress, now: number): TakerStep {
  const refuse = (reason: string): TakerStep => ({
    state: { phase: 'idle' },
    effects: [answer(exchange, 'refused', reason)],
  });
  if (!progress.synced) return refuse('the peer does not hold the whole table');
  if (progress.upTo >= exchange.sequence)
    return {
      state: { ...exchange, phase: 'ready', until: now + RELEASE_BOUND },
      effects: [answer(exchange, 'ready')],
    };
  if (now >= exchange.until) return refuse('records are still missing at the peer');
  return { state: { ...exchange, phase: 'preparing' }, effects: [] };
}

function take(exchange: Exchange, progress: Progress, now: number): TakerStep {
  if (progress.upTo < exchange.sequence && now < exchange.until)
    return { state: { ...exchange, phase: 'taking' }, effects: [] };
  return {
    state: { phase: 'idle', last: exchange.token },
    effects: [{ type: 'take', from: exchange.from }],
  };
}

function offered(state: TakerState, event: TakerEvent & { type: 'message' }, now: number): TakerStep {
  const { message, from, progress, unwilling } = event;
  const { token, sequence } = message;
  const fresh: Exchange = { token, from, sequence, until: now + PREPARE_BOUND };
  // Its fence is closed already: nothing may come between us and the take.
  if (state.phase === 'taking') return { state, effects: [] };
  if (state.phase === 'idle' && state.last === token) return { state, effects: [] };
  if (unwilling) return { state: { phase: 'idle' }, effects: [answer(fresh, 'refused', unwilling)] };
  // A repeat asks again for an answer that was lost; another token is a new attempt.
  if (state.phase !== 'idle' && state.token === token && state.from === from)
    return prepare(
      { ...fresh, until: state.phase === 'preparing' ? state.until : fresh.until },
      progress,
      now,
    );
  return prepare(fresh, progress, now);
}

export function stepTaker(state: TakerState, event: TakerEvent, now: number): TakerStep {
  if (event.type === 'message') {
    const { message, from } = event;
    if (message.phase === 'offer') return offered(state, event, now);
    // A process that was frozen reads old messages: the giver has its place back by then.
    const expected = state.phase === 'ready' && message.phase === 'release' && now < state.until;
    if (!expected || state.token !== message.token || state.from !== from) return { state, effects: [] };
    const { token, sequence } = message;
    return take({ token, from, sequence, until: now + TAKE_BOUND }, event.progress, now);
  }
  switch (state.phase) {
    case 'idle':
      return { state, effects: [] };
    case 'preparing':
      return prepare(state, event.progress, now);
    case 'ready':
      if (now < state.until) return { state, effects: [] };
      return { state: { phase: 'idle' }, effects: [{ type: 'abandoned' }] };
    case 'taking':
      return take(state, event.progress, now);
  }
}
