/** The daemon with the plane in the kernel: what it leaves when it cannot start. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytes, u32 } from '../../src/datapath/codec.ts';
import { INTERFACE } from '../../src/datapath/layouts.generated.ts';
import { BpfMap } from '../../src/native/bpf-map.ts';
import { interfaceIndex } from '../../src/native/interface.ts';
import { ip, TestNamespace } from '../support/namespace.ts';
import { scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';
import { exited, TANDEM, tandem } from './run.ts';

let namespace: TestNamespace;
let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = scratch();
  namespace = new TestNamespace('daemon');
  ip('link', 'add', 'front', 'type', 'veth', 'peer', 'name', 'far');
  ip('addr', 'add', '10.1.1.2/24', 'dev', 'front');
  for (const name of ['front', 'far']) ip('link', 'set', name, 'up');
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGTERM');
    await exited(child);
  }
  namespace.remove();
  rmSync(state(), { recursive: true, force: true });
});

const socket = () => join(folder, 'tandem.sock');
const state = () => `/run/tandem/state/${basename(namespace.pins)}`;
const attached = () => ip('-d', 'link', 'show', 'front').includes('xdp');
const forwarding = () => readFileSync('/proc/sys/net/ipv4/conf/front/forwarding', 'utf8');

function configuration(more: object = {}): string {
  const file = join(folder, 'tandem.yaml');
  const router = { name: 'main', vrid: 51, interface: 'front', advert: '100ms', addresses: ['10.1.1.1'] };
  const text = { interfaces: ['front'], routers: [router], datapath: { pins: namespace.pins }, ...more };
  writeFileSync(file, JSON.stringify(text));
  return file;
}

const daemon = (file: string) => ['daemon', '--config', file, '--socket', socket()];

async function running(file: string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [TANDEM, ...daemon(file)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  children.push(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until('the daemon is ready', () => said.includes('is ready') || child.exitCode !== null, 20_000);
  expect(said).toContain('is ready');
  return { child, said: () => said };
}

test('a daemon that fails half-way through its start leaves no program, pin, address, state or setting', () => {
  const before = forwarding();
  const { status, stderr } = tandem(daemon(configuration({ sync: { interface: 'nosuch0' } })));
  expect(stderr).toContain('nosuch0');
  expect(status).toBe(1);
  expect([attached(), existsSync(namespace.pins), existsSync(state())]).toEqual([false, false, false]);
  expect(ip('addr', 'show', 'front')).not.toContain('10.1.1.1/32');
  expect(forwarding()).toBe(before);
});

test('a daemon that cannot start leaves the plane of one that was killed, and the next one adopts it', async () => {
  const { child: first } = await running(configuration());
  expect(tandem(['status', '--json', '--socket', socket()]).status).toBe(0);
  const pins = readdirSync(namespace.pins).sort();
  first.kill('SIGKILL');
  await exited(first);
  expect(tandem(daemon(configuration({ interfaces: ['front', 'nosuch1'] }))).stderr).toContain('nosuch1');
  expect(attached()).toBe(true);
  expect(readdirSync(namespace.pins).sort()).toEqual(pins);
  const { child: next } = await running(configuration());
  next.kill('SIGTERM');
  expect(await exited(next)).toBe(0);
  expect([attached(), existsSync(namespace.pins), existsSync(state())]).toEqual([false, false, false]);
});

test('a daemon whose interface gets another MAC goes on with it', async () => {
  const { said } = await running(configuration());
  const sizes = { keySize: 4, valueSize: INTERFACE.size, maxEntries: 256 };
  const macs = BpfMap.openPinned(`${namespace.pins}/interfaces`, sizes);
  const mac = () => {
    const value = bytes(INTERFACE.size);
    macs?.lookup(u32(interfaceIndex('front')), value);
    return value.subarray(INTERFACE.mac, INTERFACE.mac + 6).toString('hex');
  };
  ip('link', 'set', 'front', 'address', '02:00:00:00:00:77');
  await until('the plane knows the new MAC', () => mac() === '020000000077');
  expect(said()).toContain('the link address of front is 02:00:00:00:00:77 now');
});
