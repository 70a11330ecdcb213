/** Virtual addresses on an interface of this test's own namespace. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ShownAddresses } from '../../src/director/floating.ts';
import { SILENT } from '../../src/director/log.ts';
import { parseAddress } from '../../src/model/address.ts';
import { ip, TestNamespace } from '../support/namespace.ts';
import { until } from '../support/until.ts';

let namespace: TestNamespace;

beforeAll(() => {
  namespace = new TestNamespace('shown');
});

afterAll(() => {
  namespace.remove();
});

const at = (last: number) => ({ address: parseAddress(`10.97.0.${last}`), interface: 'lo' });
const seen = () => {
  const shown = ip('address', 'show', 'dev', 'lo');
  return [1, 2, 3].filter((last) => shown.includes(`10.97.0.${last}/32`)).join(' ');
};

test('the interface has the addresses that are wanted now, while this director owns them', async () => {
  const shown = new ShownAddresses(SILENT);
  shown.setWanted([at(1)]);
  shown.setOwner(true);
  shown.setWanted([at(1), at(2)]);
  await until('both are shown', () => seen() === '1 2');
  shown.setWanted([at(2), at(3)]);
  await until('one has come and one is gone', () => seen() === '2 3');
  shown.setWanted([]);
  shown.setWanted([at(3)]);
  await until('the last is back alone', () => seen() === '3');
  await shown.clear();
  expect(seen()).toBe('');
});
