/** What a service's slots say, by its scheduler: what can be computed before a packet comes. */
import type { Scheduler, VirtualService } from '../model/rules.ts';
import { SCHEDULER, SERVICE_FLAG } from './layouts.generated.ts';
import { maglevSlots } from './maglev.ts';
import { rotationSlots } from './rotation.ts';

/** CONFIG_IP_VS_SH_TAB_BITS and CONFIG_IP_VS_DH_TAB_BITS are 8. */
const HASH_SLOTS = 256;

export const SCHEDULER_NUMBER: Readonly<Record<Scheduler, number>> = {
  rr: SCHEDULER.SCHEDULE_ROTATE,
  wrr: SCHEDULER.SCHEDULE_ROTATE,
  lc: SCHEDULER.SCHEDULE_LC,
  wlc: SCHEDULER.SCHEDULE_WLC,
  lblc: SCHEDULER.SCHEDULE_LBLC,
  lblcr: SCHEDULER.SCHEDULE_LBLCR,
  dh: SCHEDULER.SCHEDULE_DESTINATION,
  sh: SCHEDULER.SCHEDULE_SOURCE,
  sed: SCHEDULER.SCHEDULE_SED,
  nq: SCHEDULER.SCHEDULE_NQ,
  fo: SCHEDULER.SCHEDULE_FO,
  ovf: SCHEDULER.SCHEDULE_OVF,
  mh: SCHEDULER.SCHEDULE_MAGLEV,
};

export function isRotating(scheduler: Scheduler): boolean {
  return scheduler === 'rr' || scheduler === 'wrr';
}

/** The bits of `-b` are those of the schedulers that have them; the others mean nothing to the plane. */
export function serviceFlags({ schedulerFlags, onePacket, persistence }: VirtualService): number {
  let flags = 0;
  if (onePacket) flags |= SERVICE_FLAG.SERVICE_ONE_PACKET;
  if (persistence) flags |= SERVICE_FLAG.SERVICE_PERSISTENT;
  for (const flag of schedulerFlags) {
    if (flag.endsWith('-fallback')) flags |= SERVICE_FLAG.SERVICE_FALLBACK;
    if (flag.endsWith('-port')) flags |= SERVICE_FLAG.SERVICE_HASH_PORT;
  }
  return flags;
}

/**
 * Indexes into `service.servers`, one a slot.
 * @param lastWeight of each server, the last one above 0
 */
export function scheduleSlots(
  service: Pick<VirtualService, 'scheduler' | 'servers'>,
  lastWeight: (index: number) => number,
): number[] {
  const { scheduler, servers } = service;
  // IPVS puts a new server at the head of its list.
  const youngestFirst = servers.map(({ weight }, index) => ({ index, weight })).reverse();
  const indexes = (list: ReadonlyArray<{ readonly index: number }>) => list.map(({ index }) => index);
  switch (scheduler) {
    case 'rr':
    case 'wrr':
      return rotationSlots(service);
    case 'sh':
      return hashSlots(youngestFirst);
    case 'dh':
      return hashSlots(youngestFirst.map(({ index }) => ({ index, weight: 1 })));
    case 'mh': {
      const inOrder = youngestFirst.flatMap(({ index }) => {
        const server = servers[index];
        return server ? [{ ...server, index, weight: lastWeight(index) }] : [];
      });
      return maglevSlots(inOrder).map((at) => inOrder[at]?.index ?? 0);
    }
    case 'fo':
    case 'ovf':
      // The heaviest is tried first, of equals the youngest.
      return indexes(youngestFirst.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight));
    default:
      return indexes(youngestFirst.filter(({ weight }) => weight > 0));
  }
}

/** Each server has as many slots in a row as it weighs, and one at least (ip_vs_sh_reassign). */
function hashSlots(servers: ReadonlyArray<{ readonly index: number; readonly weight: number }>): number[] {
  const slots: number[] = [];
  if (servers.length === 0) return slots;
  for (let at = 0; slots.length < HASH_SLOTS; at = (at + 1) % servers.length) {
    const { index, weight } = servers[at] ?? { index: 0, weight: 1 };
    const share = Math.min(Math.max(1, weight), HASH_SLOTS - slots.length);
    for (let turn = 0; turn < share; turn++) slots.push(index);
  }
  return slots;
}
