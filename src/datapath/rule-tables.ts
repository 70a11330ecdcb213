/**
 * Brings a rule set into the plane's maps. Ids of services and servers are stable as long as connections refer to
 * them; a change touches only the services that differ.
 */
import {
  type RealServer,
  type RuleSet,
  type ServiceId,
  serviceFamily,
  serviceKey,
  type VirtualService,
} from '../model/rules.ts';
import {
  addressBytes,
  bytes,
  localUseKeyBytes,
  netmaskBytes,
  readServer,
  readService,
  type ServerEntry,
  serverBytes,
  serverIndexBytes,
  serviceBytes,
  serviceKeyBytes,
  serviceOptionsBytes,
  u32,
} from './codec.ts';
import { HeldChanges } from './held-changes.ts';
import { IP_ADDRESS, SERVER, SERVICE } from './layouts.generated.ts';
import { nextTurn, rotationSlots, type Turn } from './rotation.ts';
import { type FormerRun, full, type Run, RunTable, type TableMap } from './run-table.ts';
import { isRotating, SCHEDULER_NUMBER, scheduleSlots, serviceFlags } from './schedule-table.ts';

export interface RuleMaps {
  readonly services: TableMap;
  readonly servers: TableMap;
  readonly slots: TableMap;
  readonly locals: TableMap;
  readonly serverIndex: TableMap;
  readonly localUse: TableMap;
  readonly cursors: TableMap;
  readonly overloads: TableMap;
  readonly serviceOptions: TableMap;
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
  readonly turn: Turn;
}

/** Of an adopted service nobody knows where its cursor began. */
const UNKNOWN_TURN: Turn = { start: -1, threshold: 0 };

export class RuleTables {
  readonly #maps: RuleMaps;
  readonly #use: ServerUse;
  readonly #now: () => number;
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
  /** Ids of {@link #servers} by service id, also of services that are gone. */
  readonly #serversOf = new Map<number, Set<number>>();
  /** By the key in the plane's map, in hex. */
  readonly #former = new Map<string, Former>();
  /** Ids that go to nobody else during an edit: former services lead to them, or this edit has placed them. */
  readonly #kept = new Set<number>();
  #nextServerId = 1;
  #nextServiceId = 1;

  /** @param now seconds of CLOCK_BOOTTIME */
  constructor(maps: RuleMaps, use: ServerUse, now: () => number = () => 0) {
    this.#maps = maps;
    this.#now = now;
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
    this.#maps.serviceOptions.update(u32(old.id), optionsBytes(old.service));
    this.#maps.services.update(old.key, entryBytes(old));
    this.#freeRuns(now);
    this.#takeBackServers(old, old, now.serverIds);
  }

  /** The former servers are what they were; those that only the edit had are nobody's. */
  #takeBackServers(place: Place, old: Placed | undefined, serverIds: readonly number[]): void {
    if (old) this.#placeServers(old, old.service, old.id, []);
    const kept = new Set(old?.serverIds);
    for (const id of serverIds) if (!kept.has(id)) this.#retire(place, id);
  }

  /** Ids of a service and its servers, in the rule set's order. */
  find(service: VirtualService): { readonly id: number; readonly serverIds: readonly number[] } | undefined {
    return this.#placed.get(serviceKey(service.id));
  }

  /** The service whose server has this id, if a rule names it. */
  serviceOf(serverId: number): VirtualService | undefined {
    return this.#placedById.get(this.#servers.get(serverId)?.serviceId ?? 0)?.service;
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
    let slots: readonly number[];
    try {
      this.#placeServers(place, service, id, serverIds);
      const lastWeight = (index: number) => this.#servers.get(serverIds[index] ?? 0)?.lastWeight ?? 0;
      slots = scheduleSlots(service, lastWeight);
      runs = this.#placeRuns(service, slots, serverIds, former);
    } catch (error) {
      if (!this.#changes.held) {
        this.#takeBackServers(place, old, serverIds);
        if (!old) this.#serviceIds.delete(id);
      }
      throw error;
    }
    const adopted = former && runs.slots === former.slots;
    const turn = isRotating(service.scheduler) ? this.#turn(service, id, slots, old, adopted) : UNKNOWN_TURN;
    const placed = { service, id, ...place, ...runs, serverIds, turn };
    this.#changes.make(() => {
      this.#maps.serviceOptions.update(u32(id), optionsBytes(service));
      this.#maps.services.update(place.key, entryBytes(placed));
    });
    this.#setPlaced(key, placed);
    if (former) this.#leave(former, runs);
    return placed;
  }

  /** Sets the cursor where the kernel's would go on. */
  #turn(
    service: VirtualService,
    id: number,
    slots: readonly number[],
    old?: Placed,
    adopted?: boolean,
  ): Turn {
    const value = bytes(4);
    this.#maps.cursors.lookup(u32(id), value);
    const cursor = value.readUInt32LE();
    const before =
      old && isRotating(old.service.scheduler)
        ? { service: old.service, slots: rotationSlots(old.service), turn: old.turn, cursor }
        : adopted
          ? { service, slots, turn: UNKNOWN_TURN, cursor }
          : undefined;
    const turn = nextTurn(service, slots, before, old !== undefined);
    if (turn.start !== cursor) this.#changes.make(() => this.#maps.cursors.update(u32(id), u32(turn.start)));
    return turn;
  }

  #setPlaced(key: string, placed: Placed): void {
    this.#placed.set(key, placed);
    this.#placedById.set(placed.id, placed);
  }

  /** Both or none: without room for the local addresses the slots are given back. */
  #placeRuns(
    service: VirtualService,
    indexes: readonly number[],
    serverIds: readonly number[],
    former: Former | undefined,
  ): Runs {
    const slotIds = indexes.map((index) => u32(serverIds[index] ?? 0));
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
      if (this.#serviceIds.has(id) || !this.#buryServersOf(id)) continue;
      this.#serviceIds.add(id);
      return id;
    }
    throw full('virtual services', last - 1);
  }

  /**
   * Connections of a service that was deleted still ask for its id: it goes to another one when the last of them has
   * ended. @returns whether nobody asks any more
   */
  #buryServersOf(serviceId: number): boolean {
    const ids = [...(this.#serversOf.get(serviceId) ?? [])];
    if (ids.some((id) => this.#kept.has(id) || this.#use.connections(id) > 0)) return false;
    for (const id of ids) {
      const held = this.#servers.get(id);
      if (held) this.#forget(id, held);
      this.#changes.make(() => {
        this.#maps.servers.update(u32(id), bytes(SERVER.size));
        this.#use.clear(id);
      });
    }
    return true;
  }

  /** @param ids to which their ids are appended, also of those before one that finds no room */
  #placeServers(place: Place, service: VirtualService, serviceId: number, ids: number[]): void {
    const keys: Buffer[] = [];
    const values: Buffer[] = [];
    const indexes: Buffer[] = [];
    for (const server of service.servers) {
      const [id, entry] = this.#placeServer(place, server, serviceId, service.drainingTimeout);
      ids.push(id);
      keys.push(u32(id));
      values.push(serverBytes(entry));
      indexes.push(serverIndexBytes(place.key, entry));
    }
    const numbers = Buffer.concat(keys);
    this.#changes.make(() => {
      this.#maps.servers.updateMany(numbers, Buffer.concat(values));
      this.#maps.serverIndex.updateMany(Buffer.concat(indexes), numbers);
    });
  }

  #placeServer(
    place: Place,
    server: RealServer,
    serviceId: number,
    drainingTimeout: number | undefined,
  ): readonly [number, ServerEntry] {
    const id = this.#serverIds.get(serverName({ ...server, serviceId })) ?? this.#serverId();
    const before = this.#servers.get(id);
    const entry: ServerEntry = {
      ...server,
      serviceId,
      fwmark: place.fwmark,
      lastWeight: server.weight || before?.lastWeight || 0,
      deleted: false,
      ...this.#quiet(server.weight, before, drainingTimeout),
    };
    this.#remember(id, entry);
    this.#kept.add(id);
    if (mayTakeMore(entry, before)) this.#changes.make(() => this.#maps.overloads.update(u32(id), u32(0)));
    return [id, entry];
  }

  /** Since when a server takes nothing, and when its connections are closed for that. */
  #quiet(weight: number, before: ServerEntry | undefined, drainingTimeout = 0) {
    const quietSince = weight > 0 ? 0 : before?.quietSince || this.#now();
    return { quietSince, drainAt: quietSince > 0 && drainingTimeout > 0 ? quietSince + drainingTimeout : 0 };
  }

  #remember(id: number, entry: ServerEntry): void {
    this.#servers.set(id, entry);
    this.#serverIds.set(serverName(entry), id);
    const siblings = this.#serversOf.get(entry.serviceId);
    if (siblings) siblings.add(id);
    else this.#serversOf.set(entry.serviceId, new Set([id]));
  }

  #forget(id: number, entry: ServerEntry): void {
    this.#servers.delete(id);
    this.#serverIds.delete(serverName(entry));
    this.#serversOf.get(entry.serviceId)?.delete(id);
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
    for (const id of placed.serverIds)
      if (!kept.has(id)) this.#retire(placed, id, placed.service.drainingTimeout);
  }

  /** No new connection finds it; the old ones go on, and their id is kept until the last has ended. */
  #retire(place: Place, id: number, drainingTimeout?: number): void {
    const entry = this.#servers.get(id);
    if (!entry) return;
    this.#maps.serverIndex.delete(serverIndexBytes(place.key, entry));
    this.#use.retire(id, entry.serviceId);
    const quiet = this.#quiet(0, entry, drainingTimeout);
    const retired = { ...entry, ...quiet, weight: 0, deleted: true };
    this.#remember(id, retired);
    this.#maps.servers.update(u32(id), serverBytes(retired));
    if (this.#use.connections(id) > 0) return;
    this.#forget(id, entry);
    this.#maps.servers.update(u32(id), Buffer.alloc(SERVER.size));
    this.#use.clear(id);
  }
}

function placeOf(id: ServiceId): Place {
  return { key: serviceKeyBytes(id), fwmark: fwmarkOf(id) };
}

const fwmarkOf = (id: ServiceId): number => (id.kind === 'fwmark' ? id.fwmark : 0);

/** IPVS takes a server's overload back when its upper threshold is raised or taken away (__ip_vs_update_dest). */
function mayTakeMore({ upperThreshold }: ServerEntry, before: ServerEntry | undefined): boolean {
  if (!before) return true;
  return before.upperThreshold > 0 && (upperThreshold === 0 || upperThreshold > before.upperThreshold);
}

function serverName({
  serviceId,
  address,
  port,
}: Pick<ServerEntry, 'serviceId' | 'address' | 'port'>): string {
  return `${serviceId} ${address} ${port}`;
}

function entryBytes({ id, service, slots, locals }: Placed): Buffer {
  return serviceBytes({
    id,
    scheduler: SCHEDULER_NUMBER[service.scheduler],
    firstSlot: slots.first,
    slots: slots.length,
    firstLocal: locals.first,
    locals: locals.length,
    flags: serviceFlags(service),
  });
}

function optionsBytes(service: VirtualService): Buffer {
  const { id, persistence, establishedTimeout = 0 } = service;
  return serviceOptionsBytes({
    flags: serviceFlags(service),
    persistenceTimeout: persistence?.timeout ?? 0,
    establishedTimeout,
    netmask: netmaskBytes(serviceFamily(id), persistence),
    port: id.kind === 'fwmark' ? 0 : id.port,
    fwmark: fwmarkOf(id),
  });
}

function hex(key: Uint8Array): string {
  return Buffer.from(key).toString('hex');
}
