import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import { arpRequest, readAdvertisement, solicitation, tcp, to } from '../support/packet.ts';
import { CLIENT, LIP, PlaneBench, SERVER, VERDICT, VIP, VIP6 } from '../support/plane.ts';

/** RFC 9568, 7.3: of virtual router 51. */
const MAC4 = Uint8Array.of(0x00, 0x00, 0x5e, 0x00, 0x01, 51);
const MAC6 = Uint8Array.of(0x00, 0x00, 0x5e, 0x00, 0x02, 51);
const OTHER = Uint8Array.of(0x00, 0x00, 0x5e, 0x00, 0x01, 52);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

let bench: PlaneBench;
beforeAll(() => {
  bench = new PlaneBench('vmac');
  bench.addService('tcp', 80, [{ address: SERVER, port: 8080 }]);
  const { ifindex } = bench.front;
  bench.plane.setAddresses([
    { address: parseAddress(VIP), kind: 'virtual', floating: true, ifindex, mac: MAC4 },
    { address: parseAddress(VIP6), kind: 'virtual', floating: true, ifindex, mac: MAC6 },
    { address: parseAddress(LIP), kind: 'local', floating: true, ifindex: bench.back.ifindex },
  ]);
});
afterAll(() => bench.remove());
beforeEach(() => bench.openFence());

const arriving = (frame: Buffer, here = bench.front) =>
  bench.program('tandem_xdp').runPacket(frame, { ingress: here.ifindex });

test("questions for a virtual router's address are answered with its link address, of each family its own", () => {
  const arp = arriving(arpRequest(CLIENT, VIP));
  expect(arp.verdict).toBe(VERDICT.REDIRECT);
  expect(hex(arp.data.subarray(6, 12))).toBe(hex(MAC4));
  expect(hex(arp.data.subarray(22, 28))).toBe(hex(MAC4));
  const nd = arriving(solicitation('2001:db8:1::10', VIP6));
  expect(nd.verdict).toBe(VERDICT.REDIRECT);
  expect(readAdvertisement(nd.data)).toMatchObject({
    sourceMac: hex(MAC6),
    option: `0201${hex(MAC6)}`,
    checksumOk: true,
  });
});

test("a local address that has none of a virtual router is at the interface's own", () => {
  const { verdict, data } = arriving(arpRequest(SERVER, LIP), bench.back);
  expect(verdict).toBe(VERDICT.REDIRECT);
  expect(hex(data.subarray(22, 28))).toBe(hex(bench.back.mac));
});

test('a packet is taken under the link address of its destination, and under no other', () => {
  const events = () => bench.plane.events().new_connection ?? 0;
  const before = events();
  const syn = (port: number) => tcp({ from: CLIENT, fromPort: port, to: VIP, toPort: 80 }, { flags: 'S' });
  expect(arriving(to(OTHER, syn(4001))).verdict).toBe(VERDICT.PASS);
  expect(arriving(to(MAC6, syn(4002))).verdict).toBe(VERDICT.PASS);
  expect(events() - before).toBe(0);
  expect(arriving(to(MAC4, syn(4003))).verdict).toBe(VERDICT.REDIRECT);
  expect(arriving(to(bench.front.mac, syn(4004))).verdict).toBe(VERDICT.REDIRECT);
  expect(events() - before).toBe(2);
});
