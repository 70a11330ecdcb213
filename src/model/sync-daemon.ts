/** The options of `--start-daemon`: one direction of connection sync. "master" sends, "backup" receives. */
import { type Address, familyOf, parseAddress } from './address.ts';

export type SyncDirection = 'master' | 'backup';

export interface SyncDaemon {
  readonly direction: SyncDirection;
  readonly interface: string;
  /** 0-255; a receiver with 0 takes every id. */
  readonly syncid: number;
  /** The largest UDP payload in bytes; IPv6 groups default to 20 less, for their longer header. */
  readonly maxlen: number;
  readonly group: Address;
  readonly port: number;
  readonly ttl: number;
}

/** Holds every message but records, the longest of which has 350 bytes when it is sealed, and a few of those. */
export const SMALLEST_MAXLEN = 512;

/** The largest UDP payload: 65535 - 20 (IPv4) - 8 (UDP). */
export const LARGEST_MAXLEN = 65_507;

/** IPv4 or IPv6, and UDP. */
const HEADERS = { 4: 28, 6: 48 } as const;

/** The seed's defaults. */
export const SYNC_DEFAULTS = {
  syncid: 255,
  /** 1500 (Ethernet) - 20 (IPv4) - 8 (UDP) */
  maxlen: 1472,
  /** 1500 (Ethernet) - 40 (IPv6) - 8 (UDP) */
  maxlen6: 1452,
  group: parseAddress('224.0.0.81'),
  port: 8848,
  ttl: 1,
} as const;

/**
 * As the kernel fits a daemon to its interface (ip_vs_sync.c, start_sync_thread): a sender keeps to Ethernet's 1500
 * bytes, a receiver takes what the link carries, and never less than 1024.
 * @param mtu of the interface, in bytes
 */
export function fittedTo(daemon: SyncDaemon, mtu: number): SyncDaemon {
  const backup = daemon.direction === 'backup';
  const headers = HEADERS[familyOf(daemon.group)];
  const fitting = (backup ? Math.min(Math.max(mtu, 1500), 0xffff) : 1500) - headers;
  const maxlen = Math.min(Math.max(daemon.maxlen || fitting, backup ? 1024 : 1), 0xffff - headers);
  return { ...daemon, maxlen };
}

/** Fills in what was not given. */
export function syncDaemon(
  given: Pick<SyncDaemon, 'direction' | 'interface'> & Partial<SyncDaemon>,
): SyncDaemon {
  const group = given.group ?? SYNC_DEFAULTS.group;
  const maxlen = familyOf(group) === 6 ? SYNC_DEFAULTS.maxlen6 : SYNC_DEFAULTS.maxlen;
  return {
    direction: given.direction,
    interface: given.interface,
    syncid: given.syncid ?? SYNC_DEFAULTS.syncid,
    maxlen: given.maxlen ?? maxlen,
    group,
    port: given.port ?? SYNC_DEFAULTS.port,
    ttl: given.ttl ?? SYNC_DEFAULTS.ttl,
  };
}
