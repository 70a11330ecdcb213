import { expect, test } from 'vitest';
import type { InterfaceFacts } from '../../src/host/interfaces.ts';
import { Subnets } from '../../src/host/subnets.ts';
import { parseAddress } from '../../src/model/address.ts';

const facts = (name: string, ...subnets: string[]): InterfaceFacts => ({
  name,
  ifindex: 2,
  mac: '',
  mtu: 1500,
  kind: '',
  up: true,
  addresses: subnets.map((subnet) => {
    const [address = '', prefix = ''] = subnet.split('/');
    return { address: parseAddress(address), prefix: Number(prefix) };
  }),
});

const subnets = new Subnets([
  facts('wide', '10.0.0.2/8', '10.1.1.9/32', '2001:db8::2/32'),
  facts('narrow', '10.1.1.2/24', '2001:db8:1::2/64'),
  facts('same', '10.1.1.3/24'),
]);
const home = (address: string) => subnets.home(parseAddress(address))?.name;

test('an address is at home where the longest prefix holds it', () => {
  expect(home('10.2.0.1')).toBe('wide');
  expect(home('10.1.1.9')).toBe('wide');
  expect(home('10.1.1.1')).toBe('narrow');
  expect(home('2001:db8:2::1')).toBe('wide');
  expect(home('2001:db8:1::1')).toBe('narrow');
});

test('an address that no subnet holds has no home', () => {
  expect(home('192.0.2.1')).toBeUndefined();
  expect(home('2001:db9::1')).toBeUndefined();
  expect(new Subnets([]).home(parseAddress('10.1.1.1'))).toBeUndefined();
});

test('an address of one family is in no subnet of the other, however short the prefix', () => {
  const everywhere = new Subnets([facts('four', '10.0.0.1/0')]);
  expect(everywhere.home(parseAddress('192.0.2.1'))?.name).toBe('four');
  expect(everywhere.home(parseAddress('2001:db8::1'))).toBeUndefined();
});
