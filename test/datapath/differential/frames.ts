/** Frames for the generator: valid ones from test/support/packet.ts, and what can be wrong with them. */
import type { Random } from '../../support/random.ts';

/** A frame and what is at hand to spoil it. Each damage keeps Ethernet's header, without which nothing is looked at. */
type Damage = (frame: Buffer, random: Random) => Buffer;

const ETHERNET = 14;

const truncate: Damage = (frame, random) => frame.subarray(0, random.between(ETHERNET, frame.length - 1));

const flipBit: Damage = (frame, random) => {
  const at = random.between(12, frame.length - 1);
  frame[at] = (frame[at] ?? 0) ^ (1 << random.between(0, 7));
  return frame;
};

const flipHeaderBit: Damage = (frame, random) => {
  const at = random.between(ETHERNET, Math.min(frame.length - 1, ETHERNET + 60));
  frame[at] = (frame[at] ?? 0) ^ (1 << random.between(0, 7));
  return frame;
};

const randomByte: Damage = (frame, random) => {
  frame[random.between(12, frame.length - 1)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.between(0, 255)]);
  return frame;
};

/** The IP packet's length says something else than what came. */
const otherLength: Damage = (frame, random) => {
  const at = ETHERNET + ((frame[12] ?? 0) === 0x86 ? 4 : 2);
  if (frame.length < at + 2) return frame;
  const length = frame.readUInt16BE(at);
  const change = random.pick([-length, -40, -20, -8, -1, 1, 8, 65535 - length]);
  frame.writeUInt16BE(Math.max(0, length + change), at);
  return frame;
};

const trailer: Damage = (frame, random) => Buffer.concat([frame, random.bytes(random.pick([1, 2, 18, 46]))]);

const fewHops: Damage = (frame, random) => {
  const at = ETHERNET + ((frame[12] ?? 0) === 0x86 ? 7 : 8);
  if (frame.length > at) frame[at] = random.between(0, 2);
  return frame;
};

const otherMac: Damage = (frame, random) => {
  frame.set(random.pick([random.bytes(6), Buffer.alloc(6, 0xff), Buffer.from('01005e000001', 'hex')]), 0);
  return frame;
};

const DAMAGES: ReadonlyArray<readonly [number, Damage]> = [
  [3, truncate],
  [2, flipBit],
  [6, flipHeaderBit],
  [2, randomByte],
  [3, otherLength],
  [2, trailer],
  [2, fewHops],
  [1, otherMac],
];
const POOL = DAMAGES.flatMap(([weight, damage]) => new Array<Damage>(weight).fill(damage));

export function damaged(frame: Buffer, random: Random): Buffer {
  return random.pick(POOL)(Buffer.from(frame), random);
}
