/** The table of the mh scheduler, as net/netfilter/ipvs/ip_vs_mh.c makes it on a 64-bit kernel. */
import { type Address, addressToBytes } from '../model/address.ts';
import { greatestCommonDivisor } from './rotation.ts';

/** The prime that CONFIG_IP_VS_MH_TAB_INDEX=12 chooses, Debian's. */
export const MAGLEV_SLOTS = 4093;
/** IP_VS_MH_TAB_BITS of the same: a server gets fewer than 2^6 slots in a row. */
const WEIGHT_BITS = 6;
/** generate_hash_secret(): where a server begins, and how far it goes on. */
const OFFSET_KEY = 2654435761n;
const SKIP_KEY = 2654446892n;
const MASK = (1n << 64n) - 1n;

export interface MaglevServer {
  readonly address: Address;
  readonly port: number;
  /** The last weight above 0: a server that is taken out for a while keeps its slots. */
  readonly weight: number;
}

/** Indexes into `servers`, {@link MAGLEV_SLOTS} of them; none when there is no weight. */
export function maglevSlots(servers: readonly MaglevServer[]): number[] {
  const weights = servers.map(({ weight }) => weight);
  const step = weights.reduce(greatestCommonDivisor, 0);
  if (step === 0) return [];
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const shift = Math.max(0, bitLength(largest / step) - WEIGHT_BITS);
  const setups = servers.map(({ address, port, weight }) => {
    const value = (port + foldAddress(address)) >>> 0;
    return {
      at: maglevHash(value, OFFSET_KEY) % MAGLEV_SLOTS,
      skip: (maglevHash(value, SKIP_KEY) % (MAGLEV_SLOTS - 1)) + 1,
      turns: (weight / step) >>> shift || (weight > 0 ? 1 : 0),
    };
  });
  const slots = new Int32Array(MAGLEV_SLOTS).fill(-1);
  for (let taken = 0; taken < MAGLEV_SLOTS; ) {
    for (let index = 0; index < setups.length; index++) {
      const setup = setups[index];
      if (!setup) break;
      for (let turn = 0; turn < setup.turns && taken < MAGLEV_SLOTS; turn++) {
        while (slots[setup.at] !== -1) setup.at = (setup.at + setup.skip) % MAGLEV_SLOTS;
        slots[setup.at] = index;
        taken++;
      }
    }
  }
  return [...slots];
}

/** The four bytes of an IPv4 address as a number; of an IPv6 address its four words combined by exclusive or. */
function foldAddress(address: Address): number {
  const bytes = Buffer.from(addressToBytes(address));
  let folded = 0;
  for (let at = 0; at < bytes.length; at += 4) folded ^= bytes.readUInt32BE(at);
  return folded >>> 0;
}

function bitLength(value: number): number {
  return value < 1 ? 0 : Math.floor(Math.log2(value)) + 1;
}

/** hsiphash_1u32() of a 64-bit kernel (lib/siphash.c): SipHash-1-3 of one word, cut to 32 bits. */
export function maglevHash(value: number, key = OFFSET_KEY): number {
  let [v0, v1, v2, v3] = [
    0x736f6d6570736575n ^ key,
    0x646f72616e646f6dn ^ key,
    0x6c7967656e657261n ^ key,
    0x7465646279746573n ^ key,
  ];
  const round = () => {
    v0 = (v0 + v1) & MASK;
    v1 = rotateLeft(v1, 13n) ^ v0;
    v0 = rotateLeft(v0, 32n);
    v2 = (v2 + v3) & MASK;
    v3 = rotateLeft(v3, 16n) ^ v2;
    v0 = (v0 + v3) & MASK;
    v3 = rotateLeft(v3, 21n) ^ v0;
    v2 = (v2 + v1) & MASK;
    v1 = rotateLeft(v1, 17n) ^ v2;
    v2 = rotateLeft(v2, 32n);
  };
  const block = (4n << 56n) | BigInt(value);
  v3 ^= block;
  round();
  v0 ^= block;
  v2 ^= 0xffn;
  for (let rounds = 0; rounds < 3; rounds++) round();
  return Number((v0 ^ v1 ^ v2 ^ v3) & 0xffff_ffffn);
}

function rotateLeft(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}
