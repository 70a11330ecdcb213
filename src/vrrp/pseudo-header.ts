/** The pseudo-headers that stand before a VRRP message in its checksum. */
import { type Address, addressToBytes } from '../model/address.ts';
import { VRRP_PROTOCOL } from './wire.ts';

/** The way of a message: both addresses are of one family. */
export interface Path {
  readonly source: Address;
  readonly destination: Address;
}

/**
 * IPv4: source, destination, zero, protocol, 16 bits of length (RFC 793's picture, with VRRP's number; keepalived's
 * own habit). IPv6: source, destination, 32 bits of length, 24 of zero, next header (RFC 8200 section 8.1).
 * @param length bytes of the VRRP message
 */
export function pseudoHeader({ source, destination }: Path, length: number): Uint8Array {
  const from = addressToBytes(source);
  const header = new Uint8Array(from.length === 4 ? 12 : 40);
  header.set(from, 0);
  header.set(addressToBytes(destination), from.length);
  const lengthEnd = from.length === 4 ? 12 : 36;
  header[lengthEnd - 2] = length >> 8;
  header[lengthEnd - 1] = length & 0xff;
  header[from.length === 4 ? 9 : 39] = VRRP_PROTOCOL;
  return header;
}
