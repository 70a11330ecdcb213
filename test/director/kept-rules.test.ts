/** `rules: {keep: true}`: what a daemon finds on disk that another one left there. */
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { DirectorError } from '../../src/director/api.ts';
import { KeptRules } from '../../src/director/kept-rules.ts';
import { RuleKeeper, rulesOf } from '../../src/director/rule-keeper.ts';
import { SavedRulesFile } from '../../src/director/saved-rules.ts';
import { parseAddress } from '../../src/model/address.ts';
import type { RuleEdit } from '../../src/model/edit.ts';
import { parseMark } from '../../src/model/mark-text.ts';
import { EMPTY_RULES } from '../../src/model/rules.ts';
import { addService, serviceId } from '../support/rules.ts';
import { scratch } from '../support/scratch.ts';

const EVERYTHING: readonly RuleEdit[] = [
  { op: 'set-timeouts', timeouts: { tcp: 60, tcpFin: 10, udp: 20 } },
  { op: 'set-vlanflag', on: true },
  { op: 'add-mark', mark: parseMark({ fwmark: 5, destination: '2001:db8::/64', protocol: 47 }) },
  {
    op: 'add-service',
    id: serviceId(80),
    settings: {
      scheduler: 'mh',
      schedulerFlags: ['mh-port'],
      onePacket: false,
      persistence: { timeout: 300, prefix: 32, mask: parseAddress('255.0.255.0') },
      engine: 'sip',
      establishedTimeout: 30,
      drainingTimeout: 40,
    },
  },
  {
    op: 'add-server',
    id: serviceId(80),
    server: {
      address: parseAddress('2001:db8::2'),
      port: 80,
      forwarding: 'tunnel',
      weight: 7,
      upperThreshold: 9,
      lowerThreshold: 8,
      tunnel: { type: 'gue', port: 6080, checksum: 'remote' },
      oif: 'eth1',
    },
  },
  { op: 'add-local', id: serviceId(80), local: { address: parseAddress('192.168.10.1'), oif: 'eth2' } },
];

function keeper(path: string, broken = false): RuleKeeper {
  const plane = { kind: 'memory' as const, adopted: false, applyRules: () => {} };
  const kept = new KeptRules(broken ? join(path, 'no', 'folder') : path);
  const file = new SavedRulesFile(join(dirname(path), 'unused'));
  return new RuleKeeper(plane, file, { priority: 100, maker: 1 }, kept);
}

test('nothing is kept before the first time', () => {
  expect(new KeptRules(join(scratch(), 'rules.json')).read()).toBeUndefined();
});

test('all that was set comes back', () => {
  const path = join(scratch(), 'deep', 'rules.json');
  const first = keeper(path);
  first.start(EMPTY_RULES, []);
  expect(first.edit(EVERYTHING)).toEqual([]);
  expect(rulesOf(new KeptRules(path).read() ?? [], 'memory')).toEqual(first.rules);
  first.edit([{ op: 'clear' }]);
  expect(rulesOf(new KeptRules(path).read() ?? [], 'memory').services).toEqual([]);
  expect(readdirSync(dirname(path))).toEqual(['rules.json']);
});

test('and so does their version, which a peer compares with its own', () => {
  const path = join(scratch(), 'rules.json');
  const first = keeper(path);
  first.start(EMPTY_RULES, []);
  first.edit([addService(80)]);
  first.edit([addService(81)]);
  const next = keeper(path);
  next.start(rulesOf(new KeptRules(path).read() ?? [], 'memory'), []);
  expect(next.history.version.counter).toBe(2);
});

test('the rules of the configuration are kept from the start', () => {
  const path = join(scratch(), 'rules.json');
  keeper(path).start(rulesOf([addService(80)], 'memory'), []);
  expect(rulesOf(new KeptRules(path).read() ?? [], 'memory').services).toHaveLength(1);
});

test.each(['', '{', '[]', '{"services": [{}]}', '{"services": 5, "timeouts": {}}'])(
  'a file with %j is refused, and left as it is',
  (text) => {
    const path = join(scratch(), 'rules.json');
    writeFileSync(path, text);
    const read = () => rulesOf(new KeptRules(path).read() ?? [], 'memory');
    expect(read).toThrow();
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);

test('a file that may not be read is an error that names it', () => {
  const path = scratch();
  expect(() => new KeptRules(path).read()).toThrow(
    expect.objectContaining({ code: 'bad-rules', message: expect.stringContaining(path) }),
  );
});

test('what cannot be written is in force, and said', () => {
  const path = join(scratch(), 'rules.json');
  writeFileSync(path, '');
  chmodSync(path, 0o400);
  const rules = keeper(path, true);
  expect(() => rules.edit([addService(80)])).toThrow(DirectorError);
  expect(rules.rules.services).toHaveLength(1);
  expect(existsSync(path)).toBe(true);
});
