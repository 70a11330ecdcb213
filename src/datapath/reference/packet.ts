/**
 * What a frame is: docs/datapath.md, "What is looked at". Numbers are offsets into the frame; everything that is read
 * later was checked here.
 */
import { RECORD_FAMILY } from '../../model/record.ts';
import { PROTOCOL_NUMBER } from '../../model/rules.ts';
import type { Tuple } from './tuple.ts';

export const ETHERNET = 14;
export const ETHERTYPE = { IPV4: 0x0800, ARP: 0x0806, IPV6: 0x86dd } as const;

/** IANA's numbers of the extension headers of RFC 8200, 4. */
const EXTENSION = { HOP_BY_HOP: 0, ROUTING: 43, FRAGMENT: 44, DESTINATION: 60 } as const;
const EXTENSIONS: readonly number[] = Object.values(EXTENSION);
/** Each once, destination options twice: RFC 8200, 4.1. */
const MOST_EXTENSIONS = 5;

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

export interface Packet {
  readonly frame: Buffer;
  readonly ingress: number;
  readonly tuple: Tuple;
  readonly hops: number;
  /** Bytes of the IP packet. */
  readonly length: number;
  /** Where the transport's header begins. */
  readonly transport: number;
  readonly tcp?: TcpHeader;
}

export type Parsed =
  | { readonly kind: 'packet'; readonly packet: Packet }
  /** Not of a connection, but its addresses are known. */
  | { readonly kind: 'other' | 'fragment' | 'malformed'; readonly tuple: Tuple }
  | { readonly kind: 'not-ip' };

const NOT_IP: Parsed = { kind: 'not-ip' };

export function parsePacket(frame: Buffer, ingress: number): Parsed {
  return frame.readUInt16BE(12) === ETHERTYPE.IPV4 ? parseIpv4(frame, ingress) : parseIpv6(frame, ingress);
}

function parseIpv4(frame: Buffer, ingress: number): Parsed {
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
  if (!hasPorts(protocol)) return { kind: 'other', tuple };
  // More fragments, or an offset: RFC 791, 3.1.
  if ((frame.readUInt16BE(at + 6) & 0x3fff) !== 0) return { kind: 'fragment', tuple };
  const header = (byte(frame, at) & 15) * 4;
  const length = frame.readUInt16BE(at + 2);
  if (header < 20) return { kind: 'malformed', tuple };
  return parseTransport(frame, ingress, tuple, byte(frame, at + 8), length, at + header);
}

function parseIpv6(frame: Buffer, ingress: number): Parsed {
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
  for (let count = 0; EXTENSIONS.includes(next); count++) {
    if (count === MOST_EXTENSIONS || frame.length < transport + 8) return { kind: 'malformed', tuple };
    // A whole packet may have a fragment header (RFC 6946); else an offset or "more" says that it is a part.
    if (next === EXTENSION.FRAGMENT && (frame.readUInt16BE(transport + 2) & 0xfff9) !== 0)
      return { kind: 'fragment', tuple };
    // Further stations make routers of hosts: RFC 5095.
    if (next === EXTENSION.ROUTING && byte(frame, transport + 3) !== 0) return { kind: 'malformed', tuple };
    const length = next === EXTENSION.FRAGMENT ? 8 : 8 + byte(frame, transport + 1) * 8;
    next = byte(frame, transport);
    transport += length;
  }
  if (!hasPorts(next)) return { kind: 'other', tuple };
  const length = 40 + frame.readUInt16BE(at + 4);
  const whole = { ...tuple, protocol: next };
  return parseTransport(frame, ingress, whole, byte(frame, at + 7), length, transport);
}

function parseTransport(
  frame: Buffer,
  ingress: number,
  tuple: Tuple,
  hops: number,
  length: number,
  transport: number,
): Parsed {
  const malformed: Parsed = { kind: 'malformed', tuple };
  if (frame.length < ETHERNET + length) return malformed;
  const room = ETHERNET + length - transport;
  const isTcp = tuple.protocol === PROTOCOL_NUMBER.tcp;
  const least = isTcp ? 20 : 8;
  if (room < least || frame.length < transport + least) return malformed;
  const own = isTcp ? (byte(frame, transport + 12) >> 4) * 4 : frame.readUInt16BE(transport + 4);
  if (own < least || room < own) return malformed;
  const packet = {
    frame,
    ingress,
    hops,
    length,
    transport,
    tuple: {
      ...tuple,
      sourcePort: frame.readUInt16BE(transport),
      destinationPort: frame.readUInt16BE(transport + 2),
    },
  };
  if (!isTcp) return { kind: 'packet', packet };
  return { kind: 'packet', packet: { ...packet, tcp: readTcp(frame, transport, room - own) } };
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

function hasPorts(protocol: number): boolean {
  return protocol === PROTOCOL_NUMBER.tcp || protocol === PROTOCOL_NUMBER.udp;
}

function byte(frame: Buffer, at: number): number {
  return frame[at] ?? 0;
}
