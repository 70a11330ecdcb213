/** What stands around a VRRP message: the IP header, and the checks that need it. */
import { type Address, addressFromBytes, addressToBytes, type Family, familyOf } from '../model/address.ts';
import { type Decoded, decodeAdvertisement } from './advertisement.ts';
import { VrrpError } from './error.ts';
import { decodeV2 } from './v2.ts';
import { VRRP_GROUP4, VRRP_GROUP6, VRRP_PROTOCOL, VRRP_TTL } from './wire.ts';

const SHORTEST_HEADER = 20;
/** Where both versions have the virtual router's id. */
const VRID_AT = 1;

/** A VRRP message with what its IP header said. */
export interface Datagram {
  readonly source: Address;
  readonly destination: Address;
  /** Hop limit in IPv6. */
  readonly ttl: number;
  readonly payload: Uint8Array;
}

/**
 * Takes off the IPv4 header that a raw socket hands over (RFC 791 section 3.1).
 * @throws VrrpError `ip`
 */
export function openIpv4(bytes: Uint8Array): Datagram {
  const [first = 0, , totalHigh = 0, totalLow = 0] = bytes;
  const header = (first & 15) * 4;
  const total = (totalHigh << 8) | totalLow;
  if (first >> 4 !== 4 || header < SHORTEST_HEADER || total < header || total > bytes.length) {
    throw new VrrpError('ip', `${bytes.length} bytes are no whole IPv4 datagram`);
  }
  if (bytes[9] !== VRRP_PROTOCOL) {
    throw new VrrpError('ip', `protocol ${bytes[9]} instead of ${VRRP_PROTOCOL}`);
  }
  return {
    source: addressFromBytes(bytes.subarray(12, 16)),
    destination: addressFromBytes(bytes.subarray(16, 20)),
    ttl: bytes[8] ?? 0,
    payload: bytes.subarray(header, total),
  };
}

/** What one virtual router takes from the network. */
export interface Reception {
  readonly vrid: number;
  readonly version: 2 | 3;
  /** Of version 2; empty for none. */
  readonly password: string;
  /** Our own address on that link; its family is the router's. */
  readonly source: Address;
  /** Addresses of peers that are spoken to one by one; empty for multicast. */
  readonly peers: readonly Address[];
  /** The least TTL of a peer's advertisement: 255 unless routers stand between unicast peers. */
  readonly leastTtl: number;
}

/**
 * Reads one datagram with the checks of RFC 9568 section 7.1. One for another virtual router comes out as it is:
 * where it went to is that router's business.
 * @throws VrrpError
 */
export function readAdvertisement(datagram: Datagram, reception: Reception): Decoded {
  const { source, destination, ttl, payload } = datagram;
  if (ttl < reception.leastTtl) {
    const remedy = reception.peers.length === 0 ? 'the sender is not on this link' : 'see unicast.min_ttl';
    throw new VrrpError('ttl', `TTL ${ttl} instead of ${reception.leastTtl}: ${remedy}`);
  }
  if (payload[VRID_AT] === reception.vrid) checkWay(datagram, reception);
  const path = { source, destination };
  if (reception.version === 3) return decodeAdvertisement(payload, path);
  return { ...decodeV2(payload, path, reception.password), style: 'plain' };
}

function checkWay({ source, destination }: Datagram, { peers, source: own }: Reception): void {
  const expected = peers.length > 0 ? own : groupOf(own);
  if (destination !== expected) {
    throw new VrrpError('destination', `${source} sent to ${destination} instead of ${expected}`);
  }
  if (peers.length > 0 && source !== own && !peers.includes(source)) {
    throw new VrrpError('source', `${source} is none of the peers ${peers.join(' ')}`);
  }
  // RFC 9568 section 5.1.2.1.
  if (peers.length === 0 && familyOf(source) === 6 && !isLinkLocal(source)) {
    throw new VrrpError('source', `${source} is no link-local address`);
  }
}

/**
 * keepalived 2.2 leaves its unicast advertisements over IPv6 the kernel's own hop limit (net/ipv6/af_inet6.c,
 * IPV6_DEFAULT_HOPLIMIT) and asks for none. Over IPv4 it sends 255.
 */
const KEEPALIVED_UNICAST6 = 64;

/** The least TTL that is taken unless somebody says otherwise. */
export function leastTtl(family: Family, way: 'multicast' | 'unicast'): number {
  return family === 6 && way === 'unicast' ? KEEPALIVED_UNICAST6 : VRRP_TTL;
}

export const groupOf = (own: Address): Address => (familyOf(own) === 4 ? VRRP_GROUP4 : VRRP_GROUP6);

/** fe80::/10 (RFC 4291 section 2.5.6). */
export function isLinkLocal(address: Address): boolean {
  if (familyOf(address) === 4) return false;
  const [first = 0, second = 0] = addressToBytes(address);
  return first === 0xfe && (second & 0xc0) === 0x80;
}

/** The order of RFC 9568's tie: above 0 when `one` is greater as an unsigned number, 0 when they are the same. */
export function compareAddresses(one: Address, other: Address): number {
  return Buffer.compare(addressToBytes(one), addressToBytes(other));
}
