import { expect, test } from 'vitest';
import { Punctuality } from '../../../src/director/heartbeat/punctuality.ts';

const A = 100_000;

test('before there are two advertisements nothing is known', () => {
  const one = new Punctuality(A);
  one.sent(5 * A);
  expect(one.jitter).toEqual({ p50: 0, p99: 0, max: 0 });
});

test('early and late count alike, and the most is remembered for ever', () => {
  const one = new Punctuality(A);
  let at = 10 * A;
  one.sent(at);
  const differ = (us: number) => {
    at += A + us;
    one.sent(at);
  };
  differ(40_000);
  for (let n = 0; n < 2000; n += 1) differ(n % 100 === 0 ? -3000 : n % 2 ? 100 : -100);
  expect(one.jitter).toEqual({ p50: 100, p99: 100, max: 40_000 });
  for (let n = 0; n < 40; n += 1) differ(500);
  expect(one.jitter.p99).toBe(500);
});

test('an answer in between, and the time as backup, are no lateness', () => {
  const one = new Punctuality(A);
  one.sent(10 * A);
  one.sent(10 * A + 30_000);
  one.pause();
  one.sent(90 * A);
  one.sent(91 * A + 7);
  expect(one.jitter).toEqual({ p50: 7, p99: 7, max: 7 });
});
