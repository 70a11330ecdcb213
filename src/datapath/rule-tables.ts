/**
 * Brings a rule set into the plane's maps. Ids of services and servers are stable as long as connections refer to
 * them; a change touches only the services that differ.
 */
import type { Address } from '../model/address.ts';
import {
  describeService,
  PROTOCOL_NUMBER,
  type RealServer,
  type RuleSet,
  serviceKey,
  type VirtualService,
} from '../model/rules.ts';
import {
  addressBytes,
  localUseKeyBytes,
  readServer,
  readService,
  type ServerEntry,
  serverBytes,
  serverIndexBytes,
  serviceBytes,
  serviceKeyBytes,
  u32,
} from './codec.ts';
import { SCHEDULER, SERVER, SERVICE } from './layouts.generated.ts';
import { DatapathError } from './plane.ts';
import { RangeAllocator } from './ranges.ts';
import { scheduleKind, scheduleSlots } from './schedule-table.ts';

/** What rule tables need of a BPF map; tests hand in one of their own. */
export interface TableMap {
  readonly maxEntries: number;
  lookup(key: Uint8Array, value: Uint8Array): boolean;
  update(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): boolean;
  keys(): Uint8Array[];
}

export interface RuleMaps {
  readonly services: TableMap;
  readonly servers: TableMap;
  readonly slots: TableMap;
  readonly locals: TableMap;
  readonly serverIndex: TableMap;
  readonly localUse: TableMap;
}

/** Servers whose connections have not all ended keep their id: the caller knows, from the kernel's counters. */
export interface ServerUse {
  connections(serverId: number): number;
  /** Its traffic goes on in its service's total. */
  retire(serverId: number, serviceId: number): void;
  clear(serverId: number): void;
  clearService(serviceId: number): void;
}

interface Place {
  readonly key: Buffer;
  readonly address: Address;
  readonly protocol: number;
  readonly port: number;
}

/** What a service takes of the arrays that all share. */
interface Runs {
  readonly firstSlot: number;
  readonly slots: number;
  readonly firstLocal: number;
  readonly locals: number;
}

interface Placed extends Place, Runs {
  readonly service: VirtualService;
  readonly id: number;
  /** In the order of `service.servers`. */
  readonly serverIds: readonly number[];
}

const SCHEDULER_NUMBER = {
  table: SCHEDULER.SCHEDULE_TABLE,
  lc: SCHEDULER.SCHEDULE_LC,
  wlc: SCHEDULER.SCHEDULE_WLC,
} as const;

export class RuleTables {
  readonly #maps: RuleMaps;
  readonly #use: ServerUse;
  readonly #slots: RangeAllocator;
  readonly #locals: RangeAllocator;
  /** By service key. */
  readonly #placed = new Map<string, Placed>();
  /** Servers in the map by id, those of deleted rules included. Id 0 is nobody. */
  readonly #servers = new Map<number, ServerEntry>();
  /** Ids of {@link #servers} by service id and endpoint. */
  readonly #serverIds = new Map<string, number>();
  readonly #serviceIds = new Set<number>();
  /** Of a former daemon's services: packets walk them until each service stands in its new place. */
  #former: readonly Runs[] = [];
  #nextServerId = 1;
  #nextServiceId = 1;

  constructor(maps: RuleMaps, use: ServerUse) {
    this.#maps = maps;
    this.#use = use;
    this.#slots = new RangeAllocator(maps.slots.maxEntries);
    this.#locals = new RangeAllocator(maps.locals.maxEntries);
  }

  /** Learns the ids that a former daemon gave, so that connections keep their servers. */
  adopt(): void {
    const value = Buffer.allocUnsafeSlow(SERVER.size);
    for (let id = 1; id < this.#maps.servers.maxEntries; id++) {
      if (this.#maps.servers.lookup(u32(id), value) && value.readUInt32LE(SERVER.address) !== 0) {
        this.#remember(id, readServer(value));
      }
    }
    this.#former = this.#maps.services.keys().flatMap((key) => {
      const service = Buffer.allocUnsafeSlow(SERVICE.size);
      return this.#maps.services.lookup(key, service) ? [readService(service)] : [];
    });
    for (const { firstSlot, slots, firstLocal, locals } of this.#former) {
      this.#slots.reserve(firstSlot, slots);
      this.#locals.reserve(firstLocal, locals);
    }
  }

  apply(rules: RuleSet): void {
    const wanted = new Map(rules.services.map((service) => [serviceKey(service.id), service]));
    for (const [key, placed] of this.#placed) if (!wanted.has(key)) this.#remove(key, placed);
    this.#removeUnknown(wanted);
    for (const [key, service] of wanted) {
      // An edit leaves every service that it does not touch the same object.
      if (this.#placed.get(key)?.service !== service) this.#place(key, service);
    }
    for (const runs of this.#former) this.#freeRuns(runs);
    this.#former = [];
  }

  /** Ids of a service and its servers, in the rule set's order. */
  find(service: VirtualService): { readonly id: number; readonly serverIds: readonly number[] } | undefined {
    return this.#placed.get(serviceKey(service.id));
  }

  /** After adoption: services of the maps that no rule names. */
  #removeUnknown(wanted: ReadonlyMap<string, VirtualService>): void {
    if (this.#placed.size > 0) return;
    const known = new Set<string>();
    for (const service of wanted.values()) known.add(this.#address(service).key.toString('hex'));
    for (const key of this.#maps.services.keys()) {
      const value = Buffer.allocUnsafeSlow(SERVICE.size);
      if (!this.#maps.services.lookup(key, value)) continue;
      this.#serviceIds.add(value.readUInt32LE(SERVICE.id));
      if (!known.has(Buffer.from(key).toString('hex'))) this.#maps.services.delete(key);
    }
  }

  #address(service: VirtualService): Place {
    const { id } = service;
    if (id.kind !== 'address') {
      throw new DatapathError(
        'table-full',
        `${describeService(id)}: the plane takes services by address and port`,
      );
    }
    const protocol = PROTOCOL_NUMBER[id.protocol];
    return {
      key: serviceKeyBytes(id.address, id.port, protocol),
      address: id.address,
      port: id.port,
      protocol,
    };
  }

  #place(key: string, service: VirtualService): void {
    const old = this.#placed.get(key);
    const place = this.#address(service);
    const id = old?.id ?? this.#serviceId(place.key);
    const serverIds = service.servers.map((server) => this.#placeServer(place, server, id));
    const slots = scheduleSlots(service).map((index) => serverIds[index] ?? 0);
    const firstSlot = this.#range(this.#slots, slots.length, 'scheduler slots');
    slots.forEach((serverId, index) => {
      this.#maps.slots.update(u32(firstSlot + index), u32(serverId));
    });
    const firstLocal = this.#localRange(service, firstSlot, slots.length);
    service.locals.forEach((local, index) => {
      this.#maps.locals.update(u32(firstLocal + index), addressBytes(local.address));
    });
    const scheduler = SCHEDULER_NUMBER[scheduleKind(service.scheduler)];
    const runs = { firstSlot, slots: slots.length, firstLocal, locals: service.locals.length };
    this.#maps.services.update(place.key, serviceBytes({ id, scheduler, ...runs }));
    this.#placed.set(key, { service, id, ...place, ...runs, serverIds });
    if (old) this.#release(old, new Set(serverIds));
  }

  /** A map that was adopted may hold the service already. */
  #serviceId(key: Buffer): number {
    const value = Buffer.allocUnsafeSlow(SERVICE.size);
    if (this.#maps.services.lookup(key, value)) return value.readUInt32LE(SERVICE.id);
    // Service ids index the cursors, and entries behind the servers' traffic: 0 is nobody here too.
    const last = this.#maps.services.maxEntries;
    for (let tries = 1; tries < last; tries++) {
      const id = this.#nextServiceId;
      this.#nextServiceId = id + 1 < last ? id + 1 : 1;
      if (this.#serviceIds.has(id)) continue;
      this.#serviceIds.add(id);
      return id;
    }
    throw full('virtual services', last - 1);
  }

  #placeServer(place: Place, server: RealServer, serviceId: number): number {
    const entry: ServerEntry = { ...server, protocol: place.protocol, serviceId };
    const index = serverIndexBytes(place.address, place.port, entry);
    const id = this.#serverIds.get(serverName(entry)) ?? this.#serverId();
    this.#remember(id, entry);
    this.#maps.servers.update(u32(id), serverBytes(entry));
    this.#maps.serverIndex.update(index, u32(id));
    return id;
  }

  #remember(id: number, entry: ServerEntry): void {
    this.#servers.set(id, entry);
    this.#serverIds.set(serverName(entry), id);
  }

  #forget(id: number, entry: ServerEntry): void {
    this.#servers.delete(id);
    this.#serverIds.delete(serverName(entry));
  }

  #serverId(): number {
    const last = this.#maps.servers.maxEntries;
    for (let tries = 1; tries < last; tries++) {
      const id = this.#nextServerId;
      this.#nextServerId = id + 1 < last ? id + 1 : 1;
      const held = this.#servers.get(id);
      if (!held) return id;
      if (this.#isPlaced(id, held) || this.#use.connections(id) > 0) continue;
      this.#forget(id, held);
      this.#use.clear(id);
      return id;
    }
    throw full('real servers', last - 1);
  }

  #isPlaced(id: number, held: ServerEntry): boolean {
    for (const placed of this.#placed.values()) {
      if (placed.id === held.serviceId && placed.serverIds.includes(id)) return true;
    }
    return false;
  }

  #range(allocator: RangeAllocator, length: number, what: string): number {
    const start = allocator.allocate(length);
    if (start === undefined) throw full(what, allocator.size);
    return start;
  }

  /** The last thing that a service needs: without it the slots that it has already are given back. */
  #localRange(service: VirtualService, firstSlot: number, slots: number): number {
    try {
      return this.#range(this.#locals, service.locals.length, 'local addresses');
    } catch (error) {
      this.#slots.free(firstSlot, slots);
      throw error;
    }
  }

  #remove(key: string, placed: Placed): void {
    this.#maps.services.delete(placed.key);
    this.#placed.delete(key);
    this.#release(placed, new Set());
    this.#serviceIds.delete(placed.id);
    this.#use.clearService(placed.id);
    for (const local of placed.service.locals)
      this.#maps.localUse.delete(localUseKeyBytes(placed.id, local.address));
  }

  #freeRuns({ firstSlot, slots, firstLocal, locals }: Runs): void {
    this.#slots.free(firstSlot, slots);
    this.#locals.free(firstLocal, locals);
  }

  #release(placed: Placed, kept: ReadonlySet<number>): void {
    this.#freeRuns(placed);
    for (const id of placed.serverIds) if (!kept.has(id)) this.#retire(placed, id);
  }

  /** No new connection finds it; the old ones go on, and their id is kept until the last has ended. */
  #retire(placed: Placed, id: number): void {
    const entry = this.#servers.get(id);
    if (!entry) return;
    this.#maps.serverIndex.delete(serverIndexBytes(placed.address, placed.port, entry));
    this.#use.retire(id, placed.id);
    const retired = { ...entry, weight: 0 };
    this.#remember(id, retired);
    this.#maps.servers.update(u32(id), serverBytes(retired));
    if (this.#use.connections(id) > 0) return;
    this.#forget(id, entry);
    this.#maps.servers.update(u32(id), Buffer.alloc(SERVER.size));
    this.#use.clear(id);
  }
}

function serverName(entry: ServerEntry): string {
  return `${entry.serviceId} ${entry.address} ${entry.port}`;
}

function full(what: string, limit: number): DatapathError {
  return new DatapathError('table-full', `no room for more ${what}: the plane holds ${limit}`);
}
