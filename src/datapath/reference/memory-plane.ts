/** The plane without a kernel: rules, sync, heartbeat and every command work; no packet is forwarded. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { type Connection, isActive } from '../../model/connection.ts';
import { NO_TRAFFIC, type ServiceCounters } from '../../model/counters.ts';
import { type RuleSet, sameEndpoint, type VirtualService } from '../../model/rules.ts';
import type { FenceShare, Plane, SweepResult, SyncShare } from '../plane.ts';
import { MemoryFence } from './memory-fence.ts';
import type { MemoryApply } from './memory-sync-port.ts';
import { MemoryTable } from './memory-table.ts';

const CHUNK = 1000;

export class MemoryPlane implements Plane {
  readonly kind = 'memory';
  readonly adopted = false;
  readonly fence: MemoryFence;
  readonly #lease = new SharedArrayBuffer(24);
  readonly #capacity: number;
  readonly #table: MemoryTable;
  readonly #now: () => number;
  readonly #ports: MessagePort[] = [];

  /** @param now microseconds of a clock that does not step back */
  constructor(capacity: number, now: () => number) {
    this.fence = new MemoryFence(this.#lease);
    this.#capacity = capacity;
    this.#table = new MemoryTable(capacity);
    this.#now = now;
  }

  applyRules(): void {}

  setAddresses(): void {}

  setMac(): void {}

  setDirector(): void {}

  counters(rules: RuleSet): ServiceCounters[] {
    const connections = [...this.#table.connections(this.#now())];
    return rules.services.map((service) => countersOf(service, connections));
  }

  zero(): void {}

  async *connections(): AsyncGenerator<readonly Connection[]> {
    let chunk: Connection[] = [];
    for (const connection of this.#table.connections(this.#now())) {
      chunk.push(connection);
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = [];
    }
    if (chunk.length > 0) yield chunk;
  }

  sweep(): SweepResult {
    const expired = this.#table.expire(this.#now());
    return { expired, connections: this.#table.size, deferred: 0, unsent: 0 };
  }

  *sweepSlices(): Generator<undefined, SweepResult> {
    yield;
    return this.sweep();
  }

  drops(): Record<string, number> {
    return {};
  }

  events(): Record<string, number> {
    return {};
  }

  shareFence(): FenceShare {
    return { kind: 'memory', lease: this.#lease };
  }

  shareSync(): SyncShare {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', ({ records, from }: MemoryApply) => this.#table.apply(records, from, this.#now()));
    port1.unref();
    this.#ports.push(port1);
    return { kind: 'memory', port: port2, capacity: this.#capacity };
  }

  close(): void {
    for (const port of this.#ports) port.close();
  }
}

function countersOf(service: VirtualService, connections: readonly Connection[]): ServiceCounters {
  const { id } = service;
  const own = connections.filter(
    (connection) =>
      id.kind === 'address' && connection.protocol === id.protocol && sameEndpoint(connection.virtual, id),
  );
  return {
    total: NO_TRAFFIC,
    servers: service.servers.map((server) => {
      const its = own.filter((connection) => sameEndpoint(connection.server, server));
      const active = its.filter(isActive).length;
      return { ...NO_TRAFFIC, activeConnections: active, inactiveConnections: its.length - active };
    }),
    locals: service.locals.map((local) => ({
      conflicts: 0,
      connections: own.filter((connection) => connection.local?.address === local.address).length,
    })),
  };
}
