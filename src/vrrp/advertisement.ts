/**
 * The VRRPv3 advertisement for IPv4 (RFC 9568 section 5.2).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-------+-------+---------------+---------------+---------------+
 *     |Version| Type  | Virtual Rtr ID|   Priority    |  Addr. count  |
 *     +-------+-------+---------------+---------------+---------------+
 *     |(rsvd) |  Interval (centisec.) |          Checksum             |
 *     +-------+-----------------------+-------------------------------+
 *     |                       IPv4 addresses                          |
 */
import { type Address, addressFromBytes, addressToBytes, familyOf } from '../model/address.ts';
import { internetChecksum, pseudoHeader } from './checksum.ts';
import { VrrpError } from './error.ts';
import { LONGEST_INTERVAL_CS } from './wire.ts';

const VERSION = 3;
const TYPE_ADVERTISEMENT = 1;
const HEADER = 8;
const ADDRESS = 4;

export interface Advertisement {
  /** 1-255 */
  readonly vrid: number;
  /** 0 releases, 255 owns. */
  readonly priority: number;
  /** Centiseconds, 1-4095. */
  readonly intervalCs: number;
  readonly addresses: readonly Address[];
}

/**
 * `pseudo`: over the IPv4 pseudo-header too, as keepalived does; `plain`: over the message alone, as RFC 9568
 * section 5.2.8 has it for IPv4.
 */
export type ChecksumStyle = 'pseudo' | 'plain';

export interface Path {
  readonly source: Address;
  readonly destination: Address;
}

/** @throws RangeError for a value that has no place on the wire: our own mistake, not the network's */
export function encodeAdvertisement(
  advertisement: Advertisement,
  path: Path,
  style: ChecksumStyle = 'pseudo',
): Uint8Array {
  const { vrid, priority, intervalCs, addresses } = advertisement;
  requireRange('vrid', vrid, 1, 255);
  requireRange('priority', priority, 0, 255);
  requireRange('intervalCs', intervalCs, 1, LONGEST_INTERVAL_CS);
  requireRange('count of addresses', addresses.length, 1, 255);
  const bytes = new Uint8Array(HEADER + ADDRESS * addresses.length);
  bytes.set([(VERSION << 4) | TYPE_ADVERTISEMENT, vrid, priority, addresses.length]);
  bytes[4] = intervalCs >> 8;
  bytes[5] = intervalCs & 0xff;
  addresses.forEach((address, index) => {
    if (familyOf(address) !== 4) throw new RangeError(`${address} is not an IPv4 address`);
    bytes.set(addressToBytes(address), HEADER + ADDRESS * index);
  });
  const sum = checksum(bytes, path, style);
  bytes[6] = sum >> 8;
  bytes[7] = sum & 0xff;
  return bytes;
}

/** What a decoded message says, and how its sender counts the checksum. */
export interface Decoded extends Advertisement {
  readonly style: ChecksumStyle;
}

/**
 * Checks in the order of RFC 9568 section 7.1, behind the TTL; the VRID is the caller's to compare.
 * @throws VrrpError
 */
export function decodeAdvertisement(bytes: Uint8Array, path: Path): Decoded {
  if (bytes.length < HEADER) {
    throw new VrrpError('length', `${bytes.length} bytes are no VRRP message: its header has ${HEADER}`);
  }
  const [first = 0, vrid = 0, priority = 0, count = 0, intervalHigh = 0, intervalLow = 0] = bytes;
  if (first >> 4 !== VERSION) {
    throw new VrrpError('version', `version ${first >> 4} instead of ${VERSION}: set the sender to VRRPv3`);
  }
  if ((first & 15) !== TYPE_ADVERTISEMENT) {
    throw new VrrpError('type', `type ${first & 15} instead of ${TYPE_ADVERTISEMENT}`);
  }
  if (bytes.length !== HEADER + ADDRESS * count) {
    throw new VrrpError('length', `${bytes.length} bytes do not hold exactly ${count} IPv4 addresses`);
  }
  // A right checksum makes the sum over everything, itself included, come out as zero.
  const style: ChecksumStyle = checksum(bytes, path, 'pseudo') === 0 ? 'pseudo' : 'plain';
  if (style === 'plain' && checksum(bytes, path, 'plain') !== 0) {
    throw new VrrpError('checksum', 'the checksum is wrong with and without the pseudo-header');
  }
  const intervalCs = ((intervalHigh & 15) << 8) | intervalLow;
  if (vrid === 0) throw new VrrpError('vrid', 'virtual router 0 does not exist');
  if (intervalCs === 0) throw new VrrpError('interval', 'the advertisement interval is 0');
  if (count === 0) throw new VrrpError('count', 'no address is advertised');
  const addresses: Address[] = [];
  for (let at = HEADER; at < bytes.length; at += ADDRESS)
    addresses.push(addressFromBytes(bytes.subarray(at, at + ADDRESS)));
  return { vrid, priority, intervalCs, addresses, style };
}

/** Whether two lists name the same addresses; their order says nothing. */
export function sameAddresses(one: readonly Address[], other: readonly Address[]): boolean {
  return one.length === other.length && [...one].sort().join() === [...other].sort().join();
}

function checksum(bytes: Uint8Array, path: Path, style: ChecksumStyle): number {
  if (style === 'plain') return internetChecksum(bytes);
  return internetChecksum(pseudoHeader(path.source, path.destination, bytes.length), bytes);
}

function requireRange(what: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${what} is ${value}, outside ${least}-${most}`);
  }
}
