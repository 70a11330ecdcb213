/** Connections opened, used and closed at a steady rate, while the sync link has its troubles. */

import type { Status, SyncStatus } from '../../src/director/status.ts';
import type { Failure, Sums } from './load/programs.ts';
import type { Equal, TestPair } from './pair.ts';
import { report, seconds } from './report.ts';

export interface Churn {
  /** Connections a second. */
  readonly rate: number;
  readonly seconds: number;
  /** Done to the link while connections come and go; its end is the end of the trouble. */
  readonly meanwhile?: (pair: TestPair) => Promise<void>;
}

/** Some end by RST, so that the tables hold that state too. Their entries go after 10 s. */
const RESET_EVERY = 16;
/** Of a packet at its origin: of Linux, and of the plane's own. */
const HOPS = 64;
/** Beyond what is asked for: a busy machine is slower, and TCP repeats what it loses. */
const SLACK_MS = 120_000;

export interface ChurnResult {
  readonly traffic: Sums;
  readonly failures: readonly Failure[];
  readonly equal: Equal;
  /** At the end. */
  readonly sender: Status;
  readonly receiver: Status;
}

/** @param equalMs the longest wait for equal tables, counted from the last packet */
export async function churn(pair: TestPair, spec: Churn, equalMs: number): Promise<ChurnResult> {
  const load = await pair.load({ rate: spec.rate, count: spec.rate * spec.seconds, reset: RESET_EVERY });
  await Promise.all([spec.meanwhile?.(pair), load.opened(spec.seconds * 1000 + SLACK_MS)]);
  const traffic = await load.done(SLACK_MS);
  const equal = await pair.equal(traffic.at, equalMs);
  const [one, other] = await Promise.all([pair.lb1.status(), pair.lb2.status()]);
  if (!one || !other) throw new Error('a director does not answer');
  return { traffic, failures: [...load.failures, ...load.refusals], equal, sender: one, receiver: other };
}

/** How many connections there must be at least, when those that ended by RST may have expired. */
export const leastOf = (opened: number): number => opened - Math.ceil(opened / RESET_EVERY);

export function reportChurn(title: string, result: ChurnResult): void {
  const { traffic, failures, equal, sender, receiver } = result;
  const { p50, p99, max } = sender.sync.lag_ms;
  report(title, [
    ['connections opened', `${traffic.opened} in ${traffic.seconds.toFixed(1)} s`],
    ['never established, lost', [`${traffic.refused}, ${traffic.failed}`, ...causes(failures)].join('; ')],
    ['leases that ran out', [sender, receiver].map(({ vrrp }) => vrrp.lapses ?? 0).join(', ')],
    ['dropped by the sender', named(sender.drops)],
    ['dropped by the receiver', named(receiver.drops)],
    ['what else the sender counted', named(sender.events)],
    ['what else the receiver counted', named(receiver.events)],
    ['in both tables, equal', equal.connections],
    [
      'equal after the last packet',
      `by a comparison that began after ${seconds(equal.foundMs)} and took ${seconds(equal.tookMs)}`,
    ],
    ['lag p50, p99, max', `${p50} ms, ${p99} ms, ${max} ms`],
    ['sender', counts(sender.sync)],
    ['receiver', counts(receiver.sync)],
  ]);
}

/** The clients of a cause that are named. */
const MOST_NAMED = 3;

/** How often each was the cause, and whose. */
function causes(failures: readonly Failure[]): string[] {
  const clients = new Map<string, string[]>();
  for (const { error, phase, client, hops } of failures) {
    const cause = `${error}${hops > 0 ? ` by ${resetter(hops)}` : ''} in phase ${phase}`;
    clients.set(cause, [...(clients.get(cause) ?? []), client]);
  }
  return [...clients].map(
    ([cause, all]) => `${all.length} ${cause} (${all.slice(0, MOST_NAMED).join(', ')})`,
  );
}

/** A director's own packets have all their hops left at its neighbours; what a server sent has passed one. */
const resetter = (hops: number): string =>
  hops === HOPS ? 'a director' : `a server, ${HOPS - hops} hops away`;

const named = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

/** All counters that are not 0. */
export function counts(status: SyncStatus): string {
  return Object.entries(status)
    .filter(([, value]) => typeof value === 'number' && value !== 0)
    .concat(Object.entries(status.rejected).map(([cause, count]) => [`rejected ${cause}`, count]))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
