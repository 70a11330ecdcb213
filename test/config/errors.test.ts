import { expect, onTestFinished, test, vi } from 'vitest';
import type { ConfigError } from '../../src/config/error.ts';
import { parseConfig } from '../../src/config/load.ts';

function problems(text: string, datapath?: 'memory') {
  try {
    parseConfig(text, 'tandem.yaml', { hostname: 'host', ...(datapath && { datapath }) });
  } catch (error) {
    return (error as ConfigError).problems;
  }
  throw new Error(`accepted:\n${text}`);
}

const ROUTER =
  'interfaces: [eth0]\nrouters:\n  - {name: main, vrid: 51, interface: eth0, addresses: [10.1.1.1]';

/** [what, text, line, column, key, message] */
const WRONG: readonly (readonly [string, string, number, number, string, RegExp])[] = [
  ['an unknown key', 'interfacs: [eth0]', 1, 1, 'interfacs', /unknown key: did you mean "interfaces"\?$/],
  [
    'an unknown key like no other',
    'name: lb1\nfrobnicate: 1',
    2,
    1,
    'frobnicate',
    /unknown key: the keys here are name, interfaces, /,
  ],
  [
    'an unknown key inside',
    `${ROUTER}, priorty: 7}`,
    3,
    68,
    'routers[0].priorty',
    /did you mean "priority"\?/,
  ],
  [
    'a virtual router id out of range',
    'routers:\n  - name: main\n    vrid: 300\n    interface: eth0\n    addresses: [10.1.1.1]',
    3,
    11,
    'routers[0].vrid',
    /is 300, but must be a whole number from 1 to 255: write for example "vrid: 51"/,
  ],
  [
    'a fraction where a whole number belongs',
    'timeouts: {tcp: 1.5}',
    1,
    17,
    'timeouts.tcp',
    /is 1\.5, but must be a whole number/,
  ],
  [
    'a missing key',
    'routers:\n  - {name: main, vrid: 1, addresses: [10.1.1.1]}',
    2,
    5,
    'routers[0].interface',
    /is missing: write for example "interface: eth0"/,
  ],
  [
    'a router that shares its number and its link with another',
    `${ROUTER}}\n  - {name: b, vrid: 51, interface: eth0, addresses: [10.1.1.2]}`,
    4,
    21,
    'routers[1].vrid',
    /is 51, as that of main on eth0: choose another/,
  ],
  [
    'an address of two routers',
    `${ROUTER}}\n  - {name: b, vrid: 52, interface: eth0, addresses: [10.1.1.1]}`,
    4,
    54,
    'routers[1].addresses[0]',
    /names 10\.1\.1\.1 again: name it once/,
  ],
  [
    'a router of another priority than the first, with which it moves',
    `${ROUTER}}\n  - {name: b, vrid: 52, interface: eth0, priority: 90, addresses: [10.1.1.2]}`,
    4,
    52,
    'routers[1].priority',
    /is not that of main: they move together, so leave it out here, or give both the same/,
  ],
  [
    'a peer of another family',
    `${ROUTER}, unicast: {peers: ["2001:db8::1"]}}`,
    3,
    77,
    'routers[0].unicast',
    /names 2001:db8::1, which is not of the family of its addresses/,
  ],
  [
    'version 2 with parts of a second',
    `${ROUTER}, version: 2, advert: 100ms}`,
    3,
    88,
    'routers[0].advert',
    /is 100ms, but version 2 counts whole seconds: use version 3, or 1s/,
  ],
  [
    'version 2 with IPv6',
    'interfaces: [eth0]\nrouters:\n  - {name: main, vrid: 51, interface: eth0, version: 2, addresses: ["fe80::1"]}',
    3,
    54,
    'routers[0].version',
    /is 2, which knows IPv4 only: use version 3/,
  ],
  [
    'a password of version 3',
    `${ROUTER}, password: secret12}`,
    3,
    78,
    'routers[0].password',
    /is for version 2 only: VRRPv3 has no authentication/,
  ],
  [
    'a version that is not VRRP',
    `${ROUTER}, version: 4}`,
    3,
    77,
    'routers[0].version',
    /is 4, but must be 2 or 3: write for example "version: 3"/,
  ],
  [
    'a router of both families',
    'interfaces: [eth0]\nrouters:\n  - name: main\n    vrid: 51\n    interface: eth0\n    addresses: [10.1.1.1, "2001:db8::1"]',
    6,
    16,
    'routers[0].addresses',
    /mixes IPv4 and IPv6 \(2001:db8::1\): make a router of each family, they move together/,
  ],
  [
    'pins that no bpf file system takes',
    'datapath: {pins: /sys/fs/bpf/tandem/lb1.example}',
    1,
    18,
    'datapath.pins',
    /must lie below \/sys\/fs\/bpf and have no dots: write for example/,
  ],
  [
    'a time without its unit',
    `${ROUTER}, advert: 100}`,
    3,
    76,
    'routers[0].advert',
    /is 100, but must be a time with its unit .*: write for example "advert: 100ms"/,
  ],
  [
    'a time that centiseconds cannot tell',
    `${ROUTER}, advert: 15ms}`,
    3,
    76,
    'routers[0].advert',
    /"15ms", but must be .* in steps of 10ms/,
  ],
  ['a time too long', `${ROUTER}, advert: 41s}`, 3, 76, 'routers[0].advert', /from 10ms to 40950ms/],
  [
    'an address that is none',
    'routers:\n  - name: main\n    vrid: 51\n    interface: eth0\n    addresses: [10.1.1.1, 10.1.1.256]',
    5,
    27,
    'routers[0].addresses[1]',
    /"10\.1\.1\.256", but must be an IP address/,
  ],
  [
    'an address named twice',
    'interfaces: [eth0]\nrouters:\n  - name: main\n    vrid: 51\n    interface: eth0\n    addresses:\n      - 10.1.1.1\n      - 10.1.1.1',
    8,
    9,
    'routers[0].addresses[1]',
    /names 10\.1\.1\.1 again: name it once/,
  ],
  [
    'a router without addresses',
    'routers:\n  - {name: main, vrid: 51, interface: eth0, addresses: []}',
    2,
    56,
    'routers[0].addresses',
    /is empty: name at least one floating address/,
  ],
  [
    'a router on an interface without the program',
    'interfaces: [eth1]\nrouters:\n  - {name: main, vrid: 51, interface: eth0, addresses: [10.1.1.1]}',
    3,
    39,
    'routers[0].interface',
    /is eth0, which is not in "interfaces": add it there/,
  ],
  [
    'an interface name too long',
    'interfaces: [averyveryverylongname]',
    1,
    14,
    'interfaces[0]',
    /must be the name of a network interface \(1-15 characters\)/,
  ],
  ['a name that is a path', 'name: ../../etc', 1, 7, 'name', /must be 1-63 letters/],
  [
    'a range of ports upside down',
    'datapath: {local_ports: 2000-1000}',
    1,
    25,
    'datapath.local_ports',
    /must be a range of at least two ports, low to high/,
  ],
  [
    'a range of one port, of which no half is left for a director',
    'datapath: {local_ports: 5000-5000}',
    1,
    25,
    'datapath.local_ports',
    /is "5000-5000", but must be a range of at least two ports, .*: write for example "local_ports: 1024-65535"/,
  ],
  [
    'an unknown kind of plane',
    'datapath:\n  kind: dpdk',
    2,
    9,
    'datapath.kind',
    /is "dpdk", but must be one of xdp, memory: write for example "kind: xdp"/,
  ],
  ['a relative path', 'log: {file: tandem.log}', 1, 13, 'log.file', /must be a path that begins with \//],
  [
    'a sync group that is no multicast',
    'sync:\n  interface: eth2\n  group: 10.0.0.1\n  sealed: false',
    3,
    10,
    'sync.group',
    /is 10\.0\.0\.1, which is no multicast group: use 224\.0\.0\.81/,
  ],
  [
    'sync without a key',
    'sync: {interface: eth2}',
    1,
    7,
    'sync',
    /has no key: .* > \/etc\/tandem\/sync.key.*"sealed: false"/,
  ],
  [
    'sync that is to be sealed and has no key',
    'sync: {interface: eth2, sealed: true}',
    1,
    7,
    'sync',
    /has no key/,
  ],
  [
    'sync with a key that is not to be sealed',
    'sync: {interface: eth2, sealed: false, key_file: /etc/tandem/sync.key}',
    1,
    33,
    'sync.sealed',
    /is false, but there is a "key_file"/,
  ],
  [
    'a maxlen of sync that no message fits in',
    'sync: {interface: eth2, maxlen: 511}',
    1,
    33,
    'sync.maxlen',
    /is 511, but must be a whole number from 512 to 65507/,
  ],
  [
    'a direction of sync that there is not',
    'sync: {interface: eth2, directions: [both]}',
    1,
    38,
    'sync.directions[0]',
    /is "both", but must be one of master, backup/,
  ],
  ['sync without its interface', 'sync:\n  port: 8848', 2, 3, 'sync.interface', /is missing/],
  [
    'a mapping that is a list',
    'sync: [eth2]',
    1,
    7,
    'sync',
    /is \["eth2"\], but must be a mapping of keys to values/,
  ],
  ['a file that is a list', '- name: lb1', 1, 1, '', /must be a mapping of keys to values/],
  [
    'a service line with an address that is none',
    'services:\n  - -A -t 10.1.1.1:80 -s rr\n  - -A -t 10.1.1.300:80 -s rr',
    3,
    5,
    'services[1]',
    /is refused: .*10\.1\.1\.300/,
  ],
  [
    'a service line twice',
    'services:\n  - -A -t 10.1.1.1:80 -s rr\n  - -A -t 10.1.1.1:80 -s rr',
    3,
    5,
    'services[1]',
    /is refused: TCP 10\.1\.1\.1:80 already exists/,
  ],
  [
    'a server of a service that there is not',
    'services: ["-a -t 10.1.1.1:80 -r 10.2.2.2:80 -q"]',
    1,
    12,
    'services[0]',
    /TCP 10\.1\.1\.1:80 is no virtual service: add it with -A/,
  ],
  [
    'an option that this version lacks',
    'services: ["-A -u 10.1.1.1:5060 -s rr -p 60 --pe sip"]',
    1,
    12,
    'services[0]',
    /is refused: a persistence engine \(--pe\) is not built yet: leave it out/,
  ],
  [
    'a forwarding method that this version lacks',
    'services:\n  - tcp: 10.1.1.1:80\n    servers:\n      - {address: 10.2.2.2:80}\n      - {address: 10.2.2.3:80, method: tunnel}',
    5,
    9,
    'services[0].servers[1]',
    /tunneling .* is not built yet: use -q/,
  ],
  [
    'a key of a service that there is not',
    'services:\n  - tcp: 10.1.1.1:80\n    sheduler: rr',
    3,
    5,
    'services[0].sheduler',
    /did you mean "scheduler"\?/,
  ],
  [
    'a service of both protocols',
    'services:\n  - {tcp: 10.1.1.1:80, udp: 10.1.1.1:80}',
    2,
    5,
    'services[0]',
    /needs one of "tcp", "udp" and "sctp"/,
  ],
  [
    'a server without a port',
    'services:\n  - tcp: 10.1.1.1:80\n    servers: [{address: 10.2.2.2}]',
    3,
    25,
    'services[0].servers[0].address',
    /must be an address and a port \(1-65535\)/,
  ],
  [
    'a service that is a number',
    'services: [80]',
    1,
    12,
    'services[0]',
    /must be an ipvsadm line or a mapping/,
  ],
  ['a key written twice', 'name: a\nname: b', 2, 1, '', /is no YAML: Map keys must be unique/],
  ['a tab as indentation', 'log:\n\tlevel: info', 2, 1, '', /is no YAML: .*: correct the text here/],
  ['a list that is not closed', 'interfaces: [eth0', 1, 18, '', /is no YAML/],
  [
    'a list that is not closed on any of its levels',
    '['.repeat(300),
    1,
    301,
    '',
    /is no YAML: Flow sequence .* end with a \]: correct the text here$/,
  ],
  ['an unknown tag', 'name: !!js/function "x"', 1, 7, '', /a tag that means nothing here .*: leave it out$/],
  ['an unknown directive', '%TANDEM 1\n---\nname: lb1', 1, 1, '', /is no YAML: Unknown directive %TANDEM/],
  ['an alias of nothing', 'name: *lb', 1, 7, '', /"\*lb" refers to nothing: write the value/],
  ['an alias of itself', 'interfaces: &a [eth0, *a]', 1, 23, '', /stands inside of what it refers to/],
  [
    'aliases that multiply',
    [
      'a: &a [x, x, x, x, x, x, x, x]',
      ...'bcdefgh'.split('').map((name, at) => {
        const before = 'abcdefgh'[at];
        return `${name}: &${name} [*${before}, *${before}, *${before}, *${before}, *${before}, *${before}]`;
      }),
    ].join('\n'),
    1,
    1,
    '',
    /repeats itself too often/,
  ],
];

test.each(WRONG)('%s is refused with its place and a remedy', (_what, text, line, column, key, message) => {
  const [problem, ...more] = problems(text);
  expect(problem?.message).toMatch(message);
  expect(problem).toMatchObject({ file: 'tandem.yaml', line, column, key });
  expect(more).toEqual([]);
});

test.each(['', ']'])('lists in lists without end are one fault, which quotes no parser (%j)', (end) => {
  const found = problems(`name: ${'['.repeat(10_000)}${end.repeat(10_000)}`);
  expect(found).toMatchObject([{ line: 1, message: 'nests too deep to be read: write it flatter' }]);
});

test('a key that is a list is an unknown key, and the parser warns of nothing besides', () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  expect(problems('? [a]\n: b')).toMatchObject([{ line: 1, message: /is an unknown key/ }]);
  expect(warn).not.toHaveBeenCalled();
});

test('a file with many faults tells all of them at once', () => {
  const text =
    'nam: lb1\nrouters:\n  - {name: main, vrid: 0, interface: eth0, addresses: [10.1.1]}\nlog: {level: loud}';
  expect(
    problems(text)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(['log.level', 'nam', 'routers[0].addresses[0]', 'routers[0].vrid']);
});

test('the error of a file is one line for each problem, as compilers write them', () => {
  expect(() => parseConfig('nam: lb1', '/etc/tandem/tandem.yaml', { hostname: 'host' })).toThrow(
    '/etc/tandem/tandem.yaml:1:1: nam is an unknown key: did you mean "name"?',
  );
});
