/** Counters of the plane's servers and services. What a server counted outlives it in its service's total. */
import { addTraffic, type ServerCounters, type TrafficCounters } from '../model/counters.ts';
import type { BpfMap } from '../native/bpf-map.ts';
import { bytes, u32 } from './codec.ts';
import { SERVER_LOAD, TRAFFIC } from './layouts.generated.ts';
import { readPerCpuFields, writePerCpuFields } from './per-cpu.ts';
import type { ServerUse } from './rule-tables.ts';

const TRAFFIC_FIELDS = [
  TRAFFIC.connections,
  TRAFFIC.inPackets,
  TRAFFIC.outPackets,
  TRAFFIC.inBytes,
  TRAFFIC.outBytes,
] as const;

export class PlaneCounters implements ServerUse {
  readonly #traffic: BpfMap;
  readonly #load: BpfMap;
  /** Entries behind the servers' in the traffic map: what the deleted servers of each service had counted. */
  readonly #firstRetired: number;

  /** @param servers how many ids there are */
  constructor(traffic: BpfMap, load: BpfMap, servers: number) {
    this.#traffic = traffic;
    this.#load = load;
    this.#firstRetired = servers;
  }

  server(id: number): ServerCounters {
    const { active, inactive, templates } = this.#loadOf(id);
    return {
      ...this.#trafficOf(id),
      activeConnections: active,
      inactiveConnections: inactive,
      ...(templates > 0 ? { persistentConnections: templates } : {}),
    };
  }

  /** Of a service: its servers', and what those that are gone had counted. */
  total(serviceId: number, servers: readonly TrafficCounters[]): TrafficCounters {
    return servers.reduce(addTraffic, this.#trafficOf(this.#firstRetired + serviceId));
  }

  connections(id: number): number {
    const { active, inactive, templates } = this.#loadOf(id);
    return active + inactive + templates;
  }

  retire(id: number, serviceId: number): void {
    const entry = this.#firstRetired + serviceId;
    const counted = readPerCpuFields(this.#traffic, id, TRAFFIC_FIELDS);
    const before = readPerCpuFields(this.#traffic, entry, TRAFFIC_FIELDS);
    const sums = TRAFFIC_FIELDS.map((field, at): [number, number] => [
      field,
      (counted[at] ?? 0) + (before[at] ?? 0),
    ]);
    writePerCpuFields(this.#traffic, entry, new Map(sums));
    this.zero(id);
  }

  clear(id: number): void {
    this.zero(id);
    this.#load.update(u32(id), bytes(SERVER_LOAD.size));
  }

  clearService(serviceId: number): void {
    this.zero(this.#firstRetired + serviceId);
  }

  /** The traffic of one server. */
  zero(id: number): void {
    writePerCpuFields(this.#traffic, id, new Map());
  }

  #loadOf(id: number): { active: number; inactive: number; templates: number } {
    const value = bytes(SERVER_LOAD.size);
    this.#load.lookup(u32(id), value);
    return {
      active: Math.max(0, value.readInt32LE(SERVER_LOAD.active)),
      inactive: Math.max(0, value.readInt32LE(SERVER_LOAD.inactive)),
      templates: Math.max(0, value.readInt32LE(SERVER_LOAD.templates)),
    };
  }

  #trafficOf(entry: number): TrafficCounters {
    const fields = readPerCpuFields(this.#traffic, entry, TRAFFIC_FIELDS);
    const [connections = 0, inPackets = 0, outPackets = 0, inBytes = 0, outBytes = 0] = fields;
    return { connections, inPackets, outPackets, inBytes, outBytes };
  }
}
