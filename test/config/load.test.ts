import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { SCHEDULERS } from '../../src/model/rules.ts';
import { scratch } from '../support/scratch.ts';

const parse = (text: string, datapath?: 'xdp' | 'memory') =>
  parseConfig(text, 'tandem.yaml', { hostname: 'host', ...(datapath && { datapath }) });

test('an empty file is a director without routers, sync or rules', () => {
  expect(parse('# nothing\n')).toStrictEqual({
    name: 'host',
    datapath: {
      kind: 'xdp',
      mode: 'auto',
      connections: 1_048_576,
      localPorts: [1024, 65535],
      pins: '/sys/fs/bpf/tandem/host',
      ipvs: { syncThreshold: [3, 0], syncRefreshPeriod: 0, sloppyTcp: false, templatesOnly: false },
    },
    interfaces: [],
    routers: [],
    sync: [],
    replicateRules: false,
    rules: [],
    log: { level: 'info' },
  });
});

test('a host name with dots makes a name for pins without', () => {
  expect(parse('name: lb1.example.com').datapath.pins).toBe('/sys/fs/bpf/tandem/lb1_example_com');
});

test('a plane in memory takes services that the XDP plane cannot carry', () => {
  const text = 'datapath: {kind: memory}\nservices: ["-A -t 10.1.1.1:80:5 -s mh -p"]';
  expect(parse(text).rules).toMatchObject([{ op: 'add-service', id: { kind: 'address', subnetId: 5 } }]);
  expect(() => parse(text, 'xdp')).toThrow(/subnet_id 5 is not built yet/);
});

const WHOLE = `
name: lb1
interfaces: [eth0, eth1]
datapath: {kind: xdp, mode: generic, connections: 65536, local_ports: 2000-3000, pins: /sys/fs/bpf/x}
routers:
  - {name: main, vrid: 51, interface: eth0, priority: 200, advert: 100ms, addresses: [10.1.1.1]}
sync: {interface: eth2, syncid: 7, key_file: /etc/tandem/sync.key}
timeouts: {tcp: 60}
services:
  - -A -t 10.1.1.1:80 -s rr
  - tcp: 10.1.1.1:8080
    local_addresses: [192.168.10.1]
    servers: [{address: 192.168.20.2:8080, weight: 3}]
log: {level: debug, file: /var/log/tandem/tandem.log}
`;

test('every setting of a whole file arrives in its place', () => {
  const config = parse(WHOLE);
  expect(config).toMatchObject({
    name: 'lb1',
    interfaces: ['eth0', 'eth1'],
    datapath: {
      kind: 'xdp',
      mode: 'generic',
      connections: 65_536,
      localPorts: [2000, 3000],
      pins: '/sys/fs/bpf/x',
    },
    routers: [
      { name: 'main', vrid: 51, interface: 'eth0', priority: 200, advertMs: 100, addresses: ['10.1.1.1'] },
    ],
    syncKeyFile: '/etc/tandem/sync.key',
    log: { level: 'debug', file: '/var/log/tandem/tandem.log' },
  });
  const sync = { interface: 'eth2', syncid: 7, maxlen: 1472, group: '224.0.0.81', port: 8848, ttl: 1 };
  expect(config.sync).toStrictEqual([
    { direction: 'master', ...sync },
    { direction: 'backup', ...sync },
  ]);
});

test('rules of a file are the same edits that commands would make, in the order of the file', () => {
  const { rules } = parse(WHOLE);
  expect(rules.map(({ op }) => op)).toEqual([
    'set-timeouts',
    'add-service',
    'add-service',
    'add-local',
    'add-server',
  ]);
  expect(rules[0]).toMatchObject({ timeouts: { tcp: 60, tcpFin: 120, udp: 300 } });
  const lines = [
    '-A -t 10.1.1.1:80 -s rr',
    '-A -t 10.1.1.1:8080 -s wlc',
    '-P -t 10.1.1.1:8080 -z 192.168.10.1',
    '-a -t 10.1.1.1:8080 -r 192.168.20.2:8080 -q -w 3',
  ];
  const written = parse(`services:\n${lines.map((line) => `  - ${line}`).join('\n')}`);
  expect(rules.slice(1)).toStrictEqual(written.rules);
});

test('an IPv6 sync group leaves 20 bytes more for its header', () => {
  const [daemon] = parse(
    'sync: {interface: eth2, sealed: false, group: "ff02::51", directions: [backup]}',
  ).sync;
  expect(daemon).toMatchObject({ direction: 'backup', maxlen: 1452 });
});

test('routers that move together take priority, interval and preemption of the first', () => {
  const text = `routers:
  - {name: a, vrid: 1, interface: eth0, priority: 150, advert: 50ms, preempt_delay: 2s, addresses: [10.1.1.1]}
  - {name: b, vrid: 1, interface: eth0, addresses: ["fe80::1", "2001:db8::1"]}
  - {name: c, vrid: 2, interface: eth0, addresses: [10.2.2.2], unicast: {peers: [10.2.2.3], min_ttl: 250}}`;
  const { routers } = parse(text, 'memory');
  const shared = { priority: 150, advertMs: 50, preempt: 'advertise', preemptDelayMs: 2000, version: 3 };
  expect(routers).toMatchObject([
    { name: 'a', ...shared, peers: [], leastTtl: 255, useVmac: false },
    { name: 'b', ...shared, addresses: ['fe80::1', '2001:db8::1'] },
    { name: 'c', ...shared, peers: ['10.2.2.3'], leastTtl: 250, useVmac: false },
  ]);
});

test("every interface is tracked, unless it is a router's own; weights and scripts are as keepalived has them", () => {
  const base = `interfaces: [eth0, eth1, eth2]
routers: [{name: m, vrid: 1, interface: eth0, addresses: [10.1.1.1]}]
`;
  expect(parse(base).track).toEqual({
    links: [
      { name: 'eth1', weight: 0 },
      { name: 'eth2', weight: 0 },
    ],
    routes: [],
    scripts: [],
  });
  const track = parse(`${base}track:
  interfaces: [{name: eth1, weight: -50}]
  routes: [{to: 0.0.0.0/0}]
  scripts: [{name: chk, command: [/bin/true, now], interval: 2s, fall: 2}]`).track;
  expect(track?.links).toEqual([
    { name: 'eth1', weight: -50 },
    { name: 'eth2', weight: 0 },
  ]);
  expect(track?.routes).toEqual([{ destination: '0.0.0.0/0', weight: 0 }]);
  expect(track?.scripts).toMatchObject([
    {
      command: ['/bin/true', 'now'],
      intervalMs: 2000,
      timeoutMs: 2000,
      rise: 1,
      fall: 2,
      userName: 'nobody',
    },
  ]);
  expect(parse(`${base}track: {defaults: false}`).track?.links).toEqual([]);
  expect(() => parse(`${base}track: {routes: [{to: 10.0.0.0}]}`)).toThrow(/prefix length/);
  expect(() => parse(`${base}track: {scripts: [{name: a, command: [true]}]}`)).toThrow();
});

test('a profile is an interval', () => {
  const router = 'routers: [{name: m, vrid: 1, interface: eth0, addresses: [10.1.1.1]';
  const advert = (text: string) => parse(text, 'memory').routers[0]?.advertMs;
  expect(['standard', 'fast', 'fastest'].map((name) => advert(`profile: ${name}\n${router}}]`))).toEqual([
    1000, 100, 10,
  ]);
  expect(() => advert(`profile: fast\n${router}, advert: 50ms}]`)).toThrow(/profile fast means 100ms/);
  expect(() => advert(`profile: fast\n${router}, version: 2}]`)).toThrow(/whole seconds/);
});

test('a peer on the sync path is asked to hand over, and others are told by advertisements; or nobody is', () => {
  const router = 'routers: [{name: m, vrid: 1, interface: eth0, addresses: [10.1.1.1]';
  const preempt = (text: string) => parse(text, 'memory').routers[0]?.preempt;
  expect(preempt(`${router}}]`)).toBe('advertise');
  expect(preempt(`${router}}]\nsync: {interface: eth1, sealed: false}`)).toBe('handover');
  expect(preempt(`${router}, preempt: false}]\nsync: {interface: eth1, sealed: false}`)).toBe('never');
});

test('a kind of plane from the command line replaces the one of the file', () => {
  const text = 'routers: [{name: m, vrid: 1, interface: eth9, advert: 1s, addresses: [10.1.1.1]}]';
  expect(() => parse(text)).toThrow(/not in "interfaces"/);
  expect(parse(text, 'memory').datapath.kind).toBe('memory');
});

test('a file that is not there says so by its name', () => {
  const path = join(scratch(), 'none.yaml');
  expect(() => loadConfig(path)).toThrow(`cannot read the configuration ${path}: there is no such file`);
});

test('a folder in the place of a file says so', () => {
  expect(() => loadConfig(scratch())).toThrow(/it is a folder/);
});

test('a file on disk is read', () => {
  const path = join(scratch(), 'tandem.yaml');
  writeFileSync(path, WHOLE);
  expect(loadConfig(path).name).toBe('lb1');
});

const keys = {
  weight: (value: number) =>
    `services: [{tcp: 10.1.1.1:80, servers: [{address: 10.2.2.2:80, weight: ${value}}]}]`,
  timeout: (value: number) => `timeouts: {tcp: ${value}, tcp_fin: ${value}, udp: ${value}}`,
};
const lines = {
  weight: (value: number) => `services: [-A -t 10.1.1.1:80, -a -t 10.1.1.1:80 -r 10.2.2.2:80 -q -w ${value}]`,
  timeout: (value: number) => `services: [--set ${value} ${value} ${value}]`,
};

test.each([
  ['weight', 2_147_483_647],
  ['timeout', 2_678_400],
] as const)('a %s is taken up to %i, as a key and as an ipvsadm line alike', (what, largest) => {
  for (const form of [keys, lines]) {
    expect(() => parse(form[what](largest))).not.toThrow();
    expect(() => parse(form[what](largest + 1))).toThrow();
  }
  expect(parse(keys[what](largest)).rules).toEqual(parse(lines[what](largest)).rules);
});

test('a mapping takes every scheduler, and the methods that the plane forwards by', () => {
  for (const scheduler of SCHEDULERS)
    for (const method of ['fullnat', 'masq', 'direct'])
      expect(
        parse(
          `services: [{tcp: '10.1.1.1:80', scheduler: ${scheduler}, servers: [{address: '10.2.2.2:80', method: ${method}}]}]`,
        ).rules,
      ).toMatchObject([{ settings: { scheduler } }, { server: { forwarding: method } }]);
});
