/**
 * The rules that set marks, in the plane's map. It has room for two lists: packets are matched against the one that
 * the settings name, while the other one is written.
 */
import { addressToBytes } from '../model/address.ts';
import { type Mark, type Prefix, prefixByte } from '../model/mark.ts';
import { addressBytes, bytes, u32 } from './codec.ts';
import { FAMILY, IP_ADDRESS, MARK_RULE } from './layouts.generated.ts';
import { DatapathError } from './plane.ts';

/** Where the list stands that counts. */
export interface MarkList {
  readonly first: number;
  readonly count: number;
}

export class MarkTable {
  readonly #map: { readonly maxEntries: number; update(key: Uint8Array, value: Uint8Array): void };
  readonly #interfaces: ReadonlyMap<string, number>;
  #marks: readonly Mark[] = [];
  #list: MarkList;

  /**
   * @param interfaces indexes of those that carry the plane
   * @param list what a former daemon left
   */
  constructor(
    map: { readonly maxEntries: number; update(key: Uint8Array, value: Uint8Array): void },
    interfaces: ReadonlyMap<string, number>,
    list: MarkList,
  ) {
    this.#map = map;
    this.#interfaces = interfaces;
    this.#list = list;
  }

  get list(): MarkList {
    return this.#list;
  }

  /**
   * The list counts when {@link list} stands in the plane's settings.
   * @throws DatapathError `no-such-device`; then the former one is still the list
   */
  set(marks: readonly Mark[]): void {
    if (marks === this.#marks) return;
    const room = this.#map.maxEntries / 2;
    const first = this.#list.first === 0 ? room : 0;
    if (marks.length > room)
      throw new DatapathError('table-full', `the plane holds ${room} rules that set marks: join some`);
    const values = marks.map((mark) => this.#ruleBytes(mark));
    values.forEach((value, at) => {
      this.#map.update(u32(first + at), value);
    });
    this.#marks = marks;
    this.#list = { first, count: marks.length };
  }

  #ruleBytes(mark: Mark): Buffer {
    const { fwmark, family, source, destination, protocol, ports } = mark;
    const buffer = bytes(MARK_RULE.size);
    if (source) writePrefix(buffer, MARK_RULE.source, MARK_RULE.sourceMask, source);
    if (destination) writePrefix(buffer, MARK_RULE.destination, MARK_RULE.destinationMask, destination);
    buffer.writeUInt32LE(fwmark, MARK_RULE.fwmark);
    buffer.writeUInt32LE(mark.interface === undefined ? 0 : this.#index(mark.interface), MARK_RULE.ifindex);
    buffer.writeUInt16LE(ports?.[0] ?? 0, MARK_RULE.firstPort);
    buffer.writeUInt16LE(ports?.[1] ?? 0xffff, MARK_RULE.lastPort);
    buffer.writeUInt8(protocol ?? 0, MARK_RULE.protocol);
    buffer.writeUInt8(family === 6 ? FAMILY.FAMILY_IPV6 : FAMILY.FAMILY_IPV4, MARK_RULE.family);
    return buffer;
  }

  #index(name: string): number {
    const ifindex = this.#interfaces.get(name);
    if (ifindex !== undefined) return ifindex;
    const known = [...this.#interfaces.keys()].join(', ');
    throw new DatapathError('no-such-device', `no packets come in on ${name}: the plane is on ${known}`);
  }
}

/** An IPv4 prefix stands behind the 96 bits that all mapped addresses share: they need not be compared. */
function writePrefix(buffer: Buffer, at: number, maskAt: number, { address, length }: Prefix): void {
  buffer.set(addressBytes(address), at);
  const width = addressToBytes(address).length;
  for (let byte = 0; byte < width; byte++)
    buffer.writeUInt8(prefixByte(length, byte), maskAt + IP_ADDRESS.size - width + byte);
}
