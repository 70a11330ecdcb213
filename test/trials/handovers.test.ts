/** 100 handovers, to and fro, under 1,000 echoing connections and 10,000 UDP packets a second: nothing is lost. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Director } from '../../src/drill/director.ts';
import { Generator } from '../../src/drill/generator.ts';
import type { EchoDone } from '../../src/drill/traffic/messages.ts';
import { Lab } from '../../src/lab/lab.ts';
import { DIRECTORS, type DirectorName, PAIR, PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import { pause } from '../../src/lab/wait.ts';
import { compile } from '../support/load/programs.ts';
import { percentile, report } from '../support/report.ts';
import { echo, Stream } from '../support/stream.ts';

const TIMES = Number(process.env.TRIAL_TIMES ?? 100);
const MICROS = 1_000_000 / Number(process.env.TRIAL_RATE ?? 10_000);
const ADVERT_MS = Number(process.env.TRIAL_ADVERT_MS ?? 100);
const CONNECTIONS = 1000;
const PORT = { tcp: 7000, stream: 7002 } as const;
const PATIENCE_MS = 30_000;
/** Traffic between two handovers. */
const BETWEEN_MS = 200;

const { signal } = new AbortController();
const services = [
  ['-t', PORT.tcp],
  ['-u', PORT.stream],
].flatMap(([option, port]) => [
  `-A ${option} ${PAIR.vip}:${port} -s rr`,
  `-P ${option} ${PAIR.vip}:${port} -z ${PAIR.lip}`,
  `-a ${option} ${PAIR.vip}:${port} -r ${PAIR.rs1}:${port} -q -w 1`,
]);

let lab: Lab;
const directors = {} as Record<DirectorName, Director>;
beforeAll(async () => {
  lab = new Lab(PAIR_TOPOLOGY);
  await lab.up();
  const key = join(lab.directory, 'sync.key');
  writeFileSync(key, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  for (const name of DIRECTORS)
    directors[name] = new Director(lab, name, { advertMs: ADVERT_MS, key, setting: { services } });
  for (const name of DIRECTORS) {
    await directors[name].start();
    await directors[name].ready(signal);
    const role = name === 'lb1' ? 'master' : 'backup';
    await until(name, `be ${role}`, (status) => status.role === role);
  }
  await until('lb2', 'hold the table', ({ peer }) => peer.synced);
});
afterAll(async () => {
  expect(await lab.down()).toEqual([]);
});

const until = (name: DirectorName, what: string, holds: Parameters<Director['until']>[1]) =>
  directors[name].until(what, holds, PATIENCE_MS, signal);

test('nothing is lost by handovers', async () => {
  const program = compile(lab, 'stream');
  await echo(lab, program, 'rs1', PORT.stream);
  await Generator.start(lab, 'rs1', 'echo-server', { protocol: 'tcp', host: PAIR.rs1, port: PORT.tcp });
  await pause(1000);
  const lines = await Generator.start<EchoDone>(lab, 'client', 'echo-client', {
    host: PAIR.vip,
    port: PORT.tcp,
    connections: CONNECTIONS,
    everyMs: 1000,
  });
  await lines.ready(signal);
  const stream = await Stream.send(lab, program, 'client', {
    address: PAIR.vip,
    port: PORT.stream,
    micros: MICROS,
  });
  await until('lb2', 'hold all', ({ connections }) => connections > CONNECTIONS);
  await pause(1000);
  const before = await stream.ask();
  const took: number[] = [];
  const gaps: number[] = [];
  for (let index = 0; index < TIMES; index += 1) {
    const [from, to] = index % 2 === 0 ? (['lb1', 'lb2'] as const) : (['lb2', 'lb1'] as const);
    await until(to, 'hold the table', ({ role, peer }) => role === 'backup' && peer.synced);
    await stream.ask();
    const begun = performance.now();
    await directors[from].handover();
    took.push(performance.now() - begun);
    await until(to, 'be master', ({ role }) => role === 'master');
    await pause(BETWEEN_MS);
    gaps.push((await stream.ask()).gap);
  }
  const udp = await stream.stop();
  const tcp = await lines.finish(signal);
  report(`handovers: ${TIMES}, to and fro, adverts every ${ADVERT_MS} ms`, [
    ['took, ms', `median ${percentile(took, 50)}, p90 ${percentile(took, 90)}, max ${percentile(took, 100)}`],
    ['longest time without an answer, ms', `median ${percentile(gaps, 50)}, max ${percentile(gaps, 100)}`],
    ['UDP packets', `${udp.sent} sent, ${udp.sent - udp.answered} lost, ${udp.repeated} answered twice`],
    ['lost before the first handover', before.sent - before.answered],
    ['connections', `${tcp.established} established, ${tcp.lost} lost, ${tcp.messages} messages`],
  ]);
  expect({ udp: udp.sent - udp.answered - udp.refused, tcp: tcp.lost }, tcp.troubles.join('; ')).toEqual({
    udp: 0,
    tcp: 0,
  });
});
