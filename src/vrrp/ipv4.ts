/** The IPv4 header before a VRRP message, as a raw socket hands it over (RFC 791 section 3.1). */
import { type Address, addressFromBytes } from '../model/address.ts';
import { VrrpError } from './error.ts';
import { VRRP_PROTOCOL, VRRP_TTL } from './wire.ts';

const SHORTEST_HEADER = 20;

export interface Ipv4Datagram {
  readonly source: Address;
  readonly destination: Address;
  readonly payload: Uint8Array;
}

/**
 * Takes the header off and makes the checks of RFC 9568 section 7.1 that need it.
 * @throws VrrpError `ip`, `ttl`
 */
export function openIpv4(bytes: Uint8Array): Ipv4Datagram {
  const [first = 0, , totalHigh = 0, totalLow = 0] = bytes;
  const header = (first & 15) * 4;
  const total = (totalHigh << 8) | totalLow;
  if (first >> 4 !== 4 || header < SHORTEST_HEADER || total < header || total > bytes.length) {
    throw new VrrpError('ip', `${bytes.length} bytes are no whole IPv4 datagram`);
  }
  if (bytes[9] !== VRRP_PROTOCOL) {
    throw new VrrpError('ip', `protocol ${bytes[9]} instead of ${VRRP_PROTOCOL}`);
  }
  if (bytes[8] !== VRRP_TTL) {
    throw new VrrpError('ttl', `TTL ${bytes[8]} instead of ${VRRP_TTL}: the sender is not on this link`);
  }
  return {
    source: addressFromBytes(bytes.subarray(12, 16)),
    destination: addressFromBytes(bytes.subarray(16, 20)),
    payload: bytes.subarray(header, total),
  };
}
