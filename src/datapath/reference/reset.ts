/** The answer to a segment of no connection: RFC 9293, 3.5.2. */
import { answerTo } from './answer.ts';
import { checksumOf, sumOf } from './checksum.ts';
import type { Packet, TcpHeader } from './packet.ts';

const TCP_HEADER = 20;
const RST = 4;
const ACK = 16;

export function resetFor(packet: Packet, tcp: TcpHeader): Buffer {
  const { frame, body, pseudo } = answerTo(packet, TCP_HEADER);
  if (tcp.ack) {
    body.writeUInt32BE(tcp.acknowledged, 4);
    body[13] = RST;
  } else {
    const end = tcp.sequence + tcp.payload + Number(tcp.syn) + Number(tcp.fin);
    body.writeUInt32BE(end >>> 0, 8);
    body[13] = RST | ACK;
  }
  body[12] = (TCP_HEADER / 4) << 4;
  body.writeUInt16BE(checksumOf(pseudo + sumOf(body)), 16);
  return frame;
}
