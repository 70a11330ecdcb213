/** Which server a new connection goes to: docs/datapath.md, "Schedulers". IPVS looks at its youngest server first. */
import { rotationSlots } from '../rotation.ts';
import type { ServerState, ServiceState } from './rule-book.ts';

/** What an active connection weighs against an inactive one: ip_vs_dest_conn_overhead() of include/net/ip_vs.h. */
const ACTIVE_WEIGHT = 256;

export function schedule(service: ServiceState): ServerState | undefined {
  const open = [...service.servers].reverse().filter(({ weight }) => weight > 0);
  switch (service.rule.scheduler) {
    case 'lc':
      return least(open, overhead, () => 1);
    case 'wlc':
      return least(open, overhead, ({ weight }) => weight);
    default:
      return turn(
        service,
        service.orderOf(() => rotationSlots(service.rule).flatMap((at) => service.servers[at] ?? [])),
      );
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
