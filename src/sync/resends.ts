/**
 * What of our history is sent again, and how fast: several receivers that miss the same message get it once, and
 * nobody makes us send more than a fixed rate, whatever he asks for.
 */
import type { Run } from '../wire/sync-message.ts';
import type { History } from './history.ts';

/** Microseconds: an answer that is on its way is not given twice. */
const GUARD = 5000;
/** Messages waiting to be sent again; who misses more asks again. */
const MOST_WAITING = 4096;
/** Messages a millisecond, and at once. */
const RATE = 20;
const BURST = 64;

export class Resends {
  readonly #history: History;
  readonly #waiting = new Set<number>();
  #budget = BURST;
  #at = 0;

  constructor(history: History) {
    this.#history = history;
  }

  /** @returns how many numbers of these are asked for, at most as many as are looked at */
  ask(again: readonly Run[], now: number): number {
    let looked = 0;
    for (const { from, count } of again) {
      const end = Math.min(from + count, from + MOST_WAITING - looked);
      for (let sequence = Math.max(from, this.#history.oldest); sequence < end; sequence++) {
        looked++;
        const entry = this.#history.get(sequence);
        if (!entry) break;
        if (now - entry.againAt < GUARD || this.#waiting.size >= MOST_WAITING) continue;
        this.#waiting.add(sequence);
      }
    }
    return looked;
  }

  /** What is to be sent again now, the oldest question first. */
  take(now: number): Uint8Array[] {
    this.#budget = Math.min(BURST, this.#budget + ((now - this.#at) / 1000) * RATE);
    this.#at = now;
    const bodies: Uint8Array[] = [];
    for (const sequence of this.#waiting) {
      if (this.#budget < 1) break;
      this.#waiting.delete(sequence);
      const entry = this.#history.get(sequence);
      if (!entry) continue;
      entry.againAt = now;
      bodies.push(entry.body);
      this.#budget--;
    }
    return bodies;
  }
}
