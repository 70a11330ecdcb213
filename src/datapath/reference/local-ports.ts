/** How a connection gets its local port: docs/datapath.md, "Local ports". */
import { PROTOCOL_NUMBER } from '../../model/rules.ts';
import { hasPorts } from './packet.ts';
import type { LocalState, ServerState } from './rule-book.ts';
import { addressKey } from './rule-book.ts';
import type { Tuple } from './tuple.ts';

/** Ports that are tried of one half of a local address. */
const PROBES = 64;

export interface PortRange {
  /** Which director this is: its parity is that of the ports that it takes first. */
  readonly director: number;
  readonly first: number;
  readonly last: number;
}

/** Where the search for a port goes on, by local address, server and protocol: all that share it reuse a port late. */
export class PortCursors {
  readonly #cursors = new Map<string, number>();

  /** The ports to try, one after the other, of every local address. @param port the server's, as packets have it */
  *tries(
    request: Tuple,
    server: ServerState,
    port: number,
    locals: readonly LocalState[],
    { director, first, last }: PortRange,
  ): Generator<{ local: LocalState; port: number }> {
    const span = Math.floor((last - first + 1) / 2);
    if (span === 0) return;
    const start = clientHash(request) % locals.length;
    for (let turn = 0; turn < locals.length; turn++) {
      const local = locals[(start + turn) % locals.length];
      if (!local) return;
      // One client at a time where there are no ports.
      if (!hasPorts(request.protocol)) {
        yield { local, port: 0 };
        continue;
      }
      const key = `${request.protocol} ${addressKey(local.words)} ${addressKey(server.words)} ${port}`;
      for (const parity of [director & 1, (director & 1) ^ 1]) {
        for (let probe = 0; probe < PROBES; probe++)
          yield { local, port: first + (this.#next(key) % span) * 2 + parity };
      }
    }
  }

  #next(key: string): number {
    const position = this.#cursors.get(key) ?? 0;
    this.#cursors.set(key, (position + 1) >>> 0);
    return position;
  }
}

/**
 * Mixes the client's address and port, so that clients spread over the local addresses independently of how they
 * spread over the servers. Words are taken as a little-endian machine reads them.
 */
function clientHash({ source, sourcePort, high }: Tuple): number {
  let hash = Math.imul(swapped(source), 0x9e3779b1) ^ Math.imul(swapped(sourcePort) >>> 16, 0x85ebca6b);
  const [first = 0, second = 0, third = 0] = high.map(swapped);
  if (high.length > 0)
    hash ^= Math.imul(first, 0xc2b2ae35) ^ Math.imul(second, 0x27d4eb2f) ^ Math.imul(third, 0x165667b1);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** The bytes of a word the other way round. */
function swapped(word: number): number {
  return ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24)) >>> 0;
}

/** Sources that no host may send to others from: RFC 1122, 3.2.1.3; RFC 4291, 2.5 and 2.7. Or it is the destination. */
export function isMartian({ source, destination, high }: Tuple): boolean {
  if (high.length === 0) {
    const first = source >>> 24;
    return first === 0 || first === 127 || first >= 224 || source === destination;
  }
  const [first = 0, second = 0, third = 0] = high;
  if (first === 0 && second === 0 && third === 0xffff) return true;
  if (first === 0 && second === 0 && third === 0 && source <= 1) return true;
  // Link-local, fe80::/10, and multicast, ff00::/8.
  if (first >>> 22 === 0xfe80 >>> 6 || first >>> 24 === 0xff) return true;
  return source === destination && [0, 1, 2].every((at) => high[at] === high[at + 3]);
}

export function isTcp({ protocol }: Tuple): boolean {
  return protocol === PROTOCOL_NUMBER.tcp;
}
