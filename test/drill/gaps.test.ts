import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestGap, outageMs } from '../../src/drill/gaps.ts';

test('the longest silence is found with its place', () => {
  expect(longestGap([0, 1, 2, 50, 51, 60])).toEqual({ from: 2, to: 50, ms: 48 });
});

test('fewer than two answers have no silence between them', () => {
  expect(longestGap([])).toEqual({ from: 0, to: 0, ms: 0 });
  expect(longestGap([7])).toEqual({ from: 0, to: 0, ms: 0 });
});

test('a stream without a missing answer has no outage', () => {
  expect(outageMs([0, 1, 2, 3])).toBe(0);
  expect(outageMs([0, 0.4, 0.9])).toBe(0);
});

test('three missing answers are an outage of three milliseconds', () => {
  expect(outageMs([10, 11, 15, 16])).toBe(3);
});

test('no gap is longer than the longest, and it lies between two neighbours', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 2 }), (values) => {
      const times = values.toSorted((a, b) => a - b);
      const { from, to, ms } = longestGap(times);
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect(ms).toBe(Math.max(...gaps));
      if (ms > 0) expect(times.indexOf(to)).toBe(times.lastIndexOf(from) + 1);
    }),
  );
});
