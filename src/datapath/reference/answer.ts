/** Ethernet's and the IP header of what a plane answers in place of a packet's receiver. */
import { RECORD_FAMILY } from '../../model/record.ts';
import { checksumOf, sumOf } from './checksum.ts';
import { ETHERNET, type Packet } from './packet.ts';
import { destinationOf, reversed, sourceOf } from './tuple.ts';

const HOPS = 64;

export interface Answer {
  readonly frame: Buffer;
  /** Empty, but for the ports: of TCP and SCTP they stand first. */
  readonly body: Buffer;
  /** Of both addresses, the protocol and the length. */
  readonly pseudo: number;
}

/** From the address that it was sent to, back to where the frame came from. @param length of the body */
export function answerTo({ frame, tuple }: Packet, length: number): Answer {
  const back = reversed(tuple);
  const ipv6 = tuple.family === RECORD_FAMILY.IPV6;
  const header = ipv6 ? 40 : 20;
  const answer = Buffer.alloc(ETHERNET + header + length);
  answer.set(frame.subarray(6, 12), 0);
  answer.set(frame.subarray(0, 6), 6);
  answer.set(frame.subarray(12, 14), 12);
  const ip = answer.subarray(ETHERNET, ETHERNET + header);
  if (ipv6) {
    ip[0] = 0x60;
    ip.writeUInt16BE(length, 4);
    ip[6] = tuple.protocol;
    ip[7] = HOPS;
  } else {
    ip[0] = 0x45;
    ip.writeUInt16BE(header + length, 2);
    // Don't fragment: nothing is to be put together, and no identification needed (RFC 6864).
    ip.writeUInt16BE(0x4000, 6);
    ip[8] = HOPS;
    ip[9] = tuple.protocol;
  }
  [...sourceOf(back), ...destinationOf(back)].forEach((word, at) => {
    ip.writeUInt32BE(word, (ipv6 ? 8 : 12) + at * 4);
  });
  if (!ipv6) ip.writeUInt16BE(checksumOf(sumOf(ip)), 10);
  const body = answer.subarray(ETHERNET + header);
  body.writeUInt16BE(back.sourcePort, 0);
  body.writeUInt16BE(back.destinationPort, 2);
  return { frame: answer, body, pseudo: sumOf(ip, ipv6 ? 8 : 12) + tuple.protocol + length };
}
