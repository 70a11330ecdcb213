import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { DatapathError } from '../../src/datapath/plane.ts';
import { RuleKeeper, rulesOf } from '../../src/director/rule-keeper.ts';
import { SavedRulesFile } from '../../src/director/saved-rules.ts';
import { parseAddress } from '../../src/model/address.ts';
import type { RuleEdit } from '../../src/model/edit.ts';
import { EMPTY_RULES, type RuleSet } from '../../src/model/rules.ts';
import { syncDaemon } from '../../src/model/sync-daemon.ts';
import { addService as added, serviceId as id } from '../support/rules.ts';
import { scratch } from '../support/scratch.ts';

const SYNC = (['master', 'backup'] as const).map((direction) => syncDaemon({ direction, interface: 'eth2' }));

const AUTHOR = { priority: 100, maker: 1 };

const deleted = (port: number): RuleEdit => ({ op: 'delete-service', id: id(port) });
const local = (port: number): RuleEdit => ({
  op: 'add-local',
  id: id(port),
  local: { address: parseAddress('192.168.10.1') },
});
const unbuilt: RuleEdit = {
  op: 'add-service',
  id: { kind: 'fwmark', fwmark: 1, family: 4 },
  settings: {
    scheduler: 'rr',
    schedulerFlags: [],
    onePacket: false,
    persistence: { timeout: 60, prefix: 32 },
    engine: 'sip',
  },
};

let file: SavedRulesFile;
let path: string;
/** What the plane carries. */
let carried: RuleSet;
/** What it was given, each time. */
let applied: RuleSet[];
let room: number;
/** The port of a service that it cannot carry, for no reason that it knows. */
let broken: number;

beforeEach(() => {
  path = join(scratch(), 'state', 'rules.json');
  file = new SavedRulesFile(path);
  room = 10;
  broken = 0;
  applied = [];
});

function keeper(adopted: boolean, kind: 'xdp' | 'memory' = 'xdp'): RuleKeeper {
  const applyRules = (rules: RuleSet) => {
    carried = rules;
    applied.push(rules);
    if (rules.services.some(({ id }) => 'port' in id && id.port === broken)) throw new Error('broken');
    if (rules.services.length > room) throw new DatapathError('table-full', 'no room');
  };
  return new RuleKeeper({ kind, adopted, applyRules }, file, AUTHOR);
}

describe('a daemon that adopts a plane', () => {
  test('goes on with the rules and the sync that the plane had, not with those of the configuration', () => {
    const former = keeper(false);
    former.start(rulesOf([added(80)], 'xdp'), SYNC);
    former.edit([added(81)]);
    former.dropSync('backup');
    const heir = keeper(true);
    heir.start(rulesOf([added(99)], 'xdp'), SYNC);
    expect(carried.services.map(({ id }) => 'port' in id && id.port)).toEqual([80, 81]);
    expect(heir.sync.map(({ direction }) => direction)).toEqual(['master']);
  });

  test('that dies while it starts leaves all of them to the next one', () => {
    keeper(false).start(rulesOf([added(80)], 'xdp'), SYNC);
    keeper(true).start(EMPTY_RULES, []);
    expect(file.read()).toMatchObject({ rules: { services: [{}] }, sync: SYNC });
  });

  test('that finds no room for its rules leaves the plane and the file alone', () => {
    keeper(false).start(rulesOf([added(80), added(81)], 'xdp'), SYNC);
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
    heir.start(rulesOf([added(99)], 'xdp'), SYNC);
    expect(carried.services).toHaveLength(1);
    expect(heir.sync).toEqual(SYNC);
  });
});

describe('edits in one call', () => {
  let one: RuleKeeper;
  const ports = (rules: RuleSet | undefined) => rules?.services.map(({ id }) => 'port' in id && id.port);
  /** Places and codes of what was refused. */
  const refused = (...edits: RuleEdit[]) =>
    one.edit(edits).map(({ at, error }) => [at, (error as { code?: string }).code]);

  beforeEach(() => {
    one = keeper(false);
    one.start(EMPTY_RULES, []);
    applied.length = 0;
  });

  test('apply but for those that are refused, whatever comes before them', () => {
    expect(refused(added(80), added(80), added(81), deleted(99), unbuilt, added(82))).toEqual([
      [1, 'service-exists'],
      [3, 'no-such-service'],
      [4, 'not-supported'],
    ]);
    expect([ports(one.rules), ports(carried), ports(file.read()?.rules)]).toEqual(
      Array(3).fill([80, 81, 82]),
    );
  });

  test('are one change of the plane and one of the file', () => {
    const write = vi.spyOn(file, 'write');
    expect(refused(added(80), added(81), added(82))).toEqual([]);
    expect(applied).toEqual([one.rules]);
    expect(write.mock.calls).toEqual([
      [{ rules: one.rules, sync: [], history: { version: { counter: 1, ...AUTHOR } } }],
    ]);
  });

  test('change neither when all are refused', () => {
    const write = vi.spyOn(file, 'write');
    expect(refused(deleted(80), deleted(81))).toHaveLength(2);
    expect([applied, write.mock.calls]).toEqual([[], []]);
  });

  test('that find no room are refused one by one, and the plane keeps what was there', () => {
    room = 2;
    expect(refused(added(80), added(81), added(82), added(83), deleted(80), added(84))).toEqual([
      [2, 'table-full'],
      [3, 'table-full'],
    ]);
    expect([ports(one.rules), ports(carried), ports(file.read()?.rules)]).toEqual(Array(3).fill([81, 84]));
  });

  test('that depend on one without room are refused as they would be alone', () => {
    room = 1;
    expect(refused(added(80), added(81), local(81), local(80))).toEqual([
      [1, 'table-full'],
      [2, 'no-such-service'],
    ]);
    expect(carried.services).toMatchObject([{ locals: [{}] }]);
  });

  test('that take a service away and add it again are two changes: the plane sees it go', () => {
    one.edit([added(80)]);
    applied.length = 0;
    expect(refused(deleted(80), added(80), { op: 'clear' }, added(80))).toEqual([]);
    expect(applied.map(ports)).toEqual([[], [80], [], [80]]);
  });

  test('end where the plane fails, and the file has those before', () => {
    broken = 82;
    expect(() => one.edit([added(80), added(81), added(82), added(83)])).toThrow('broken');
    expect([ports(one.rules), ports(carried), ports(file.read()?.rules)]).toEqual(Array(3).fill([80, 81]));
  });
});

test('rules that the plane has no room for leave the rules and the plane as they were', () => {
  room = 1;
  const one = keeper(false);
  one.start(rulesOf([added(80)], 'xdp'), []);
  const before = one.rules;
  expect(one.edit([added(81)])).toMatchObject([{ at: 0, error: { code: 'table-full' } }]);
  expect([one.rules, carried]).toEqual([before, before]);
  expect(file.read()?.rules).toEqual(before);
});

test('a plane in memory takes what the XDP plane cannot carry', () => {
  const one = keeper(false, 'memory');
  one.start(rulesOf([unbuilt], 'memory'), []);
  const maglev: RuleEdit = {
    op: 'add-service',
    id: id(80),
    settings: { scheduler: 'mh', schedulerFlags: [], onePacket: false },
  };
  expect(one.edit([maglev])).toEqual([]);
  expect(one.rules.services).toHaveLength(2);
});

test('a plane in memory leaves no file', () => {
  keeper(false, 'memory').start(rulesOf([added(80)], 'xdp'), SYNC);
  expect(existsSync(path)).toBe(false);
});
