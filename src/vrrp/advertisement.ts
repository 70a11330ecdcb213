/**
 * The VRRPv3 advertisement (RFC 9568 section 5.2), and what it shares with version 2 (v2.ts).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-------+-------+---------------+---------------+---------------+
 *     |Version| Type  | Virtual Rtr ID|   Priority    |  Addr. count  |
 *     +-------+-------+---------------+---------------+---------------+
 *     |(rsvd) |  Interval (centisec.) |          Checksum             |
 *     +-------+-----------------------+-------------------------------+
 *     |                  IPv4 or IPv6 addresses                       |
 */
import { type Address, addressFromBytes, addressToBytes, familyOf } from '../model/address.ts';
import { internetChecksum } from '../wire/checksum.ts';
import { VrrpError } from './error.ts';
import { type Path, pseudoHeader } from './pseudo-header.ts';
import { LONGEST_INTERVAL_CS } from './wire.ts';

const VERSION = 3;
const TYPE_ADVERTISEMENT = 1;
/** Of both versions. */
export const HEADER = 8;
/** Where both versions have their checksum. */
const CHECKSUM_AT = 6;

export interface Advertisement {
  /** 1-255 */
  readonly vrid: number;
  /** 0 releases, 255 owns. */
  readonly priority: number;
  /** Centiseconds: 1-4095; in version 2 whole seconds, 100-25500. */
  readonly intervalCs: number;
  readonly addresses: readonly Address[];
}

/**
 * `pseudo`: over the IPv4 pseudo-header too, as keepalived does; `plain`: over the message alone, as RFC 9568
 * section 5.2.8 has it for IPv4. Over IPv6 it is `pseudo` always.
 */
export type ChecksumStyle = 'pseudo' | 'plain';

/** @throws RangeError for a value that has no place on the wire: our own mistake, not the network's */
export function encodeAdvertisement(
  advertisement: Advertisement,
  path: Path,
  style: ChecksumStyle = 'pseudo',
): Uint8Array {
  const { intervalCs } = advertisement;
  requireRange('intervalCs', intervalCs, 1, LONGEST_INTERVAL_CS);
  const bytes = frame(VERSION, advertisement, path, 0);
  bytes[4] = intervalCs >> 8;
  bytes[5] = intervalCs & 0xff;
  return sealed(bytes, v3Checksum(bytes, path, style));
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
  const { size, count } = openFrame(bytes, path, VERSION, 0);
  // A right checksum makes the sum over everything, itself included, come out as zero.
  const style: ChecksumStyle = v3Checksum(bytes, path, 'pseudo') === 0 ? 'pseudo' : 'plain';
  if (style === 'plain' && (size === 16 || v3Checksum(bytes, path, 'plain') !== 0)) {
    const how = size === 16 ? 'with the pseudo-header' : 'with and without the pseudo-header';
    throw new VrrpError('checksum', `the checksum is wrong ${how}`);
  }
  const intervalCs = (((bytes[4] ?? 0) & 15) << 8) | (bytes[5] ?? 0);
  return { ...checked(bytes, { size, count, intervalCs }), style };
}

/** Whether two lists name the same addresses; their order says nothing. */
export function sameAddresses(one: readonly Address[], other: readonly Address[]): boolean {
  return one.length === other.length && [...one].sort().join() === [...other].sort().join();
}

/** Header and addresses of either version, interval and checksum still zero. @throws RangeError */
export function frame(
  version: number,
  advertisement: Advertisement,
  path: Path,
  trailer: number,
): Uint8Array {
  const { vrid, priority, addresses } = advertisement;
  requireRange('vrid', vrid, 1, 255);
  requireRange('priority', priority, 0, 255);
  requireRange('count of addresses', addresses.length, 1, 255);
  const size = addressSize(path);
  const bytes = new Uint8Array(HEADER + size * addresses.length + trailer);
  bytes.set([(version << 4) | TYPE_ADVERTISEMENT, vrid, priority, addresses.length]);
  addresses.forEach((address, index) => {
    if (addressSize({ source: address }) !== size)
      throw new RangeError(`${address} is not of the family of ${path.source}`);
    bytes.set(addressToBytes(address), HEADER + size * index);
  });
  return bytes;
}

/** Writes the checksum into a message that has none yet. */
export function sealed(bytes: Uint8Array, sum: number): Uint8Array {
  bytes[CHECKSUM_AT] = sum >> 8;
  bytes[CHECKSUM_AT + 1] = sum & 0xff;
  return bytes;
}

/**
 * The checks of what both versions have in common, before the checksum.
 * @param trailer bytes behind the addresses
 * @throws VrrpError `length`, `version`, `type`
 */
export function openFrame(bytes: Uint8Array, path: Path, version: number, trailer: number) {
  if (bytes.length < HEADER) {
    throw new VrrpError('length', `${bytes.length} bytes are no VRRP message: its header has ${HEADER}`);
  }
  const [first = 0, , , count = 0] = bytes;
  if (first >> 4 !== version) {
    throw new VrrpError('version', `version ${first >> 4} instead of ${version}: set both to the same one`);
  }
  if ((first & 15) !== TYPE_ADVERTISEMENT) {
    throw new VrrpError('type', `type ${first & 15} instead of ${TYPE_ADVERTISEMENT}`);
  }
  const size = addressSize(path);
  if (bytes.length !== HEADER + size * count + trailer) {
    const family = size === 4 ? 'IPv4' : 'IPv6';
    throw new VrrpError('length', `${bytes.length} bytes do not hold exactly ${count} ${family} addresses`);
  }
  return { size, count };
}

/**
 * The checks of the values, behind the checksum.
 * @throws VrrpError `vrid`, `interval`, `count`
 */
export function checked(
  bytes: Uint8Array,
  { size, count, intervalCs }: { size: number; count: number; intervalCs: number },
): Advertisement {
  const [, vrid = 0, priority = 0] = bytes;
  if (vrid === 0) throw new VrrpError('vrid', 'virtual router 0 does not exist');
  if (intervalCs === 0) throw new VrrpError('interval', 'the advertisement interval is 0');
  if (count === 0) throw new VrrpError('count', 'no address is advertised');
  const addresses = Array.from({ length: count }, (_, index) =>
    addressFromBytes(bytes.subarray(HEADER + size * index, HEADER + size * (index + 1))),
  );
  return { vrid, priority, intervalCs, addresses };
}

function v3Checksum(bytes: Uint8Array, path: Path, style: ChecksumStyle): number {
  if (style === 'plain' && addressSize(path) === 4) return internetChecksum(bytes);
  return internetChecksum(pseudoHeader(path, bytes.length), bytes);
}

function addressSize({ source }: Pick<Path, 'source'>): 4 | 16 {
  return familyOf(source) === 4 ? 4 : 16;
}

export function requireRange(what: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${what} is ${value}, outside ${least}-${most}`);
  }
}
