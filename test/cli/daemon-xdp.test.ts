/** The daemon with the plane in the kernel: what it leaves when it cannot start, or not go on. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytes, u32 } from '../../src/datapath/codec.ts';
import { BpfFence, pinnedLease } from '../../src/datapath/fence-port.ts';
import { INTERFACE } from '../../src/datapath/layouts.generated.ts';
import { stateDirectory } from '../../src/director/config.ts';
import { BpfMap } from '../../src/native/bpf-map.ts';
import { bootTimeUs } from '../../src/native/clock.ts';
import { interfaceIndex } from '../../src/native/interface.ts';
import { ip, TestNamespace } from '../support/namespace.ts';
import { scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';
import { exited, IPVSADM, TANDEM, tandem } from './run.ts';

// As a URL: NODE_OPTIONS is split at blanks.
const DYING_THREAD = new URL('data/dying-thread.mjs', import.meta.url).href;

/** One that does not end by itself has failed its test already, and must not outlive it. */
const STOP_LIMIT_MS = 20_000;

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
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exited(child);
    clearTimeout(impatience);
  }
  namespace.remove();
  rmSync(state(), { recursive: true, force: true });
});

const socket = () => join(folder, 'tandem.sock');
const state = () => stateDirectory(namespace.pins);
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
  const { status, stderr } = tandem(daemon(configuration({ sync: { interface: 'nosuch0', sealed: false } })));
  expect(stderr).toContain('nosuch0');
  expect(status).toBe(1);
  expect([attached(), existsSync(namespace.pins), existsSync(state())]).toEqual([false, false, false]);
  expect(ip('addr', 'show', 'front')).not.toContain('10.1.1.1/32');
  expect(forwarding()).toBe(before);
});

test('whoever cannot start leaves the plane of a daemon that was killed, and the next one adopts it', async () => {
  const before = forwarding();
  const file = configuration();
  const wrong = ['--mcast-interface', 'nosuch0', '--config', file, '--socket', socket()];
  const startDaemon = () => tandem(['start-daemon', 'master', ...wrong]);
  // What it made itself it takes back.
  expect(startDaemon().status).toBe(1);
  expect([attached(), existsSync(namespace.pins), existsSync(state())]).toEqual([false, false, false]);

  const { child: first } = await running(file);
  expect(tandem(['status', '--json', '--socket', socket()]).status).toBe(0);
  const pins = readdirSync(namespace.pins).sort();
  first.kill('SIGKILL');
  await exited(first);
  const expectLeft = () => {
    expect([attached(), forwarding().trim(), existsSync(state())]).toEqual([true, '1', true]);
    expect(readdirSync(namespace.pins).sort()).toEqual(pins);
  };
  expect(tandem(daemon(configuration({ interfaces: ['front', 'nosuch1'] }))).stderr).toContain('nosuch1');
  expectLeft();
  configuration();
  expect(startDaemon()).toMatchObject({ status: 1, stderr: expect.stringContaining('nosuch0') });
  expectLeft();
  const notASocket = join(folder, 'file');
  writeFileSync(notASocket, '');
  const unserved = tandem(['daemon', '--config', file, '--socket', notASocket]);
  expect(unserved.stderr).toContain('is no socket');
  expectLeft();

  const { child: next, said } = await running(file);
  expect(said()).toContain('adopted the running plane');
  next.kill('SIGTERM');
  expect(await exited(next)).toBe(0);
  // What the killed one had changed.
  expect(forwarding()).toBe(before);
  expect([attached(), existsSync(namespace.pins), existsSync(state())]).toEqual([false, false, false]);
}, 120_000);

test('a daemon lets the host answer ARP on its sync links only for their own addresses, and puts that back', async () => {
  const links = ['side', 'aside', 'all'];
  const quiet = () =>
    links.map((name) =>
      ['arp_ignore', 'arp_announce', 'forwarding'].map((key) =>
        readFileSync(`/proc/sys/net/ipv4/conf/${name}/${key}`, 'utf8').trim(),
      ),
    );
  ip('link', 'add', 'side', 'type', 'veth', 'peer', 'name', 'aside');
  for (const [index, name] of links.slice(0, 2).entries()) {
    ip('addr', 'add', `10.1.1.${20 + index}/24`, 'dev', name);
    ip('link', 'set', name, 'up');
  }
  const before = quiet();
  const sync = { interface: 'side', sealed: false, directions: ['master'] };
  const { child } = await running(configuration({ sync }));
  const forwards = before[0]?.[2];
  expect(quiet()[0]).toEqual(['1', '2', forwards]);
  const start = ['start-daemon', 'backup', '--mcast-interface'];
  for (const none of ['nosuch0', 'all'])
    expect(tandem([...start, none, '--socket', socket()]).stderr).toContain(none);
  expect(tandem([...start, 'aside', '--socket', socket()])).toMatchObject({ status: 0, stderr: '' });
  expect(quiet().slice(1)).toEqual([['1', '2', forwards], before[2]]);
  child.kill('SIGTERM');
  expect(await exited(child)).toBe(0);
  expect(quiet()).toEqual(before);
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

describe('a daemon that dies of one of its threads', () => {
  /** A master; what is returned makes the thread die, and gives what the process says until its end. */
  async function dying(thread: 'heartbeat' | 'sync') {
    const when = join(folder, 'die');
    const env = { NODE_OPTIONS: `--import=${DYING_THREAD}`, DYING: thread, DYING_WHEN: when };
    const { child, said } = await running(configuration({ sync: { interface: 'lo', sealed: false } }), env);
    await until('the daemon is master', () => said().includes('vrrp: master'), 20_000);
    const service = ['-A', '-t', '10.1.1.1:80', '-s', 'rr'];
    const edited = spawnSync(process.execPath, [IPVSADM, ...service], {
      env: { ...process.env, TANDEM_SOCKET: socket() },
    });
    expect(edited.status).toBe(0);
    return async () => {
      writeFileSync(when, '');
      expect(await exited(child)).toBe(1);
      expect(said()).toContain(`the ${thread} thread was made to die`);
      return said();
    };
  }

  const lease = () => {
    const share = pinnedLease(namespace.pins);
    if (share?.kind !== 'xdp') throw new Error('no lease is pinned');
    const { fd, keySize, valueSize, maxEntries } = share.lease;
    return new BpfFence(new BpfMap(fd, keySize, valueSize, maxEntries)).read();
  };

  /** Whatever the fence says: what is established needs the programs, the rules and the host's settings. */
  async function expectWholePlane() {
    expect([attached(), forwarding().trim(), existsSync(state())]).toEqual([true, '1', true]);
    const { child, said } = await running(configuration({ sync: { interface: 'lo', sealed: false } }));
    expect(said()).toContain('adopted the running plane');
    const listing = tandem(['status', '--json', '--socket', socket()]);
    expect(listing.status).toBe(0);
    const rules = spawnSync(process.execPath, [IPVSADM, '-Ln'], {
      encoding: 'utf8',
      env: { ...process.env, TANDEM_SOCKET: socket() },
    });
    expect(rules.stdout).toContain('10.1.1.1:80');
    child.kill('SIGTERM');
    expect(await exited(child)).toBe(0);
    expect([attached(), existsSync(namespace.pins), existsSync(state())]).toEqual([false, false, false]);
  }

  test('leaves its plane to the next one, with the lease that its heartbeat had', async () => {
    const die = await dying('heartbeat');
    const said = await die();
    const { until: end, term } = lease();
    expect(term).toBe(1);
    expect(end).toBeGreaterThan(0);
    // 2.5 intervals of 100 ms from an advertisement that was sent before now.
    expect(end).toBeLessThan(bootTimeUs() + 250_000);
    expect(said).toContain('the plane goes on');
    await expectWholePlane();
  });

  test('leaves its plane and its lease to the next one when no peer is there to take over', async () => {
    const die = await dying('sync');
    await die();
    expect(lease().until).toBeGreaterThan(0);
    await expectWholePlane();
  });

  test('gives the addresses to the peer that is there, and leaves its plane to what is established', async () => {
    const die = await dying('sync');
    const peer = join(folder, 'peer.yaml');
    writeFileSync(peer, JSON.stringify({ name: 'peer', sync: { interface: 'lo', sealed: false } }));
    const other = join(folder, 'peer.sock');
    const child = spawn(
      process.execPath,
      [TANDEM, 'daemon', '--datapath', 'memory', '--config', peer, '--socket', other],
      { stdio: 'ignore' },
    );
    children.push(child);
    const heard = () => {
      const { stdout } = tandem(['status', '--json', '--socket', socket()]);
      return (JSON.parse(stdout) as { peer: { sync_ms: number | null } }).peer.sync_ms !== null;
    };
    await until('the peer is heard', heard, 20_000);
    await die();
    expect(lease().until).toBe(0);
    await expectWholePlane();
  });
});
