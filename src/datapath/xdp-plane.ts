/** The XDP plane: loads or adopts the kernel half, and reads and writes its maps for the main thread. */
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { Family } from '../model/address.ts';
import type { Connection } from '../model/connection.ts';
import type { ServiceCounters } from '../model/counters.ts';
import type { IpvsOptions } from '../model/ipvs-options.ts';
import {
  PROTOCOL_NUMBER,
  type RuleSet,
  type ServiceId,
  serviceKey,
  type VirtualService,
} from '../model/rules.ts';
import type { BpfMap } from '../native/bpf-map.ts';
import type { BpfObject } from '../native/bpf-object.ts';
import type { BpfProgram } from '../native/bpf-program.ts';
import { bootTimeUs } from '../native/clock.ts';
import { AddressTable } from './address-table.ts';
import { type AttachTarget, attachInterface, detachAll, detachOthers, type XdpMode } from './attach.ts';
import { ensurePinDirectory } from './bpffs.ts';
import {
  bytes,
  FLOW_SIZES,
  flowState,
  hasReply,
  interfaceBytes,
  localUseKeyBytes,
  otherKeyBytes,
  readConnection,
  settingsBytes,
  u32,
  u64,
} from './codec.ts';
import { BpfFence } from './fence-port.ts';
import {
  DIRECTION,
  DROP_REASON,
  FLOW,
  FLOW_FLAG,
  FLOW_KEY,
  LOCAL_USE,
  PLANE_EVENT,
  SETTINGS,
} from './layouts.generated.ts';
import { lookupsOf } from './lookups.ts';
import { type MarkList, MarkTable } from './mark-table.ts';
import { checkLayouts, foreignPins, loadObject, removePins } from './object.ts';
import { readPerCpu } from './per-cpu.ts';
import {
  type FenceShare,
  type MapShare,
  type Plane,
  type PlaneAddress,
  type SweepResult,
  SYNC_MAPS,
  type SyncMapName,
  type SyncShare,
} from './plane.ts';
import { PlaneCounters } from './plane-counters.ts';
import { Resets } from './resets.ts';
import { RuleTables } from './rule-tables.ts';
import { TableSweep } from './table-sweep.ts';
import { isUp, SCTP_TIMEOUTS, tcpTimeouts } from './timeouts.ts';

const MAPS = [
  'flows4',
  'flows6',
  'tombstones4',
  'tombstones6',
  'sources',
  'services',
  'mark_rules',
  'service_cursor',
  'servers',
  'server_load',
  'server_traffic',
  'server_index',
  'overloads',
  'service_options',
  'slots',
  'locals',
  'local_use',
  'port_cursor',
  'addresses',
  'interfaces',
  'lease',
  'sync_lease',
  'settings',
  'layout_digest',
  'events',
  'inbox',
  'sweep_keys',
  'closings',
  'drops',
  'plane_events',
] as const;
type MapName = (typeof MAPS)[number];

const ZERO = u32(0);
/** Linux's icmp_msgs_per_sec. */
const ICMP_PER_SECOND = 1000;
/** Entries read by one call when the table is listed. */
const CHUNK = 4096;
/** Seconds, of a template whose service is not known here: ipvsadm's default. */
const TEMPLATE_TIMEOUT = 360;
/** Sweeps, of which there is one a second: what lblc and lblcr noted down counts in minutes. */
const EXPIRE_LOCALITIES_EVERY = 60;

export interface XdpInterface extends AttachTarget {
  /** 6 bytes */
  readonly mac: Uint8Array;
  /** Frames sent back through it must be redirected: veth. */
  readonly sendByRedirect: boolean;
}

export interface XdpPlaneOptions {
  readonly pins: string;
  readonly connections: number;
  readonly localPorts: readonly [number, number];
  readonly ipvs: IpvsOptions;
  readonly mode: XdpMode;
  readonly interfaces: readonly XdpInterface[];
}

export class XdpPlane implements Plane {
  readonly kind = 'xdp';
  readonly adopted: boolean;
  readonly fence: BpfFence;
  /** How XDP is attached, by interface. */
  readonly attached = new Map<string, 'native' | 'generic'>();
  readonly #options: XdpPlaneOptions;
  readonly #object: BpfObject;
  readonly #maps: Readonly<Record<MapName, BpfMap>>;
  readonly #sweep: TableSweep;
  readonly #counters: PlaneCounters;
  readonly #tables: RuleTables;
  readonly #addresses: AddressTable;
  readonly #marks: MarkTable;
  #lookups = 0;
  #timeouts: readonly number[] = [];
  #udpTimeout = 0;
  #sweeps = 0;
  readonly #resets = new Resets();
  #director = 0;
  #maker = randomBytes(4).readUInt32LE();
  /** Begins what stands in place of a link address: a local one, of no group, for the kernel drops what is for a group. */
  readonly #secret = ((randomBytes(4).readUInt32LE() & ~1) | 2) >>> 0;

  /** @throws DatapathError saying what this host lacks, and what to do */
  static open(options: XdpPlaneOptions): XdpPlane {
    const digest = checkLayouts();
    ensurePinDirectory(options.pins);
    const found = readdirSync(options.pins);
    let object: BpfObject | undefined;
    try {
      object = loadObject(options.pins, options.connections);
      return new XdpPlane(options, object, digest);
    } catch (error) {
      object?.close();
      XdpPlane.#undo(options.pins, found);
      throw error;
    }
  }

  /** Takes back what an attempt made that failed half-way. A plane that was there before stays as it was. */
  static #undo(pins: string, found: readonly string[]): void {
    if (found.some((name) => name.startsWith('link_'))) {
      detachAll(pins, found);
      for (const name of readdirSync(pins)) if (!found.includes(name)) rmSync(`${pins}/${name}`);
      return;
    }
    detachAll(pins);
    removePins(pins);
  }

  private constructor(options: XdpPlaneOptions, object: BpfObject, digest: bigint) {
    this.#options = options;
    this.#object = object;
    this.#maps = Object.fromEntries(MAPS.map((name) => [name, object.map(name)])) as Record<MapName, BpfMap>;
    const { flows4, flows6, sweep_keys: keys, closings } = this.#maps;
    const sweep = object.program('tandem_sweep');
    this.#sweep = new TableSweep({ 4: flows4, 6: flows6 }, keys, closings, sweep, (family, closing) =>
      this.#resets.send(family, closing),
    );
    this.fence = new BpfFence(this.#maps.lease);
    this.adopted = this.#claim(digest);
    const { server_traffic: traffic, server_load: load, servers } = this.#maps;
    this.#counters = new PlaneCounters(traffic, load, servers.maxEntries);
    this.#tables = new RuleTables(
      {
        services: this.#maps.services,
        servers: this.#maps.servers,
        slots: this.#maps.slots,
        locals: this.#maps.locals,
        serverIndex: this.#maps.server_index,
        localUse: this.#maps.local_use,
        cursors: this.#maps.service_cursor,
        overloads: this.#maps.overloads,
        serviceOptions: this.#maps.service_options,
      },
      this.#counters,
      () => Math.trunc(bootTimeUs() / 1e6),
    );
    this.#addresses = new AddressTable(this.#maps.addresses);
    const interfaces = new Map(options.interfaces.map(({ name, ifindex }) => [name, ifindex]));
    this.#marks = new MarkTable(this.#maps.mark_rules, interfaces, this.#markList());
    if (this.adopted) this.#adopt();
    this.#attach();
  }

  /** A program of the kernel half, to run packets through. */
  program(name: string): BpfProgram {
    return this.#object.program(name);
  }

  applyRules(rules: RuleSet): void {
    // First what may find no room: a plane that was adopted is then left with its timeouts, too.
    this.#marks.set(rules.marks);
    this.#tables.apply(rules);
    this.#lookups = lookupsOf(rules);
    this.#timeouts = tcpTimeouts(rules.timeouts);
    this.#udpTimeout = rules.timeouts.udp;
    this.#writeSettings();
  }

  setDirector(director: number): void {
    this.#director = director;
    this.#writeSettings();
  }

  setMac(ifindex: number, mac: Uint8Array): void {
    const target = this.#options.interfaces.find((each) => each.ifindex === ifindex);
    if (target) this.#maps.interfaces.update(u32(ifindex), interfaceBytes(mac, target.sendByRedirect));
  }

  setAddresses(addresses: readonly PlaneAddress[]): void {
    this.#addresses.set(addresses);
  }

  counters(rules: RuleSet): ServiceCounters[] {
    return rules.services.map((service) => this.#serviceCounters(service));
  }

  zero(rules: RuleSet, service?: ServiceId): void {
    for (const each of rules.services) {
      if (service && serviceKey(each.id) !== serviceKey(service)) continue;
      const placed = this.#tables.find(each);
      if (!placed) continue;
      for (const id of placed.serverIds) this.#counters.zero(id);
      this.#counters.clearService(placed.id);
    }
  }

  async *connections(): AsyncGenerator<readonly Connection[]> {
    yield* this.#connectionsOf(4);
    yield* this.#connectionsOf(6);
  }

  async *#connectionsOf(family: Family): AsyncGenerator<readonly Connection[]> {
    const sizes = FLOW_SIZES[family];
    for (const { count, keys, values } of this.#flows(family).chunks(CHUNK)) {
      const now = process.hrtime.bigint();
      const found: Connection[] = [];
      for (let index = 0; index < count; index++) {
        const key = keys.subarray(index * sizes.key, (index + 1) * sizes.key);
        const flow = values.subarray(index * sizes.entry, (index + 1) * sizes.entry);
        if (flow.readUInt8(FLOW.direction) !== DIRECTION.DIRECTION_REQUEST) continue;
        found.push(readConnection(family, key, flow, this.#expires(family, key, flow, now)));
      }
      yield found;
      // A long listing leaves room for whoever else waits for this thread.
      await turn();
    }
  }

  sweep(): SweepResult {
    const slices = this.#sweep.slices(true);
    for (;;) {
      const { done, value } = slices.next();
      if (done) return value;
    }
  }

  *sweepSlices(): Generator<undefined, SweepResult> {
    const result = yield* this.#sweep.slices();
    if (++this.#sweeps % EXPIRE_LOCALITIES_EVERY === 0)
      this.program('tandem_expire_localities').runSyscall(bytes(8));
    return result;
  }

  drops(): Record<string, number> {
    return this.#named(this.#maps.drops, DROP_REASON, 'DROP_');
  }

  events(): Record<string, number> {
    return {
      ...this.#named(this.#maps.plane_events, PLANE_EVENT, 'EVENT_'),
      drain_unsent: this.#resets.failed,
    };
  }

  shareFence(): FenceShare {
    return { kind: 'xdp', lease: this.#shareMap('lease') };
  }

  shareSync(): SyncShare {
    const shared = SYNC_MAPS.map((name) => [name, this.#shareMap(name)]);
    const maps = Object.fromEntries(shared) as Record<SyncMapName, MapShare>;
    const programs = { apply: this.program('tandem_apply').fd, announce: this.program('tandem_announce').fd };
    return { kind: 'xdp', maps, programs };
  }

  close(keep: boolean): void {
    if (!keep) {
      detachAll(this.#options.pins);
      removePins(this.#options.pins);
    }
    this.#sweep.close();
    this.#resets.close();
    this.#object.close();
  }

  /** Marks fresh maps as ours; true when they were there already, made by a daemon with the same layouts. */
  #claim(digest: bigint): boolean {
    const held = bytes(8);
    this.#maps.layout_digest.lookup(ZERO, held);
    const found = held.readBigUInt64LE();
    if (found !== 0n && found !== digest) throw foreignPins(this.#options.pins);
    this.#maps.layout_digest.update(ZERO, u64(digest));
    return found === digest;
  }

  #adopt(): void {
    this.#tables.adopt();
    // Until the peer is heard nobody else knows which of the two this director is.
    const settings = bytes(SETTINGS.size);
    this.#maps.settings.lookup(ZERO, settings);
    this.#director = settings.readUInt32LE(SETTINGS.director);
    this.#maker = settings.readUInt32LE(SETTINGS.maker);
    this.#lookups = settings.readUInt32LE(SETTINGS.lookups);
  }

  #markList(): MarkList {
    const settings = bytes(SETTINGS.size);
    this.#maps.settings.lookup(ZERO, settings);
    return {
      first: settings.readUInt32LE(SETTINGS.firstMark),
      count: settings.readUInt32LE(SETTINGS.marks),
    };
  }

  #shareMap(name: MapName): MapShare {
    const { fd, keySize, valueSize, maxEntries } = this.#maps[name];
    return { fd, keySize, valueSize, maxEntries };
  }

  #writeSettings(): void {
    const settings = {
      director: this.#director,
      maker: this.#maker,
      localPorts: this.#options.localPorts,
      tcpTimeouts: this.#timeouts,
      udpTimeout: this.#udpTimeout,
      ipvs: this.#options.ipvs,
      lookups: this.#lookups,
      marks: this.#marks.list,
      secret: this.#secret,
      icmpPerSecond: ICMP_PER_SECOND,
    };
    this.#maps.settings.update(ZERO, settingsBytes(settings));
  }

  #attach(): void {
    const hooks = {
      xdp: this.#object.program('tandem_xdp'),
      resolve: this.#object.program('tandem_resolve'),
      egress: this.#object.program('tandem_egress'),
    };
    for (const target of this.#options.interfaces) {
      this.#maps.interfaces.update(u32(target.ifindex), interfaceBytes(target.mac, target.sendByRedirect));
    }
    for (const target of this.#options.interfaces) {
      this.attached.set(target.name, attachInterface(this.#options.pins, target, hooks, this.#options.mode));
    }
    detachOthers(this.#options.pins, this.#options.interfaces);
  }

  #serviceCounters(service: VirtualService): ServiceCounters {
    const placed = this.#tables.find(service);
    const servers = service.servers.map((_, index) => this.#counters.server(placed?.serverIds[index] ?? 0));
    const total = this.#counters.total(placed?.id ?? 0, servers);
    const locals = service.locals.map((local) => {
      const value = bytes(LOCAL_USE.size);
      this.#maps.local_use.lookup(localUseKeyBytes(placed?.id ?? 0, local.address), value);
      return {
        conflicts: value.readUInt32LE(LOCAL_USE.conflicts),
        connections: Math.max(0, value.readInt32LE(LOCAL_USE.connections)),
      };
    });
    return { total, servers, locals };
  }

  #flows(family: Family): BpfMap {
    return family === 6 ? this.#maps.flows6 : this.#maps.flows4;
  }

  #expires(family: Family, key: Buffer, flow: Buffer, now: bigint): number {
    const reply = bytes(FLOW_SIZES[family].entry);
    let seen = flow.readBigUInt64LE(FLOW.lastSeen);
    if (hasReply(flow) && this.#flows(family).lookup(otherKeyBytes(family, key, flow), reply)) {
      const back = reply.readBigUInt64LE(FLOW.lastSeen);
      if (back > seen) seen = back;
    }
    const timeout = this.#idleTimeout(key.readUInt8(FLOW_KEY.protocol), flow);
    return Math.max(0, Math.ceil(timeout - Number(now - seen) / 1e9));
  }

  /** In seconds; idle_timeout() of bpf/announce.h. */
  #idleTimeout(protocol: number, flow: Buffer): number {
    const { state, flags } = flowState(flow);
    const service = this.#tables.serviceOf(flow.readUInt32LE(FLOW.serverId));
    if (flags & FLOW_FLAG.FLOW_TEMPLATE) return service?.persistence?.timeout ?? TEMPLATE_TIMEOUT;
    const established = isUp(protocol, state) ? service?.establishedTimeout : undefined;
    return established ?? this.#stateTimeout(protocol, state);
  }

  /** In seconds; state_timeout() there. */
  #stateTimeout(protocol: number, state: number): number {
    if (protocol === PROTOCOL_NUMBER.tcp) return this.#timeouts[state] ?? 0;
    return protocol === PROTOCOL_NUMBER.sctp ? (SCTP_TIMEOUTS[state] ?? 0) : this.#udpTimeout;
  }

  #named(map: BpfMap, names: Readonly<Record<string, number>>, prefix: string): Record<string, number> {
    const counts = Object.entries(names)
      .filter(([name]) => name.startsWith(prefix))
      .filter(([, index]) => index < map.maxEntries)
      .map(([name, index]): [string, number] => [
        name.slice(prefix.length).toLowerCase(),
        readPerCpu(map, index),
      ]);
    return Object.fromEntries(counts.filter(([name]) => name !== 'reasons'));
  }
}
