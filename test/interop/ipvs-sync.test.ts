/** A kernel's IPVS, with its own master and backup, on the group of a pair: Linux 6.1 in a guest on the sync link. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connect } from '../../src/control/client.ts';
import type { Status } from '../../src/director/status.ts';
import { Director } from '../../src/drill/director.ts';
import { Generator } from '../../src/drill/generator.ts';
import { PORTS } from '../../src/drill/servers.ts';
import { Lab } from '../../src/lab/lab.ts';
import { namespaceName } from '../../src/lab/ownership.ts';
import { PAIR, PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import { SWITCH_HOST } from '../../src/lab/topology.ts';
import { waitFor } from '../../src/lab/wait.ts';
import type { Connection } from '../../src/model/connection.ts';
import { built } from '../support/build.ts';
import { Guest } from '../support/user-mode-linux/guest.ts';

const { signal } = new AbortController();
/** Emulated, on a busy machine. */
const PATIENCE_MS = 60_000;
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const PATIENCE = { timeoutMs: PATIENCE_MS, signal, everyMs: 100 };
const CONNECTIONS = 40;
const ADVERT_MS = 200;
const GROUP = '224.0.0.81';
const PORT = 8848;
const SYNCID = 255;

/** With room for a third host on the sync link. */
const lab = new Lab({
  ...PAIR_TOPOLOGY,
  hosts: PAIR_TOPOLOGY.hosts.map((host) => ({
    ...host,
    interfaces: host.interfaces.map((each) => ({
      ...each,
      addresses: each.addresses.map((address) => address.replace('/30', '/29')),
    })),
  })),
});
const GUEST = '172.31.0.5';
let guest: Guest;
let lb1: Director;
let lb2: Director;

beforeAll(async () => {
  built('cli/tandem.js');
  await lab.up();
  const namespace = namespaceName(lab.id, SWITCH_HOST);
  guest = await Guest.boot({
    links: [{ namespace, tap: 'guest', bridge: 'sync', addresses: [`${GUEST}/29`] }],
    modules: ['ip_vs', 'ip_vs_rr'],
  });
  const daemon = `--mcast-interface eth0 --syncid ${SYNCID}`;
  await guest.must(`ipvsadm --start-daemon backup ${daemon}; ipvsadm --start-daemon master ${daemon}`);
  const key = join(lab.directory, 'sync.key');
  writeFileSync(key, '5b'.repeat(32), { mode: 0o600 });
  lb1 = new Director(lab, 'lb1', { advertMs: ADVERT_MS, key });
  lb2 = new Director(lab, 'lb2', { advertMs: ADVERT_MS, key });
  await lb1.start();
  await lb1.until('become master', ({ role }) => role === 'master', PATIENCE_MS, signal);
  await lb2.start();
  await lb2.until('hold the table', ({ peer }) => peer.synced, PATIENCE_MS, signal);
  const server = await Generator.start(lab, 'rs1', 'echo-server', {
    ...{ protocol: 'tcp', host: PAIR.rs1, port: PORTS.tcpEcho },
  });
  await server.ready(signal);
  const client = await Generator.start(lab, 'client', 'echo-client', {
    ...{ host: PAIR.vip, port: 7000, connections: CONNECTIONS, everyMs: 500 },
  });
  await client.ready(signal);
});

afterAll(async () => {
  await guest?.kill();
  expect(await lab.down()).toEqual([]);
});

const directors = () => [lb1, lb2] as const;

async function statusOf(director: Director): Promise<Status> {
  return waitFor(`the status of ${director.name}`, () => director.status(), PATIENCE);
}

async function connectionsOf(director: Director): Promise<readonly Connection[]> {
  const client = await connect(join(lab.directory, `${director.name}.sock`));
  try {
    const rows: Connection[] = [];
    for await (const chunk of client.connections()) rows.push(...chunk);
    return rows;
  } finally {
    client.close();
  }
}

/** All but the time that is left, which runs. */
async function tableOf(director: Director): Promise<string[]> {
  const rows = await connectionsOf(director);
  return rows.map((row) => JSON.stringify({ ...row, expires: undefined })).sort();
}

/** Sends to the group, as another host of the link would. */
async function send(...datagrams: readonly Buffer[]): Promise<void> {
  const program = `
    const socket = require('node:dgram').createSocket('udp4');
    socket.bind(0, '172.31.0.2', () => {
      socket.setMulticastInterface('172.31.0.2');
      const all = ${JSON.stringify(datagrams.map((each) => each.toString('hex')))};
      let left = all.length;
      for (const hex of all)
        socket.send(Buffer.from(hex, 'hex'), ${PORT}, '${GROUP}', () => --left || socket.close());
    });`;
  const { code, stderr } = await lab.run('lb2', process.execPath, ['-e', program]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

/** A message that a kernel's master sent, for our syncid. */
function recorded(name: string): Buffer {
  const text = readFileSync(new URL('../wire/data/ipvs-sync.jsonl', import.meta.url), 'utf8');
  const vectors = text.trim().split('\n');
  const found = vectors.map((line) => JSON.parse(line) as { name: string; payload: string });
  const message = Buffer.from(found.find((each) => each.name === name)?.payload ?? '', 'hex');
  message.writeUInt8(SYNCID, 1);
  return message;
}

/** What the kernel in the guest knows and has said. */
const kernelTable = () => guest.must('tail -n +2 /proc/net/ip_vs_conn');
const kernelLog = () => guest.must('dmesg');

/** UDP datagrams that sockets of the guest have read. */
async function datagramsRead(): Promise<number> {
  return Number(/^Udp: (\d+)/m.exec(await guest.must('cat /proc/net/snmp'))?.[1]);
}

describe('a kernel that is backup', () => {
  test('takes what a kernel sends, and logs what it cannot read: this guest listens', async () => {
    const log = await kernelLog();
    const unknownVersion = recorded('v1-tcp4-nat-established');
    // Entry version 1, in the upper half of the byte.
    unknownVersion.writeUInt8(0x10, 10);
    await send(recorded('v1-tcp4-nat-established'), unknownVersion);
    // 10.0.0.1:45000 -> 10.0.0.100:80, as /proc writes it.
    await waitFor('the entry', async () => (await kernelTable()).includes('0A000001 AFC8'), PATIENCE);
    await waitFor('the complaint', async () => (await kernelLog()) !== log, PATIENCE);
    expect((await kernelLog()).slice(log.length)).toMatch(/IPVS: BACKUP, Dropping buffer, Unknown version/);
  });

  test('ignores every message of a pair, without a log line', async () => {
    const log = await kernelLog();
    const sent = async (director: Director) => (await statusOf(director)).sync.sent;
    const read = await datagramsRead();
    const before = (await sent(lb1)) + (await sent(lb2));
    const more = await Generator.start(lab, 'client', 'echo-client', {
      ...{ host: PAIR.vip, port: 7000, connections: CONNECTIONS, everyMs: 500 },
    });
    await more.ready(signal);
    const holds = ({ connections }: Status) => connections >= 2 * CONNECTIONS;
    await lb2.until('hold the connections', holds, PATIENCE_MS, signal);
    // There and back; and a director that joins with nothing.
    await lb1.handover();
    await lb2.until('be master', ({ role }) => role === 'master', PATIENCE_MS, signal);
    const former = await sent(lb1);
    await lb1.kill();
    await lb1.start();
    await lb1.until('hold the table again', ({ peer }) => peer.synced, PATIENCE_MS, signal);
    const said = former + (await sent(lb1)) + (await sent(lb2)) - before;
    expect(said).toBeGreaterThan(10);
    await waitFor('the guest has read them', async () => (await datagramsRead()) - read >= said, PATIENCE);
    expect((await kernelLog()).slice(log.length)).toBe('');
    expect(await kernelTable()).not.toMatch(/0A010101/);
  });
});

/** In the guest: a connection with the addresses and ports of one of the pair's own, through an IPVS service as ours. */
const CONNECT = `
  my ($from, $port, $vip) = @ARGV;
  my $socket;
  until ($socket) {
    $socket = IO::Socket::INET->new(PeerAddr => $vip, PeerPort => 7000, LocalAddr => $from, LocalPort => $port);
    select undef, undef, undef, 0.2;
  }
  for (1 .. 60) { print $socket "line\\n"; <$socket> }
  sleep 1 while 1;`;
const SERVE = `
  $SIG{CHLD} = "IGNORE";
  my $listener = IO::Socket::INET->new(
    Listen => 5, LocalAddr => $ARGV[0], LocalPort => $ARGV[1], ReuseAddr => 1) or die "listen: $!";
  while (my $socket = $listener->accept) { next if fork; print $socket $_ while <$socket>; exit }`;
const perl = (program: string, ...args: readonly unknown[]) =>
  `perl -MIO::Socket::INET -e '${program}' ${args.join(' ')}`;

test.each([1, 0])(
  'what a kernel that is master says (version %i) changes nothing, and is counted as foreign',
  async (version) => {
    const [vip, service] = [PAIR.vip, `${PAIR.vip}:7000`];
    await guest.must(`
    sysctl -qw net.ipv4.vs.sync_version=${version}
    for address in ${vip} ${PAIR.client} ${PAIR.rs1}; do ip address replace $address/32 dev lo; done
    ipvsadm -C
    ipvsadm -A -t ${service} -s rr
    ipvsadm -a -t ${service} -r ${PAIR.rs1}:${PORTS.tcpEcho} -m`);
    const before = await Promise.all(directors().map(statusOf));
    const tables = await Promise.all(directors().map(tableOf));
    expect(tables.map(({ length }) => length)).toEqual([2 * CONNECTIONS, 2 * CONNECTIONS]);
    const ours = (await connectionsOf(lb1))[version]?.client;
    const server = guest.start(perl(SERVE, PAIR.rs1, PORTS.tcpEcho));
    const client = guest.start(perl(CONNECT, PAIR.client, ours?.port, vip));
    for (const [n, director] of directors().entries()) {
      const counted = (before[n]?.sync.foreign ?? 0) + 1;
      const heard = ({ sync }: Status) => sync.foreign >= counted;
      await director.until('count a foreign message', heard, PATIENCE_MS, signal);
    }
    await client.stop();
    await server.stop();
    expect(await Promise.all(directors().map(tableOf))).toEqual(tables);
    for (const [n, director] of directors().entries()) {
      const now = await statusOf(director);
      expect(now.sync.rejected).toEqual(before[n]?.sync.rejected);
      expect({ role: now.role, synced: now.peer.synced }).toEqual({ role: before[n]?.role, synced: true });
    }
  },
);
