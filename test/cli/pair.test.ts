/** What two daemons do together, as operators see it: commands on one host, and what the other one has. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DaemonPair, type PairDaemon } from '../support/daemon-pair.ts';
import { until } from '../support/until.ts';

/** Dozens of commands, each a process that starts. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

let pair: DaemonPair;
beforeEach(() => {
  pair = new DaemonPair('pair');
});
afterEach(async () => {
  await pair.remove();
});

const OPEN = { interface: 'sync0', sealed: false };
const RULES = { sync: OPEN, rules: { replicate: true } };

const service = (port: number) => ['-A', '-t', `10.1.1.1:${port}`, '-s', 'rr'];

async function started(configuration: object): Promise<void> {
  await pair.start(configuration);
  await synced();
}

async function synced(): Promise<void> {
  for (const daemon of pair.both) await daemon.until('hold the table', ({ peer }) => peer.synced);
}

async function agreed(): Promise<void> {
  await until(
    'both have the same rules',
    async () => {
      const [one, two] = await Promise.all(pair.both.map(async (daemon) => (await daemon.status()).rules));
      return one?.version === two?.version && one?.agreed === true && two?.agreed === true;
    },
    30_000,
  );
  expect(pair.two.rules).toBe(pair.one.rules);
}

const done = (daemon: PairDaemon, args: readonly string[], input?: string) =>
  expect(daemon.ipvsadm(args, input)).toEqual({ status: 0, stdout: '', stderr: '' });

test('a rule changed on either director holds on both, one that was away catches up, and a conflict keeps the loser', async () => {
  await started(RULES);
  done(pair.one, service(80));
  done(pair.one, ['-P', '-t', '10.1.1.1:80', '-z', '192.168.10.1']);
  await agreed();
  done(pair.two, ['-a', '-t', '10.1.1.1:80', '-r', '192.168.10.2:22', '-q', '-w', '1']);
  done(pair.two, ['--set', '60', '30', '10']);
  await agreed();
  expect(pair.one.rules).toContain('-r 192.168.10.2:22 -q -w 1');
  expect(pair.one.ipvsadm(['-L', '--timeout']).stdout).toContain('60 30 10');
  expect(pair.one.tandem('status').stdout).toMatch(/^rules +version 4, the same at the peer$/m);

  // Away, and back with a fresh plane.
  await pair.two.stop();
  done(pair.one, ['-D', '-t', '10.1.1.1:80']);
  done(pair.one, service(81));
  await pair.two.start({ ...RULES, services: ['-A -t 10.1.1.1:99 -s rr'] });
  await agreed();
  expect(pair.two.rules).toBe('-A -t 10.1.1.1:81 -s rr\n');

  // Changed on both while they cannot hear each other.
  pair.cut();
  done(pair.one, service(82));
  done(pair.two, service(83));
  done(pair.two, service(84));
  const before = pair.one.rules;
  pair.connect();
  await agreed();
  expect(pair.one.rules).toContain(':84');
  const [lost = ''] = pair.one.lost;
  expect(readFileSync(lost, 'utf8')).toBe(`--set 60 30 10\n${before}`);
  await until('it is logged where', () => pair.one.said.includes(`are kept in ${lost}`));
  // What was kept can be had again.
  done(pair.one, ['-C']);
  done(pair.one, ['-R'], readFileSync(lost, 'utf8'));
  await agreed();
  expect(pair.two.rules).toBe(before);
});

test('only one of two replicates: each keeps its own, and says so once', async () => {
  await Promise.all([pair.one.start(RULES), pair.two.start({ sync: OPEN })]);
  await until('lb1 has said so', () => pair.one.said.includes('lb2 does not replicate its rules'), 30_000);
  done(pair.one, service(80));
  done(pair.two, service(81));
  await until('lb2 has said so', () => pair.two.said.includes('lb1 would replicate its rules'), 30_000);
  expect(pair.two.rules).toBe('-A -t 10.1.1.1:81 -s rr\n');
  expect(pair.one.rules).toBe('-A -t 10.1.1.1:80 -s rr\n');
  expect(pair.one.said.split('does not replicate its rules')).toHaveLength(2);
});

test('a key is replaced on a living pair, and nothing is refused on the way', async () => {
  const newKey = () => `${randomBytes(32).toString('hex')}\n`;
  const files = pair.both.map(({ folder, name }) => join(folder, `${name}.key`)) as [string, string];
  const old = newKey();
  for (const file of files) writeFileSync(file, old, { mode: 0o600 });
  await Promise.all(
    pair.both.map((daemon, at) => daemon.start({ sync: { interface: 'sync0', key_file: files[at] } })),
  );
  await synced();
  const sealing = async () => (await pair.one.status()).sync.keys.sealing;
  const first = await sealing();

  // Two keys have the same short name once in 255 times: then another one is made, as an operator would.
  let fresh = newKey();
  for (;;) {
    writeFileSync(files[0], old + fresh);
    const { status, stderr } = pair.one.tandem('rekey');
    if (status === 0) break;
    expect(stderr).toContain('have the same short name');
    fresh = newKey();
  }
  // One-sided until now: the old one still seals.
  expect(await sealing()).toBe(first);
  appendFileSync(files[1], fresh);
  expect(pair.two.tandem('rekey').status).toBe(0);
  for (const daemon of pair.both)
    await daemon.until('seal with the new key', ({ sync }) => sync.keys.sealing !== first);
  for (const [at, daemon] of pair.both.entries()) {
    writeFileSync(files[at] ?? '', fresh);
    expect(daemon.tandem('rekey').status).toBe(0);
  }
  const before = await Promise.all(pair.both.map(async (daemon) => (await daemon.status()).sync.received));
  for (const [at, daemon] of pair.both.entries()) {
    await daemon.until('hear the peer', ({ sync }) => sync.received > (before[at] ?? 0) + 5);
    const { sync, peer } = await daemon.status();
    expect(sync).toMatchObject({ rejected: {}, gaps: 0, lost: 0 });
    expect(sync.keys.opened).toHaveLength(1);
    expect(peer.synced).toBe(true);
  }
  // What the peer cannot open is refused, and nothing changes.
  writeFileSync(files[0], newKey());
  const refused = pair.one.tandem('rekey');
  if (refused.status !== 0) expect(refused.stderr).toContain('the peer lb2 opens key');
});

test('sync options as IPVS users know them, over an IPv6 group', async () => {
  const options = [
    ...[
      '--mcast-interface',
      'sync0',
      '--mcast-group',
      'ff02::51',
      '--mcast-port',
      '9000',
      '--mcast-ttl',
      '3',
    ],
    ...['--syncid', '7'],
  ];
  await pair.start({});
  for (const daemon of pair.both) {
    for (const direction of ['master', 'backup'])
      expect(daemon.tandem('start-daemon', direction, ...options).status).toBe(0);
  }
  await synced();
  expect(pair.one.ipvsadm(['-L', '--daemon']).stdout).toBe(
    ['master', 'backup']
      .map(
        (name) =>
          `${name} sync daemon (mcast=sync0, syncid=7, maxlen=1452, group=ff02::51, port=9000, ttl=3)\n`,
      )
      .join(''),
  );
});

test('only equal syncids talk, and a receiver with 0 takes all', async () => {
  await Promise.all(pair.both.map((daemon, at) => daemon.start({ sync: { ...OPEN, syncid: 7 + at } })));
  for (const daemon of pair.both)
    await daemon.until('refuse the other syncid', ({ sync }) => (sync.rejected.syncid ?? 0) > 3);
  expect(await pair.one.status()).toMatchObject({ sync: { received: 0 }, peer: { sync_ms: null } });
  await pair.two.stop();
  await pair.two.start({ sync: { ...OPEN, syncid: 0, directions: ['backup'] } });
  await pair.two.until('hold the table', ({ peer }) => peer.synced);
  expect((await pair.two.status()).sync.rejected).toEqual({});
});
