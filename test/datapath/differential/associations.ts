/** What the ends of an SCTP association say, at random but mostly in its order, and what strangers say in between. */
import type { TcpOptions, Tuple } from '../../support/packet.ts';
import type { Random } from '../../support/random.ts';
import { CHUNK, type Chunk, initBody, sctp } from '../../support/sctp.ts';

export const SCTP = 132;

/** An association as both ends see it. */
export interface Association {
  readonly client: Tuple;
  /** The server's tuple, once the plane has shown it. */
  server?: Tuple;
  /** The tags that the packets of each end bear. */
  clientNext: number;
  serverNext: number;
  /** What comes next: one of {@link STAGE}. */
  stage?: number;
}

/** By the packet that is due. */
const STAGE = { INIT: 0, INIT_ACK: 1, COOKIE_ECHO: 2, COOKIE_ACK: 3, UP: 4, SHUTDOWN: 5, SHUTDOWN_ACK: 6, SHUTDOWN_COMPLETE: 7 } as const; // biome-ignore format: a list
/** By who begins to close. */
const SAYS = {
  [STAGE.SHUTDOWN]: CHUNK.SHUTDOWN,
  [STAGE.SHUTDOWN_ACK]: CHUNK.SHUTDOWN_ACK,
  [STAGE.SHUTDOWN_COMPLETE]: CHUNK.SHUTDOWN_COMPLETE,
} as const;
const COMMON = [CHUNK.DATA, CHUNK.DATA, CHUNK.SACK, CHUNK.HEARTBEAT] as const;
/** One that is none of RFC 9260's too. */
const ANY = [...Object.values(CHUNK), 12, 13, 15, 64, 255] as const;
const SIZES = [0, 1, 2, 3, 4, 20, 300, 1400] as const;

export interface Said {
  readonly fromServer: boolean;
  readonly frame: Buffer;
}

/** The first packet, or one that should be. */
export function opening(at: Association, options: TcpOptions, random: Random): Buffer {
  if (random.chance(0.1)) return stranger(at.client, at.clientNext, options, random);
  at.stage = STAGE.INIT_ACK;
  const tag = random.chance(0.03) ? at.clientNext : 0;
  return sctp(at.client, tag, [{ type: CHUNK.INIT, body: initBody(at.serverNext) }], options);
}

export function nextOf(at: Association, options: TcpOptions, random: Random): Said {
  if (random.chance(0.3)) return odd(at, options, random);
  const stage = at.stage ?? STAGE.INIT;
  const isServers = isFromServer(at, stage, random);
  const server = isServers ? at.server : undefined;
  // It has not come through.
  if (stage === STAGE.INIT || (isServers && !server))
    return { fromServer: false, frame: opening(at, options, random) };
  const tuple = server ?? at.client;
  const tag = isServers ? at.serverNext : at.clientNext;
  at.stage = stage === STAGE.UP && random.chance(0.8) ? STAGE.UP : (stage + 1) % 8;
  return { fromServer: isServers, frame: sctp(tuple, tag, [chunkOf(at, stage, random)], options) };
}

function isFromServer({ clientNext }: Association, stage: number, random: Random): boolean {
  switch (stage) {
    case STAGE.INIT_ACK:
    case STAGE.COOKIE_ACK:
      return true;
    case STAGE.INIT:
    case STAGE.COOKIE_ECHO:
      return false;
    case STAGE.UP:
      return random.chance(0.5);
    default:
      // One of them closes: the other one only acknowledges.
      return (clientNext & 1) === (stage === STAGE.SHUTDOWN_ACK ? 0 : 1);
  }
}

function chunkOf({ clientNext }: Association, stage: number, random: Random): Chunk {
  switch (stage) {
    case STAGE.INIT_ACK:
      return { type: CHUNK.INIT_ACK, body: initBody(clientNext) };
    case STAGE.COOKIE_ECHO:
      return { type: CHUNK.COOKIE_ECHO, body: Buffer.alloc(random.pick(SIZES), 7) };
    case STAGE.COOKIE_ACK:
      return { type: CHUNK.COOKIE_ACK };
    case STAGE.SHUTDOWN:
    case STAGE.SHUTDOWN_ACK:
    case STAGE.SHUTDOWN_COMPLETE:
      return { type: SAYS[stage] };
    default:
      return { type: random.pick(COMMON), body: Buffer.from(random.bytes(random.pick(SIZES))) };
  }
}

/** Some chunk, with some tag. */
function odd(at: Association, options: TcpOptions, random: Random): Said {
  const { server, clientNext, serverNext } = at;
  const fromServer = server !== undefined && random.chance(0.5);
  const [own, other] = fromServer ? [serverNext, clientNext] : [clientNext, serverNext];
  const tag = random.pick([own, own, own, other, other, 0, (own ^ 1) >>> 0]);
  const tuple = fromServer && server ? server : at.client;
  return { fromServer, frame: stranger(tuple, tag, options, random) };
}

/** Of somebody who knows the rules, or does not. */
export function stranger(tuple: Tuple, tag: number, options: TcpOptions, random: Random): Buffer {
  const type = random.pick(ANY);
  const flags = random.pick([0, 0, 1, 1, 255]);
  const asks = type === CHUNK.INIT || type === CHUNK.INIT_ACK;
  const body = asks ? initBody(random.pick([tag, 0, random.between(0, 0xffff_ffff)])) : bytes(random);
  const chunks: Chunk[] = [{ type, flags, body }];
  const isCookie = type === CHUNK.COOKIE_ECHO || type === CHUNK.COOKIE_ACK;
  if (random.chance(isCookie ? 0.5 : 0.1))
    chunks.push({ type: random.pick([CHUNK.ABORT, CHUNK.ABORT, CHUNK.DATA]), flags: random.pick([0, 1]) });
  const frame = sctp(tuple, tag, chunks, options);
  // Its length says something else.
  const at = 14 + (tuple.from.includes(':') ? 40 : 20) + 14;
  if (random.chance(0.1) && !options.extensions?.length)
    frame.writeUInt16BE(random.pick([0, 1, 3, 4, 5, 8, 0xffff, body.length + 8]), at);
  return frame;
}

function bytes(random: Random): Buffer {
  return Buffer.from(random.bytes(random.pick(SIZES)));
}
