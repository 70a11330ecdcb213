/** Two directors whose rules are one set: sessions, keepers and what joins them, on a network in memory. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { DatapathError } from '../../src/datapath/plane.ts';
import { LostRules } from '../../src/director/lost-rules.ts';
import { Replication } from '../../src/director/replication.ts';
import { RuleKeeper, rulesOf } from '../../src/director/rule-keeper.ts';
import { SavedRulesFile } from '../../src/director/saved-rules.ts';
import type { SyncEvent } from '../../src/director/sync/messages.ts';
import { senderId } from '../../src/director/sync/sender-id.ts';
import { NUMERIC } from '../../src/ipvsadm/namer.ts';
import { parseRuleLine } from '../../src/ipvsadm/rule-line.ts';
import { renderRules } from '../../src/ipvsadm/save.ts';
import type { RuleEdit } from '../../src/model/edit.ts';
import { scratch } from '../support/scratch.ts';
import { FAITHFUL } from './sync/network.ts';
import { ADVERT, BOTH, type Node, Rig } from './sync/rig.ts';

vi.setConfig({ testTimeout: 300_000 });

const lines = (...texts: string[]): RuleEdit[] => texts.flatMap(parseRuleLine);
const service = (port: number) => `-A -t 10.1.1.1:${port} -s rr`;
const server = (port: number, last: number) => `-a -t 10.1.1.1:${port} -r 192.168.10.${last}:80 -q -w 1`;

interface Setting {
  readonly replicates?: boolean;
  readonly priority?: number;
  readonly configuration?: readonly string[];
  /** Services that the plane has room for. */
  readonly room?: number;
  readonly adopted?: boolean;
  readonly maxlen?: number;
}

let rig: Rig;
let folder: string;
beforeEach(() => {
  rig = new Rig();
  folder = scratch();
});

/** A director without its plane: what of it is about rules. */
class Half {
  readonly name: string;
  readonly keeper: RuleKeeper;
  readonly replication: Replication;
  readonly said: string[] = [];
  readonly node: Node;
  readonly #soon: Array<() => void> = [];

  constructor(name: string, setting: Setting) {
    this.name = name;
    const { replicates = true, priority = 100, room = 20_000, adopted = false } = setting;
    const plane = {
      kind: 'xdp' as const,
      adopted,
      applyRules: ({ services }: { services: readonly unknown[] }) => {
        if (services.length > room) throw new DatapathError('table-full', `no room for more than ${room}`);
      },
    };
    const state = join(folder, name);
    const file = new SavedRulesFile(join(state, 'rules.json'));
    this.keeper = new RuleKeeper(plane, file, { priority, maker: senderId(name) });
    this.node = rig.node(name, { replicates, priority, report: (event) => this.#on(event) });
    const say = (text: string) => this.said.push(text);
    this.replication = new Replication(replicates, {
      keeper: this.keeper,
      lost: new LostRules(state, (rules) => renderRules(rules, NUMERIC)),
      log: { info: say, warn: say, error: say },
      tell: (held) => this.node.session.holdRules(structuredClone(held)),
      place: async () => {},
      now: () => new Date(rig.network.now / 1000),
      soon: (work) => this.#soon.push(work),
    });
    this.keeper.start(rulesOf(lines(...(setting.configuration ?? [])), 'xdp'), []);
    this.replication.changed();
  }

  edit(...texts: string[]): void {
    expect(this.keeper.edit(lines(...texts))).toEqual([]);
    this.replication.changed();
  }

  get rules(): string {
    return renderRules(this.keeper.rules, NUMERIC);
  }

  get version(): number {
    return this.keeper.history.version.counter;
  }

  soon(): void {
    for (const work of this.#soon.splice(0)) work();
  }

  /** Texts of files with rules that lost. */
  lost(): string[] {
    return readdirSync(folder)
      .filter((name) => name.startsWith(`${this.name}.lost-rules-`))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
  }

  #on(event: SyncEvent): void {
    this.node.events.push(event);
    if (event.type === 'rules-fetched') this.replication.fetched(event.name, structuredClone(event.rules));
    if (event.type === 'rules-agreed') this.replication.agreed(event.version);
    if (event.type === 'rules-one-sided') this.replication.oneSided(event.name, event.here);
  }
}

async function started(name: string, setting: Setting = {}): Promise<Half> {
  const half = new Half(name, setting);
  await rig.start(half.node, BOTH, setting.maxlen === undefined ? {} : { maxlen: setting.maxlen });
  return half;
}

async function pair(one: Setting = {}, two: Setting = {}): Promise<[Half, Half]> {
  const both: [Half, Half] = [await started('lb1', one), await started('lb2', two)];
  run(both);
  return both;
}

function run(halves: readonly Half[], micros = 3 * ADVERT): void {
  for (let passed = 0; passed < micros; passed += 5000) {
    for (const half of halves) half.soon();
    rig.run(5000);
  }
}

function expectEqual(one: Half, two: Half): void {
  expect(two.rules).toBe(one.rules);
  expect(two.keeper.rules).toEqual(one.keeper.rules);
  expect(two.keeper.history.version).toEqual(one.keeper.history.version);
  for (const half of [one, two])
    expect(half.replication.status()).toMatchObject({ agreed: true, refused: null });
}

test('what is changed on either director holds on both', async () => {
  const [one, two] = await pair();
  one.edit(service(80), server(80, 2));
  run([one, two]);
  expect(two.rules).toContain(`${server(80, 2)}\n`);
  expectEqual(one, two);
  two.edit(
    '-e -t 10.1.1.1:80 -r 192.168.10.2:80 -q -w 7',
    '-P -t 10.1.1.1:80 -z 192.168.10.1',
    '--set 60 30 10',
  );
  run([one, two]);
  expect(one.rules).toContain('-w 7');
  expect(one.keeper.rules.timeouts).toEqual({ tcp: 60, tcpFin: 30, udp: 10 });
  expectEqual(one, two);
  one.edit('-C');
  run([one, two]);
  expect(two.rules).toBe('');
  expectEqual(one, two);
  expect([...one.lost(), ...two.lost()]).toEqual([]);
});

test('a director that was away catches up, whatever it had', async () => {
  const [one, two] = await pair();
  one.edit(service(80));
  run([one, two]);
  rig.network.fate = () => [];
  one.edit(service(81));
  one.edit(service(82));
  run([one, two], 20 * ADVERT);
  expect(two.rules).not.toContain(':81');
  rig.network.fate = FAITHFUL;
  run([one, two]);
  expectEqual(one, two);
  expect(two.lost()).toEqual([]);
});

describe('at the start', () => {
  test('the rules of the peer come before those of the configuration', async () => {
    const one = await started('lb1', { configuration: [service(80)] });
    one.edit(service(81));
    const two = await started('lb2', { priority: 200, configuration: [service(80)] });
    run([one, two]);
    expect(two.rules).toContain(':81');
    expectEqual(one, two);
    expect(two.lost()).toEqual([]);
  });

  test('saved rules come before those of the configuration, and older than those of the peer give way', async () => {
    const [one, two] = await pair({}, {});
    two.edit(service(80));
    run([one, two]);
    rig.kill(two.node);
    const heir = await started('lb2', { adopted: true, configuration: [service(99)] });
    expect([heir.rules, heir.version]).toEqual([`${service(80)}\n`, 1]);
    run([one, heir]);
    expectEqual(one, heir);
    rig.kill(heir.node);
    one.edit(service(81));
    const third = await started('lb2', { adopted: true });
    run([one, third]);
    expect(third.rules).toContain(':81');
    expectEqual(one, third);
    expect(third.lost()).toEqual([]);
  });

  test('changes that were saved and never heard by the peer reach it', async () => {
    const [one, two] = await pair();
    rig.network.fate = () => [];
    two.edit(service(80));
    rig.kill(two.node);
    rig.network.fate = FAITHFUL;
    const heir = await started('lb2', { adopted: true });
    run([one, heir]);
    expect(one.rules).toContain(':80');
    expectEqual(one, heir);
  });

  test('one configuration on both is agreed on without a transfer', async () => {
    const configuration = [service(80), server(80, 2)];
    const [one, two] = await pair({ configuration, priority: 200 }, { configuration });
    expectEqual(one, two);
    expect(one.version).toBe(0);
    expect([...one.said, ...two.said]).toEqual([]);
  });

  test('of two configurations that differ that of the higher priority wins, and the other one is kept', async () => {
    const [one, two] = await pair(
      { configuration: [service(80)], priority: 200 },
      { configuration: [service(81)] },
    );
    expectEqual(one, two);
    expect(one.rules).toBe(`${service(80)}\n`);
    expect(two.lost()).toEqual([`${service(81)}\n`]);
  });
});

describe('a conflict', () => {
  async function split(edits: { one: number; two: number }, priorities: [number, number] = [200, 100]) {
    const [one, two] = await pair({ priority: priorities[0] }, { priority: priorities[1] });
    one.edit(service(80));
    run([one, two]);
    rig.network.fate = () => [];
    for (let n = 0; n < edits.one; n++) one.edit(service(1000 + n));
    for (let n = 0; n < edits.two; n++) two.edit(service(2000 + n));
    run([one, two]);
    rig.network.fate = FAITHFUL;
    const before = [one.rules, two.rules];
    run([one, two]);
    expectEqual(one, two);
    return { one, two, before };
  }

  test('is won whole by the one with more changes, and the other one is kept as ipvsadm lines', async () => {
    const { one, two, before } = await split({ one: 1, two: 3 });
    expect(one.rules).toBe(before[1]);
    expect(one.lost()).toEqual([before[0]]);
    expect(two.lost()).toEqual([]);
    expect(one.said.join('\n')).toMatch(
      /rules were changed on both directors: those here \(version 2\) gave way to the rules of lb2 \(version 4, 4 services\), and are kept in .*\.ipvsadm/,
    );
  });

  test('of as many changes is won by the higher priority', async () => {
    const { one, two, before } = await split({ one: 2, two: 2 });
    expect(one.rules).toBe(before[0]);
    expect(two.lost()).toEqual([before[1]]);
  });

  test('of equals is won by one of them', async () => {
    const { one, two } = await split({ one: 2, two: 2 }, [100, 100]);
    expect(one.lost().length + two.lost().length).toBe(1);
  });

  test('at the same moment is one, too', async () => {
    const [one, two] = await pair({ priority: 200 });
    one.edit(service(80));
    two.edit(service(81));
    run([one, two]);
    expectEqual(one, two);
    expect(one.rules).toBe(`${service(80)}\n`);
    expect(two.lost()).toEqual([`${service(81)}\n`]);
  });

  test('keeps no more files than the last eight', async () => {
    const lost = new LostRules(join(folder, 'lb9'), () => 'x');
    const { keeper } = await started('lb9');
    for (let n = 0; n < 12; n++)
      lost.save(keeper.rules, { counter: n, priority: 1, maker: 1 }, new Date(1e12 + n * 1000));
    const names = readdirSync(folder).filter((name) => name.includes('lost-rules'));
    expect(names).toHaveLength(8);
    expect(names.toSorted()[0]).toMatch(/-4\.ipvsadm$/);
  });
});

test('rules that find no room stay away, whole, until there is room', async () => {
  const [one, two] = await pair({}, { room: 2 });
  one.edit(service(80), service(81));
  run([one, two]);
  expectEqual(one, two);
  one.edit(service(82));
  run([one, two], 20 * ADVERT);
  expect(two.rules).not.toContain(':82');
  expect(two.replication.status().refused).toContain('no room');
  expect(two.said.filter((text) => text.includes('ours stay'))).toHaveLength(1);
  one.edit('-D -t 10.1.1.1:80');
  run([one, two]);
  expect(two.rules).toContain(':82');
  expectEqual(one, two);
});

test.each([true, false])('only one side (%s) replicates: said once, and nothing changes', async (first) => {
  const [one, two] = await pair({ replicates: first }, { replicates: !first });
  one.edit(service(80));
  two.edit(service(81));
  run([one, two], 30 * ADVERT);
  expect([one.rules, two.rules]).toEqual([`${service(80)}\n`, `${service(81)}\n`]);
  const [on, off] = first ? [one, two] : [two, one];
  expect(on.said).toEqual([expect.stringContaining(`${off.name} does not replicate its rules`)]);
  expect(off.said).toEqual([expect.stringContaining(`${on.name} would replicate its rules`)]);
});

test.each([
  [500, 'good', 512, 0],
  [500, 'bad', 512, 0.5],
  [2_000, 'bad', 1472, 0.3],
])('%i services pass on a %s network in datagrams of %i bytes', async (count, _what, maxlen, loss) => {
  const [one, two] = await pair({ maxlen }, { maxlen });
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  rig.network.fate = () => (random() < loss ? [] : random() < loss / 6 ? [50, 900] : [50 + random() * 2000]);
  const many: string[] = [];
  for (let n = 0; n < count; n++) {
    const at = `-t 10.2.${n >> 8}.${n & 255}:80`;
    many.push(`-A ${at} -s rr`, `-a ${at} -r 192.168.10.2:80 -q -w 1`);
  }
  one.edit(...many);
  rig.network.sent.length = 0;
  for (let n = 0; n < 100 && two.version !== one.version; n++) run([one, two], 50_000);
  run([one, two], 10 * ADVERT);
  expectEqual(one, two);
  expect(two.keeper.rules.services).toHaveLength(count);
  for (const { datagram } of rig.network.sent) expect(datagram.length).toBeLessThanOrEqual(maxlen);
});

test('a peer whose rules change all the time is caught up with', async () => {
  const [one, two] = await pair({ maxlen: 512 }, { maxlen: 512 });
  for (let n = 0; n < 40; n++) {
    one.edit(...Array.from({ length: 10 }, (_, at) => service(1000 + n * 10 + at)));
    run([one, two], 5000);
  }
  expect(two.version).toBeGreaterThan(20);
  run([one, two]);
  expectEqual(one, two);
});
