/** The Internet checksum (RFC 1071), and the IPv4 pseudo-header that keepalived puts before a VRRPv3 message. */
import { type Address, addressToBytes } from '../model/address.ts';
import { VRRP_PROTOCOL } from './wire.ts';

/** The checksum of `parts` as if they stood behind one another; every part but the last has an even length. */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** Source, destination, zero, protocol, length of the VRRP message (RFC 793's picture, with VRRP's number). */
export function pseudoHeader(source: Address, destination: Address, length: number): Uint8Array {
  const header = new Uint8Array(12);
  header.set(addressToBytes(source), 0);
  header.set(addressToBytes(destination), 4);
  header[9] = VRRP_PROTOCOL;
  header[10] = length >> 8;
  header[11] = length & 0xff;
  return header;
}
