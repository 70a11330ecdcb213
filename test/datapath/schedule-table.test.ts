import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maglevSlots } from '../../src/datapath/maglev.ts';
import { scheduleSlots } from '../../src/datapath/schedule-table.ts';
import { ipv4FromNumber, parseAddress } from '../../src/model/address.ts';
import { SCHEDULERS, type Scheduler, type VirtualService } from '../../src/model/rules.ts';

function service(scheduler: Scheduler, weights: readonly number[]): VirtualService {
  return {
    id: { kind: 'address', protocol: 'tcp', address: parseAddress('10.0.0.1'), port: 80, subnetId: 0 },
    scheduler,
    schedulerFlags: [],
    onePacket: false,
    locals: [],
    servers: weights.map((weight, index) => ({
      address: ipv4FromNumber(0x0a000100 + index),
      port: 80,
      weight,
      forwarding: 'fullnat',
      upperThreshold: 0,
      lowerThreshold: 0,
    })),
  };
}

const slotsOf = (of: VirtualService) => scheduleSlots(of, (index) => of.servers[index]?.weight ?? 0);

describe('round robin', () => {
  test('visits the youngest server first, as the kernel does', () => {
    expect(slotsOf(service('rr', [1, 1, 1]))).toEqual([2, 1, 0]);
  });

  test('passes over servers of weight 0', () => {
    expect(slotsOf(service('rr', [1, 0, 5]))).toEqual([2, 0]);
  });
});

describe('weighted round robin', () => {
  test('follows the falling threshold of ip_vs_wrr.c', () => {
    // Weights 4, 3, 2 from the head of the list: A A B A B C A B C, the kernel's documented order.
    expect(slotsOf(service('wrr', [2, 3, 4]))).toEqual([2, 2, 1, 2, 1, 0, 2, 1, 0]);
  });

  test('gives each server its share of a period', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 }), (weights) => {
        const slots = slotsOf(service('wrr', weights));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        weights.forEach((weight, index) => {
          const visits = slots.filter((slot) => slot === index).length;
          expect(visits * total).toBe(weight * slots.length);
        });
      }),
    );
  });

  test('stays within the table for weights that are far apart', () => {
    const slots = slotsOf(service('wrr', [1, 65_535, 2_147_483_647]));
    expect(slots.length).toBeLessThanOrEqual(16_384);
    expect(new Set(slots)).toEqual(new Set([0, 1, 2]));
  });

  test('has no slot when every weight is 0', () => {
    expect(slotsOf(service('wrr', [0, 0]))).toEqual([]);
  });
});

describe('hash tables', () => {
  test('of sh give a server as many of 256 slots in a row as it weighs, and one at least', () => {
    const slots = slotsOf(service('sh', [3, 0, 2]));
    expect(slots).toHaveLength(256);
    expect(slots.slice(0, 9)).toEqual([2, 2, 1, 0, 0, 0, 2, 2, 1]);
  });

  test('of dh do not look at weights', () => {
    expect(slotsOf(service('dh', [3, 0, 2])).slice(0, 5)).toEqual([2, 1, 0, 2, 1]);
  });

  test('of mh give each server its share of a prime number of slots', () => {
    const slots = slotsOf(service('mh', [1, 2, 1]));
    expect(slots).toHaveLength(4093);
    const share = (index: number) => slots.filter((slot) => slot === index).length;
    expect([share(0), share(1), share(2)].map((count) => Math.round(count / 1023))).toEqual([1, 2, 1]);
  });

  test('of mh keep most slots where they were when one of many servers goes', () => {
    const servers = Array.from({ length: 20 }, (_, last) => ({
      address: ipv4FromNumber(0x0a000100 + last),
      port: 80,
      weight: 1,
    }));
    const before = maglevSlots(servers);
    const after = maglevSlots(servers.slice(1));
    const moved = before.filter((slot, at) => slot !== 0 && slot - 1 !== after[at]).length;
    const others = before.filter((slot) => slot !== 0).length;
    console.log(`mh: ${moved} of ${others} slots of the others moved when one of 20 servers went`);
    expect(moved).toBeLessThan(others / 10);
  });
});

test('fo and ovf try the heaviest first, of equals the youngest', () => {
  expect(slotsOf(service('fo', [3, 7, 0, 7]))).toEqual([3, 1, 0]);
  expect(slotsOf(service('ovf', [3, 7, 0, 7]))).toEqual([3, 1, 0]);
});

test.each(SCHEDULERS)('%s has no slot without servers', (scheduler) => {
  expect(slotsOf(service(scheduler, []))).toEqual([]);
});
