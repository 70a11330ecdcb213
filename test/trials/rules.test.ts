/** A rule set of 10,000 services on one director is there on the other one, too: at once, and after it was away. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DaemonPair } from '../support/daemon-pair.ts';
import { until } from '../support/until.ts';

const SERVICES = 10_000;
const SETTING = { sync: { interface: 'sync0', sealed: false }, rules: { replicate: true } };
const PATIENCE_MS = 300_000;

let pair: DaemonPair;
beforeAll(() => {
  pair = new DaemonPair('rules');
});
afterAll(async () => {
  await pair.remove();
});

async function agreed(): Promise<number> {
  const from = performance.now();
  const rules = () => Promise.all(pair.both.map(async (daemon) => (await daemon.status()).rules));
  const wanted = (await rules())[0]?.version;
  await until(
    'both have the same rules',
    async () => (await rules()).every(({ version, agreed }) => version === wanted && agreed),
    PATIENCE_MS,
  );
  return performance.now() - from;
}

test('10,000 services', async () => {
  await pair.start(SETTING);
  const lines: string[] = [];
  for (let n = 0; n < SERVICES; n++) {
    const at = `-t 10.2.${n >> 8}.${n & 255}:80`;
    lines.push(`-A ${at} -s rr`, `-a ${at} -r 192.168.10.2:80 -m -w 1`);
  }
  const from = performance.now();
  expect(pair.one.ipvsadm(['-R'], `${lines.join('\n')}\n`)).toMatchObject({ status: 0, stderr: '' });
  const restored = performance.now() - from;
  const first = await agreed();
  await pair.two.stop();
  await pair.two.start(SETTING);
  const again = await agreed();
  expect(pair.two.rules).toBe(pair.one.rules);
  expect(pair.two.rules.split('\n')).toHaveLength(2 * SERVICES + 1);
  console.table([
    { what: 'ipvsadm -R on one director', ms: Math.round(restored) },
    { what: 'then the same on the other one', ms: Math.round(first) },
    { what: 'the other one after a restart with nothing', ms: Math.round(again) },
  ]);
});
