/** Every recorded sequence without traffic, said by processes to a fresh daemon each, on a host as it was recorded on. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { startDaemon } from '../ipvsadm/daemon.ts';
import { DIFFERENT, label, NEED_TRAFFIC, SEQUENCES } from '../ipvsadm/vectors.ts';
import { built } from '../support/build.ts';
import { ip, TestNamespace } from '../support/namespace.ts';
import { until } from '../support/until.ts';

const replayed = [...SEQUENCES.keys()].filter((seq) => !NEED_TRAFFIC.includes(seq));
const counted = { sequences: 0, commands: 0, 'that differ, as listed': 0 };

describe.each(replayed)('sequence %i', (seq) => {
  const steps = SEQUENCES.get(seq) ?? [];

  test(`${steps[0]?.title}`, async () => {
    const namespace = new TestNamespace('vectors');
    onTestFinished(() => namespace.remove());
    ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far');
    ip('addr', 'add', '10.9.0.1/24', 'dev', 'eth0');
    for (const name of ['eth0', 'far']) ip('link', 'set', name, 'up');
    const setup = steps[0]?.setup?.replaceAll('ip -n <ns>', 'ip').replaceAll('type dummy', 'type veth');
    if (setup) execFileSync('sh', ['-c', setup]);
    const daemon = startDaemon();
    try {
      await until('the daemon listens', () => existsSync(daemon.socket), 20_000);
      for (const { step, argv, stdin = '', stdout, stderr, exit } of steps) {
        const here = label({ seq, step });
        const [program = '', ...words] = argv;
        const run = spawnSync(process.execPath, [built(join('cli', `${program}.js`)), ...words], {
          input: stdin,
          encoding: 'utf8',
          env: { ...process.env, LC_ALL: 'C', TANDEM_SOCKET: daemon.socket },
        });
        const output = { here, argv, stdout: run.stdout, stderr: run.stderr, exit: run.status };
        const recorded = { here, argv, stdout, stderr, exit };
        counted.commands += 1;
        if (here in DIFFERENT) {
          counted['that differ, as listed'] += 1;
          expect(output, `${here} is the same, although ${DIFFERENT[here]}`).not.toEqual(recorded);
        } else expect(output).toEqual(recorded);
      }
      counted.sequences += 1;
    } finally {
      await daemon.stop();
    }
  });
});

afterAll(() => console.table({ ...counted, 'sequences that need traffic': NEED_TRAFFIC.length }));
