/** Bytes of the plane's structures. Addresses and ports are in network byte order, the rest little-endian. */
import {
  type Address,
  addressFromBytes,
  addressToBytes,
  type Endpoint,
  type Family,
} from '../model/address.ts';
import { type Connection, namedProtocol } from '../model/connection.ts';
import type { IpvsOptions } from '../model/ipvs-options.ts';
import {
  FORWARDING_METHODS,
  type ForwardingMethod,
  type Persistence,
  PROTOCOL_NUMBER,
  type ServiceId,
} from '../model/rules.ts';
import {
  ADDRESS,
  FLOW,
  FLOW_FLAG,
  FLOW_KEY,
  FORWARDING,
  INTERFACE,
  IP_ADDRESS,
  LEASE,
  LOCAL_USE_KEY,
  SERVER,
  SERVER_FLAG,
  SERVER_INDEX_KEY,
  SERVICE,
  SERVICE_KEY,
  SERVICE_OPTIONS,
  SETTINGS,
} from './layouts.generated.ts';
import { SCTP_TIMEOUTS } from './timeouts.ts';

/** Memory of its own, which the kernel may read while V8 moves small arrays about. */
export function bytes(size: number): Buffer {
  return Buffer.allocUnsafeSlow(size).fill(0);
}

export function u32(value: number): Buffer {
  const buffer = bytes(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

export function u64(value: bigint): Buffer {
  const buffer = bytes(8);
  buffer.writeBigUInt64LE(value);
  return buffer;
}

/** What stands before the four bytes of an IPv4 address in a `struct ip_address`: RFC 4291, 2.5.5.2. */
const IPV4_MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

/** An address as the plane's `struct ip_address`. */
export function addressBytes(address: Address): Buffer {
  const buffer = bytes(IP_ADDRESS.size);
  writeAddress(buffer, 0, address);
  return buffer;
}

function writeAddress(buffer: Buffer, at: number, address: Address): void {
  const plain = addressToBytes(address);
  if (plain.length === 4) buffer.set(IPV4_MAPPED, at);
  buffer.set(plain, at + IP_ADDRESS.size - plain.length);
}

/** The inverse of {@link addressBytes}. */
export function readAddress(buffer: Uint8Array, at = 0): Address {
  const whole = Buffer.from(buffer.subarray(at, at + IP_ADDRESS.size));
  const isIpv4 = IPV4_MAPPED.equals(whole.subarray(0, IPV4_MAPPED.length));
  return addressFromBytes(isIpv4 ? whole.subarray(IPV4_MAPPED.length) : whole);
}

/** IPPROTO_RAW: in a service's name it stands for every protocol. */
const EVERY_PROTOCOL = 255;

/** The name of a service in the plane. */
export function serviceKeyBytes(id: ServiceId): Buffer {
  const buffer = bytes(SERVICE_KEY.size);
  if (id.kind === 'fwmark') {
    if (id.family === 4) buffer.set(IPV4_MAPPED, SERVICE_KEY.address);
    buffer.writeUInt32BE(id.fwmark, SERVICE_KEY.address + IP_ADDRESS.size - 4);
    return buffer;
  }
  writeAddress(buffer, SERVICE_KEY.address, id.address);
  buffer.writeUInt16BE(id.port, SERVICE_KEY.port);
  buffer.writeUInt8(id.kind === 'raw' ? EVERY_PROTOCOL : PROTOCOL_NUMBER[id.protocol], SERVICE_KEY.protocol);
  buffer.writeUInt32LE(id.subnetId, SERVICE_KEY.subnet);
  return buffer;
}

export interface ServiceEntry {
  readonly id: number;
  readonly scheduler: number;
  readonly firstSlot: number;
  readonly slots: number;
  readonly firstLocal: number;
  readonly locals: number;
  /** Bits of {@link SERVICE_FLAG}. */
  readonly flags: number;
}

export function serviceBytes(entry: ServiceEntry): Buffer {
  const buffer = bytes(SERVICE.size);
  buffer.writeUInt32LE(entry.id, SERVICE.id);
  buffer.writeUInt32LE(entry.scheduler, SERVICE.scheduler);
  buffer.writeUInt32LE(entry.firstSlot, SERVICE.firstSlot);
  buffer.writeUInt32LE(entry.slots, SERVICE.slots);
  buffer.writeUInt32LE(entry.firstLocal, SERVICE.firstLocal);
  buffer.writeUInt32LE(entry.locals, SERVICE.locals);
  buffer.writeUInt32LE(entry.flags, SERVICE.flags);
  return buffer;
}

export function readService(buffer: Buffer): ServiceEntry {
  return {
    id: buffer.readUInt32LE(SERVICE.id),
    scheduler: buffer.readUInt32LE(SERVICE.scheduler),
    firstSlot: buffer.readUInt32LE(SERVICE.firstSlot),
    slots: buffer.readUInt32LE(SERVICE.slots),
    firstLocal: buffer.readUInt32LE(SERVICE.firstLocal),
    locals: buffer.readUInt32LE(SERVICE.locals),
    flags: buffer.readUInt32LE(SERVICE.flags),
  };
}

/** What connections ask for by their service's id. */
export interface ServiceOptions {
  /** Bits of {@link SERVICE_FLAG}. */
  readonly flags: number;
  /** Seconds. */
  readonly persistenceTimeout: number;
  /** Seconds; 0: the global one. */
  readonly establishedTimeout: number;
  /** 16 bytes: of the clients' addresses, what persistence looks at. */
  readonly netmask: Buffer;
  readonly port: number;
  /** 0: of no mark. */
  readonly fwmark: number;
}

export function serviceOptionsBytes(options: ServiceOptions): Buffer {
  const buffer = bytes(SERVICE_OPTIONS.size);
  buffer.writeUInt32LE(options.flags, SERVICE_OPTIONS.flags);
  buffer.writeUInt32LE(options.persistenceTimeout, SERVICE_OPTIONS.persistenceTimeout);
  buffer.writeUInt32LE(options.establishedTimeout, SERVICE_OPTIONS.establishedTimeout);
  buffer.set(options.netmask, SERVICE_OPTIONS.netmask);
  buffer.writeUInt16BE(options.port, SERVICE_OPTIONS.port);
  buffer.writeUInt32LE(options.fwmark, SERVICE_OPTIONS.fwmark);
  return buffer;
}

/** Of the clients' addresses, as a `struct ip_address`: all 128 bits when there is no persistence. */
export function netmaskBytes(family: Family, persistence: Persistence | undefined): Buffer {
  const mask = bytes(IP_ADDRESS.size);
  if (persistence?.mask) {
    mask.set(addressToBytes(persistence.mask), IP_ADDRESS.size - 4);
    return mask;
  }
  const bits = family === 6 ? 128 : 32;
  const first = 128 - bits;
  const ones = persistence?.prefix ?? bits;
  for (let bit = first; bit < first + ones; bit++)
    mask[bit >> 3] = (mask[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return mask;
}

export interface ServerEntry {
  readonly address: Address;
  readonly port: number;
  readonly forwarding: ForwardingMethod;
  readonly serviceId: number;
  readonly weight: number;
  /** Of its service; 0: that is none of a mark. */
  readonly fwmark: number;
  /** The last weight above 0. */
  readonly lastWeight: number;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  /** No rule names it any more. */
  readonly deleted: boolean;
  /** Seconds of CLOCK_BOOTTIME since when it takes nothing; 0: it does. */
  readonly quietSince: number;
  /** When its TCP connections are closed; 0: never. */
  readonly drainAt: number;
}

export function serverBytes(entry: ServerEntry): Buffer {
  const buffer = bytes(SERVER.size);
  writeAddress(buffer, SERVER.address, entry.address);
  buffer.writeUInt16BE(entry.port, SERVER.port);
  buffer.writeUInt8(FORWARDING_METHODS.indexOf(entry.forwarding), SERVER.forwarding);
  buffer.writeUInt32LE(entry.serviceId, SERVER.serviceId);
  buffer.writeUInt32LE(entry.weight, SERVER.weight);
  buffer.writeUInt32LE(entry.fwmark, SERVER.fwmark);
  buffer.writeUInt32LE(entry.lastWeight, SERVER.lastWeight);
  buffer.writeUInt32LE(entry.upperThreshold, SERVER.upperThreshold);
  buffer.writeUInt32LE(entry.lowerThreshold, SERVER.lowerThreshold);
  buffer.writeUInt32LE(entry.deleted ? SERVER_FLAG.SERVER_DELETED : 0, SERVER.flags);
  buffer.writeUInt32LE(entry.quietSince, SERVER.quietSince);
  buffer.writeUInt32LE(entry.drainAt, SERVER.drainAt);
  return buffer;
}

export function readServer(buffer: Buffer): ServerEntry {
  return {
    address: readAddress(buffer, SERVER.address),
    port: buffer.readUInt16BE(SERVER.port),
    forwarding: FORWARDING_METHODS[buffer.readUInt8(SERVER.forwarding)] ?? 'fullnat',
    serviceId: buffer.readUInt32LE(SERVER.serviceId),
    weight: buffer.readUInt32LE(SERVER.weight),
    fwmark: buffer.readUInt32LE(SERVER.fwmark),
    lastWeight: buffer.readUInt32LE(SERVER.lastWeight),
    upperThreshold: buffer.readUInt32LE(SERVER.upperThreshold),
    lowerThreshold: buffer.readUInt32LE(SERVER.lowerThreshold),
    quietSince: buffer.readUInt32LE(SERVER.quietSince),
    drainAt: buffer.readUInt32LE(SERVER.drainAt),
    deleted: (buffer.readUInt32LE(SERVER.flags) & SERVER_FLAG.SERVER_DELETED) !== 0,
  };
}

/** @param service as {@link serviceKeyBytes} names it */
export function serverIndexBytes(service: Buffer, server: Endpoint): Buffer {
  const buffer = bytes(SERVER_INDEX_KEY.size);
  buffer.set(service, SERVER_INDEX_KEY.service);
  writeAddress(buffer, SERVER_INDEX_KEY.serverAddress, server.address);
  buffer.writeUInt16BE(server.port, SERVER_INDEX_KEY.serverPort);
  return buffer;
}

export function localUseKeyBytes(serviceId: number, local: Address): Buffer {
  const buffer = bytes(LOCAL_USE_KEY.size);
  buffer.writeUInt32LE(serviceId, LOCAL_USE_KEY.serviceId);
  writeAddress(buffer, LOCAL_USE_KEY.local, local);
  return buffer;
}

/** @param mac 6 bytes; without, it is the interface's own */
export function addressEntryBytes(
  kind: number,
  floating: boolean,
  ifindex: number,
  mac?: Uint8Array,
): Buffer {
  const buffer = bytes(ADDRESS.size);
  buffer.writeUInt32LE(kind, ADDRESS.kind);
  buffer.writeUInt32LE(floating ? 1 : 0, ADDRESS.floating);
  buffer.writeUInt32LE(ifindex, ADDRESS.ifindex);
  if (mac) buffer.set(mac, ADDRESS.mac);
  return buffer;
}

/** @param mac 6 bytes */
export function interfaceBytes(mac: Uint8Array, sendByRedirect: boolean): Buffer {
  const buffer = bytes(INTERFACE.size);
  buffer.set(mac, INTERFACE.mac);
  buffer.writeUInt8(sendByRedirect ? 1 : 0, INTERFACE.sendByRedirect);
  return buffer;
}

export interface Lease {
  /** Nanoseconds of CLOCK_BOOTTIME. */
  readonly until: bigint;
  readonly term: number;
  readonly stale: boolean;
}

export function leaseBytes(lease: Lease): Buffer {
  const buffer = bytes(LEASE.size);
  buffer.writeBigUInt64LE(lease.until, LEASE.until);
  buffer.writeUInt32LE(lease.term, LEASE.term);
  buffer.writeUInt32LE(lease.stale ? 1 : 0, LEASE.stale);
  return buffer;
}

export function readLease(buffer: Buffer): Lease {
  return {
    until: buffer.readBigUInt64LE(LEASE.until),
    term: buffer.readUInt32LE(LEASE.term),
    stale: buffer.readUInt32LE(LEASE.stale) !== 0,
  };
}

export interface PlaneSettings {
  /** From 0. */
  readonly director: number;
  /** This plane's own number, of 32 bits. */
  readonly maker: number;
  readonly localPorts: readonly [number, number];
  /** Seconds, by TCP state. */
  readonly tcpTimeouts: readonly number[];
  readonly udpTimeout: number;
  readonly ipvs: IpvsOptions;
  /** Bits of the plane's `enum lookup`. */
  readonly lookups: number;
  /** Where the rules that set marks stand. */
  readonly marks: { readonly first: number; readonly count: number };
  /** 32 bits, not 0: by which the plane's programs know each other's frames. */
  readonly secret: number;
  /** ICMP errors that each CPU may send; 0: any number. */
  readonly icmpPerSecond: number;
}

export function settingsBytes(settings: PlaneSettings): Buffer {
  const buffer = bytes(SETTINGS.size);
  buffer.writeUInt32LE(settings.director, SETTINGS.director);
  buffer.writeUInt32LE(settings.maker, SETTINGS.maker);
  buffer.writeUInt16LE(settings.localPorts[0], SETTINGS.firstPort);
  buffer.writeUInt16LE(settings.localPorts[1], SETTINGS.lastPort);
  settings.tcpTimeouts.forEach((seconds, state) => {
    buffer.writeUInt32LE(seconds, SETTINGS.tcpTimeout + state * 4);
  });
  buffer.writeUInt32LE(settings.udpTimeout, SETTINGS.udpTimeout);
  SCTP_TIMEOUTS.forEach((seconds, state) => {
    buffer.writeUInt32LE(seconds, SETTINGS.sctpTimeout + state * 4);
  });
  const { syncThreshold, syncRefreshPeriod, sloppyTcp, templatesOnly } = settings.ipvs;
  buffer.writeUInt32LE(syncThreshold[0], SETTINGS.announcePackets);
  buffer.writeUInt32LE(syncThreshold[1], SETTINGS.repeatPackets);
  buffer.writeUInt32LE(syncRefreshPeriod, SETTINGS.refreshPeriod);
  buffer.writeUInt32LE(sloppyTcp ? 1 : 0, SETTINGS.sloppyTcp);
  buffer.writeUInt32LE(templatesOnly ? 1 : 0, SETTINGS.templatesOnly);
  buffer.writeUInt32LE(settings.lookups, SETTINGS.lookups);
  buffer.writeUInt32LE(settings.marks.first, SETTINGS.firstMark);
  buffer.writeUInt32LE(settings.marks.count, SETTINGS.marks);
  buffer.writeUInt32LE(settings.secret, SETTINGS.secret);
  buffer.writeUInt32LE(settings.icmpPerSecond, SETTINGS.icmpPerSecond);
  return buffer;
}

export function flowState(flow: Buffer): { state: number; flags: number } {
  const word = flow.readUInt32LE(FLOW.stateFlags);
  return { state: word & 0xff, flags: word >>> 8 };
}

/** Whether the connection of a request entry has an entry of its replies. */
export function hasReply(flow: Buffer): boolean {
  const forwarding = flow.readUInt8(FLOW.forwarding);
  return forwarding === FORWARDING.FORWARD_FULLNAT || forwarding === FORWARDING.FORWARD_MASQ;
}

/** Sizes of the table's keys and entries: those of IPv4 end before what only IPv6 has. */
export const FLOW_SIZES = {
  4: { key: FLOW_KEY.sourceHigh, entry: FLOW.sourceHigh },
  6: { key: FLOW_KEY.size, entry: FLOW.size },
} as const satisfies Record<Family, { key: number; entry: number }>;

type Copied = readonly [to: number, from: number, length: number];

/** The translation, reversed: where each part of the other direction's key comes from. */
const OTHER_KEY: readonly Copied[] = [
  [FLOW_KEY.source, FLOW.destination, 4],
  [FLOW_KEY.destination, FLOW.source, 4],
  [FLOW_KEY.sourcePort, FLOW.destinationPort, 2],
  [FLOW_KEY.destinationPort, FLOW.sourcePort, 2],
];
const OTHER_KEY_HIGH: readonly Copied[] = [
  [FLOW_KEY.sourceHigh, FLOW.destinationHigh, 12],
  [FLOW_KEY.destinationHigh, FLOW.sourceHigh, 12],
];

/** The key of the entry of a connection's other direction. */
export function otherKeyBytes(family: Family, key: Buffer, flow: Buffer): Buffer {
  const buffer = bytes(FLOW_SIZES[family].key);
  for (const [to, from, length] of family === 6 ? [...OTHER_KEY, ...OTHER_KEY_HIGH] : OTHER_KEY)
    flow.copy(buffer, to, from, from + length);
  key.copy(buffer, FLOW_KEY.protocol, FLOW_KEY.protocol, FLOW_KEY.family + 1);
  return buffer;
}

/** A connection from its request entry. @param expires seconds */
export function readConnection(family: Family, key: Buffer, flow: Buffer, expires: number): Connection {
  const endpoint = (buffer: Buffer, low: number, high: number, port: number): Endpoint => {
    const rest = family === 6 ? buffer.subarray(high, high + 12) : Buffer.alloc(0);
    const address = addressFromBytes(Buffer.concat([rest, buffer.subarray(low, low + 4)]));
    return { address, port: buffer.readUInt16BE(port) };
  };
  const forwarding = FORWARDING_METHODS[flow.readUInt8(FLOW.forwarding)] ?? 'fullnat';
  return {
    protocol: namedProtocol(key.readUInt8(FLOW_KEY.protocol)),
    client: endpoint(key, FLOW_KEY.source, FLOW_KEY.sourceHigh, FLOW_KEY.sourcePort),
    virtual: endpoint(key, FLOW_KEY.destination, FLOW_KEY.destinationHigh, FLOW_KEY.destinationPort),
    ...(forwarding === 'fullnat' &&
      !(flowState(flow).flags & FLOW_FLAG.FLOW_TEMPLATE) && {
        local: endpoint(flow, FLOW.source, FLOW.sourceHigh, FLOW.sourcePort),
      }),
    server: endpoint(flow, FLOW.destination, FLOW.destinationHigh, FLOW.destinationPort),
    forwarding,
    state: flowState(flow).state,
    expires,
  };
}
