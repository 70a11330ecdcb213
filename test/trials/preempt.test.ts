/**
 * A director of higher priority that comes back empty must not be master before it has the table, in whatever order
 * it hears the other one: first its advertisements, or first its sync stream.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { now } from '../../src/drill/traffic/channel.ts';
import type { DirectorName } from '../../src/lab/pair.ts';
import { TestPair } from '../support/pair.ts';
import { report, seconds } from '../support/report.ts';

const CONNECTIONS = 50_000;
const PATIENCE_MS = 60_000;
/** More than two master-down intervals. */
const WATCH_MS = 10_000;
const WAY = { from: 'lb2', to: 'lb1' } as const;

let pair: TestPair;
beforeAll(async () => {
  pair = await TestPair.up();
  await pair.fill('lb1', CONNECTIONS, 20_000);
  await pair.equal(now(), PATIENCE_MS);
});
afterAll(async () => {
  expect(await pair.down()).toEqual([]);
});

/** lb1 loses its power, and lb2 has everything. */
beforeEach(async () => {
  await pair.until('lb1', 'be master', ({ role }) => role === 'master');
  await pair.until('lb2', 'hold the table', ({ peer }) => peer.synced);
  await pair.lab.cut('lb1');
  await pair.lb1.kill();
  pair.lb1.forget();
  await pair.until('lb2', 'take over', ({ role }) => role === 'master');
  await pair.lab.reboot('lb1');
});

interface Sample {
  readonly at: number;
  readonly role: string;
  readonly synced: boolean;
  readonly other: string;
}

/** Looks at both until lb1 is master, or for a time. */
async function watch(begin: number, lastMs: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  while (now() - begin < lastMs) {
    // The one that comes back is asked first: it may have changed since, but not back.
    const one = await pair.lb1.status();
    const two = await pair.lb2.status();
    if (!one || !two) continue;
    samples.push({ at: now() - begin, role: one.role, synced: one.peer.synced, other: two.role });
    if (one.role === 'master' && two.role === 'backup') return samples;
    await pair.pause(10);
  }
  return samples;
}

function judge(title: string, samples: readonly Sample[]): void {
  const first = (holds: (sample: Sample) => boolean): string => {
    const found = samples.find(holds);
    return found ? seconds(found.at) : 'never';
  };
  report(`preempt: ${title}`, [
    ['looked at both', `${samples.length} times`],
    ['the whole table was there after', first(({ synced }) => synced)],
    ['the preferred one was master after', first(({ role }) => role === 'master')],
  ]);
  const early = samples.filter(({ role, synced }) => role === 'master' && !synced);
  expect(early.filter((_, index) => index < 3)).toEqual([]);
}

async function serves(name: DirectorName): Promise<void> {
  const load = await pair.load({ rate: 200, count: 200 });
  const traffic = await load.done(PATIENCE_MS);
  expect(traffic).toMatchObject({ established: 200, refused: 0, failed: 0 });
  const { connections } = await pair.until(name, 'hold all', (status) => status.connections >= CONNECTIONS);
  expect(connections).toBeGreaterThanOrEqual(CONNECTIONS);
  await pair.equal(traffic.at, PATIENCE_MS);
}

test('advertisements are heard first: it waits for the table, however long that takes', async () => {
  pair.wires.cut({ ...WAY, on: 'sync' });
  const begin = now();
  await pair.lb1.start();
  const deaf = await watch(begin, WATCH_MS);
  judge('advertisements first, no sync yet', deaf);
  expect(deaf.at(-1)).toMatchObject({ role: 'backup', synced: false, other: 'master' });
  // A slow link, so that the transfer takes its time.
  pair.wires.impair({ ...WAY, on: 'sync' }, { loss: 0.3, delay: { ms: [5, 10] } });
  const samples = await watch(begin, PATIENCE_MS);
  judge('advertisements first, then a slow transfer', samples);
  expect(samples.at(-1)).toMatchObject({ role: 'master', synced: true, other: 'backup' });
  pair.wires.heal();
  await serves('lb1');
});

test('the sync stream is heard first: it holds the table, and still takes nothing from a living master', async () => {
  pair.wires.cut({ ...WAY, on: 'front' });
  const begin = now();
  await pair.lb1.start();
  await pair.until('lb1', 'hold the table', ({ peer }) => peer.synced);
  pair.wires.heal();
  const samples = await watch(begin, PATIENCE_MS);
  judge('sync first', samples);
  expect(samples.at(-1)).toMatchObject({ role: 'master', synced: true, other: 'backup' });
  await serves('lb1');
});
