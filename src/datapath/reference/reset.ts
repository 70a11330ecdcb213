/** The answer to a segment of no connection: RFC 9293, 3.5.2. */
import { RECORD_FAMILY } from '../../model/record.ts';
import { PROTOCOL_NUMBER } from '../../model/rules.ts';
import { checksumOf, sumOf } from './checksum.ts';
import { ETHERNET, type Packet, type TcpHeader } from './packet.ts';
import { destinationOf, reversed, sourceOf } from './tuple.ts';

const HOPS = 64;
const TCP_HEADER = 20;
const RST = 4;
const ACK = 16;

/** From the address that it was sent to, back to where the frame came from. */
export function resetFor({ frame, tuple }: Packet, tcp: TcpHeader): Buffer {
  const back = reversed(tuple);
  const ipv6 = tuple.family === RECORD_FAMILY.IPV6;
  const header = ipv6 ? 40 : 20;
  const answer = Buffer.alloc(ETHERNET + header + TCP_HEADER);
  answer.set(frame.subarray(6, 12), 0);
  answer.set(frame.subarray(0, 6), 6);
  answer.set(frame.subarray(12, 14), 12);
  const ip = answer.subarray(ETHERNET, ETHERNET + header);
  if (ipv6) {
    ip[0] = 0x60;
    ip.writeUInt16BE(TCP_HEADER, 4);
    ip[6] = PROTOCOL_NUMBER.tcp;
    ip[7] = HOPS;
  } else {
    ip[0] = 0x45;
    ip.writeUInt16BE(header + TCP_HEADER, 2);
    // Don't fragment: nothing is to be put together, and no identification needed (RFC 6864).
    ip.writeUInt16BE(0x4000, 6);
    ip[8] = HOPS;
    ip[9] = PROTOCOL_NUMBER.tcp;
  }
  [...sourceOf(back), ...destinationOf(back)].forEach((word, at) => {
    ip.writeUInt32BE(word, (ipv6 ? 8 : 12) + at * 4);
  });
  if (!ipv6) ip.writeUInt16BE(checksumOf(sumOf(ip)), 10);
  const segment = answer.subarray(ETHERNET + header);
  segment.writeUInt16BE(back.sourcePort, 0);
  segment.writeUInt16BE(back.destinationPort, 2);
  if (tcp.ack) {
    segment.writeUInt32BE(tcp.acknowledged, 4);
    segment[13] = RST;
  } else {
    const end = tcp.sequence + tcp.payload + Number(tcp.syn) + Number(tcp.fin);
    segment.writeUInt32BE(end >>> 0, 8);
    segment[13] = RST | ACK;
  }
  segment[12] = (TCP_HEADER / 4) << 4;
  const pseudo = sumOf(ip, ipv6 ? 8 : 12) + PROTOCOL_NUMBER.tcp + TCP_HEADER;
  segment.writeUInt16BE(checksumOf(pseudo + sumOf(segment)), 16);
  return answer;
}
