/**
 * The master's half of a handover. Pure.
 *
 *     idle --start--> offering --ready--> closing --closed--> releasing --> idle
 *                        |                   |
 *                        +-- refused, or no answer in time --> idle (failed)
 *
 * Until `close-fence` nothing has changed, so every failure before it leaves the master as it was. The
 * release is repeated because its loss would leave nobody answering until the peer's timers notice.
 */
import type { HandoverMessage } from '../wire/sync-message.ts';
import { SyncStateError } from './error.ts';

/** Microseconds between repeats: several fit into the loss of one datagram that nobody should notice. */
export const OFFER_EVERY = 5_000;
/** The peer only has to apply what is already on its way. */
export const OFFER_BOUND = 500_000;
/** The fence closes in our own process. */
export const CLOSE_BOUND = 1_000_000;
export const RELEASES = 10;

export type GiverState =
  | { readonly phase: 'idle' }
  | {
      readonly phase: 'offering';
      readonly token: number;
      readonly peer: number;
      readonly sequence: number;
      readonly nextAt: number;
      readonly until: number;
    }
  | { readonly phase: 'closing'; readonly token: number; readonly peer: number; readonly until: number }
  | {
      readonly phase: 'releasing';
      readonly token: number;
      readonly peer: number;
      readonly sequence: number;
      readonly nextAt: number;
      readonly left: number;
    };

export type GiverEvent =
  /** Records up to `sequence` are sent. */
  | { readonly type: 'start'; readonly token: number; readonly peer: number; readonly sequence: number }
  | { readonly type: 'message'; readonly from: number; readonly message: HandoverMessage }
  /** The fence is closed, and what the plane emitted until then is sent. */
  | { readonly type: 'closed'; readonly sequence: number }
  | { readonly type: 'tick' };

export type GiverEffect =
  | { readonly type: 'send'; readonly message: HandoverMessage }
  | { readonly type: 'close-fence' }
  | { readonly type: 'released' }
  | { readonly type: 'failed'; readonly reason: string };

export interface GiverStep {
  readonly state: GiverState;
  readonly effects: readonly GiverEffect[];
}

const IDLE: GiverState = { phase: 'idle' };

function failed(reason: string): GiverStep {
  return { state: IDLE, effects: [{ type: 'failed', reason }] };
}

function send(
  state: { token: number; peer: number; sequence: number },
  phase: 'offer' | 'release',
): GiverEffect {
  const { token, peer, sequence } = state;
  return { type: 'send', message: { kind: 'handover', phase, token, peer, sequence, reason: '' } };
}

function tick(state: GiverState, now: number): GiverStep {
  const none = { state, effects: [] };
  switch (state.phase) {
    case 'idle':
      return none;
    case 'offering':
      if (now >= state.until) return failed('no answer from the peer');
      if (now < state.nextAt) return none;
      return { state: { ...state, nextAt: now + OFFER_EVERY }, effects: [send(state, 'offer')] };
    case 'closing':
      return now < state.until ? none : failed('the fence did not close');
    case 'releasing': {
      if (now < state.nextAt) return none;
      const left = state.left - 1;
      const next = left > 0 ? { ...state, left, nextAt: now + OFFER_EVERY } : IDLE;
      return { state: next, effects: [send(state, 'release')] };
    }
  }
}

/** @throws SyncStateError when `start` or `closed` comes where it cannot */
export function stepGiver(state: GiverState, event: GiverEvent, now: number): GiverStep {
  switch (event.type) {
    case 'start': {
      if (state.phase !== 'idle' && state.phase !== 'releasing')
        throw new SyncStateError(state.phase, event.type);
      const { token, peer, sequence } = event;
      const next = { token, peer, sequence, nextAt: now, until: now + OFFER_BOUND };
      return tick({ phase: 'offering', ...next }, now);
    }
    case 'closed': {
      if (state.phase !== 'closing') throw new SyncStateError(state.phase, event.type);
      const { token, peer } = state;
      const next = { token, peer, sequence: event.sequence, nextAt: now, left: RELEASES };
      const { state: sent, effects } = tick({ phase: 'releasing', ...next }, now);
      return { state: sent, effects: [...effects, { type: 'released' }] };
    }
    case 'message': {
      // Late and repeated answers are the network's way; only the answer to this offer counts.
      const { message, from } = event;
      if (state.phase !== 'offering' || message.token !== state.token || from !== state.peer)
        return { state, effects: [] };
      if (now >= state.until) return tick(state, now);
      if (message.phase === 'refused') return failed(message.reason || 'the peer refused');
      if (message.phase !== 'ready') return { state, effects: [] };
      const { token, peer } = state;
      return {
        state: { phase: 'closing', token, peer, until: now + CLOSE_BOUND },
        effects: [{ type: 'close-fence' }],
      };
    }
    case 'tick':
      return tick(state, now);
  }
}
