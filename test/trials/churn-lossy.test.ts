/** The same traffic as in churn, while the sync link loses, doubles and reorders both ways. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { churn, leastOf, reportChurn } from '../support/churn.ts';
import { TestPair } from '../support/pair.ts';
import { report } from '../support/report.ts';

const RATE = Number(process.env.TRIAL_RATE ?? 5000);
const SECONDS = Number(process.env.TRIAL_SECONDS ?? 60);
const PROMISED_MS = 3000;
const TROUBLE = { loss: 0.3, duplicates: 0.05, delay: { ms: [1, 10], share: 0.2 } } as const;

let pair: TestPair;
beforeAll(async () => {
  pair = await TestPair.up();
});
afterAll(async () => {
  expect(await pair.down()).toEqual([]);
});

test('with 30 % loss, 5 % duplicates and reordering nothing is lost for good', async () => {
  const ways = [
    { from: 'lb1', to: 'lb2', on: 'sync' },
    { from: 'lb2', to: 'lb1', on: 'sync' },
  ] as const;
  ways.forEach((way, seed) => {
    pair.wires.impair(way, { ...TROUBLE, seed: seed + 1 });
  });
  // The link stays bad: what repairs the last records is lost too.
  const result = await churn(pair, { rate: RATE, seconds: SECONDS }, 60_000);
  reportChurn(`churn-lossy: ${RATE} connections a second for ${SECONDS} s over a bad link`, result);
  report(
    'frames on the sync link',
    ways.map((way) => {
      const { seen, lost, duplicated, held } = pair.wires.tally(way);
      return [`${way.from} to ${way.to}`, `${seen}, lost ${lost}, doubled ${duplicated}, late ${held}`];
    }),
  );
  expect(result.traffic).toMatchObject({ refused: 0, failed: 0, established: RATE * SECONDS });
  expect(result.equal.connections).toBeGreaterThanOrEqual(leastOf(RATE * SECONDS));
  expect(result.equal.foundMs).toBeLessThanOrEqual(PROMISED_MS);
});
