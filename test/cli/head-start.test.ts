/** Real daemons on the lab's lb1: what a restarted one does first. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Director } from '../../src/drill/director.ts';
import { Lab } from '../../src/lab/lab.ts';
import { PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import { TANDEM } from './run.ts';

/** Its lease outlives a killed daemon by 1.5 to 2.5 s. */
const ADVERT_MS = 1000;
// As a URL: NODE_OPTIONS is split at blanks.
const SLOW_PARSER = new URL('data/slow-parser.mjs', import.meta.url).href;
const { signal } = new AbortController();

let lab: Lab;
beforeEach(async () => {
  lab = new Lab(PAIR_TOPOLOGY);
  await lab.up();
  writeFileSync(join(lab.directory, 'key'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
});
afterEach(async () => {
  expect(await lab.down()).toEqual([]);
});

function director(command: readonly string[] = []): Director {
  return new Director(lab, 'lb1', {
    advertMs: ADVERT_MS,
    key: join(lab.directory, 'key'),
    command: [...command, process.execPath, TANDEM],
  });
}

async function master(one: Director): Promise<void> {
  await one.start();
  await one.until('become master', ({ role }) => role === 'master', 20_000, signal);
}

test('a restarted daemon goes on with its lease although its code takes longer to load than that lease lasts', async () => {
  const first = director();
  await master(first);
  await first.kill();
  const slow = director(['env', `NODE_OPTIONS=--import=${SLOW_PARSER}`, 'LOAD_MS=4000']);
  await slow.start();
  const { role, vrrp } = await slow.ready(signal);
  expect({ role, takeovers: vrrp.takeovers, adoptions: vrrp.adoptions }).toEqual({
    role: 'master',
    takeovers: 0,
    adoptions: 1,
  });
});

test('a daemon that was given another configuration reads that first', async () => {
  const first = director();
  await master(first);
  await first.kill();
  const changed = director(['env', `NODE_OPTIONS=--import=${SLOW_PARSER}`, 'LOAD_MS=4000']);
  const file = join(lab.directory, 'lb1.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('vrid: 51', 'vrid: 52'));
  await changed.start();
  await changed.ready(signal);
  // It waits for its turn as one that has just come, however long it takes to answer us.
  const { vrrp } = await changed.until('become master', ({ role }) => role === 'master', 20_000, signal);
  expect({ takeovers: vrrp.takeovers, adoptions: vrrp.adoptions }).toEqual({ takeovers: 1, adoptions: 0 });
});
