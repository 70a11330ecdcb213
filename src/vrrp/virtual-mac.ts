/** The link address of a virtual router, and the frames that come from it (RFC 9568 section 7.3). */
import { type Address, addressToBytes, type Family, familyOf } from '../model/address.ts';
import { internetChecksum } from '../wire/checksum.ts';
import { groupOf } from './ip.ts';
import { VRRP_PROTOCOL, VRRP_TOS, VRRP_TTL } from './wire.ts';

/** IANA's block for VRRP; one of IPv4 has 01 behind it, one of IPv6 02, and then the virtual router's id. */
const IANA = [0x00, 0x00, 0x5e, 0x00] as const;
/** Where the groups of IPv4 (RFC 1112 section 6.4) and IPv6 (RFC 2464 section 7) are: with their last bytes. */
const GROUP4 = [0x01, 0x00, 0x5e] as const;
const GROUP6 = [0x33, 0x33] as const;

export function virtualMacBytes(vrid: number, family: Family): Uint8Array {
  return Uint8Array.of(...IANA, family === 4 ? 1 : 2, vrid);
}

/** `00:00:5e:00:01:33` for router 51 of IPv4. */
export function virtualMac(vrid: number, family: Family): string {
  return [...virtualMacBytes(vrid, family)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** A whole Ethernet frame that carries a VRRP message from the virtual router's link address to the group. */
export function groupFrame(vrid: number, source: Address, message: Uint8Array): Uint8Array {
  const family = familyOf(source);
  const group = addressToBytes(groupOf(source));
  const address = addressToBytes(source);
  const header =
    family === 4 ? ipv4Header(address, group, message.length) : ipv6Header(address, group, message.length);
  const to =
    family === 4
      ? [...GROUP4, (group[1] ?? 0) & 0x7f, ...group.subarray(2)]
      : [...GROUP6, ...group.subarray(12)];
  const type = family === 4 ? [0x08, 0x00] : [0x86, 0xdd];
  return Uint8Array.of(...to, ...virtualMacBytes(vrid, family), ...type, ...header, ...message);
}

/** RFC 791 section 3.1. */
function ipv4Header(source: Uint8Array, group: Uint8Array, length: number): Uint8Array {
  const total = 20 + length;
  const header = Uint8Array.of(
    ...[0x45, VRRP_TOS, total >> 8, total & 0xff],
    ...[0, 0, 0, 0], // never fragmented
    ...[VRRP_TTL, VRRP_PROTOCOL, 0, 0],
    ...source,
    ...group,
  );
  const sum = internetChecksum(header);
  header.set([sum >> 8, sum & 0xff], 10);
  return header;
}

/** RFC 8200 section 3. */
function ipv6Header(source: Uint8Array, group: Uint8Array, length: number): Uint8Array {
  return Uint8Array.of(
    ...[0x60 | (VRRP_TOS >> 4), (VRRP_TOS & 15) << 4, 0, 0],
    ...[length >> 8, length & 0xff, VRRP_PROTOCOL, VRRP_TTL],
    ...source,
    ...group,
  );
}
