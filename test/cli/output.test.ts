import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/control/server.ts';
import { FakeDirector } from '../control/fake-director.ts';
import { built } from '../support/build.ts';
import { scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';
import { exited, spawnDaemon, tandem } from './run.ts';

const example = fileURLToPath(new URL('../../deploy/lb1.yaml.example', import.meta.url));
const TALKATIVE: readonly (readonly [string, readonly string[]])[] = [
  ['tandem', ['--help']],
  ['tandem', ['check-config', example]],
  ['ipvsadm', ['-h']],
];

/** Runs a program whose standard output is closed at the other end. */
async function withoutReader(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [built(`cli/${program}.js`), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return { status: await exited(child), stderr };
}

test.each(TALKATIVE)('%s %j ends without a word when its reader goes away', async (program, args) => {
  expect(await withoutReader(program, args)).toEqual({ status: 141, stderr: '' });
});

test.each([
  ['tandem', ['status', '--json']],
  ['tandem', ['handover']],
  ['ipvsadm', ['-Ln']],
] as const)('%s %j ends so too, after the daemon answered', async (program, args) => {
  const socket = join(scratch(), 't.sock');
  const server = await serve(new FakeDirector(), socket);
  onTestFinished(() => server.close());
  const ended = await withoutReader(program, args, { TANDEM_SOCKET: socket });
  expect(ended).toEqual({ status: 141, stderr: '' });
});

test.each(TALKATIVE)('%s %j says in one line that its output has no room', (program, args) => {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const { status, stderr } = spawnSync(process.execPath, [built(`cli/${program}.js`), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe'],
  });
  expect(stderr).toMatch(/^(tandem: )?cannot write the output: ENOSPC.*: write it elsewhere\n$/);
  expect(status).toBe(1);
});

test.each([
  ['tandem', 'status', 3],
  ['ipvsadm', '-Ln', 2],
] as const)('%s %s keeps its exit code when it cannot say what is wrong', (program, arg, exitCode) => {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const { status } = spawnSync(process.execPath, [built(`cli/${program}.js`), arg], {
    env: { ...process.env, TANDEM_SOCKET: join(scratch(), 'none.sock') },
    stdio: ['ignore', 'ignore', full],
  });
  expect(status).toBe(exitCode);
});

test('a daemon whose log has lost its reader goes on', async () => {
  const { socket, child } = spawnDaemon(scratch());
  await until('the socket is there', () => existsSync(socket), 20_000);
  child.stderr.destroy();
  await logged(socket);
  expect(tandem(['status', '--socket', socket]).status).toBe(0);
  child.kill('SIGTERM');
  expect(await exited(child)).toBe(0);
});

/** A request that is none: the daemon logs it, and then hangs up. */
function logged(socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = createConnection(socket, () => client.write(Buffer.alloc(4)));
    client.on('close', () => resolve());
    client.on('error', reject);
    client.resume();
  });
}
