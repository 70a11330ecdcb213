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

/** An address and its way through the schedule; behind the end nothing is due. */
interface Planned {
  readonly floating: FloatingAddress;
  readonly startedAt: number;
  readonly next: number;
}

export class Announcer {
  #planned: readonly Planned[];

  constructor(floating: readonly FloatingAddress[]) {
    this.#planned = floating.map(silent);
  }

  /** The addresses from now on. @param owner whether new ones are announced at once; the others go on as planned */
  setFloating(floating: readonly FloatingAddress[], owner: boolean, now: number): void {
    const before = new Map(this.#planned.map((planned) => [nameOf(planned.floating), planned]));
    this.#planned = floating.map(
      (each) =>
        before.get(nameOf(each)) ?? (owner ? { floating: each, startedAt: now, next: 0 } : silent(each)),
    );
  }

  start(now: number): void {
    this.#planned = this.#planned.map(({ floating }) => ({ floating, startedAt: now, next: 0 }));
  }

  stop(): void {
    this.#planned = this.#planned.map(({ floating }) => silent(floating));
  }

  /** Infinity when nothing is planned. */
  deadline(): number {
    return this.#planned.reduce(
      (soonest, planned) => Math.min(soonest, dueAt(planned)),
      Number.POSITIVE_INFINITY,
    );
  }

  /** The announcements to send now, each address as many times as it stands in the result. */
  due(now: number): FloatingAddress[] {
    if (now < this.deadline()) return [];
    const due = this.#planned.filter((planned) => dueAt(planned) <= now);
    this.#planned = this.#planned.map((planned) =>
      dueAt(planned) <= now ? { ...planned, next: planned.next + 1 } : planned,
    );
    // All of them once before any of them again: the first that arrives is the one that counts.
    const rounds = Math.max(...due.map(repeats));
    return Array.from({ length: rounds }, (_, round) => due.filter((planned) => repeats(planned) > round))
      .flat()
      .map(({ floating }) => floating);
  }
}

const silent = (floating: FloatingAddress): Planned => ({ floating, startedAt: 0, next: SCHEDULE.length });

/** Equal for what the neighbours have been told already. */
const nameOf = ({ address, ifindex, mac }: FloatingAddress) => `${address} ${ifindex} ${mac}`;

const repeats = ({ next }: Planned) => SCHEDULE[next]?.[1] ?? 0;

function dueAt({ startedAt, next }: Planned): number {
  const entry = SCHEDULE[next];
  return entry ? startedAt + entry[0] : Number.POSITIVE_INFINITY;
}
