/**
 * What has come of one sender's epoch, and what is to be asked for again. Records carry (term, version), so they are
 * applied in any order; the sequence only tells whether one is missing.
 *
 *     missing --it comes--> taken
 *        |  asked for after REORDER, and again after pauses that grow
 *        +--the sender does not have it any more--> lost
 */
import { MOST_RUNS, type Position, type Run } from '../wire/sync-message.ts';
import { Ranges } from './ranges.ts';

/** Microseconds: what only changed places on the way comes in that time. */
export const REORDER = 2000;
/**
 * Pauses between questions, in microseconds: the first is about a round trip, and longer where answers take longer, or a busy
 * sender would give each of them twice. Short enough for twenty tries before a hole is overdue.
 */
const FIRST_PAUSE = 6000;
const LONGEST_FIRST_PAUSE = 25_000;
const LONGEST_PAUSE = 16_000;
/** How much longer than the usual answer the first pause is, and which part of the news a single answer is. */
const PATIENCE = 1.5;
const NEWS = 1 / 8;
/** Numbers that are asked for at once: the sender's answers fit into a receive buffer. */
const MOST_ASKED = 256;
/** Ranges that are kept; beyond, the oldest is lost before its time. */
export const MOST_HOLES = 4096;
/** Microseconds until a hole means that we lack something: of 30 % loss, less than once in a day. */
export const HOLE_BOUND = 500_000;

export interface StreamCounts {
  /** Runs of numbers that were asked for. */
  readonly gaps: number;
  /** Numbers that never came, and will not. */
  readonly lost: number;
}

export class Stream {
  readonly epoch: number;
  readonly #missing = new Ranges();
  #newest: number;
  /** Numbers up to here were sent before we listened: no loss of the network. */
  #history = 0;
  /** No datagram of it was seen yet, and it may have begun before us. */
  #joining: boolean;
  /** The last number of the newest run that was counted as a gap. */
  #lastGap = 0;
  #gaps = 0;
  #lost = 0;
  /** Microseconds from a question to its answer, as a rule. */
  #answerTime = 0;

  /**
   * @param joining its beginning may have passed before we listened
   * @param after what of this epoch is in the table already
   */
  constructor(epoch: number, joining: boolean, after = 0) {
    this.epoch = epoch;
    this.#newest = after;
    this.#joining = joining;
  }

  /** The newest number known to have been sent. */
  get newest(): number {
    return this.#newest;
  }

  /** Everything up to here has come, or is not wanted any more. */
  get upTo(): number {
    return (this.#missing.first?.from ?? this.#newest + 1) - 1;
  }

  get position(): Position {
    return { epoch: this.epoch, sequence: this.upTo };
  }

  /** How many numbers are missing. */
  get missing(): number {
    return this.#missing.numbers;
  }

  /** Something has been missing for longer than repair takes, or since before we listened; or much is. */
  overdue(now: number): boolean {
    const { first } = this.#missing;
    if (!first) return false;
    return first.from <= this.#history || this.missing > MOST_ASKED || now - first.since >= HOLE_BOUND;
  }

  /** A message came. @returns whether it is the first time */
  take(sequence: number, now: number): boolean {
    if (sequence <= this.#newest) {
      const range = this.#missing.take(sequence);
      if (range && range.askedAt > 0) this.#answerTime += (now - range.askedAt - this.#answerTime) * NEWS;
      return range !== undefined;
    }
    this.#join(sequence - 1);
    this.#wait(sequence - 1, now);
    this.#newest = sequence;
    return true;
  }

  /**
   * The sender says how many messages it has sent, and which it can send again.
   * @returns whether something is lost for good
   */
  heard(newest: number, oldest: number, now: number): boolean {
    this.#join(newest);
    this.#wait(newest, now);
    return this.#lose(Math.min(oldest, this.#newest + 1));
  }

  /** What was sent and is not wanted. */
  pass(sequence: number): void {
    this.#joining = false;
    if (sequence > this.#newest) this.#newest = sequence;
  }

  /** Nothing below is wanted any more. */
  drop(below: number): void {
    this.#missing.drop(below);
  }

  /** What is to be asked for now. */
  ask(now: number): Run[] {
    const runs: Run[] = [];
    let room = MOST_ASKED;
    for (let index = 0; room > 0 && runs.length < MOST_RUNS; index++) {
      const range = this.#missing.at(index);
      if (!range) break;
      const count = Math.min(range.to - range.from + 1, room);
      // Asked for already: its answers are on their way.
      room -= count;
      if (range.askAt > now) continue;
      const { from } = range;
      const pause = Math.max(range.pause, this.#firstPause);
      this.#missing.change(index, count, {
        askAt: now + pause,
        pause: Math.min(2 * pause, Math.max(pause, LONGEST_PAUSE)),
        askedAt: range.askedAt || now,
      });
      runs.push({ from, count });
      this.#countGap(range.from, range.to);
    }
    return runs;
  }

  /** Too many holes: the oldest is given up. @returns whether there were */
  expire(): boolean {
    let given = false;
    while (this.#missing.length > MOST_HOLES) given = this.#lose((this.#missing.first?.to ?? 0) + 1) || given;
    return given;
  }

  /** What to add to the counters since the last time. */
  counts(): StreamCounts {
    const counts = { gaps: this.#gaps, lost: this.#lost };
    this.#gaps = 0;
    this.#lost = 0;
    return counts;
  }

  get #firstPause(): number {
    return Math.min(Math.max(FIRST_PAUSE, PATIENCE * this.#answerTime), LONGEST_FIRST_PAUSE);
  }

  #lose(below: number): boolean {
    const before = this.#missing.numbers;
    this.#lost += this.#missing.drop(below, this.#history);
    return this.#missing.numbers < before;
  }

  #countGap(from: number, to: number): void {
    if (to > this.#history && from > this.#lastGap) this.#gaps++;
    this.#lastGap = Math.max(this.#lastGap, to);
  }

  #join(history: number): void {
    if (this.#joining) this.#history = history;
    this.#joining = false;
  }

  #wait(upTo: number, now: number): void {
    if (upTo <= this.#newest) return;
    const from = this.#newest + 1;
    this.#missing.push({ from, to: upTo, since: now, askAt: now + REORDER, pause: FIRST_PAUSE, askedAt: 0 });
    this.#newest = upTo;
  }
}
