/** Which fragments are of one packet: docs/datapath.md, "Fragments". */
import { RECORD_FAMILY } from '../../model/record.ts';
import type { Packet } from './packet.ts';
import { destinationOf, sourceOf, type Tuple } from './tuple.ts';

/** Of as many packets the fragments may be on their way at the same time. */
const MOST = 8192;
const TIME_US = 30_000_000;

interface First {
  /** Microseconds, as of the clock. */
  readonly seenAt: number;
  readonly ports: Pick<Tuple, 'sourcePort' | 'destinationPort' | 'protocol'>;
}

export class Fragments {
  readonly #now: () => number;
  /** The least recently used first. */
  readonly #first = new Map<string, First>();

  /** @param now microseconds, of the clock that idle times are counted by */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** What the first fragment of a packet says of the others. */
  remember(packet: Packet): void {
    const { sourcePort, destinationPort, protocol } = packet.tuple;
    const name = nameOf(packet);
    this.#first.delete(name);
    this.#first.set(name, { seenAt: this.#now(), ports: { sourcePort, destinationPort, protocol } });
    const [oldest] = this.#first.keys();
    if (this.#first.size > MOST && oldest !== undefined) this.#first.delete(oldest);
  }

  /** A later fragment with the ports of its first. */
  recall(packet: Packet): Packet | undefined {
    const first = this.#first.get(nameOf(packet));
    if (!first || first.seenAt + TIME_US < this.#now()) return undefined;
    return { ...packet, tuple: { ...packet.tuple, ...first.ports } };
  }
}

/** IPv6's does not say the protocol: a later fragment may not know it (RFC 8200, 4.5). */
function nameOf({ tuple, fragment }: Packet): string {
  const protocol = tuple.family === RECORD_FAMILY.IPV6 ? 0 : tuple.protocol;
  return [...sourceOf(tuple), ...destinationOf(tuple), fragment?.id, protocol].join();
}
