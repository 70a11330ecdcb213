/** Two real daemons, of which the better one loses what it tracks: the other one is handed the addresses, and back. */
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Status } from '../../src/director/status.ts';
import { Director, PRIORITY, SERVICES } from '../../src/drill/director.ts';
import { Lab } from '../../src/lab/lab.ts';
import { PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import { portName, SWITCH_HOST } from '../../src/lab/topology.ts';

/** Below lb2's. */
const LESS = 50;
const WEIGHT = LESS - PRIORITY.lb1;
const ROUTE = '203.0.113.0/24';
const PATIENCE_MS = 30_000;

const lab = new Lab(PAIR_TOPOLOGY);
let lb1: Director;
let lb2: Director;
const file = (name: string) => join(lab.directory, name);
const put = (name: string) => writeFileSync(file(name), '');
const script = (name: string, weight: number) => ({
  ...{ name, command: ['/usr/bin/test', '-e', file(name)], user: 'root' },
  ...{ interval: '100ms', timeout: '5s', fall: 2, weight },
});

async function must(host: string, ...words: string[]): Promise<void> {
  const { code, stderr } = await lab.run(host, 'ip', words);
  if (code !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr}`);
}

/** By another link than the one that is tracked. */
const route = (what: 'add' | 'delete') =>
  must('lb1', 'route', what, ROUTE, ...(what === 'add' ? ['via', '172.31.0.2'] : []));
const link = (state: 'up' | 'down') =>
  must(SWITCH_HOST, 'link', 'set', 'dev', portName('lb1', 'eth1'), state);

beforeAll(async () => {
  await lab.up();
  const key = file('sync.key');
  writeFileSync(key, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  put('weighed');
  put('needed');
  await route('add');
  const track = {
    interfaces: [{ name: 'eth1', weight: WEIGHT }],
    routes: [{ to: ROUTE, weight: WEIGHT }],
    scripts: [script('weighed', WEIGHT), script('needed', 0)],
  };
  const setting = { services: SERVICES };
  lb1 = new Director(lab, 'lb1', { advertMs: 100, key, setting: { ...setting, track } });
  lb2 = new Director(lab, 'lb2', { advertMs: 100, key, setting });
  await lb1.start();
  await until(lb1, 'be master', ({ role }) => role === 'master');
  await lb2.start();
  await until(lb2, 'hold the table', ({ role, peer }) => role === 'backup' && peer.synced);
}, 60_000);
afterAll(async () => {
  expect(await lab.down()).toEqual([]);
});

const until = (director: Director, what: string, holds: (status: Status) => boolean) =>
  director.until(what, holds, PATIENCE_MS, new AbortController().signal);

/** Each: what is lost, how it is given back, and the priority of a director without it. */
const CASES: readonly (readonly [
  string,
  { lose(): unknown; mend(): unknown; priority: number; asked: boolean },
])[] = [
  ['interface eth1', { lose: () => link('down'), mend: () => link('up'), priority: LESS, asked: true }],
  [`route ${ROUTE}`, { lose: () => route('delete'), mend: () => route('add'), priority: LESS, asked: true }],
  [
    'script weighed',
    { lose: () => rmSync(file('weighed')), mend: () => put('weighed'), priority: LESS, asked: true },
  ],
  [
    'script needed',
    { lose: () => rmSync(file('needed')), mend: () => put('needed'), priority: PRIORITY.lb1, asked: false },
  ],
];

test.each(CASES)(
  'without its %s a master hands over, and takes its place again with it',
  async (name, { lose, mend, priority, asked }) => {
    const before = (await until(lb2, 'answer', () => true)).vrrp;
    await lose();
    const two = await until(lb2, 'be master', ({ role }) => role === 'master');
    const one = await until(lb1, 'be backup', ({ role }) => role === 'backup');
    expect(one.routers[0]?.priority).toBe(priority);
    const down = one.tracked.filter(({ up }) => !up).map((each) => `${each.kind} ${each.name}`);
    expect(down).toEqual([name]);
    // By weight the better one asks for its place; one that must not be master gives it away itself.
    const later = await until(lb2, 'count', ({ vrrp }) => (vrrp.takeovers ?? 0) > (before.takeovers ?? 0));
    expect((later.vrrp.asked ?? 0) > (before.asked ?? 0)).toBe(asked);
    expect(two.peer.synced).toBe(true);
    await mend();
    const back = await until(lb1, 'be master again', ({ role }) => role === 'master');
    expect(back.routers[0]?.priority).toBe(PRIORITY.lb1);
    await until(lb2, 'hold the table', ({ role, peer }) => role === 'backup' && peer.synced);
  },
  90_000,
);
