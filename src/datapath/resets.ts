/**
 * Tells both ends of a connection that the sweep has taken out, by RST. Where the sequence that an end expects is not
 * known for sure, a segment that it cannot accept follows: it answers with an acknowledgement (RFC 9293, 3.10.7.4), and
 * that, of no connection any more, is answered with the RST that fits.
 */
import { type Address, addressFromBytes, addressToBytes, type Family, familyOf } from '../model/address.ts';
import { PROTOCOL_NUMBER } from '../model/rules.ts';
import { AF_INET, AF_INET6, SOCK_RAW, Socket, sockaddrOf } from '../native/socket.ts';
import { internetChecksum } from '../wire/checksum.ts';
import { CLOSING, DIRECTION, FLOW_FLAG, FLOW_KEY, FORWARDING } from './layouts.generated.ts';

/** With it the caller writes the IP header. */
const IPPROTO_RAW = 255;
const HOPS = 64;
const FLAG = { RST: 4, ACK: 16 } as const;
/** Outside every window: no scale makes one so large (RFC 7323, 2.3). */
const FAR = 0x4000_0000;

interface End {
  readonly from: Address;
  readonly fromPort: number;
  readonly to: Address;
  readonly toPort: number;
  /** Sequences that it may expect. */
  readonly guesses: readonly number[];
}

export class Resets {
  readonly #sockets = new Map<Family, Socket>();
  /** Segments that could not be sent. */
  failed = 0;

  /** @param closing a `struct closing` */
  send(family: Family, closing: Buffer): void {
    for (const end of endsOf(family, closing)) {
      for (const guess of end.guesses) this.#send(family, end, guess, FLAG.RST);
      if (end.guesses.length !== 1) this.#send(family, end, (end.guesses[0] ?? 0) + FAR, FLAG.ACK);
    }
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  #send(family: Family, end: End, sequence: number, flags: number): void {
    try {
      this.#socket(family).send(segment(end, sequence >>> 0, flags), sockaddrOf(end.to, 0));
    } catch {
      // Of no route, for one: the end learns it when it sends.
      this.failed += 1;
    }
  }

  #socket(family: Family): Socket {
    const found = this.#sockets.get(family);
    if (found) return found;
    const socket = new Socket(family === 6 ? AF_INET6 : AF_INET, SOCK_RAW, IPPROTO_RAW, 1);
    this.#sockets.set(family, socket);
    return socket;
  }
}

function endsOf(family: Family, closing: Buffer): End[] {
  const address = (low: number, high: number): Address => {
    const rest = family === 6 ? closing.subarray(high, high + 12) : Buffer.alloc(0);
    return addressFromBytes(Buffer.concat([rest, closing.subarray(low, low + 4)]));
  };
  /** What an end acknowledged it has got; more may have come to it since. */
  const guesses = (own: number, other: number): number[] => {
    const acknowledged = knows(closing, own, FLOW_FLAG.FLOW_ACK_KNOWN)
      ? [closing.readUInt32LE(CLOSING.lastAck + own * 4)]
      : [];
    const sent = knows(closing, other, FLOW_FLAG.FLOW_SEQUENCE_KNOWN)
      ? [closing.readUInt32LE(CLOSING.nextSequence + other * 4)]
      : [];
    return [...new Set([...acknowledged, ...sent])];
  };
  const port = (at: number) => closing.readUInt16BE(at);
  const key = CLOSING.key;
  const client: End = {
    from: address(key + FLOW_KEY.destination, key + FLOW_KEY.destinationHigh),
    fromPort: port(key + FLOW_KEY.destinationPort),
    to: address(key + FLOW_KEY.source, key + FLOW_KEY.sourceHigh),
    toPort: port(key + FLOW_KEY.sourcePort),
    guesses: guesses(DIRECTION.DIRECTION_REQUEST, DIRECTION.DIRECTION_REPLY),
  };
  const server: End = {
    from: address(CLOSING.source, CLOSING.sourceHigh),
    fromPort: port(CLOSING.sourcePort),
    to: address(CLOSING.destination, CLOSING.destinationHigh),
    toPort: port(CLOSING.destinationPort),
    guesses: guesses(DIRECTION.DIRECTION_REPLY, DIRECTION.DIRECTION_REQUEST),
  };
  const forwarding = closing.readUInt8(CLOSING.forwarding);
  const translated = forwarding === FORWARDING.FORWARD_FULLNAT || forwarding === FORWARDING.FORWARD_MASQ;
  return translated ? [client, server] : [client];
}

/** knows() of bpf/tcp.h: not what a former time as owner has left. */
function knows(closing: Buffer, direction: number, flag: number): boolean {
  const term = closing.readUInt32LE(CLOSING.knownTerm + direction * 4);
  return (
    (closing.readUInt8(CLOSING.flags + direction) & flag) !== 0 && term === closing.readUInt32LE(CLOSING.term)
  );
}

function segment(end: End, sequence: number, flags: number): Buffer {
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(end.fromPort, 0);
  tcp.writeUInt16BE(end.toPort, 2);
  tcp.writeUInt32BE(sequence, 4);
  tcp[12] = 5 << 4;
  tcp[13] = flags;
  const addresses = Buffer.concat([addressToBytes(end.from), addressToBytes(end.to)]);
  const tail = Buffer.from([0, PROTOCOL_NUMBER.tcp, 0, tcp.length]);
  tcp.writeUInt16BE(internetChecksum(addresses, tail, tcp), 16);
  if (familyOf(end.from) === 6) {
    const header = Buffer.from([0x60, 0, 0, 0, 0, tcp.length, PROTOCOL_NUMBER.tcp, HOPS]);
    return Buffer.concat([header, addresses, tcp]);
  }
  const length = 20 + tcp.length;
  // The kernel fills in the identification and the checksum (raw(7)).
  const header = Buffer.from([0x45, 0, 0, length, 0, 0, 0x40, 0, HOPS, PROTOCOL_NUMBER.tcp, 0, 0]);
  return Buffer.concat([header, addresses, tcp]);
}
