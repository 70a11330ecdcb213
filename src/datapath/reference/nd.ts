/** Answers to "who has a floating address?" of IPv6: RFC 4861, 7.2. */
import type { Answerer, Asked } from './arp.ts';
import { checksumOf, sumOf } from './checksum.ts';
import { ETHERNET } from './packet.ts';
import type { Words } from './tuple.ts';
import { drop, PASS, sendBack, type Verdict } from './verdict.ts';

const ICMPV6 = 58;
const SOLICITATION = 135;
const ADVERTISEMENT = 136;
const HEADERS = ETHERNET + 40;
/** Of a solicitation and an advertisement, without options. */
const FIXED = 24;
const SOURCE_LINK_ADDRESS = 1;
const TARGET_LINK_ADDRESS = 2;
/** Options of a solicitation: a link address of 8 bytes, and a nonce (RFC 3971) of up to 16. */
const MOST_OPTIONS = 24;
const FLAG = { ROUTER: 0x80, SOLICITED: 0x40, OVERRIDE: 0x20 } as const;
const ALL_NODES = Buffer.from('ff020000000000000000000000000001', 'hex');
const ALL_NODES_MAC = Buffer.from('333300000001', 'hex');
const SOLICITED_NODE = Buffer.from('ff0200000000000000000001ff', 'hex');

export function isSolicitation(frame: Buffer): boolean {
  return (
    frame.length >= HEADERS + FIXED &&
    (frame[ETHERNET] ?? 0) >> 4 === 6 &&
    frame[ETHERNET + 6] === ICMPV6 &&
    frame[HEADERS] === SOLICITATION
  );
}

/** @param find who answers for a floating address */
export function answerNd(
  { frame, ingress, link }: Asked,
  find: (address: Words) => Answerer | undefined,
  count: (event: string) => void,
): Verdict {
  const target = frame.subarray(HEADERS + 8, HEADERS + FIXED);
  const address = find([0, 4, 8, 12].map((at) => target.readUInt32BE(at)));
  if (!address) return PASS;
  if (!isValid(frame)) return drop('nd_invalid');
  if (!address.isOwner || address.ifindex !== ingress || !link) return drop('nd_fenced');
  count('nd_answered');
  return sendBack(ingress, link, advertisement(frame, target, address.mac ?? link.mac));
}

/** RFC 4861, 7.1.1. */
function isValid(frame: Buffer): boolean {
  const length = frame.readUInt16BE(ETHERNET + 4);
  const options = length - FIXED;
  if (frame[ETHERNET + 7] !== 255 || frame[HEADERS + 1] !== 0) return false;
  if (options < 0 || options > MOST_OPTIONS || frame.length < HEADERS + length) return false;
  const pseudo = sumOf(frame, ETHERNET + 8, HEADERS) + length + ICMPV6;
  if (checksumOf(pseudo + sumOf(frame, HEADERS, HEADERS + length)) !== 0) return false;
  const types = optionTypes(frame.subarray(HEADERS + FIXED, HEADERS + length));
  if (!types) return false;
  if (!isUnspecified(frame)) return true;
  // Somebody asks whether the address is taken: to its group, and without an address of his own.
  const destination = frame.subarray(ETHERNET + 24, HEADERS);
  return SOLICITED_NODE.equals(destination.subarray(0, 13)) && !types.includes(SOURCE_LINK_ADDRESS);
}

/** Undefined: they are cut, or one has no length. */
function optionTypes(options: Buffer): number[] | undefined {
  const types: number[] = [];
  for (let at = 0; at < options.length; ) {
    const length = (options[at + 1] ?? 0) * 8;
    if (length === 0 || at + length > options.length) return undefined;
    types.push(options[at] ?? 0);
    at += length;
  }
  return types;
}

function isUnspecified(frame: Buffer): boolean {
  return frame.subarray(ETHERNET + 8, ETHERNET + 24).every((byte) => byte === 0);
}

function advertisement(question: Buffer, target: Buffer, mac: Uint8Array): Buffer {
  const probe = isUnspecified(question);
  const length = FIXED + 8;
  const answer = Buffer.alloc(HEADERS + length);
  answer.set(probe ? ALL_NODES_MAC : question.subarray(6, 12), 0);
  answer.set(mac, 6);
  answer.set(question.subarray(12, 14), 12);
  answer[ETHERNET] = 0x60;
  answer.writeUInt16BE(length, ETHERNET + 4);
  answer[ETHERNET + 6] = ICMPV6;
  answer[ETHERNET + 7] = 255;
  answer.set(target, ETHERNET + 8);
  answer.set(probe ? ALL_NODES : question.subarray(ETHERNET + 8, ETHERNET + 24), ETHERNET + 24);
  answer[HEADERS] = ADVERTISEMENT;
  answer[HEADERS + 4] = FLAG.ROUTER | FLAG.OVERRIDE | (probe ? 0 : FLAG.SOLICITED);
  answer.set(target, HEADERS + 8);
  answer[HEADERS + FIXED] = TARGET_LINK_ADDRESS;
  answer[HEADERS + FIXED + 1] = 1;
  answer.set(mac, HEADERS + FIXED + 2);
  const pseudo = sumOf(answer, ETHERNET + 8, HEADERS) + length + ICMPV6;
  answer.writeUInt16BE(checksumOf(pseudo + sumOf(answer, HEADERS)), HEADERS + 2);
  return answer;
}
