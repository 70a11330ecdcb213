import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LagHistogram } from '../../src/sync/lag.ts';

test('percentiles are right to a sixteenth, the maximum exactly', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2 ** 31 }), { minLength: 1, maxLength: 300 }),
      (values) => {
        const histogram = new LagHistogram();
        for (const value of values) histogram.add(value);
        const sorted = values.toSorted((a, b) => a - b);
        const { p50, p99, max } = histogram.summary();
        expect(max).toBe((sorted.at(-1) ?? 0) / 1000);
        for (const [share, found] of [
          [0.5, p50],
          [0.99, p99],
        ] as const) {
          const exact = (sorted[Math.ceil(sorted.length * share) - 1] ?? 0) / 1000;
          expect(found).toBeGreaterThanOrEqual(exact);
          expect(found).toBeLessThanOrEqual(exact * (1 + 1 / 16));
        }
      },
    ),
  );
});

test('before the first measurement all are zero', () => {
  expect(new LagHistogram().summary()).toEqual({ p50: 0, p99: 0, max: 0 });
});
