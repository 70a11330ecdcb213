/** SCTP as a director follows it: docs/datapath.md, "SCTP". */
import { SCTP_STATE_NAME } from '../../model/connection.ts';
import type { Side } from './held.ts';
import type { SctpHeader } from './packet.ts';
import { type Arrows, type Followed, knowledge, to } from './tcp.ts';

/** RFC 9260, 3.2. */
export const CHUNK = {
  INIT: 1,
  INIT_ACK: 2,
  ABORT: 6,
  SHUTDOWN: 7,
  SHUTDOWN_ACK: 8,
  ERROR: 9,
  COOKIE_ECHO: 10,
  COOKIE_ACK: 11,
  SHUTDOWN_COMPLETE: 14,
} as const;

/** The T bit: the sender knows no tag, and reflects the one that it was sent (RFC 9260, 3.3.7). */
export const TAG_REFLECTED = 1;

const STATES = SCTP_STATE_NAME.map((_, state) => state);
export const SCTP_NONE = 0;
const [NONE, INIT1, INIT, C_SENT, C_REPLIED, C_WAIT, COOKIE] = [SCTP_NONE, 1, 2, 3, 4, 5, 6];
const [C_ECHOED, ESTABLISHED, S_SENT, S_RECEIVED, S_ACK_SENT, REJECTED, CLOSED] = [7, 8, 9, 10, 11, 12, 13];
/** Before the server has sent its cookie, and before any cookie has come back. */
const BEGUN = [NONE, INIT1, INIT];
const HALF_OPEN = [...BEGUN, C_SENT, C_REPLIED];

/** By chunk. What is not there is DATA, SACK, HEARTBEAT and so on. */
interface Table {
  readonly data: Arrows;
  readonly chunks: Readonly<Partial<Record<number, Arrows>>>;
}

/** Arrows of sctp_states in net/netfilter/ipvs/ip_vs_proto_sctp.c; a state that is not named stays. */
const FROM_CLIENT: Table = {
  data: to(ESTABLISHED, NONE),
  chunks: {
    [CHUNK.INIT]: { ...to(INIT1, NONE), ...to(INIT, INIT1, REJECTED, CLOSED) },
    [CHUNK.INIT_ACK]: { ...to(C_WAIT, ...BEGUN), ...to(COOKIE, C_WAIT) },
    [CHUNK.COOKIE_ECHO]: { ...to(C_REPLIED, NONE, C_SENT), ...to(INIT, INIT1) },
    [CHUNK.COOKIE_ACK]: to(ESTABLISHED, NONE, C_ECHOED),
    [CHUNK.SHUTDOWN]: to(S_RECEIVED, NONE, ESTABLISHED),
    [CHUNK.SHUTDOWN_ACK]: { ...to(CLOSED, NONE, S_SENT, S_ACK_SENT), ...to(INIT, INIT1) },
    [CHUNK.SHUTDOWN_COMPLETE]: to(CLOSED, ...BEGUN, S_ACK_SENT),
    [CHUNK.ERROR]: to(CLOSED, NONE, C_ECHOED),
    [CHUNK.ABORT]: { ...to(CLOSED, ...STATES), ...to(REJECTED, C_WAIT) },
  },
};

const FROM_SERVER: Table = {
  data: to(ESTABLISHED, NONE),
  chunks: {
    [CHUNK.INIT]: { ...to(C_WAIT, ...STATES), ...to(ESTABLISHED, ESTABLISHED) },
    [CHUNK.INIT_ACK]: to(C_SENT, ...BEGUN),
    [CHUNK.COOKIE_ECHO]: to(C_ECHOED, ...HALF_OPEN, C_WAIT, COOKIE),
    [CHUNK.COOKIE_ACK]: to(ESTABLISHED, ...HALF_OPEN, C_WAIT, COOKIE, C_ECHOED),
    [CHUNK.SHUTDOWN]: to(S_SENT, ...HALF_OPEN, C_WAIT, COOKIE, C_ECHOED, ESTABLISHED),
    [CHUNK.SHUTDOWN_ACK]: to(S_ACK_SENT, ...HALF_OPEN, S_SENT, S_RECEIVED),
    [CHUNK.SHUTDOWN_COMPLETE]: to(CLOSED, NONE),
    [CHUNK.ERROR]: to(CLOSED, ...HALF_OPEN),
    [CHUNK.ABORT]: { ...to(CLOSED, ...STATES), ...to(REJECTED, INIT1) },
  },
};

/** Where the server's answers do not pass. */
const INPUT_ONLY: Table = {
  data: to(ESTABLISHED, NONE, C_WAIT),
  chunks: {
    [CHUNK.INIT]: { ...to(INIT1, NONE), ...to(INIT, INIT1, C_SENT, C_REPLIED, C_WAIT, REJECTED, CLOSED) },
    [CHUNK.INIT_ACK]: to(C_ECHOED, ...HALF_OPEN, C_WAIT),
    [CHUNK.COOKIE_ECHO]: to(ESTABLISHED, ...HALF_OPEN, C_WAIT),
    [CHUNK.COOKIE_ACK]: to(ESTABLISHED, NONE, C_SENT, C_REPLIED, COOKIE, C_ECHOED),
    [CHUNK.SHUTDOWN]: to(S_RECEIVED, NONE, ESTABLISHED),
    [CHUNK.SHUTDOWN_ACK]: { ...to(CLOSED, NONE, ESTABLISHED, S_SENT, S_ACK_SENT), ...to(INIT, INIT1) },
    [CHUNK.SHUTDOWN_COMPLETE]: to(CLOSED, ...HALF_OPEN, S_RECEIVED, S_ACK_SENT),
    [CHUNK.ERROR]: to(CLOSED, NONE),
    [CHUNK.ABORT]: { ...to(CLOSED, ...STATES), ...to(REJECTED, C_WAIT) },
  },
};

/**
 * Follows a packet of an association: brings the tags that are known up to date.
 * @param own the direction that it goes @param other undefined: answers do not pass here @param term the lease's
 */
export function followSctp(
  packet: SctpHeader,
  fromClient: boolean,
  state: number,
  own: Side,
  other: Side | undefined,
  term: number,
): Followed {
  const table = other ? FROM_CLIENT : INPUT_ONLY;
  const { chunks, data } = fromClient ? table : FROM_SERVER;
  const arrows = chunks[packet.chunk];
  const tag = knowledge(own, term).nextSequence;
  // The common packet changes nothing, and is not looked at.
  if (!arrows && tag !== undefined && (!fromClient || state === ESTABLISHED))
    return { ignored: false, state };
  if (!bearsTag(packet, tag, other && knowledge(other, term).nextSequence)) return { ignored: true, state };
  learnTags(packet, tag, state, own, other, term);
  return { ignored: false, state: (arrows ?? data)[state] ?? state };
}

/** RFC 9260, 8.5. What is not known is not compared. */
function bearsTag(
  { chunk, flags, tag }: SctpHeader,
  own: number | undefined,
  other: number | undefined,
): boolean {
  if (chunk === CHUNK.INIT) return tag === 0;
  const isReflected = isLast(chunk) && (flags & TAG_REFLECTED) !== 0;
  const due = isReflected ? other : own;
  return due === undefined || tag === due;
}

/** Each end says in INIT or INIT ACK which tag it wants to be sent. */
function learnTags(
  { chunk, tag, initiateTag }: SctpHeader,
  known: number | undefined,
  state: number,
  own: Side,
  other: Side | undefined,
  term: number,
): void {
  // What a stranger would begin anew its ends decide.
  if ((chunk === CHUNK.INIT || chunk === CHUNK.INIT_ACK) && other && state !== ESTABLISHED)
    learn(other, initiateTag, term);
  if (chunk !== CHUNK.INIT && !isLast(chunk) && known === undefined) learn(own, tag, term);
}

function learn(side: Side, tag: number, term: number): void {
  side.nextSequence = tag;
  side.knownTerm = term;
}

/** They may bear either end's tag. */
function isLast(chunk: number): boolean {
  return chunk === CHUNK.ABORT || chunk === CHUNK.SHUTDOWN_COMPLETE;
}
