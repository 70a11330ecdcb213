import { afterAll, beforeAll, expect, test } from 'vitest';
import { interfaceIndex, interfaceMac } from '../../src/native/interface.ts';
import { ip, TestNamespace } from '../support/namespace.ts';

let namespace: TestNamespace;

beforeAll(() => {
  namespace = new TestNamespace('interface');
  ip('link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'two');
});
afterAll(() => namespace.remove());

test('the link address of an interface is read as it is now', () => {
  for (const mac of ['02:00:5e:10:00:01', '02:00:5e:10:00:0a']) {
    ip('link', 'set', 'one', 'address', mac);
    expect(interfaceMac('one')).toBe(mac);
  }
});

test('an interface that is not there has no number and no link address, one that is no Ethernet no link address', () => {
  expect([interfaceIndex('three'), interfaceMac('three')]).toEqual([0, undefined]);
  expect([interfaceIndex('lo'), interfaceMac('lo')]).toEqual([1, undefined]);
});
