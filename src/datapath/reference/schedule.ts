/** Which server a new connection goes to: docs/datapath.md, "Schedulers". IPVS looks at its youngest server first. */
import type { ServerState, ServiceState } from './rule-book.ts';

/** What an active connection weighs against an inactive one: ip_vs_dest_conn_overhead() of include/net/ip_vs.h. */
const ACTIVE_WEIGHT = 256;

/** Turns of one period of weighted round robin. */
const LONGEST_PERIOD = 16_384;

export function schedule(service: ServiceState): ServerState | undefined {
  const open = [...service.servers].reverse().filter(({ weight }) => weight > 0);
  switch (service.rule.scheduler) {
    case 'lc':
      return least(open, overhead, () => 1);
    case 'wlc':
      return least(open, overhead, ({ weight }) => weight);
    case 'wrr':
      return turn(
        service,
        service.orderOf(() => weightedRound(open)),
      );
    default:
      return turn(service, open);
  }
}

function overhead({ active, inactive }: ServerState): number {
  return active * ACTIVE_WEIGHT + inactive;
}

/** The first of those with the smallest quotient. */
function least(
  servers: readonly ServerState[],
  load: (server: ServerState) => number,
  share: (server: ServerState) => number,
): ServerState | undefined {
  return servers.reduce<ServerState | undefined>((best, server) => {
    if (!best) return server;
    // Products of 31 bits each are not exact as numbers.
    return BigInt(load(server)) * BigInt(share(best)) < BigInt(load(best)) * BigInt(share(server))
      ? server
      : best;
  }, undefined);
}

function turn(service: ServiceState, order: readonly ServerState[]): ServerState | undefined {
  if (order.length === 0) return undefined;
  const server = order[service.turns % order.length];
  service.turns = (service.turns + 1) >>> 0;
  return server;
}

/**
 * One period of ip_vs_wrr_schedule() (net/netfilter/ipvs/ip_vs_wrr.c): round after round, a server takes part while its
 * weight reaches a mark that falls from the greatest weight in steps of their greatest common divisor.
 */
function weightedRound(servers: readonly ServerState[]): ServerState[] {
  const weights = shortened(servers.map(({ weight }) => weight));
  const step = weights.reduce(commonDivisor, 0);
  const order: ServerState[] = [];
  if (step === 0) return order;
  for (let mark = Math.max(...weights); mark > 0; mark -= step)
    order.push(...servers.filter((_, at) => (weights[at] ?? 0) >= mark));
  return order;
}

/** A period longer than the plane's table is shortened: the ratio of the weights stays nearly the same. */
function shortened(weights: readonly number[]): readonly number[] {
  const step = weights.reduce(commonDivisor, 0) || 1;
  const period = weights.reduce((sum, weight) => sum + weight, 0) / step;
  if (period <= LONGEST_PERIOD) return weights;
  const room = LONGEST_PERIOD - weights.length;
  return weights.map((weight) => Math.max(1, Math.floor((weight / step / period) * room)));
}

function commonDivisor(a: number, b: number): number {
  let [greater, smaller] = [a, b];
  while (smaller !== 0) [greater, smaller] = [smaller, greater % smaller];
  return greater;
}
