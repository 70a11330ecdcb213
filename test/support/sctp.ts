/** SCTP packets (RFC 9260), built and read independently of the code under test. */
import { bare, type TcpOptions, type Tuple } from './packet.ts';

export const CHUNK = {
  DATA: 0,
  INIT: 1,
  INIT_ACK: 2,
  SACK: 3,
  HEARTBEAT: 4,
  ABORT: 6,
  SHUTDOWN: 7,
  SHUTDOWN_ACK: 8,
  ERROR: 9,
  COOKIE_ECHO: 10,
  COOKIE_ACK: 11,
  SHUTDOWN_COMPLETE: 14,
} as const;

export interface Chunk {
  readonly type: number;
  readonly flags?: number;
  readonly body?: Buffer;
}

/** IANA's number. */
export const SCTP = 132;

/** CRC32c bit by bit (RFC 9260, appendix A). */
export function crc32c(data: Buffer): number {
  let crc = 0xffff_ffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** INIT and INIT ACK begin with the tag that their sender wants to be sent. */
export function initBody(tag: number): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt32BE(tag, 0);
  return body;
}

export function sctp(tuple: Tuple, tag: number, chunks: readonly Chunk[], options: TcpOptions = {}): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(tuple.fromPort, 0);
  header.writeUInt16BE(tuple.toPort, 2);
  header.writeUInt32BE(tag, 4);
  const parts = chunks.map(({ type, flags = 0, body = Buffer.alloc(0) }) => {
    const head = Buffer.from([type, flags, 0, 0]);
    head.writeUInt16BE(4 + body.length, 2);
    return Buffer.concat([head, body, Buffer.alloc(-body.length & 3)]);
  });
  const packet = Buffer.concat([header, ...parts]);
  packet.writeUInt32LE(crc32c(packet), 8);
  return bare(SCTP, tuple.from, tuple.to, packet, options);
}

export interface ReadSctp {
  readonly fromPort: number;
  readonly toPort: number;
  readonly tag: number;
  readonly chunk: number;
  readonly flags: number;
  readonly crcOk: boolean;
  readonly length: number;
}

/** Of a frame without IP options or extension headers. */
export function readSctp(frame: Buffer): ReadSctp {
  const packet = frame.subarray(14);
  const isIpv6 = (packet[0] ?? 0) >> 4 === 6;
  const end = isIpv6 ? 40 + packet.readUInt16BE(4) : packet.readUInt16BE(2);
  const body = packet.subarray(isIpv6 ? 40 : 20, end);
  const plain = Buffer.from(body);
  plain.writeUInt32LE(0, 8);
  return {
    fromPort: body.readUInt16BE(0),
    toPort: body.readUInt16BE(2),
    tag: body.readUInt32BE(4),
    chunk: body[12] ?? 0,
    flags: body[13] ?? 0,
    crcOk: body.readUInt32LE(8) === crc32c(plain),
    length: body.length,
  };
}
