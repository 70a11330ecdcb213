/** When a connection leaves the table, and when it is told of again: docs/datapath.md, "The sweep". */
import { TCP_STATE } from '../../model/connection.ts';
import type { IpvsOptions } from '../../model/ipvs-options.ts';
import { PROTOCOL_NUMBER } from '../../model/rules.ts';
import { type Held, seenAt } from './held.ts';

const US_PER_S = 1_000_000;
const { ESTABLISHED, SYN_SENT, SYN_RECV, SYNACK, FIN_WAIT, CLOSE_WAIT } = TCP_STATE;
const DRAINED: readonly number[] = [ESTABLISHED, SYN_SENT, SYN_RECV, SYNACK, FIN_WAIT, CLOSE_WAIT];
/** A template that connections still belong to is looked at again so late. */
const TEMPLATE_HOLD = 60 * US_PER_S;

/** A director that is not the owner waits for the owner's word, and longer than the timeout. */
const PASSIVE_GRACE = 2;

/** What is in use is told of again each third of its timeout. */
const REFRESH_PARTS = 3;

/** @param timeout, now microseconds */
export function isOver(held: Held, owner: boolean, timeout: number, ipvs: IpvsOptions, now: number): boolean {
  const idle = now - seenAt(held);
  if (held.record.template && held.usedAt * US_PER_S + TEMPLATE_HOLD > now) return false;
  if (!owner) return idle > timeout * PASSIVE_GRACE;
  // What its former owner last said may be as old as this.
  return idle > timeout + (held.synced ? oldestAnnouncement(timeout, ipvs) : 0);
}

/** Whether the time is up for the TCP connections of its server. Those that are ending do so by themselves. @param now seconds since boot */
export function isDrained({ record, server }: Held, now: number): boolean {
  if (!server?.drainAt || now < server.drainAt || record.template) return false;
  return record.protocol === PROTOCOL_NUMBER.tcp && DRAINED.includes(record.state);
}

/** Whether its timer alone, or its packets, are worth another announcement. */
export function isRefreshDue(held: Held, timeout: number, ipvs: IpvsOptions, now: number): boolean {
  if (Math.floor(seenAt(held) / US_PER_S) <= held.announcedAt) return false;
  const age = now - held.announcedAt * US_PER_S;
  if (age > oldestAnnouncement(timeout, ipvs)) return true;
  const [, period] = ipvs.syncThreshold;
  const since = held.request.packets - held.announcedPackets;
  return period > 0 && since >= period && age > quietPeriod(timeout, ipvs);
}

/** ip_vs_sync_conn_needed() bounds it by half the timeout, too. */
function quietPeriod(timeout: number, { syncRefreshPeriod }: IpvsOptions): number {
  return Math.min(syncRefreshPeriod * US_PER_S, timeout / 2);
}

function oldestAnnouncement(timeout: number, ipvs: IpvsOptions): number {
  const usual = timeout / REFRESH_PARTS;
  if (ipvs.syncRefreshPeriod === 0) return usual;
  const quiet = quietPeriod(timeout, ipvs);
  // With a period of packets it only holds those back.
  return ipvs.syncThreshold[1] > 0 ? Math.max(usual, quiet) : quiet;
}
