/** The answer to an SCTP packet of no association: RFC 9260, 8.4. */
import { answerTo } from './answer.ts';
import { crc32c } from './crc32c.ts';
import type { Packet, SctpHeader } from './packet.ts';
import { CHUNK, TAG_REFLECTED } from './sctp.ts';

/** SCTP's header, and a chunk without content. */
const LENGTH = 16;
const CHUNK_HEADER = 4;
/** What is never answered. */
const SILENT: readonly number[] = [CHUNK.ABORT, CHUNK.SHUTDOWN_COMPLETE, CHUNK.COOKIE_ACK, CHUNK.ERROR];

/** @returns undefined if none is due */
export function abortFor(packet: Packet, { chunk, tag, initiateTag }: SctpHeader): Buffer | undefined {
  if (SILENT.includes(chunk)) return undefined;
  const { frame, body } = answerTo(packet, LENGTH);
  body.writeUInt32BE(chunk === CHUNK.INIT ? initiateTag : tag, 4);
  body[12] = chunk === CHUNK.SHUTDOWN_ACK ? CHUNK.SHUTDOWN_COMPLETE : CHUNK.ABORT;
  body[13] = chunk === CHUNK.INIT ? 0 : TAG_REFLECTED;
  body.writeUInt16BE(CHUNK_HEADER, 14);
  body.writeUInt32LE(crc32c(body), 8);
  return frame;
}
