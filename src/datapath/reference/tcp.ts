/** TCP as a director follows it: docs/datapath.md, "TCP". */
import { TCP_STATE } from '../../model/connection.ts';
import type { Side } from './held.ts';
import type { TcpHeader } from './packet.ts';

type TcpEvent = 'syn' | 'fin' | 'ack' | 'rst';

const {
  NONE,
  ESTABLISHED,
  SYN_SENT,
  SYN_RECV,
  FIN_WAIT,
  TIME_WAIT,
  CLOSE,
  CLOSE_WAIT,
  LAST_ACK,
  LISTEN,
  SYNACK,
} = TCP_STATE;

/** Arrows of tcp_states in net/netfilter/ipvs/ip_vs_proto_tcp.c; a state that is not named stays. */
export type Arrows = Readonly<Partial<Record<number, number>>>;

/** From all of these states to that one. */
export const to = (state: number, ...from: readonly number[]): Arrows =>
  Object.fromEntries(from.map((each) => [each, state]));

const FROM_CLIENT: Readonly<Record<TcpEvent, Arrows>> = {
  syn: {
    ...to(SYN_RECV, NONE, FIN_WAIT, TIME_WAIT, CLOSE, CLOSE_WAIT, LAST_ACK, LISTEN, SYNACK),
    ...to(ESTABLISHED, SYN_SENT),
  },
  fin: {
    ...to(CLOSE, NONE),
    ...to(CLOSE_WAIT, ESTABLISHED),
    ...to(TIME_WAIT, SYN_RECV, FIN_WAIT, SYNACK),
  },
  ack: { ...to(ESTABLISHED, NONE, SYN_RECV, SYNACK), ...to(CLOSE, LAST_ACK) },
  rst: {
    ...to(CLOSE, NONE, ESTABLISHED, SYN_SENT, FIN_WAIT, TIME_WAIT, CLOSE_WAIT),
    ...to(SYN_RECV, SYNACK),
  },
};

const FROM_SERVER: Readonly<Record<TcpEvent, Arrows>> = {
  syn: {
    ...to(SYN_SENT, NONE, FIN_WAIT, TIME_WAIT, CLOSE, CLOSE_WAIT, LAST_ACK),
    ...to(SYN_RECV, SYNACK),
  },
  fin: {
    ...to(TIME_WAIT, NONE, SYN_RECV, CLOSE_WAIT, SYNACK),
    ...to(FIN_WAIT, ESTABLISHED),
  },
  ack: {},
  rst: { ...to(CLOSE, NONE, ESTABLISHED, SYN_RECV, FIN_WAIT, CLOSE_WAIT, LAST_ACK, LISTEN, SYNACK) },
};

/** A segment may lie so far ahead of what passed here and still be of the connection. */
const FURTHEST = 2 ** 24;

/** Where the server's answers do not pass: the same table's third part. */
const INPUT_ONLY: Readonly<Record<TcpEvent, Arrows>> = {
  ...FROM_CLIENT,
  fin: { ...FROM_CLIENT.fin, ...to(FIN_WAIT, ESTABLISHED, FIN_WAIT) },
  rst: { ...FROM_CLIENT.rst, ...to(CLOSE, SYNACK) },
};

export interface Followed {
  /** Not due: of TCP a RST or FIN (RFC 5961), of SCTP what bears another tag (RFC 9260, 8.5). */
  readonly ignored: boolean;
  readonly state: number;
}

/**
 * Follows a segment of a connection: brings what is known of both directions up to date.
 * @param own the direction that it goes @param other undefined: answers do not pass here @param term the lease's
 */
export function followTcp(
  segment: TcpHeader,
  fromClient: boolean,
  state: number,
  own: Side,
  other: Side | undefined,
  term: number,
): Followed {
  const event = eventOf(segment);
  const stays = { ignored: false, state };
  // A segment that says nothing moves nobody: RFC 9293, 3.10.7.4.
  if (event === 'ack' && !segment.ack) return stays;
  const known = { own: knowledge(own, term), other: other ? knowledge(other, term) : {} };
  if (event === 'rst' && !isResetDue(segment, known.own, known.other, state)) return { ignored: true, state };
  if (event === 'fin' && !isFinDue(segment, known.own, known.other)) return { ignored: true, state };
  if (event === 'syn') followSyn(segment, fromClient, state, own, other, term);
  else if (event !== 'rst') followSequence(segment, own, known.own, known.other, term);
  const arrows = other ? FROM_CLIENT : INPUT_ONLY;
  const next = (fromClient ? arrows : FROM_SERVER)[event][state];
  return { ignored: false, state: next ?? state };
}

function eventOf({ rst, syn, fin }: TcpHeader): TcpEvent {
  if (rst) return 'rst';
  if (syn) return 'syn';
  return fin ? 'fin' : 'ack';
}

type Knowledge = Partial<Pick<Side, 'nextSequence' | 'lastAck'>>;

/** What still holds of what is known: under another term the other director had the connection meanwhile. */
export function knowledge(side: Side, term: number): Knowledge {
  return side.knownTerm === term ? side : {};
}

/** Whether a comes after b. */
function isAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** Whether value lies from `from` on, and not far. */
function isNear(from: number, value: number): boolean {
  return (value - from) >>> 0 < FURTHEST;
}

function endOf({ sequence, payload, syn, fin }: TcpHeader): number {
  return (sequence + payload + Number(syn) + Number(fin)) >>> 0;
}

/** RFC 5961, 3.2; of the answer to a SYN, RFC 9293, 3.10.7.3. */
function isResetDue(segment: TcpHeader, own: Knowledge, other: Knowledge, state: number): boolean {
  const known = own.nextSequence !== undefined;
  if (segment.sequence === own.nextSequence) return true;
  // Nothing to judge by.
  if (other.nextSequence === undefined) return !known;
  if (!known && (state === SYN_RECV || state === SYN_SENT))
    return segment.ack && segment.acknowledged === other.nextSequence;
  return other.lastAck === undefined ? !known : segment.sequence === other.lastAck;
}

/** Sent data may come again with it, but nothing that was acknowledged, and nothing from beyond what was sent. */
function isFinDue(segment: TcpHeader, own: Knowledge, other: Knowledge): boolean {
  if (own.nextSequence === undefined) return true;
  if (isAfter(segment.sequence, own.nextSequence)) return false;
  return other.lastAck === undefined || !isAfter(other.lastAck, (segment.sequence + segment.payload) >>> 0);
}

function forget(side: Side): void {
  side.nextSequence = undefined;
  side.lastAck = undefined;
}

function begin(segment: TcpHeader, side: Side, term: number): void {
  side.nextSequence = endOf(segment);
  side.lastAck = segment.ack ? segment.acknowledged : undefined;
  side.knownTerm = term;
}

/** A SYN begins anew. While a connection is established a client's may be a stranger's: only its server's counts. */
function followSyn(
  segment: TcpHeader,
  fromClient: boolean,
  state: number,
  own: Side,
  other: Side | undefined,
  term: number,
): void {
  if (fromClient && state === ESTABLISHED) return;
  begin(segment, own, term);
  if (!other) return;
  if (fromClient) {
    forget(other);
    return;
  }
  if (!segment.ack) return;
  // The server says what it expects next from the client.
  if (other.knownTerm !== term) forget(other);
  other.nextSequence = segment.acknowledged;
  other.knownTerm = term;
}

function followSequence(
  segment: TcpHeader,
  side: Side,
  own: Knowledge,
  other: Knowledge,
  term: number,
): void {
  const next = own.nextSequence;
  if (next === undefined) {
    begin(segment, side, term);
    return;
  }
  const end = endOf(segment);
  const isAhead = isAfter(segment.sequence, next);
  // What comes behind a hole must be near, and acknowledge about what the other end sends: RFC 5961, 5.2.
  const isOurs = !isAhead || (isNear(next, end) && acknowledges(segment, other));
  if (!isAfter(next, end) && isOurs) side.nextSequence = end;
  if (!segment.ack) return;
  if (side.lastAck === undefined || isNear(side.lastAck, segment.acknowledged))
    side.lastAck = segment.acknowledged;
}

function acknowledges({ acknowledged }: TcpHeader, { nextSequence }: Knowledge): boolean {
  return (
    nextSequence === undefined || isNear(acknowledged, nextSequence) || isNear(nextSequence, acknowledged)
  );
}
