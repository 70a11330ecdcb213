/** A connection as the plain plane holds it: the record that others are told, and what its packets have left. */
import { type Connection, namedProtocol, SCTP_STATE_NAME, TCP_STATE_NAME } from '../../model/connection.ts';
import { RECORD_FAMILY } from '../../model/record.ts';
import { FORWARDING_METHODS, type ForwardingMethod, PROTOCOL_NUMBER } from '../../model/rules.ts';
import { ICMP, ICMPV6 } from './packet.ts';
import type { ServerState } from './rule-book.ts';
import type { TableRecord } from './table-record.ts';
import { addressOf, type Tuple, type Words } from './tuple.ts';

/** What is known of one direction. */
export interface Side {
  /** Microseconds of the idle clock. */
  seenAt: number;
  packets: number;
  /** TCP: end of the newest segment; SCTP: the tag that packets bear; undefined: nothing is known. */
  nextSequence: number | undefined;
  /** TCP: the newest acknowledgement. */
  lastAck: number | undefined;
  /** The lease's term when these two were learned: under another one they are worth nothing. */
  knownTerm: number;
}

export interface Held {
  record: TableRecord;
  readonly request: Side;
  readonly reply: Side;
  /** Who told us this version; HERE: it was made here. */
  learnedFrom: number;
  /** The bulk transfer of that one that last named it. */
  mark: number;
  /** Others were told of it, or are to be. */
  announced: boolean;
  /** The sweep is to tell it. */
  unsent: boolean;
  /** Of a template: when a connection of it was in the table last, in seconds of the idle clock. */
  usedAt: number;
  /** Came from another director, and its client was not seen here since. */
  synced: boolean;
  /** Seconds of the idle clock. */
  announcedAt: number;
  /** Packets of the client at the last announcement. */
  announcedPackets: number;
  /** Undefined: no rule names it. */
  server: ServerState | undefined;
  /** It waits for answers to one datagram, and is no connection. */
  readonly onePacket?: true;
}

/** The state of a template that others know: IP_VS_CTPL_S_ASSURED. */
export const ASSURED = 1;

export function newSide(seenAt: number): Side {
  return { seenAt, packets: 0, nextSequence: undefined, lastAck: undefined, knownTerm: 0 };
}

/** When a packet of either direction was seen last. */
export function seenAt({ request, reply }: Held): number {
  return Math.max(request.seenAt, reply.seenAt);
}

/** The tuple of the client's packets. */
export function requestOf(record: Omit<TableRecord, 'op'>): Tuple {
  return {
    family: record.high.length > 0 ? RECORD_FAMILY.IPV6 : RECORD_FAMILY.IPV4,
    protocol: record.protocol,
    source: record.client,
    sourcePort: record.clientPort,
    destination: record.virtual,
    destinationPort: record.virtualPort,
    high: record.high.slice(0, 6),
  };
}

/** The tuple of the server's packets. */
export function replyOf(record: TableRecord): Tuple {
  return {
    family: record.family,
    protocol: record.protocol,
    source: record.server,
    sourcePort: record.serverPort,
    destination: record.local,
    destinationPort: record.localPort,
    high: record.high.length > 0 ? [...record.high.slice(9), ...record.high.slice(6, 9)] : [],
  };
}

/** Whether answers pass here: those of direct routing and tunnels go past the director, and no packet finds a template. */
export function hasReply(record: Pick<TableRecord, 'extra' | 'template'>): boolean {
  if (record.template) return false;
  return methodOf(record) === 'fullnat' || methodOf(record) === 'masq';
}

export function methodOf({ extra }: Pick<TableRecord, 'extra'>): ForwardingMethod {
  return FORWARDING_METHODS[extra?.forwarding ?? 0] ?? 'fullnat';
}

/** @param which of client, virtual, local, server */
export function wordsAt({ family, high }: TableRecord, which: number, low: number): Words {
  return family === RECORD_FAMILY.IPV6 ? [...high.slice(which * 3, which * 3 + 3), low] : [low];
}

/** Such as a plane could have made. */
export function isPlausible(record: TableRecord): boolean {
  if (record.family > RECORD_FAMILY.IPV6 || (record.extra?.forwarding ?? 0) >= FORWARDING_METHODS.length)
    return false;
  if (record.template) return record.state <= ASSURED && record.clientPort === 0;
  if (record.protocol === PROTOCOL_NUMBER.tcp) return record.state < TCP_STATE_NAME.length;
  if (record.protocol === PROTOCOL_NUMBER.sctp) return record.state < SCTP_STATE_NAME.length;
  // What speaks of packets is no connection.
  return record.state === 0 && record.protocol !== ICMP && record.protocol !== ICMPV6;
}

/** @param expires whole seconds */
export function connectionOf({ record }: Held, expires: number): Connection {
  const endpoint = (which: number, low: number, port: number) => ({
    address: addressOf(wordsAt(record, which, low)),
    port,
  });
  return {
    protocol: namedProtocol(record.protocol),
    client: endpoint(0, record.client, record.clientPort),
    virtual: endpoint(1, record.virtual, record.virtualPort),
    ...(record.template ? {} : { local: endpoint(2, record.local, record.localPort) }),
    server: endpoint(3, record.server, record.serverPort),
    forwarding: methodOf(record),
    state: record.state,
    expires,
  };
}
