/** A million connections in the master's table, and a backup that begins with nothing, while others come and go. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { now } from '../../src/drill/traffic/channel.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { counts } from '../support/churn.ts';
import { TestPair } from '../support/pair.ts';
import { report, seconds } from '../support/report.ts';

const CONNECTIONS = Number(process.env.TRIAL_CONNECTIONS ?? 1_000_000);
/** New ones a second, all the time. */
const RATE = 500;
const LOAD_S = 60;
/** Far beyond what is aimed at: 5 s. */
const PATIENCE_MS = 120_000;
const EVERY_MS = 20;

let pair: TestPair;
beforeAll(async () => {
  pair = await TestPair.up();
});
afterAll(async () => {
  expect(await pair.down()).toEqual([]);
});

test('a backup that lost its table has the whole again, and what came meanwhile', async () => {
  const filled = await pair.fill('lb1', CONNECTIONS);
  const followed = await pair.equal(now(), PATIENCE_MS);
  await pair.lb2.kill();
  pair.lb2.forget();
  const load = await pair.load({ rate: RATE, count: RATE * LOAD_S });
  await pair.pause(1000);

  const started = now();
  await pair.lb2.start();
  const status = () => pair.lb2.status();
  const every = { timeoutMs: PATIENCE_MS, everyMs: EVERY_MS };
  await waitFor('the new daemon to answer', status, every);
  const answered = now();
  await waitFor('the whole table', async () => (await status())?.peer.synced, every);
  const whole = now();
  const has = await pair.counts();
  const during = load.sums;
  load.stop();
  const traffic = await load.done(PATIENCE_MS);
  const equal = await pair.equal(traffic.at, PATIENCE_MS);
  const [one, other] = await Promise.all([pair.lb1.status(), pair.lb2.status()]);
  if (!one || !other) throw new Error('a director does not answer');
  report(`bulk: ${CONNECTIONS} connections, and ${RATE} new ones a second`, [
    ['filled by handshakes', `${filled.opened} in ${filled.seconds.toFixed(1)} s`],
    ['both had all after', seconds(followed.afterMs)],
    ['the new daemon answered after', seconds(answered - started)],
    ['it had the whole table after', seconds(whole - started)],
    ['of that, after its first answer', seconds(whole - answered)],
    ['connections at that moment', `master ${has.lb1}, backup ${has.lb2}`],
    ['new ones until then', `${during.established} of ${during.opened}`],
    ['tables equal after the traffic', `${seconds(equal.afterMs)}, ${equal.connections} connections`],
    ['master', counts(one.sync)],
    ['backup', counts(other.sync)],
  ]);
  expect(filled.opened).toBe(CONNECTIONS);
  expect(traffic).toMatchObject({ refused: 0, failed: 0 });
  expect(has.lb2).toBeGreaterThanOrEqual(CONNECTIONS);
  expect(equal.connections).toBe(CONNECTIONS + traffic.established);
});
