import { beforeEach, expect, test } from 'vitest';
import { InterfaceWatch } from '../../src/director/interface-watch.ts';
import { type Log, SILENT } from '../../src/director/log.ts';

/** What the host has. */
let indexes: Map<string, number>;
let macs: Map<string, string>;
let said: string[];

const log: Log = {
  ...SILENT,
  error: (text) => said.push(text),
  warn: (text) => said.push(text),
  info: (text) => said.push(text),
};
const host = { indexOf: (name: string) => indexes.get(name) ?? 0, macOf: (name: string) => macs.get(name) };
const MAC = '02:00:00:00:00:01';
const OTHER = '02:00:00:00:00:02';
const NOTHING = { gone: [], readdressed: [] };

beforeEach(() => {
  indexes = new Map([
    ['eth0', 2],
    ['eth1', 3],
  ]);
  macs = new Map([
    ['eth0', MAC],
    ['eth1', MAC],
  ]);
  said = [];
});

test('an interface that goes is told once, and once more when another one has its name', () => {
  const watch = new InterfaceWatch([{ name: 'eth0' }, { name: 'eth1', mac: MAC }], log, host);
  expect(watch.look()).toEqual(NOTHING);
  indexes.delete('eth1');
  macs.delete('eth1');
  expect(watch.look()).toEqual({ gone: ['eth1'], readdressed: [] });
  expect(watch.look()).toEqual(NOTHING);
  expect(said).toEqual(['interface eth1 is gone: nothing goes through it until this daemon is restarted']);
  indexes.set('eth1', 9);
  macs.set('eth1', OTHER);
  expect([watch.look(), watch.look()]).toEqual([NOTHING, NOTHING]);
  expect(said.slice(1)).toEqual([
    'interface eth1 is there again, as another one: restart this daemon to use it',
  ]);
});

test('an interface that was replaced between two looks has gone too', () => {
  const watch = new InterfaceWatch([{ name: 'eth0' }], log, host);
  indexes.set('eth0', 7);
  expect(watch.look().gone).toEqual(['eth0']);
});

test('another link address of an interface that carries the plane is told once, each time', () => {
  const watch = new InterfaceWatch([{ name: 'eth0', mac: MAC }, { name: 'eth1' }], log, host);
  macs.set('eth0', OTHER);
  macs.set('eth1', OTHER);
  expect(watch.look()).toEqual({ gone: [], readdressed: [{ name: 'eth0', ifindex: 2, mac: OTHER }] });
  expect(watch.look()).toEqual(NOTHING);
  macs.set('eth0', MAC);
  expect(watch.look().readdressed).toEqual([{ name: 'eth0', ifindex: 2, mac: MAC }]);
  expect(said).toEqual([
    `the link address of eth0 is ${OTHER} now, it was ${MAC}`,
    `the link address of eth0 is ${MAC} now, it was ${OTHER}`,
  ]);
});
