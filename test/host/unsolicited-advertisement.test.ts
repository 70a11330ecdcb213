import { expect, test } from 'vitest';
import { unsolicitedAdvertisement } from '../../src/host/unsolicited-advertisement.ts';
import { parseAddress } from '../../src/model/address.ts';
import { readAdvertisement } from '../support/packet.ts';

test('an unsolicited neighbour advertisement is as RFC 4861 (7.2.6) wants it', () => {
  const frame = Buffer.from(unsolicitedAdvertisement(parseAddress('2001:db8:1::1'), '02:00:5e:10:00:01'));
  expect(frame).toHaveLength(86);
  expect(readAdvertisement(frame)).toEqual({
    destinationMac: '333300000001',
    sourceMac: '02005e100001',
    from: '2001:db8:1::1',
    to: 'ff02::1',
    hopLimit: 255,
    type: 136,
    flags: 'RO',
    target: '2001:db8:1::1',
    option: '020102005e100001',
    checksumOk: true,
    length: 32,
  });
});

test('IPv4 addresses and malformed MACs are refused', () => {
  expect(() => unsolicitedAdvertisement(parseAddress('10.0.0.1'), '02:00:5e:10:00:01')).toThrow(
    'not an IPv6 address',
  );
  expect(() => unsolicitedAdvertisement(parseAddress('2001:db8::1'), '02')).toThrow(
    'not an Ethernet address',
  );
});
