/** The same traffic as in churn, while the sync link is dead for 20 s in the middle. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { now } from '../../src/drill/traffic/channel.ts';
import { churn, leastOf, reportChurn } from '../support/churn.ts';
import { TestPair } from '../support/pair.ts';
import { report, seconds } from '../support/report.ts';

const RATE = Number(process.env.TRIAL_RATE ?? 5000);
const SECONDS = Number(process.env.TRIAL_SECONDS ?? 60);
const DEAD_MS = Number(process.env.TRIAL_DEAD_MS ?? 20_000);
const PROMISED_MS = 5000;
const GIVE_UP_MS = 60_000;

let pair: TestPair;
beforeAll(async () => {
  pair = await TestPair.up();
});
afterAll(async () => {
  expect(await pair.down()).toEqual([]);
});

test('a link that was dead for a while is caught up with', async () => {
  let returned = 0;
  let caughtUp: number | undefined;
  const lacking: number[] = [];
  const result = await churn(
    pair,
    {
      rate: RATE,
      seconds: SECONDS,
      meanwhile: async () => {
        await pair.pause((SECONDS * 1000 - DEAD_MS) / 2);
        pair.wires.cut({ from: 'lb1', to: 'lb2', on: 'sync' });
        pair.wires.cut({ from: 'lb2', to: 'lb1', on: 'sync' });
        await pair.pause(DEAD_MS);
        const { lb1, lb2 } = await pair.counts();
        lacking.push(lb1 - lb2);
        pair.wires.heal();
        returned = now();
        while (caughtUp === undefined && now() - returned < GIVE_UP_MS) {
          if ((await pair.lb2.status())?.peer.synced !== true) continue;
          const at = now() - returned;
          // The master's is read first: what it had then, the backup has now. Reading takes its time.
          const counted = await pair.counts();
          if (counted.lb2 >= counted.lb1) caughtUp = at;
        }
      },
    },
    60_000,
  );
  reportChurn(`churn-dead-link: ${RATE} connections a second for ${SECONDS} s`, result);
  report(`the sync link was dead for ${seconds(DEAD_MS)}`, [
    ['connections that the backup lacked', lacking.join()],
    ['whole and in step after its return', caughtUp === undefined ? 'never' : seconds(caughtUp)],
  ]);
  expect(result.traffic).toMatchObject({ refused: 0, failed: 0, established: RATE * SECONDS });
  expect(result.equal.connections).toBeGreaterThanOrEqual(leastOf(RATE * SECONDS));
  expect(caughtUp).toBeLessThanOrEqual(PROMISED_MS);
});
