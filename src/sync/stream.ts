/**
 * What has come of one sender's epoch. Records carry (term, version), so they are applied in any order; the
 * sequence only tells whether one is missing. A missing number counts as lost when it has not come within
 * {@link REORDER_BOUND}.
 */
import type { Position } from '../wire/sync-message.ts';
import { Ranges } from './ranges.ts';

/** Microseconds. Reordering on one link is far below a millisecond; a busy receiver reads a few ms late. */
export const REORDER_BOUND = 20_000;
/** Holes that are waited for at once; beyond, the oldest is lost before its time. */
const MOST_HOLES = 256;
/** Lost ranges remembered, to tell a late datagram from a duplicate. */
const REMEMBERED = 64;

export type Arrival = 'fresh' | 'duplicate' | 'late';

export interface StreamCounts {
  /** Runs of lost numbers. */
  readonly gaps: number;
  readonly lost: number;
}

export class Stream {
  readonly epoch: number;
  #newest: number;
  /** Numbers up to here were sent before we listened: never waited for as a loss of the network. */
  #history = 0;
  readonly #missing = new Ranges();
  readonly #lost = new Ranges();
  #lastLost = -1;
  /** Nothing that was sent since `from` is lost. */
  #whole = true;
  /** No datagram of it was seen yet, and it may have begun before us. */
  #joining: boolean;

  /**
   * @param joining its beginning may have passed before we listened
   * @param after what of this epoch is in the table already
   */
  constructor(epoch: number, joining: boolean, after = 0) {
    this.epoch = epoch;
    this.#newest = after;
    this.#joining = joining && after === 0;
  }

  /** The newest number known to have been sent. */
  get newest(): number {
    return this.#newest;
  }

  /** Whether nothing is known to be lost; a hole that may still fill does not count. */
  get whole(): boolean {
    return this.#whole && (this.#missing.first?.from ?? Number.POSITIVE_INFINITY) > this.#history;
  }

  /** Everything up to here has come; meaningful while {@link whole}. */
  get upTo(): number {
    return (this.#missing.first?.from ?? this.#newest + 1) - 1;
  }

  get position(): Position {
    return { epoch: this.epoch, sequence: this.upTo };
  }

  /** Records came. */
  take(sequence: number, now: number): Arrival {
    if (sequence > this.#newest) {
      this.#join(sequence - 1);
      this.#wait(sequence - 1, now);
      this.#newest = sequence;
      return 'fresh';
    }
    if (this.#missing.take(sequence)) return 'fresh';
    return this.#lost.has(sequence) ? 'late' : 'duplicate';
  }

  /** The sender says that it has sent this many. */
  heard(newest: number, now: number): void {
    this.#join(newest);
    this.#wait(newest, now);
  }

  /** Records came, or were sent, that we do not take: receiving is off, or the table has no room. */
  miss(sequence: number): void {
    this.#joining = false;
    if (sequence > this.#newest) this.#newest = sequence;
    this.#whole = false;
  }

  /** Gives up on what has been missing for too long. @returns what this adds to the counters */
  expire(now: number): StreamCounts {
    let gaps = 0;
    let lost = 0;
    for (let range = this.#missing.first; range; range = this.#missing.first) {
      if (now - range.since < REORDER_BOUND && this.#missing.length <= MOST_HOLES) break;
      this.#missing.shift();
      this.#whole = false;
      this.#lost.push(range);
      if (this.#lost.length > REMEMBERED) this.#lost.shift();
      if (range.to <= this.#history) continue;
      lost += range.to - range.from + 1;
      if (range.from !== this.#lastLost + 1) gaps++;
      this.#lastLost = range.to;
    }
    return { gaps, lost };
  }

  #join(history: number): void {
    if (this.#joining) this.#history = history;
    this.#joining = false;
  }

  #wait(upTo: number, now: number): void {
    if (upTo <= this.#newest) return;
    this.#missing.push({ from: this.#newest + 1, to: upTo, since: now });
    this.#newest = upTo;
  }
}
