/** A hundred thousand random command lines through the command, and five hundred as processes at a daemon. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connect } from '../../src/control/client.ts';
import { IPVSADM } from '../cli/run.ts';
import { startDaemon } from '../ipvsadm/daemon.ts';
import { fuzz } from '../ipvsadm/fuzz.ts';
import { randomLine, randomness } from '../ipvsadm/random-words.ts';
import { until } from '../support/until.ts';

const SEED = 20_261_130;
const LINES = 100_000;
const PROCESSES = 500;

test('in this process: no crash, no hang, no half change', async () => {
  const begun = performance.now();
  const exits = await fuzz(SEED, LINES);
  console.log(`${LINES} lines in ${((performance.now() - begun) / 1000).toFixed(1)} s; exit codes:`);
  console.table(exits);
  expect(Object.keys(exits)).toEqual(['0', '1', '2', '255']);
});

test('as processes', async () => {
  const daemon = startDaemon();
  const exits: Record<string, number> = {};
  try {
    await until('the daemon listens', () => existsSync(daemon.socket), 20_000);
    const random = randomness(SEED);
    for (let at = 0; at < PROCESSES; at += 1) {
      const { words, stdin } = randomLine(random);
      const { status, signal } = spawnSync(process.execPath, [IPVSADM, ...words], {
        input: stdin,
        env: { ...process.env, TANDEM_SOCKET: daemon.socket },
        timeout: 60_000,
      });
      const line = JSON.stringify(words);
      expect(signal, line).toBeNull();
      expect([0, 1, 2, 255], line).toContain(status);
      exits[`${status}`] = (exits[`${status}`] ?? 0) + 1;
    }
    const client = await connect(daemon.socket);
    console.log(`${PROCESSES} processes; exit codes:`);
    console.table({ ...exits, 'services in the end': (await client.list()).rules.services.length });
    client.close();
  } finally {
    await daemon.stop();
  }
});
