/** Messages about the rule set to and from protobuf, bounded and checked. */
import { LARGEST_RULE_COUNTER, type RuleVersion } from '../model/rule-version.ts';
import { tandem } from './generated/sync.js';
import { SyncWireError } from './sync-error.ts';

/** What a director holds. */
export interface RulesOffer {
  readonly kind: 'rules-offer';
  readonly version: RuleVersion;
  readonly base?: RuleVersion;
  /** Bytes of the encoded set. */
  readonly size: number;
  /** SHA-256 of them. */
  readonly digest: Uint8Array;
  /** Bytes of each chunk but the last. */
  readonly chunk: number;
}

export interface RulesAsk {
  readonly kind: 'rules-ask';
  /** Sender id of the one that is asked. */
  readonly peer: number;
  readonly version: RuleVersion;
  readonly chunks: readonly number[];
}

export interface RulesChunk {
  readonly kind: 'rules-chunk';
  readonly version: RuleVersion;
  readonly at: number;
  readonly data: Uint8Array;
}

export type RulesMessage = RulesOffer | RulesAsk | RulesChunk;

export const DIGEST_LENGTH = 32;
/** 10,000 services with 100,000 real servers are 8 MiB; more is not carried. */
export const LARGEST_RULES = 32 * 1024 * 1024;
/** Fewer chunks than {@link LARGEST_RULES} bytes would make of this are never needed: the bound of a bitmap. */
export const SMALLEST_CHUNK = 256;
/** Of one ask: at five bytes for each of them it fits the smallest datagram. */
export const MOST_ASKED = 64;
/** Bytes of a chunk's message beside its data: envelope, version, place, lengths. */
export const CHUNK_OVERHEAD = 48;

const LARGEST_PRIORITY = 255;
const { Envelope } = tandem.sync;

export function encodeRulesMessage(message: RulesMessage): Uint8Array {
  const { kind, ...fields } = message;
  if (kind === 'rules-offer')
    return Envelope.encode({ rules: { offer: fields as tandem.sync.RulesOffer.$Properties } }).finish();
  if (kind === 'rules-ask')
    return Envelope.encode({ rules: { ask: fields as tandem.sync.RulesAsk.$Properties } }).finish();
  return Envelope.encode({ rules: { chunk: fields as tandem.sync.RulesChunk.$Properties } }).finish();
}

function refuse(message: string): never {
  throw new SyncWireError('value', message);
}

function versionFrom(version: tandem.sync.IRulesVersion | null | undefined): RuleVersion {
  if (!version) return refuse('rules without a version');
  const { priority, maker } = version;
  const counter = typeof version.counter === 'number' ? version.counter : (version.counter?.toNumber() ?? 0);
  if (!(counter >= 0 && counter <= LARGEST_RULE_COUNTER)) refuse(`a version of rules numbered ${counter}`);
  if ((priority ?? 0) > LARGEST_PRIORITY) refuse(`a version of rules with priority ${priority}`);
  return { counter, priority: priority ?? 0, maker: maker ?? 0 };
}

function offerFrom(offer: tandem.sync.IRulesOffer): RulesOffer {
  const { size, digest, chunk, base } = offer;
  if ((size ?? 0) > LARGEST_RULES) refuse(`rules of ${size} bytes, at most ${LARGEST_RULES}`);
  if (digest?.length !== DIGEST_LENGTH) return refuse(`a digest of ${digest?.length ?? 0} bytes`);
  if (!chunk || chunk < SMALLEST_CHUNK) return refuse(`rules in chunks of ${chunk} bytes`);
  return {
    kind: 'rules-offer',
    version: versionFrom(offer.version),
    ...(base && { base: versionFrom(base) }),
    ...{ size: size ?? 0, digest, chunk },
  };
}

/** @throws SyncWireError `malformed`, `value` */
export function rulesMessageFrom({ offer, ask, chunk }: tandem.sync.IRules): RulesMessage {
  if (offer) return offerFrom(offer);
  if (ask) {
    const chunks = ask.chunks ?? [];
    if (chunks.length > MOST_ASKED) refuse(`${chunks.length} chunks asked for, at most ${MOST_ASKED}`);
    return { kind: 'rules-ask', peer: ask.peer ?? 0, version: versionFrom(ask.version), chunks };
  }
  if (!chunk) throw new SyncWireError('malformed', 'a message about rules that says nothing');
  const { at, data } = chunk;
  return {
    kind: 'rules-chunk',
    version: versionFrom(chunk.version),
    at: at ?? 0,
    data: data ?? new Uint8Array(),
  };
}
