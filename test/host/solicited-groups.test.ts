/** Multicast groups of a namespace of this test's own. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SolicitedGroups, solicitedGroup } from '../../src/host/solicited-groups.ts';
import { parseAddress } from '../../src/model/address.ts';
import { ip, TestNamespace } from '../support/namespace.ts';

let namespace: TestNamespace;

beforeAll(() => {
  namespace = new TestNamespace('groups');
  ip('link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'far0');
  ip('link', 'set', 'up0', 'up');
});

afterAll(() => namespace.remove());

const at = (address: string, device = 'up0') => ({
  group: solicitedGroup(parseAddress(address)),
  interface: device,
});

/** What the kernel listens to there. */
const joined = (prefix: string): string[] =>
  readFileSync('/proc/thread-self/net/igmp6', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, device, group]) => device === 'up0' && group?.startsWith(prefix))
    .map(([, , group]) => group ?? '');

test.each([
  ['2001:db8::1', 'ff02::1:ff00:1'],
  ['2001:db8::a1b2:c3d4', 'ff02::1:ffb2:c3d4'],
])('%s is asked for in %s', (address, group) => {
  expect(solicitedGroup(parseAddress(address))).toBe(group);
});

test('groups are joined and left as addresses come and go; two addresses may share one', () => {
  const groups = new SolicitedGroups();
  expect(groups.set([at('2001:db8::aa:1'), at('2001:db8:1::aa:1'), at('2001:db8::aa:2')])).toEqual([]);
  expect(joined('ff0200000000000000000001ffaa').sort()).toEqual([
    'ff0200000000000000000001ffaa0001',
    'ff0200000000000000000001ffaa0002',
  ]);
  groups.set([at('2001:db8::aa:2')]);
  expect(joined('ff0200000000000000000001ffaa')).toEqual(['ff0200000000000000000001ffaa0002']);
  groups.close();
  expect(joined('ff0200000000000000000001ffaa')).toEqual([]);
});

test('a thousand addresses are joined', () => {
  const groups = new SolicitedGroups();
  const many = Array.from({ length: 1000 }, (_, n) => at(`2001:db8::bb:${n.toString(16)}`));
  expect(groups.set(many)).toEqual([]);
  expect(joined('ff0200000000000000000001ffbb')).toHaveLength(1000);
  groups.close();
});

test('an interface that is not there is said once', () => {
  const groups = new SolicitedGroups();
  const [refusal] = groups.set([at('2001:db8::1', 'nowhere0')]);
  expect(refusal).toContain('cannot join ff02::1:ff00:1 on nowhere0');
  expect(groups.set([at('2001:db8::1', 'nowhere0')])).toEqual([]);
  groups.close();
});
