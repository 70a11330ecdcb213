/**
 * The master loses its power under 2,000 new connections a second. What the client saw established and then lost is
 * counted, by how long before the crash it was established: the lag of the sync stream bounds it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { now } from '../../src/drill/traffic/channel.ts';
import type { Failure } from '../support/load/programs.ts';
import { TestPair } from '../support/pair.ts';
import { report, seconds } from '../support/report.ts';

const RATE = Number(process.env.TRIAL_RATE ?? 2000);
/** Each connection lives so long: at the crash, all of the last two seconds are open. */
const HOLD_MS = 2000;
const BEFORE_MS = 8000;
const AFTER_MS = 8000;
/** What is aimed at: nothing older than that is lost. */
const AIM_MS = 5;
/** Upper ends of the histogram's rows, in ms before the crash. */
const ROWS = [1, 2, 3, 5, 10, 20, 50, 100, 1000, Number.POSITIVE_INFINITY] as const;

let pair: TestPair;
beforeAll(async () => {
  pair = await TestPair.up({ advertMs: 100 });
});
afterAll(async () => {
  expect(await pair.down()).toEqual([]);
});

test('of what the client saw established, only what the lag covers is lost', async () => {
  const load = await pair.load({
    rate: RATE,
    count: (RATE * (BEFORE_MS + AFTER_MS)) / 1000,
    hold: HOLD_MS,
  });
  await pair.pause(BEFORE_MS);
  const lag = (await pair.lb1.status())?.sync.lag_ms;
  const begin = now();
  // From one frame to the next; the carrier follows.
  pair.wires.cut({ from: 'lb1' });
  pair.wires.cut({ to: 'lb1' });
  const crash = now();
  await pair.lab.cut('lb1');
  await pair.lb1.kill();
  pair.lb1.forget();
  await pair.until('lb2', 'take over', ({ role }) => role === 'master');
  const taken = now() - crash;
  const traffic = await load.done(120_000);
  const lost = load.failures.filter(({ established }) => established <= crash);
  const later = load.failures.filter(({ established }) => established > crash);
  report(`crash-under-load: ${RATE} connections a second, power cut of the master`, [
    ['connections', `${traffic.established} established, ${load.refusals.length} never`],
    ['open at the crash', (RATE * HOLD_MS) / 1000],
    ['links cut within', `${(crash - begin).toFixed(2)} ms`],
    ['the other one is master after', seconds(taken)],
    ['lag before the crash p50, p99, max', `${lag?.p50} ms, ${lag?.p99} ms, ${lag?.max} ms`],
    ['established before the crash, then lost', lost.length],
    ['established after it, then lost', later.length],
  ]);
  histogram(lost, crash);
  const bound = Math.max(AIM_MS, lag?.max ?? 0);
  const beyond = lost.filter(({ established }) => crash - established > bound);
  report(`older than the lag's bound of ${bound.toFixed(1)} ms`, [['lost', beyond.length]]);
  expect(later).toEqual([]);
  expect(beyond).toEqual([]);
});

function histogram(lost: readonly Failure[], crash: number): void {
  const ages = lost.map(({ established }) => crash - established);
  const rows = ROWS.map((to, index): [string, number] => {
    const from = ROWS[index - 1] ?? 0;
    return [`${from} to ${to} ms before`, ages.filter((age) => age >= from && age < to).length];
  });
  report('lost, by when they were established', rows);
}
