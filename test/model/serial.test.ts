import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLater, nextAfter } from '../../src/model/serial.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

test('the next number has 32 bits and is later than both, unless they lie half the circle apart', () => {
  fc.assert(
    fc.property(u32, fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), (a, distance) => {
      const b = (a + distance) >>> 0;
      const next = nextAfter(a, b);
      expect(Number.isInteger(next) && next >= 0 && next <= 0xffff_ffff).toBe(true);
      expect([isLater(next, a), isLater(next, b)]).toEqual([true, true]);
      expect([isLater(a, next), isLater(a, a)]).toEqual([false, false]);
    }),
  );
});
