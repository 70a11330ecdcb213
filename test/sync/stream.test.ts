import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOLE_BOUND, MOST_HOLES, REORDER, Stream } from '../../src/sync/stream.ts';

const NONE = { gaps: 0, lost: 0 };
const LONG = 1_000_000;

test('numbers in order leave nothing to ask for', () => {
  const stream = new Stream(1, false);
  for (const sequence of [1, 2, 3]) expect(stream.take(sequence, 0)).toBe(true);
  expect(stream.ask(LONG)).toEqual([]);
  expect(stream).toMatchObject({ upTo: 3, newest: 3, missing: 0 });
  expect(stream.counts()).toEqual(NONE);
});

test('a number that only changed places on the way is not asked for, and is no gap', () => {
  const stream = new Stream(1, false);
  stream.take(1, 0);
  stream.take(3, 0);
  expect(stream.upTo).toBe(1);
  expect(stream.ask(REORDER - 1)).toEqual([]);
  expect(stream.take(2, REORDER - 1)).toBe(true);
  expect(stream.ask(LONG)).toEqual([]);
  expect(stream.counts()).toEqual(NONE);
  expect(stream.upTo).toBe(3);
});

test('a number that does not come is asked for again and again, and is one gap', () => {
  const stream = new Stream(1, false);
  stream.take(1, 0);
  stream.take(4, 0);
  const asked: number[] = [];
  for (let now = 0; now < 100_000; now += 1000)
    for (const run of stream.ask(now)) {
      expect(run).toEqual({ from: 2, count: 2 });
      asked.push(now);
    }
  expect(asked).toEqual([2000, 8000, 20_000, 36_000, 52_000, 68_000, 84_000]);
  expect(stream.counts()).toEqual({ gaps: 1, lost: 0 });
  expect(stream.overdue(HOLE_BOUND - 1)).toBe(false);
  expect(stream.overdue(HOLE_BOUND)).toBe(true);
  stream.take(2, LONG);
  stream.take(3, LONG);
  expect(stream.overdue(LONG)).toBe(false);
  expect(stream.take(3, LONG)).toBe(false);
});

test('what the sender cannot send again is lost, and the rest is asked for', () => {
  const stream = new Stream(1, false);
  stream.take(1, 0);
  stream.take(11, 0);
  expect(stream.heard(12, 8, 0)).toBe(true);
  expect(stream.ask(LONG)).toEqual([
    { from: 8, count: 3 },
    { from: 12, count: 1 },
  ]);
  expect(stream.counts()).toEqual({ gaps: 2, lost: 6 });
  expect(stream.heard(12, 8, 0)).toBe(false);
});

test('the loss of the last number is seen from what the sender says', () => {
  const stream = new Stream(1, false);
  stream.take(1, 0);
  expect(stream.heard(2, 1, 0)).toBe(false);
  expect(stream.ask(REORDER)).toEqual([{ from: 2, count: 1 }]);
});

test('a sender that takes its time to answer is asked again later', () => {
  const questions = (answerTime: number) => {
    const stream = new Stream(1, false);
    let asked = 0;
    for (let now = 0, sequence = 2; sequence < 200; sequence += 2, now += 40_000) {
      // One of two is lost, and comes when it has been asked for.
      stream.take(sequence, now);
      for (let at = now; at < now + answerTime; at += 1000) asked += stream.ask(at).length;
      stream.take(sequence - 1, now + answerTime);
    }
    return asked / 99;
  };
  expect(questions(5000)).toBe(1);
  // Two of each at first, and in the end one.
  expect(questions(18_000)).toBeLessThan(1.5);
});

describe('a stream that we join', () => {
  test('asks for what was sent before, which is no gap of the network', () => {
    const stream = new Stream(1, true);
    stream.take(10, 0);
    expect(stream.ask(REORDER)).toEqual([{ from: 1, count: 9 }]);
    expect(stream.counts()).toEqual(NONE);
    // From the first moment on: that is no hole which repair is about to fill.
    expect(stream.overdue(0)).toBe(true);
    expect(stream.heard(10, 10, LONG)).toBe(true);
    expect(stream.counts()).toEqual(NONE);
    expect(stream.upTo).toBe(10);
  });

  test('misses nothing when nothing had been sent', () => {
    const stream = new Stream(1, true);
    expect(stream.heard(0, 1, 0)).toBe(false);
    stream.take(1, 0);
    expect(stream).toMatchObject({ missing: 0, upTo: 1 });
  });
});

test('what we pass over is neither asked for nor lost', () => {
  const stream = new Stream(1, false);
  stream.pass(3);
  expect(stream.ask(LONG)).toEqual([]);
  expect(stream.upTo).toBe(3);
});

test('what is not wanted any more is not asked for', () => {
  const stream = new Stream(1, false);
  stream.take(10, 0);
  stream.drop(7);
  expect(stream.ask(LONG)).toEqual([{ from: 7, count: 3 }]);
  expect(stream).toMatchObject({ upTo: 6, missing: 3 });
});

test('a jump over a million million numbers is one entry, of which a little is asked for at once', () => {
  const stream = new Stream(1, false);
  stream.take(1e12, 0);
  expect(stream.ask(REORDER)).toEqual([{ from: 1, count: 256 }]);
  expect(stream.ask(REORDER)).toEqual([]);
  stream.take(1, REORDER);
  expect(stream.ask(REORDER)).toEqual([{ from: 257, count: 1 }]);
  expect(stream.missing).toBe(1e12 - 2);
});

test('more holes than are kept are given up, the oldest first', () => {
  const stream = new Stream(1, false);
  for (let hole = 1; hole <= MOST_HOLES + 3; hole++) stream.take(2 * hole, 0);
  expect(stream.expire()).toBe(true);
  expect(stream.upTo).toBe(6);
  expect(stream.expire()).toBe(false);
  expect(stream.counts().lost).toBe(3);
});

test('whatever is lost, repeated or moved, exactly what never came is asked for until it comes', () => {
  const arrivals = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 120 });
  fc.assert(
    fc.property(arrivals, (sequences) => {
      const stream = new Stream(1, false);
      const come = new Set<number>();
      let now = 0;
      for (const sequence of sequences) {
        expect(stream.take(sequence, now)).toBe(!come.has(sequence));
        come.add(sequence);
        now += 500;
        stream.ask(now);
      }
      stream.heard(60, 1, now);
      const lacking = Array.from({ length: 60 }, (_, index) => index + 1).filter((it) => !come.has(it));
      expect(stream.missing).toBe(lacking.length);
      const asked = new Set<number>();
      for (let turn = 0; turn < 60; turn++, now += 1000)
        for (const { from, count } of stream.ask(now))
          for (let sequence = from; sequence < from + count; sequence++) asked.add(sequence);
      expect([...asked].toSorted((a, b) => a - b)).toEqual(lacking);
      for (const sequence of lacking) expect(stream.take(sequence, now)).toBe(true);
      expect(stream).toMatchObject({ upTo: 60, missing: 0 });
    }),
    { numRuns: 300 },
  );
});
