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
        expect(window.check(counter)).toBe(expected);
        if (expected !== 'fresh') continue;
        window.accept(counter);
        seen.add(counter);
        newest = Math.max(newest, counter);
      }
    }),
    { numRuns: 300 },
  );
});

test('asking about a counter does not mark it', () => {
  const window = new ReplayWindow();
  expect(window.check(5)).toBe('fresh');
  expect(window.check(5)).toBe('fresh');
});
