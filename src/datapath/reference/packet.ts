/**
 * What a frame is: docs/datapath.md, "What is looked at". Numbers are offsets into the frame; everything that is read
 * later was checked here.
 */
import { RECORD_FAMILY } from '../../model/record.ts';
import { PROTOCOL_NUMBER, protocolOf } from '../../model/rules.ts';
import type { Tuple } from './tuple.ts';

export const ETHERNET = 14;
export const ETHERTYPE = { IPV4: 0x0800, ARP: 0x0806, IPV6: 0x86dd } as const;

/** IANA's numbers of the extension headers of RFC 8200, 4. */
const EXTENSION = { HOP_BY_HOP: 0, ROUTING: 43, FRAGMENT: 44, DESTINATION: 60 } as const;
const EXTENSIONS: readonly number[] = Object.values(EXTENSION);
/** UDP-Lite (RFC 3828) and DCCP (RFC 4340): ports and checksum stand where UDP has them. */
const UDP_LIKE: readonly number[] = [136, 33];
export const ICMP = 1;
export const ICMPV6 = 58;
/** Each once, destination options twice: RFC 8200, 4.1. */
const MOST_EXTENSIONS = 5;

/** SCTP's header, and its first chunk's. */
const SCTP_HEADER = 16;
/** Bytes of a transport's header at least: the others have UDP's. */
const LEAST: Readonly<Partial<Record<number, number>>> = {
  [PROTOCOL_NUMBER.tcp]: 20,
  [PROTOCOL_NUMBER.sctp]: SCTP_HEADER,
};
const [ABORT, COOKIE_ECHO, COOKIE_ACK] = [6, 10, 11];
/** INIT, INIT ACK */
const ASKS_FOR_TAG: readonly number[] = [1, 2];

const TCP_FLAG = { FIN: 1, SYN: 2, RST: 4, ACK: 16 } as const;

export interface TcpHeader {
  readonly sequence: number;
  readonly acknowledged: number;
  readonly fin: boolean;
  readonly syn: boolean;
  readonly rst: boolean;
  readonly ack: boolean;
  /** Bytes behind the header, as the IP header counts them. */
  readonly payload: number;
}

/** Of SCTP: RFC 9260, 3.1 and 3.2. */
export interface SctpHeader {
  readonly tag: number;
  /** The chunk that says what the packet is: its type and flags. */
  readonly chunk: number;
  readonly flags: number;
  /** The tag that the sender of an INIT or INIT ACK asks for, else 0. */
  readonly initiateTag: number;
}

/** As far as the IP header says. */
export interface IpPacket {
  readonly frame: Buffer;
  readonly ingress: number;
  readonly tuple: Tuple;
  readonly hops: number;
  /** Bytes of the IP packet. */
  readonly length: number;
  /** Where the transport's header begins. */
  readonly transport: number;
  /** Of a fragment: what it has in common with the others of its packet, and whether it is the first. */
  readonly fragment?: { readonly id: number; readonly isFirst: boolean } | undefined;
}

export interface Packet extends IpPacket {
  readonly tcp?: TcpHeader;
  readonly sctp?: SctpHeader;
  /** Where it is not set: neither has its protocol any, or it is a later fragment. */
  readonly hasPorts: boolean;
}

export type Parsed =
  | { readonly kind: 'packet'; readonly packet: Packet }
  /** Not of a connection, but its addresses are known. */
  | { readonly kind: 'malformed'; readonly tuple: Tuple }
  /** A later fragment: without the ports of its first one it is nobody's. */
  | { readonly kind: 'fragment'; readonly tuple: Tuple; readonly packet: Packet }
  /** The same of another protocol; nothing behind its IP header was looked at. */
  | { readonly kind: 'other'; readonly tuple: Tuple; readonly packet: IpPacket }
  | { readonly kind: 'not-ip' };

const NOT_IP: Parsed = { kind: 'not-ip' };

/** @param portless whether packets of protocols without ports may belong to a connection */
export function parsePacket(frame: Buffer, ingress: number, portless: boolean): Parsed {
  return frame.readUInt16BE(12) === ETHERTYPE.IPV4
    ? parseIpv4(frame, ingress, portless)
    : parseIpv6(frame, ingress, portless);
}

function parseIpv4(frame: Buffer, ingress: number, portless: boolean): Parsed {
  const at = ETHERNET;
  if (frame.length < at + 20 || byte(frame, at) >> 4 !== 4) return NOT_IP;
  const protocol = byte(frame, at + 9);
  const tuple: Tuple = {
    family: RECORD_FAMILY.IPV4,
    protocol,
    source: frame.readUInt32BE(at + 12),
    destination: frame.readUInt32BE(at + 16),
    sourcePort: 0,
    destinationPort: 0,
    high: [],
  };
  const hops = byte(frame, at + 8);
  const length = frame.readUInt16BE(at + 2);
  const header = (byte(frame, at) & 15) * 4;
  const transport = at + header;
  const isCut = header < 20;
  const packet: IpPacket = { frame, ingress, tuple, hops, length, transport };
  if (!hasPorts(protocol) && !portless) return { kind: 'other', tuple, packet };
  if (!hasPorts(protocol))
    return isCut && !isIcmp(protocol) ? { kind: 'malformed', tuple } : parseWithoutPorts(packet);
  if (isCut) return { kind: 'malformed', tuple };
  // More fragments, or an offset: RFC 791, 3.1.
  const part = frame.readUInt16BE(at + 6) & 0x3fff;
  const fragment = part ? { id: frame.readUInt16BE(at + 4), isFirst: (part & 0x1fff) === 0 } : undefined;
  return parseTransport({ ...packet, fragment });
}

function parseIpv6(frame: Buffer, ingress: number, portless: boolean): Parsed {
  const at = ETHERNET;
  if (frame.length < at + 40 || byte(frame, at) >> 4 !== 6) return NOT_IP;
  const word = (index: number) => frame.readUInt32BE(at + 8 + index * 4);
  let next = byte(frame, at + 6);
  const tuple = {
    family: RECORD_FAMILY.IPV6,
    protocol: 0,
    source: word(3),
    destination: word(7),
    sourcePort: 0,
    destinationPort: 0,
    high: [0, 1, 2, 4, 5, 6].map(word),
  };
  let transport = at + 40;
  let fragment: Packet['fragment'];
  for (let count = 0; EXTENSIONS.includes(next); count++) {
    if (count === MOST_EXTENSIONS || frame.length < transport + 8) return { kind: 'malformed', tuple };
    // A whole packet may have a fragment header (RFC 6946); else an offset or "more" says that it is a part.
    const part = next === EXTENSION.FRAGMENT ? frame.readUInt16BE(transport + 2) & 0xfff9 : 0;
    if (part !== 0) fragment = { id: frame.readUInt32BE(transport + 4), isFirst: (part & 0xfff8) === 0 };
    // Further stations make routers of hosts: RFC 5095.
    if (next === EXTENSION.ROUTING && byte(frame, transport + 3) !== 0) return { kind: 'malformed', tuple };
    const length = next === EXTENSION.FRAGMENT ? 8 : 8 + byte(frame, transport + 1) * 8;
    next = byte(frame, transport);
    transport += length;
    // What stands behind it now may be anything.
    if (fragment && !fragment.isFirst) break;
  }
  const length = 40 + frame.readUInt16BE(at + 4);
  const whole = { ...tuple, protocol: next };
  const hops = byte(frame, at + 7);
  const packet: IpPacket = { frame, ingress, tuple: whole, hops, length, transport, fragment };
  if (hasPorts(next) || (fragment && !fragment.isFirst)) return parseTransport(packet);
  return portless ? parseWithoutPorts(packet) : { kind: 'other', tuple: whole, packet };
}

/** Of other protocols the addresses are all; what speaks of other packets is no connection. */
function parseWithoutPorts(packet: IpPacket): Parsed {
  const { tuple, frame, length } = packet;
  if (isIcmp(tuple.protocol)) return { kind: 'other', tuple, packet };
  const end = ETHERNET + length;
  if (frame.length < end || end < packet.transport) return { kind: 'malformed', tuple };
  return { kind: 'packet', packet: { ...packet, hasPorts: false } };
}

function parseTransport(ip: IpPacket): Parsed {
  const { frame, tuple, length, transport, fragment } = ip;
  const malformed: Parsed = { kind: 'malformed', tuple };
  if (frame.length < ETHERNET + length) return malformed;
  if (fragment && !fragment.isFirst) return { kind: 'fragment', tuple, packet: { ...ip, hasPorts: false } };
  const room = ETHERNET + length - transport;
  const least = LEAST[tuple.protocol] ?? 8;
  if (room < least) return malformed;
  const own = ownLength(frame, tuple.protocol, transport);
  const isUdp = tuple.protocol === PROTOCOL_NUMBER.udp;
  // UDP says how long the whole is, of which the first fragment is a part.
  if (own < least || (room < own && !(fragment && isUdp))) return malformed;
  const ports = {
    sourcePort: frame.readUInt16BE(transport),
    destinationPort: frame.readUInt16BE(transport + 2),
  };
  const packet = { ...ip, tuple: { ...tuple, ...ports }, hasPorts: true };
  switch (tuple.protocol) {
    case PROTOCOL_NUMBER.tcp:
      return { kind: 'packet', packet: { ...packet, tcp: readTcp(frame, transport, room - own) } };
    case PROTOCOL_NUMBER.sctp:
      return { kind: 'packet', packet: { ...packet, sctp: readSctp(frame, transport, ETHERNET + length) } };
    default:
      return { kind: 'packet', packet };
  }
}

function readTcp(frame: Buffer, at: number, payload: number): TcpHeader {
  const flags = byte(frame, at + 13);
  return {
    sequence: frame.readUInt32BE(at + 4),
    acknowledged: frame.readUInt32BE(at + 8),
    fin: (flags & TCP_FLAG.FIN) !== 0,
    syn: (flags & TCP_FLAG.SYN) !== 0,
    rst: (flags & TCP_FLAG.RST) !== 0,
    ack: (flags & TCP_FLAG.ACK) !== 0,
    payload,
  };
}

/** The first chunk, but an ABORT behind a COOKIE ECHO or COOKIE ACK (RFC 9260, 3.3.7) in its place, as in IPVS. */
function readSctp(frame: Buffer, at: number, end: number): SctpHeader {
  const chunk = byte(frame, at + 12);
  const tag = frame.readUInt32BE(at + 4);
  const length = frame.readUInt16BE(at + 14);
  const second = at + 12 + length + (-length & 3);
  const mayBeSecond = (chunk === COOKIE_ECHO || chunk === COOKIE_ACK) && length >= 4 && second + 4 <= end;
  if (mayBeSecond && byte(frame, second) === ABORT)
    return { tag, chunk: ABORT, flags: byte(frame, second + 1), initiateTag: 0 };
  const initiateTag = ASKS_FOR_TAG.includes(chunk) ? frame.readUInt32BE(at + SCTP_HEADER) : 0;
  return { tag, chunk, flags: byte(frame, at + 13), initiateTag };
}

/** What the transport's header says of a length: TCP's and SCTP's of what is read, UDP's of the whole. */
function ownLength(frame: Buffer, protocol: number, transport: number): number {
  switch (protocol) {
    case PROTOCOL_NUMBER.tcp:
      return (byte(frame, transport + 12) >> 4) * 4;
    case PROTOCOL_NUMBER.udp:
      return frame.readUInt16BE(transport + 4);
    case PROTOCOL_NUMBER.sctp:
      return SCTP_HEADER + (ASKS_FOR_TAG.includes(byte(frame, transport + 12)) ? 4 : 0);
    default:
      return 8;
  }
}

export function hasPorts(protocol: number): boolean {
  return protocolOf(protocol) !== undefined || UDP_LIKE.includes(protocol);
}

function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

function byte(frame: Buffer, at: number): number {
  return frame[at] ?? 0;
}
