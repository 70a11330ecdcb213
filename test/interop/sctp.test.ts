/**
 * SCTP between real ends through the plane: a guest's kernel has both, in namespaces of its own, on taps that the plane
 * is on. The service maps its port, so that each packet's CRC32c must be changed rightly or its receiver drops it.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { XdpPlane } from '../../src/datapath/xdp-plane.ts';
import { parseAddress } from '../../src/model/address.ts';
import { type Connection, stateName } from '../../src/model/connection.ts';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { IPVS_OPTIONS } from '../../src/model/ipvs-options.ts';
import { EMPTY_RULES, type ServiceId } from '../../src/model/rules.ts';
import { bootTimeUs } from '../../src/native/clock.ts';
import { ip, TestNamespace } from '../support/namespace.ts';
import { linkOf, setForwarding } from '../support/plane.ts';
import { until } from '../support/until.ts';
import { Guest } from '../support/user-mode-linux/guest.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
const PATIENCE_MS = 120_000;
const BYTES = 1_000_000;

/** Client, virtual address, local address, server. */
const ENDS = [
  ['IPv4', '10.1.1.10', '10.1.1.1', '192.168.10.1', '192.168.10.2'],
  ['IPv6', '2001:db8:1::10', '2001:db8:1::1', '2001:db8:10::1', '2001:db8:10::2'],
] as const;

let namespace: TestNamespace;
let guest: Guest;
let plane: XdpPlane;

beforeAll(async () => {
  namespace = new TestNamespace('sctp-ends');
  guest = await Guest.boot({
    links: [
      { namespace: namespace.name, tap: 'front' },
      { namespace: namespace.name, tap: 'back' },
    ],
    modules: ['sctp'],
  });
  await guest.must(
    [
      ['client', 'eth0', '10.1.1.10/24', '2001:db8:1::10/64'],
      ['server', 'eth1', '192.168.10.2/24', '2001:db8:10::2/64'],
    ]
      .map(
        ([name, link, four, six]) => `ip netns add ${name}
ip link set ${link} netns ${name}
ip -n ${name} link set ${link} up
ip -n ${name} link set lo up
ip -n ${name} addr add ${four} dev ${link}
ip -n ${name} addr add ${six} dev ${link} nodad`,
      )
      .join('\n'),
  );
  ip('addr', 'add', '10.1.1.2/24', 'dev', 'front');
  ip('addr', 'add', '192.168.10.3/24', 'dev', 'back');
  ip('addr', 'add', '2001:db8:1::2/64', 'dev', 'front', 'nodad');
  ip('addr', 'add', '2001:db8:10::3/64', 'dev', 'back', 'nodad');
  for (const name of ['front', 'back']) setForwarding(name);
  const [front, back] = [linkOf('front'), linkOf('back')];
  plane = XdpPlane.open({
    pins: namespace.pins,
    connections: 4096,
    localPorts: [1024, 65535],
    ipvs: IPVS_OPTIONS,
    mode: 'auto',
    interfaces: [front, back].map((link) => ({ ...link, sendByRedirect: false })),
  });
  const edits = ENDS.flatMap(([, , vip, lip, server]): RuleEdit[] => {
    const id: ServiceId = {
      kind: 'address',
      protocol: 'sctp',
      address: parseAddress(vip),
      port: 2905,
      subnetId: 0,
    };
    return [
      { op: 'add-service', id, settings: { scheduler: 'rr', schedulerFlags: [], onePacket: false } },
      {
        op: 'add-server',
        id,
        server: {
          address: parseAddress(server),
          port: 7000,
          forwarding: 'fullnat',
          weight: 1,
          upperThreshold: 0,
          lowerThreshold: 0,
        },
      },
      { op: 'add-local', id, local: { address: parseAddress(lip) } },
    ];
  });
  plane.applyRules(edits.reduce(applyEdit, EMPTY_RULES));
  plane.setAddresses(
    ENDS.flatMap(([, , vip, lip]) => [
      { address: parseAddress(vip), kind: 'virtual' as const, floating: true, ifindex: front.ifindex },
      { address: parseAddress(lip), kind: 'local' as const, floating: true, ifindex: back.ifindex },
    ]),
  );
  plane.fence.open(bootTimeUs() + 3_600_000_000, 1);
});

afterAll(async () => {
  plane?.close(false);
  await guest?.kill();
  namespace.remove();
});

/** One-to-one sockets (RFC 6458) of protocol 132, with what perl itself has. */
const program = (body: string) => `perl -e '
use strict; use Socket qw(:all);
sub name { my ($ip, $port) = @_;
  return $ip =~ /:/ ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $ip)) : pack_sockaddr_in($port, inet_aton($ip)); }
sub make { my ($ip) = @_; socket(my $s, $ip =~ /:/ ? AF_INET6 : AF_INET, SOCK_STREAM, 132) or die "socket: $!"; return $s; }
sub take { my ($s, $n) = @_; my $all = ""; while (length($all) < $n) { defined(recv($s, my $part, 65536, 0)) or die "recv: $!";
  last if $part eq ""; $all .= $part; } return $all; }
sub give { my ($s, $all) = @_; for (my $at = 0; $at < length($all); $at += 1400) { defined(send($s, substr($all, $at, 1400), 0)) or die "send: $!"; } }
${body}'`;

const serve = (address: string) =>
  program(`
my $l = make("${address}"); bind($l, name("${address}", 7000)) or die "bind: $!"; listen($l, 5) or die; 
$| = 1; accept(my $s, $l) or die; my $all = take($s, ${BYTES}); give($s, scalar reverse $all); take($s, 1);`);

const call = (address: string) =>
  program(`
my $s = make("${address}"); connect($s, name("${address}", 2905)) or die "connect: $!";
my $all = join("", map { chr(($_ * 7919) % 251) } 1 .. ${BYTES}); give($s, $all);
print take($s, ${BYTES}) eq reverse($all) ? "same" : "other"; close($s);`);

async function connections(): Promise<Connection[]> {
  const all: Connection[] = [];
  for await (const chunk of plane.connections()) all.push(...chunk);
  return all;
}

test.each(ENDS)(
  '%s: a megabyte goes there and comes back, and the association ends',
  async (_, client, vip, lip, server) => {
    const job = guest.start(`ip netns exec server ${serve(server)}`);
    await until(
      'the server listens',
      async () => (await guest.run(`ip netns exec server grep -c 7000 /proc/net/sctp/eps`)).code === 0,
      PATIENCE_MS,
    );
    expect(await guest.must(`ip netns exec client ${call(vip)}`, PATIENCE_MS)).toBe('same');
    const { code, stderr } = await job.done;
    expect([code, stderr]).toEqual([0, '']);
    const mine = () => connections().then((all) => all.find((one) => one.client.address === client));
    expect(await mine()).toMatchObject({
      protocol: 'sctp',
      local: { address: lip },
      server: { address: server, port: 7000 },
    });
    await until('it is closed here, too', async () => stateName((await mine()) as Connection) === 'CLOSED');
    expect(plane.drops().malformed ?? 0).toBe(0);
  },
);
