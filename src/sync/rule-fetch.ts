/** One rule set on its way from a peer: asked for in chunks, again where they do not come, and checked as a whole. */
import { createHash } from 'node:crypto';
import { sameRuleVersion } from '../model/rule-version.ts';
import { MOST_ASKED, type RulesAsk, type RulesChunk, type RulesOffer } from '../wire/sync-rules.ts';

/** Microseconds until chunks that did not come are asked for again. */
const AGAIN_AFTER = 20_000;
/** And until nothing more is expected of this peer. Its next offer begins anew. */
const GIVE_UP_AFTER = 2_000_000;

export class RuleFetch {
  /** Sender id of the peer. */
  readonly from: number;
  readonly offer: RulesOffer;
  readonly #bytes: Uint8Array;
  readonly #have: Uint8Array;
  #missing: number;
  /** All chunks before it are here. */
  #first = 0;
  /** Of the last ask, still to come. */
  #expected = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #heardAt: number;

  constructor(from: number, offer: RulesOffer, now: number) {
    this.from = from;
    this.offer = offer;
    this.#bytes = new Uint8Array(offer.size);
    this.#missing = Math.ceil(offer.size / offer.chunk);
    this.#have = new Uint8Array(this.#missing);
    this.#heardAt = now;
  }

  /** The whole set; undefined while some of it is missing. */
  get complete(): Uint8Array | undefined {
    return this.#missing === 0 ? this.#bytes : undefined;
  }

  /** What came is what was offered. Only of a {@link complete} one. */
  get sound(): boolean {
    return createHash('sha256').update(this.#bytes).digest().equals(this.offer.digest);
  }

  given(now: number): boolean {
    return now - this.#heardAt > GIVE_UP_AFTER;
  }

  take({ version, at, data }: RulesChunk, now: number): void {
    const { offer } = this;
    if (!sameRuleVersion(version, offer.version) || at >= this.#have.length || this.#have[at]) return;
    const from = at * offer.chunk;
    if (data.length !== Math.min(offer.chunk, offer.size - from)) return;
    this.#bytes.set(data, from);
    this.#have[at] = 1;
    this.#missing--;
    this.#expected--;
    this.#heardAt = now;
  }

  /** What to ask for now, if anything. */
  ask(now: number): RulesAsk | undefined {
    if (this.#missing === 0 || (this.#expected > 0 && now - this.#askedAt < AGAIN_AFTER)) return undefined;
    const chunks: number[] = [];
    while (this.#have[this.#first]) this.#first++;
    for (let at = this.#first; at < this.#have.length && chunks.length < MOST_ASKED; at++)
      if (!this.#have[at]) chunks.push(at);
    this.#expected = chunks.length;
    this.#askedAt = now;
    return { kind: 'rules-ask', peer: this.from, version: this.offer.version, chunks };
  }
}
