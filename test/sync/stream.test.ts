import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REORDER_BOUND, Stream } from '../../src/sync/stream.ts';

const NONE = { gaps: 0, lost: 0 };

test('numbers in order leave a stream whole', () => {
  const stream = new Stream(1, false);
  for (const sequence of [1, 2, 3]) expect(stream.take(sequence, 0)).toBe('fresh');
  expect(stream.expire(REORDER_BOUND * 2)).toEqual(NONE);
  expect(stream).toMatchObject({ whole: true, upTo: 3, newest: 3 });
});

test('a number that comes late but within the bound is no gap', () => {
  const stream = new Stream(1, false);
  stream.take(1, 0);
  stream.take(3, 0);
  expect(stream.upTo).toBe(1);
  expect(stream.expire(REORDER_BOUND - 1)).toEqual(NONE);
  expect(stream.take(2, REORDER_BOUND - 1)).toBe('fresh');
  expect(stream.expire(REORDER_BOUND * 9)).toEqual(NONE);
  expect(stream).toMatchObject({ whole: true, upTo: 3 });
});

test('a number that does not come within the bound is lost, and one gap', () => {
  const stream = new Stream(1, false);
  stream.take(1, 0);
  stream.take(4, 0);
  expect(stream.expire(REORDER_BOUND)).toEqual({ gaps: 1, lost: 2 });
  expect(stream.expire(REORDER_BOUND * 2)).toEqual(NONE);
  expect(stream.whole).toBe(false);
});

test('a number that comes after it was given up is late, not a duplicate', () => {
  const stream = new Stream(1, false);
  stream.take(2, 0);
  stream.expire(REORDER_BOUND);
  expect(stream.take(1, REORDER_BOUND)).toBe('late');
  expect(stream.take(2, REORDER_BOUND)).toBe('duplicate');
});

test('the loss of the last number is seen from what the sender says', () => {
  const stream = new Stream(1, false);
  stream.take(1, 0);
  stream.heard(2, 0);
  expect(stream.expire(REORDER_BOUND)).toEqual({ gaps: 1, lost: 1 });
});

describe('a stream that we join', () => {
  test('lacks what was sent before, which is no loss of the network', () => {
    const stream = new Stream(1, true);
    stream.take(10, 0);
    expect(stream.whole).toBe(false);
    expect(stream.expire(REORDER_BOUND)).toEqual(NONE);
    expect(stream.whole).toBe(false);
  });

  test('is whole when nothing had been sent', () => {
    const stream = new Stream(1, true);
    stream.heard(0, 0);
    stream.take(1, 0);
    expect(stream).toMatchObject({ whole: true, upTo: 1 });
  });

  test('is whole when its first two numbers only changed places', () => {
    const stream = new Stream(1, true);
    stream.take(2, 0);
    stream.take(1, 0);
    expect(stream.whole).toBe(true);
  });
});

test('records that we did not take end the wholeness without counting as lost', () => {
  const stream = new Stream(1, false);
  stream.miss(3);
  expect(stream.expire(REORDER_BOUND * 2)).toEqual(NONE);
  expect(stream.whole).toBe(false);
});

test('a jump over a million million numbers costs one entry', () => {
  const stream = new Stream(1, false);
  stream.take(1e12, 0);
  expect(stream.expire(REORDER_BOUND)).toEqual({ gaps: 1, lost: 1e12 - 1 });
});

test('more holes than are waited for are given up oldest first', () => {
  const stream = new Stream(1, false);
  for (let sequence = 2; sequence <= 2 * 300; sequence += 2) stream.take(sequence, 0);
  expect(stream.expire(0)).toEqual({ gaps: 300 - 256, lost: 300 - 256 });
});

/** What the network does to one number: lost, or delivered in rounds (more than one: duplicated). */
const fates = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }), {
  minLength: 1,
  maxLength: 80,
});

test('the counters are exact whatever the network loses, repeats or moves', () => {
  fc.assert(
    fc.property(fates, (fate) => {
      const stream = new Stream(1, false);
      // A copy is delivered up to 3 places later than it was sent, always within the bound.
      const arrivals = fate
        .flatMap((copies, index) => copies.map((delay) => ({ sequence: index + 1, at: index + delay })))
        .sort((a, b) => a.at - b.at);
      const counted = { fresh: 0, duplicate: 0, late: 0 };
      for (const { sequence, at } of arrivals) {
        counted[stream.take(sequence, at)]++;
        expect(stream.expire(at)).toEqual(NONE);
      }
      const end = fate.length + 3;
      stream.heard(fate.length, end);
      const missing = fate.map((copies) => copies.length === 0);
      const runs = missing.filter((lost, index) => lost && !missing[index - 1]).length;
      const lost = missing.filter(Boolean).length;
      expect(stream.expire(end + REORDER_BOUND)).toEqual({ gaps: runs, lost });
      const copies = fate.flat().length;
      expect(counted).toEqual({
        fresh: fate.length - lost,
        duplicate: copies - (fate.length - lost),
        late: 0,
      });
      expect(stream.whole).toBe(lost === 0);
    }),
    { numRuns: 500 },
  );
});
