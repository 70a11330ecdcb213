/**
 * A million datagrams that no peer sent, at the socket of a real daemon: each is refused under a name of its own, rules and
 * connections are what they were, and the daemon's memory does not grow.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../src/control/client.ts';
import type { Status } from '../../src/director/status.ts';
import { DaemonPair, type PairDaemon } from '../support/daemon-pair.ts';
import { until } from '../support/until.ts';

const DATAGRAMS = 1_000_000;
/** The heap has its size, and every path has been compiled. */
const WARM_UP = 200_000;
/** As many as a socket buffer of the default size holds, whatever is in them: none is lost before it is counted. */
const BURST = 100;
/** What the collector leaves lying about from one time to the next; a byte for each datagram would be 1 MiB. */
const MOST_GROWTH_KIB = 16 * 1024;
const PATIENCE_MS = 60_000;

const root = join(import.meta.dirname, '../..');
const compiled = join(root, `dist/test-sync-fuzz-${process.pid}`);

let pair: DaemonPair;
const programs: ChildProcess[] = [];
beforeAll(() => {
  pair = new DaemonPair('fuzz');
  const options = ['--ignoreConfig', '--allowJs', '--skipLibCheck', '--rewriteRelativeImportExtensions'];
  const target = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  const places = ['--rootDir', root, '--outDir', compiled, join(root, 'test/support/sync-fuzz-sender.ts')];
  execFileSync(join(root, 'node_modules/.bin/tsc'), [...options, ...target, ...places], { stdio: 'inherit' });
  for (const data of ['src/wire/generated', 'test/wire/data'])
    cpSync(join(root, data), join(compiled, data), { recursive: true });
});
afterAll(async () => {
  for (const program of programs) program.kill('SIGKILL');
  await pair.remove();
  rmSync(compiled, { recursive: true, force: true });
});

async function beside({ netns }: PairDaemon, address: string): Promise<ChildProcess> {
  const program = join(compiled, 'test/support/sync-fuzz-sender.js');
  const command = [`--net=/run/netns/${netns}`, process.execPath, program, pair.link, address];
  const child = spawn('nsenter', command, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  programs.push(child);
  await once(child, 'message');
  return child;
}

/** KiB, of the whole process. */
const resident = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

/** Datagrams that the daemon has made up its mind about. */
const accounted = ({ sync: { received, foreign, duplicates, rejected } }: Status) =>
  received + foreign + duplicates + Object.values(rejected).reduce((sum, count) => sum + count, 0);

test('a million datagrams that no peer sent', async () => {
  const key = join(pair.one.folder, 'sync.key');
  writeFileSync(key, randomBytes(32).toString('hex'), { mode: 0o600 });
  const setting = { sync: { interface: pair.link, key_file: key }, rules: { replicate: true } };

  // What is to be changed: all that the peer says, recorded where the attacked director hears it.
  const recorder = await beside(pair.one, '192.0.2.1');
  for (const daemon of pair.both) await daemon.start(setting);
  for (const daemon of pair.both) await daemon.until('hold the table', ({ peer }) => peer.synced);
  expect(pair.one.ipvsadm(['-A', '-t', '10.1.1.1:80', '-s', 'rr']).status).toBe(0);
  await pair.two.until('have the rule', ({ rules }) => rules.version === 1 && rules.agreed);
  await pair.two.stop();
  const rules = pair.one.rules;

  const client = await connect(pair.one.socket);
  try {
    recorder.send({ tell: true });
    const [{ recorded }] = (await once(recorder, 'message')) as [{ recorded: string[] }];
    recorder.kill();
    expect(recorded.length).toBeGreaterThan(10);
    const child = await beside(pair.two, '192.0.2.2');
    child.send({ from: recorded });
    const before = await client.status();
    let known = accounted(before);
    let lost = 0;
    const send = async (count: number) => {
      for (let left = count; left > 0; left -= BURST) {
        child.send({ send: BURST });
        await once(child, 'message');
        known += BURST;
        const end = performance.now() + 500;
        let now = accounted(await client.status());
        // The kernel may drop some where the machine is busy: they are sent again.
        while (now < known && performance.now() < end) now = accounted(await client.status());
        lost += known - now;
        left += known - now;
        known = now;
      }
    };
    await send(WARM_UP);
    const warm = resident(pair.one.pid);
    const from = performance.now();
    await send(DATAGRAMS);
    const seconds = (performance.now() - from) / 1000;
    const after = await client.status();
    await until(
      'the memory is what it was',
      () => resident(pair.one.pid) - warm < MOST_GROWTH_KIB,
      PATIENCE_MS,
    );
    console.table([
      { what: 'datagrams, after a warm-up', value: DATAGRAMS },
      { what: 'lost in the kernel and sent again', value: lost },
      { what: 'seconds', value: Math.round(seconds) },
      { what: 'resident KiB before', value: warm },
      { what: 'resident KiB after', value: resident(pair.one.pid) },
      { what: 'foreign', value: after.sync.foreign },
      ...Object.entries(after.sync.rejected).map(([what, value]) => ({ what, value })),
    ]);
    expect(accounted(after) - accounted(before)).toBe(WARM_UP + DATAGRAMS);
    for (const cause of ['seal', 'key', 'unsealed', 'replay', 'truncated', 'oversized', 'syncid', 'version'])
      expect(after.sync.rejected[cause], cause).toBeGreaterThan(1000);
    expect(after.sync.foreign).toBeGreaterThan(1000);
    expect(after.sync.received).toBe(before.sync.received);
    expect(after.sync.records_applied).toBe(before.sync.records_applied);
    expect(after.connections).toBe(before.connections);
    expect(after.role).toBe(before.role);
    expect(pair.one.rules).toBe(rules);
    expect(after.rules).toEqual(before.rules);
  } finally {
    client.close();
  }
});
