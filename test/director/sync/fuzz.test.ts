/** Whatever comes from the network: refused by name, and nothing changed. The long one is test/trials/sync-fuzz.test.ts. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseRuleLine } from '../../../src/ipvsadm/rule-line.ts';
import { applyEdit } from '../../../src/model/edit.ts';
import { EMPTY_RULES } from '../../../src/model/rules.ts';
import { encodeRules } from '../../../src/wire/rule-bytes.ts';
import { type SealKey, sealKey } from '../../../src/wire/seal-key.ts';
import { Fuzzer } from '../../support/sync-fuzz.ts';
import { ADVERT, Rig } from './rig.ts';

const DATAGRAMS = 20_000;

test.each([
  ['sealed', [sealKey(randomBytes(32))]],
  ['in clear', []],
] as const)('of %s sync, no datagram that a peer did not send changes anything', async (_name, keys) => {
  const rig = new Rig();
  const [one, two] = await rig.pair({ keys: keys as readonly SealKey[], replicates: true });
  const rules = parseRuleLine('-A -t 10.1.1.1:80 -s rr').reduce(applyEdit, EMPTY_RULES);
  const version = { counter: 1, priority: 100, maker: 1 };
  one.session.holdRules({ version, bytes: encodeRules(rules) });
  two.session.holdRules({ version: { ...version, counter: 0 }, bytes: encodeRules(EMPTY_RULES) });
  for (let n = 0; n < 200; n++) one.port.connect(n);
  rig.run(3 * ADVERT);
  const recorded = rig.network.sent.map(({ datagram }) => datagram);
  // From now on only the fuzzer speaks.
  rig.nodes.delete('lb1');
  const table = structuredClone(two.port.table);
  const before = two.session.status();
  const events = two.events.length;
  const accounted = () => {
    const { received, foreign, duplicates, rejected } = two.session.status();
    return received + foreign + duplicates + Object.values(rejected).reduce((sum, count) => sum + count, 0);
  };
  const known = accounted();
  const fuzzer = new Fuzzer(recorded, 1, keys.length > 0);
  for (let n = 0; n < DATAGRAMS; n++) {
    rig.network.inject(fuzzer.next(), 'lb1');
    if (n % 100 === 0) rig.run(1000);
  }
  rig.run(1000);
  expect(two.port.table).toEqual(table);
  expect(two.session.status()).toMatchObject({
    received: before.received,
    records_applied: before.records_applied,
  });
  expect(accounted() - known).toBe(DATAGRAMS);
  expect(Object.keys(two.session.status().rejected).toSorted()).toEqual(
    expect.arrayContaining(
      keys.length > 0
        ? ['key', 'oversized', 'replay', 'seal', 'syncid', 'truncated', 'unsealed', 'version']
        : ['key', 'oversized', 'replay', 'syncid', 'truncated', 'version'],
    ),
  );
  expect(two.session.status().foreign).toBeGreaterThan(0);
  const news = two.events.slice(events).map(({ type }) => type);
  expect(news.filter((type) => type !== 'trouble' && type !== 'peer-lost')).toEqual([]);
});
