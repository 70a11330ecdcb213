/** Carries out what the exchange of rules wants: says it to the peer, or tells it to main. */
import type { Peer } from '../../sync/peer.ts';
import type { Peers } from '../../sync/peers.ts';
import { type HeldRules, type RuleEffect, RuleExchange } from '../../sync/rule-exchange.ts';
import { CHUNK_OVERHEAD, type RulesMessage, SMALLEST_CHUNK } from '../../wire/sync-rules.ts';
import type { Counters } from './counters.ts';
import type { SyncEvent } from './messages.ts';
import type { Outbound } from './outbound.ts';

export interface RuleDeskOptions {
  readonly replicates: boolean;
  /** Our own id. */
  readonly sender: number;
  readonly outbound: Outbound;
  readonly peers: Peers;
  readonly counters: Counters;
  readonly report: (event: SyncEvent) => void;
}

export class RuleDesk {
  readonly #options: RuleDeskOptions;
  readonly #exchange: RuleExchange;

  constructor(options: RuleDeskOptions) {
    this.#options = options;
    this.#exchange = new RuleExchange(options.replicates, options.sender);
  }

  hold(held: HeldRules): void {
    this.#exchange.hold(held);
  }

  /** Said behind each heartbeat of ours. */
  offer(now: number): void {
    const offer = this.#exchange.offer(this.#chunk);
    if (offer) this.#options.outbound.say(offer, now);
  }

  /** A heartbeat of a peer that is live. */
  heartbeat({ sender, life }: Peer, now: number): void {
    this.#carryOut(this.#exchange.heartbeat(sender, life), now);
  }

  /** Of a peer that is live. */
  message({ sender, life }: Peer, message: RulesMessage, now: number): void {
    this.#carryOut(this.#exchange.heard(sender, life, message, this.#chunk, now), now);
  }

  turn(now: number): void {
    this.#carryOut(this.#exchange.turn(now), now);
  }

  forget({ sender }: Peer): void {
    this.#exchange.forget(sender);
  }

  get #chunk(): number {
    return Math.max(SMALLEST_CHUNK, this.#options.outbound.room - CHUNK_OVERHEAD);
  }

  #carryOut(effects: readonly RuleEffect[], now: number): void {
    const { outbound, report, counters } = this.#options;
    for (const effect of effects)
      switch (effect.type) {
        case 'say':
          outbound.say(effect.message, now);
          break;
        case 'fetched':
          report({ type: 'rules-fetched', name: this.#name(effect.rules.from), rules: effect.rules });
          break;
        case 'agreed':
          report({ type: 'rules-agreed', name: this.#name(effect.from), version: effect.version });
          break;
        case 'one-sided':
          report({ type: 'rules-one-sided', name: this.#name(effect.from), here: effect.here });
          break;
        case 'unsound':
          counters.reject(
            'rules',
            1,
            `rules of ${this.#name(effect.from)} that are not what it offered`,
            now,
          );
      }
  }

  #name(sender: number): string {
    return this.#options.peers.get(sender)?.heartbeat?.name ?? sender.toString(16);
  }
}
