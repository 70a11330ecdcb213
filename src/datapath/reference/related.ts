/** ICMP errors about packets of connections: docs/datapath.md, "Errors about it". */
import { RECORD_FAMILY } from '../../model/record.ts';
import { PROTOCOL_NUMBER } from '../../model/rules.ts';
import { sumOf } from './checksum.ts';
import { ETHERNET, hasPorts, ICMP, ICMPV6, type IpPacket } from './packet.ts';
import { passHop, TCP_CHECKSUM, UDP_CHECKSUM, updateAt, updateUdpAt } from './translate.ts';
import { destinationOf, reversed, sourceOf, type Tuple, type Words } from './tuple.ts';

/** Destination unreachable, time exceeded, parameter problem: RFC 792. */
const ERRORS: readonly number[] = [3, 11, 12];
/** RFC 4443, 2.1: those from here on are no errors. */
const FIRST_QUERY = 128;
const HEAD = 8;
/** What is repeated of a transport's header at least: RFC 792. */
const REPEATED = 8;
const CHECKSUM = 2;

/** An error, and what it repeats. Numbers are offsets into the frame. */
export interface Related extends IpPacket {
  /** Of the repeated IP header. */
  readonly inner: number;
  readonly innerTransport: number;
  /** Behind the last byte that the IP header counts. */
  readonly end: number;
  /** Of the repeated packet. */
  readonly repeated: Tuple;
}

/** @returns undefined if it is no error about a packet that may have been ours */
export function readRelated(packet: IpPacket): Related | undefined {
  const { frame, tuple, length, transport } = packet;
  const isIpv6 = tuple.family === RECORD_FAMILY.IPV6;
  const end = ETHERNET + length;
  const inner = transport + HEAD;
  if (tuple.protocol !== (isIpv6 ? ICMPV6 : ICMP) || end > frame.length || inner > end) return undefined;
  const type = frame.readUInt8(transport);
  if (packet.fragment) return undefined;
  if (!isIpv6 && (transport < ETHERNET + 20 || isFragment(frame, ETHERNET, 0x3fff))) return undefined;
  if (isIpv6 ? type >= FIRST_QUERY : !ERRORS.includes(type)) return undefined;
  const about = isIpv6 ? readIpv6(frame, inner, end) : readIpv4(frame, inner, end);
  if (!about) return undefined;
  const { repeated, header } = about;
  const innerTransport = inner + header;
  const found = { ...packet, inner, innerTransport, end };
  if (!hasPorts(repeated.protocol))
    return repeated.protocol === ICMP || repeated.protocol === ICMPV6 ? undefined : { ...found, repeated };
  if (end < innerTransport + REPEATED) return undefined;
  const ports = {
    sourcePort: frame.readUInt16BE(innerTransport),
    destinationPort: frame.readUInt16BE(innerTransport + 2),
  };
  return { ...found, repeated: { ...repeated, ...ports } };
}

/** Whether it is for whom sent the repeated packet: everybody else has nothing to say of it. */
export function isToSender({ tuple, repeated }: Related): boolean {
  const sender = sourceOf(repeated);
  return destinationOf(tuple).every((word, at) => word === sender[at]);
}

/**
 * @param to the tuple that packets of its direction get
 * @param keepsSource who found the error stays to be seen
 */
export function translatedRelated(related: Related, to: Tuple, keepsSource: boolean): Buffer {
  const frame = Buffer.from(related.frame);
  const isIpv6 = to.family === RECORD_FAMILY.IPV6;
  const { transport, end } = related;
  const [first, last] = isIpv6 ? [8, 40] : [12, 20];
  const outer = frame.subarray(ETHERNET + first, ETHERNET + last);
  // ICMPv6's checksum covers the outer addresses too. Its own word is of neither sum.
  const icmp = transport + CHECKSUM;
  const sum = () => sumOf(frame, icmp + 2, end) + (isIpv6 ? sumOf(outer) : 0);
  const before = { all: sum(), outer: sumOf(outer) };
  writeWords(outer, [...(keepsSource ? sourceOf(related.tuple) : sourceOf(to)), ...destinationOf(to)]);
  translateRepeated(frame, related, reversed(to));
  updateAt(frame, icmp, before.all, sum());
  if (!isIpv6) updateAt(frame, ETHERNET + 10, before.outer, sumOf(outer));
  passHop(frame, to.family);
  return frame;
}

function translateRepeated(
  frame: Buffer,
  { inner, innerTransport, end, repeated }: Related,
  to: Tuple,
): void {
  const isIpv6 = to.family === RECORD_FAMILY.IPV6;
  const addresses = frame.subarray(inner + (isIpv6 ? 8 : 12), inner + (isIpv6 ? 40 : 20));
  const removed = sumOf(addresses);
  writeWords(addresses, [...sourceOf(to), ...destinationOf(to)]);
  const added = sumOf(addresses);
  if (!isIpv6) updateAt(frame, inner + 10, removed, added);
  if (!hasPorts(to.protocol)) return;
  const ports = frame.subarray(innerTransport, innerTransport + 4);
  const oldPorts = sumOf(ports);
  ports.writeUInt16BE(to.sourcePort, 0);
  ports.writeUInt16BE(to.destinationPort, 2);
  const [gone, come] = [removed + oldPorts, added + sumOf(ports)];
  switch (repeated.protocol) {
    case PROTOCOL_NUMBER.tcp:
      if (innerTransport + TCP_CHECKSUM + 2 <= end)
        updateAt(frame, innerTransport + TCP_CHECKSUM, gone, come);
      return;
    case PROTOCOL_NUMBER.sctp:
      // What its checksum covers is not all repeated.
      return;
    default:
      updateUdpAt(frame, innerTransport + UDP_CHECKSUM, gone, come);
  }
}

function readIpv4(frame: Buffer, at: number, end: number) {
  if (end < at + 20 || frame.readUInt8(at) >> 4 !== 4 || isFragment(frame, at, 0x1fff)) return undefined;
  const header = (frame.readUInt8(at) & 15) * 4;
  if (header < 20) return undefined;
  const repeated: Tuple = {
    family: RECORD_FAMILY.IPV4,
    protocol: frame.readUInt8(at + 9),
    ...{ source: frame.readUInt32BE(at + 12), destination: frame.readUInt32BE(at + 16) },
    ...{ sourcePort: 0, destinationPort: 0, high: [] },
  };
  return { repeated, header };
}

function readIpv6(frame: Buffer, at: number, end: number) {
  if (end < at + 40 || frame.readUInt8(at) >> 4 !== 6) return undefined;
  const words = Array.from({ length: 8 }, (_, index) => frame.readUInt32BE(at + 8 + index * 4));
  const [source, destination] = [words.slice(0, 4), words.slice(4)];
  if (isMapped(source) || isMapped(destination)) return undefined;
  const repeated: Tuple = {
    family: RECORD_FAMILY.IPV6,
    protocol: frame.readUInt8(at + 6),
    ...{ source: source[3] ?? 0, destination: destination[3] ?? 0 },
    ...{ sourcePort: 0, destinationPort: 0, high: [...source.slice(0, 3), ...destination.slice(0, 3)] },
  };
  return { repeated, header: 40 };
}

/** @param mask of the flags and the offset */
function isFragment(frame: Buffer, at: number, mask: number): boolean {
  return (frame.readUInt16BE(at + 6) & mask) !== 0;
}

/** ::ffff:0:0/96 */
function isMapped([first, second, third]: Words): boolean {
  return first === 0 && second === 0 && third === 0xffff;
}

function writeWords(at: Buffer, words: Words): void {
  words.forEach((word, index) => {
    at.writeUInt32BE(word, index * 4);
  });
}
