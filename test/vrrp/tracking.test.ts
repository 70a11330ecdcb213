import { expect, test } from 'vitest';
import { type Tracked, weigh } from '../../src/vrrp/tracking.ts';

const item = (up: boolean, weight: number, name = 'eth1'): Tracked => ({
  kind: 'interface',
  name,
  up,
  weight,
});

test('a weight below 0 is taken off while it is down, one above is added while it is up', () => {
  expect(weigh(100, [item(true, -30), item(true, 20)])).toEqual({
    priority: 120,
    reach: 2,
    fault: undefined,
  });
  expect(weigh(100, [item(false, -30), item(false, 20)])).toEqual({
    priority: 70,
    reach: 0,
    fault: undefined,
  });
});

test('without what has no weight this director must not be master', () => {
  expect(weigh(100, [item(true, 0)]).fault).toBeUndefined();
  expect(weigh(100, [item(true, 0), item(false, 0, 'eth2')])).toEqual({
    priority: 100,
    reach: 1,
    fault: 'the interface eth2 has no carrier',
  });
});

test('a weighed priority keeps off 0 and 255, and that of the owner stays', () => {
  expect(weigh(100, [item(false, -253)]).priority).toBe(1);
  expect(weigh(200, [item(true, 253)]).priority).toBe(254);
  expect(weigh(255, [item(false, -100)]).priority).toBe(255);
});
