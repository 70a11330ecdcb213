/** Counts of the sync channel since the daemon's start, and news of refusals at a bounded rate. */
import type { SyncWireError } from '../../wire/sync-error.ts';
import { Seldom } from '../seldom.ts';
import type { SyncCounters } from '../status.ts';

type Counts = Omit<SyncCounters, 'rejected'>;

export class Counters {
  readonly #counts: { -readonly [Name in keyof Counts]: number } = {
    sent: 0,
    received: 0,
    records_sent: 0,
    records_applied: 0,
    records_stale: 0,
    gaps: 0,
    lost: 0,
    duplicates: 0,
    foreign: 0,
    ring_overflows: 0,
  };
  readonly #rejected: Record<string, number> = {};
  readonly #seldom = new Seldom();
  readonly #report: (cause: string, message: string) => void;

  constructor(report: (cause: string, message: string) => void) {
    this.#report = report;
  }

  add(name: keyof Counts, count = 1): void {
    this.#counts[name] += count;
  }

  refuse(error: SyncWireError, now: number): void {
    // A kernel's director on the same group is no fault.
    if (error.refusal === 'foreign') this.add('foreign');
    else this.reject(error.refusal, 1, error.message, now);
  }

  reject(cause: string, count: number, message: string, now: number): void {
    this.#rejected[cause] = (this.#rejected[cause] ?? 0) + count;
    const said = this.#seldom.say(cause, message, now);
    if (said !== undefined) this.#report(cause, said);
  }

  snapshot(): SyncCounters {
    return { ...this.#counts, rejected: { ...this.#rejected } };
  }
}
