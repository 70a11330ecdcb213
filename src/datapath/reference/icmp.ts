/** What a plane says itself by ICMP (RFC 792, RFC 1191) and ICMPv6 (RFC 4443) about a packet that goes no further. */
import { RECORD_FAMILY } from '../../model/record.ts';
import { checksumOf, sumOf } from './checksum.ts';
import { ETHERNET, ICMP, ICMPV6, type Packet } from './packet.ts';

const HOPS = 64;
const HEAD = 8;
/** With what is repeated of the packet, an answer has so many bytes at most: RFC 1812, 4.3.2.3; RFC 4443, 2.4 c. */
const LONGEST = { 4: 576, 6: 1280 };

export type IcmpError =
  | { readonly kind: 'time-exceeded' }
  | { readonly kind: 'too-big'; readonly mtu: number };

const TYPES = {
  4: { 'time-exceeded': [11, 0], 'too-big': [3, 4] },
  6: { 'time-exceeded': [3, 0], 'too-big': [2, 0] },
} as const;

/** From the address that the packet was sent to, back to where its frame came from. */
export function icmpFor({ frame, tuple, length }: Packet, error: IcmpError): Buffer {
  const version = tuple.family === RECORD_FAMILY.IPV6 ? 6 : 4;
  const header = version === 6 ? 40 : 20;
  const repeated = frame.subarray(ETHERNET, ETHERNET + Math.min(length, LONGEST[version] - header - HEAD));
  const icmp = Buffer.concat([Buffer.alloc(HEAD), repeated]);
  const [type, code] = TYPES[version][error.kind];
  icmp.set([type, code]);
  if (error.kind === 'too-big') icmp.writeUInt32BE(error.mtu, 4);
  const ip = ipHeader(version, frame.subarray(ETHERNET), icmp.length);
  const pseudo = version === 6 ? sumOf(ip, 8) + icmp.length + ICMPV6 : 0;
  icmp.writeUInt16BE(checksumOf(pseudo + sumOf(icmp)), 2);
  const link = [frame.subarray(6, 12), frame.subarray(0, 6), frame.subarray(12, ETHERNET)];
  return Buffer.concat([...link, ip, icmp]);
}

function ipHeader(version: 4 | 6, packet: Buffer, length: number): Buffer {
  if (version === 6) {
    const head = Buffer.from([0x60, 0, 0, 0, length >> 8, length & 0xff, ICMPV6, HOPS]);
    return Buffer.concat([head, packet.subarray(24, 40), packet.subarray(8, 24)]);
  }
  const head = Buffer.alloc(12);
  head.set([0x45, 0xc0]);
  head.writeUInt16BE(20 + length, 2);
  head.writeUInt16BE(0x4000, 6);
  head.set([HOPS, ICMP], 8);
  const ip = Buffer.concat([head, packet.subarray(16, 20), packet.subarray(12, 16)]);
  ip.writeUInt16BE(checksumOf(sumOf(ip)), 10);
  return ip;
}
