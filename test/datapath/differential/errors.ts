/** ICMP errors for the generator: about packets of a conversation, and what can be wrong with them. */
import { icmpError } from '../../support/icmp.ts';
import {
  bare,
  type Extension,
  reversed,
  type TcpOptions,
  type Tuple,
  tcp,
  udp,
} from '../../support/packet.ts';
import type { Random } from '../../support/random.ts';
import type { Arm } from './case.ts';
import { PLACE } from './places.ts';

/** Those whose packets it may be about. */
export interface Ends {
  /** IP protocol number. */
  readonly protocol: number;
  readonly client: Tuple;
  readonly server?: Tuple;
}

const ETHERNET = 14;
const TCP = 6;
const UDP = 17;
/** Type and code; the last ones are no errors. */
const KINDS: Readonly<Record<4 | 6, ReadonlyArray<readonly [number, number]>>> = {
  4: [[3, 4], [3, 3], [3, 1], [11, 0], [12, 0], [3, 4], [3, 3], [11, 1], [0, 0], [5, 1], [8, 0]], // biome-ignore format: a list
  6: [[2, 0], [1, 4], [1, 0], [3, 0], [4, 1], [0, 0], [100, 0], [127, 0], [128, 0], [136, 0]], // biome-ignore format: a list
};
const EXTENSIONS: readonly Extension[] = [
  { type: 60, bytes: Buffer.from('0000010400000000', 'hex') },
  { type: 44, bytes: Buffer.from('0000000012345678', 'hex') },
  { type: 44, bytes: Buffer.from('0000000112345678', 'hex') },
];
const REPEATED = [8, 8, 8, 12, 18, 20, 28, 1000, 1000, 1000, 2000] as const;

export function randomError(ends: Ends, random: Random): { arm: Arm; frame: Buffer } {
  const fromServer = ends.server !== undefined && random.chance(0.6);
  // As its receiver got it, or somebody on the way.
  const usual = reversed(fromServer && ends.server ? ends.server : ends.client);
  const repeated = random.chance(0.1) ? spoilt(usual, random) : usual;
  const family = usual.from.includes(':') ? 6 : 4;
  const { far, clients, servers, virtuals, locals, own } = PLACE[family];
  const from = random.chance(0.5) ? usual.to : random.pick([far, ...clients, ...servers, ...own]);
  const other = random.pick([...virtuals, ...locals, ...clients, repeated.to]);
  const kind = random.pick(KINDS[family]);
  const repeats = random.chance(0.2) ? random.between(0, 30) : random.pick(REPEATED);
  const about = repeatedFrame(ends.protocol, repeated, family, random);
  const options = { ttl: random.chance(0.03) ? random.between(0, 2) : 64, ...oddly(family, random, 0.05) };
  const frame = icmpError(from, random.chance(0.05) ? other : repeated.from, kind, about, {
    repeats,
    ...options,
  });
  return { arm: fromServer ? 'back' : 'front', frame };
}

function repeatedFrame(protocol: number, tuple: Tuple, family: 4 | 6, random: Random): Buffer {
  const options = oddly(family, random, 0.08);
  const payload = random.pick(['', 'x', 'some words of theirs', 'y'.repeat(1400), 'y'.repeat(1452)]);
  const frame = random.chance(0.02)
    ? bare(random.pick([1, 58, 0, 43, 44]), tuple.from, tuple.to, Buffer.alloc(16, 1), options)
    : frameOf(protocol, tuple, payload, options, random);
  return family === 4 && random.chance(0.05) ? withOptions(frame) : frame;
}

function frameOf(
  protocol: number,
  tuple: Tuple,
  payload: string,
  options: TcpOptions,
  random: Random,
): Buffer {
  if (protocol === TCP)
    return tcp(tuple, { flags: 'A', seq: random.between(0, 0xffff_ffff), payload, ...options });
  const frame = udp(tuple, payload, random.chance(0.8), options);
  const extension = options.extensions?.[0];
  if (protocol === UDP || extension) return frame;
  frame[ETHERNET + (tuple.from.includes(':') ? 6 : 9)] = protocol;
  return frame;
}

/** A fragment, or behind extension headers. */
function oddly(family: 4 | 6, random: Random, share: number): TcpOptions {
  if (!random.chance(share)) return {};
  return family === 6
    ? { extensions: [random.pick(EXTENSIONS)] }
    : { fragment: random.pick([0x2000, 0x0001, 0x00b9, 0x8000, 0]) };
}

/** Of somebody else, or the other way round. */
function spoilt(tuple: Tuple, random: Random): Tuple {
  const { clients, servers, virtuals } = PLACE[tuple.from.includes(':') ? 6 : 4];
  return random.pick([
    { ...tuple, toPort: tuple.toPort ^ 1 },
    { ...tuple, fromPort: tuple.fromPort ^ 0x100 },
    { ...tuple, to: random.pick([...clients, ...servers]) },
    { ...tuple, from: random.pick(virtuals) },
    reversed(tuple),
  ]);
}

/** Eight bytes of IPv4's options: what is repeated begins later. */
function withOptions(frame: Buffer): Buffer {
  const at = ETHERNET + 20;
  const long = Buffer.concat([frame.subarray(0, at), Buffer.alloc(8, 1), frame.subarray(at)]);
  long[ETHERNET] = 0x47;
  return long;
}
