import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { DatapathError } from '../../src/datapath/plane.ts';
import { RuleKeeper, rulesOf } from '../../src/director/rule-keeper.ts';
import { SavedRulesFile } from '../../src/director/saved-rules.ts';
import { parseAddress } from '../../src/model/address.ts';
import type { RuleEdit } from '../../src/model/edit.ts';
import { EMPTY_RULES, type RuleSet } from '../../src/model/rules.ts';
import { syncDaemon } from '../../src/model/sync-daemon.ts';
import { scratch } from '../support/scratch.ts';

const SYNC = (['master', 'backup'] as const).map((direction) => syncDaemon({ direction, interface: 'eth2' }));
const added = (port: number): RuleEdit => ({
  op: 'add-service',
  id: { kind: 'address', protocol: 'tcp', address: parseAddress('10.1.1.1'), port, subnetId: 0 },
  settings: { scheduler: 'rr', schedulerFlags: [], onePacket: false },
});

let file: SavedRulesFile;
let path: string;
/** What the plane carries. */
let carried: RuleSet;
/** What it was given, each time. */
let applied: RuleSet[];
let room: number;

beforeEach(() => {
  path = join(scratch(), 'state', 'rules.json');
  file = new SavedRulesFile(path);
  room = 10;
  applied = [];
});

function keeper(adopted: boolean, kind: 'xdp' | 'memory' = 'xdp'): RuleKeeper {
  const applyRules = (rules: RuleSet) => {
    carried = rules;
    applied.push(rules);
    if (rules.services.length > room) throw new DatapathError('table-full', 'no room');
  };
  return new RuleKeeper({ kind, adopted, applyRules }, file);
}

describe('a daemon that adopts a plane', () => {
  test('goes on with the rules and the sync that the plane had, not with those of the configuration', () => {
    const former = keeper(false);
    former.start(rulesOf([added(80)]), SYNC);
    former.edit([added(81)]);
    former.dropSync('backup');
    const heir = keeper(true);
    heir.start(rulesOf([added(99)]), SYNC);
    expect(carried.services.map(({ id }) => 'port' in id && id.port)).toEqual([80, 81]);
    expect(heir.sync.map(({ direction }) => direction)).toEqual(['master']);
  });

  test('that dies while it starts leaves all of them to the next one', () => {
    keeper(false).start(rulesOf([added(80)]), SYNC);
    keeper(true).start(EMPTY_RULES, []);
    expect(file.read()).toMatchObject({ rules: { services: [{}] }, sync: SYNC });
  });

  test('that finds no room for its rules leaves the plane and the file alone', () => {
    keeper(false).start(rulesOf([added(80), added(81)]), SYNC);
    const before = file.read();
    room = 1;
    applied.length = 0;
    expect(() => keeper(true).start(EMPTY_RULES, [])).toThrow(
      expect.objectContaining({ code: 'table-full' }),
    );
    expect(applied).toEqual([before?.rules]);
    expect(file.read()).toEqual(before);
  });

  test('without a file that can be read takes the configuration', () => {
    const heir = keeper(true);
    heir.start(rulesOf([added(99)]), SYNC);
    expect(carried.services).toHaveLength(1);
    expect(heir.sync).toEqual(SYNC);
  });
});

test('rules that the plane has no room for leave the rules and the plane as they were', () => {
  room = 1;
  const one = keeper(false);
  one.start(rulesOf([added(80)]), []);
  const before = one.rules;
  expect(() => one.edit([added(81)])).toThrow(expect.objectContaining({ code: 'table-full' }));
  expect([one.rules, carried]).toEqual([before, before]);
  expect(file.read()?.rules).toEqual(before);
});

test('edits before one that fails stay', () => {
  const one = keeper(false);
  one.start(EMPTY_RULES, []);
  expect(() => one.edit([added(80), added(80), added(81)])).toThrow(/already exists/);
  expect(one.rules.services).toHaveLength(1);
});

test('a plane in memory leaves no file', () => {
  keeper(false, 'memory').start(rulesOf([added(80)]), SYNC);
  expect(existsSync(path)).toBe(false);
});
