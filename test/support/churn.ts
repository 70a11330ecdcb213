/** Connections opened, used and closed at a steady rate, while the sync link has its troubles. */

import type { SyncStatus } from '../../src/director/status.ts';
import type { Sums } from './load/programs.ts';
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
/** Beyond what is asked for: a busy machine is slower, and TCP repeats what it loses. */
const SLACK_MS = 120_000;

export interface ChurnResult {
  readonly traffic: Sums;
  readonly equal: Equal;
  /** Of the sender, at the end. */
  readonly sender: SyncStatus;
  readonly receiver: SyncStatus;
}

/** @param equalMs the longest wait for equal tables, counted from the last packet */
export async function churn(pair: TestPair, spec: Churn, equalMs: number): Promise<ChurnResult> {
  const load = await pair.load({ rate: spec.rate, count: spec.rate * spec.seconds, reset: RESET_EVERY });
  await Promise.all([spec.meanwhile?.(pair), load.opened(spec.seconds * 1000 + SLACK_MS)]);
  const traffic = await load.done(SLACK_MS);
  const equal = await pair.equal(traffic.at, equalMs);
  const [one, other] = await Promise.all([pair.lb1.status(), pair.lb2.status()]);
  if (!one || !other) throw new Error('a director does not answer');
  return { traffic, equal, sender: one.sync, receiver: other.sync };
}

/** How many connections there must be at least, when those that ended by RST may have expired. */
export const leastOf = (opened: number): number => opened - Math.ceil(opened / RESET_EVERY);

export function reportChurn(title: string, { traffic, equal, sender, receiver }: ChurnResult): void {
  const { p50, p99, max } = sender.lag_ms;
  report(title, [
    ['connections opened', `${traffic.opened} in ${traffic.seconds.toFixed(1)} s`],
    ['never established, lost', `${traffic.refused}, ${traffic.failed}`],
    ['in both tables, equal', equal.connections],
    [
      'equal after the last packet',
      `${seconds(equal.afterMs)}, of which one comparison takes ${seconds(equal.tookMs)}`,
    ],
    ['lag p50, p99, max', `${p50} ms, ${p99} ms, ${max} ms`],
    ['sender', counts(sender)],
    ['receiver', counts(receiver)],
  ]);
}

/** All counters that are not 0. */
export function counts(status: SyncStatus): string {
  return Object.entries(status)
    .filter(([, value]) => typeof value === 'number' && value !== 0)
    .concat(Object.entries(status.rejected).map(([cause, count]) => [`rejected ${cause}`, count]))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
