/** A daemon with the plane in memory, for trying commands: what it must leave alone on the host that it runs on. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Status } from '../../src/director/status.ts';
import { ip, TestNamespace } from '../support/namespace.ts';
import { scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';
import { exited, spawnDaemon, TANDEM, tandem } from './run.ts';

/** As on a host that runs Tandem. */
const CONFIGURATION = JSON.stringify({
  name: 'real',
  interfaces: ['front'],
  routers: [{ name: 'main', vrid: 51, interface: 'front', advert: '100ms', addresses: ['10.1.1.1'] }],
});

let namespace: TestNamespace;
beforeEach(() => {
  namespace = new TestNamespace('memory');
  ip('link', 'add', 'front', 'type', 'veth', 'peer', 'name', 'far');
  ip('addr', 'add', '10.1.1.2/24', 'dev', 'front');
  for (const name of ['front', 'far']) ip('link', 'set', name, 'up');
});
afterEach(() => namespace.remove());

function status(socket: string): Status | undefined {
  const { stdout } = tandem(['status', '--json', '--socket', socket]);
  return stdout === '' ? undefined : (JSON.parse(stdout) as Status);
}

/** Every address that comes or goes from now on, until `text()` is asked. */
async function watchAddresses() {
  const monitor = spawn('ip', ['-oneline', 'monitor', 'address'], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void monitor.kill('SIGKILL'));
  let seen = '';
  monitor.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
  });
  /** What the kernel tells comes in order: behind this, all that was before has been seen. */
  const mark = (address: string) =>
    until(`${address} is seen`, () => {
      ip('address', 'replace', `${address}/32`, 'dev', 'lo', 'valid_lft', '60', 'preferred_lft', '60');
      return seen.includes(address);
    });
  await mark('127.9.9.1');
  return async () => {
    await mark('127.9.9.2');
    return seen;
  };
}

test('a master puts no floating address on an interface, and sends no announcement', async () => {
  const folder = scratch();
  const file = join(folder, 'real.yaml');
  writeFileSync(file, CONFIGURATION);
  const seen = await watchAddresses();
  const { socket, child } = spawnDaemon(folder, file);
  const master = await until(
    'the daemon is master',
    () => [status(socket)].find((now) => now?.role === 'master'),
    20_000,
  );
  expect(master.vrrp.garp_sent ?? 0).toBe(0);
  child.kill('SIGTERM');
  await exited(child);
  expect(await seen()).not.toContain('10.1.1.1/');
});

test('a daemon that was asked for nothing but a plane in memory does not do what the host is configured for', async () => {
  const folder = scratch();
  mkdirSync(join(folder, 'etc', 'tandem'), { recursive: true });
  writeFileSync(join(folder, 'etc', 'tandem', 'tandem.yaml'), CONFIGURATION);
  const socket = join(folder, 'tandem.sock');
  const daemon = [process.execPath, TANDEM, 'daemon', '--datapath', 'memory', '--socket', socket];
  const inHost = ['--mount', 'sh', '-c', 'mount --bind "$0" /etc && exec "$@"', join(folder, 'etc')];
  const child = spawn('unshare', [...inHost, ...daemon], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await until('the socket is there', () => existsSync(socket) || child.exitCode !== null, 20_000);
  expect(status(socket)).toMatchObject({ role: 'standalone', routers: [] });
});
