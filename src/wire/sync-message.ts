/** Messages of the sync channel to and from protobuf, bounded and checked. */
import { tandem } from './generated/sync.js';
import { readRecords } from './records-reader.ts';
import type { Place } from './records-writer.ts';
import { SyncWireError } from './sync-error.ts';
import { checkRecords } from './sync-records.ts';
import { encodeRulesMessage, type RulesMessage, rulesMessageFrom } from './sync-rules.ts';

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
  /** The oldest number that it can send again. */
  readonly oldest: number;
  /** Changes that it could not tell yet, about. */
  readonly shortfall: number;
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

export interface RecordsMessage extends Place {
  readonly kind: 'records';
  readonly count: number;
  readonly columns: tandem.sync.Records;
}

export type BracketPhase = 'begin' | 'end' | 'abandoned';

/** One end of a bulk transfer. */
export interface BracketMessage {
  readonly kind: 'bracket';
  readonly sequence: number;
  /** The sequence of its begin. */
  readonly bulk: number;
  readonly phase: BracketPhase;
  /** Records that will come, about; at the end, that came. */
  readonly total: number;
  /** What its sender told before and does not name now is gone. */
  readonly complete: boolean;
}

/** Numbers `from`, `from + 1`, ... */
export interface Run {
  readonly from: number;
  readonly count: number;
}

/** What a receiver has of one sender's stream, and what it wants of it. */
export interface Ack {
  readonly kind: 'ack';
  readonly sender: number;
  readonly epoch: number;
  readonly upTo: number;
  readonly newest: number;
  readonly missing: number;
  /** Microseconds since it put records into its table. */
  readonly age: number;
  /** To be sent again. */
  readonly again: readonly Run[];
  /** A bulk transfer that begins after this number is wanted. */
  readonly bulkAfter?: number;
}

/** Those that are no part of the stream: the next one repairs the loss of one. */
export type LooseMessage = Heartbeat | HandoverMessage | Ack | RulesMessage;

export type SyncMessage = RecordsMessage | BracketMessage | LooseMessage;

/** UTF-8 bytes of a name or a reason: each is logged, so none may fill a log. */
const LONGEST_TEXT = 64;
/** A pair echoes one; the bound is on what a hostile sender may make us keep. */
export const MOST_ECHOES = 4;
/** Runs of an acknowledgement: with each at most 12 bytes, they fit the smallest datagram. */
export const MOST_RUNS = 24;
/** Twice what one has who rotates keys. */
const MOST_KEYS = 4;
const LARGEST_ROLE = 2;
const U32 = 0xffff_ffff;

const PHASES = ['offer', 'ready', 'refused', 'release', 'ask'] as const;
const BRACKETS = ['begin', 'end', 'abandoned'] as const;
const { Envelope } = tandem.sync;

export function encodeBracket({ sequence, bulk, phase, total, complete }: BracketMessage): Uint8Array {
  const bracket = {
    sequence,
    bulk,
    phase: BRACKETS.indexOf(phase) + 1,
    total: Math.min(total, U32),
    complete,
  };
  return Envelope.encode({ bracket }).finish();
}

/** A character that is cut in two becomes U+FFFD, of three bytes. */
function cut(value: string): string {
  return Buffer.from(value).subarray(0, LONGEST_TEXT).toString();
}

/** Texts longer than 64 bytes are cut. */
export function encodeMessage(message: LooseMessage): Uint8Array {
  if (message.kind === 'ack') return encodeAck(message);
  if (message.kind === 'heartbeat') {
    const { kind: _, leaseRemaining, advertAge, shortfall, keys, ...rest } = message;
    const heartbeat: tandem.sync.Heartbeat.$Properties = {
      ...rest,
      name: cut(message.name),
      leaseRemaining: Math.min(leaseRemaining, U32),
      shortfall: Math.min(shortfall, U32),
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
  if (message.kind !== 'handover') return encodeRulesMessage(message);
  const { phase, token, peer, sequence, reason } = message;
  return Envelope.encode({
    handover: {
      phase: PHASES.indexOf(phase) + 1,
      ...{ token, peer, sequence },
      reason: cut(reason),
    },
  }).finish();
}

function encodeAck(message: Ack): Uint8Array {
  const { sender, epoch, upTo, newest, missing, age, again, bulkAfter } = message;
  const ack: tandem.sync.Ack.$Properties = {
    ...{ sender, epoch, upTo, newest },
    missing: Math.min(missing, U32),
    age: Math.min(age, U32),
    again: again.slice(0, MOST_RUNS).flatMap(({ from, count }) => [from, count]),
  };
  if (bulkAfter !== undefined) ack.bulkAfter = bulkAfter;
  return Envelope.encode({ ack }).finish();
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
    oldest: integer('oldest', message.oldest),
    shortfall: message.shortfall,
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

function bracketFrom(message: tandem.sync.Bracket): BracketMessage {
  const phase = BRACKETS[message.phase - 1];
  if (!phase) refuse(`bracket phase ${message.phase} is not known`);
  const sequence = integer('sequence', message.sequence);
  const bulk = integer('bulk', message.bulk);
  const sound = phase === 'begin' ? bulk === sequence : bulk < sequence;
  if (bulk === 0 || !sound) refuse(`bracket ${sequence} cannot belong to a bulk transfer from ${bulk} on`);
  return { kind: 'bracket', sequence, bulk, phase, total: message.total, complete: message.complete };
}

function ackFrom(message: tandem.sync.Ack): Ack {
  const { sender, missing, age, again } = message;
  if (again.length > 2 * MOST_RUNS) refuse(`${again.length / 2} runs, at most ${MOST_RUNS}`);
  if (again.length % 2 !== 0) refuse('a run without its length');
  const runs: Run[] = [];
  for (let at = 0; at < again.length; at += 2)
    runs.push({ from: integer('again', again[at]), count: integer('again', again[at + 1]) });
  return {
    kind: 'ack',
    ...{ sender, missing, age },
    epoch: integer('epoch', message.epoch),
    upTo: integer('up_to', message.upTo),
    newest: integer('newest', message.newest),
    again: runs,
    ...(message.bulkAfter !== null &&
      message.bulkAfter !== undefined && { bulkAfter: integer('bulk_after', message.bulkAfter) }),
  };
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

function recordsFrom(columns: tandem.sync.Records): RecordsMessage {
  const sequence = integer('sequence', columns.sequence);
  if (sequence === 0) refuse('records are counted from 1');
  const bulk = integer('bulk', columns.bulk);
  if (bulk > sequence) refuse(`records ${sequence} cannot belong to a bulk transfer from ${bulk} on`);
  const { walked } = columns;
  return { kind: 'records', sequence, bulk, walked, count: checkRecords(columns), columns };
}

/** @throws SyncWireError `malformed`, `value`, `version` */
export function decodeMessage(body: Uint8Array): SyncMessage {
  const columns = readRecords(body);
  if (columns) return recordsFrom(columns);
  const { records, heartbeat, handover, bracket, ack, rules } = parse(body);
  if (records) return recordsFrom(records as tandem.sync.Records);
  if (heartbeat) return heartbeatFrom(heartbeat as tandem.sync.Heartbeat);
  if (handover) return handoverFrom(handover as tandem.sync.Handover);
  if (bracket) return bracketFrom(bracket as tandem.sync.Bracket);
  if (ack) return ackFrom(ack as tandem.sync.Ack);
  if (rules) return rulesMessageFrom(rules);
  if (body.length === 0) throw new SyncWireError('malformed', 'a message without a word');
  throw new SyncWireError('version', 'a message of a kind that this version does not know');
}
