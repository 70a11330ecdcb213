/**
 * The header that IPVS's sync messages begin with. Ours has byte 0 zero and a version that no kernel knows: a
 * v0 receiver then reads "no connections", a v1 receiver does not take it for v1 (ip_vs_process_message in
 * net/netfilter/ipvs/ip_vs_sync.c), so that a pair shares a group with kernel directors.
 *
 *      0               1               2               3
 *     +---------------+---------------+-------------------------------+
 *     |       0       |    syncid     |     size of the datagram      |
 *     +---------------+---------------+-------------------------------+
 *     |  connections  |    version    |               0               |
 *     +---------------+---------------+-------------------------------+
 *
 * Numbers are big endian.
 */
import { SyncWireError } from './sync-error.ts';

const SYNC_HEADER_LENGTH = 8;
const VERSION = 0x54;

/** Fills the first 8 bytes of a complete datagram. */
export function writeSyncHeader(datagram: Buffer, syncid: number): void {
  datagram.writeUInt8(0, 0);
  datagram.writeUInt8(syncid, 1);
  datagram.writeUInt16BE(datagram.length, 2);
  datagram.writeUInt8(0, 4);
  datagram.writeUInt8(VERSION, 5);
  datagram.writeUInt16BE(0, 6);
}

/**
 * @returns the syncid
 * @throws SyncWireError `short`, `foreign`, `size`
 */
export function readSyncHeader(datagram: Buffer): number {
  if (datagram.length < SYNC_HEADER_LENGTH)
    throw new SyncWireError('short', `${datagram.length} bytes, but a header has ${SYNC_HEADER_LENGTH}`);
  const ours =
    datagram[0] === 0 && datagram[4] === 0 && datagram[5] === VERSION && datagram.readUInt16BE(6) === 0;
  if (!ours) throw new SyncWireError('foreign', 'not a message of Tandem');
  const size = datagram.readUInt16BE(2);
  if (size !== datagram.length)
    throw new SyncWireError('size', `the header says ${size} bytes, ${datagram.length} came`);
  return datagram.readUInt8(1);
}
