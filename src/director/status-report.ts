/** Puts `tandem status` together from what the parts say. */
import { readFileSync } from 'node:fs';
import type { Plane } from '../datapath/plane.ts';
import type { Tracked } from '../vrrp/tracking.ts';
import { BOARD_PATH, type Board, type BoardField } from './board.ts';
import type { DirectorConfig } from './config.ts';
import type { PathStatus, ReplicationStatus, Role, Status, SyncStatus } from './status.ts';

export interface StatusSources {
  readonly config: DirectorConfig;
  readonly plane: Plane;
  readonly board: Board;
  readonly role: Role;
  readonly sync: SyncStatus;
  readonly rules: ReplicationStatus;
  readonly vrrp: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly uptimeMs: number;
  readonly tracked: readonly Tracked[];
  /** CLOCK_BOOTTIME in microseconds. */
  readonly now: number;
}

/** The package's own, whether this runs from src/ or dist/. */
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export function composeStatus(sources: StatusSources): Status {
  const { config, plane, board, role, now } = sources;
  const since = (field: BoardField) => {
    const at = board.get(field);
    return at === 0 ? null : Math.max(0, Math.round((now - at) / 1000));
  };
  const remaining = Math.max(0, Math.round((plane.fence.read().until - now) / 1000));
  return {
    name: config.name,
    role,
    datapath: plane.kind,
    version,
    pid: process.pid,
    uptime_s: Math.round(sources.uptimeMs / 1000),
    routers: config.routers.map(({ name, vrid, priority, addresses }) => ({
      name,
      vrid,
      state: role === 'standalone' ? 'init' : role,
      priority: board.get('priority') || priority,
      addresses,
      fence: { open: remaining > 0, remaining_ms: remaining },
    })),
    peer: {
      vrrp_ms: since('peerAdvertAt'),
      sync_ms: since('peerSyncAt'),
      synced: board.get('synced') === 1,
      paths: { vrrp: pathOf(board, 'vrrpPath'), sync: pathOf(board, 'syncPath') },
    },
    sync: sources.sync,
    rules: sources.rules,
    tracked: sources.tracked,
    vrrp: sources.vrrp,
    connections: sources.connections,
    drops: plane.drops(),
    events: plane.events(),
  };
}

function pathOf(board: Board, field: 'vrrpPath' | 'syncPath'): PathStatus {
  const value = board.get(field);
  if (value === BOARD_PATH.lost) return 'lost';
  return value === BOARD_PATH.up ? 'up' : 'unknown';
}
