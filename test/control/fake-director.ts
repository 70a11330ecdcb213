import type { DirectorApi, Listing, RefusedEdit } from '../../src/director/api.ts';
import { DirectorError } from '../../src/director/api.ts';
import type { Status, SyncKeys } from '../../src/director/status.ts';
import { parseAddress } from '../../src/model/address.ts';
import type { Connection } from '../../src/model/connection.ts';
import { NO_TRAFFIC } from '../../src/model/counters.ts';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { EMPTY_RULES, type RuleSet, type ServiceId } from '../../src/model/rules.ts';
import type { SyncDaemon, SyncDirection } from '../../src/model/sync-daemon.ts';

export const STATUS: Status = {
  name: 'lb1',
  role: 'master',
  datapath: 'memory',
  version: '0.1.0',
  pid: 4711,
  uptime_s: 12.5,
  routers: [
    {
      name: 'main',
      vrid: 51,
      state: 'master',
      priority: 200,
      addresses: ['10.1.1.1'],
      fence: { open: true, remaining_ms: 231.25 },
    },
  ],
  tracked: [{ kind: 'script', name: 'chk', up: false, weight: -50 }],
  peer: { vrrp_ms: null, sync_ms: 17, synced: true, paths: { vrrp: 'up', sync: 'up' } },
  sync: {
    sent: 2 ** 53 - 1,
    received: 2,
    records_sent: 3,
    records_applied: 4,
    records_gone: 0,
    records_stale: 5,
    records_conflicting: 2,
    gaps: 6,
    nacks_sent: 21,
    nacked: 22,
    resent: 23,
    lost: 7,
    duplicates: 8,
    bulk_sent: 24,
    bulk_received: 25,
    bulks_completed: 26,
    bulk_removed: 27,
    foreign: 9,
    ring_overflows: 10,
    rejected: { seal: 11, malformed: 0 },
    shortfall: 28,
    bulk: { sending: { done: 2000, total: 5000 }, receiving: null },
    lag_ms: { p50: 0.25, p99: 1.5, max: 4 },
    sealed: true,
    keys: { sealing: '5e', opened: ['a1', '5e'], peer: ['a1'] },
  },
  rules: { replicated: true, version: 7, agreed: false, refused: 'no room' },
  vrrp: { sent: 12, bad_ttl: 1 },
  connections: 1_002,
  drops: { no_entry: 13, table_full: 0 },
  events: { expired: 4 },
};

export function connection(index: number): Connection {
  const client = parseAddress(`10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`);
  return {
    protocol: 'tcp',
    client: { address: client, port: 1024 + (index % 60_000) },
    virtual: { address: parseAddress('10.1.1.1'), port: 80 },
    local: { address: parseAddress('192.168.10.1'), port: 1024 + (index % 60_000) },
    server: { address: parseAddress('192.168.10.2'), port: 22 },
    forwarding: 'fullnat',
    state: 1,
    expires: 900,
  };
}

/** A director in memory that remembers what it was asked for. */
export class FakeDirector implements DirectorApi {
  rules: RuleSet = EMPTY_RULES;
  daemons: SyncDaemon[] = [];
  zeroed: (ServiceId | undefined)[] = [];
  /** Chunks of the connection table, and how many of them were asked for. */
  chunks: () => Iterable<readonly Connection[]> = () => [];
  pulled = 0;
  finished = 0;
  handoverGate: Promise<void> = Promise.resolve();

  async edit(edits: readonly RuleEdit[]): Promise<readonly RefusedEdit[]> {
    const refused: RefusedEdit[] = [];
    edits.forEach((edit, at) => {
      try {
        this.rules = applyEdit(this.rules, edit);
      } catch (error) {
        refused.push({ at, error: error as Error });
      }
    });
    return refused;
  }

  async list(): Promise<Listing> {
    const counters = this.rules.services.map((service) => ({
      total: { ...NO_TRAFFIC, inBytes: 2 ** 53 - 1 },
      servers: service.servers.map(() => ({ ...NO_TRAFFIC, activeConnections: 3, inactiveConnections: 4 })),
      locals: service.locals.map(() => ({ conflicts: 5, connections: 6 })),
    }));
    return { rules: this.rules, counters };
  }

  async rates(): Promise<Listing> {
    const { rules, counters } = await this.list();
    return { rules, counters: counters.map((each) => ({ ...each, total: { ...NO_TRAFFIC, inBytes: 7 } })) };
  }

  async zero(service?: ServiceId): Promise<void> {
    this.zeroed.push(service);
  }

  async *connections(): AsyncGenerator<readonly Connection[]> {
    try {
      for (const chunk of this.chunks()) {
        this.pulled++;
        yield chunk;
      }
    } finally {
      this.finished++;
    }
  }

  async status(): Promise<Status> {
    return STATUS;
  }

  async syncDaemons(): Promise<readonly SyncDaemon[]> {
    return this.daemons;
  }

  async startSync(daemon: SyncDaemon): Promise<void> {
    if (daemon.interface === 'nosuch0')
      throw new DirectorError('no-such-device', 'there is no interface nosuch0: list them with "ip link"');
    this.daemons.push(daemon);
  }

  async stopSync(direction: SyncDirection): Promise<void> {
    this.daemons = this.daemons.filter((daemon) => daemon.direction !== direction);
  }

  async rekey(): Promise<SyncKeys> {
    return STATUS.sync.keys;
  }

  upgrades = 0;

  async upgrade(): Promise<void> {
    this.upgrades++;
  }

  async handover(): Promise<{ tookMs: number }> {
    await this.handoverGate;
    return { tookMs: 3.5 };
  }
}
