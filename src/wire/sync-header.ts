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
/** No kernel has one of these: they are kept for headers of ours that are to come. */
const LAST_VERSION = 0x5f;

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
 * @throws SyncWireError `truncated`, `foreign`, `oversized`, `version`
 */
export function readSyncHeader(datagram: Buffer): number {
  if (datagram.length < SYNC_HEADER_LENGTH)
    throw new SyncWireError('truncated', `${datagram.length} bytes, but a header has ${SYNC_HEADER_LENGTH}`);
  const version = datagram.readUInt8(5);
  const known = version >= VERSION && version <= LAST_VERSION;
  if (!known || datagram[0] !== 0 || datagram[4] !== 0 || datagram.readUInt16BE(6) !== 0)
    throw new SyncWireError('foreign', 'not a message of Tandem');
  const size = datagram.readUInt16BE(2);
  if (size !== datagram.length)
    throw new SyncWireError(
      datagram.length < size ? 'truncated' : 'oversized',
      `the header says ${size} bytes, ${datagram.length} came`,
    );
  if (version !== VERSION)
    throw new SyncWireError('version', `header version ${version - VERSION} is not known to this version`);
  return datagram.readUInt8(1);
}
