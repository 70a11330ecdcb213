/** Gives a packet the addresses and ports of its other end: docs/datapath.md, "Translation". */
import { RECORD_FAMILY } from '../../model/record.ts';
import { PROTOCOL_NUMBER } from '../../model/rules.ts';
import { sumOf, updated } from './checksum.ts';
import { crc32c } from './crc32c.ts';
import { ETHERNET, type IpPacket, type Packet } from './packet.ts';
import { destinationOf, sourceOf, type Tuple } from './tuple.ts';

export const TCP_CHECKSUM = 16;
export const UDP_CHECKSUM = 6;
const SCTP_CHECKSUM = 8;
const IPV4_CHECKSUM = 10;

/** @param to the tuple that it gets. Returns a new frame. */
export function translated(packet: Packet, to: Tuple): Buffer {
  const frame = Buffer.from(packet.frame);
  // The ports are none where there are none.
  const [first, last] = to.family === RECORD_FAMILY.IPV6 ? [8, 40] : [12, 20];
  const addresses = frame.subarray(ETHERNET + first, ETHERNET + last);
  const ports = packet.hasPorts ? frame.subarray(packet.transport, packet.transport + 4) : Buffer.alloc(4);
  const before = { addresses: sumOf(addresses), ports: sumOf(ports) };
  [...sourceOf(to), ...destinationOf(to)].forEach((word, at) => {
    addresses.writeUInt32BE(word, at * 4);
  });
  ports.writeUInt16BE(to.sourcePort, 0);
  ports.writeUInt16BE(to.destinationPort, 2);
  const after = { addresses: sumOf(addresses), ports: sumOf(ports) };
  if (packet.sctp) updateSctp(frame, packet);
  else if (packet.hasPorts)
    updateTransport(frame, packet, before.addresses + before.ports, after.addresses + after.ports);
  if (to.family === RECORD_FAMILY.IPV4)
    updateAt(frame, ETHERNET + IPV4_CHECKSUM, before.addresses, after.addresses);
  passHop(frame, to.family);
  return frame;
}

/** Of direct routing: one hop less, and else as it came. Returns a new frame. */
export function passedOn(packet: IpPacket): Buffer {
  const frame = Buffer.from(packet.frame);
  passHop(frame, packet.tuple.family);
  return frame;
}

/** But for SCTP's a checksum has the addresses too. */
function updateTransport(frame: Buffer, { tuple, transport }: Packet, removed: number, added: number): void {
  if (tuple.protocol === PROTOCOL_NUMBER.tcp) {
    updateAt(frame, transport + TCP_CHECKSUM, removed, added);
    return;
  }
  updateUdpAt(frame, transport + UDP_CHECKSUM, removed, added);
}

/** A CRC is linear: a wrong one stays as wrong as it was. */
function updateSctp(frame: Buffer, { frame: former, transport, length }: Packet): void {
  const end = ETHERNET + length;
  const at = transport + SCTP_CHECKSUM;
  const change = crc32c(former.subarray(transport, end)) ^ crc32c(frame.subarray(transport, end));
  frame.writeUInt32LE((frame.readUInt32LE(at) ^ change) >>> 0, at);
}

/** None stays none, and what becomes 0 is sent as its equal: RFC 768. */
export function updateUdpAt(frame: Buffer, at: number, removed: number, added: number): void {
  if (frame.readUInt16BE(at) === 0) return;
  updateAt(frame, at, removed, added);
  if (frame.readUInt16BE(at) === 0) frame.writeUInt16BE(0xffff, at);
}

/** One hop less, and IPv4's checksum with it: RFC 1141. */
export function passHop(frame: Buffer, family: number): void {
  if (family === RECORD_FAMILY.IPV6) {
    frame.writeUInt8(frame.readUInt8(ETHERNET + 7) - 1, ETHERNET + 7);
    return;
  }
  const hops = ETHERNET + 8;
  const before = frame.readUInt16BE(hops);
  frame.writeUInt16BE(before - 0x100, hops);
  updateAt(frame, ETHERNET + IPV4_CHECKSUM, before, before - 0x100);
}

export function updateAt(frame: Buffer, at: number, removed: number, added: number): void {
  frame.writeUInt16BE(updated(frame.readUInt16BE(at), removed, added), at);
}
