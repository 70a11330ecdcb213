import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';
import { emptyConfiguration, exited, processesOf, socketIn, spawnDaemon, TANDEM, tandem } from './run.ts';

async function running(folder: string, config?: string) {
  const daemon = spawnDaemon(folder, config);
  await until(
    'the socket is there',
    () => existsSync(daemon.socket) || daemon.child.exitCode !== null,
    20_000,
  );
  expect(existsSync(daemon.socket), daemon.stderr()).toBe(true);
  return daemon;
}

/** Options of a daemon that changes nothing, and is configured for nothing, on the machine that runs the tests. */
const inMemory = (socket: string) => [
  ...['--datapath', 'memory', '--config', emptyConfiguration(), '--socket', socket],
];

test('a daemon answers as soon as its socket is there, logs for a journal, and SIGTERM ends it cleanly', async () => {
  const { socket, child, stderr } = await running(scratch());
  const { status, stdout } = tandem(['status', '--json', '--socket', socket]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ role: 'standalone', datapath: 'memory', pid: child.pid });
  child.kill('SIGTERM');
  expect(await exited(child)).toBe(0);
  expect(existsSync(socket)).toBe(false);
  expect(stderr()).toMatch(/^<6>.* is ready: commands come over /m);
  expect(stderr()).toMatch(/^<6>stopped$/m);
});

test('a second daemon on the same socket is refused, and the first goes on', async () => {
  const folder = scratch();
  const { socket } = await running(folder);
  const second = tandem(['daemon', ...inMemory(socket)]);
  expect(second.stderr).toContain(`a daemon runs already on ${socket}: stop it first`);
  expect(second.status).toBe(1);
  expect(tandem(['status', '--socket', socket]).status).toBe(0);
});

test('a daemon that was killed leaves a socket that the next one replaces', async () => {
  const folder = scratch();
  const { socket, child } = await running(folder);
  child.kill('SIGKILL');
  await exited(child);
  expect(tandem(['status', '--socket', socket]).status).toBe(3);
  const next = spawnDaemon(folder);
  await until('the next daemon answers', () => tandem(['status', '--socket', socket]).status === 0, 20_000);
  next.child.kill('SIGTERM');
  expect(await exited(next.child)).toBe(0);
});

test('rules of the configuration are there when the socket is', async () => {
  const folder = scratch();
  const config = join(folder, 'tandem.yaml');
  writeFileSync(config, 'name: lb9\nservices:\n  - -A -t 10.1.1.1:80 -s rr\n');
  const { socket } = await running(folder, config);
  const { connect } = await import('../../src/control/client.ts');
  const client = await connect(socket);
  onTestFinished(() => client.close());
  expect((await client.list()).rules.services).toMatchObject([{ id: { port: 80 }, scheduler: 'rr' }]);
  expect((await client.status()).name).toBe('lb9');
});

test('start-daemon starts a daemon that outlives the command, and stop-daemon stops only its sync', () => {
  const socket = socketIn(scratch());
  const sync = [...inMemory(socket), '--mcast-interface', 'lo'];
  const started = tandem(['start-daemon', 'master', ...sync]);
  expect(started).toMatchObject({ status: 0, stdout: 'sync master runs\n', stderr: '' });
  expect(readFileSync(`${socket}.log`, 'utf8')).toContain('sync is not sealed');
  // The same again is done already; other options are a conflict.
  expect(tandem(['start-daemon', 'master', ...sync]).status).toBe(0);
  const conflict = tandem(['start-daemon', 'master', '--syncid', '7', ...sync]);
  expect(conflict.status).toBe(1);
  expect(tandem(['stop-daemon', 'master', '--socket', socket]).stdout).toBe('sync master stopped\n');
  expect(tandem(['stop-daemon', 'master', '--socket', socket]).status).toBe(1);
  expect(tandem(['status', '--socket', socket]).status).toBe(0);
});

test.each([
  ['an interface that there is not', ['--mcast-interface', 'nosuch0'], /^tandem: .*nosuch0/],
  [
    'a configuration that there is not',
    ['--config', '/nonexistent.yaml', '--mcast-interface', 'lo'],
    /did not start:\n.*cannot read the configuration \/nonexistent\.yaml/,
  ],
])('start-daemon with %s ends with 1 and leaves nothing', (_what, args, message) => {
  const folder = scratch();
  const socket = socketIn(folder);
  const { status, stderr } = tandem(['start-daemon', 'master', ...inMemory(socket), ...args]);
  expect(stderr).toMatch(message);
  expect(status).toBe(1);
  expect(processesOf(socket)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('start-daemon that fails stops no daemon that ran before', async () => {
  const { socket, child } = await running(scratch());
  const { status } = tandem(['start-daemon', 'master', ...inMemory(socket), '--mcast-interface', 'nosuch0']);
  expect(status).toBe(1);
  const now = tandem(['status', '--json', '--socket', socket]);
  expect(JSON.parse(now.stdout)).toMatchObject({ pid: child.pid });
});

test('start-daemon that cannot write the log of the daemon starts none, and says what to do', () => {
  const folder = scratch();
  const socket = socketIn(folder);
  mkdirSync(`${socket}.log`);
  const args = [...inMemory(socket), '--mcast-interface', 'lo'];
  const { status, stderr } = tandem(['start-daemon', 'master', ...args]);
  expect(stderr).toMatch(
    /^tandem: cannot write the daemon's log .*sock\.log: .* or choose another --socket\n$/,
  );
  expect(status).toBe(1);
  expect(processesOf(socket)).toEqual([]);
  expect(readdirSync(folder)).toEqual(['tandem.sock.log']);
});

test('start-daemon takes paths from where it is called', () => {
  const folder = scratch();
  const socket = socketIn(folder);
  writeFileSync(join(folder, 'tandem.yaml'), 'name: lb9\ndatapath: {kind: memory}\n');
  const args = ['--config', 'tandem.yaml', '--socket', 'tandem.sock', '--mcast-interface', 'lo'];
  const { stderr } = spawnSync(process.execPath, [TANDEM, 'start-daemon', 'master', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const { stdout } = tandem(['status', '--json', '--socket', socket]);
  expect(JSON.parse(stdout)).toMatchObject({ name: 'lb9' });
});

test('start-daemon without an interface for sync starts nothing', () => {
  const socket = socketIn(scratch());
  const { status, stderr } = tandem(['start-daemon', 'master', ...inMemory(socket)]);
  expect(stderr).toMatch(/no interface for sync: give --mcast-interface/);
  expect(status).toBe(2);
  expect(existsSync(socket)).toBe(false);
});

test('rekey reads the key file again, says what is wrong with it, and what seals now', async () => {
  const folder = scratch();
  const [config, key] = [join(folder, 'tandem.yaml'), join(folder, 'sync.key')];
  writeFileSync(config, `datapath: {kind: memory}\nsync: {interface: lo, key_file: ${key}}\n`);
  writeFileSync(key, `${'5b'.repeat(32)}\n`, { mode: 0o600 });
  const { socket } = await running(folder, config);
  const rekey = () => tandem(['rekey', '--socket', socket]);
  const [, first] =
    /^sealing with key (\w\w), opening \1; no peer has been heard\n$/.exec(rekey().stdout) ?? [];
  expect(first).toBeDefined();
  chmodSync(key, 0o640);
  expect(rekey()).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('mode 0640 lets others use it'),
  });
  chmodSync(key, 0o600);
  appendFileSync(key, `${'c4'.repeat(32)}\n`);
  const { stdout } = tandem(['rekey', '--json', '--socket', socket]);
  const keys = JSON.parse(stdout) as { sealing: string };
  expect(keys).toEqual({ sealing: keys.sealing, opened: [first, keys.sealing], peer: [] });
  expect(keys.sealing).not.toBe(first);
  expect(tandem(['status', '--socket', socket]).stdout).toContain(
    `sealed (key ${keys.sealing}, opening ${first} too)`,
  );
});

test('rekey of a daemon without a key file says what to do', async () => {
  const { socket } = await running(scratch());
  expect(tandem(['rekey', '--socket', socket])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('sync has no key file: set sync.key_file'),
  });
});

test('a daemon whose plane would end with it refuses an upgrade, and goes on', async () => {
  const { socket, child } = await running(scratch());
  const { status, stderr } = tandem(['upgrade', '--socket', socket]);
  expect(stderr).toContain('its plane is in memory and would end with it');
  expect(status).toBe(1);
  expect(child.exitCode).toBeNull();
});
