/** `tandem mark` against a daemon with the plane in memory. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';
import { spawnDaemon, tandem } from './run.ts';

const READY_MS = 25_000;

async function startedDaemon() {
  const folder = scratch();
  const file = join(folder, 'mark.yaml');
  const marks = [{ mark: 1, destination: '10.9.0.0/16' }];
  writeFileSync(file, JSON.stringify({ name: 'mark', datapath: { kind: 'memory' }, marks }));
  const { socket } = spawnDaemon(folder, file);
  await until('the daemon is ready', () => existsSync(socket), READY_MS);
  return (...args: string[]) => tandem(['mark', ...args, '--socket', socket]);
}

test('rules are added behind those of the configuration, listed, and deleted one by one or by their mark', async () => {
  const run = await startedDaemon();
  const web = ['5', '--destination', '10.1.1.1', '--protocol', 'tcp', '--ports'];
  expect(run('add', ...web, '80').status).toBe(0);
  expect(run('add', ...web, '8000-8999').status).toBe(0);
  expect(run('list').stdout).toBe(
    'mark 1 IPv4 to 10.9.0.0/16\nmark 5 IPv4 to 10.1.1.1/32 tcp port 80\nmark 5 IPv4 to 10.1.1.1/32 tcp ports 8000-8999\n',
  );
  expect(run('del', ...web, '80').status).toBe(0);
  expect(JSON.parse(run('list', '--json').stdout)).toEqual({
    marks: [
      { mark: 1, family: 4, destination: '10.9.0.0/16' },
      { mark: 5, family: 4, destination: '10.1.1.1/32', protocol: 6, ports: { first: 8000, last: 8999 } },
    ],
  });
  expect(run('del', '5').status).toBe(0);
  expect(run('list').stdout).toBe('mark 1 IPv4 to 10.9.0.0/16\n');
});

const WRONG: ReadonlyArray<readonly [args: string[], status: number, text: string]> = [
  [['add', '0', '--destination', '10.1.1.1'], 1, '0 is that of unmarked packets'],
  [['add', '5'], 1, 'name a source, a destination or an interface'],
  [['add', '5', '--destination', '10.1.1.1/8'], 1, 'write 10.0.0.0/8'],
  [['add', '1', '--destination', '10.9.0.0/16'], 1, 'is there already'],
  [['del', '77'], 1, 'no rule sets mark 77'],
  [['del', '1', '--destination', '10.9.0.1'], 1, 'is not there'],
  [['add'], 2, 'mark is missing'],
  [['list', '5'], 2, 'takes no rule'],
  [['change', '5'], 2, 'change'],
];

test('what is wrong is refused by name, and changes nothing', async () => {
  const run = await startedDaemon();
  for (const [args, status, text] of WRONG) {
    const result = run(...args);
    expect([args, result.status, result.stderr]).toEqual([args, status, expect.stringContaining(text)]);
  }
  expect(run('list').stdout).toBe('mark 1 IPv4 to 10.9.0.0/16\n');
});
