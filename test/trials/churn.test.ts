/** Issue: 5,000 connections a second for a minute; the tables are equal within 1 s after the traffic stops. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { churn, leastOf, reportChurn } from '../support/churn.ts';
import { TestPair } from '../support/pair.ts';

const RATE = Number(process.env.TRIAL_RATE ?? 5000);
const SECONDS = Number(process.env.TRIAL_SECONDS ?? 60);
const PROMISED_MS = 1000;

let pair: TestPair;
beforeAll(async () => {
  pair = await TestPair.up();
});
afterAll(async () => {
  expect(await pair.down()).toEqual([]);
});

test('connections come and go, and the tables are equal within a second after', async () => {
  const result = await churn(pair, { rate: RATE, seconds: SECONDS }, 30_000);
  reportChurn(`churn: ${RATE} connections a second for ${SECONDS} s`, result);
  expect(result.traffic).toMatchObject({ refused: 0, failed: 0, established: RATE * SECONDS });
  expect(result.equal.connections).toBeGreaterThanOrEqual(leastOf(RATE * SECONDS));
  expect(result.equal.foundMs).toBeLessThanOrEqual(PROMISED_MS);
});
