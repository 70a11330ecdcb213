/** What the address keeper does for next hops, in a namespace of this test's own. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AddressKeeper } from '../../src/director/address-keeper.ts';
import { type Log, SILENT } from '../../src/director/log.ts';
import { rulesOf } from '../../src/director/rule-keeper.ts';
import { parseRuleLine } from '../../src/ipvsadm/rule-line.ts';
import { ip, TestNamespace } from '../support/namespace.ts';

const RULES = rulesOf(
  ['-A -t 10.98.0.1:80 -s rr', '-a -t 10.98.0.1:80 -r 10.98.0.20:80 -q'].flatMap((line) =>
    parseRuleLine(line),
  ),
  'xdp',
);

let namespace: TestNamespace;
let keeper: AddressKeeper;
let warnings: string[];

beforeEach(async () => {
  namespace = new TestNamespace('next-hops');
  ip('link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'far0');
  ip('address', 'add', '10.98.0.11/24', 'dev', 'up0');
  for (const name of ['up0', 'far0']) ip('link', 'set', name, 'up');
  warnings = [];
  const log: Log = { ...SILENT, warn: (text) => void warnings.push(text) };
  keeper = new AddressKeeper({
    plane: { kind: 'xdp', setAddresses() {} },
    rules: () => RULES,
    routers: [],
    interfaces: ['up0'],
    onAnnounced() {},
    leased: () => false,
    log,
  });
  await keeper.place();
});

afterEach(async () => {
  await keeper.clear(false);
  namespace.remove();
});

/** A keeper that is cleared for a plane which goes on has finished what it had begun. */
async function managed(): Promise<string> {
  await keeper.clear(true);
  return ip('neighbour', 'show', 'nud', 'all', 'dev', 'up0');
}

test('a next hop that its interface has lost is kept again when it is looked for', async () => {
  expect(await managed()).toContain('10.98.0.20 managed');
  ip('link', 'set', 'up0', 'down');
  ip('link', 'set', 'up0', 'up');
  expect(await managed()).not.toContain('10.98.0.20');
  keeper.renewNextHops();
  expect(await managed()).toContain('10.98.0.20 managed');
});

test('a next hop that cannot be kept is told of once, however often it is looked for', async () => {
  await managed();
  ip('link', 'del', 'up0');
  for (let look = 0; look < 3; look++) {
    keeper.renewNextHops();
    await keeper.clear(true);
  }
  expect(warnings).toEqual([expect.stringContaining('10.98.0.20 dev up0 is not kept resolved')]);
});
