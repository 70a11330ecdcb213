/**
 * Brings a rule set into the plane's maps. Ids of services and servers are stable as long as connections refer to
 * them; a change touches only the services that differ.
 */
import {
  type RealServer,
  type RuleSet,
  type ServiceId,
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
import { HeldChanges } from './held-changes.ts';
import { IP_ADDRESS, SCHEDULER, SERVER, SERVICE } from './layouts.generated.ts';
import { type FormerRun, full, type Run, RunTable, type TableMap } from './run-table.ts';
import { scheduleKind, scheduleSlots } from './schedule-table.ts';

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

/** Under which name a service stands in the plane, and which mark its connections bear: 0 none. */
interface Place {
  readonly key: Buffer;
  readonly fwmark: number;
}

/** What a service takes of the arrays that all share. */
interface Runs {
  readonly slots: Run;
  readonly locals: Run;
}

/** A service as a former daemon left it: packets walk its runs until it stands in its new place. */
interface Former {
  readonly id: number;
  readonly key: Uint8Array;
  readonly slots: FormerRun;
  readonly locals: FormerRun;
}

/** A service of an edit that is under way: what it was, and what it is. */
interface Change {
  readonly key: string;
  readonly old: Placed | undefined;
  readonly now: Placed;
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
  readonly #changes = new HeldChanges();
  readonly #slots: RunTable;
  readonly #locals: RunTable;
  /** By service key. */
  readonly #placed = new Map<string, Placed>();
  /** The same by service id. */
  readonly #placedById = new Map<number, Placed>();
  /** Servers in the map by id, those of deleted rules included. Id 0 is nobody. */
  readonly #servers = new Map<number, ServerEntry>();
  /** Ids of {@link #servers} by service id and endpoint. */
  readonly #serverIds = new Map<string, number>();
  readonly #serviceIds = new Set<number>();
  /** By the key in the plane's map, in hex. */
  readonly #former = new Map<string, Former>();
  /** Ids that go to nobody else during an edit: former services lead to them, or this edit has placed them. */
  readonly #kept = new Set<number>();
  #nextServerId = 1;
  #nextServiceId = 1;

  constructor(maps: RuleMaps, use: ServerUse) {
    this.#maps = maps;
    this.#use = use;
    this.#slots = new RunTable(maps.slots, 'scheduler slots', 4, this.#changes);
    this.#locals = new RunTable(maps.locals, 'local addresses', IP_ADDRESS.size, this.#changes);
  }

  /**
   * Learns what a former daemon left: ids, so that connections keep their servers, and places, so that what stays
   * the same needs no second one. Nothing is changed before the first rules have found their room.
   */
  adopt(): void {
    const value = Buffer.allocUnsafeSlow(SERVER.size);
    for (let id = 1; id < this.#maps.servers.maxEntries; id++) {
      if (this.#maps.servers.lookup(u32(id), value) && value.readUInt32LE(SERVER.serviceId) !== 0) {
        this.#remember(id, readServer(value));
      }
    }
    for (const key of this.#maps.services.keys()) this.#adoptService(key);
    this.#changes.hold();
  }

  #adoptService(key: Uint8Array): void {
    const value = Buffer.allocUnsafeSlow(SERVICE.size);
    if (!this.#maps.services.lookup(key, value)) return;
    const { id, firstSlot, slots: slotCount, firstLocal, locals: localCount } = readService(value);
    const slots = this.#slots.adopt(firstSlot, slotCount);
    const locals = this.#locals.adopt(firstLocal, localCount);
    for (let at = 0; at < slots.content.length; at += 4) this.#kept.add(slots.content.readUInt32LE(at));
    this.#serviceIds.add(id);
    this.#former.set(hex(key), { id, key, slots, locals });
  }

  /**
   * Services that stay keep their former runs until all have found their new ones, so that none is lost to an edit
   * which finds no room.
   * @throws DatapathError `table-full`; the services are as they were then, but for those that were to go; of the
   * first rules after an adoption nothing is in the plane
   */
  apply(rules: RuleSet): void {
    const wanted = new Map(rules.services.map((service) => [serviceKey(service.id), service]));
    const changed: Change[] = [];
    try {
      for (const [key, placed] of this.#placed) if (!wanted.has(key)) this.#remove(key, placed);
      this.#removeFormer(wanted);
      for (const [key, service] of wanted) {
        const old = this.#placed.get(key);
        // An edit leaves every service that it does not touch the same object.
        if (old?.service !== service) changed.push({ key, old, now: this.#place(key, service, old) });
      }
    } catch (error) {
      if (!this.#changes.held) for (const change of changed.reverse()) this.#takeBack(change);
      throw error;
    } finally {
      this.#kept.clear();
    }
    for (const { old, now } of changed) if (old) this.#release(old, new Set(now.serverIds));
    this.#changes.carryOut();
  }

  #takeBack({ key, old, now }: Change): void {
    if (!old) {
      this.#remove(key, now);
      return;
    }
    this.#setPlaced(key, old);
    this.#maps.services.update(old.key, entryBytes(old));
    this.#freeRuns(now);
    this.#takeBackServers(old, old, now.serverIds);
  }

  /** The former servers are what they were; those that only the edit had are nobody's. */
  #takeBackServers(place: Place, old: Placed | undefined, serverIds: readonly number[]): void {
    if (old) for (const server of old.service.servers) this.#placeServer(old, server, old.id);
    const kept = new Set(old?.serverIds);
    for (const id of serverIds) if (!kept.has(id)) this.#retire(place, id);
  }

  /** Ids of a service and its servers, in the rule set's order. */
  find(service: VirtualService): { readonly id: number; readonly serverIds: readonly number[] } | undefined {
    return this.#placed.get(serviceKey(service.id));
  }

  /** After adoption: services of the maps that no rule names. */
  #removeFormer(wanted: ReadonlyMap<string, VirtualService>): void {
    if (this.#former.size === 0) return;
    const known = new Set<string>();
    for (const service of wanted.values()) known.add(hex(serviceKeyBytes(service.id)));
    for (const [name, former] of this.#former) {
      if (known.has(name)) continue;
      this.#changes.make(() => this.#maps.services.delete(former.key));
      this.#former.delete(name);
      this.#freeRuns(former);
    }
  }

  #place(key: string, service: VirtualService, old: Placed | undefined): Placed {
    const place = placeOf(service.id);
    const former = this.#former.get(hex(place.key));
    const id = old?.id ?? former?.id ?? this.#serviceId();
    for (const serverId of old?.serverIds ?? []) this.#kept.add(serverId);
    const serverIds: number[] = [];
    let runs: Runs;
    try {
      for (const server of service.servers) serverIds.push(this.#placeServer(place, server, id));
      runs = this.#placeRuns(service, serverIds, former);
    } catch (error) {
      if (!this.#changes.held) {
        this.#takeBackServers(place, old, serverIds);
        if (!old) this.#serviceIds.delete(id);
      }
      throw error;
    }
    const placed = { service, id, ...place, ...runs, serverIds };
    this.#changes.make(() => this.#maps.services.update(place.key, entryBytes(placed)));
    this.#setPlaced(key, placed);
    if (former) this.#leave(former, runs);
    return placed;
  }

  #setPlaced(key: string, placed: Placed): void {
    this.#placed.set(key, placed);
    this.#placedById.set(placed.id, placed);
  }

  /** Both or none: without room for the local addresses the slots are given back. */
  #placeRuns(service: VirtualService, serverIds: readonly number[], former: Former | undefined): Runs {
    const slotIds = scheduleSlots(service).map((index) => u32(serverIds[index] ?? 0));
    const slots = this.#slots.place(slotIds, former?.slots);
    try {
      const addresses = service.locals.map(({ address }) => addressBytes(address));
      return { slots, locals: this.#locals.place(addresses, former?.locals) };
    } catch (error) {
      if (slots !== former?.slots) this.#slots.free(slots);
      throw error;
    }
  }

  /** A former service has found its new place: what it does not use of the old one is free. */
  #leave(former: Former, { slots, locals }: Runs): void {
    this.#former.delete(hex(former.key));
    if (slots !== former.slots) this.#slots.free(former.slots);
    if (locals !== former.locals) this.#locals.free(former.locals);
  }

  #serviceId(): number {
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
    const entry: ServerEntry = { ...server, serviceId, fwmark: place.fwmark };
    const index = serverIndexBytes(place.key, entry);
    const id = this.#serverIds.get(serverName(entry)) ?? this.#serverId();
    this.#remember(id, entry);
    this.#kept.add(id);
    this.#changes.make(() => {
      this.#maps.servers.update(u32(id), serverBytes(entry));
      this.#maps.serverIndex.update(index, u32(id));
    });
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
      if (this.#kept.has(id) || this.#isPlaced(id, held) || this.#use.connections(id) > 0) continue;
      this.#forget(id, held);
      this.#changes.make(() => this.#use.clear(id));
      return id;
    }
    throw full('real servers', last - 1);
  }

  #isPlaced(id: number, held: ServerEntry): boolean {
    return this.#placedById.get(held.serviceId)?.serverIds.includes(id) ?? false;
  }

  #remove(key: string, placed: Placed): void {
    this.#maps.services.delete(placed.key);
    this.#placed.delete(key);
    this.#placedById.delete(placed.id);
    this.#release(placed, new Set());
    this.#serviceIds.delete(placed.id);
    this.#use.clearService(placed.id);
    for (const local of placed.service.locals)
      this.#maps.localUse.delete(localUseKeyBytes(placed.id, local.address));
  }

  #freeRuns({ slots, locals }: Runs): void {
    this.#slots.free(slots);
    this.#locals.free(locals);
  }

  #release(placed: Placed, kept: ReadonlySet<number>): void {
    this.#freeRuns(placed);
    for (const id of placed.serverIds) if (!kept.has(id)) this.#retire(placed, id);
  }

  /** No new connection finds it; the old ones go on, and their id is kept until the last has ended. */
  #retire(place: Place, id: number): void {
    const entry = this.#servers.get(id);
    if (!entry) return;
    this.#maps.serverIndex.delete(serverIndexBytes(place.key, entry));
    this.#use.retire(id, entry.serviceId);
    const retired = { ...entry, weight: 0 };
    this.#remember(id, retired);
    this.#maps.servers.update(u32(id), serverBytes(retired));
    if (this.#use.connections(id) > 0) return;
    this.#forget(id, entry);
    this.#maps.servers.update(u32(id), Buffer.alloc(SERVER.size));
    this.#use.clear(id);
  }
}

function placeOf(id: ServiceId): Place {
  return { key: serviceKeyBytes(id), fwmark: id.kind === 'fwmark' ? id.fwmark : 0 };
}

function serverName(entry: ServerEntry): string {
  return `${entry.serviceId} ${entry.address} ${entry.port}`;
}

function entryBytes({ id, service, slots, locals }: Placed): Buffer {
  return serviceBytes({
    id,
    scheduler: SCHEDULER_NUMBER[scheduleKind(service.scheduler)],
    firstSlot: slots.first,
    slots: slots.length,
    firstLocal: locals.first,
    locals: locals.length,
  });
}

function hex(key: Uint8Array): string {
  return Buffer.from(key).toString('hex');
}
