/**
 * The plane without a kernel: rules, sync, heartbeat and every command work. It forwards what it is given, and a daemon
 * gives it nothing.
 */
import { randomBytes } from 'node:crypto';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Connection } from '../../model/connection.ts';
import type { ServiceCounters } from '../../model/counters.ts';
import type { IpvsOptions } from '../../model/ipvs-options.ts';
import { type RuleSet, type ServiceId, serviceKey } from '../../model/rules.ts';
import type { FenceShare, Plane, PlaneAddress, SweepResult, SyncShare } from '../plane.ts';
import { Forwarder } from './forwarder.ts';
import { MemoryFence } from './memory-fence.ts';
import type { MemoryApply } from './memory-sync-port.ts';
import { NO_NETWORK } from './network.ts';

const CHUNK = 1000;

export interface MemoryPlaneOptions {
  readonly connections: number;
  readonly localPorts: readonly [number, number];
  readonly ipvs: IpvsOptions;
}

export class MemoryPlane implements Plane {
  readonly kind = 'memory';
  readonly adopted = false;
  readonly fence: MemoryFence;
  readonly #lease = new SharedArrayBuffer(24);
  readonly #capacity: number;
  readonly #forwarder: Forwarder;
  readonly #ports: MessagePort[] = [];

  /** @param now microseconds of a clock that does not step back */
  constructor({ connections, localPorts, ipvs }: MemoryPlaneOptions, now: () => number) {
    this.fence = new MemoryFence(this.#lease);
    this.#capacity = connections;
    this.#forwarder = new Forwarder({
      ...{ capacity: connections, localPorts, ipvs },
      ...{ network: NO_NETWORK, fence: this.fence, clock: { idle: now, boot: now } },
      maker: randomBytes(4).readUInt32LE(),
      random: () => randomBytes(4).readUInt32LE(),
      // The sync worker has a table of its own, and answers from there.
      tell: () => {},
    });
  }

  applyRules(rules: RuleSet): void {
    this.#forwarder.rules.apply(rules);
  }

  setAddresses(addresses: readonly PlaneAddress[]): void {
    this.#forwarder.setAddresses(addresses);
  }

  setMac(ifindex: number, mac: Uint8Array): void {
    this.#forwarder.setMac(ifindex, mac);
  }

  setDirector(director: number): void {
    this.#forwarder.director = director;
  }

  counters(rules: RuleSet): ServiceCounters[] {
    return this.#forwarder.rules.counters(rules);
  }

  zero(rules: RuleSet, service?: ServiceId): void {
    const chosen = service && serviceKey(service);
    for (const { id } of rules.services)
      if (!chosen || serviceKey(id) === chosen) this.#forwarder.rules.of(id)?.zero();
  }

  async *connections(): AsyncGenerator<readonly Connection[]> {
    let chunk: Connection[] = [];
    for (const connection of this.#forwarder.connections()) {
      chunk.push(connection);
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = [];
    }
    if (chunk.length > 0) yield chunk;
  }

  sweep(): SweepResult {
    const expired = this.#forwarder.sweep();
    return { expired, connections: this.#forwarder.table.size, deferred: 0, unsent: 0 };
  }

  *sweepSlices(): Generator<undefined, SweepResult> {
    yield;
    return this.sweep();
  }

  drops(): Record<string, number> {
    return { ...this.#forwarder.drops };
  }

  events(): Record<string, number> {
    return { ...this.#forwarder.events };
  }

  shareFence(): FenceShare {
    return { kind: 'memory', lease: this.#lease };
  }

  shareSync(): SyncShare {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', ({ records, from }: MemoryApply) => this.#forwarder.apply(records, from));
    port1.unref();
    this.#ports.push(port1);
    return { kind: 'memory', port: port2, capacity: this.#capacity };
  }

  close(): void {
    for (const port of this.#ports) port.close();
  }
}
