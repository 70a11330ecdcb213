import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addressToBytes, parseAddress } from '../../src/model/address.ts';
import {
  icmp6,
  LINK_ADDRESS_OPTION,
  MAC,
  macBytes,
  readAdvertisement,
  solicitation,
  to,
} from '../support/packet.ts';
import { PlaneBench, VERDICT, VIP6 } from '../support/plane.ts';

/** TC_ACT_SHOT, and TC_ACT_UNSPEC: left to others at the hook. */
const SHOT = 2;
const UNSPEC = 0xffffffff;
const CLIENT6 = '2001:db8:1::10';
const NONCE_OPTION = Buffer.from('0e01a1a2a3a4a5a6', 'hex');

let bench: PlaneBench;
beforeAll(() => {
  bench = new PlaneBench('nd');
  bench.placeAddresses();
});
afterAll(() => bench.remove());
beforeEach(() => bench.openFence());

/** Multicast frames keep their destination, unlike what {@link PlaneBench.fromClient} is given. */
const arriving = (frame: Buffer, here = bench.front) =>
  bench.program('tandem_xdp').runPacket(frame, { ingress: here.ifindex });
const drops = (name: string) => bench.plane.drops()[name] ?? 0;

describe('a solicitation for a floating IPv6 address', () => {
  test.each([
    ['its sender link address', LINK_ADDRESS_OPTION],
    ['no option', Buffer.alloc(0)],
    ['a link address and a nonce', Buffer.concat([LINK_ADDRESS_OPTION, NONCE_OPTION])],
  ])('with %s is answered as RFC 4861 says while the fence is open', (_, options) => {
    const { verdict, data } = arriving(solicitation(CLIENT6, VIP6, { options }));
    expect(verdict).toBe(VERDICT.REDIRECT);
    const mac = Buffer.from(bench.front.mac).toString('hex');
    expect(readAdvertisement(data)).toEqual({
      destinationMac: macBytes(MAC.a).toString('hex'),
      sourceMac: mac,
      from: VIP6,
      to: CLIENT6,
      hopLimit: 255,
      type: 136,
      flags: 'RSO',
      target: VIP6,
      option: `0201${mac}`,
      checksumOk: true,
      length: 32,
    });
  });

  test('that a host sends to be sure of its neighbour is answered too, with trailing bytes or without', () => {
    const frame = to(bench.front.mac, solicitation(CLIENT6, VIP6));
    for (const sent of [frame, Buffer.concat([frame, Buffer.alloc(7)])]) {
      const { verdict, data } = arriving(sent);
      expect(verdict).toBe(VERDICT.REDIRECT);
      expect(readAdvertisement(data)).toMatchObject({ to: CLIENT6, flags: 'RSO', checksumOk: true });
      expect(data).toHaveLength(86);
    }
  });

  test.each([
    ['without options', Buffer.alloc(0)],
    ['with a nonce', NONCE_OPTION],
  ])('that probes for a duplicate %s is answered to all nodes', (_, options) => {
    const { verdict, data } = arriving(solicitation('::', VIP6, { options }));
    expect(verdict).toBe(VERDICT.REDIRECT);
    expect(readAdvertisement(data)).toMatchObject({
      destinationMac: '333300000001',
      from: VIP6,
      to: 'ff02::1',
      flags: 'RO',
      target: VIP6,
      checksumOk: true,
    });
  });

  test('is dropped while the fence is closed', () => {
    bench.plane.fence.close();
    const before = drops('nd_fenced');
    expect(arriving(solicitation(CLIENT6, VIP6)).verdict).toBe(VERDICT.DROP);
    expect(arriving(solicitation('::', VIP6, { options: Buffer.alloc(0) })).verdict).toBe(VERDICT.DROP);
    expect(drops('nd_fenced') - before).toBe(2);
  });

  test('is dropped on an interface that the address does not belong to', () => {
    const before = drops('nd_fenced');
    expect(arriving(solicitation(CLIENT6, VIP6), bench.back).verdict).toBe(VERDICT.DROP);
    expect(drops('nd_fenced') - before).toBe(1);
  });

  test.each([
    ['came over a router', { hopLimit: 254 }],
    ['has a code', { code: 1 }],
    ['has a wrong checksum', { broken: true }],
    ['has half an option', { options: Buffer.from([1, 1, 2, 0]) }],
    ['has more options than it needs', { options: Buffer.alloc(32, LINK_ADDRESS_OPTION) }],
  ])('that %s is dropped and counted, whoever owns the address', (_, wrong) => {
    const before = drops('nd_invalid');
    expect(arriving(solicitation(CLIENT6, VIP6, wrong)).verdict).toBe(VERDICT.DROP);
    bench.plane.fence.close();
    expect(arriving(solicitation(CLIENT6, VIP6, wrong)).verdict).toBe(VERDICT.DROP);
    expect(drops('nd_invalid') - before).toBe(2);
  });

  test('that is cut anywhere is never answered', () => {
    const whole = solicitation(CLIENT6, VIP6);
    for (let length = 14; length < whole.length; length++) {
      const { verdict } = arriving(whole.subarray(0, length));
      expect([VERDICT.DROP, VERDICT.PASS], `${length} bytes`).toContain(verdict);
    }
  });
});

test('a solicitation for an address of others is left to the host', () => {
  expect(arriving(solicitation(CLIENT6, '2001:db8:1::2')).verdict).toBe(VERDICT.PASS);
});

describe('what our own host would send', () => {
  const leaving = (frame: Buffer) => bench.program('tandem_egress').runPacket(frame).verdict;
  const message = (type: number, target?: string) =>
    Buffer.concat([
      Buffer.from([type, 0, 0, 0, 0, 0, 0, 0]),
      target === undefined ? LINK_ADDRESS_OPTION : addressToBytes(parseAddress(target)),
    ]);
  const claims: ReadonlyArray<[string, Buffer]> = [
    ['a router solicitation under it', icmp6(VIP6, 'ff02::2', message(133))],
    ['a router advertisement under it', icmp6(VIP6, 'ff02::1', message(134))],
    ['a question for a neighbour under it', solicitation(VIP6, CLIENT6)],
    ['an answer under it', icmp6(VIP6, CLIENT6, message(136, '2001:db8:1::2'))],
    ['an advertisement of it', icmp6('2001:db8:1::2', 'ff02::1', message(136, VIP6))],
    ['a redirect under it', icmp6(VIP6, CLIENT6, message(137, '2001:db8:1::2'))],
    ['a probe whether it is taken', solicitation('::', VIP6, { options: Buffer.alloc(0) })],
  ];

  test.each(claims)('about a floating address, %s, leaves under the lease alone', (_, frame) => {
    const before = drops('nd_egress_fenced');
    expect(leaving(frame)).toBe(UNSPEC);
    expect(drops('nd_egress_fenced') - before).toBe(0);
    bench.plane.fence.close();
    expect(leaving(frame)).toBe(SHOT);
    expect(drops('nd_egress_fenced') - before).toBe(1);
  });

  test.each([
    ['a question for the floating address', solicitation('2001:db8:1::2', VIP6)],
    ['an advertisement of its own address', icmp6('2001:db8:1::2', 'ff02::1', message(136, '2001:db8:1::2'))],
    ['a probe for its own address', solicitation('::', '2001:db8:1::2')],
    ['an echo request under it', icmp6(VIP6, CLIENT6, Buffer.from([128, 0, 0, 0, 0, 1, 0, 1]))],
  ])('%s is not fenced', (_, frame) => {
    bench.plane.fence.close();
    expect(leaving(frame)).toBe(UNSPEC);
  });
});
