/** When to say where the floating addresses are: soon and often, because the first frames may be lost. */
import type { FloatingAddress } from './messages.ts';

/**
 * Microseconds after the takeover, and how many times each address is announced then. Five at once and five
 * later is what keepalived does (garp_master_repeat), with 1 s instead of its 5 between; the rest reaches
 * switches whose ports came up in the meantime.
 */
const SCHEDULE: readonly (readonly [afterUs: number, repeat: number])[] = [
  [0, 5],
  [1_000_000, 5],
  [3_000_000, 1],
  [10_000_000, 1],
  [30_000_000, 1],
  [60_000_000, 1],
];

export class Announcer {
  #floating: readonly FloatingAddress[];
  #startedAt = 0;
  /** Index into the schedule; behind its end nothing is due. */
  #next = SCHEDULE.length;

  constructor(floating: readonly FloatingAddress[]) {
    this.#floating = floating;
  }

  setFloating(floating: readonly FloatingAddress[]): void {
    this.#floating = floating;
  }

  start(now: number): void {
    this.#startedAt = now;
    this.#next = 0;
  }

  stop(): void {
    this.#next = SCHEDULE.length;
  }

  /** Infinity when nothing is planned. */
  deadline(): number {
    const entry = SCHEDULE[this.#next];
    return entry ? this.#startedAt + entry[0] : Number.POSITIVE_INFINITY;
  }

  /** The announcements to send now, each address as many times as it stands in the result. */
  due(now: number): FloatingAddress[] {
    const entry = SCHEDULE[this.#next];
    if (!entry || now < this.#startedAt + entry[0]) return [];
    this.#next += 1;
    return Array.from({ length: entry[1] }, () => this.#floating).flat();
  }
}
