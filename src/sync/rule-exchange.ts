/**
 * How two directors come to the same rule set. Each offers what it holds, by version, with its heartbeats; one that hears
 * of a newer set fetches it in chunks. Whose rules stay is judged by model/rule-version.ts, of the set that is held at the
 * moment when the whole of the other is here. An offer of the same version is the acknowledgement.
 */
import { createHash } from 'node:crypto';
import {
  compareRuleVersions,
  judgeRules,
  type RuleHistory,
  type RuleVersion,
  sameRuleVersion,
} from '../model/rule-version.ts';
import { LARGEST_RULES, type RulesChunk, type RulesMessage, type RulesOffer } from '../wire/sync-rules.ts';
import { RuleFetch } from './rule-fetch.ts';

/** Microseconds that a set which was replaced is still there for whoever is in the middle of fetching it. */
const KEPT_FOR = 2_000_000;
/** Chunks sent in one turn, whoever asks: a turn each millisecond, 64 MB a second are more than a link carries. */
const MOST_A_TURN = 64;
/** Heartbeats of a peer without an offer: it does not replicate. A loss of one in two loses ten of ten once in 1,000. */
const SILENT_BEATS = 10;

export interface HeldRules extends RuleHistory {
  /** The encoded set. */
  readonly bytes: Uint8Array;
}

/** What a peer holds that is newer than ours. */
export interface FetchedRules extends RuleHistory {
  /** Sender id. */
  readonly from: number;
  readonly bytes?: Uint8Array;
  /** Instead of the bytes: our own version of the same set. */
  readonly like?: RuleVersion;
}

export type RuleEffect =
  | { readonly type: 'say'; readonly message: RulesMessage }
  | { readonly type: 'fetched'; readonly rules: FetchedRules }
  /** A peer holds this version, which is ours. */
  | { readonly type: 'agreed'; readonly from: number; readonly version: RuleVersion }
  /** Only one of the two replicates: `here` or the peer. */
  | { readonly type: 'one-sided'; readonly from: number; readonly here: boolean }
  /** What came is not what was offered. */
  | { readonly type: 'unsound'; readonly from: number };

interface Stock extends HeldRules {
  readonly digest: Uint8Array;
  askedAt: number;
}

/** What is known of one peer in its present life. */
interface Known {
  readonly life: number;
  beats: number;
  offer?: RulesOffer;
  /** The version last agreed on. */
  agreed?: RuleVersion;
  told: boolean;
}

export class RuleExchange {
  readonly #replicates: boolean;
  readonly #sender: number;
  readonly #known = new Map<number, Known>();
  #held: Stock | undefined;
  /** What someone was fetching when it was replaced. */
  #former: Stock | undefined;
  #fetch: RuleFetch | undefined;
  /** Given to main and not wanted there, as long as ours are what they were. */
  #handed: RuleVersion | undefined;
  #sent = 0;

  /** @param sender our own id */
  constructor(replicates: boolean, sender: number) {
    this.#replicates = replicates;
    this.#sender = sender;
  }

  /** What this director holds from now on. */
  hold(held: HeldRules): void {
    const old = this.#held;
    if (old && (!this.#former || old.askedAt > this.#former.askedAt)) this.#former = old;
    const digest = createHash('sha256').update(held.bytes).digest();
    this.#held = { ...held, digest, askedAt: Number.NEGATIVE_INFINITY };
    this.#handed = undefined;
  }

  /** To be said with each heartbeat, and when what we hold changed. @param chunk bytes of a chunk */
  offer(chunk: number): RulesOffer | undefined {
    if (!this.#replicates || !this.#held || this.#held.bytes.length > LARGEST_RULES) return undefined;
    const { version, base, bytes, digest } = this.#held;
    return { kind: 'rules-offer', version, ...(base && { base }), size: bytes.length, digest, chunk };
  }

  /** @param life tells the lives of that sender apart */
  heartbeat(from: number, life: number): RuleEffect[] {
    const known = this.#of(from, life);
    known.beats++;
    if (!this.#replicates || known.told || known.offer || known.beats < SILENT_BEATS) return [];
    known.told = true;
    return [{ type: 'one-sided', from, here: true }];
  }

  /** @param chunk bytes of a chunk that we send */
  heard(from: number, life: number, message: RulesMessage, chunk: number, now: number): RuleEffect[] {
    const known = this.#of(from, life);
    if (!this.#replicates) {
      if (known.told) return [];
      known.told = true;
      return [{ type: 'one-sided', from, here: false }];
    }
    if (message.kind === 'rules-offer') return this.#offered(from, known, message, now);
    if (message.kind === 'rules-ask') {
      if (message.peer !== this.#sender) return [];
      return this.#answer(message.version, message.chunks, chunk, now);
    }
    return this.#chunk(message, now);
  }

  turn(now: number): RuleEffect[] {
    this.#sent = 0;
    if (this.#former && now - this.#former.askedAt > KEPT_FOR) this.#former = undefined;
    if (this.#fetch?.given(now)) this.#fetch = undefined;
    return this.#ask(now);
  }

  /** Of senders that are there no longer. */
  forget(from: number): void {
    this.#known.delete(from);
  }

  #of(from: number, life: number): Known {
    const known = this.#known.get(from);
    if (known?.life === life) return known;
    const fresh: Known = { life, beats: 0, told: false };
    this.#known.set(from, fresh);
    return fresh;
  }

  #offered(from: number, known: Known, offer: RulesOffer, now: number): RuleEffect[] {
    known.offer = offer;
    const held = this.#held;
    if (!held) return [];
    const order = compareRuleVersions(offer.version, held.version);
    if (order === 0) {
      if (sameRuleVersion(known.agreed, offer.version)) return [];
      known.agreed = offer.version;
      return [{ type: 'agreed', from, version: offer.version }];
    }
    if (judgeRules(held, offer) === 'keep' || sameRuleVersion(this.#handed, offer.version)) return [];
    if (Buffer.from(offer.digest).equals(held.digest))
      return this.#hand({ ...historyOf(offer), from, like: held.version });
    // One at a time, to its end: a peer whose rules change all the time is caught up with step by step.
    if (this.#fetch) return [];
    this.#fetch = new RuleFetch(from, offer, now);
    return [...this.#ask(now), ...this.#complete()];
  }

  #chunk(message: RulesChunk, now: number): RuleEffect[] {
    if (!this.#fetch) return [];
    this.#fetch.take(message, now);
    return this.#fetch.complete ? this.#complete() : this.#ask(now);
  }

  #ask(now: number): RuleEffect[] {
    const message = this.#fetch?.ask(now);
    return message ? [{ type: 'say', message }] : [];
  }

  #complete(): RuleEffect[] {
    const fetch = this.#fetch;
    const bytes = fetch?.complete;
    if (!fetch || !bytes) return [];
    this.#fetch = undefined;
    const { from, offer } = fetch;
    return fetch.sound ? this.#hand({ ...historyOf(offer), from, bytes }) : [{ type: 'unsound', from }];
  }

  #hand(rules: FetchedRules): RuleEffect[] {
    this.#handed = rules.version;
    return [{ type: 'fetched', rules }];
  }

  #answer(version: RuleVersion, chunks: readonly number[], chunk: number, now: number): RuleEffect[] {
    const stock = [this.#held, this.#former].find((each) => sameRuleVersion(each?.version, version));
    if (!stock) return [];
    stock.askedAt = now;
    const last = Math.ceil(stock.bytes.length / chunk);
    const wanted = chunks.filter((at) => at < last).slice(0, MOST_A_TURN - this.#sent);
    this.#sent += wanted.length;
    return wanted.map((at) => {
      const data = stock.bytes.subarray(at * chunk, (at + 1) * chunk);
      return { type: 'say', message: { kind: 'rules-chunk', version: stock.version, at, data } };
    });
  }
}

function historyOf({ version, base }: RulesOffer): RuleHistory {
  return { version, base };
}
