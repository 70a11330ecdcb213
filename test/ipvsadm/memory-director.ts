/** A director of rules only, for tests. */
import { checkCarried } from '../../src/datapath/carried.ts';
import { type DirectorApi, DirectorError } from '../../src/director/api.ts';
import type { Connection } from '../../src/model/connection.ts';
import { NO_TRAFFIC, type ServiceCounters } from '../../src/model/counters.ts';
import { applyEdit, requireService } from '../../src/model/edit.ts';
import { ModelError } from '../../src/model/error.ts';
import { EMPTY_RULES, type RuleSet, type VirtualService } from '../../src/model/rules.ts';
import { fittedTo, type SyncDaemon } from '../../src/model/sync-daemon.ts';

export interface MemoryDirector extends DirectorApi {
  rules: RuleSet;
  zeroed: number;
  table: readonly (readonly Connection[])[];
  counters: (service: VirtualService) => ServiceCounters;
  close(): void;
}

/** @param plane whose rules it takes: in memory, the whole model */
export function memoryDirector(
  interfaces: readonly string[] = ['eth0', 'lo'],
  plane: 'xdp' | 'memory' = 'memory',
): MemoryDirector {
  const daemons: SyncDaemon[] = [];
  const director: MemoryDirector = {
    rules: EMPTY_RULES,
    zeroed: 0,
    table: [],
    counters: idle,
    async edit(edits, how) {
      const before = director.rules;
      const refused = edits.flatMap((edit, at) => {
        try {
          checkCarried(edit, plane);
          director.rules = applyEdit(director.rules, edit);
          return [];
        } catch (error) {
          if (!(error instanceof ModelError)) throw error;
          return [{ at, error }];
        }
      });
      if (how === 'whole' && refused.length > 0) director.rules = before;
      return refused;
    },
    async list() {
      return { rules: director.rules, counters: director.rules.services.map(director.counters) };
    },
    async rates() {
      return director.list();
    },
    async zero(service) {
      if (service) requireService(director.rules, service);
      director.zeroed += 1;
    },
    async *connections() {
      yield* director.table;
    },
    async syncDaemons() {
      return daemons;
    },
    async startSync(daemon) {
      if (!interfaces.includes(daemon.interface)) throw new DirectorError('no-such-device', daemon.interface);
      if (daemons.some(({ direction }) => direction === daemon.direction))
        throw new DirectorError('sync-running', daemon.direction);
      daemons.push(fittedTo(daemon, 1500));
    },
    async stopSync(direction) {
      const at = daemons.findIndex((daemon) => daemon.direction === direction);
      if (at < 0) throw new DirectorError('sync-stopped', direction);
      daemons.splice(at, 1);
    },
    status: () => Promise.reject(new Error('ipvsadm asks for no status')),
    rekey: () => Promise.reject(new Error('ipvsadm asks for no keys')),
    handover: () => Promise.reject(new Error('ipvsadm asks for no handover')),
    upgrade: () => Promise.reject(new Error('ipvsadm asks for no upgrade')),
    close() {},
  };
  return director;
}

function idle({ servers, locals }: VirtualService): ServiceCounters {
  return {
    total: NO_TRAFFIC,
    servers: servers.map(() => ({ ...NO_TRAFFIC, activeConnections: 0, inactiveConnections: 0 })),
    locals: locals.map(() => ({ conflicts: 0, connections: 0 })),
  };
}
