/** Builds and reads Ethernet frames, independently of the code under test. */
import { addressFromBytes, addressToBytes, parseAddress } from '../../src/model/address.ts';

export interface Tuple {
  from: string;
  fromPort: number;
  to: string;
  toPort: number;
}

export interface TcpOptions {
  seq?: number;
  ack?: number;
  flags?: string;
  payload?: string;
  ttl?: number;
  /** IPv4: flags and offset. */
  fragment?: number;
  /** IPv6: extension headers, the first bytes of each are its type. */
  extensions?: readonly Extension[];
}

/** An extension header of IPv6 as a packet carries it, but for its first byte: what follows it. */
export interface Extension {
  readonly type: number;
  readonly bytes: Buffer;
}

const FLAGS: Record<string, number> = { F: 1, S: 2, R: 4, P: 8, A: 16 };
export const MAC = { a: '02:00:00:00:00:0a', b: '02:00:00:00:00:0b' };

export function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

/** The frame, sent to this host. */
export function to(mac: Uint8Array, frame: Buffer): Buffer {
  return Buffer.concat([mac, frame.subarray(6)]);
}

/** One's complement sum of 16-bit words (RFC 1071): 0 over data that includes a right checksum. */
export function checksum(data: Buffer): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 2)
    sum += at + 1 < data.length ? data.readUInt16BE(at) : (data[at] ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function ipv4(protocol: number, tuple: Tuple, body: Buffer, options: TcpOptions): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + body.length, 2);
  header.writeUInt16BE(options.fragment ?? 0x4000, 6);
  header[8] = options.ttl ?? 64;
  header[9] = protocol;
  header.set(addressToBytes(parseAddress(tuple.from)), 12);
  header.set(addressToBytes(parseAddress(tuple.to)), 16);
  header.writeUInt16BE(checksum(header), 10);
  const ethernet = Buffer.concat([macBytes(MAC.b), macBytes(MAC.a), Buffer.from([8, 0])]);
  return Buffer.concat([ethernet, header, body]);
}

function ipv6(protocol: number, tuple: Tuple, body: Buffer, options: TcpOptions): Buffer {
  const extensions = options.extensions ?? [];
  const types = [...extensions.map(({ type }) => type), protocol];
  const inner = Buffer.concat(
    extensions.map(({ bytes }, at) => Buffer.concat([Buffer.of(types[at + 1] ?? 0), bytes.subarray(1)])),
  );
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(inner.length + body.length, 4);
  header[6] = types[0] ?? 0;
  header[7] = options.ttl ?? 64;
  header.set(addressToBytes(parseAddress(tuple.from)), 8);
  header.set(addressToBytes(parseAddress(tuple.to)), 24);
  const ethernet = Buffer.concat([macBytes(MAC.b), macBytes(MAC.a), Buffer.from([0x86, 0xdd])]);
  return Buffer.concat([ethernet, header, inner, body]);
}

function ip(protocol: number, tuple: Tuple, body: Buffer, options: TcpOptions): Buffer {
  return (tuple.from.includes(':') ? ipv6 : ipv4)(protocol, tuple, body, options);
}

function pseudo(protocol: number, tuple: Tuple, length: number): Buffer {
  if (tuple.from.includes(':')) {
    const rest = Buffer.alloc(8);
    rest.writeUInt32BE(length);
    rest[7] = protocol;
    return Buffer.concat([...[tuple.from, tuple.to].map((it) => addressToBytes(parseAddress(it))), rest]);
  }
  const header = Buffer.alloc(12);
  header.set(addressToBytes(parseAddress(tuple.from)), 0);
  header.set(addressToBytes(parseAddress(tuple.to)), 4);
  header[9] = protocol;
  header.writeUInt16BE(length, 10);
  return header;
}

export function tcp(tuple: Tuple, options: TcpOptions = {}): Buffer {
  const payload = Buffer.from(options.payload ?? '');
  const body = Buffer.concat([Buffer.alloc(20), payload]);
  body.writeUInt16BE(tuple.fromPort, 0);
  body.writeUInt16BE(tuple.toPort, 2);
  body.writeUInt32BE(options.seq ?? 0, 4);
  body.writeUInt32BE(options.ack ?? 0, 8);
  body[12] = 5 << 4;
  body[13] = [...(options.flags ?? 'A')].reduce((bits, flag) => bits | (FLAGS[flag] ?? 0), 0);
  body.writeUInt16BE(65535, 14);
  body.writeUInt16BE(checksum(Buffer.concat([pseudo(6, tuple, body.length), body])), 16);
  return ip(6, tuple, body, options);
}

export function udp(tuple: Tuple, payload = 'hello', withChecksum = true, options: TcpOptions = {}): Buffer {
  const body = Buffer.concat([Buffer.alloc(8), Buffer.from(payload)]);
  body.writeUInt16BE(tuple.fromPort, 0);
  body.writeUInt16BE(tuple.toPort, 2);
  body.writeUInt16BE(body.length, 4);
  if (withChecksum)
    body.writeUInt16BE(checksum(Buffer.concat([pseudo(17, tuple, body.length), body])) || 0xffff, 6);
  return ip(17, tuple, body, options);
}

/** A packet of another protocol: what stands behind its IP header. */
export function bare(
  protocol: number,
  from: string,
  to: string,
  body: Buffer,
  options: TcpOptions = {},
): Buffer {
  return ip(protocol, { from, fromPort: 0, to, toPort: 0 }, body, options);
}

export function arpRequest(sender: string, target: string): Buffer {
  const arp = Buffer.from('0001080006040001', 'hex');
  return Buffer.concat([
    Buffer.alloc(6, 0xff),
    macBytes(MAC.a),
    Buffer.from([8, 6]),
    arp,
    macBytes(MAC.a),
    addressToBytes(parseAddress(sender)),
    Buffer.alloc(6),
    addressToBytes(parseAddress(target)),
  ]);
}

/** ICMPv6 as Neighbour Discovery sends it (RFC 4861): hop limit 255, checksum over the pseudo-header. */
export function icmp6(
  from: string,
  to: string,
  message: Buffer,
  { hopLimit = 255, broken = false } = {},
): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(message.length, 4);
  header[6] = 58;
  header[7] = hopLimit;
  header.set(addressToBytes(parseAddress(from)), 8);
  header.set(addressToBytes(parseAddress(to)), 24);
  const body = Buffer.from(message);
  body.writeUInt16BE(0, 2);
  body.writeUInt16BE(checksum(Buffer.concat([pseudo6(header, body.length), body])) ^ (broken ? 1 : 0), 2);
  return Buffer.concat([macBytes(MAC.b), macBytes(MAC.a), Buffer.from([0x86, 0xdd]), header, body]);
}

function pseudo6(header: Buffer, length: number): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(length);
  tail[7] = 58;
  return Buffer.concat([header.subarray(8, 40), tail]);
}

export const LINK_ADDRESS_OPTION = Buffer.concat([Buffer.from([1, 1]), macBytes(MAC.a)]);

/** "Who has the target?", or with source `::` "is the target taken?"; to the target's solicited-node group. */
export function solicitation(
  from: string,
  target: string,
  { options = LINK_ADDRESS_OPTION, code = 0, ...more }: SolicitationOptions = {},
): Buffer {
  const wanted = addressToBytes(parseAddress(target));
  const message = Buffer.concat([Buffer.from([135, code, 0, 0, 0, 0, 0, 0]), wanted, options]);
  const group = `ff02::1:ff${Buffer.from(wanted.subarray(13, 14)).toString('hex')}:${Buffer.from(wanted.subarray(14)).toString('hex')}`;
  const frame = icmp6(from, group, message, more);
  return Buffer.concat([Buffer.from([0x33, 0x33, 0xff, ...wanted.subarray(13)]), frame.subarray(6)]);
}

export interface SolicitationOptions {
  options?: Buffer;
  code?: number;
  hopLimit?: number;
  broken?: boolean;
}

export interface ReadAdvertisement {
  destinationMac: string;
  sourceMac: string;
  from: string;
  to: string;
  hopLimit: number;
  type: number;
  /** Router, solicited, override: the letters of those set. */
  flags: string;
  target: string;
  option: string;
  checksumOk: boolean;
  length: number;
}

export function readAdvertisement(frame: Buffer): ReadAdvertisement {
  const header = frame.subarray(14, 54);
  const body = frame.subarray(54);
  const bits = body[4] ?? 0;
  return {
    destinationMac: frame.subarray(0, 6).toString('hex'),
    sourceMac: frame.subarray(6, 12).toString('hex'),
    from: addressFromBytes(header.subarray(8, 24)),
    to: addressFromBytes(header.subarray(24, 40)),
    hopLimit: header[7] ?? 0,
    type: body[0] ?? 0,
    flags: [...'RSO'].filter((_, index) => bits & (0x80 >> index)).join(''),
    target: addressFromBytes(body.subarray(8, 24)),
    option: body.subarray(24).toString('hex'),
    checksumOk: checksum(Buffer.concat([pseudo6(header, body.length), body])) === 0,
    length: header.readUInt16BE(4),
  };
}

export interface Read extends Tuple {
  protocol: number;
  ttl: number;
  destinationMac: string;
  sourceMac: string;
  ipChecksumOk: boolean;
  checksumOk: boolean;
  /** Letters of {@link FLAGS}. */
  flags: string;
  seq: number;
  ack: number;
  payload: string;
}

/** An IPv4 packet without options, or an IPv6 one; extension headers are stepped over. */
export function read(frame: Buffer): Read {
  const packet = frame.subarray(14);
  const layer = (packet[0] ?? 0) >> 4 === 6 ? readIpv6(packet) : readIpv4(packet);
  const { body, protocol } = layer;
  const tuple = {
    from: layer.from,
    to: layer.to,
    fromPort: body.readUInt16BE(0),
    toPort: body.readUInt16BE(2),
  };
  const isTcp = protocol === 6;
  const headerLength = isTcp ? ((body[12] ?? 0) >> 4) * 4 : 8;
  const bits = isTcp ? (body[13] ?? 0) : 0;
  return {
    ...tuple,
    protocol,
    ttl: layer.ttl,
    destinationMac: frame.subarray(0, 6).toString('hex'),
    sourceMac: frame.subarray(6, 12).toString('hex'),
    ipChecksumOk: layer.checksumOk,
    checksumOk: checksum(Buffer.concat([pseudo(protocol, tuple, body.length), body])) === 0,
    flags: Object.entries(FLAGS)
      .filter(([, bit]) => bits & bit)
      .map(([letter]) => letter)
      .join(''),
    seq: isTcp ? body.readUInt32BE(4) : 0,
    ack: isTcp ? body.readUInt32BE(8) : 0,
    payload: body.subarray(headerLength).toString(),
  };
}

interface NetworkLayer {
  from: string;
  to: string;
  protocol: number;
  ttl: number;
  checksumOk: boolean;
  body: Buffer;
}

function readIpv4(packet: Buffer): NetworkLayer {
  return {
    from: addressFromBytes(packet.subarray(12, 16)),
    to: addressFromBytes(packet.subarray(16, 20)),
    protocol: packet[9] ?? 0,
    ttl: packet[8] ?? 0,
    checksumOk: checksum(packet.subarray(0, 20)) === 0,
    body: packet.subarray(20, packet.readUInt16BE(2)),
  };
}

const EXTENSIONS = [0, 43, 44, 60];

function readIpv6(packet: Buffer): NetworkLayer {
  let protocol = packet[6] ?? 0;
  let at = 40;
  while (EXTENSIONS.includes(protocol)) {
    const length = protocol === 44 ? 8 : 8 + (packet[at + 1] ?? 0) * 8;
    protocol = packet[at] ?? 0;
    at += length;
  }
  return {
    from: addressFromBytes(packet.subarray(8, 24)),
    to: addressFromBytes(packet.subarray(24, 40)),
    protocol,
    ttl: packet[7] ?? 0,
    checksumOk: true,
    body: packet.subarray(at, 40 + packet.readUInt16BE(4)),
  };
}

export function reversed(tuple: Tuple): Tuple {
  return { from: tuple.to, fromPort: tuple.toPort, to: tuple.from, toPort: tuple.fromPort };
}
