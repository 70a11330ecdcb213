/** Bytes of the plane's structures. Addresses and ports are in network byte order, the rest little-endian. */
import { type Address, addressFromBytes, addressToBytes, ipv4FromNumber } from '../model/address.ts';
import type { Connection } from '../model/connection.ts';
import { FORWARDING_METHODS, type ForwardingMethod, protocolOf } from '../model/rules.ts';
import {
  ADDRESS,
  FLOW,
  FLOW_KEY,
  INTERFACE,
  IP_ADDRESS,
  LEASE,
  LOCAL_USE_KEY,
  SERVER,
  SERVER_INDEX_KEY,
  SERVICE,
  SERVICE_KEY,
  SETTINGS,
} from './layouts.generated.ts';

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

export function addressBytes(address: Address): Buffer {
  const buffer = bytes(4);
  buffer.set(addressToBytes(address));
  return buffer;
}

/** IPv4's place among IPv6's addresses: ::ffff:0:0/96 (RFC 4291 section 2.5.5.2). */
const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

/** A key of the plane's addresses: 16 bytes for both families. */
export function addressKeyBytes(address: Address): Buffer {
  const buffer = bytes(IP_ADDRESS.size);
  const own = addressToBytes(address);
  if (own.length === 4) buffer.set(MAPPED);
  buffer.set(own, buffer.length - own.length);
  return buffer;
}

/** The inverse of {@link addressKeyBytes}. */
export function readAddressKey(key: Uint8Array): Address {
  return addressFromBytes(MAPPED.equals(key.subarray(0, MAPPED.length)) ? key.subarray(MAPPED.length) : key);
}

export function serviceKeyBytes(address: Address, port: number, protocol: number): Buffer {
  const buffer = bytes(SERVICE_KEY.size);
  buffer.set(addressToBytes(address), SERVICE_KEY.address);
  buffer.writeUInt16BE(port, SERVICE_KEY.port);
  buffer.writeUInt8(protocol, SERVICE_KEY.protocol);
  return buffer;
}

export interface ServiceEntry {
  readonly id: number;
  readonly scheduler: number;
  readonly firstSlot: number;
  readonly slots: number;
  readonly firstLocal: number;
  readonly locals: number;
}

export function serviceBytes(entry: ServiceEntry): Buffer {
  const buffer = bytes(SERVICE.size);
  buffer.writeUInt32LE(entry.id, SERVICE.id);
  buffer.writeUInt32LE(entry.scheduler, SERVICE.scheduler);
  buffer.writeUInt32LE(entry.firstSlot, SERVICE.firstSlot);
  buffer.writeUInt32LE(entry.slots, SERVICE.slots);
  buffer.writeUInt32LE(entry.firstLocal, SERVICE.firstLocal);
  buffer.writeUInt32LE(entry.locals, SERVICE.locals);
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
  };
}

export interface ServerEntry {
  readonly address: Address;
  readonly port: number;
  readonly forwarding: ForwardingMethod;
  readonly protocol: number;
  readonly serviceId: number;
  readonly weight: number;
}

export function serverBytes(entry: ServerEntry): Buffer {
  const buffer = bytes(SERVER.size);
  buffer.set(addressToBytes(entry.address), SERVER.address);
  buffer.writeUInt16BE(entry.port, SERVER.port);
  buffer.writeUInt8(FORWARDING_METHODS.indexOf(entry.forwarding), SERVER.forwarding);
  buffer.writeUInt8(entry.protocol, SERVER.protocol);
  buffer.writeUInt32LE(entry.serviceId, SERVER.serviceId);
  buffer.writeUInt32LE(entry.weight, SERVER.weight);
  return buffer;
}

export function readServer(buffer: Buffer): ServerEntry {
  return {
    address: ipv4FromNumber(buffer.readUInt32BE(SERVER.address)),
    port: buffer.readUInt16BE(SERVER.port),
    forwarding: FORWARDING_METHODS[buffer.readUInt8(SERVER.forwarding)] ?? 'fullnat',
    protocol: buffer.readUInt8(SERVER.protocol),
    serviceId: buffer.readUInt32LE(SERVER.serviceId),
    weight: buffer.readUInt32LE(SERVER.weight),
  };
}

export function serverIndexBytes(virtual: Address, virtualPort: number, server: ServerEntry): Buffer {
  const buffer = bytes(SERVER_INDEX_KEY.size);
  buffer.set(addressToBytes(virtual), SERVER_INDEX_KEY.virtualAddress);
  buffer.set(addressToBytes(server.address), SERVER_INDEX_KEY.serverAddress);
  buffer.writeUInt16BE(virtualPort, SERVER_INDEX_KEY.virtualPort);
  buffer.writeUInt16BE(server.port, SERVER_INDEX_KEY.serverPort);
  buffer.writeUInt8(server.protocol, SERVER_INDEX_KEY.protocol);
  return buffer;
}

export function localUseKeyBytes(serviceId: number, local: Address): Buffer {
  const buffer = bytes(LOCAL_USE_KEY.size);
  buffer.writeUInt32LE(serviceId, LOCAL_USE_KEY.serviceId);
  buffer.set(addressToBytes(local), LOCAL_USE_KEY.local);
  return buffer;
}

export function addressEntryBytes(kind: number, floating: boolean, ifindex: number): Buffer {
  const buffer = bytes(ADDRESS.size);
  buffer.writeUInt32LE(kind, ADDRESS.kind);
  buffer.writeUInt32LE(floating ? 1 : 0, ADDRESS.floating);
  buffer.writeUInt32LE(ifindex, ADDRESS.ifindex);
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
  return buffer;
}

export function flowState(flow: Buffer): { state: number; flags: number } {
  const word = flow.readUInt32LE(FLOW.stateFlags);
  return { state: word & 0xff, flags: word >>> 8 };
}

/** The key of the entry of a connection's other direction: its translation, reversed. */
export function otherKeyBytes(key: Buffer, flow: Buffer): Buffer {
  const buffer = bytes(FLOW_KEY.size);
  flow.copy(buffer, FLOW_KEY.source, FLOW.destination, FLOW.destination + 4);
  flow.copy(buffer, FLOW_KEY.destination, FLOW.source, FLOW.source + 4);
  flow.copy(buffer, FLOW_KEY.sourcePort, FLOW.destinationPort, FLOW.destinationPort + 2);
  flow.copy(buffer, FLOW_KEY.destinationPort, FLOW.sourcePort, FLOW.sourcePort + 2);
  buffer.writeUInt8(key.readUInt8(FLOW_KEY.protocol), FLOW_KEY.protocol);
  return buffer;
}

/** A connection from its request entry. @param expires seconds */
export function readConnection(key: Buffer, flow: Buffer, expires: number): Connection {
  return {
    protocol: protocolOf(key.readUInt8(FLOW_KEY.protocol)) ?? 'tcp',
    client: endpoint(key, FLOW_KEY.source, FLOW_KEY.sourcePort),
    virtual: endpoint(key, FLOW_KEY.destination, FLOW_KEY.destinationPort),
    local: endpoint(flow, FLOW.source, FLOW.sourcePort),
    server: endpoint(flow, FLOW.destination, FLOW.destinationPort),
    forwarding: FORWARDING_METHODS[flow.readUInt8(FLOW.forwarding)] ?? 'fullnat',
    state: flowState(flow).state,
    expires,
  };
}

function endpoint(buffer: Buffer, address: number, port: number) {
  return { address: ipv4FromNumber(buffer.readUInt32BE(address)), port: buffer.readUInt16BE(port) };
}
