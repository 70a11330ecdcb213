/**
 * The receiver's half of bulk transfers, for one sender. Pure but for the mark that it asks for.
 *
 *     whole --lack--> lacking --a message of a bulk that began later--> filling --all is there--> cleaning --> whole
 *                        ^                                                 |                          |
 *                        +------ something of it is lost for good ---------+--------------------------+
 *
 * From the begin of a bulk on, everything that the sender says bears a mark in the table, news as well as what it
 * walks: what came from it and bears another one at the end was not named. So a bulk is of use only if nothing of
 * it was taken before we followed it.
 */
import type { BracketMessage } from '../wire/sync-message.ts';
import type { BulkProgress } from './bulk-giver.ts';

/** Microseconds between repeats of the question. */
const ASK_EVERY = 50_000;

export interface Filling {
  /** The sequence of its begin. */
  readonly begin: number;
  readonly mark: number;
  end: number | undefined;
  total: number;
  done: number;
  /** What is not named is gone. */
  complete: boolean;
}

export class BulkTaker {
  readonly #newMark: () => number;
  /** We lack the table, and want a bulk that begins after this. */
  #after: number | undefined;
  #filling: Filling | undefined;
  /** Everything of it is in the table. */
  #filled = false;
  /** The newest number that was taken while no bulk was followed. */
  #unmarked = 0;
  /** Not before that time is it worth to ask, and then it is asked again. */
  #notBefore = 0;
  #askAt = 0;

  constructor(newMark: () => number) {
    this.#newMark = newMark;
  }

  get lacking(): boolean {
    return this.#after !== undefined;
  }

  /** What a question for a bulk says; undefined when none is wanted, or not yet. */
  wanted(now: number): number | undefined {
    return now >= this.#notBefore ? this.#after : undefined;
  }

  /** Whether to say again what is wanted. */
  asks(now: number): boolean {
    if (this.wanted(now) === undefined || now < this.#askAt) return false;
    this.#askAt = now + ASK_EVERY;
    return true;
  }

  get progress(): BulkProgress | undefined {
    const { done, total } = this.#filling ?? {};
    return done === undefined || total === undefined ? undefined : { done, total: Math.max(done, total) };
  }

  /** To be cleaned up now: what does not bear its mark is gone. */
  get cleaning(): Filling | undefined {
    return this.#filled ? this.#filling : undefined;
  }

  /**
   * Something that the sender told is missing here.
   * @param newest what it has sent so far, as far as we know
   * @param delay microseconds before it is worth to ask
   */
  lack(newest: number, now: number, delay = 0): void {
    this.#after = newest;
    this.#filling = undefined;
    this.#filled = false;
    this.#notBefore = now + delay;
    this.#askAt = this.#notBefore;
  }

  /** A message of a bulk, or one sent while it runs, came for the first time. @returns whether we follow it */
  follow(sequence: number, bulk: number, newest: number, now: number): Filling | undefined {
    const usable = this.#after !== undefined && !this.#filling && bulk > this.#after;
    if (usable && bulk > this.#unmarked)
      this.#filling = {
        ...{ begin: bulk, mark: this.#newMark(), end: undefined, total: 0, done: 0 },
        complete: false,
      };
    else if (usable) this.lack(newest, now);
    if (this.markOf(sequence) === 0) this.#unmarked = Math.max(this.#unmarked, sequence);
    return this.#filling;
  }

  bracket({ bulk, phase, sequence, total, complete }: BracketMessage, newest: number, now: number): void {
    const filling = this.#filling;
    if (filling?.begin !== bulk) return;
    if (phase === 'abandoned') this.lack(newest, now);
    else if (phase === 'end') filling.end = sequence;
    else Object.assign(filling, { total, complete });
  }

  walked(bulk: number, records: number): void {
    if (this.#filling?.begin === bulk) this.#filling.done += records;
  }

  /** What records of this message bear in the table; 0: nothing. */
  markOf(sequence: number): number {
    const { begin, mark } = this.#filling ?? {};
    return begin !== undefined && mark !== undefined && sequence >= begin ? mark : 0;
  }

  /** @param upTo everything that is wanted up to there is in the table */
  advance(upTo: number): void {
    const { end } = this.#filling ?? {};
    if (end !== undefined && upTo >= end) this.#filled = true;
  }

  /** What was not named is out of the table. */
  cleaned(): void {
    this.#after = undefined;
    this.#filling = undefined;
    this.#filled = false;
  }
}
