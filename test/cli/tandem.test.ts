import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/control/server.ts';
import { SCENARIO_NAMES } from '../../src/drill/result.ts';
import { FakeDirector } from '../control/fake-director.ts';
import { scratch } from '../support/scratch.ts';
import { socketIn, tandem } from './run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const VERBS = ['daemon', 'start-daemon', 'stop-daemon', 'status', 'handover', 'check-config', 'drill'];

/** Were it not refused, it would start a daemon that changes nothing on this machine. */
const START = ['start-daemon', 'master', '--datapath', 'memory'];

test('the help lists every verb of this version and the exit codes', () => {
  const { status, stdout } = tandem(['--help']);
  expect(status).toBe(0);
  for (const verb of VERBS) expect(stdout).toContain(`tandem ${verb}`);
  expect(stdout).toContain('0 done, 1 failed, 2 wrong usage, 3 no daemon');
});

test.each(VERBS)('the help of %s shows an example', (verb) => {
  const { status, stdout } = tandem([verb, '--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`Examples:\\n +tandem ${verb}`));
});

test('the help of drill names the scenarios that there are', () => {
  const { stdout } = tandem(['drill', '--help']);
  for (const name of SCENARIO_NAMES) expect(stdout).toContain(name);
});

test('the version is the one of the package', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(tandem(['--version']).stdout.trim()).toBe(version);
});

test.each([
  ['no verb', [], /a verb is missing/],
  ['an unknown verb', ['frobnicate'], /Unknown argument: frobnicate/],
  ['a verb of a later version', ['capture'], /Unknown argument: capture/],
  ['a verb with a typo', ['statsu'], /Did you mean status/],
  ['an unknown option', ['status', '--jason'], /Unknown argument: jason/],
  ['an option without its value', ['status', '--socket'], /Not enough arguments following: socket/],
  ['an unknown plane', ['daemon', '--datapath', 'dpdk'], /Given: "dpdk", Choices: "xdp", "memory"/],
  ['an unknown direction', ['stop-daemon', 'both'], /Given: "both"/],
  ['no direction', ['start-daemon'], /^tandem: <direction> is missing: tandem start-daemon <direction>:/],
  ['a syncid out of range', [...START, '--syncid', '256'], /--syncid must be a whole number from 0/],
  [
    'a maxlen that no message fits in',
    [...START, '--sync-maxlen', '511'],
    /--sync-maxlen must be a whole number from 512 to 65507/,
  ],
  ['a group that is none', [...START, '--mcast-group', '224.0.0'], /"224\.0\.0" is not an IP/],
  [
    'a group that is no multicast',
    [...START, '--mcast-group', '10.0.0.1'],
    /--mcast-group is 10\.0\.0\.1, which is no multicast group: use 224\.0\.0\.81/,
  ],
  ['an unknown drill', ['drill', 'flood'], /no drill "flood": choose crash, kill, restart, handover/],
  ['an interval that VRRP cannot tell', ['drill', 'crash', '--advert', '15'], /multiple of 10/],
  [
    'a report without a folder',
    ['drill', 'crash', '--report', '/no/such/x.html'],
    /its folder does not exist/,
  ],
  ['a report that is a folder', ['drill', 'crash', '--report', '/tmp'], /it is a folder/],
  ['no file', ['check-config'], /^tandem: <file> is missing: tandem check-config <file>:/],
])('%s is wrong usage, told in one line', (_what, args, message) => {
  const { status, stdout, stderr } = tandem(args, { TANDEM_SOCKET: socketIn(scratch()) });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

test.each([['status'], ['handover'], ['stop-daemon', 'master']])(
  '%s without a daemon ends with 3',
  (...args) => {
    const socket = join(scratch(), 'none.sock');
    const { status, stderr } = tandem([...args, '--socket', socket]);
    expect(stderr).toBe(
      `tandem: no daemon listens on ${socket}: start one with "tandem daemon" or "tandem start-daemon"\n`,
    );
    expect(status).toBe(3);
  },
);

test('the socket is found in TANDEM_SOCKET, and --socket goes before it', () => {
  const env = { TANDEM_SOCKET: '/nonexistent/one.sock' };
  expect(tandem(['status'], env).stderr).toContain('/nonexistent/one.sock');
  expect(tandem(['status', '--socket', '/nonexistent/two.sock'], env).stderr).toContain('two.sock');
});

test.each(['lb1', 'lb2'])('check-config accepts the example of %s', (name) => {
  const { status, stdout } = tandem(['check-config', join(root, `deploy/${name}.yaml.example`)]);
  expect(stdout).toMatch(`ok: ${name} with the xdp plane; floating 10.1.1.1; sync on eth2`);
  expect(status).toBe(0);
});

test('check-config prints every fault on a line of its own and ends with 1', () => {
  const file = join(scratch(), 'tandem.yaml');
  writeFileSync(file, 'nam: lb1\nlog: {level: loud}\n');
  const { status, stderr } = tandem(['check-config', file]);
  expect(stderr).toContain(`${file}:1:1: nam is an unknown key: did you mean "name"?`);
  expect(stderr).toContain(`${file}:2:14: log.level is "loud", but must be one of error, warn, info, debug`);
  expect(status).toBe(1);
});

test('a daemon does not start with a configuration that has faults', () => {
  const file = join(scratch(), 'tandem.yaml');
  writeFileSync(file, 'sync: {}\n');
  const { status, stderr } = tandem(['daemon', '--config', file, '--socket', socketIn(scratch())]);
  expect(stderr).toContain(`${file}:1:7: sync.interface is missing`);
  expect(status).toBe(1);
});

test('a refusal of the director is one line, and ends with 1', async () => {
  const socket = join(scratch(), 't.sock');
  const server = await serve(new FakeDirector(), socket);
  onTestFinished(() => server.close());
  const args = ['start-daemon', 'master', '--mcast-interface', 'nosuch0', '--socket', socket];
  const { status, stderr } = await tandemAsync(args);
  expect(stderr).toBe('tandem: there is no interface nosuch0: list them with "ip link"\n');
  expect(status).toBe(1);
});

/** The server of this test lives in this process: waiting for the child must not block it. */
async function tandemAsync(args: readonly string[]) {
  const { execFile } = await import('node:child_process');
  const { TANDEM } = await import('./run.ts');
  return new Promise<{ status: number; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [TANDEM, ...args], (_error, _stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stderr }),
    );
  });
}
