import { beforeEach, expect, test } from 'vitest';
import { AddressTable } from '../../src/datapath/address-table.ts';
import { addressBytes, addressEntryBytes, readAddress } from '../../src/datapath/codec.ts';
import { ADDRESS_KIND } from '../../src/datapath/layouts.generated.ts';
import type { PlaneAddress } from '../../src/datapath/plane.ts';
import { parseAddress } from '../../src/model/address.ts';
import { FakeMap, name } from '../support/fake-map.ts';

const entry = (last: number, more: Partial<PlaneAddress> = {}): PlaneAddress => ({
  address: parseAddress(`10.1.1.${last}`),
  kind: 'virtual',
  floating: true,
  ifindex: 2,
  ...more,
});

let map: FakeMap;
let writes: number;

beforeEach(() => {
  writes = 0;
  map = new FakeMap(16, () => {
    writes++;
  });
});

/** What the map must have for these. */
const contentOf = (...entries: PlaneAddress[]) =>
  new Map(
    entries.map(({ address, kind, floating, ifindex }) => {
      const number = kind === 'local' ? ADDRESS_KIND.ADDRESS_LOCAL : ADDRESS_KIND.ADDRESS_VIRTUAL;
      return [name(addressBytes(address)), addressEntryBytes(number, floating, ifindex).toString('hex')];
    }),
  );

test('the plane has the addresses that were set last, and is written only where they differ', () => {
  const table = new AddressTable(map);
  table.set([entry(1), entry(2), entry(3)]);
  expect(map.content()).toEqual(contentOf(entry(1), entry(2), entry(3)));
  writes = 0;
  table.set([entry(1), entry(2), entry(3)]);
  expect(writes).toBe(0);
  const next = [entry(1, { kind: 'local' }), entry(2, { floating: false }), entry(4, { ifindex: 3 })];
  table.set(next);
  expect(map.content()).toEqual(contentOf(...next));
  expect(writes).toBe(4);
  table.set([entry(1, { kind: 'local' }), entry(2, { floating: false }), entry(4, { ifindex: 5 })]);
  expect(writes).toBe(5);
  writes = 0;
  table.set([entry(1, { mac: Uint8Array.of(0, 0, 0x5e, 0, 1, 51) })]);
  table.set([entry(1, { mac: Uint8Array.of(0, 0, 0x5e, 0, 1, 51) })]);
  expect(writes).toBe(3);
  table.set([]);
  expect(map.content()).toEqual(new Map());
});

test('what a former daemon left is overwritten where it is wanted, and deleted where it is not', () => {
  new AddressTable(map).set([entry(1, { ifindex: 9 }), entry(2)]);
  new AddressTable(map).set([entry(1), entry(3)]);
  expect(map.content()).toEqual(contentOf(entry(1), entry(3)));
});

test.each(['10.1.1.1', '255.255.255.255', '2001:db8::1', 'fe80::1', '::ffff:1'])(
  '%s is found again from its key of 16 bytes',
  (text) => {
    const key = addressBytes(parseAddress(text));
    expect(key).toHaveLength(16);
    expect(readAddress(key)).toBe(text);
  },
);

test('IPv4 stands among the keys as RFC 4291 maps it', () => {
  expect(addressBytes(parseAddress('10.1.1.1')).toString('hex')).toBe('00000000000000000000ffff0a010101');
});

test('addresses of both families are told apart after a restart', () => {
  const v6 = entry(1, { address: parseAddress('2001:db8::1') });
  new AddressTable(map).set([entry(1), v6]);
  new AddressTable(map).set([v6]);
  expect(map.content()).toEqual(contentOf(v6));
});
