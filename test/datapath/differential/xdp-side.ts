/** The XDP plane, driven by steps through BPF_PROG_TEST_RUN. Between cases it is as if it had just been loaded. */
import { FLOW_SIZES, otherKeyBytes, u32 } from '../../../src/datapath/codec.ts';
import {
  DIRECTION,
  FLOW,
  FLOW_FLAG,
  IP_ADDRESS,
  LOCAL_USE,
  LOCAL_USE_KEY,
  PORT_SPACE,
  SERVER_INDEX_KEY,
  SERVER_LOAD,
  SERVICE,
  SERVICE_KEY,
  SETTINGS,
  TOMBSTONE,
  TRAFFIC,
} from '../../../src/datapath/layouts.generated.ts';
import type { SyncPort } from '../../../src/datapath/ports.ts';
import { describeFlow, viewOf } from '../../../src/datapath/record-bytes.ts';
import { recordAt, writeRecord } from '../../../src/datapath/reference/table-record.ts';
import { openSyncPort } from '../../../src/datapath/share.ts';
import { type XdpInterface, XdpPlane } from '../../../src/datapath/xdp-plane.ts';
import type { Family } from '../../../src/model/address.ts';
import { RuleEditor } from '../../../src/model/edit.ts';
import { IPVS_OPTIONS } from '../../../src/model/ipvs-options.ts';
import { RecordBatch } from '../../../src/model/record.ts';
import { EMPTY_RULES, PROTOCOL_NUMBER } from '../../../src/model/rules.ts';
import { BpfMap, possibleCpus } from '../../../src/native/bpf-map.ts';
import { bootTimeUs } from '../../../src/native/clock.ts';
import { VERDICT } from '../../support/plane.ts';
import type { Arm, Outcome, Setup, Side, State, Step, TableLine } from './case.ts';
import { CONNECTIONS, LEASE_US, MAKER, PEER, SECRET, SWEEPS } from './constants.ts';
import { counterLines, nameOf, type SideFacts, tableLine, toldLine } from './lines.ts';
import { planeAddresses } from './places.ts';

const FAMILIES = [4, 6] as const;
const NS_PER_S = 1_000_000_000n;
/** bpf/maps.h: behind the servers' traffic stands that of services' deleted ones. */
const MAX_SERVERS = 65_536;
const CHUNK = 512;
/** bpf/fragment.h: two addresses, an identification and a protocol; when the first one was seen, ports and protocol. */
const FRAGMENT_KEY = 2 * IP_ADDRESS.size + 8;
const FRAGMENTED = 16;

export class XdpSide implements Side {
  readonly plane: XdpPlane;
  readonly #arms: Readonly<Record<Arm, XdpInterface>>;
  readonly #sync: SyncPort;
  readonly #maps: Readonly<Record<string, BpfMap>>;
  readonly #events = new RecordBatch(4096);
  readonly #program;
  readonly #serviceIds = new Set<number>();
  readonly #serverIds = new Set<number>();
  #setup: Setup | undefined;
  #editor = new RuleEditor(EMPTY_RULES);
  #before = { drops: {} as Record<string, number>, events: {} as Record<string, number> };

  /** @param pins a folder of bpffs that nothing else uses */
  constructor(pins: string, arms: Readonly<Record<Arm, XdpInterface>>) {
    this.#arms = arms;
    this.plane = XdpPlane.open({
      pins,
      ...{ connections: CONNECTIONS, localPorts: [1024, 65535], ipvs: IPVS_OPTIONS, mode: 'auto' },
      interfaces: [arms.front, arms.back],
    });
    this.plane.setAddresses(planeAddresses(arms));
    this.#sync = openSyncPort(this.plane.shareSync());
    this.#program = this.plane.program('tandem_xdp');
    this.#maps = openMaps(pins);
  }

  begin(setup: Setup): void {
    this.#clear();
    this.#setup = setup;
    this.#editor = new RuleEditor(EMPTY_RULES);
    this.#sync.renewSyncLease(0);
    this.plane.fence.open(0, 0);
    for (const edit of setup.edits) this.#editor.apply(edit);
    this.#applyRules();
    this.told();
    this.#before = { drops: this.plane.drops(), events: this.plane.events() };
  }

  packet(arm: Arm, frame: Buffer): Outcome {
    const { verdict, data } = this.#program.runPacket(frame, { ingress: this.#arms[arm].ifindex });
    if (verdict === VERDICT.PASS && data.length >= 12 && data.readUInt32LE(0) === SECRET)
      data.writeUInt32LE(data.readUInt32LE(8) === 0 ? 0 : 1, 8);
    return verdict === VERDICT.DROP ? { verdict } : { verdict, frame: data };
  }

  /** Nanoseconds of the program, as the kernel measures them: the median of so many runs, each with the frame as it came. */
  measure(arm: Arm, frame: Buffer, runs: number): number {
    const ingress = this.#arms[arm].ifindex;
    const times = Array.from({ length: runs }, () => this.#program.runPacket(frame, { ingress }).duration);
    return times.toSorted((a, b) => a - b)[runs >> 1] ?? 0;
  }

  act(step: Exclude<Step, { do: 'packet' }>): void {
    switch (step.do) {
      case 'age':
        for (const family of FAMILIES) this.#age(family, step.seconds);
        this.#ageFragments(step.seconds);
        return;
      case 'sweep':
        for (let turn = 0; turn < SWEEPS; turn++) this.plane.sweep();
        return;
      case 'announce-all':
        this.#sync.announceAll();
        return;
      case 'fence':
        this.plane.fence.open(step.open ? bootTimeUs() + LEASE_US : 0, step.term);
        this.plane.fence.setStale(step.stale);
        return;
      case 'sync-lease':
        this.#sync.renewSyncLease({ none: 0, valid: bootTimeUs() + LEASE_US, over: 1 }[step.state]);
        return;
      case 'apply': {
        const batch = new RecordBatch(step.records.length);
        step.records.forEach((record, at) => {
          writeRecord(batch, at, record);
        });
        batch.length = step.records.length;
        this.#sync.apply(batch, { sender: PEER, mark: 0 });
        return;
      }
      case 'edit':
        for (const edit of step.edits) {
          this.#editor.apply(edit);
          this.#applyRules();
        }
    }
  }

  told(): TableLine[] {
    this.#events.length = 0;
    if (this.#sync.read(this.#events) === 0) return [];
    this.#sync.acknowledge();
    return Array.from({ length: this.#events.length }, (_, at) => toldLine(recordAt(this.#events, at)));
  }

  state(): State {
    const services = this.plane.counters(this.#editor.rules);
    const drops = difference(this.plane.drops(), this.#before.drops);
    const events = difference(this.plane.events(), this.#before.events);
    const table = new Map(FAMILIES.flatMap((family) => [...this.#lines(family)]));
    return { table, counters: counterLines({ drops, events, services }) };
  }

  close(): void {
    this.plane.close(false);
  }

  *#lines(family: Family): Generator<[string, TableLine]> {
    const flows = this.#map(`flows${family}`);
    const { key: keySize, entry: entrySize } = FLOW_SIZES[family];
    for (const { count, keys, values } of flows.chunks(CHUNK)) {
      for (let at = 0; at < count; at++) {
        const [keyAt, flowAt] = [at * keySize, at * entrySize];
        const flow = values.subarray(flowAt, flowAt + entrySize);
        if (flow[FLOW.direction] !== DIRECTION.DIRECTION_REQUEST) continue;
        const batch = new RecordBatch(1);
        describeFlow(
          { family, keys: viewOf(keys), key: keyAt, flows: viewOf(values), flow: flowAt },
          batch,
          0,
        );
        const record = recordAt(batch, 0);
        const back = Buffer.alloc(entrySize);
        const found = flows.lookup(otherKeyBytes(family, keys.subarray(keyAt, keyAt + keySize), flow), back);
        const flags = flow[FLOW.stateFlags + 1] ?? 0;
        const line = tableLine({
          record,
          request: factsOf(flow, record.protocol),
          reply: found ? factsOf(back, record.protocol) : undefined,
          announced: (flags & FLOW_FLAG.FLOW_ANNOUNCED) !== 0,
          synced: (flags & FLOW_FLAG.FLOW_SYNCED) !== 0,
          learned: flow[FLOW.learnedFrom] !== 0,
          announcedPackets: flow.readUInt32LE(FLOW.announcedPackets),
        });
        yield [nameOf(record), line];
      }
    }
  }

  #age(family: Family, seconds: number): void {
    const flows = this.#map(`flows${family}`);
    const { key: keySize, entry: entrySize } = FLOW_SIZES[family];
    for (const { count, keys, values } of flows.chunks(CHUNK)) {
      for (let at = 0; at < count; at++) {
        const key = Buffer.from(keys.subarray(at * keySize, (at + 1) * keySize));
        const flow = Buffer.from(values.subarray(at * entrySize, (at + 1) * entrySize));
        const seen = flow.readBigUInt64LE(FLOW.lastSeen) - BigInt(seconds) * NS_PER_S;
        flow.writeBigUInt64LE(seen, FLOW.lastSeen);
        const announced = flow.readUInt32LE(FLOW.announcedAt);
        if (announced > 0) flow.writeUInt32LE(announced - seconds, FLOW.announcedAt);
        // A template has there when a connection of it was in the table last.
        const used = flow.readUInt32LE(FLOW.lastAck);
        if ((flow[FLOW.stateFlags + 1] ?? 0) & FLOW_FLAG.FLOW_TEMPLATE)
          flow.writeUInt32LE(Math.max(0, used - seconds), FLOW.lastAck);
        flows.update(key, flow);
      }
    }
  }

  #ageFragments(seconds: number): void {
    const map = this.#map('fragments');
    for (const { count, keys, values } of map.chunks(CHUNK)) {
      for (let at = 0; at < count; at++) {
        const value = Buffer.from(values.subarray(at * FRAGMENTED, (at + 1) * FRAGMENTED));
        const seen = value.readBigUInt64LE(0) - BigInt(seconds) * NS_PER_S;
        // A moment that lies before the boot is long ago, too.
        value.writeBigUInt64LE(seen < 0n ? 0n : seen, 0);
        map.update(Buffer.from(keys.subarray(at * FRAGMENT_KEY, (at + 1) * FRAGMENT_KEY)), value);
      }
    }
  }

  #clear(): void {
    for (const family of FAMILIES) {
      clearMap(this.#map(`flows${family}`));
      clearMap(this.#map(`tombstones${family}`));
    }
    clearMap(this.#map('port_cursor'));
    clearMap(this.#map('local_use'));
    clearMap(this.#map('localities'));
    clearMap(this.#map('fragments'));
    for (const id of this.#serverIds) {
      this.#map('server_load').update(u32(id), Buffer.alloc(SERVER_LOAD.size));
      this.#map('server_traffic').update(u32(id), Buffer.alloc(TRAFFIC.size * possibleCpus()));
    }
    this.plane.applyRules(EMPTY_RULES);
    for (const id of this.#serviceIds) {
      this.#map('service_cursor').update(u32(id), u32(0));
      this.#map('server_traffic').update(u32(MAX_SERVERS + id), Buffer.alloc(TRAFFIC.size * possibleCpus()));
    }
    this.#serverIds.clear();
    this.#serviceIds.clear();
  }

  #applyRules(): void {
    this.plane.applyRules(this.#editor.rules);
    this.#writeSettings();
    this.#rememberIds();
  }

  /** What is counted by id, to be cleared afterwards. */
  #rememberIds(): void {
    for (const { count, values } of this.#map('services').chunks(CHUNK))
      for (let at = 0; at < count; at++)
        this.#serviceIds.add(values.readUInt32LE(at * SERVICE.size + SERVICE.id));
    for (const { count, values } of this.#map('server_index').chunks(CHUNK))
      for (let at = 0; at < count; at++) this.#serverIds.add(values.readUInt32LE(at * 4));
  }

  /** The case's own, in place of those of the plane's options. */
  #writeSettings(): void {
    if (!this.#setup) return;
    const { director, localPorts, ipvs } = this.#setup;
    const settings = Buffer.alloc(SETTINGS.size);
    this.#map('settings').lookup(u32(0), settings);
    settings.writeUInt32LE(director, SETTINGS.director);
    settings.writeUInt32LE(MAKER, SETTINGS.maker);
    settings.writeUInt32LE(SECRET, SETTINGS.secret);
    // As many as it likes: a measure of time would differ.
    settings.writeUInt32LE(0, SETTINGS.icmpPerSecond);
    settings.writeUInt16LE(localPorts[0], SETTINGS.firstPort);
    settings.writeUInt16LE(localPorts[1], SETTINGS.lastPort);
    settings.writeUInt32LE(ipvs.syncThreshold[0], SETTINGS.announcePackets);
    settings.writeUInt32LE(ipvs.syncThreshold[1], SETTINGS.repeatPackets);
    settings.writeUInt32LE(ipvs.syncRefreshPeriod, SETTINGS.refreshPeriod);
    settings.writeUInt32LE(ipvs.sloppyTcp ? 1 : 0, SETTINGS.sloppyTcp);
    settings.writeUInt32LE(ipvs.templatesOnly ? 1 : 0, SETTINGS.templatesOnly);
    this.#map('settings').update(u32(0), settings);
  }

  #map(name: string): BpfMap {
    const map = this.#maps[name];
    if (!map) throw new Error(`no map ${name}`);
    return map;
  }
}

function factsOf(flow: Buffer, protocol: number): SideFacts {
  const flags = flow[FLOW.flags] ?? 0;
  // SCTP's tag is as packets have it.
  const next =
    protocol === PROTOCOL_NUMBER.sctp
      ? flow.readUInt32BE(FLOW.nextSequence)
      : flow.readUInt32LE(FLOW.nextSequence);
  return {
    packets: flow.readUInt32LE(FLOW.packets),
    nextSequence: flags & FLOW_FLAG.FLOW_SEQUENCE_KNOWN ? next : undefined,
    lastAck: flags & FLOW_FLAG.FLOW_ACK_KNOWN ? flow.readUInt32LE(FLOW.lastAck) : undefined,
    knownTerm: flow.readUInt32LE(FLOW.knownTerm),
  };
}

function openMaps(pins: string): Record<string, BpfMap> {
  const sizes: ReadonlyArray<readonly [string, number, number, number]> = [
    ...FAMILIES.flatMap((family) => [
      [`flows${family}`, FLOW_SIZES[family].key, FLOW_SIZES[family].entry, 2 * CONNECTIONS] as const,
      [`tombstones${family}`, FLOW_SIZES[family].key, TOMBSTONE.size, CHUNK] as const,
    ]),
    ['port_cursor', PORT_SPACE.size, 4, CHUNK],
    ['local_use', LOCAL_USE_KEY.size, LOCAL_USE.size, CHUNK],
    ['fragments', FRAGMENT_KEY, FRAGMENTED, CHUNK],
    // A service and an address; four words and 16 servers.
    ['localities', 4 + IP_ADDRESS.size, 4 * 4 + 16 * 4, CHUNK],
    ['services', SERVICE_KEY.size, SERVICE.size, CHUNK],
    ['server_index', SERVER_INDEX_KEY.size, 4, CHUNK],
    ['server_load', 4, SERVER_LOAD.size, MAX_SERVERS],
    ['server_traffic', 4, TRAFFIC.size, MAX_SERVERS],
    ['service_cursor', 4, 4, MAX_SERVERS],
    ['settings', 4, SETTINGS.size, 1],
  ];
  const opened = sizes.map(([name, keySize, valueSize, maxEntries]) => {
    const map = BpfMap.openPinned(`${pins}/${name}`, { keySize, valueSize, maxEntries });
    if (!map) throw new Error(`${name} is not pinned`);
    return [name, map] as const;
  });
  return Object.fromEntries(opened);
}

function clearMap(map: BpfMap): void {
  const found: Buffer[] = [];
  for (const { count, keys } of map.chunks(CHUNK))
    for (let at = 0; at < count; at++)
      found.push(Buffer.from(keys.subarray(at * map.keySize, (at + 1) * map.keySize)));
  for (const key of found) map.delete(key);
}

function difference(after: Record<string, number>, before: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]),
  );
}
