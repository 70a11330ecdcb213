import { describe, expect, test } from 'vitest';
import { parse } from '../../src/ipvsadm/parse.ts';
import { parseRuleLine } from '../../src/ipvsadm/rule-line.ts';
import { UsageError } from '../../src/ipvsadm/usage-error.ts';

const words = (line: string) => line.split(' ');
const SERVICE = { kind: 'address', protocol: 'tcp', address: '10.1.1.1', port: 80, subnetId: 0 };
const SETTINGS = { scheduler: 'wlc', schedulerFlags: [], onePacket: false };
const SERVER = {
  address: '192.168.10.2',
  port: 22,
  forwarding: 'fullnat',
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
};

describe("the seed's three commands", () => {
  test('add a service', () => {
    expect(parse(words('-A -t 10.1.1.1:80 -s rr'))).toEqual({
      kind: 'edit',
      edit: { op: 'add-service', id: SERVICE, settings: { ...SETTINGS, scheduler: 'rr' } },
      notes: [],
    });
  });

  test('add a real server with another port', () => {
    expect(parse(words('-a -t 10.1.1.1:80 -r 192.168.10.2:22 -q -w 1'))).toEqual({
      kind: 'edit',
      edit: { op: 'add-server', id: SERVICE, server: SERVER },
      notes: [],
    });
  });

  test('add a local address, whose port is ignored with one note', () => {
    expect(parse(words('-P -t 10.1.1.1:80 -z 192.168.10.1:90'))).toEqual({
      kind: 'edit',
      edit: { op: 'add-local', id: SERVICE, local: { address: '192.168.10.1' } },
      notes: ['port 90 of local address 192.168.10.1 is ignored: ports are allocated per connection'],
    });
  });
});

describe("the vendor's options", () => {
  test.each<[string, object]>([
    ['-A -t 10.1.1.1:80:7', { id: { ...SERVICE, subnetId: 7 } }],
    ['-A -W 10.1.1.1', { id: { kind: 'raw', address: '10.1.1.1', port: 0, subnetId: 0 } }],
    ['-A -t 10.1.1.1:80 -V 60', { settings: { ...SETTINGS, establishedTimeout: 60 } }],
    ['-A -t 10.1.1.1:80 -V', { settings: SETTINGS }],
    ['-A -t 10.1.1.1:80 --tcp_draining_timeout 30', { settings: { ...SETTINGS, drainingTimeout: 30 } }],
    ['--add-server -t 10.1.1.1:80 -r 192.168.10.2:22:eth1 --fullnat', { server: { ...SERVER, oif: 'eth1' } }],
    ['-a -t 10.1.1.1:80 -r 192.168.10.2 -q', { server: { ...SERVER, port: 80 } }],
    ['-a -r 192.168.10.2 -t 10.1.1.1:80 -q', { server: { ...SERVER, port: 80 } }],
    [
      '--add-laddr --tcp-service 10.1.1.1:80 --laddr 192.168.10.1:eth1',
      { local: { address: '192.168.10.1', oif: 'eth1' } },
    ],
    ['-Q -t 10.1.1.1:80 -z 192.168.10.1', { op: 'delete-local', address: '192.168.10.1' }],
  ])('%s', (line, edit) => {
    expect(parse(words(line))).toMatchObject({ kind: 'edit', edit });
  });

  test.each<[string, object]>([
    ['-G', { kind: 'list-locals' }],
    ['-G -n -t 10.1.1.1:80', { kind: 'list-locals', service: SERVICE }],
    ['--set-vlanflag 1', { edit: { op: 'set-vlanflag', on: true } }],
    ['--set-vlanflag=0', { edit: { op: 'set-vlanflag', on: false } }],
    ['--get-vlanflag', { kind: 'get-vlanflag' }],
  ])('%s', (line, command) => {
    expect(parse(words(line))).toMatchObject(command);
  });
});

test('direct routing and tunnels take the port of the service, but with a mark that of the server', () => {
  const port = (line: string) => {
    const command = parse(words(line));
    return command.kind === 'edit' && command.edit.op === 'add-server' ? command.edit.server.port : undefined;
  };
  expect(port('-a -t 10.1.1.1:80 -r 10.2.2.2:8080 -g')).toBe(80);
  expect(port('-a -t 10.1.1.1:80 -r 10.2.2.2:8080 -m')).toBe(8080);
  expect(port('-a -f 7 -r 10.2.2.2:8080 -g')).toBe(8080);
  expect(port('-a -f 7 -r 10.2.2.2 -i')).toBe(0);
});

test('-V without a value does not set a timeout of its own', () => {
  expect(parse(words('-E -t 10.1.1.1:80 -V'))).not.toHaveProperty('edit.settings.establishedTimeout');
});

describe('mistakes are named as ipvsadm names them', () => {
  test.each<[string, string, number]>([
    ['-P -t 10.1.1.1:80', "You need to supply the 'laddr' option for the 'add-laddr' command", 2],
    ['-Q -z 10.1.1.1', "You need to supply the 'service-address' option for the 'del-laddr' command", 2],
    ['-A -t 10.1.1.1:80 -q', "Illegal 'forwarding-method' option with the 'add-service' command", 2],
    ['-a -t 10.1.1.1:80 -r 10.2.2.2 -z 1.1.1.1', "Illegal 'laddr' option with the 'add-server' command", 2],
    ['-a -t 10.1.1.1:80 -r 10.2.2.2 -q -m', "multiple 'forwarding-method' options specified", 2],
    ['-P -t 10.1.1.1:80 -z 300.1.1.1', 'illegal local address[:oif_name] specified', 2],
    ['-A -t 10.1.1.1:80:x', 'illegal subnet_id specified', 2],
    ['-A -t 10.1.1.1:80:4294967296', 'illegal subnet_id specified', 2],
    ['-A -t 10.1.1.1:80 --tcp_draining_timeout 3601', 'illegal tcp_draining_timeout specified', 2],
    ['-A -t 10.1.1.1:80 -V 0', "invalid timeout value `0' specified", 2],
    ['--set-vlanflag 2', "illegal vlanflag `2' specified", 2],
    ['-A -D -t 10.1.1.1:80', "invalid option `-D'", 2],
    ['-LnQ', "invalid option `-LnQ'", 2],
    ['--start-daemon master --sync-maxlen 0', 'illegal sync-maxlen specified', 2],
    ['--start-daemon backup --sync-maxlen 65508', 'illegal sync-maxlen specified', 2],
    ['--set 1 2', '--set option requires 3 timeout values', 2],
    ['--set 1 2 3 4', 'unexpected argument 4', 2],
    ['--set 1 2 2678401', "invalid timeout value `2678401' specified", 2],
    ['-A -t 10.1.1.1:80 -s sh -b sh-port,foo', "invalid scheduler flag `foo'", 2],
    ['-A -t 10.1.1.1:80 -s rr -b mh-port', "incompatible scheduler flag `mh-port'", 2],
    ['-L -n=5', '-n=5: option does not take an argument', 255],
    ['-n', "Try `ipvsadm -h' or 'ipvsadm --help' for more information.", 255],
  ])('%s', (line, message, exitCode) => {
    expect(() => parse(words(line))).toThrow(expect.objectContaining({ message, exitCode }));
  });
});

test('sync daemons get the defaults of the help text, and the length that fits the interface', () => {
  expect(parse(['--start-daemon', 'backup'])).toEqual({
    kind: 'start-sync',
    daemon: {
      direction: 'backup',
      interface: 'eth0',
      syncid: 255,
      maxlen: 0,
      group: '224.0.0.81',
      port: 8848,
      ttl: 1,
    },
  });
  expect(parse(words('--start-daemon master --sync-maxlen 1'))).toMatchObject({ daemon: { maxlen: 1 } });
});

describe('rule lines of a configuration', () => {
  test('are edits', () => {
    expect(parseRuleLine('-A -t 10.1.1.1:80 -s rr')).toEqual([
      { op: 'add-service', id: SERVICE, settings: { ...SETTINGS, scheduler: 'rr' } },
    ]);
    expect(parseRuleLine('  ipvsadm  -P -t\t10.1.1.1:80 -z 192.168.10.1:90 ')).toEqual([
      { op: 'add-local', id: SERVICE, local: { address: '192.168.10.1' } },
    ]);
    expect(parseRuleLine('--set 1 2 3')).toHaveLength(1);
    expect(parseRuleLine('   ')).toEqual([]);
  });

  test.each([
    ['-A -t localhost:80', 'illegal virtual server address[:port] specified'],
    ['-A -t 10.1.1.1:http', 'illegal virtual server address[:port] specified'],
    ['-A -t 10.1.1.1:80 -s nosuch', 'Scheduler or persistence engine not found'],
    ['-L', 'changes no rule'],
    ['-R', 'changes no rule'],
    ['hello', "Try `ipvsadm -h'"],
  ])('%j is refused, and the line is named', (line, reason) => {
    expect(() => parseRuleLine(line)).toThrow(`"${line}": `);
    expect(() => parseRuleLine(line)).toThrow(reason);
    expect(() => parseRuleLine(line)).not.toThrow(UsageError);
  });
});
