/** `tandem status --json`: names and shapes are an interface (docs/status.md). */
import type { Tracked } from '../vrrp/tracking.ts';

export type Role = 'init' | 'backup' | 'master' | 'standalone';

export interface RouterStatus {
  readonly name: string;
  readonly vrid: number;
  readonly state: 'init' | 'backup' | 'master';
  readonly priority: number;
  readonly addresses: readonly string[];
  readonly fence: { readonly open: boolean; readonly remaining_ms: number };
}

export interface PeerStatus {
  /** Milliseconds since its last advertisement; null when never heard. */
  readonly vrrp_ms: number | null;
  /** Milliseconds since its last datagram on the sync channel; null when never heard. */
  readonly sync_ms: number | null;
  /** Whether we hold the peer's whole table: nothing that it sent was lost since it or we began. */
  readonly synced: boolean;
  /** `lost`: it is heard on the other one only; `unknown`: nothing is to be heard there now, or nothing was yet. */
  readonly paths: { readonly vrrp: PathStatus; readonly sync: PathStatus };
}

export type PathStatus = 'unknown' | 'up' | 'lost';

/** The sync stream's counters, at the daemon's start: all count since then. */
export const NO_SYNC_COUNTS = {
  sent: 0,
  received: 0,
  records_sent: 0,
  records_applied: 0,
  records_stale: 0,
  records_gone: 0,
  records_conflicting: 0,
  gaps: 0,
  nacks_sent: 0,
  nacked: 0,
  resent: 0,
  lost: 0,
  duplicates: 0,
  bulk_sent: 0,
  bulk_received: 0,
  bulks_completed: 0,
  bulk_removed: 0,
  foreign: 0,
  ring_overflows: 0,
};

export type SyncCount = keyof typeof NO_SYNC_COUNTS;

export interface SyncCounters extends Readonly<Record<SyncCount, number>> {
  /**
   * Datagrams refused, by cause: `malformed`, `syncid`, `seal`, `replay`, ... (src/wire/sync-error.ts). Also
   * `record`, records of the peer that no plane makes, `table-full`, those that found no room here, and `unsent`, our
   * datagrams that the kernel did not take.
   */
  readonly rejected: Readonly<Record<string, number>>;
}

/** Keys by their short names. */
export interface SyncKeys {
  /** What we seal with; null in clear. */
  readonly sealing: string | null;
  /** What we open, the newest last. */
  readonly opened: readonly string[];
  /** What the peer says that it opens. */
  readonly peer: readonly string[];
}

export interface BulkCount {
  readonly done: number;
  /** About; 0 when it is not known yet. */
  readonly total: number;
}

/** Bulk transfers that run, in records; null: none. */
export interface BulkStatus {
  readonly sending: BulkCount | null;
  readonly receiving: BulkCount | null;
}

export interface SyncStatus extends SyncCounters {
  /** Changes of connections that found no room on their way to the channel, about: they are told later. */
  readonly shortfall: number;
  readonly bulk: BulkStatus;
  readonly lag_ms: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly sealed: boolean;
  readonly keys: SyncKeys;
}

export interface ReplicationStatus {
  readonly replicated: boolean;
  /** Counts the changes of the rules since the configuration, on whichever director they were made. */
  readonly version: number;
  /** The peer held the same when it was last heard. */
  readonly agreed: boolean;
  /** Why the rules of the peer are not used here; null when they are. */
  readonly refused: string | null;
}

export interface Status {
  readonly name: string;
  readonly role: Role;
  readonly datapath: 'xdp' | 'memory';
  readonly version: string;
  readonly pid: number;
  readonly uptime_s: number;
  readonly routers: readonly RouterStatus[];
  readonly peer: PeerStatus;
  readonly sync: SyncStatus;
  readonly rules: ReplicationStatus;
  /** Interfaces, routes and scripts that are tracked. */
  readonly tracked: readonly Tracked[];
  readonly vrrp: Readonly<Record<string, number>>;
  readonly connections: number;
  /** Packets that the plane dropped, by reason; all since it was loaded. */
  readonly drops: Readonly<Record<string, number>>;
  /** What else the plane did that is worth counting. */
  readonly events: Readonly<Record<string, number>>;
}
