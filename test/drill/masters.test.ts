import { expect, test } from 'vitest';
import { Masters } from '../../src/drill/masters.ts';

/** Which of these advertisements begin a mastership. */
function beginnings(adverts: readonly (readonly [name: string, at: number])[]): string[] {
  const masters = new Masters();
  return adverts.filter(([name, at]) => masters.advertised(name, at)).map(([name, at]) => `${name} ${at}`);
}

test('a master begins once, and its successor too', () => {
  expect(
    beginnings([
      ['lb1', 0],
      ['lb1', 100],
      ['lb1', 200],
      ['lb2', 560],
      ['lb2', 660],
    ]),
  ).toEqual(['lb1 0', 'lb2 560']);
});

test('of two that advertise at the same time each begins once', () => {
  const both = Array.from({ length: 20 }, (_, index) => [index % 2 ? 'lb2' : 'lb1', index * 50] as const);
  expect(beginnings(both)).toEqual(['lb1 0', 'lb2 50']);
});

test('one that comes back after the other one begins anew', () => {
  expect(
    beginnings([
      ['lb1', 0],
      ['lb1', 100],
      ['lb2', 600],
      ['lb2', 3200],
      ['lb1', 9000],
    ]),
  ).toEqual(['lb1 0', 'lb2 600', 'lb1 9000']);
});

test('a release is told once, although it is sent several times', () => {
  const masters = new Masters();
  masters.advertised('lb1', 0);
  expect([masters.released('lb1'), masters.released('lb1')]).toEqual([true, false]);
});
