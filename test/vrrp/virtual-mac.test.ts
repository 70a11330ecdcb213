import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import { decodeAdvertisement, encodeAdvertisement } from '../../src/vrrp/advertisement.ts';
import { groupOf, openIpv4 } from '../../src/vrrp/ip.ts';
import { groupFrame, virtualMac } from '../../src/vrrp/virtual-mac.ts';
import { internetChecksum } from '../../src/wire/checksum.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('a virtual router has a link address of each family', () => {
  expect([virtualMac(51, 4), virtualMac(255, 6)]).toEqual(['00:00:5e:00:01:33', '00:00:5e:00:02:ff']);
});

describe('a frame to the group', () => {
  const advertisement = (address: string) =>
    ({ vrid: 51, priority: 100, intervalCs: 10, addresses: [parseAddress(address)] }) as const;

  test('over IPv4 comes from the virtual router, and is as VRRP has it', () => {
    const source = parseAddress('10.1.1.2');
    const path = { source, destination: groupOf(source) };
    const frame = groupFrame(51, source, encodeAdvertisement(advertisement('10.1.1.1'), path));
    expect(hex(frame.subarray(0, 14))).toBe('01005e00001200005e0001330800');
    expect(internetChecksum(frame.subarray(14, 34))).toBe(0);
    const datagram = openIpv4(frame.subarray(14));
    expect(datagram).toMatchObject({ ...path, ttl: 255 });
    expect(decodeAdvertisement(datagram.payload, path)).toMatchObject(advertisement('10.1.1.1'));
  });

  test('over IPv6 too', () => {
    const source = parseAddress('fe80::2');
    const path = { source, destination: groupOf(source) };
    const message = encodeAdvertisement(advertisement('fe80::1'), path);
    const frame = groupFrame(51, source, message);
    // Version 6, class 0xc0, no flow label; 24 bytes of protocol 112 with hop limit 255.
    expect(hex(frame.subarray(0, 22))).toBe('33330000001200005e00023386dd6c000000001870ff');
    expect(hex(frame.subarray(22, 54))).toBe(
      'fe800000000000000000000000000002ff020000000000000000000000000012',
    );
    expect(decodeAdvertisement(frame.subarray(54), path)).toMatchObject(advertisement('fe80::1'));
  });
});
