import { expect, test } from 'vitest';
import { History } from '../../src/sync/history.ts';
import { Resends } from '../../src/sync/resends.ts';

const body = (sequence: number, length = 100) => Uint8Array.from({ length }, () => sequence);

function filled(count: number, bytes?: number): History {
  const history = new History(bytes);
  for (let sequence = 1; sequence <= count; sequence++) history.push(sequence, body(sequence));
  return history;
}

const numbers = (bodies: readonly Uint8Array[]) => bodies.map(([first]) => first);

test('a history keeps the newest messages, as many as its bytes allow', () => {
  const history = filled(50, 10 * (100 + 128));
  expect(history.oldest).toBe(41);
  expect(history.get(40)).toBeUndefined();
  expect(history.get(41)?.body).toEqual(body(41));
  expect(history.get(50)?.body).toEqual(body(50));
  expect(history.get(51)).toBeUndefined();
});

test('a history is bounded in number too', () => {
  const history = new History();
  for (let sequence = 1; sequence <= 70_000; sequence++) history.push(sequence, Uint8Array.of());
  expect(history.oldest).toBe(70_000 - 65_536 + 1);
});

test('behind a number that was left out nothing can be had again', () => {
  const history = filled(5);
  history.skip();
  expect(history.oldest).toBe(7);
  expect(history.get(5)).toBeUndefined();
  history.push(7, body(7));
  expect(history.get(7)?.body).toEqual(body(7));
  expect(() => history.push(9, body(9))).toThrow(/message 9 after 7/);
});

test('what is asked for is sent once, by whomever and how often it is asked for', () => {
  const resends = new Resends(filled(20));
  expect(resends.ask([{ from: 3, count: 2 }], 0)).toBe(2);
  resends.ask([{ from: 4, count: 2 }], 0);
  expect(numbers(resends.take(0))).toEqual([3, 4, 5]);
  resends.ask([{ from: 3, count: 3 }], 1000);
  expect(resends.take(1000)).toEqual([]);
  resends.ask([{ from: 3, count: 1 }], 5000);
  expect(numbers(resends.take(5000))).toEqual([3]);
});

test('what is not there is passed over', () => {
  const resends = new Resends(filled(50, 10 * (100 + 128)));
  resends.ask(
    [
      { from: 1, count: 2 },
      { from: 39, count: 4 },
      { from: 50, count: 1e15 },
    ],
    0,
  );
  expect(numbers(resends.take(0))).toEqual([41, 42, 50]);
});

test('the rate is bounded, whatever is asked for', () => {
  const resends = new Resends(filled(200));
  let sent = 0;
  for (let now = 0; now < 1_000_000; now += 1000) {
    resends.ask([{ from: 1, count: 1e15 }], now);
    sent += resends.take(now).length;
  }
  // At once, and then so many a millisecond.
  expect(sent).toBeGreaterThan(10_000);
  expect(sent).toBeLessThanOrEqual(64 + 20 * 1000);
});
