/** Who of the directors advertises as master: one at a time, or in a split several. Pure. */

interface Advertiser {
  last: number;
  /** Between its last two advertisements, or the least that counts. */
  interval: number;
}

/** Intervals of silence after which another one's advertisement means that it has stopped. */
const SILENCE_INTERVALS = 3;
/** The default of VRRP: a shorter interval may be late by some of its own. */
const LEAST_INTERVAL_MS = 1000;

export class Masters {
  readonly #advertisers = new Map<string, Advertiser>();

  /** @returns whether it begins to be master with this advertisement */
  advertised(name: string, at: number): boolean {
    for (const [other, { last, interval }] of this.#advertisers)
      if (other !== name && at - last > SILENCE_INTERVALS * interval) this.#advertisers.delete(other);
    const known = this.#advertisers.get(name);
    const interval = Math.max(LEAST_INTERVAL_MS, known ? at - known.last : 0);
    this.#advertisers.set(name, { last: at, interval });
    return known === undefined;
  }

  /** @returns whether it was master until now */
  released(name: string): boolean {
    return this.#advertisers.delete(name);
  }
}
