import { expect, test } from 'vitest';
import { LabError } from '../../src/lab/error.ts';
import { PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import { checkTopology, type HostSpec } from '../../src/lab/topology.ts';

const host = (change: Partial<HostSpec> = {}): HostSpec => ({
  name: 'a',
  interfaces: [{ name: 'eth0', switch: 'net', mac: '02:00:00:00:00:01', addresses: [] }],
  ...change,
});
const plug = (change: object) =>
  host({ interfaces: [{ ...(host().interfaces[0] as object), ...change } as never] });

test('the pair can be built', () => {
  expect(() => checkTopology(PAIR_TOPOLOGY)).not.toThrow();
});

test.each([
  ['a host that is there twice', [host(), host()], /host "a" is there twice/],
  ['a host with the name of the switch', [host({ name: 'switch' })], /takes the switch's name/],
  ['a host with a slash', [host({ name: '../a' })], /cannot name a host/],
  ['a switch that is not there', [plug({ switch: 'nowhere' })], /a eth0: there is no switch "nowhere"/],
  ['a MAC address of a vendor', [plug({ mac: '00:11:22:33:44:55' })], /no local MAC address/],
  ['a port name that Linux would refuse', [plug({ name: 'ethernet012345' })], /over 15 letters/],
  [
    'a MAC address that is there twice',
    [host(), host({ name: 'b' })],
    /b eth0: MAC address 02:00:00:00:00:01 is there twice/,
  ],
])('%s is refused, with its place', (_what, hosts, message) => {
  const check = () => checkTopology({ switches: ['net'], hosts });
  expect(check).toThrow(LabError);
  expect(check).toThrow(message);
});
