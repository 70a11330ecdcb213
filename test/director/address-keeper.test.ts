import { beforeEach, expect, test } from 'vitest';
import type { PlaneAddress } from '../../src/datapath/plane.ts';
import { AddressKeeper } from '../../src/director/address-keeper.ts';
import { SILENT } from '../../src/director/log.ts';
import type { InterfaceFacts } from '../../src/host/interfaces.ts';
import { parseAddress } from '../../src/model/address.ts';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { EMPTY_RULES, type RuleSet } from '../../src/model/rules.ts';

const FRONT: InterfaceFacts = {
  name: 'eth0',
  ifindex: 2,
  mac: '02:00:00:00:00:02',
  mtu: 1500,
  kind: '',
  up: true,
  addresses: [{ address: parseAddress('10.1.1.2'), prefix: 24 }],
};

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
let keeper: AddressKeeper;

beforeEach(() => {
  rules = EMPTY_RULES;
  placed = [];
  asked = [];
  const setAddresses = (addresses: readonly PlaneAddress[]) => {
    placed = addresses.map(({ address }) => address);
  };
  keeper = new AddressKeeper({
    plane: { kind: 'memory', setAddresses },
    rules: () => rules,
    routers: [],
    interfaces: ['eth0'],
    facts: () => new Promise((resolve) => void asked.push(() => resolve([FRONT]))),
    onAnnounced: () => {},
    log: SILENT,
  });
});

test('of two edits that overlap, the newer one is what the plane ends with, whichever hears from the host first', async () => {
  rules = applyEdit(rules, added(80));
  const first = keeper.place();
  rules = applyEdit(rules, added(81));
  const second = keeper.place();
  await Promise.resolve();
  for (const answer of asked.splice(0).reverse()) answer();
  await Promise.all([first, second]);
  expect(placed).toEqual(['10.1.1.80', '10.1.1.81']);
});

test('an address whose rule goes while the host is asked is not placed any more', async () => {
  rules = applyEdit(rules, added(80));
  const placing = keeper.place();
  await Promise.resolve();
  rules = EMPTY_RULES;
  asked.shift()?.();
  await placing;
  expect(placed).toEqual([]);
});
