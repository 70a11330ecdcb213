/**
 * The sender's half of bulk transfers: who wants the table, when a walk over it begins, and how fast it goes.
 *
 *     idle --somebody lacks the table--> running --the walk is over--> idle
 *                                           |
 *                                           +-- nobody who asked is left --> idle (abandoned)
 *
 * A walk serves everybody whose want arose before it began. Who asks later waits for the next.
 */
import type { Ack } from '../wire/sync-message.ts';

/** Messages on their way to the slowest receiver: at first, and the bounds. What is lost halves it, as TCP does. */
const FIRST_WINDOW = 64;
const LEAST_WINDOW = 16;
const MOST_WINDOW = 1024;
/** Microseconds: a round trip of a busy pair, in which one loss counts once. */
const ROUND = 20_000;
/** Messages that a receiver may be behind: what it misses must still be in our history. */
const LONGEST_TAIL = 12_000;
/** Microseconds without a word after which a receiver is not waited for. */
const SILENCE = 2_000_000;
/** Between the end of one and the begin of the next. */
const PAUSE = 100_000;

interface Receiver {
  readonly ack: Ack;
  readonly at: number;
}

export type GiverStep = 'begin' | 'walk' | 'abandon';

export interface BulkProgress {
  readonly done: number;
  /** About; 0 when it is not known yet. */
  readonly total: number;
}

export class BulkGiver {
  /** Whom the one that runs serves. */
  readonly #receivers = new Map<number, Receiver>();
  /** Who wants one that has not begun yet, and since when we know. */
  readonly #waiting = new Map<number, Receiver>();
  /** Of the newest one; 0 when there was none. */
  #begin = 0;
  #running = false;
  #endedAt = Number.NEGATIVE_INFINITY;
  #window = FIRST_WINDOW;
  #shrunkAt = Number.NEGATIVE_INFINITY;
  #done = 0;
  #total = 0;

  get progress(): BulkProgress | undefined {
    return this.#running ? { done: this.#done, total: Math.max(this.#total, this.#done) } : undefined;
  }

  get done(): number {
    return this.#done;
  }

  /** Another epoch: nothing of what was before counts. */
  reset(): void {
    this.#receivers.clear();
    this.#waiting.clear();
    this.#begin = 0;
    this.#running = false;
  }

  heed(from: number, ack: Ack, now: number): void {
    const { bulkAfter } = ack;
    this.#waiting.delete(from);
    this.#receivers.delete(from);
    if (bulkAfter === undefined) return;
    const served = this.#begin > bulkAfter;
    if (!served) this.#waiting.set(from, { ack, at: now });
    else if (this.#running) {
      this.#receivers.set(from, { ack, at: now });
      this.#adapt(ack, now);
    }
  }

  /** What is to be done now. */
  next(now: number): GiverStep | undefined {
    for (const group of [this.#receivers, this.#waiting])
      for (const [from, { at }] of group) if (now - at > SILENCE) group.delete(from);
    if (this.#running) return this.#receivers.size > 0 ? 'walk' : 'abandon';
    return this.#waiting.size > 0 && now - this.#endedAt >= PAUSE ? 'begin' : undefined;
  }

  /** @param total records that the walk will find, about */
  began(begin: number, total: number, now: number): void {
    this.#begin = begin;
    this.#running = true;
    this.#done = 0;
    this.#total = total;
    this.#window = FIRST_WINDOW;
    this.#shrunkAt = now;
    for (const [from, receiver] of this.#waiting) this.#receivers.set(from, receiver);
    this.#waiting.clear();
  }

  walked(records: number): void {
    this.#done += records;
  }

  ended(now: number): void {
    this.#running = false;
    this.#endedAt = now;
    this.#receivers.clear();
  }

  /** How many messages may be sent now. @param newest the last that was sent */
  room(newest: number): number {
    let room = this.#window;
    for (const { ack } of this.#receivers.values()) {
      // What it said before the walk began tells how far it was then, not how far behind it is.
      const known = Math.max(ack.newest, this.#begin - 1);
      const missing = ack.newest >= this.#begin ? ack.missing : 0;
      room = Math.min(room, this.#window - (newest - known) - missing);
      if (newest - Math.max(ack.upTo, this.#begin - 1) > LONGEST_TAIL) room = 0;
    }
    return Math.max(0, room);
  }

  #adapt({ again }: Ack, now: number): void {
    if (again.length === 0) this.#window = Math.min(MOST_WINDOW, this.#window + 2);
    else if (now - this.#shrunkAt >= ROUND) {
      this.#shrunkAt = now;
      this.#window = Math.max(LEAST_WINDOW, this.#window * 0.7);
    }
  }
}
