import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scheduleSlots } from '../../src/datapath/schedule-table.ts';
import { ipv4FromNumber, parseAddress } from '../../src/model/address.ts';
import type { Scheduler, VirtualService } from '../../src/model/rules.ts';

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

describe('round robin', () => {
  test('visits the youngest server first, as the kernel does', () => {
    expect(scheduleSlots(service('rr', [1, 1, 1]))).toEqual([2, 1, 0]);
  });

  test('passes over servers of weight 0', () => {
    expect(scheduleSlots(service('rr', [1, 0, 5]))).toEqual([2, 0]);
  });
});

describe('weighted round robin', () => {
  test('follows the falling threshold of ip_vs_wrr.c', () => {
    // Weights 4, 3, 2 from the head of the list: A A B A B C A B C, the kernel's documented order.
    expect(scheduleSlots(service('wrr', [2, 3, 4]))).toEqual([2, 2, 1, 2, 1, 0, 2, 1, 0]);
  });

  test('gives each server its share of a period', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 }), (weights) => {
        const slots = scheduleSlots(service('wrr', weights));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        weights.forEach((weight, index) => {
          const visits = slots.filter((slot) => slot === index).length;
          expect(visits * total).toBe(weight * slots.length);
        });
      }),
    );
  });

  test('stays within the table for weights that are far apart', () => {
    const slots = scheduleSlots(service('wrr', [1, 65_535, 2_147_483_647]));
    expect(slots.length).toBeLessThanOrEqual(16_384);
    expect(new Set(slots)).toEqual(new Set([0, 1, 2]));
  });

  test('has no slot when every weight is 0', () => {
    expect(scheduleSlots(service('wrr', [0, 0]))).toEqual([]);
  });
});
