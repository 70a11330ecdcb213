/** Two real daemons whose addresses are at the virtual router's link address: it moves, and no neighbour notices. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Director, SERVICES, VRID } from '../../src/drill/director.ts';
import { Lab } from '../../src/lab/lab.ts';
import { type DirectorName, PAIR, PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import { portName, SWITCH_HOST } from '../../src/lab/topology.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { virtualMac } from '../../src/vrrp/virtual-mac.ts';
import { compile } from '../support/load/programs.ts';
import { echo, Stream } from '../support/stream.ts';

const MAC = virtualMac(VRID, 4);
const PORT = { service: 7001, own: 7009 } as const;
const PATIENCE_MS = 30_000;
const { signal } = new AbortController();

const lab = new Lab(PAIR_TOPOLOGY);
let program: string;
let lb1: Director;
let lb2: Director;
beforeAll(async () => {
  await lab.up();
  program = compile(lab, 'stream');
  await echo(lab, program, 'rs1', PORT.service);
  const key = join(lab.directory, 'sync.key');
  writeFileSync(key, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  const setting = { services: SERVICES, router: { preempt: false, use_vmac: true } };
  [lb1, lb2] = (['lb1', 'lb2'] as const).map(
    (name) => new Director(lab, name, { advertMs: 100, key, setting }),
  ) as [Director, Director];
  await lb1.start();
  await becomes(lb1, 'master');
  await lb2.start();
  await lb2.until('hold the table', ({ peer }) => peer.synced, PATIENCE_MS, signal);
}, 60_000);
afterAll(async () => {
  expect(await lab.down()).toEqual([]);
});

const becomes = (director: Director, role: string) =>
  director.until(`be ${role}`, (status) => status.role === role, PATIENCE_MS, signal);

async function lines(host: string, command: string, ...words: string[]): Promise<string[]> {
  const { stdout } = await lab.run(host, command, words);
  return stdout.split('\n');
}

/** The switch has learnt that the link address is behind the port of this director. */
const behind = (name: DirectorName) =>
  waitFor(
    `the switch to know ${MAC} at ${name}`,
    async () =>
      (await lines(SWITCH_HOST, 'bridge', 'fdb', 'show')).some((line) =>
        line.startsWith(`${MAC} dev ${portName(name, 'eth0')} `),
      ),
    { timeoutMs: PATIENCE_MS },
  );

/** Where the client thinks that the floating address is. */
const believed = async () =>
  (await lines('client', 'ip', 'neighbour', 'show', PAIR.vip)).flatMap(
    (line) => /lladdr (\S+)/.exec(line)?.[1] ?? [],
  );

test('the virtual link address moves with the addresses, and the client keeps it', async () => {
  await behind('lb1');
  const stream = await Stream.send(lab, program, 'client', {
    address: PAIR.vip,
    port: PORT.service,
    micros: 1000,
  });
  await waitFor('answers', async () => (await stream.ask()).answered > 0, { timeoutMs: PATIENCE_MS });
  expect(await believed()).toEqual([MAC]);

  await lb1.handover();
  await becomes(lb2, 'master');
  await behind('lb2');
  expect(await believed()).toEqual([MAC]);
  await becomes(lb1, 'backup');
  await lb1.until('hold the table', ({ peer }) => peer.synced, PATIENCE_MS, signal);

  await lab.cut('lb2');
  await lb2.kill();
  lb2.forget();
  await becomes(lb1, 'master');
  await behind('lb1');
  const before = (await stream.ask()).answered;
  await waitFor('answers again', async () => (await stream.ask()).answered > before + 10, {
    timeoutMs: PATIENCE_MS,
  });
  expect(await believed()).toEqual([MAC]);
  await stream.stop();
}, 120_000);

test('what listens on the director itself is reached under it', async () => {
  await echo(lab, program, 'lb1', PORT.own, PAIR.vip);
  const stream = await Stream.send(lab, program, 'client', {
    address: PAIR.vip,
    port: PORT.own,
    micros: 10_000,
  });
  await waitFor('answers', async () => (await stream.ask()).answered > 0, { timeoutMs: PATIENCE_MS });
  expect(await believed()).toEqual([MAC]);
  await stream.stop();
});
