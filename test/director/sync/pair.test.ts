/** Two real daemons in the lab: small versions of the trials (test/trials), on durations of which nothing depends. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { now } from '../../../src/drill/traffic/channel.ts';
import { type ChurnResult, churn, leastOf } from '../../support/churn.ts';
import { TestPair } from '../../support/pair.ts';

const RATE = 300;
const SECONDS = 3;
/** No machine needs so long. */
const PATIENCE_MS = 60_000;
const FILLED = 20_000;
const LINK = [
  { from: 'lb1', to: 'lb2', on: 'sync' },
  { from: 'lb2', to: 'lb1', on: 'sync' },
] as const;

let pair: TestPair;
beforeAll(async () => {
  pair = await TestPair.up();
});
afterAll(async () => {
  expect(await pair.down()).toEqual([]);
});
beforeEach(async () => {
  await pair.until('lb2', 'hold the table', ({ peer }) => peer.synced);
});
afterEach(() => pair.wires.heal());

function expectWhole({ traffic, equal }: ChurnResult): void {
  expect(traffic).toMatchObject({ refused: 0, failed: 0, established: RATE * SECONDS });
  expect(equal.connections).toBeGreaterThanOrEqual(leastOf(RATE * SECONDS));
}

test('what comes and goes at the master, comes and goes at the backup', async () => {
  const result = await churn(pair, { rate: RATE, seconds: SECONDS }, PATIENCE_MS);
  expectWhole(result);
  expect(result.receiver.sync).toMatchObject({ lost: 0, duplicates: 0, rejected: {} });
}, 120_000);

test('a link that loses, doubles and reorders costs no record, while it goes on doing so', async () => {
  LINK.forEach((way, seed) => {
    pair.wires.impair(way, { loss: 0.3, duplicates: 0.05, delay: { ms: [1, 10], share: 0.2 }, seed });
  });
  const result = await churn(pair, { rate: RATE, seconds: SECONDS }, PATIENCE_MS);
  expectWhole(result);
  expect(pair.wires.tally(LINK[0]).lost).toBeGreaterThan(0);
  expect(result.receiver.sync.lost).toBe(0);
}, 120_000);

test('what passed while the link was dead is made good when it is back', async () => {
  const result = await churn(
    pair,
    {
      rate: RATE,
      seconds: SECONDS,
      meanwhile: async () => {
        for (const way of LINK) pair.wires.cut(way);
        // Nothing is announced to a peer that is silent for a second: that it is gone must be noticed.
        await pair.until('lb2', 'miss its peer', ({ peer }) => (peer.sync_ms ?? 0) > 1500);
        pair.wires.heal();
      },
    },
    PATIENCE_MS,
  );
  expectWhole(result);
  await pair.until('lb2', 'be whole', ({ peer }) => peer.synced);
}, 120_000);

test('a backup that lost its table gets the whole, and what is opened meanwhile', async () => {
  expect(await pair.fill('lb1', FILLED)).toMatchObject({ opened: FILLED });
  await pair.lb2.kill();
  pair.lb2.forget();
  const load = await pair.load({ rate: RATE, count: RATE * 60 });
  await pair.start('lb2', 'backup');
  await pair.until('lb2', 'hold the whole table', ({ peer }) => peer.synced);
  expect((await pair.counts()).lb2).toBeGreaterThanOrEqual(FILLED);
  load.stop();
  const traffic = await load.done(PATIENCE_MS);
  expect(traffic).toMatchObject({ refused: 0, failed: 0 });
  const equal = await pair.equal(now(), PATIENCE_MS);
  expect(equal.connections).toBeGreaterThanOrEqual(FILLED + traffic.established);
}, 120_000);
