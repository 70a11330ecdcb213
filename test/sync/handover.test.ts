import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SyncStateError } from '../../src/sync/error.ts';
import {
  CLOSE_BOUND,
  type GiverEffect,
  type GiverEvent,
  type GiverState,
  OFFER_BOUND,
  OFFER_EVERY,
  RELEASES,
  stepGiver,
} from '../../src/sync/handover-giver.ts';
import {
  PREPARE_BOUND,
  type Progress,
  RELEASE_BOUND,
  stepTaker,
  TAKE_BOUND,
  type TakerEffect,
  type TakerEvent,
  type TakerState,
} from '../../src/sync/handover-taker.ts';
import type { HandoverMessage } from '../../src/wire/sync-message.ts';

const [GIVER, TAKER, TOKEN] = [1, 2, 77];
const ALL: Progress = { synced: true, upTo: 9 };

class Giver {
  state: GiverState = { phase: 'idle' };
  readonly effects: GiverEffect[] = [];
  step(event: GiverEvent, now: number): readonly GiverEffect[] {
    const { state, effects } = stepGiver(this.state, event, now);
    this.state = state;
    this.effects.push(...effects);
    return effects;
  }
}

class Taker {
  state: TakerState = { phase: 'idle' };
  readonly effects: TakerEffect[] = [];
  step(event: TakerEvent, now: number): readonly TakerEffect[] {
    const { state, effects } = stepTaker(this.state, event, now);
    this.state = state;
    this.effects.push(...effects);
    return effects;
  }
}

function message(phase: HandoverMessage['phase'], sequence = 9, token = TOKEN): HandoverMessage {
  return { kind: 'handover', phase, token, peer: 0, sequence, reason: '' };
}

const start = { type: 'start', token: TOKEN, peer: TAKER, sequence: 9 } as const;
const ready = { type: 'message', from: TAKER, message: message('ready') } as const;

function offer(progress: Progress, unwilling?: string): TakerEvent {
  return { type: 'message', from: GIVER, message: message('offer'), progress, unwilling };
}

function phases(effects: readonly (GiverEffect | TakerEffect)[]): string[] {
  return effects.map((effect) => (effect.type === 'send' ? effect.message.phase : effect.type));
}

describe('the giver', () => {
  test('offers every 5 ms until the peer is ready, then closes its fence', () => {
    const giver = new Giver();
    expect(phases(giver.step(start, 0))).toEqual(['offer']);
    expect(phases(giver.step({ type: 'tick' }, OFFER_EVERY - 1))).toEqual([]);
    expect(phases(giver.step({ type: 'tick' }, OFFER_EVERY))).toEqual(['offer']);
    expect(phases(giver.step(ready, OFFER_EVERY))).toEqual(['close-fence']);
  });

  test('says release only after the fence is closed, and repeats it', () => {
    const giver = new Giver();
    giver.step(start, 0);
    giver.step(ready, 0);
    expect(phases(giver.step({ type: 'tick' }, OFFER_EVERY))).toEqual([]);
    expect(phases(giver.step({ type: 'closed', sequence: 12 }, 0))).toEqual(['release', 'released']);
    for (let n = 1; n < 30; n++) giver.step({ type: 'tick' }, n * OFFER_EVERY);
    const releases = giver.effects.filter(
      (effect) => effect.type === 'send' && effect.message.sequence === 12,
    );
    expect(phases(releases)).toEqual(new Array(RELEASES).fill('release'));
    expect(giver.state.phase).toBe('idle');
  });

  test('stays master when nobody answers', () => {
    const giver = new Giver();
    giver.step(start, 0);
    expect(giver.step({ type: 'tick' }, OFFER_BOUND)).toEqual([
      { type: 'failed', reason: 'no answer from the peer' },
    ]);
  });

  test('stays master when the peer refuses, and says why', () => {
    const giver = new Giver();
    giver.step(start, 0);
    const refused = { ...message('refused'), reason: 'records are missing' };
    expect(giver.step({ type: 'message', from: TAKER, message: refused }, 0)).toEqual([
      { type: 'failed', reason: 'records are missing' },
    ]);
  });

  test('stays master when it reads the answer too late', () => {
    const giver = new Giver();
    giver.step(start, 0);
    expect(phases(giver.step(ready, OFFER_BOUND))).toEqual(['failed']);
  });

  test('fails when its own fence does not close', () => {
    const giver = new Giver();
    giver.step(start, 0);
    giver.step(ready, 0);
    expect(phases(giver.step({ type: 'tick' }, CLOSE_BOUND))).toEqual(['failed']);
  });

  test.each([
    ['another token', { ...ready, message: message('ready', 9, 78) }],
    ['another director', { ...ready, from: 3 }],
  ])('does not take an answer of %s for its own', (_name, event) => {
    const giver = new Giver();
    giver.step(start, 0);
    expect(giver.step(event, 0)).toEqual([]);
  });

  test('cannot be told twice to start, nor that a fence closed that it did not ask for', () => {
    const giver = new Giver();
    giver.step(start, 0);
    expect(() => giver.step(start, 0)).toThrow(SyncStateError);
    expect(() => giver.step({ type: 'closed', sequence: 9 }, 0)).toThrow(/"closed".*"offering"/);
  });
});

describe('the taker', () => {
  test('is ready when it has everything', () => {
    expect(phases(new Taker().step(offer(ALL), 0))).toEqual(['ready']);
  });

  test('waits for what is on its way', () => {
    const taker = new Taker();
    expect(taker.step(offer({ synced: true, upTo: 8 }), 0)).toEqual([]);
    expect(phases(taker.step({ type: 'tick', progress: ALL }, 5))).toEqual(['ready']);
  });

  test('refuses when it does not come, whatever the repeats of the offer', () => {
    const taker = new Taker();
    const behind = { synced: true, upTo: 8 };
    taker.step(offer(behind), 0);
    taker.step(offer(behind), PREPARE_BOUND - 1);
    expect(taker.step({ type: 'tick', progress: behind }, PREPARE_BOUND)).toMatchObject([
      { type: 'send', message: { phase: 'refused', reason: 'records are still missing at the peer' } },
    ]);
  });

  test('refuses when it lacks part of the table', () => {
    expect(phases(new Taker().step(offer({ synced: false, upTo: 9 }), 0))).toEqual(['refused']);
  });

  test('refuses when it does not want to be master', () => {
    expect(new Taker().step(offer(ALL, 'a target is down'), 0)).toMatchObject([
      { message: { phase: 'refused', reason: 'a target is down' } },
    ]);
  });

  test('answers again when its answer was lost', () => {
    const taker = new Taker();
    taker.step(offer(ALL), 0);
    expect(phases(taker.step(offer(ALL), 5000))).toEqual(['ready']);
  });

  test('does not take without a release that it was ready for', () => {
    const taker = new Taker();
    const release: TakerEvent = { type: 'message', from: GIVER, message: message('release'), progress: ALL };
    expect(taker.step(release, 0)).toEqual([]);
    taker.step(offer({ synced: true, upTo: 1 }), 0);
    expect(taker.step(release, 0)).toEqual([]);
  });

  test('takes without the last records when they do not come: the other fence is closed', () => {
    const taker = new Taker();
    taker.step(offer(ALL), 0);
    const release: TakerEvent = {
      type: 'message',
      from: GIVER,
      message: message('release', 10),
      progress: ALL,
    };
    expect(taker.step(release, 0)).toEqual([]);
    expect(taker.step({ type: 'tick', progress: ALL }, TAKE_BOUND - 1)).toEqual([]);
    expect(phases(taker.step({ type: 'tick', progress: ALL }, TAKE_BOUND))).toEqual(['take']);
  });

  test('does not take on a release that it reads too late', () => {
    const taker = new Taker();
    taker.step(offer(ALL), 0);
    const release: TakerEvent = { type: 'message', from: GIVER, message: message('release'), progress: ALL };
    expect(taker.step(release, RELEASE_BOUND)).toEqual([]);
  });

  test('gives up when no release comes', () => {
    const taker = new Taker();
    taker.step(offer(ALL), 0);
    expect(phases(taker.step({ type: 'tick', progress: ALL }, RELEASE_BOUND))).toEqual(['abandoned']);
  });
});

test('over any lossy link nobody takes before the fence is closed, and never twice', () => {
  const losses = fc.infiniteStream(fc.boolean());
  const closing = fc.integer({ min: 0, max: 60 });
  fc.assert(
    fc.property(losses, fc.integer({ min: 0, max: 3 }), closing, (lost, hardness, closesAfter) => {
      const [giver, taker] = [new Giver(), new Taker()];
      const drop = () => Array.from({ length: hardness }, () => lost.next().value).some(Boolean);
      let closeAt = Number.POSITIVE_INFINITY;
      let closed = false;
      let takes = 0;
      const carry = (effects: readonly (GiverEffect | TakerEffect)[], now: number): void => {
        for (const effect of effects) {
          if (effect.type === 'close-fence') closeAt = now + closesAfter * 1000;
          if (effect.type === 'take') {
            takes++;
            expect(closed).toBe(true);
          }
          if (effect.type !== 'send' || drop()) continue;
          const { message: sent } = effect;
          if (sent.phase === 'offer' || sent.phase === 'release')
            carry(taker.step({ type: 'message', from: GIVER, message: sent, progress: ALL }, now), now);
          else carry(giver.step({ type: 'message', from: TAKER, message: sent }, now), now);
        }
      };
      carry(giver.step(start, 0), 0);
      for (let now = 1000; now < 2_500_000; now += 1000) {
        if (now >= closeAt && !closed) {
          closed = true;
          carry(giver.step({ type: 'closed', sequence: 9 }, now), now);
        }
        carry(giver.step({ type: 'tick' }, now), now);
        carry(taker.step({ type: 'tick', progress: ALL }, now), now);
      }
      expect(takes).toBeLessThanOrEqual(1);
      if (hardness === 0) expect(takes).toBe(1);
      expect(giver.state.phase).toBe('idle');
    }),
    { numRuns: 60 },
  );
});
