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
const V6 = { address: parseAddress('2001:db8:97::1'), interface: 'lo' };
const seen = () => {
  const shown = ip('address', 'show', 'dev', 'lo');
  return [1, 2, 3].filter((last) => shown.includes(`10.97.0.${last}/32`)).join(' ');
};

test('the interface has the addresses that are wanted now, while this director owns them', async () => {
  const shown = new ShownAddresses(SILENT, () => true);
  shown.setWanted([at(1)]);
  shown.setOwner(true);
  shown.setWanted([at(1), at(2)]);
  await until('both are shown', () => seen() === '1 2');
  shown.setWanted([at(2), at(3)]);
  await until('one has come and one is gone', () => seen() === '2 3');
  shown.setWanted([]);
  shown.setWanted([at(3)]);
  await until('the last is back alone', () => seen() === '3');
  await shown.hide();
  expect(seen()).toBe('');
});

test("an IPv6 address is shown alone, without duplicate address detection, and never as the host's own choice", async () => {
  const shown = new ShownAddresses(SILENT, () => true);
  shown.setWanted([V6]);
  shown.setOwner(true);
  await until('it is shown', () => ip('-6', 'address', 'show', 'dev', 'lo').includes(`${V6.address}/128`));
  const text = ip('-6', 'address', 'show', 'dev', 'lo', 'to', `${V6.address}/128`);
  expect(text).toMatch(/deprecated/);
  expect(text).toMatch(/nodad/);
  expect(text).toMatch(/valid_lft [1-6]sec preferred_lft 0sec/);
  await shown.hide();
  expect(ip('-6', 'address', 'show', 'dev', 'lo', 'to', `${V6.address}/128`)).toBe('');
});

test('what the lease does not cover is not shown, whatever the role was', async () => {
  let leased = false;
  const shown = new ShownAddresses(SILENT, () => leased);
  shown.setWanted([at(1)]);
  shown.setOwner(true);
  await shown.settled();
  expect(seen()).toBe('');
  leased = true;
  shown.setWanted([at(1), at(2)]);
  await until('the new one is shown', () => seen() === '2');
  await shown.hide();
});
