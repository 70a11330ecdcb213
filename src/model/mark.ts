/**
 * Rules that set firewall marks: what netfilter does for IPVS comes after XDP, so the plane matches new connections
 * itself. The first rule of the list that matches counts; a virtual service of that mark (-f) takes the connection.
 */
import { type Address, addressFromBytes, addressToBytes, type Family, familyOf } from './address.ts';
import { ModelError } from './error.ts';
import { PROTOCOL_NUMBER, protocolOf } from './rules.ts';

export interface Prefix {
  /** All bits behind the length are 0. */
  readonly address: Address;
  readonly length: number;
}

/** What is absent matches everything. */
export interface Mark {
  readonly fwmark: number;
  readonly family: Family;
  readonly source?: Prefix;
  readonly destination?: Prefix;
  /** IP protocol number, 1-255. */
  readonly protocol?: number;
  /** Destination ports, both included: of protocols that have ports. */
  readonly ports?: readonly [first: number, last: number];
  /** Where the packets come in. */
  readonly interface?: string;
}

/** Each new connection is held against them one by one, in the kernel. */
export const MOST_MARKS = 128;
export const LARGEST_FWMARK = 0xffff_ffff;

/** An interface's name: IFNAMSIZ - 1 characters, and none that would make a path or another line of it. */
export const INTERFACE_NAME = /^(?!\.{1,2}$)[^\s/:\p{Cc}]{1,15}$/u;

/** `10.1.1.0/24`, or an address alone. @throws ModelError `bad-address`, `bad-value` */
export function makePrefix(address: Address, length: number): Prefix {
  const bytes = addressToBytes(address);
  if (!(Number.isInteger(length) && length >= 0 && length <= bytes.length * 8))
    throw new ModelError('bad-value', `${address}/${length} has no such prefix: 0 to ${bytes.length * 8}`);
  const masked = bytes.map((byte, at) => byte & prefixByte(length, at));
  const network = addressFromBytes(masked);
  if (network !== address)
    throw new ModelError(
      'bad-value',
      `${address}/${length} has bits behind its prefix: write ${network}/${length}`,
    );
  return { address, length };
}

/** The byte at this place of the mask that a prefix stands for. */
export function prefixByte(length: number, at: number): number {
  const bits = Math.min(8, Math.max(0, length - at * 8));
  return (0xff00 >> bits) & 0xff;
}

export function formatPrefix({ address, length }: Prefix): string {
  return `${address}/${length}`;
}

/** A text that is equal for rules that match the same and set the same. */
export function markKey(mark: Mark): string {
  const { fwmark, family, source, destination, protocol, ports } = mark;
  const parts = [source && formatPrefix(source), destination && formatPrefix(destination), protocol];
  return [fwmark, family, ...parts, ports?.join('-'), mark.interface].map((part) => part ?? '*').join(' ');
}

/** As `tandem mark list` writes it. */
export function describeMark(mark: Mark): string {
  const { fwmark, family, source, destination, protocol, ports } = mark;
  return [
    `mark ${fwmark}`,
    `IPv${family}`,
    source && `from ${formatPrefix(source)}`,
    destination && `to ${formatPrefix(destination)}`,
    protocol && (protocolOf(protocol) ?? `protocol ${protocol}`),
    ports && (ports[0] === ports[1] ? `port ${ports[0]}` : `ports ${ports.join('-')}`),
    mark.interface && `on ${mark.interface}`,
  ]
    .filter((part) => part)
    .join(' ');
}

/** @throws ModelError `bad-value`, `family-mismatch` */
export function checkMark(mark: Mark): void {
  const { fwmark, family, source, destination, protocol, ports } = mark;
  const refuse = (why: string): never => {
    throw new ModelError('bad-value', `${describeMark(mark)}: ${why}`);
  };
  if (!(Number.isInteger(fwmark) && fwmark >= 1 && fwmark <= LARGEST_FWMARK))
    refuse(`a mark is a number from 1 to ${LARGEST_FWMARK}; 0 is that of unmarked packets`);
  for (const prefix of [source, destination]) {
    if (!prefix) continue;
    if (familyOf(prefix.address) !== family)
      throw new ModelError(
        'family-mismatch',
        `${describeMark(mark)}: ${formatPrefix(prefix)} is another IP version`,
      );
    makePrefix(prefix.address, prefix.length);
  }
  if (protocol !== undefined && !(Number.isInteger(protocol) && protocol >= 1 && protocol <= 255))
    refuse('a protocol is tcp, udp, sctp or a number from 1 to 255');
  if (protocol === ICMP || protocol === ICMPV6)
    refuse('ICMP is no connection of its own: it follows the connection that it speaks of');
  if (ports) {
    const [first, last] = ports;
    if (!(first >= 1 && first <= last && last <= 65535)) refuse('ports are 1 to 65535, the lower one first');
    if (!Object.values(PROTOCOL_NUMBER).includes(protocol ?? 0))
      refuse('ports need a protocol that has some: tcp, udp or sctp');
  }
  if (mark.interface !== undefined && !INTERFACE_NAME.test(mark.interface)) refuse('no name of an interface');
  if (!source && !destination && mark.interface === undefined)
    refuse('it would mark what is for this host too: name a source, a destination or an interface');
}

/** IANA's numbers. */
const ICMP = 1;
const ICMPV6 = 58;
