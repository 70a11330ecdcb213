import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REPLAY_WINDOW, ReplayWindow } from '../../src/sync/replay-window.ts';

test('a window agrees with a set that remembers everything', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -40, max: 40 }) },
    { weight: 2, arbitrary: fc.integer({ min: -1100, max: 1100 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 40 }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const window = new ReplayWindow();
      const seen = new Set<number>();
      let newest = 0;
      for (const delta of steps) {
        const counter = Math.max(0, newest + delta);
        const old = counter === 0 || counter <= newest - REPLAY_WINDOW;
        const expected = old ? 'behind' : seen.has(counter) ? 'seen' : 'fresh';
        expect(window.check(counter, 0)).toBe(expected);
        if (expected !== 'fresh') continue;
        window.accept(counter, 0);
        seen.add(counter);
        newest = Math.max(newest, counter);
      }
    }),
    { numRuns: 300 },
  );
});

test('asking about a counter does not mark it', () => {
  const window = new ReplayWindow();
  expect(window.check(5, 0)).toBe('fresh');
  expect(window.check(5, 0)).toBe('fresh');
});

test.each([1, 30, 250])(
  'what comes again a moment later is doubled, and later than that recorded (each %i ms)',
  (every) => {
    const window = new ReplayWindow();
    const ms = 1000;
    for (let counter = 1; counter <= 300; counter++) {
      const now = counter * every * ms;
      window.accept(counter, now);
      expect(window.check(counter, now + Math.min(every, 50) * ms)).toBe('seen');
      for (let old = Math.max(1, counter - 300); old < counter; old++)
        if ((counter - old) * every > 249)
          expect(window.check(old, now), `${old} of ${counter}`).toBe('behind');
      expect(window.check(counter, now + 200 * ms)).toBe('behind');
    }
  },
);
