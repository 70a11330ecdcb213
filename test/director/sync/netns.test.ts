import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SyncStatus } from '../../../src/director/status.ts';
import { until } from '../../support/until.ts';

const hosts = [1, 2].map((n) => ({
  name: `lb${n}`,
  netns: `tsync${process.pid}-${n}`,
  addresses: [`192.0.2.${n}/24`, `fe80::${n}/64`],
}));
const children: ChildProcess[] = [];

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] });

beforeAll(async () => {
  compileDirector();
  for (const { netns } of hosts) ip('netns', 'add', netns);
  const [one, two] = hosts.map(({ netns }) => netns) as [string, string];
  ip('-n', one, 'link', 'add', 'sync0', 'type', 'veth', 'peer', 'name', 'sync0', 'netns', two);
  for (const { netns, addresses } of hosts) {
    // Ours, and at once: the kernel's own would be tentative for a second.
    ip('-n', netns, 'link', 'set', 'sync0', 'addrgenmode', 'none');
    const nodad = (address: string) => (address.includes(':') ? ['nodad'] : []);
    for (const address of addresses)
      ip('-n', netns, 'address', 'add', address, 'dev', 'sync0', ...nodad(address));
    ip('-n', netns, 'link', 'set', 'sync0', 'up');
  }
});

afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  for (const { netns } of hosts) ip('netns', 'delete', netns);
  rmSync(compiled, { recursive: true, force: true });
});

/** Below the checkout, or node would not find protobufjs. */
const root = join(import.meta.dirname, '../../..');
const compiled = join(root, `dist/test-netns-director-${process.pid}`);

/** The directors are processes of their own, which node can run only as JavaScript. */
function compileDirector(): void {
  const options = ['--ignoreConfig', '--allowJs', '--skipLibCheck', '--rewriteRelativeImportExtensions'];
  const target = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  const places = ['--rootDir', root, '--outDir', compiled, join(import.meta.dirname, 'netns-director.ts')];
  execFileSync(join(root, 'node_modules/.bin/tsc'), [...options, ...target, ...places], { stdio: 'inherit' });
  const generated = 'src/wire/generated';
  cpSync(join(root, generated), join(compiled, generated), { recursive: true });
}

interface News {
  readonly table: number;
  readonly synced: number;
  readonly refused: string;
  /** Directions that run. */
  readonly started: number;
  readonly status?: SyncStatus;
}

function director(host: (typeof hosts)[number], group: string) {
  const program = join(compiled, 'test/director/sync/netns-director.js');
  const command = [`--net=/run/netns/${host.netns}`, process.execPath, program, host.name, group];
  const child = spawn('nsenter', command, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.push(child);
  const state: { news?: News } = {};
  child.on('message', (news: News) => {
    state.news = news;
  });
  return { child, state };
}

test.each([
  ['IPv4', '224.0.0.81'],
  ['IPv6', 'ff02::81'],
])('two hosts with a link between them carry connections over real multicast of %s', async (_name, group) => {
  const pair = hosts.map((host) => director(host, group));
  const both = (what: string, holds: (news: News) => boolean) =>
    until(what, () => {
      for (const { state } of pair) if (state.news?.refused) throw new Error(state.news.refused);
      return pair.every(({ state }) => state.news !== undefined && holds(state.news));
    });
  await both('both are synced', ({ synced }) => synced === 1);
  pair[0]?.child.send({ connect: 1500 });
  await both('both have the connections', ({ table }) => table === 1500);
  await both('both have counted them', ({ status }) => (status?.received ?? 0) > 0);
  for (const { state } of pair)
    expect(state.news?.status?.rejected, 'a host that hears itself: own').toEqual({});
  for (const { child } of pair) {
    child.kill();
    await once(child, 'exit');
  }
});

test('a director starts while the link has no carrier, and finds its peer when it has', async () => {
  const [one, two] = hosts as [(typeof hosts)[number], (typeof hosts)[number]];
  ip('-n', two.netns, 'link', 'set', 'sync0', 'down');
  const first = director(one, '224.0.0.81');
  await until('it runs', () => {
    if (first.state.news?.refused) throw new Error(first.state.news.refused);
    return first.state.news?.started === 2;
  });
  ip('-n', two.netns, 'link', 'set', 'sync0', 'up');
  const second = director(two, '224.0.0.81');
  await until('they are synced', () => first.state.news?.synced === 1 && second.state.news?.synced === 1);
  for (const { child } of [first, second]) {
    child.kill();
    await once(child, 'exit');
  }
});
