/** Real daemons on the lab's lb1: what a restarted one does first. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Director } from '../../src/drill/director.ts';
import { Lab } from '../../src/lab/lab.ts';
import { PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import { TANDEM } from './run.ts';

/** Its lease outlives a killed daemon by 1.5 to 2.5 s. */
const ADVERT_MS = 1000;
// As a URL: NODE_OPTIONS is split at blanks.
const SLOW_PARSER = new URL('data/slow-parser.mjs', import.meta.url).href;
const { signal } = new AbortController();

/** Longer than that. */
const LOAD_MS = 3000;

const lab = new Lab(PAIR_TOPOLOGY);
/** Who runs, from one test to the next. */
let last: Director;

beforeAll(async () => {
  await lab.up();
  writeFileSync(join(lab.directory, 'key'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
  last = director();
  await last.start();
  await master(last);
});
afterAll(async () => {
  expect(await lab.down()).toEqual([]);
});

function director(command: readonly string[] = []): Director {
  return new Director(lab, 'lb1', {
    advertMs: ADVERT_MS,
    key: join(lab.directory, 'key'),
    command: [...command, process.execPath, TANDEM],
  });
}

/** One that takes its time to load. */
const slow = () => director(['env', `NODE_OPTIONS=--import=${SLOW_PARSER}`, `LOAD_MS=${LOAD_MS}`]);

const master = (one: Director) => one.until('become master', ({ role }) => role === 'master', 20_000, signal);

test('a restarted daemon goes on with its lease although its code takes longer to load than that lease lasts', async () => {
  await last.kill();
  last = slow();
  await last.start();
  const { role, vrrp } = await last.ready(signal);
  expect({ role, takeovers: vrrp.takeovers, adoptions: vrrp.adoptions }).toEqual({
    role: 'master',
    takeovers: 0,
    adoptions: 1,
  });
});

test('a daemon that was given another configuration reads that first', async () => {
  await last.kill();
  last = slow();
  const file = join(lab.directory, 'lb1.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('vrid: 51', 'vrid: 52'));
  await last.start();
  await last.ready(signal);
  // It waits for its turn as one that has just come, however long it takes to answer us.
  const { vrrp } = await master(last);
  expect({ takeovers: vrrp.takeovers, adoptions: vrrp.adoptions }).toEqual({ takeovers: 1, adoptions: 0 });
});
