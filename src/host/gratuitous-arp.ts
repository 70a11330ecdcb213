/** Gratuitous ARP (RFC 5227 section 2.3): "this address is at that MAC", to everybody on the link. */
import { type Address, addressToBytes, familyOf } from '../model/address.ts';
import { HostError } from './error.ts';

/** As which the neighbours take it best differs: some learn from requests only, some from replies (RFC 5944 4.6). */
export type ArpForm = 'request' | 'reply';

const OPERATION = { request: 1, reply: 2 } as const;
const BROADCAST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

/**
 * A whole Ethernet frame of 42 bytes whose sender and target are the address itself; the request is keepalived's.
 * @param mac `02:00:5e:10:00:01`
 * @throws HostError `bad-mac`; `bad-address` for IPv6, which has neighbour advertisements instead
 */
export function gratuitousArp(address: Address, mac: string, form: ArpForm = 'request'): Uint8Array {
  if (familyOf(address) !== 4) throw new HostError('bad-address', `${address} is not an IPv4 address`);
  const hardware = macBytes(mac);
  const protocol = addressToBytes(address);
  return Uint8Array.from([
    ...BROADCAST,
    ...hardware,
    ...[0x08, 0x06], // EtherType ARP
    ...[0, 1, 0x08, 0x00, 6, 4], // Ethernet, IPv4, lengths of their addresses
    ...[0, OPERATION[form]],
    ...hardware,
    ...protocol,
    ...(form === 'request' ? BROADCAST : hardware),
    ...protocol,
  ]);
}

/** @throws HostError `bad-mac` */
export function macBytes(mac: string): Uint8Array {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) {
    throw new HostError('bad-mac', `"${mac}" is not an Ethernet address: write 02:00:5e:10:00:01`);
  }
  return Uint8Array.from(mac.split(':'), (byte) => Number.parseInt(byte, 16));
}
