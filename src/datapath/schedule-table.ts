/**
 * The order in which the table schedulers (rr, wrr) visit their servers, equal to the kernel's. IPVS puts a new
 * server at the head of its list, so the youngest is visited first.
 */
import type { RealServer, Scheduler, VirtualService } from '../model/rules.ts';

/** A table longer than this is made shorter by scaling the weights: 16384 slots are 64 KiB. */
const MAX_SLOTS = 16384;

export type ScheduleKind = 'table' | 'lc' | 'wlc';

export function scheduleKind(scheduler: Scheduler): ScheduleKind {
  return scheduler === 'lc' || scheduler === 'wlc' ? scheduler : 'table';
}

/** Indexes into `service.servers`, one a slot. The least-connection kinds get each server once. */
export function scheduleSlots(service: VirtualService): number[] {
  const youngestFirst = service.servers.map((server, index) => ({ server, index })).reverse();
  const open = youngestFirst.filter(({ server }) => server.weight > 0);
  if (service.scheduler !== 'wrr') return open.map(({ index }) => index);
  const weights = scaledWeights(open.map(({ server }) => server));
  return weightedRounds(weights).map((at) => open[at]?.index ?? 0);
}

/**
 * One period of weighted round robin: net/netfilter/ipvs/ip_vs_wrr.c walks the list with a falling threshold
 * that starts at the greatest weight and goes down by the weights' greatest common divisor.
 */
function weightedRounds(weights: readonly number[]): number[] {
  const step = weights.reduce(greatestCommonDivisor, 0);
  const rounds: number[] = [];
  for (let threshold = Math.max(0, ...weights); threshold > 0; threshold -= step) {
    weights.forEach((weight, index) => {
      if (weight >= threshold) rounds.push(index);
    });
  }
  return rounds;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The weights, or smaller ones of nearly the same ratio when one period would not fit the table. */
function scaledWeights(servers: readonly RealServer[]): number[] {
  const weights = servers.map((server) => server.weight);
  const step = weights.reduce(greatestCommonDivisor, 0) || 1;
  const slots = weights.reduce((sum, weight) => sum + weight, 0) / step;
  if (slots <= MAX_SLOTS) return weights;
  const room = MAX_SLOTS - weights.length;
  return weights.map((weight) => Math.max(1, Math.floor((weight / step / slots) * room)));
}
