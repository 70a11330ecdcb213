/** ICMP and ICMPv6 errors (RFC 792, RFC 4443), built independently of the code under test. */
import { addressToBytes, parseAddress } from '../../src/model/address.ts';
import { bare, checksum, type TcpOptions } from './packet.ts';

const HEADER = { 4: 20, 6: 40 } as const;
const PROTOCOL = { 4: 1, 6: 58 } as const;
const ETHERNET = 14;

export interface IcmpErrorOptions extends TcpOptions {
  /** Bytes that are repeated behind the IP header. */
  readonly repeats?: number;
}

/** The sum of an ICMPv6 message covers the addresses; of ICMP only the message. */
export function messageSum(from: string, to: string, message: Buffer): number {
  if (!from.includes(':')) return checksum(message);
  const rest = Buffer.alloc(8);
  rest.writeUInt32BE(message.length);
  rest[7] = PROTOCOL[6];
  return checksum(
    Buffer.concat([...[from, to].map((it) => addressToBytes(parseAddress(it))), rest, message]),
  );
}

/** @param kind type and code @param frame what it is about */
export function icmpError(
  from: string,
  to: string,
  kind: readonly [number, number],
  frame: Buffer,
  { repeats = 1000, ...options }: IcmpErrorOptions = {},
): Buffer {
  const version = from.includes(':') ? 6 : 4;
  const head = Buffer.from([...kind, 0, 0, 0, 0, 0x05, 0x14]);
  const repeated = frame.subarray(ETHERNET, ETHERNET + HEADER[version] + repeats);
  const message = Buffer.concat([head, repeated]);
  message.writeUInt16BE(messageSum(from, to, message), 2);
  return bare(PROTOCOL[version], from, to, message, options);
}
