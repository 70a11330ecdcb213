/** The status as a message of the control protocol, and back. */
import {
  type BulkCount,
  NO_SYNC_COUNTS,
  type ReplicationStatus,
  type RouterStatus,
  type Status,
  type SyncCount,
  type SyncKeys,
  type SyncStatus,
} from '../director/status.ts';
import { amountFrom, oneOf, required } from '../wire/control-values.ts';
import type { tandem } from '../wire/generated/control.js';

const PATHS = ['unknown', 'up', 'lost'] as const;

type Counts = Readonly<Record<string, number>>;

export function statusTo(status: Status): tandem.control.IStatus {
  const { peer, sync } = status;
  const { rejected, lag_ms, sealed, keys, shortfall, bulk, ...counters } = sync;
  return {
    ...{ name: status.name, role: status.role, datapath: status.datapath, version: status.version },
    ...{ pid: status.pid, uptimeS: status.uptime_s, connections: status.connections },
    routers: status.routers.map(({ fence, addresses, ...router }) => ({
      ...router,
      addresses: [...addresses],
      fence: { open: fence.open, remainingMs: fence.remaining_ms },
    })),
    peer: {
      ...{ vrrpMs: peer.vrrp_ms, syncMs: peer.sync_ms, synced: peer.synced },
      ...{ vrrpPath: peer.paths.vrrp, syncPath: peer.paths.sync },
    },
    sync: {
      ...{ counters, rejected, lagMs: lag_ms, sealed, shortfall, keys: keysTo(keys) },
      ...(bulk.sending && { bulkSending: bulk.sending }),
      ...(bulk.receiving && { bulkReceiving: bulk.receiving }),
    },
    rules: replicationTo(status.rules),
    tracked: status.tracked.map((each) => ({ ...each })),
    vrrp: status.vrrp,
    drops: status.drops,
    events: status.events,
  };
}

export function keysTo({ sealing, opened, peer }: SyncKeys): tandem.control.ISyncKeys {
  return { ...(sealing !== null && { sealing }), opened: [...opened], peer: [...peer] };
}

export function keysFrom(message: tandem.control.ISyncKeys | null | undefined): SyncKeys {
  return {
    sealing: message?.sealing ?? null,
    opened: message?.opened ?? [],
    peer: message?.peer ?? [],
  };
}

export function statusFrom(message: tandem.control.IStatus): Status {
  const peer = required(message.peer, 'status.peer');
  return {
    name: message.name ?? '',
    role: oneOf(['init', 'backup', 'master', 'standalone'] as const, message.role, 'role'),
    datapath: oneOf(['xdp', 'memory'] as const, message.datapath, 'datapath'),
    version: message.version ?? '',
    pid: message.pid ?? 0,
    uptime_s: amountFrom(message.uptimeS),
    routers: (message.routers ?? []).map(routerFrom),
    peer: {
      vrrp_ms: peer.vrrpMs ?? null,
      sync_ms: peer.syncMs ?? null,
      synced: peer.synced ?? false,
      paths: {
        vrrp: oneOf(PATHS, peer.vrrpPath, 'path of VRRP'),
        sync: oneOf(PATHS, peer.syncPath, 'path of sync'),
      },
    },
    sync: syncFrom(required(message.sync, 'status.sync')),
    rules: replicationFrom(message.rules),
    tracked: (message.tracked ?? []).map(({ kind, name, up, weight }) => ({
      kind: oneOf(['interface', 'route', 'script'] as const, kind, 'kind of what is tracked'),
      ...{ name: name ?? '', up: up ?? false, weight: weight ?? 0 },
    })),
    vrrp: countsFrom(message.vrrp),
    connections: amountFrom(message.connections),
    drops: countsFrom(message.drops),
    events: countsFrom(message.events),
  };
}

function replicationTo({ refused, ...rest }: ReplicationStatus): tandem.control.IReplicationStatus {
  return { ...rest, ...(refused !== null && { refused }) };
}

function replicationFrom(message: tandem.control.IReplicationStatus | null | undefined): ReplicationStatus {
  return {
    replicated: message?.replicated ?? false,
    version: amountFrom(message?.version),
    agreed: message?.agreed ?? false,
    refused: message?.refused ?? null,
  };
}

function countsFrom(message: { [name: string]: number } | null | undefined): Counts {
  return Object.fromEntries(Object.entries(message ?? {}).map(([name, value]) => [name, amountFrom(value)]));
}

function routerFrom(message: tandem.control.IRouterStatus): RouterStatus {
  return {
    name: message.name ?? '',
    vrid: message.vrid ?? 0,
    state: oneOf(['init', 'backup', 'master'] as const, message.state, 'state of a router'),
    priority: message.priority ?? 0,
    addresses: message.addresses ?? [],
    fence: { open: message.fence?.open ?? false, remaining_ms: amountFrom(message.fence?.remainingMs) },
  };
}

const COUNT_NAMES = Object.keys(NO_SYNC_COUNTS) as SyncCount[];

function bulkFrom(message: tandem.control.IBulkCount | null | undefined): BulkCount | null {
  return message ? { done: amountFrom(message.done), total: amountFrom(message.total) } : null;
}

function syncFrom(message: tandem.control.ISyncStatus): SyncStatus {
  const counts = countsFrom(message.counters);
  const known = Object.fromEntries(COUNT_NAMES.map((name) => [name, counts[name] ?? 0]));
  const lag = message.lagMs;
  return {
    ...(known as Record<SyncCount, number>),
    rejected: countsFrom(message.rejected),
    shortfall: amountFrom(message.shortfall),
    bulk: { sending: bulkFrom(message.bulkSending), receiving: bulkFrom(message.bulkReceiving) },
    lag_ms: { p50: amountFrom(lag?.p50), p99: amountFrom(lag?.p99), max: amountFrom(lag?.max) },
    sealed: message.sealed ?? false,
    keys: keysFrom(message.keys),
  };
}
