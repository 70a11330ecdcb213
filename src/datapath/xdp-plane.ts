/** The XDP plane: loads or adopts the kernel half, and reads and writes its maps for the main thread. */
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { Connection } from '../model/connection.ts';
import type { ServiceCounters, TrafficCounters } from '../model/counters.ts';
import { type RuleSet, type ServiceId, serviceKey, type VirtualService } from '../model/rules.ts';
import { NativeError } from '../native/error.ts';
import { type BpfMap, BpfObject, type BpfProgram } from '../native/libbpf.ts';
import { type AttachTarget, attachInterface, detachAll, type XdpMode } from './attach.ts';
import { ensurePinDirectory } from './bpffs.ts';
import {
  addressBytes,
  addressEntryBytes,
  bytes,
  flowState,
  interfaceBytes,
  localUseKeyBytes,
  otherKeyBytes,
  readConnection,
  settingsBytes,
  u32,
  u64,
} from './codec.ts';
import { BpfFence } from './fence-port.ts';
import { layoutDifference, layoutDigest, readLayouts } from './layout.ts';
import * as generated from './layouts.generated.ts';
import {
  ADDRESS_KIND,
  DIRECTION,
  DROP_REASON,
  FLOW,
  FLOW_KEY,
  LOCAL_USE,
  PLANE_EVENT,
  SERVER_LOAD,
  SWEEP_CALL,
  TRAFFIC,
} from './layouts.generated.ts';
import { readPerCpu, readPerCpuFields, writePerCpuFields } from './per-cpu.ts';
import {
  DatapathError,
  type FenceShare,
  type MapShare,
  type Plane,
  type PlaneAddress,
  type SweepResult,
  type SyncShare,
} from './plane.ts';
import { RuleTables, type ServerUse } from './rule-tables.ts';
import { tcpTimeouts } from './timeouts.ts';

/** The compiled kernel half: the same file whether this runs from src/ or dist/. */
export const OBJECT_PATH = new URL('../../dist/datapath/bpf/tandem.bpf.o', import.meta.url).pathname;

const MAPS = [
  'flows',
  'services',
  'service_cursor',
  'servers',
  'server_load',
  'server_traffic',
  'server_index',
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
  'drops',
  'plane_events',
] as const;
type MapName = (typeof MAPS)[number];

const ZERO = u32(0);
const TRAFFIC_FIELDS = [
  TRAFFIC.connections,
  TRAFFIC.inPackets,
  TRAFFIC.outPackets,
  TRAFFIC.inBytes,
  TRAFFIC.outBytes,
] as const;
/** Entries read by one call when the table is listed. */
const CHUNK = 4096;

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
  readonly #sweep: BpfProgram;
  readonly #tables: RuleTables;
  #timeouts: readonly number[] = [];
  #udpTimeout = 0;
  #director = 0;

  /** @throws DatapathError saying what this host lacks, and what to do */
  static open(options: XdpPlaneOptions): XdpPlane {
    ensurePinDirectory(options.pins);
    const digest = checkLayouts();
    try {
      return new XdpPlane(options, loadObject(options), digest);
    } catch (error) {
      if (readdirSync(options.pins).every((name) => !name.startsWith('link_'))) removePins(options.pins);
      throw error;
    }
  }

  private constructor(options: XdpPlaneOptions, object: BpfObject, digest: bigint) {
    this.#options = options;
    this.#object = object;
    this.#maps = Object.fromEntries(MAPS.map((name) => [name, object.map(name)])) as Record<MapName, BpfMap>;
    this.#sweep = object.program('tandem_sweep');
    this.fence = new BpfFence(this.#maps.lease);
    this.adopted = this.#claim(digest);
    this.#tables = new RuleTables(
      {
        services: this.#maps.services,
        servers: this.#maps.servers,
        slots: this.#maps.slots,
        locals: this.#maps.locals,
        serverIndex: this.#maps.server_index,
        localUse: this.#maps.local_use,
      },
      this.#serverUse(),
    );
    if (this.adopted) this.#tables.adopt();
    this.#attach();
  }

  /** A program of the kernel half, to run packets through. */
  program(name: string): BpfProgram {
    return this.#object.program(name);
  }

  applyRules(rules: RuleSet): void {
    this.#timeouts = tcpTimeouts(rules.timeouts);
    this.#udpTimeout = rules.timeouts.udp;
    this.#writeSettings();
    this.#tables.apply(rules);
  }

  setDirector(director: number): void {
    this.#director = director;
    this.#writeSettings();
  }

  setAddresses(addresses: readonly PlaneAddress[]): void {
    const wanted = new Map(addresses.map((entry) => [addressBytes(entry.address).toString('hex'), entry]));
    for (const [, entry] of wanted) {
      const kind = entry.kind === 'local' ? ADDRESS_KIND.ADDRESS_LOCAL : ADDRESS_KIND.ADDRESS_VIRTUAL;
      const value = addressEntryBytes(kind, entry.floating, entry.ifindex);
      this.#maps.addresses.update(addressBytes(entry.address), value);
    }
    for (const key of this.#maps.addresses.keys()) {
      if (!wanted.has(Buffer.from(key).toString('hex'))) this.#maps.addresses.delete(key);
    }
  }

  counters(rules: RuleSet): ServiceCounters[] {
    return rules.services.map((service) => this.#serviceCounters(service));
  }

  zero(rules: RuleSet, service?: ServiceId): void {
    for (const each of rules.services) {
      if (service && serviceKey(each.id) !== serviceKey(service)) continue;
      const placed = this.#tables.find(each);
      if (!placed) continue;
      for (const id of placed.serverIds) writePerCpuFields(this.#maps.server_traffic, id, new Map());
      writePerCpuFields(this.#maps.server_traffic, this.#retiredEntry(placed.id), new Map());
    }
  }

  async *connections(): AsyncGenerator<readonly Connection[]> {
    for (const { count, keys, values } of this.#maps.flows.chunks(CHUNK)) {
      const now = process.hrtime.bigint();
      const found: Connection[] = [];
      for (let index = 0; index < count; index++) {
        const key = keys.subarray(index * FLOW_KEY.size, (index + 1) * FLOW_KEY.size);
        const flow = values.subarray(index * FLOW.size, (index + 1) * FLOW.size);
        if (flow.readUInt8(FLOW.direction) !== DIRECTION.DIRECTION_REQUEST) continue;
        found.push(readConnection(key, flow, this.#expires(key, flow, now)));
      }
      yield found;
      // A long listing leaves room for whoever else waits for this thread.
      await turn();
    }
  }

  sweep(): SweepResult {
    const call = bytes(SWEEP_CALL.size);
    this.#sweep.runSyscall(call);
    return {
      expired: call.readUInt32LE(SWEEP_CALL.expired),
      connections: call.readUInt32LE(SWEEP_CALL.connections),
    };
  }

  drops(): Record<string, number> {
    return this.#named(this.#maps.drops, DROP_REASON, 'DROP_');
  }

  events(): Record<string, number> {
    return this.#named(this.#maps.plane_events, PLANE_EVENT, 'EVENT_');
  }

  shareFence(): FenceShare {
    return { kind: 'xdp', lease: this.#shareMap('lease') };
  }

  shareSync(): SyncShare {
    const maps = {
      events: this.#shareMap('events'),
      inbox: this.#shareMap('inbox'),
      plane_events: this.#shareMap('plane_events'),
      sync_lease: this.#shareMap('sync_lease'),
    };
    const programs = { apply: this.program('tandem_apply').fd, announce: this.program('tandem_announce').fd };
    return { kind: 'xdp', maps, programs };
  }

  close(keep: boolean): void {
    if (!keep) {
      detachAll(this.#options.pins, this.#options.interfaces);
      removePins(this.#options.pins);
    }
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

  #shareMap(name: MapName): MapShare {
    const { fd, keySize, valueSize, maxEntries } = this.#maps[name];
    return { fd, keySize, valueSize, maxEntries };
  }

  #writeSettings(): void {
    const settings = {
      director: this.#director,
      localPorts: this.#options.localPorts,
      tcpTimeouts: this.#timeouts,
      udpTimeout: this.#udpTimeout,
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
  }

  #serverUse(): ServerUse {
    const traffic = this.#maps.server_traffic;
    return {
      connections: (id) => {
        const { active, inactive } = this.#load(id);
        return active + inactive;
      },
      retire: (id, serviceId) => {
        const counted = readPerCpuFields(traffic, id, TRAFFIC_FIELDS);
        const entry = this.#retiredEntry(serviceId);
        const before = readPerCpuFields(traffic, entry, TRAFFIC_FIELDS);
        const sums = TRAFFIC_FIELDS.map((field, at): [number, number] => [
          field,
          (counted[at] ?? 0) + (before[at] ?? 0),
        ]);
        writePerCpuFields(traffic, entry, new Map(sums));
        writePerCpuFields(traffic, id, new Map());
      },
      clear: (id) => {
        writePerCpuFields(traffic, id, new Map());
        this.#maps.server_load.update(u32(id), bytes(SERVER_LOAD.size));
      },
      clearService: (serviceId) => writePerCpuFields(traffic, this.#retiredEntry(serviceId), new Map()),
    };
  }

  #retiredEntry(serviceId: number): number {
    return this.#maps.servers.maxEntries + serviceId;
  }

  #load(id: number): { active: number; inactive: number } {
    const value = bytes(SERVER_LOAD.size);
    this.#maps.server_load.lookup(u32(id), value);
    return {
      active: Math.max(0, value.readInt32LE(SERVER_LOAD.active)),
      inactive: Math.max(0, value.readInt32LE(SERVER_LOAD.inactive)),
    };
  }

  #traffic(entry: number): TrafficCounters {
    const [connections = 0, inPackets = 0, outPackets = 0, inBytes = 0, outBytes = 0] = readPerCpuFields(
      this.#maps.server_traffic,
      entry,
      TRAFFIC_FIELDS,
    );
    return { connections, inPackets, outPackets, inBytes, outBytes };
  }

  #serviceCounters(service: VirtualService): ServiceCounters {
    const placed = this.#tables.find(service);
    const servers = service.servers.map((_, index) => {
      const id = placed?.serverIds[index] ?? 0;
      const { active, inactive } = this.#load(id);
      return { ...this.#traffic(id), activeConnections: active, inactiveConnections: inactive };
    });
    const retired = this.#traffic(this.#retiredEntry(placed?.id ?? 0));
    const total = servers.reduce(add, retired);
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

  #expires(key: Buffer, flow: Buffer, now: bigint): number {
    const reply = bytes(FLOW.size);
    let seen = flow.readBigUInt64LE(FLOW.lastSeen);
    if (this.#maps.flows.lookup(otherKeyBytes(key, flow), reply)) {
      const back = reply.readBigUInt64LE(FLOW.lastSeen);
      if (back > seen) seen = back;
    }
    const isTcp = key.readUInt8(FLOW_KEY.protocol) === 6;
    const timeout = isTcp ? (this.#timeouts[flowState(flow).state] ?? 0) : this.#udpTimeout;
    return Math.max(0, Math.ceil(timeout - Number(now - seen) / 1e9));
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

function add(a: TrafficCounters, b: TrafficCounters): TrafficCounters {
  return {
    connections: a.connections + b.connections,
    inPackets: a.inPackets + b.inPackets,
    outPackets: a.outPackets + b.outPackets,
    inBytes: a.inBytes + b.inBytes,
    outBytes: a.outBytes + b.outBytes,
  };
}

/** The object on disk must be the one that this code was built for. Returns the digest of its layouts. */
function checkLayouts(): bigint {
  let difference: string | undefined;
  try {
    const layouts = readLayouts(readFileSync(OBJECT_PATH));
    difference = layoutDifference(layouts, generated);
    if (!difference) return layoutDigest(layouts);
  } catch (error) {
    difference = String(error);
  }
  throw new DatapathError(
    'bad-plane',
    `${OBJECT_PATH} does not fit this program (${difference}): run npm run build`,
  );
}

function loadObject(options: XdpPlaneOptions): BpfObject {
  const object = BpfObject.open(OBJECT_PATH, options.pins);
  try {
    // Two entries a connection.
    object.setMaxEntries('flows', options.connections * 2);
    object.load();
    return object;
  } catch (error) {
    object.close();
    throw loadRefusal(error, options.pins);
  }
}

function loadRefusal(error: unknown, pins: string): DatapathError {
  const code = error instanceof NativeError ? error.code : '';
  const options = { cause: error };
  if (code === 'EPERM' || code === 'EACCES') {
    return new DatapathError(
      'no-privileges',
      'no right to load BPF programs: run as root (CAP_BPF, CAP_NET_ADMIN)',
      options,
    );
  }
  if (readdirSync(pins).length > 0 && code === 'EINVAL') return foreignPins(pins, error);
  const text = `the kernel refuses the forwarding plane (${String(error)}): it needs Linux 6.1 or newer; TANDEM_BPF_LOG=1 shows its log`;
  return new DatapathError('no-xdp', text, options);
}

function foreignPins(pins: string, cause?: unknown): DatapathError {
  const text = `the plane pinned in ${pins} is of another version or size: stop its daemon, or remove it with: rm -r ${pins}`;
  return new DatapathError('bad-plane', text, { cause });
}

function removePins(pins: string): void {
  for (const name of readdirSync(pins)) rmSync(`${pins}/${name}`, { force: true });
  rmdirSync(pins);
}
