/** Measures the plane's traffic every two seconds, a few services at a time: ten thousand must not stall a thread. */
import type { Plane } from '../datapath/plane.ts';
import type { ServiceCounters } from '../model/counters.ts';
import type { RuleSet } from '../model/rules.ts';
import { RateEstimator } from './rates.ts';

/** net/netfilter/ipvs/ip_vs_est.c */
const EVERY_MS = 2000;
/** Services that are read without a pause: a millisecond or two. */
const AT_ONCE = 200;
/** Reading takes no more than this share of the thread's time. */
const LARGEST_SHARE = 1 / 20;

export class RateWatch {
  readonly #plane: Pick<Plane, 'counters'>;
  readonly #rules: () => RuleSet;
  readonly #estimator = new RateEstimator();
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(plane: Pick<Plane, 'counters'>, rules: () => RuleSet) {
    this.#plane = plane;
    this.#rules = rules;
  }

  start(): void {
    this.#wait(EVERY_MS);
  }

  close(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  perSecond(rules: RuleSet, counters: readonly ServiceCounters[]): readonly ServiceCounters[] {
    return this.#estimator.perSecond(rules, counters);
  }

  #wait(ms: number): void {
    if (this.#ended) return;
    this.#timer = setTimeout(() => void this.#round(), ms);
  }

  async #round(): Promise<void> {
    const rules = this.#rules();
    let cost = 0;
    for (let at = 0; at < rules.services.length && !this.#ended; at += AT_ONCE) {
      const begun = performance.now();
      // The rules may have changed between two parts: a service that is gone counts nothing.
      const now = this.#rules();
      const services = now.services.slice(at, at + AT_ONCE);
      this.#estimator.measure(services, this.#plane.counters({ ...now, services }), begun);
      cost += performance.now() - begun;
      await new Promise(setImmediate);
    }
    this.#estimator.keepOnly(this.#rules());
    this.#wait(Math.max(EVERY_MS, cost / LARGEST_SHARE));
  }
}
