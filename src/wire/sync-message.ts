/** Messages of the sync channel to and from protobuf, bounded and checked. */
import type { RecordBatch } from '../model/record.ts';
import { tandem } from './generated/sync.js';
import { SyncWireError } from './sync-error.ts';
import { checkRecords, packRecords } from './sync-records.ts';

/** A place in a sender's stream: everything up to and including `sequence`. Epoch 0: not known. */
export interface Position {
  readonly epoch: number;
  readonly sequence: number;
}

/** What a director has of one peer's stream in its table. */
export interface Echo {
  readonly sender: number;
  readonly epoch: number;
  readonly applied: number;
  /** Microseconds since it was applied. */
  readonly appliedAge: number;
  /** Its table also has records of that peer from epochs before. */
  readonly earlier: boolean;
  /** The clock in that peer's newest heartbeat that it heard, and microseconds since then. */
  readonly heard?: { readonly clock: number; readonly age: number };
}

/** What else is to be known of the sender's virtual router. */
export interface RouterNews {
  /** Microseconds between its advertisements. */
  readonly interval: number;
  /** It must not become master now. */
  readonly unfit: boolean;
  /** Of what it tracks, what it reaches. */
  readonly reach: number;
  /** Its own address on the link of the first one: 4 or 16 bytes. */
  readonly address: Uint8Array;
}

export interface Heartbeat {
  readonly kind: 'heartbeat';
  readonly name: string;
  readonly priority: number;
  /** One of BOARD_ROLE. */
  readonly role: number;
  readonly term: number;
  /** Microseconds; 0 closed. */
  readonly leaseRemaining: number;
  readonly newest: number;
  /** Microseconds since it heard an advertisement, or began to wait for one; none when it is no backup. */
  readonly advertAge?: number;
  /** The sender's clock, microseconds. */
  readonly clock?: number;
  readonly router?: RouterNews;
  readonly synced: boolean;
  readonly continues?: Position;
  readonly echoes: readonly Echo[];
  /** Ids of the keys that it opens. */
  readonly keys: readonly number[];
}

export type HandoverPhase = 'offer' | 'ready' | 'refused' | 'release' | 'ask';

export interface HandoverMessage {
  readonly kind: 'handover';
  readonly phase: HandoverPhase;
  readonly token: number;
  readonly peer: number;
  readonly sequence: number;
  readonly reason: string;
}

export interface RecordsMessage {
  readonly kind: 'records';
  readonly sequence: number;
  readonly count: number;
  readonly columns: tandem.sync.Records;
}

export type SyncMessage = RecordsMessage | Heartbeat | HandoverMessage;

/** UTF-8 bytes of a name or a reason: each is logged, so none may fill a log. */
const LONGEST_TEXT = 64;
/** A pair echoes one; the bound is on what a hostile sender may make us keep. */
export const MOST_ECHOES = 4;
/** Twice what one has who rotates keys. */
const MOST_KEYS = 4;
const LARGEST_ROLE = 2;
const U32 = 0xffff_ffff;

const PHASES = ['offer', 'ready', 'refused', 'release', 'ask'] as const;
const { Envelope } = tandem.sync;

export function encodeRecords(batch: RecordBatch, from: number, to: number, sequence: number): Uint8Array {
  return Envelope.encode({ records: { sequence, ...packRecords(batch, from, to) } }).finish();
}

/** A character that is cut in two becomes U+FFFD, of three bytes. */
function cut(value: string): string {
  return Buffer.from(value).subarray(0, LONGEST_TEXT).toString();
}

/** Texts longer than 64 bytes are cut. */
export function encodeMessage(message: Heartbeat | HandoverMessage): Uint8Array {
  if (message.kind === 'heartbeat') {
    const { kind: _, leaseRemaining, advertAge, keys, ...rest } = message;
    const heartbeat: tandem.sync.Heartbeat.$Properties = {
      ...rest,
      name: cut(message.name),
      leaseRemaining: Math.min(leaseRemaining, U32),
      keys: Uint8Array.from(keys.slice(0, MOST_KEYS)),
      echoes: message.echoes.slice(0, MOST_ECHOES).map(({ heard, ...echo }) => ({
        ...echo,
        appliedAge: Math.min(echo.appliedAge, U32),
        ...(heard && { clock: heard.clock, clockAge: Math.min(heard.age, U32) }),
      })),
    };
    if (advertAge !== undefined) heartbeat.advertAge = Math.min(advertAge, U32);
    return Envelope.encode({ heartbeat }).finish();
  }
  const { phase, token, peer, sequence, reason } = message;
  return Envelope.encode({
    handover: {
      phase: PHASES.indexOf(phase) + 1,
      ...{ token, peer, sequence },
      reason: cut(reason),
    },
  }).finish();
}

function refuse(message: string): never {
  throw new SyncWireError('value', message);
}

/** Sequences and epochs stay below 2^53, where numbers are exact. */
function integer(name: string, value: { toNumber(): number } | number | null | undefined): number {
  const result = typeof value === 'number' ? value : (value?.toNumber() ?? 0);
  if (!Number.isSafeInteger(result) || result < 0) refuse(`${name} ${result} is above 2^53`);
  return result;
}

function text(name: string, value: string): string {
  if (value.length > LONGEST_TEXT) refuse(`${name} has ${value.length} characters, at most ${LONGEST_TEXT}`);
  // It ends up in logs and terminals.
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) refuse(`${name} has control characters`);
  return value;
}

function heartbeatFrom(message: tandem.sync.Heartbeat): Heartbeat {
  if (message.role > LARGEST_ROLE) refuse(`role ${message.role} is not known`);
  if (message.priority > 255) refuse(`priority ${message.priority} is above 255`);
  if (message.echoes.length > MOST_ECHOES) refuse(`${message.echoes.length} echoes, at most ${MOST_ECHOES}`);
  if (message.keys.length > MOST_KEYS) refuse(`${message.keys.length} keys, at most ${MOST_KEYS}`);
  return {
    kind: 'heartbeat',
    name: text('name', message.name),
    priority: message.priority,
    role: message.role,
    term: message.term,
    leaseRemaining: message.leaseRemaining,
    newest: integer('newest', message.newest),
    ...(typeof message.advertAge === 'number' && { advertAge: message.advertAge }),
    synced: message.synced,
    ...(message.continues && {
      continues: {
        epoch: integer('epoch', message.continues.epoch),
        sequence: integer('sequence', message.continues.sequence),
      },
    }),
    echoes: message.echoes.map((echo) => ({
      sender: echo.sender ?? 0,
      epoch: integer('epoch', echo.epoch),
      applied: integer('applied', echo.applied),
      appliedAge: echo.appliedAge ?? 0,
      earlier: echo.earlier ?? false,
      ...(integer('clock', echo.clock) > 0 && {
        heard: { clock: integer('clock', echo.clock), age: echo.clockAge ?? 0 },
      }),
    })),
    keys: [...message.keys],
    ...(integer('clock', message.clock) > 0 && { clock: integer('clock', message.clock) }),
    ...(message.router && { router: routerFrom(message.router) }),
  };
}

function routerFrom({ interval, unfit, reach, address }: tandem.sync.Router.$Properties): RouterNews {
  const bytes = address ?? new Uint8Array();
  if (bytes.length !== 4 && bytes.length !== 16) refuse(`an address has 4 or 16 bytes, not ${bytes.length}`);
  return { interval: interval ?? 0, unfit: unfit ?? false, reach: reach ?? 0, address: bytes };
}

function handoverFrom(message: tandem.sync.Handover): HandoverMessage {
  const phase = PHASES[message.phase - 1];
  if (!phase) refuse(`handover phase ${message.phase} is not known`);
  const { token, peer } = message;
  const sequence = integer('sequence', message.sequence);
  return { kind: 'handover', phase, token, peer, sequence, reason: text('reason', message.reason) };
}

function parse(body: Uint8Array): tandem.sync.Envelope {
  try {
    return Envelope.decode(body);
  } catch (error) {
    throw new SyncWireError(
      'malformed',
      `not a sync message: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** @throws SyncWireError `malformed`, `value` */
export function decodeMessage(body: Uint8Array): SyncMessage {
  const { records, heartbeat, handover } = parse(body);
  if (records) {
    const columns = records as tandem.sync.Records;
    const sequence = integer('sequence', columns.sequence);
    if (sequence === 0) refuse('records are counted from 1');
    return { kind: 'records', sequence, count: checkRecords(columns), columns };
  }
  if (heartbeat) return heartbeatFrom(heartbeat as tandem.sync.Heartbeat);
  if (handover) return handoverFrom(handover as tandem.sync.Handover);
  throw new SyncWireError('malformed', 'a message of no known kind');
}
