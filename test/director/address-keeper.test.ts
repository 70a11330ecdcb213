import { beforeEach, expect, test } from 'vitest';
import type { PlaneAddress } from '../../src/datapath/plane.ts';
import { AddressKeeper } from '../../src/director/address-keeper.ts';
import { SILENT } from '../../src/director/log.ts';
import type { InterfaceFacts } from '../../src/host/interfaces.ts';
import { parseAddress } from '../../src/model/address.ts';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { EMPTY_RULES, type RuleSet } from '../../src/model/rules.ts';
import { routerConfig } from '../support/router.ts';

const MAC = '02:00:00:00:00:02';
const FRONT: InterfaceFacts = {
  name: 'eth0',
  ifindex: 2,
  mac: MAC,
  mtu: 1500,
  kind: '',
  up: true,
  addresses: [{ address: parseAddress('10.1.1.2'), prefix: 24 }],
};

const ROUTER = routerConfig({ interface: 'eth0', addresses: [parseAddress('10.1.1.1')] });

/** The virtual address ends in the service's port. */
const added = (port: number): RuleEdit => ({
  op: 'add-service',
  id: { kind: 'address', protocol: 'tcp', address: parseAddress(`10.1.1.${port}`), port, subnetId: 0 },
  settings: { scheduler: 'rr', schedulerFlags: [], onePacket: false },
});

let rules: RuleSet;
/** What the plane was given last. */
let placed: readonly string[];
/** Questions to the host, oldest first: each is answered when the test calls it. */
let asked: Array<() => void>;
/** What the heartbeat was told to announce, each time. */
let announced: string[][];
let mac: string;
let keeper: AddressKeeper;

beforeEach(() => {
  rules = EMPTY_RULES;
  placed = [];
  asked = [];
  announced = [];
  mac = MAC;
  const setAddresses = (addresses: readonly PlaneAddress[]) => {
    placed = addresses.map(({ address }) => address);
  };
  keeper = new AddressKeeper({
    plane: { kind: 'memory', setAddresses },
    rules: () => rules,
    routers: [ROUTER],
    interfaces: ['eth0'],
    leased: () => true,
    facts: () => new Promise((resolve) => void asked.push(() => resolve([{ ...FRONT, mac }]))),
    onAnnounced: (addresses) => announced.push(addresses.map((each) => `${each.address} ${each.mac}`)),
    log: SILENT,
  });
});

async function answered(placing: Promise<unknown>): Promise<void> {
  await Promise.resolve();
  asked.shift()?.();
  await placing;
}

async function edit(one: RuleEdit): Promise<void> {
  rules = applyEdit(rules, one);
  await answered(keeper.place());
}

test('of two edits that overlap, the newer one is what the plane ends with, whichever hears from the host first', async () => {
  rules = applyEdit(rules, added(80));
  const first = keeper.place();
  rules = applyEdit(rules, added(81));
  const second = keeper.place();
  await Promise.resolve();
  for (const answer of asked.splice(0).reverse()) answer();
  await Promise.all([first, second]);
  expect(placed).toEqual(['10.1.1.1', '10.1.1.80', '10.1.1.81']);
});

test('an address whose rule goes while the host is asked is not placed any more', async () => {
  rules = applyEdit(rules, added(80));
  const placing = keeper.place();
  await Promise.resolve();
  rules = EMPTY_RULES;
  asked.shift()?.();
  await placing;
  expect(placed).toEqual(['10.1.1.1']);
});

test('the heartbeat is told of floating addresses when they change, not with every edit', async () => {
  await edit(added(80));
  await edit({ op: 'set-timeouts', timeouts: { tcp: 900, tcpFin: 120, udp: 60 } });
  await edit(added(81));
  expect(announced).toEqual([
    [`10.1.1.1 ${MAC}`, `10.1.1.80 ${MAC}`],
    [`10.1.1.1 ${MAC}`, `10.1.1.80 ${MAC}`, `10.1.1.81 ${MAC}`],
  ]);
});

test('an interface that has another link address is asked for anew, however fresh what the host said is', async () => {
  await answered(keeper.place());
  mac = '02:00:00:00:00:09';
  await answered(keeper.place());
  await answered(keeper.place(true));
  expect(announced).toEqual([[`10.1.1.1 ${MAC}`], [`10.1.1.1 ${mac}`]]);
});
