import { expect, test } from 'vitest';
import { InterfaceWatch } from '../../src/director/interface-watch.ts';
import { type Log, SILENT } from '../../src/director/log.ts';

test('an interface that goes is told once, and once more when another one has its name', () => {
  const indexes = new Map([
    ['eth0', 2],
    ['eth1', 3],
  ]);
  const said: string[] = [];
  const log: Log = { ...SILENT, error: (text) => said.push(text), warn: (text) => said.push(text) };
  const watch = new InterfaceWatch(indexes.keys(), log, (name) => indexes.get(name) ?? 0);
  expect(watch.look()).toEqual([]);
  indexes.delete('eth1');
  expect(watch.look()).toEqual(['eth1']);
  expect(watch.look()).toEqual([]);
  expect(said).toEqual(['interface eth1 is gone: nothing goes through it until this daemon is restarted']);
  indexes.set('eth1', 9);
  expect([...watch.look(), ...watch.look()]).toEqual([]);
  expect(said.slice(1)).toEqual([
    'interface eth1 is there again, as another one: restart this daemon to use it',
  ]);
});

test('an interface that was replaced between two looks has gone too', () => {
  let index = 2;
  const watch = new InterfaceWatch(['eth0'], SILENT, () => index);
  index = 7;
  expect(watch.look()).toEqual(['eth0']);
});
