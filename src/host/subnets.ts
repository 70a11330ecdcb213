/** Which interface an address belongs to: the one whose subnet holds it, found alike fast for thousands of addresses. */
import { type Address, addressToBytes, familyOf } from '../model/address.ts';
import type { InterfaceFacts } from './interfaces.ts';

const BITS = Array.from({ length: 256 }, (_, byte) => byte.toString(2).padStart(8, '0'));

export class Subnets {
  /** By the network's bits. */
  readonly #homes = new Map<string, InterfaceFacts>();
  /** Lengths of all prefixes, the longest first. */
  readonly #prefixes: readonly number[];

  constructor(interfaces: readonly InterfaceFacts[]) {
    const prefixes = new Set<number>();
    for (const facts of interfaces) {
      for (const { address, prefix } of facts.addresses) {
        const network = networkOf(bitsOf(address), prefix);
        if (!this.#homes.has(network)) this.#homes.set(network, facts);
        prefixes.add(prefix);
      }
    }
    this.#prefixes = [...prefixes].sort((a, b) => b - a);
  }

  /** The longest prefix wins, then the interface that was named first. */
  home(address: Address): InterfaceFacts | undefined {
    const bits = bitsOf(address);
    for (const prefix of this.#prefixes) {
      const home = this.#homes.get(networkOf(bits, prefix));
      if (home) return home;
    }
    return undefined;
  }
}

/** The family, then the address in binary. */
function bitsOf(address: Address): string {
  let bits = `${familyOf(address)} `;
  for (const byte of addressToBytes(address)) bits += BITS[byte];
  return bits;
}

function networkOf(bits: string, prefix: number): string {
  return bits.slice(0, 2 + prefix);
}
