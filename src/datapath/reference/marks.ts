/** Which mark a packet bears: the first of our own rules that it matches says so. docs/datapath.md, "Marks". */
import type { Mark, Prefix } from '../../model/mark.ts';
import { RECORD_FAMILY } from '../../model/record.ts';
import { destinationOf, sourceOf, type Tuple, type Words, wordsOf } from './tuple.ts';

/** @param link the name of the interface that it came in by. Returns 0 when no rule matches. */
export function markOf(marks: readonly Mark[], packet: Tuple, link: string): number {
  return marks.find((mark) => matches(mark, packet, link))?.fwmark ?? 0;
}

function matches(mark: Mark, packet: Tuple, link: string): boolean {
  if ((mark.family === 6) !== (packet.family === RECORD_FAMILY.IPV6)) return false;
  if (mark.protocol !== undefined && mark.protocol !== packet.protocol) return false;
  if (mark.interface !== undefined && mark.interface !== link) return false;
  const { destinationPort } = packet;
  if (mark.ports && (destinationPort < mark.ports[0] || destinationPort > mark.ports[1])) return false;
  return isWithin(sourceOf(packet), mark.source) && isWithin(destinationOf(packet), mark.destination);
}

function isWithin(words: Words, prefix: Prefix | undefined): boolean {
  if (!prefix) return true;
  const network = wordsOf(prefix.address);
  return words.every((word, at) => {
    const bits = Math.min(32, Math.max(0, prefix.length - at * 32));
    return bits === 0 || word >>> (32 - bits) === (network[at] ?? 0) >>> (32 - bits);
  });
}
