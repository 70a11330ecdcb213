/** Unsolicited neighbour advertisements (RFC 4861 section 7.2.6): what gratuitous ARP is to IPv4. */
import { type Address, addressToBytes, familyOf, parseAddress } from '../model/address.ts';
import { internetChecksum } from '../wire/checksum.ts';
import { HostError } from './error.ts';
import { macBytes } from './gratuitous-arp.ts';

/** All nodes of the link, and the Ethernet group that stands for them (RFC 2464 section 7). */
const ALL_NODES = addressToBytes(parseAddress('ff02::1'));
const ALL_NODES_MAC = [0x33, 0x33, 0, 0, 0, 1];
const ICMPV6 = 58;
const NEIGHBOUR_ADVERTISEMENT = 136;
/** Router, because a director forwards, and override: it replaces what the neighbours knew. Not solicited. */
const FLAGS = 0xa0;
const TARGET_LINK_ADDRESS = 2;
const HOP_LIMIT = 255;

/**
 * A whole Ethernet frame of 86 bytes, from the address itself to all nodes.
 * @param mac `02:00:5e:10:00:01`
 * @throws HostError `bad-mac`; `bad-address` for IPv4
 */
export function unsolicitedAdvertisement(address: Address, mac: string): Uint8Array {
  if (familyOf(address) !== 6) throw new HostError('bad-address', `${address} is not an IPv6 address`);
  const hardware = macBytes(mac);
  const source = addressToBytes(address);
  const message = Uint8Array.from([
    ...[NEIGHBOUR_ADVERTISEMENT, 0, 0, 0],
    ...[FLAGS, 0, 0, 0],
    ...source,
    ...[TARGET_LINK_ADDRESS, 1],
    ...hardware,
  ]);
  const pseudo = [...source, ...ALL_NODES, 0, 0, 0, message.length, 0, 0, 0, ICMPV6];
  const checksum = internetChecksum(Uint8Array.from(pseudo), message);
  message.set([checksum >> 8, checksum & 0xff], 2);
  return Uint8Array.from([
    ...ALL_NODES_MAC,
    ...hardware,
    ...[0x86, 0xdd], // EtherType IPv6
    ...[0x60, 0, 0, 0], // version 6
    ...[0, message.length, ICMPV6, HOP_LIMIT],
    ...source,
    ...ALL_NODES,
    ...message,
  ]);
}
