import { expect, test } from 'vitest';
import { PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import {
  cutLines,
  hostLines,
  hostScript,
  portLines,
  portScript,
  switchLines,
  unplugLines,
} from '../../src/lab/plan.ts';
import type { HostSpec } from '../../src/lab/topology.ts';

const host: HostSpec = {
  name: 'lb1',
  interfaces: [
    { name: 'eth0', switch: 'front', mac: '02:00:00:00:01:02', addresses: ['10.1.1.2/24'], xdp: true },
    { name: 'eth2', switch: 'sync', mac: '02:00:00:00:03:02', addresses: ['172.31.0.1/30'] },
  ],
  routes: [{ to: '192.168.20.0/24', via: '192.168.10.254' }],
  sysctls: { 'net.ipv4.ip_forward': '1' },
};

test('links are made in the switch, their far ends in the host under its own names', () => {
  expect(portLines(host, 'tlab-x-lb1')).toEqual([
    'link add name lb1-eth0 type veth peer name eth0 address 02:00:00:00:01:02 netns tlab-x-lb1',
    'link set dev lb1-eth0 master front up',
    'link add name lb1-eth2 type veth peer name eth2 address 02:00:00:00:03:02 netns tlab-x-lb1',
    'link set dev lb1-eth2 master sync up',
  ]);
});

test('a host gets its addresses before its interface is up, and routes when all are', () => {
  expect(hostLines(host)).toEqual([
    'link set dev lo up',
    'address add 10.1.1.2/24 brd + dev eth0',
    'link set dev eth0 up',
    'address add 172.31.0.1/30 brd + dev eth2',
    'link set dev eth2 up',
    'route add 192.168.20.0/24 via 192.168.10.254',
  ]);
});

test('bridges forward at once and flood multicast', () => {
  expect(switchLines({ switches: ['front'], hosts: [] })).toEqual([
    'link add name front type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
    'link set dev front up',
  ]);
});

test('every end of a link computes its own checksums', () => {
  const script = `${hostScript(host)}\n${portScript(host, '/lab/pass.o', '/lab/pins')}`;
  for (const end of ['eth0', 'eth2', 'lb1-eth0', 'lb1-eth2']) {
    expect(script, `${end} leaves checksums to hardware that is not there`).toMatch(
      new RegExp(`^ethtool -K ${end} tx off tso off gso off`, 'm'),
    );
  }
});

test('only a port that faces XDP gets GRO and a program, or its frames would not arrive', () => {
  const script = portScript(host, '/lab/pass.o', '/lab/pins');
  expect(script).toContain('ethtool -K lb1-eth0 tx off tso off gso off gro on');
  expect(script).toContain('ip link set dev lb1-eth0 xdpdrv object /lab/pass.o section xdp');
  expect(script).toContain('ethtool -K lb1-eth2 tx off tso off gso off gro off');
  expect(script).not.toContain('dev lb1-eth2 xdpdrv');
});

test("a host has Debian's reverse-path filter, no IPv6, and the settings of its declaration", () => {
  const script = hostScript(host);
  expect(script).toContain("echo '2' > /proc/sys/net/ipv4/conf/eth0/rp_filter");
  expect(script).toContain('/proc/sys/net/ipv6/conf/all/disable_ipv6');
  expect(script).toContain("echo '1' > /proc/sys/net/ipv4/ip_forward");
});

test('a host with an IPv6 address speaks IPv6, and uses it at once', () => {
  const [first] = host.interfaces;
  const both = { ...host, interfaces: first ? [{ ...first, addresses: ['10.1.1.2/24', 'fd00::2/64'] }] : [] };
  expect(hostScript(both)).not.toContain('disable_ipv6');
  expect(hostLines(both)).toContain('address add fd00::2/64 dev eth0 nodad');
});

test('cutting a host takes every one of its links in one batch', () => {
  expect(cutLines(host)).toEqual(['link set dev lb1-eth0 down', 'link set dev lb1-eth2 down']);
  expect(unplugLines(host)).toEqual(['link delete dev lb1-eth0', 'link delete dev lb1-eth2']);
});

test('the pair is the model of the seed, doubled', () => {
  const at = Object.fromEntries(
    PAIR_TOPOLOGY.hosts.map(({ name, interfaces }) => [
      name,
      interfaces.flatMap(({ addresses }) => addresses),
    ]),
  );
  expect(at).toEqual({
    client: ['10.1.1.10/24'],
    probe: ['10.1.1.11/24'],
    lb1: ['10.1.1.2/24', '192.168.10.3/24', '172.31.0.1/30'],
    lb2: ['10.1.1.3/24', '192.168.10.4/24', '172.31.0.2/30'],
    rs1: ['192.168.10.2/24'],
    router: ['192.168.10.254/24', '192.168.20.1/24'],
    rs2: ['192.168.20.2/24'],
  });
});
