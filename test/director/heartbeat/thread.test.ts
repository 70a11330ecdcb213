/** The real worker thread on real sockets: two directors in two network namespaces. */
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BOARD_ROLE } from '../../../src/director/board.ts';
import { bootTimeUs } from '../../../src/native/clock.ts';
import { built } from '../../support/build.ts';
import { ip } from '../../support/namespace.ts';
import { until } from '../../support/until.ts';
import { ifindex, TestDirector, VRID, Wire } from './pair.ts';

let wire: Wire;
beforeAll(() => {
  wire = new Wire();
});
afterEach(() => wire.clear());
afterAll(() => wire.remove());

function first(advertMs: number, more = {}): TestDirector {
  return new TestDirector(wire, wire.a, { name: 'a', priority: 200, advertMs, ...more });
}

function second(advertMs: number, more = {}): TestDirector {
  return new TestDirector(wire, wire.b, { name: 'b', priority: 100, advertMs, ...more });
}

function hears(director: TestDirector): boolean {
  return director.heard > 10;
}

/** Both run, the first one is master. */
async function pair(advertMs: number): Promise<[TestDirector, TestDirector]> {
  const [a, b] = [first(advertMs, { held: true }), second(advertMs, { held: true })];
  await Promise.all([a.loaded(), b.loaded()]);
  wire.leaveLease('a', advertMs);
  a.begin();
  await a.becomes('master');
  b.begin();
  await b.becomes('backup');
  await until('the backup hears the master', () => b.heard > 0);
  expect([a.role, b.role]).toEqual(['master', 'backup']);
  return [a, b];
}

describe('two heartbeats on one link', () => {
  test('elect one master although they start together', async () => {
    const both = [first(100), second(100)];
    await until('one hears the other', () => both.some(hears));
    expect(both.map((one) => one.role).sort()).toEqual(['backup', 'master']);
    expect(both.filter((one) => one.fenceOpen())).toHaveLength(1);
    expect(both.map((one) => one.stderr)).toEqual(['', '']);
  });

  test('at 10 ms: one takes over when the master is killed, and tells the neighbours', async () => {
    const [a, b] = [first(10), second(10)];
    await until('one hears the other', () => hears(a) || hears(b));
    const [dead, survivor] = a.role === 'master' ? [a, b] : [b, a];
    const told = survivor.counters.garp_sent ?? 0;
    await dead.kill();
    await survivor.becomes('master');
    await until('its neighbours were told', () => (survivor.counters.garp_sent ?? 0) >= told + 5);
    expect(survivor.fenceOpen()).toBe(true);
  });

  test('a takeover begins a term newer than any that was heard of', async () => {
    const [a, b] = await pair(100);
    b.send({ kind: 'board', values: { peerSyncAt: bootTimeUs(), peerTerm: 41 } });
    await a.kill();
    expect((await b.becomes('master')).term).toBe(42);
  });

  test('a killed master that comes back within its lease goes on, and the backup never notices', async () => {
    const [a, b] = await pair(2000);
    // How long a busy machine takes to load it is no matter here: see head-start.test.ts.
    const again = first(2000, { held: true });
    await again.loaded();
    await a.kill();
    again.begin();
    const { term, why } = await again.becomes('master');
    expect(term).toBe(a.roles.at(-1)?.term);
    expect(why).toContain('lease');
    const heard = b.heard;
    await until('the backup hears it again', () => b.heard > heard);
    expect(b.roles).toHaveLength(1);
  });

  test('a killed master that comes back late stays backup, whatever its priority', async () => {
    const [a, b] = await pair(100);
    await a.kill();
    await b.becomes('master');
    const again = first(100);
    await until('it hears the new master', () => again.heard > 10);
    expect([again.role, b.role]).toEqual(['backup', 'master']);
  });

  test('a handover moves the role at once and it stays there', async () => {
    const [a, b] = await pair(100);
    a.send({ kind: 'release', ordered: true });
    await a.becomes('backup');
    expect(a.fenceOpen()).toBe(false);
    b.send({ kind: 'released' });
    await b.becomes('master');
    const heard = a.heard;
    await until('the old master follows', () => a.heard > heard + 5);
    expect([a.role, b.role]).toEqual(['backup', 'master']);
  });

  test('a master that stops for good sends priority 0, and the backup does not wait for silence', async () => {
    const [a, b] = await pair(1000);
    await a.stop(true);
    expect((await b.becomes('master')).why).toContain('gave the addresses up');
    expect(a.fenceOpen()).toBe(false);
    expect(b.counters.releases_received).toBeGreaterThan(0);
  });

  test('a master that is stopped for a restart leaves its lease standing', async () => {
    const [a] = await pair(1000);
    await a.stop(false);
    expect(a.role).toBe('init');
    expect(a.fenceOpen()).toBe(true);
  });

  test('a frozen master closes its fence before anything else when it wakes', async () => {
    const [a, b] = await pair(100);
    a.child.kill('SIGSTOP');
    await b.becomes('master');
    expect(a.fenceOpen()).toBe(false);
    a.child.kill('SIGCONT');
    await a.becomes('backup');
    const heard = a.heard;
    await until('it follows the new master', () => a.heard > heard + 5);
    expect([a.role, b.role, a.fenceOpen()]).toEqual(['backup', 'master', false]);
  });

  test('a master whose main thread stands still lets go', async () => {
    const [a, b] = await pair(100);
    a.send({ kind: 'stall', on: true });
    await b.becomes('master');
    expect(a.role).toBe('backup');
    expect(a.events).toContainEqual(expect.objectContaining({ kind: 'log', level: 'error' }));
  });

  test('the sync path holds a takeover back while it says that the peer is master', async () => {
    const [a, b] = await pair(100);
    const hold = setInterval(() => {
      const now = bootTimeUs();
      const values = { peerSyncAt: now, peerRole: BOARD_ROLE.MASTER, peerLeaseUntil: now + 200_000 };
      b.send({ kind: 'board', values });
    }, 20);
    try {
      await until('the board is filled', () => b.heard > 10);
      await a.kill();
      await until('it was held', () => (b.counters.held ?? 0) > 2);
      expect(b.role).toBe('backup');
    } finally {
      clearInterval(hold);
    }
    await b.becomes('master');
  });

  test('an address list that differs is counted and logged, not refused', async () => {
    const a = first(50);
    await a.becomes('master');
    const b = second(50, { addresses: ['10.99.0.1', '10.99.0.2'] });
    await until('the list was counted', () => (b.counters.address_list ?? 0) > 5);
    expect(b.role).toBe('backup');
    expect(b.events.filter((event) => event.kind === 'log' && /advertises/.test(event.text))).toHaveLength(1);
  });
});

test('a packet with a wrong TTL, destination or checksum on the wire is counted and changes nothing', async () => {
  const a = first(100);
  await a.becomes('master');
  execFileSync('nsenter', [`--net=/run/netns/${wire.b}`, 'sysctl', '-qw', 'net.ipv4.ip_default_ttl=255']);
  // Priority 254 with a TTL of 1, then with a broken checksum, then to the master alone: each would win if believed.
  const forge = `
    import { Socket } from '${built('native/socket.js')}';
    import { sockaddrOf } from '${built('native/socket.js')}';
    const bytes = Uint8Array.of(0x31, ${VRID}, 254, 1, 0, 10, 0xde, 0xad, 10, 99, 0, 1);
    for (const ttl of [1, 255]) {
      const socket = new Socket(2, 3, 112, 1);
      socket.multicastOut({ ifindex: ${ifindex(wire.b)}, source: '10.99.0.12', ttl, loop: false });
      socket.send(bytes, sockaddrOf('224.0.0.18', 0));
    }
    new Socket(2, 3, 112, 1).send(bytes, sockaddrOf('10.99.0.11', 0));`;
  const forger = wire.spawn(wire.b, process.execPath, ['--input-type=module', '-e', forge]);
  await until('the forger is done', () => forger.exitCode === 0);
  const refused = ['ttl', 'checksum', 'destination'];
  await until('each was counted', () => refused.every((name) => a.counters[name] === 1));
  expect(a.role).toBe('master');
  expect(a.counters).toMatchObject({ adverts_received: 0, yields: 0 });
});

test('over UDP, without any privilege, two directors of one host elect one master', async () => {
  const udp = { transport: 'udp', interface: 'lo' } as const;
  const a = new TestDirector(wire, wire.a, { name: 'a', priority: 200, advertMs: 50, ...udp });
  await a.becomes('master');
  const b = new TestDirector(wire, wire.a, { name: 'b', priority: 100, advertMs: 50, ...udp });
  await until('the backup hears the master', () => b.heard > 5);
  expect([a.role, b.role]).toEqual(['master', 'backup']);
  await a.kill();
  await b.becomes('master');
});

test('a master whose link loses its carrier lets go, and comes back with it', async () => {
  wire.leaveLease('a', 100);
  const a = first(100);
  await a.becomes('master');
  ip('-n', wire.b, 'link', 'set', 'up0', 'down');
  await a.becomes('backup');
  expect(a.fenceOpen()).toBe(false);
  ip('-n', wire.b, 'link', 'set', 'up0', 'up');
  await a.becomes('master');
});

test('an interface that vanished is said clearly when the heartbeat starts', async () => {
  const a = first(50, { interface: 'nowhere0' });
  await until('the process ended', () => a.child.exitCode !== null);
  expect(a.stderr).toContain('interface nowhere0 does not exist');
});
