import { expect, test } from 'vitest';
import { Seldom } from '../../src/director/seldom.ts';

test('of a flood one line in ten seconds is said, and the next one says how many were held back', () => {
  const seldom = new Seldom();
  const said: (string | undefined)[] = [];
  for (let now = 1; now <= 20_000_001; now += 100_000) said.push(seldom.say('ttl', 'bad packet', now));
  expect(said.filter((line) => line !== undefined)).toEqual([
    'bad packet',
    'bad packet (and 99 more like it)',
    'bad packet (and 99 more like it)',
  ]);
});

test('one subject does not silence another', () => {
  const seldom = new Seldom();
  expect(seldom.say('ttl', 'one', 5)).toBe('one');
  expect(seldom.say('checksum', 'other', 5)).toBe('other');
});
