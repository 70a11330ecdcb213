import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { SILENT } from '../../src/director/log.ts';
import { checkScripts, Tracker } from '../../src/director/tracker.ts';
import { runScript } from '../../src/host/script.ts';
import { userIds } from '../../src/host/user.ts';
import type { Tracked } from '../../src/vrrp/tracking.ts';
import { scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';

const SCRIPT = {
  ...{ name: 'chk', command: ['/bin/true'], intervalMs: 100, timeoutMs: 5000, rise: 2, fall: 3 },
  ...{ weight: -50, userName: 'root' },
};

let tracker: Tracker | undefined;
afterEach(() => tracker?.stop());

test('a script is believed after so many runs in a row', async () => {
  const outcomes = [false, false, true, false, false, false, true, false, true, true];
  let runs = 0;
  const said: { at: number; items: readonly Tracked[] }[] = [];
  tracker = new Tracker({
    track: { links: [], routes: [], scripts: [SCRIPT] },
    onChange: (items) => said.push({ at: runs, items }),
    log: SILENT,
    run: async () => (outcomes[runs++] === false ? 'ended with 1' : undefined),
  });
  tracker.start();
  await until('all runs', () => runs >= outcomes.length);
  await until('the last is told', () => said.length >= 3);
  expect(said.map(({ at, items }) => [at, items[0]?.up])).toEqual([
    [0, true],
    [6, false],
    [10, true],
  ]);
  expect(tracker.all).toEqual([{ kind: 'script', name: 'chk', up: true, weight: -50 }]);
});

test('a route that goes is told', async () => {
  let there = true;
  const said: (readonly Tracked[])[] = [];
  tracker = new Tracker({
    track: { links: [], routes: [{ destination: '0.0.0.0/0', weight: 0 }], scripts: [] },
    onChange: (items) => said.push(items),
    log: SILENT,
    hasRoute: async () => there,
  });
  tracker.start();
  there = false;
  await until('it was looked for', () => said.at(-1)?.[0]?.up === false);
});

test('a script runs as somebody else, without a shell, and not for ever', async () => {
  const user = userIds('nobody');
  expect(user?.uid).toBeGreaterThan(0);
  expect(await runScript({ command: ['/bin/true'], user, timeoutMs: 20_000 })).toBeUndefined();
  expect(await runScript({ command: ['/bin/false'], user, timeoutMs: 20_000 })).toBe('ended with 1');
  expect(await runScript({ command: ['/no/such'], user, timeoutMs: 20_000 })).toMatch(/^cannot be run/);
  const left = join(scratch(), 'left');
  const lasting = ['/bin/sh', '-c', `sleep 600 & echo $! > ${left}; wait`];
  const failure = await runScript({ command: lasting, user: undefined, timeoutMs: 1500 });
  expect(failure).toBe('took more than 1500 ms');
  await until('what it had started has ended too', () => {
    if (!existsSync(left)) return true;
    const pid = readFileSync(left, 'utf8').trim();
    return !existsSync(`/proc/${pid}/stat`) || / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  });
});

test('nobody but root writes what runs as root', () => {
  const file = join(scratch(), 'check');
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o777 });
  const script = { ...SCRIPT, command: [file] };
  expect(() => checkScripts([script])).toThrow(/would run as root, but others may write/);
  expect(() => checkScripts([{ ...script, userName: 'nobody' }])).not.toThrow();
  expect(() => checkScripts([{ ...script, userName: 'no-such' }])).toThrow(/no user of this host/);
  expect(() => checkScripts([{ ...SCRIPT, command: ['/no/such'] }])).toThrow(/there is no program/);
});
