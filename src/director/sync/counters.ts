/** Counts of the sync channel since the daemon's start, and news of refusals at a bounded rate. */
import type { SyncRefusal, SyncWireError } from '../../wire/sync-error.ts';
import { Seldom } from '../seldom.ts';
import { NO_SYNC_COUNTS, type SyncCount, type SyncCounters } from '../status.ts';

export class Counters {
  readonly #counts: Record<SyncCount, number> = { ...NO_SYNC_COUNTS };
  readonly #rejected: Record<string, number> = {};
  readonly #seldom = new Seldom();
  readonly #report: (cause: string, message: string) => void;

  constructor(report: (cause: string, message: string) => void) {
    this.#report = report;
  }

  add(name: SyncCount, count = 1): void {
    this.#counts[name] += count;
  }

  refuse(error: SyncWireError, now: number): void {
    // A kernel's director on the same group is no fault.
    if (error.refusal === 'foreign') this.add('foreign');
    else this.reject(error.refusal, 1, error.message, now);
  }

  /** Refused without a word: it is no fault. */
  count(cause: SyncRefusal): void {
    this.#tally(cause, 1);
  }

  reject(cause: string, count: number, message: string, now: number): void {
    this.#tally(cause, count);
    const said = this.#seldom.say(cause, message, now);
    if (said !== undefined) this.#report(cause, said);
  }

  #tally(cause: string, count: number): void {
    this.#rejected[cause] = (this.#rejected[cause] ?? 0) + count;
  }

  snapshot(): SyncCounters {
    return { ...this.#counts, rejected: { ...this.#rejected } };
  }
}
