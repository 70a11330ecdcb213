import { expect, test } from 'vitest';
import { placeAddresses } from '../../src/director/floating.ts';
import type { InterfaceFacts } from '../../src/host/interfaces.ts';
import { type Address, parseAddress } from '../../src/model/address.ts';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { EMPTY_RULES, type ServiceId } from '../../src/model/rules.ts';
import { routerConfig } from '../support/router.ts';

const address = parseAddress;
const facts = (name: string, ifindex: number, own: string): InterfaceFacts => ({
  name,
  ifindex,
  mac: `02:00:00:00:00:0${ifindex}`,
  mtu: 1500,
  kind: '',
  up: true,
  addresses: [{ address: address(own), prefix: 24 }],
});
const FRONT = facts('front', 2, '10.1.1.2');
const BACK = facts('back', 3, '192.168.10.2');
const ROUTER = routerConfig({ interface: 'front', addresses: [address('10.1.1.1')] });

const id = (virtual: string): ServiceId => ({
  kind: 'address',
  protocol: 'tcp',
  address: address(virtual),
  port: 80,
  subnetId: 0,
});
const service = (virtual: string, ...locals: string[]): RuleEdit[] => [
  {
    op: 'add-service',
    id: id(virtual),
    settings: { scheduler: 'rr', schedulerFlags: [], onePacket: false },
  },
  ...locals.map(
    (local): RuleEdit => ({ op: 'add-local', id: id(virtual), local: { address: address(local) } }),
  ),
];

function placed(edits: readonly RuleEdit[], routers: readonly (typeof ROUTER)[]) {
  const placement = placeAddresses(edits.reduce(applyEdit, EMPTY_RULES), routers, [FRONT, BACK]);
  const names = (list: readonly { address: Address }[]) => list.map((one) => one.address);
  return {
    plane: placement.plane.map((one) => `${one.address} ${one.kind} ${one.floating} ${one.ifindex}`),
    announced: names(placement.announced),
    shown: placement.shown.map((one) => `${one.address} ${one.interface}`),
    homeless: placement.homeless,
    asked: placement.asked.map((one) => `${one.group} ${one.interface}`),
  };
}

test('addresses of services and local ones float where their subnet is', () => {
  expect(placed(service('10.1.1.5', '192.168.10.5'), [ROUTER])).toEqual({
    plane: ['10.1.1.1 virtual true 2', '10.1.1.5 virtual true 2', '192.168.10.5 local true 3'],
    announced: ['10.1.1.1', '10.1.1.5', '192.168.10.5'],
    shown: ['10.1.1.1 front', '10.1.1.5 front'],
    homeless: [],
    asked: [],
  });
});

test("a router's address is on the interface that the router names, whatever subnets there are", () => {
  const router = { ...ROUTER, addresses: [address('192.168.10.1'), address('203.0.113.1')] };
  expect(placed([], [router]).shown).toEqual(['192.168.10.1 front', '203.0.113.1 front']);
  const elsewhere = { ...router, interface: 'gone' };
  expect(placed([], [elsewhere])).toMatchObject({ shown: ['192.168.10.1 back'], homeless: ['203.0.113.1'] });
});

test("an address in no subnet, or the host's own, is known to the plane and announced by nobody", () => {
  const { plane, announced, homeless } = placed(
    [...service('203.0.113.5'), ...service('10.1.1.2')],
    [ROUTER],
  );
  expect(plane.slice(1)).toEqual(['203.0.113.5 virtual true 0', '10.1.1.2 virtual false 2']);
  expect([announced, homeless]).toEqual([['10.1.1.1'], ['203.0.113.5']]);
});

test('nothing floats on a director without a virtual router', () => {
  expect(placed(service('10.1.1.5'), [])).toEqual({
    plane: ['10.1.1.5 virtual false 2'],
    announced: [],
    shown: [],
    homeless: [],
    asked: [],
  });
});

test("IPv6 addresses float too, unless they are the host's own, and are asked for in their groups", () => {
  const front = {
    ...FRONT,
    addresses: [...FRONT.addresses, { address: address('2001:db8::2'), prefix: 64 }],
  };
  const edits = [...service('2001:db8::5', '2001:db8::2'), ...service('10.1.1.5')];
  const placement = placeAddresses(edits.reduce(applyEdit, EMPTY_RULES), [ROUTER], [front, BACK]);
  expect(placement.announced.map((one) => one.address)).toEqual(['10.1.1.1', '2001:db8::5', '10.1.1.5']);
  expect(placement.asked).toEqual([{ group: 'ff02::1:ff00:5', interface: 'front' }]);
});

test('at the link address of a virtual router are its addresses, and those of its family beside them', () => {
  const routers = [
    routerConfig({ interface: 'front', vrid: 51, addresses: [address('10.1.1.1')], useVmac: true }),
    routerConfig({ interface: 'front', vrid: 52, addresses: [address('10.1.1.2')], useVmac: true }),
    routerConfig({ interface: 'back', vrid: 53, addresses: [address('192.168.10.1')] }),
  ];
  const rules = service('10.1.1.5', '192.168.10.5').reduce(applyEdit, EMPTY_RULES);
  const placement = placeAddresses(rules, routers, [
    { ...FRONT, addresses: [{ address: address('10.1.1.9'), prefix: 24 }] },
    BACK,
  ]);
  expect(Object.fromEntries(placement.announced.map((one) => [one.address, one.mac]))).toEqual({
    '10.1.1.1': '00:00:5e:00:01:33',
    '10.1.1.2': '00:00:5e:00:01:34',
    '10.1.1.5': '00:00:5e:00:01:33',
    '192.168.10.1': BACK.mac,
    '192.168.10.5': BACK.mac,
  });
  const macs = placement.plane.map(({ mac }) => mac && Buffer.from(mac).toString('hex'));
  expect(macs).toEqual(['00005e000133', '00005e000134', undefined, '00005e000133', undefined]);
  expect(placement.filters).toEqual([
    { interface: 'front', mac: '00:00:5e:00:01:33' },
    { interface: 'front', mac: '00:00:5e:00:01:34' },
  ]);
});
