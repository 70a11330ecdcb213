/**
 * What names a packet's connection. Addresses are numbers whose most significant byte comes first on the wire: of IPv4
 * the whole address, of IPv6 its last four bytes, with the other twelve in `high`.
 */
import { type Address, addressFromBytes, addressToBytes, ipv4FromNumber } from '../../model/address.ts';
import { RECORD_FAMILY } from '../../model/record.ts';

export interface Tuple {
  /** One of {@link RECORD_FAMILY}. */
  readonly family: number;
  /** IP protocol number. */
  readonly protocol: number;
  readonly source: number;
  readonly sourcePort: number;
  readonly destination: number;
  readonly destinationPort: number;
  /** Three words of the source, and three of the destination; empty for IPv4. */
  readonly high: readonly number[];
}

/** A text that is equal for equal tuples. IPv4's have no comma. */
export function tupleKey(tuple: Tuple): string {
  const { protocol, high, source, sourcePort, destination, destinationPort } = tuple;
  return `${protocol} ${high} ${source}:${sourcePort} ${destination}:${destinationPort}`;
}

export function samePorts(a: Tuple, b: Tuple): boolean {
  return a.sourcePort === b.sourcePort && a.destinationPort === b.destinationPort;
}

/** The tuple of what the other end answers. */
export function reversed(tuple: Tuple): Tuple {
  return {
    family: tuple.family,
    protocol: tuple.protocol,
    source: tuple.destination,
    sourcePort: tuple.destinationPort,
    destination: tuple.source,
    destinationPort: tuple.sourcePort,
    high: tuple.high.length === 0 ? tuple.high : [...tuple.high.slice(3), ...tuple.high.slice(0, 3)],
  };
}

/** An address in words: one of IPv4, four of IPv6. */
export type Words = readonly number[];

export function wordsOf(address: Address): Words {
  const bytes = Buffer.from(addressToBytes(address));
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUInt32BE(at * 4));
}

export function addressOf(words: Words): Address {
  const [only = 0] = words;
  if (words.length === 1) return ipv4FromNumber(only);
  const bytes = Buffer.alloc(16);
  words.forEach((word, at) => {
    bytes.writeUInt32BE(word, at * 4);
  });
  return addressFromBytes(bytes);
}

export function sourceOf({ family, high, source }: Tuple): Words {
  return family === RECORD_FAMILY.IPV6 ? [...high.slice(0, 3), source] : [source];
}

export function destinationOf({ family, high, destination }: Tuple): Words {
  return family === RECORD_FAMILY.IPV6 ? [...high.slice(3), destination] : [destination];
}

/** The last word, and the three before it if there are any. */
export function split(words: Words): { readonly low: number; readonly high: readonly number[] } {
  return { low: words.at(-1) ?? 0, high: words.slice(0, -1) };
}
