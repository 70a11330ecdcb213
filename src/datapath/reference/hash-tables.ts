/** Servers by the hash of an address: ip_vs_sh.c, ip_vs_dh.c and ip_vs_mh.c; docs/datapath.md, "Schedulers". */
import { commonDivisor } from './rotation.ts';
import type { ServerState } from './rule-book.ts';
import type { Words } from './tuple.ts';

const HASH_SLOTS = 256;
/** The greatest prime below 2^12. */
const MAGLEV_SLOTS = 4093;
/** Bits that the greatest server's turns in a round have. */
const MAGLEV_TURN_BITS = 6;
const OFFSET_KEY = 2_654_435_761n;
const SKIP_KEY = 2_654_446_892n;
/** GOLDEN_RATIO_32 of include/linux/hash.h. */
const GOLDEN_RATIO = 0x61c88647;

type List = readonly ServerState[];

/** An address in 32 bits. */
export function folded(words: Words): number {
  return words.reduce((mixed, word) => mixed ^ word, 0) >>> 0;
}

export interface HashTable {
  readonly slots: List;
  /** The slot of a value, moved on by so much. */
  readonly slotOf: (value: number, offset: number) => number;
}

/** @param weighted each server gets as many slots as it weighs, not one */
export function hashTable(list: List, weighted: boolean): HashTable {
  const shares = list.map((server) => (weighted ? Math.max(1, server.weight) : 1));
  const slots: ServerState[] = [];
  while (list.length > 0 && slots.length < HASH_SLOTS) {
    list.forEach((server, at) => {
      const room = HASH_SLOTS - slots.length;
      slots.push(...new Array<ServerState>(Math.min(shares[at] ?? 1, room)).fill(server));
    });
  }
  const hashed = (value: number) => Math.imul(value, GOLDEN_RATIO) >>> 24;
  return { slots, slotOf: (value, offset) => (hashed(value) + offset) % HASH_SLOTS };
}

/** Maglev's table: each server takes slots in an order of its own, in rounds. */
export function maglevTable(list: List): HashTable {
  const slotOf = (value: number, offset: number) =>
    Number(sipHash((value + offset) >>> 0, OFFSET_KEY) % BigInt(MAGLEV_SLOTS));
  const divisor = list.reduce((common, { lastWeight }) => commonDivisor(common, lastWeight), 0);
  if (divisor === 0) return { slots: [], slotOf };
  const greatest = Math.max(...list.map(({ lastWeight }) => Math.floor(lastWeight / divisor)));
  const shift = Math.max(0, Math.ceil(Math.log2(greatest + 1)) - MAGLEV_TURN_BITS);
  const takers = list
    .filter(({ lastWeight }) => lastWeight > 0)
    .map((server) => {
      const value = (folded(server.words) + server.port) >>> 0;
      return {
        server,
        place: slotOf(value, 0),
        skip: Number(sipHash(value, SKIP_KEY) % BigInt(MAGLEV_SLOTS - 1)) + 1,
        turns: Math.floor(server.lastWeight / divisor) >>> shift || 1,
      };
    });
  const slots = new Array<ServerState | undefined>(MAGLEV_SLOTS).fill(undefined);
  for (let taken = 0; taken < MAGLEV_SLOTS; ) {
    for (const taker of takers) {
      for (let turn = 0; turn < taker.turns && taken < MAGLEV_SLOTS; turn++, taken++) {
        while (slots[taker.place]) taker.place = (taker.place + taker.skip) % MAGLEV_SLOTS;
        slots[taker.place] = taker.server;
      }
    }
  }
  return { slots: slots.filter((server) => server !== undefined), slotOf };
}

const MASK = (1n << 64n) - 1n;

function rotated(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}

/** SipHash-1-3 of four bytes, both halves of the key alike: its lower 32 bits (hsiphash of a 64-bit kernel). */
function sipHash(value: number, key: bigint): bigint {
  let a = 0x736f6d6570736575n ^ key;
  let b = 0x646f72616e646f6dn ^ key;
  let c = 0x6c7967656e657261n ^ key;
  let d = 0x7465646279746573n ^ key;
  const round = () => {
    a = (a + b) & MASK;
    b = rotated(b, 13n) ^ a;
    a = rotated(a, 32n);
    c = (c + d) & MASK;
    d = rotated(d, 16n) ^ c;
    a = (a + d) & MASK;
    d = rotated(d, 21n) ^ a;
    c = (c + b) & MASK;
    b = rotated(b, 17n) ^ c;
    c = rotated(c, 32n);
  };
  const last = (4n << 56n) | BigInt(value);
  d ^= last;
  round();
  a ^= last;
  c ^= 0xffn;
  round();
  round();
  round();
  return (a ^ b ^ c ^ d) & 0xffff_ffffn;
}
